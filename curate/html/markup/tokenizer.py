"""Bytes of a page -> tokens: tags, text, raw text, as the HTML Standard has it (13.2.5). Kernels.

What is in no one's text makes no token: comments, declarations, all inside ``svg``. Whether the
tokenizer is inside ``svg`` or ``math``, where ``script`` is no script and ``CDATA`` is text, is
told by the tags alone, without a tree.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from curate.html.markup.attributes import FOREIGN, MASK32, SELF_CLOSING, is_space, read_attributes
from curate.html.markup.decorators import inner, kernel, whole
from curate.html.markup.find_byte import find_byte
from curate.html.markup.names import FNV_PRIME, FNV_START, Names, look_up
from curate.html.markup.tags import BREAKOUT, ENDS_FOREIGN, INTEGRATION, RAW, RCDATA, TAG, TRAITS

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U64 = npt.NDArray[np.uint64]

KIND, WHAT, START, STOP, ATTR, ATTR_STOP, NAME, BITS = range(8)
"""Columns of a token. ``WHAT`` is its tag, ``NAME`` the hash of the tag's name, ``START`` and
``STOP`` are where it lies in the page, ``ATTR`` and ``ATTR_STOP`` which attributes are its own."""
N_TOKEN_COLUMNS: Final = 8

TEXT, START_TAG, END_TAG, RAW_TEXT, RCDATA_TEXT = range(5)
"""Kinds of tokens. Raw text has no references; its ``WHAT`` is the element, 0 for CDATA."""

N_TOKENS, N_ATTRS, INSIDE, SVGS, FRAMES, STEPS, OPEN = range(7)
"""State of the scanner between two tags. ``INSIDE`` is a stack of bits above a first 1: 1 for
``svg`` or ``math``, 0 for HTML inside them; ``SVGS`` has a 1 where the former is ``svg``. From
``OPEN`` on a number for each tag: how many more starts than ends of HTML were seen."""
N_STATES: Final = OPEN + len(TRAITS)

_DEEPEST: Final = 1 << 60
_LESS, _GREATER, _SLASH, _BANG, _QUESTION, _DASH = 0x3C, 0x3E, 0x2F, 0x21, 0x3F, 0x2D
_BRACKET = 0x5D
_SVG, _MATH, _SCRIPT, _PLAINTEXT = TAG["svg"], TAG["math"], TAG["script"], TAG["plaintext"]
_NOFRAMES, _FRAMESET = TAG["noframes"], TAG["frameset"]


@inner
def _is_letter(byte: int) -> bool:
    return 0x61 <= (byte | 0x20) <= 0x7A


@inner
def _matches(src: U8, at: int, name: int) -> bool:
    """A tag's name with this hash begins here and ends within twelve bytes."""
    hashed = FNV_START
    for place in range(at, at + 12):
        byte = whole(src[place])
        if byte in (_GREATER, _SLASH) or is_space(byte):
            return hashed == name
        if 0x41 <= byte <= 0x5A:
            byte |= 0x20
        hashed = ((hashed ^ byte) * FNV_PRIME) & MASK32
    return False


@inner
def _raw_end(src: U8, words: U64, at: int, n: int, name: int) -> int:
    """Where the end tag of a raw element begins; n if there is none."""
    at = find_byte(words, at, n, whole(_LESS))
    while at < n:
        if src[at + 1] == _SLASH and _matches(src, at + 2, name):
            return at
        at = find_byte(words, at + 1, n, whole(_LESS))
    return n


@inner
def _is_comment(src: U8, at: int) -> bool:
    """``<!--``."""
    return bool(src[at + 1] == _BANG and src[at + 2] == _DASH and src[at + 3] == _DASH)


@inner
def _script_end(src: U8, words: U64, at: int, n: int, name: int) -> int:
    """The end of a script, in which ``<!--`` and ``<script`` hide its end tag."""
    hidden = 0  # 1 after <!--, 2 after <script inside that
    while at < n:
        if hidden == 0:
            at = find_byte(words, at, n, whole(_LESS))
        byte = src[at]
        if byte == _LESS:
            if src[at + 1] == _SLASH and _matches(src, at + 2, name):
                if hidden < 2:
                    return at
                hidden = 1
            elif hidden == 1 and _matches(src, at + 1, name):
                hidden = 2
            elif hidden == 0 and _is_comment(src, at):
                hidden = 1
                at += 1
        elif byte == _DASH and hidden and src[at + 1] == _DASH and src[at + 2] == _GREATER:
            hidden = 0
        at += 1
    return n


