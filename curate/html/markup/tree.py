"""Tokens -> elements, and runs of text with the breaks between them (HTML Standard, 13.2.6).

Of the standard's tree this keeps what decides where text stands: which tags end which elements,
scopes, tables. It leaves out what moves nodes and no text: formatting elements are not opened
again, and text that stands wrongly inside a table stays where it is written. Kernels.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from curate.html.markup.attributes import FOREIGN, SELF_CLOSING, is_space
from curate.html.markup.decorators import inner, whole
from curate.html.markup.page import Flag
from curate.html.markup.stack import (
    AFTER_PRE,
    BEFORE,
    BLOCK_BREAK,
    BREAKS,
    CLOSED,
    DROPPING,
    ELEMENT,
    FLAGS,
    HAS_ENDED,
    IN_BUTTON,
    IN_ITEM,
    IN_LIST,
    IN_SCOPE,
    IN_SPECIAL,
    IN_TABLE,
    IS_FOREIGN,
    LINK,
    N_RUNS,
    N_STACK_COLUMNS,
    OPEN_TAG,
    TITLE,
    TOKEN,
    TOP,
    add_element,
    attribute_flags,
    break_for,
    break_out,
    close_inline,
    find_link,
    is_mark,
    pop_to,
    push,
)
from curate.html.markup.stack import NAME as OPEN_NAME
from curate.html.markup.tags import (
    BLOCK,
    BREAKOUT,
    CELL,
    CLOSES_P,
    DROPPED,
    FORMATTING,
    HEADING,
    INTEGRATION,
    RAW,
    RCDATA,
    RUBY,
    SCOPE,
    TABLE_PART,
    TAG,
    TRAITS,
    UNRECORDED,
    VOID,
)
from curate.html.markup.tokenizer import (
    BITS,
    END_TAG,
    KIND,
    NAME,
    RAW_TEXT,
    RCDATA_TEXT,
    START,
    START_TAG,
    STOP,
    TEXT,
    WHAT,
)

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]

RUN_START, RUN_STOP, RUN_ELEMENT, RUN_BREAKS, RUN_LINK, RUN_MODE, RUN_RUBY = range(7)
"""Columns of a run of text: where it lies in the page, its element, the breaks before it, the link
that it is in (-1: none), how to read it, the ``rt`` that it is in (-1: none)."""
N_RUN_COLUMNS: Final = 7

REFERENCES, KEEPS_SPACE, AFTER_TAG = 1, 2, 4
"""Bits of ``RUN_MODE``: character references are decoded; white space is kept; a line break at its
start is not part of it."""

_PREFORMATTED, _LINK = int(Flag.PREFORMATTED), int(Flag.LINK)
_HEADING, _SPAN = int(Flag.HEADING), TAG["span"]
_HTML, _BODY, _HEAD, _BR, _P = TAG["html"], TAG["body"], TAG["head"], TAG["br"], TAG["p"]
_LI, _DD, _DT, _A, _BUTTON = TAG["li"], TAG["dd"], TAG["dt"], TAG["a"], TAG["button"]
_OPTION, _OPTGROUP, _SELECT, _FORM = TAG["option"], TAG["optgroup"], TAG["select"], TAG["form"]
_TABLE, _TR, _TD, _TH, _CAPTION = TAG["table"], TAG["tr"], TAG["td"], TAG["th"], TAG["caption"]
_TBODY, _THEAD, _TFOOT = TAG["tbody"], TAG["thead"], TAG["tfoot"]
_RUBY, _RT, _RTC, _SVG, _TITLE = TAG["ruby"], TAG["rt"], TAG["rtc"], TAG["svg"], TAG["title"]
_XMP, _PLAINTEXT, _NOFRAMES = TAG["xmp"], TAG["plaintext"], TAG["noframes"]
_PRE, _LISTING, _TEMPLATE, _NOSCRIPT = TAG["pre"], TAG["listing"], TAG["template"], TAG["noscript"]
_INPUT, _TEXTAREA = TAG["input"], TAG["textarea"]
_FRAME, _FRAMESET, _H1, _H6 = TAG["frame"], TAG["frameset"], TAG["h1"], TAG["h6"]

FIRST_ELEMENTS: Final = ((-1, _HTML, 0, 0, 0, -1, 0, 0), (0, _BODY, 0, 1, 1, -1, 0, 1))
"""``html`` and ``body``, whether their tags come or not."""

FIRST_OPEN: Final = (
    (0, _HTML, -1, *(0,) * (N_STACK_COLUMNS - 3)),
    (1, _BODY, -1, *(0,) * (IN_SPECIAL - 3), 1, 1),
)
"""Their rows on the stack; ``body`` bounds two of the searches."""


@inner
def _part_of_table(tag: int, elements: I32, stack: I32, last: I64, state: I64) -> None:
    """A row, a cell or the like begins: what is open in its table is closed as far as need be."""
    border = whole(stack[state[TOP], IN_TABLE])
    section = max(last[_TBODY], last[_THEAD], last[_TFOOT])
    keep = border
    if tag == _TR or TRAITS[tag] & CELL:
        keep = max(keep, section)
    if TRAITS[tag] & CELL:
        keep = max(keep, last[_TR])
    pop_to(keep + 1, elements, stack, last, state)


@inner
def _ended_by(tag: int, stack: I32, last: I64, state: I64) -> int:
    """The height of the open element that the start tag of ``tag`` ends; -1 if there is none."""
    traits = TRAITS[tag]
    top = stack[state[TOP]]
    over = whole(top[OPEN_TAG])
    if traits & HEADING and TRAITS[over] & HEADING:
        return whole(state[TOP])
    if tag == _LI:
        return last[_LI] if last[_LI] >= top[IN_ITEM] else -1
    if tag in (_DD, _DT):
        item = max(last[_DD], last[_DT])
        return item if item >= top[IN_ITEM] else -1
    if tag == _BUTTON:
        return last[_BUTTON] if last[_BUTTON] > top[IN_SCOPE] else -1
    if tag == _TABLE:
        table = whole(top[IN_TABLE])
        is_in_rows = table > max(last[_TD], last[_TH], last[_CAPTION])
        return table if is_in_rows and stack[table, OPEN_TAG] == _TABLE else -1
    return _ended_at_once(tag, over, state)


@inner
def _ended_at_once(tag: int, over: int, state: I64) -> int:
    """Whether a tag ends the element on top of the stack, for tags that end no other."""
    is_option = over == _OPTION and tag in (_OPTION, _OPTGROUP)
    is_ruby = TRAITS[tag] & RUBY != 0 and TRAITS[over] & RUBY != 0
    if is_option or (is_ruby and not (tag == _RT and over == _RTC)):
        return whole(state[TOP])
    return -1


@inner
def _make_room(tag: int, elements: I32, stack: I32, last: I64, state: I64) -> None:
    """Close what the start tag of ``tag`` ends."""
    traits = TRAITS[tag]
    if traits & CLOSES_P and last[_P] > stack[state[TOP], IN_BUTTON]:
        pop_to(last[_P], elements, stack, last, state)
    height = _ended_by(tag, stack, last, state)
    if height >= 0:
        pop_to(height, elements, stack, last, state)
    if traits & TABLE_PART:
        _part_of_table(tag, elements, stack, last, state)
    if tag == _A and last[_A] >= 0:
        close_inline(last[_A], tag, elements, stack, last, state)


@inner
def _is_ignored(tag: int, at: int, elements: I32, last: I64) -> bool:
    """A start tag that opens nothing; those of html and body give them their attributes."""
    if tag in (_HTML, _BODY):
        place = 0 if tag == _HTML else 1
        if elements[place, TOKEN] < 0:
            elements[place, TOKEN] = at
        return True
    is_nested_form = tag == _FORM and last[_FORM] >= 0
    return bool(tag in (_HEAD, _FRAME, _FRAMESET) or is_nested_form)


@inner
def _is_misplaced(tag: int, elements: I32, stack: I32, last: I64, state: I64) -> bool:
    """A start tag that opens nothing where it is: cells without a table, a select in a select."""
    if TRAITS[tag] & TABLE_PART:
        return bool(stack[stack[state[TOP], IN_TABLE], OPEN_TAG] != _TABLE)
    if tag in (_SELECT, _INPUT, _TEXTAREA) and last[_SELECT] > stack[state[TOP], IN_SCOPE]:
        pop_to(last[_SELECT], elements, stack, last, state)
        return bool(tag == _SELECT)
    return False


@inner
def _is_dropped(src: U8, tag: int, token: I32, attrs: I32, flags: int) -> bool:
    """Whether the content of this element is no text of the page."""
    if TRAITS[tag] & DROPPED:
        return bool(tag != _NOFRAMES or token[BITS] & FOREIGN)
    return bool(tag in (_A, _SPAN) and flags & _HEADING and is_mark(src, token, attrs))


@inner
def _start(
    src: U8, at: int, tokens: I32, attrs: I32, elements: I32, stack: I32, last: I64, state: I64
) -> None:
    """A start tag."""
    token = tokens[at]
    tag = whole(token[WHAT])
    traits = TRAITS[tag]
    state[AFTER_PRE] = 0
    if _is_ignored(tag, at, elements, last):
        return
    if traits & BREAKOUT and not token[BITS] & FOREIGN:
        break_out(elements, stack, last, state)
    if _is_misplaced(tag, elements, stack, last, state):
        break_for(tag, state)
        return
    _make_room(tag, elements, stack, last, state)
    break_for(tag, state)
    if traits & CELL:
        find_link(elements, stack, last, state)
    flags = attribute_flags(src, token, attrs, tag)
    element = whole(stack[state[TOP], ELEMENT])
    if not traits & UNRECORDED:
        element = add_element(tag, at, flags, elements, stack, state)
    if _is_empty(tag, at, tokens):
        return
    push(tag, whole(token[NAME]), element, stack, last, state)
    if token[BITS] & FOREIGN and not traits & INTEGRATION:
        stack[state[TOP], CLOSED] = IS_FOREIGN
    if tag == _A and flags & _LINK:
        state[LINK] = element
        elements[element, FLAGS] |= _LINK
    if state[DROPPING] < 0 and _is_dropped(src, tag, token, attrs, elements[element, FLAGS]):
        state[DROPPING] = state[TOP]
    state[AFTER_PRE] = tag in (_PRE, _LISTING)


@inner
def _is_empty(tag: int, at: int, tokens: I32) -> bool:
    """There is nothing inside this element, or nothing that is markup and shown."""
    if TRAITS[tag] & VOID or tag == _SVG:
        return True
    if tokens[at, BITS] & FOREIGN:
        return bool(tokens[at, BITS] & SELF_CLOSING)
    if not TRAITS[tag] & (RAW | RCDATA) or tag in (_XMP, _PLAINTEXT):
        return False
    is_text = at + 1 < len(tokens) and tokens[at + 1, KIND] == RAW_TEXT
    return bool(tag != _NOFRAMES or is_text)


@inner
def _border_for(tag: int, stack: I32, state: I64) -> int:
    """The height at or above which the end tag of ``tag`` finds its element."""
    top = stack[state[TOP]]
    traits = TRAITS[tag]
    if tag in (_TEMPLATE, _NOSCRIPT):
        return whole(2)
    if traits & TABLE_PART or tag == _TABLE:
        return whole(top[IN_TABLE])
    if tag == _LI:
        return whole(top[IN_LIST])
    if traits & (BLOCK | SCOPE) or tag == _SELECT:
        return whole(top[IN_SCOPE])
    return whole(top[IN_SPECIAL])


@inner
def _end_p(elements: I32, stack: I32, last: I64, state: I64) -> None:
    """``</p>``, which stands for an empty paragraph where none is open."""
    if last[_P] > stack[state[TOP], IN_BUTTON]:
        pop_to(last[_P], elements, stack, last, state)
    else:
        break_for(whole(_P), state)


@inner
def _open_one(tag: int, last: I64) -> int:
    """The height of what the end tag of ``tag`` may end; any heading ends any heading."""
    height = last[tag]
    if TRAITS[tag] & HEADING:
        for level in range(_H1, _H6 + 1):
            height = max(height, last[level])
    return whole(height)


@inner
def _end(tag: int, name: int, elements: I32, stack: I32, last: I64, state: I64) -> None:
    """An end tag."""
    height = _open_one(tag, last)
    if tag == _P:
        _end_p(elements, stack, last, state)
    elif height < 2:
        if tag == _BR:
            break_for(tag, state)
        elif tag == _A:
            state[LINK] = -1
    elif TRAITS[tag] & FORMATTING:
        close_inline(height, tag, elements, stack, last, state)
    elif tag == _FORM and height != state[TOP]:
        stack[height, CLOSED] |= HAS_ENDED
        last[_FORM] = stack[height, BEFORE]
    elif tag == 0 and stack[height, OPEN_NAME] != name:
        return
    elif height >= _border_for(tag, stack, state):
        pop_to(height, elements, stack, last, state)


@inner
def _is_blank(src: U8, at: int, stop: int) -> bool:
    while at < stop and is_space(src[at]):
        at += 1
    return at == stop


@inner
def _text(src: U8, token: I32, elements: I32, stack: I32, last: I64, runs: I32, state: I64) -> None:
    """Text: one run, unless it is not shown or only keeps blocks apart."""
    kind, what = token[KIND], token[WHAT]
    start, stop = whole(token[START]), whole(token[STOP])
    if state[DROPPING] >= 0 or kind == RCDATA_TEXT or start >= stop:
        return
    if kind == RAW_TEXT and what != 0 and what != _XMP and what != _PLAINTEXT:
        return
    element = whole(stack[state[TOP], ELEMENT])
    mode = REFERENCES if kind == TEXT else 0
    if elements[element, FLAGS] & _PREFORMATTED:
        mode |= KEEPS_SPACE
        if state[AFTER_PRE]:
            mode |= AFTER_TAG
    elif state[BREAKS] >= BLOCK_BREAK and _is_blank(src, start, stop):
        return
    row = runs[state[N_RUNS]]
    row[RUN_START], row[RUN_STOP], row[RUN_ELEMENT] = start, stop, element
    row[RUN_BREAKS], row[RUN_LINK], row[RUN_MODE] = state[BREAKS], state[LINK], mode
    row[RUN_RUBY] = -1
    if last[_RT] > last[_RUBY] and last[_RUBY] >= 0:
        row[RUN_RUBY] = stack[last[_RT], ELEMENT]
    state[N_RUNS] += 1
    state[BREAKS] = 0


@inner
def build(
    src: U8,
    tokens: I32,
    attrs: I32,
    elements: I32,
    stack: I32,
    last: I64,
    runs: I32,
    state: I64,
) -> None:
    """Fill ``elements`` and ``runs``, and their numbers in ``state``.

    Args:
        src: the page, as for :func:`curate.html.markup.tokenizer.scan`.
        tokens: int32[n, 8], those of the page.
        attrs: int32[m, 3].
        elements: int32[capacity, 8], the first two rows ``FIRST_ELEMENTS``; elements that do not
            fit are taken for their parents. Where the first two end is left to the caller.
        stack: int32[capacity, 11], the first two rows ``FIRST_OPEN``; elements that do not fit are
            not opened.
        last: int64[tags], all -1 but for those two.
        runs: int32[n, 7].
        state: int64[9], all 0 but ``LINK``, ``DROPPING`` and ``TITLE``, which are -1, and what
            belongs to those two: ``N_ELEMENTS``, ``TOP`` and ``BREAKS``.
    """
    for at in range(len(tokens)):
        token = tokens[at]
        kind = token[KIND]
        if kind == START_TAG:
            _start(src, at, tokens, attrs, elements, stack, last, state)
            continue
        if kind == END_TAG:
            _end(whole(token[WHAT]), whole(token[NAME]), elements, stack, last, state)
        elif kind == RCDATA_TEXT and token[WHAT] == _TITLE and state[TITLE] < 0:
            state[TITLE] = at
        else:
            _text(src, token, elements, stack, last, runs, state)
        state[AFTER_PRE] = 0
    pop_to(whole(2), elements, stack, last, state)
