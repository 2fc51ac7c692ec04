"""The stack of open elements and the table of all elements. Kernels.

Whether an element is *in scope* is asked for every tag. A walk up the stack would be quadratic on
deep pages, so the stack knows at each height the nearest border of each scope below, and for each
tag its topmost open element; every question is one comparison.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from curate.html.markup.attributes import FROM, IS_HIDDEN, IS_OPEN, MASK32, TO, WHICH
from curate.html.markup.decorators import inner, whole
from curate.html.markup.names import ATTRIBUTE, FNV_PRIME, FNV_START, fnv1a
from curate.html.markup.page import Flag
from curate.html.markup.tags import BLOCK, BOUNDS, CELL, CODE, HEADING, LIST, NAMES, TAG, TRAITS
from curate.html.markup.tags import PREFORMATTED as IS_PREFORMATTED
from curate.html.markup.tokenizer import ATTR, ATTR_STOP, BITS

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]

PARENT, WHAT, FLAGS, DEPTH, END, TOKEN, RUN, BLOCK_OF = range(8)
"""Columns of an element: ``TOKEN`` is its start tag (-1: none), ``RUN`` the number of runs of text
before it, ``BLOCK_OF`` the nearest block-level element, itself included."""
N_ELEMENT_COLUMNS: Final = 8

ELEMENT, OPEN_TAG, BEFORE, NAME, CLOSED, BORDER = range(6)
"""Columns of the stack: element, tag, height of the open element of the same tag before it, hash
of its name, whether its end tag has come and it stays for what is inside it, and from ``BORDER`` on
the height of the nearest border of each scope at or below it."""
HAS_ENDED, IS_FOREIGN = 1, 2
"""Bits of ``CLOSED``; the other is set for elements of ``math`` that HTML breaks out of."""

IN_SCOPE, IN_LIST, IN_BUTTON, IN_TABLE, IN_SPECIAL, IN_ITEM = range(BORDER, BORDER + 6)
N_STACK_COLUMNS: Final = BORDER + 6

N_ELEMENTS, TOP, N_RUNS, BREAKS, LINK, DROPPING, AFTER_PRE, TITLE, STEPS = range(9)
"""State of the tree builder: ``BREAKS`` that come before the next text, the element whose
``LINK`` is open (-1: none), the height from which all is ``DROPPING`` (-1: nothing), 1 right
``AFTER_PRE``, the token of the first ``TITLE``, pops and pushes so far."""
N_STATES: Final = 9

BLOCK_BREAK: Final = 1 << 16
"""Of ``BREAKS``: a border of blocks. Below it ``br`` are counted."""

_MOST_BREAKS: Final = 100
_HIDDEN, _NOT_DISPLAYED = int(Flag.HIDDEN), int(Flag.NOT_DISPLAYED)
_ARIA_HIDDEN, _ITEMPROP, _LINK = int(Flag.ARIA_HIDDEN), int(Flag.ITEMPROP), int(Flag.LINK)
_PREFORMATTED = int(Flag.PREFORMATTED)
_STYLE, _ROLE, _IS_ITEMPROP = ATTRIBUTE["style"], ATTRIBUTE["role"], ATTRIBUTE["itemprop"]
_IS_ARIA_HIDDEN, _HREF = ATTRIBUTE["aria-hidden"], ATTRIBUTE["href"]
_A, _BR, _DIALOG = TAG["a"], TAG["br"], TAG["dialog"]
_TRUE, _DISPLAY, _NONE = fnv1a(b"true"), fnv1a(b"display"), fnv1a(b"none")
_VISIBILITY, _IS_HIDDEN_WORD = fnv1a(b"visibility"), fnv1a(b"hidden")
_WHITE_SPACE = fnv1a(b"white-space")
_PRE_WORDS = np.array([fnv1a(x) for x in (b"pre", b"pre-wrap", b"break-spaces")], np.int64)
_CLASS = ATTRIBUTE["class"]
_MARK_NAMES = (
    "mw-editsection editsection headerlink header-anchor anchorjs-link hash-link anchor-link"
)
_MARKS = np.array([fnv1a(name.encode()) for name in _MARK_NAMES.split()], np.int64)
_MARK_BYTES = 256  # of a class are looked at
_STYLE_BYTES = 1024  # of a style are looked at
_COLON, _SEMICOLON, _DASH_BYTE = 0x3A, 0x3B, 0x2D

_ROLES = {
    b"navigation": Flag.NAV,
    b"menu": Flag.NAV,
    b"menubar": Flag.NAV,
    b"banner": Flag.HEADER,
    b"contentinfo": Flag.FOOTER,
    b"complementary": Flag.ASIDE,
    b"main": Flag.MAIN,
    b"article": Flag.ARTICLE,
    b"search": Flag.SEARCH,
    b"dialog": Flag.DIALOG,
    b"alertdialog": Flag.DIALOG,
    b"form": Flag.FORM,
    b"button": Flag.BUTTON,
    b"heading": Flag.HEADING,
    b"list": Flag.LIST,
    b"listitem": Flag.ITEM,
}
_ROLE_HASHES = np.array([fnv1a(role) for role in _ROLES], np.int64)
_ROLE_FLAGS = np.array([int(flag) for flag in _ROLES.values()], np.int64)

_FLAGS_OF = {
    Flag.NOSCRIPT: "noscript",
    Flag.NAV: "nav",
    Flag.HEADER: "header",
    Flag.FOOTER: "footer",
    Flag.ASIDE: "aside",
    Flag.MAIN: "main",
    Flag.ARTICLE: "article",
    Flag.SEARCH: "search",
    Flag.DIALOG: "dialog",
    Flag.FORM: "form",
    Flag.BUTTON: "button",
    Flag.TABLE: "table",
    Flag.ITEM: "li dd dt",
    Flag.QUOTE: "blockquote",
    Flag.CAPTION: "figcaption caption",
    Flag.FIGURE: "figure",
    Flag.DETAILS: "details",
    Flag.ADDRESS: "address",
    Flag.LABEL: "label legend",
    Flag.MATH: "math",
}


def _flags_of_tags() -> I64:
    flags = np.zeros(len(NAMES), np.int64)
    for flag, tags in _FLAGS_OF.items():
        flags[[TAG[name] for name in tags.split()]] |= int(flag)
    kinds = ((CELL, Flag.CELL), (LIST, Flag.LIST), (HEADING, Flag.HEADING))
    for trait, flag in (*kinds, (CODE, Flag.CODE), (IS_PREFORMATTED, Flag.PREFORMATTED)):
        flags[(TRAITS & trait) != 0] |= int(flag)
    return flags


_FLAGS_OF_TAG = _flags_of_tags()


@inner
def _word(src: U8, at: int, stop: int) -> tuple[int, int]:
    """Hash of the letters and hyphens from ``at`` on, in lower case, and their end."""
    name = FNV_START
    while at < stop:
        byte = whole(src[at])
        if 0x41 <= byte <= 0x5A:
            byte |= 0x20
        if not (0x61 <= byte <= 0x7A) and byte != _DASH_BYTE:
            break
        name = ((name ^ byte) * FNV_PRIME) & MASK32
        at += 1
    return name, at


@inner
def _style_flags(src: U8, at: int, stop: int) -> int:
    """Flags of a style: whether there is something to see, and how lines are laid out."""
    stop = min(stop, at + _STYLE_BYTES)
    flags = of_property = of_word = 0
    while at < stop:
        word, after = _word(src, at, stop)
        if after == at:
            byte = src[at]
            if byte == _COLON:
                of_property = of_word
            elif byte == _SEMICOLON:
                of_property = 0
            at += 1
            continue
        at, of_word = after, word
        hides = of_property == _DISPLAY and word == _NONE
        if hides or (of_property == _VISIBILITY and word == _IS_HIDDEN_WORD):
            flags |= _NOT_DISPLAYED
        if of_property == _WHITE_SPACE:
            for keeps in _PRE_WORDS:
                flags |= _PREFORMATTED if keeps == word else 0
    return flags


@inner
def attribute_flags(src: U8, token: I32, attrs: I32, tag: int) -> int:
    """The flags that the attributes of a start tag give its element."""
    flags = _HIDDEN if token[BITS] & IS_HIDDEN else 0
    if tag == _DIALOG and not token[BITS] & IS_OPEN:
        flags |= _HIDDEN
    for place in range(token[ATTR], token[ATTR_STOP]):
        which = attrs[place, WHICH]
        at, stop = whole(attrs[place, FROM]), whole(attrs[place, TO])
        if which == _STYLE:
            flags |= _style_flags(src, at, stop)
        elif which == _IS_ARIA_HIDDEN and _word(src, at, stop)[0] == _TRUE:
            flags |= _ARIA_HIDDEN
        elif which == _IS_ITEMPROP:
            flags |= _ITEMPROP
        elif which == _HREF and tag == _A:
            flags |= _LINK
        elif which == _ROLE:
            role = _word(src, at, stop)[0]
            for known in range(len(_ROLE_HASHES)):
                if _ROLE_HASHES[known] == role:
                    flags |= _ROLE_FLAGS[known]
    return flags


@inner
def is_mark(src: U8, token: I32, attrs: I32) -> bool:
    """A class of the tag says that it is a mark for editing or linking a heading, no part of it."""
    for place in range(token[ATTR], token[ATTR_STOP]):
        if attrs[place, WHICH] != _CLASS:
            continue
        at = whole(attrs[place, FROM])
        stop = min(whole(attrs[place, TO]), at + _MARK_BYTES)
        while at < stop:
            name, after = _word(src, at, stop)
            at = max(after, at + 1)
            for mark in _MARKS:
                if mark == name:
                    return True
    return False


@inner
def add_element(tag: int, token: int, flags: int, elements: I32, stack: I32, state: I64) -> int:
    """A new element inside the topmost open one, and its number; that one's if nothing is kept."""
    parent = whole(stack[state[TOP], ELEMENT])
    number = state[N_ELEMENTS]
    if state[DROPPING] >= 0 or number >= len(elements):
        return parent
    row = elements[number]
    inherited = elements[parent, FLAGS] & ~_LINK
    if state[LINK] >= 0:
        inherited |= _LINK
    row[PARENT], row[WHAT], row[TOKEN] = parent, tag, token
    row[FLAGS] = flags | inherited | _FLAGS_OF_TAG[tag]
    row[DEPTH] = elements[parent, DEPTH] + 1
    row[END], row[RUN] = number + 1, state[N_RUNS]
    row[BLOCK_OF] = number if TRAITS[tag] & BLOCK else elements[parent, BLOCK_OF]
    state[N_ELEMENTS] = number + 1
    return whole(number)