@inner
def _comment_end(src: U8, words: U64, at: int, n: int) -> int:
    """Behind the comment whose ``<!--`` ends at ``at``."""
    if src[at] == _GREATER:
        return at + 1
    if src[at] == _DASH and src[at + 1] == _GREATER:
        return at + 2
    first = at
    at = find_byte(words, at, n, whole(_GREATER))
    while at < n:
        dashes = at - 1 if src[at - 1] == _BANG else at
        if dashes - 2 >= first and src[dashes - 1] == _DASH and src[dashes - 2] == _DASH:
            return at + 1
        at = find_byte(words, at + 1, n, whole(_GREATER))
    return n


@inner
def _cdata_end(src: U8, at: int, n: int) -> int:
    """Where ``]]>`` begins."""
    while at < n:
        if src[at] == _BRACKET and src[at + 1] == _BRACKET and src[at + 2] == _GREATER:
            return at
        at += 1
    return n


@inner
def _enter(tag: int, closes_itself: int, state: I64) -> bool:
    """A start tag moves into ``svg`` and ``math`` and out; True if its element is one of theirs."""
    inside = state[INSIDE]
    is_foreign = inside > 1 and inside & 1
    if is_foreign and TRAITS[tag] & BREAKOUT:
        _leave_all(state)
        return False
    pushed = -1
    if tag in (_SVG, _MATH):
        pushed = 1
    elif is_foreign and TRAITS[tag] & INTEGRATION:
        pushed = 0
    if pushed >= 0 and not closes_itself and inside < _DEEPEST:
        state[INSIDE] = inside << 1 | pushed
        state[SVGS] = state[SVGS] << 1 | (tag == _SVG)
    return bool(is_foreign or pushed == 1)


@inner
def _leave_all(state: I64) -> None:
    """Back to the HTML around the innermost ``svg`` and ``math``."""
    while state[INSIDE] > 1 and state[INSIDE] & 1:
        state[INSIDE] >>= 1
        state[SVGS] >>= 1


@inner
def _leave(tag: int, state: I64) -> None:
    """An end tag does the same."""
    inside, svgs = state[INSIDE], state[SVGS]
    if inside == 1:
        return
    if tag in (_SVG, _MATH):
        is_open = svgs if tag == _SVG else _without_top(inside) & ~svgs
        while is_open and state[INSIDE] > 1:
            is_found = state[INSIDE] & 1 and (state[SVGS] & 1) == (tag == _SVG)
            state[INSIDE] >>= 1
            state[SVGS] >>= 1
            if is_found:
                break
    elif inside & 1 == 0:
        if TRAITS[tag] & INTEGRATION:
            state[INSIDE] >>= 1
            state[SVGS] >>= 1
    elif TRAITS[tag] & ENDS_FOREIGN and state[OPEN + tag]:
        _leave_all(state)


@inner
def _without_top(inside: int) -> int:
    """The stack without the 1 that marks its end."""
    top = 1
    while top <= inside >> 1:
        top <<= 1
    return inside ^ top


@inner
def _add(kind: int, what: int, start: int, stop: int, tokens: I32, state: I64) -> None:
    """One more token, unless it is empty or inside ``svg``."""
    if start >= stop or state[SVGS] or state[N_TOKENS] >= len(tokens):
        return
    row = tokens[state[N_TOKENS]]
    row[KIND], row[WHAT], row[START], row[STOP] = kind, what, start, stop
    row[ATTR] = row[ATTR_STOP] = state[N_ATTRS]
    row[NAME] = row[BITS] = 0
    state[N_TOKENS] += 1