@inner
def push(tag: int, name: int, element: int, stack: I32, last: I64, state: I64) -> None:
    """Open an element; what does not fit on the stack is not opened."""
    height = state[TOP] + 1
    state[STEPS] += 1
    if height >= len(stack):
        return
    row, below = stack[height], stack[height - 1]
    row[ELEMENT], row[OPEN_TAG], row[NAME], row[CLOSED] = element, tag, name, 0
    row[BEFORE] = last[tag]
    last[tag] = height
    bounds = BOUNDS[tag]
    for place in range(BORDER, N_STACK_COLUMNS):
        row[place] = height if bounds & 1 else below[place]
        bounds >>= 1
    state[TOP] = height


@inner
def pop_to(height: int, elements: I32, stack: I32, last: I64, state: I64) -> None:
    """Close all open elements down to this height and the one at it; never html and body."""
    is_cell = False
    while state[TOP] >= height and state[TOP] > 1:
        top = state[TOP]
        row = stack[top]
        tag = row[OPEN_TAG]
        elements[row[ELEMENT], END] = state[N_ELEMENTS]
        if not row[CLOSED] & HAS_ENDED:
            last[tag] = row[BEFORE]
        if state[DROPPING] == top:
            state[DROPPING] = -1
        elif state[DROPPING] < 0 and TRAITS[tag] & BLOCK:
            state[BREAKS] |= BLOCK_BREAK
        is_cell |= TRAITS[tag] & CELL != 0
        state[TOP] = top - 1
        state[STEPS] += 1
    if is_cell:
        find_link(elements, stack, last, state)