@inner
def _read_tag(
    src: U8, words: U64, at: int, n: int, names: Names, tokens: I32, attrs: I32, state: I64
) -> int:
    """The tag that begins at ``at``, and the raw text behind it; where to go on."""
    first = at
    is_end = src[at + 1] == _SLASH
    at += 2 if is_end else 1
    name = FNV_START
    while at < n and src[at] != _GREATER and src[at] != _SLASH and not is_space(src[at]):
        byte = whole(src[at])
        if 0x41 <= byte <= 0x5A:
            byte |= 0x20
        name = ((name ^ byte) * FNV_PRIME) & MASK32
        at += 1
    at, n_attrs, bits = read_attributes(src, words, at, n, names, attrs, state[N_ATTRS])
    state[STEPS] += at - first
    if at > n:
        return n
    tag = look_up(name, names.tag_hash, names.tag)
    was_in_svg = state[SVGS]
    is_foreign = state[INSIDE] & 1 and state[INSIDE] > 1
    if is_end:
        _leave(tag, state)
        state[OPEN + tag] -= state[OPEN + tag] > 0
    else:
        is_foreign = _enter(tag, bits & SELF_CLOSING, state)
        state[OPEN + tag] += not is_foreign
    is_inside_svg = (was_in_svg and state[SVGS]) or (is_end and tag == _SVG)
    if not is_inside_svg and state[N_TOKENS] < len(tokens):
        row = tokens[state[N_TOKENS]]
        row[KIND], row[WHAT] = END_TAG if is_end else START_TAG, tag
        row[START], row[STOP] = first, at
        row[ATTR], row[ATTR_STOP] = state[N_ATTRS], n_attrs
        row[NAME], row[BITS] = name >> 1, bits | (FOREIGN if is_foreign else 0)
        state[N_TOKENS] += 1
        state[N_ATTRS] = n_attrs
    state[FRAMES] |= tag == _FRAMESET
    if is_end or is_foreign or not TRAITS[tag] & (RAW | RCDATA):
        return at
    return _read_raw(src, words, at, n, name, tag, tokens, state)


@inner
def _read_raw(
    src: U8, words: U64, at: int, n: int, name: int, tag: int, tokens: I32, state: I64
) -> int:
    """The content of an element that holds no markup; where its end tag begins."""
    stop = n
    if tag == _NOFRAMES and state[FRAMES]:
        return at  # on a page of frames it is all the text that there is
    if tag == _SCRIPT:
        stop = _script_end(src, words, at, n, name)
    elif tag != _PLAINTEXT:
        stop = _raw_end(src, words, at, n, name)
    state[STEPS] += stop - at
    _add(RCDATA_TEXT if TRAITS[tag] & RCDATA else RAW_TEXT, tag, at, stop, tokens, state)
    return stop


@inner
def _skip(src: U8, words: U64, at: int, n: int, tokens: I32, state: I64) -> int:
    """A comment, a declaration or CDATA that begins at ``at``; where to go on."""
    if _is_comment(src, at):
        return _comment_end(src, words, at + 4, n)
    if src[at + 1] == _BANG:
        is_foreign = state[INSIDE] > 1 and state[INSIDE] & 1
        if is_foreign and _is_cdata(src, at):
            stop = _cdata_end(src, at + 9, n)
            _add(RAW_TEXT, src[at] - src[at], at + 9, stop, tokens, state)
            return stop + 3
    return find_byte(words, at + 2, n, whole(_GREATER)) + 1


@inner
def _is_cdata(src: U8, at: int) -> bool:
    """``<![CDATA[``."""
    same = src[at + 2] == 0x5B and src[at + 3] == 0x43 and src[at + 4] == 0x44
    same &= src[at + 5] == 0x41 and src[at + 6] == 0x54 and src[at + 7] == 0x41
    return bool(same and src[at + 8] == 0x5B)


@kernel
def scan(src: U8, words: U64, n: int, names: Names, tokens: I32, attrs: I32, state: I64) -> None:
    """Fill ``tokens``, ``attrs`` and the counts in ``state``.

    Args:
        src: uint8, UTF-8 with sixteen zeros or more behind its n bytes.
        words: uint64, the same bytes.
        n: bytes of the page.
        names: the hash tables.
        tokens: int32[capacity, 8]; two for each ``<`` and four more always fit. What does not fit
            is left out.
        attrs: int32[capacity, 3]; one for each ``=`` always fits.
        state: int64[N_STATES], ``INSIDE`` 1 and the others 0.
    """
    at = text = whole(0)
    while at < n:
        at = find_byte(words, at, n, whole(_LESS))
        if at >= n:
            break
        then = src[at + 1]
        is_tag = _is_letter(then) or (then == _SLASH and _is_letter(src[at + 2]))
        is_other = then in (_BANG, _QUESTION) or (then == _SLASH and at + 2 < n)
        if not is_tag and not is_other:
            at += 1
            continue
        _add(TEXT, 0, text, at, tokens, state)
        if is_tag:
            at = _read_tag(src, words, at, n, names, tokens, attrs, state)
        else:
            at = _skip(src, words, at, n, tokens, state)
        text = at
    _add(TEXT, 0, text, n, tokens, state)