@inner
def find_link(elements: I32, stack: I32, last: I64, state: I64) -> None:
    """The link that is open at the border of a cell: one around it, not one left open inside."""
    height = last[_A]
    state[LINK] = -1
    if height >= 0:
        element = stack[height, ELEMENT]
        if elements[element, FLAGS] & _LINK:
            state[LINK] = element


@inner
def close_inline(height: int, tag: int, elements: I32, stack: I32, last: I64, state: I64) -> None:
    """End a formatting element; if blocks are open inside it, they stay open."""
    top = stack[state[TOP]]
    if height <= top[IN_SCOPE]:
        return
    if tag == _A:
        state[LINK] = -1
    if top[IN_SPECIAL] < height:
        pop_to(height, elements, stack, last, state)
        return
    stack[height, CLOSED] |= HAS_ENDED
    last[tag] = stack[height, BEFORE]


@inner
def break_out(elements: I32, stack: I32, last: I64, state: I64) -> None:
    """An element of HTML ends those of ``math`` that are open around it."""
    while state[TOP] > 1 and stack[state[TOP], CLOSED] & IS_FOREIGN:
        pop_to(state[TOP], elements, stack, last, state)


@inner
def break_for(tag: int, state: I64) -> None:
    """Add the break that a tag puts between the text before it and the text behind it."""
    if state[DROPPING] < 0:
        if TRAITS[tag] & BLOCK:
            state[BREAKS] |= BLOCK_BREAK
        elif tag == _BR:
            state[BREAKS] = min(state[BREAKS] + 1, BLOCK_BREAK | _MOST_BREAKS)
