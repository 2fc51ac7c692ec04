"""Runs of text -> blocks in one UTF-8 buffer, white space as a browser lays it out. Kernels."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from curate.html.markup.decorators import inner, whole
from curate.html.markup.names import Names
from curate.html.markup.references import SECOND_SHIFT, read_reference
from curate.html.markup.stack import BLOCK_BREAK, BLOCK_OF, END, PARENT
from curate.html.markup.tree import (
    AFTER_TAG,
    KEEPS_SPACE,
    REFERENCES,
    RUN_BREAKS,
    RUN_ELEMENT,
    RUN_LINK,
    RUN_MODE,
    RUN_RUBY,
    RUN_START,
    RUN_STOP,
)

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]

START, STOP, BLOCK_ELEMENT, INLINE, N_BREAKS = range(5)
"""Columns of a block."""
N_BLOCK_COLUMNS: Final = 5

(OUT, FIRST, N_BLOCKS, SPACE, LINES, READY, RUN_FIRST, INNER, OUTER, BREAKS, N_LINKS, LINK) = range(
    12
)
RUBY, RUBY_OPEN, N_LEFT_OUT, N_VISIBLE, STEPS = range(12, 17)
"""State of the writer. ``OUT``: end of what is written; ``FIRST``: of the block that is being
written; ``SPACE`` and ``LINES``: a space and line breaks that are written if a character follows;
``READY``: 1 if the next character can be written at once; ``RUN_FIRST``: the first character of
the run, -1 before it; ``INNER``: the deepest element that holds the block so far, ``OUTER`` its
block-level one; ``LINK``: of the last span; ``RUBY``: the ``rt`` of the run; ``RUBY_OPEN``: 1 if
its bracket is to be written, 2 if it was."""
N_STATES: Final = 17

# What a byte of the page is.
_PLAIN, _SPACE, _REFERENCE, _PERHAPS, _GONE, _WIDE = range(6)
_AMPERSAND, _NEWLINE, _RETURN, _BLANK, _TAB = 0x26, 10, 13, 32, 9
_OPENING, _CLOSING = 0x28, 0x29


def _kinds() -> U8:
    kinds = np.full(256, _PLAIN, np.uint8)
    kinds[:32] = _GONE
    kinds[127] = _GONE
    kinds[[9, 10, 12, 13, 32]] = _SPACE
    kinds[_AMPERSAND] = _REFERENCE
    # Lead bytes of C1 controls, no-break space, soft hyphen; spaces and marks of General
    # Punctuation; ideographic space; byte order mark.
    kinds[[0xC2, 0xE2, 0xE3, 0xEF]] = _PERHAPS
    return kinds


_KINDS: Final = _kinds()


@inner
def _kind_of(point: int) -> int:
    """Kind of a code point: shown, space, gone, or a space with a width of its own."""
    if point == 32 or (9 <= point <= 13 and point != 11):
        return _SPACE
    if point < 32 or (0x7F <= point <= 0x9F and point != 0x85):
        return _GONE
    if point < 0x85:
        return _PLAIN
    if point == 0xA0 or point == 0x85 or point == 0x2028 or point == 0x2029:
        return _SPACE
    if point == 0xAD or point == 0x200B or point == 0x2060 or point == 0xFEFF:
        return _GONE
    if 0x2000 <= point <= 0x200A or point == 0x202F or point == 0x205F or point == 0x3000:
        return _WIDE
    return _PLAIN


@inner
def _flush(out: U8, state: I64) -> None:
    """Write what stands before the next character, which is sure to come."""
    at = state[OUT]
    if at == state[FIRST] or state[RUBY_OPEN] == 1:
        state[LINES] = state[SPACE] = 0
    if state[LINES]:
        for _ in range(state[LINES]):
            out[at] = _NEWLINE
            at += 1
        state[BREAKS] += state[LINES]
    elif state[SPACE]:
        out[at] = _BLANK
        at += 1
    if state[RUBY_OPEN] == 1:
        out[at] = _OPENING
        at += 1
        state[RUBY_OPEN] = 2
        state[N_VISIBLE] += 1
    state[LINES] = state[SPACE] = 0
    if state[RUN_FIRST] < 0:
        state[RUN_FIRST] = at
    state[READY] = 1
    state[OUT] = at


@inner
def _put_space(point: int, mode: int, out: U8, state: I64) -> None:
    """White space: what becomes of it is decided by what follows, but for preformatted text."""
    state[READY] = 0
    if not mode & KEEPS_SPACE:
        state[SPACE] = 1
        return
    if point != _NEWLINE and point != _RETURN:
        if state[OUT] > state[FIRST]:
            _flush(out, state)
        out[state[OUT]] = _TAB if point == _TAB else _BLANK
        state[OUT] += 1
        return
    at = state[OUT]
    while at > state[FIRST] and (out[at - 1] == _BLANK or out[at - 1] == _TAB):
        at -= 1
    state[OUT] = at
    if at > state[FIRST]:
        state[LINES] += 1
    state[READY] = 0


@inner
def _put_point(point: int, mode: int, out: U8, state: I64) -> None:
    """Write a code point in its place."""
    kind = _kind_of(point)
    if kind == _SPACE:
        _put_space(point, mode, out, state)
        return
    at_start = state[OUT] == state[FIRST] or state[LINES] > 0
    if kind == _GONE or (kind == _WIDE and at_start and not mode & KEEPS_SPACE):
        return
    if not state[READY]:
        _flush(out, state)
    at = state[OUT]
    state[N_VISIBLE] += kind == _PLAIN
    if point < 0x80:
        out[at] = point
        state[OUT] = at + 1
        return
    n = 2 if point < 0x800 else (3 if point < 0x10000 else 4)
    for place in range(n - 1, 0, -1):
        out[at + place] = 0x80 | (point & 0x3F)
        point >>= 6
    out[at] = point | (0xF00 >> n & 0xFF)
    state[OUT] = at + n


@inner
def _special(src: U8, at: int) -> int:
    """The code point at ``at`` if it may be other than plain, of those that ``_PERHAPS`` tells."""
    lead, second = whole(src[at]), whole(src[at + 1])
    if lead == 0xC2:
        return 0x80 | second if second <= 0xA0 or second == 0xAD else 0
    if (lead == 0xE2 and second <= 0x81) or (lead == 0xE3 and second == 0x80) or lead == 0xEF:
        return (lead & 0xF) << 12 | (second & 0x3F) << 6 | (whole(src[at + 2]) & 0x3F)
    return 0


@inner
def _put_run(src: U8, at: int, stop: int, mode: int, names: Names, out: U8, state: I64) -> None:
    """Write the text of one run."""
    while at < stop:
        byte = whole(src[at])
        kind = _KINDS[byte]
        if kind == _PLAIN:
            at = _put_plain(src, at, stop, out, state)
        elif kind == _SPACE:
            _put_space(byte, mode, out, state)
            at += 2 if byte == _RETURN and at + 1 < stop and src[at + 1] == _NEWLINE else 1
        elif kind == _REFERENCE:
            point = 0
            after = at + 1
            if mode & REFERENCES:
                after, point = read_reference(src, at, stop, names)
            if point == 0:
                after, point = at + 1, _AMPERSAND
            _put_point(point & 0x1FFFFF, mode, out, state)
            if point >> SECOND_SHIFT:
                _put_point(point >> SECOND_SHIFT, mode, out, state)
            at = after
        elif kind == _GONE:
            at += 1
        else:
            point = _special(src, at)
            if point:
                _put_point(point, mode, out, state)
                at += 2 if byte == 0xC2 else 3
            else:
                at = _put_plain(src, at, stop, out, state)


@inner
def _put_plain(src: U8, at: int, stop: int, out: U8, state: I64) -> int:
    """Copy the byte at ``at`` and the plain ones behind it; where to go on."""
    if not state[READY]:
        _flush(out, state)
    to = state[OUT]
    n_visible = 0
    while True:
        byte = src[at]
        out[to] = byte
        n_visible += byte & 0xC0 != 0x80
        to += 1
        at += 1
        if at >= stop or _KINDS[src[at]] != _PLAIN:
            break
    state[OUT] = to
    state[N_VISIBLE] += n_visible
    return at


@inner
def _end_ruby(out: U8, state: I64) -> None:
    """Close the bracket around a reading, if it has one."""
    if state[RUBY_OPEN] == 2:
        state[SPACE] = state[LINES] = 0
        out[state[OUT]] = _CLOSING
        state[OUT] += 1
        state[N_VISIBLE] += 1
    state[RUBY_OPEN] = 0
    state[RUBY] = -1


@inner
def _trimmed(out: U8, first: int, at: int) -> int:
    """The end of a block without white space there, of any width."""
    while at > first:
        byte = out[at - 1]
        if byte in (_BLANK, _TAB, _NEWLINE):
            at -= 1
            continue
        if at - first < 3 or not byte & 0x80 or out[at - 3] not in (0xE2, 0xE3):
            break
        lead, second = whole(out[at - 3]), whole(out[at - 2])
        point = (lead & 0xF) << 12 | (second & 0x3F) << 6 | (whole(byte) & 0x3F)
        if _kind_of(point) != _WIDE:
            break
        at -= 3
    return at


@inner
def _end_block(out: U8, blocks: I32, links: I32, state: I64) -> None:
    """Write down the block that ends here, if there is something in it."""
    _end_ruby(out, state)
    first = state[FIRST]
    stop = _trimmed(out, first, state[OUT])
    kept = first
    if stop > first and state[N_BLOCKS] < len(blocks):
        kept = stop
        row = blocks[state[N_BLOCKS]]
        row[START], row[STOP], row[N_BREAKS] = first, stop, state[BREAKS]
        row[BLOCK_ELEMENT], row[INLINE] = state[OUTER], state[INNER]
        out[stop] = _NEWLINE
        state[N_BLOCKS] += 1
        state[FIRST] = stop + 1
    elif stop > first:
        state[N_LEFT_OUT] += 1
    while state[N_LINKS] and links[state[N_LINKS] - 1, 1] > kept:
        links[state[N_LINKS] - 1, 1] = kept
        if links[state[N_LINKS] - 1, 0] < kept:
            break
        state[N_LINKS] -= 1
    state[OUT] = state[FIRST]
    state[SPACE] = state[LINES] = state[READY] = state[BREAKS] = 0
    state[LINK] = state[INNER] = state[OUTER] = -1


@inner
def _note_run(row: I32, elements: I32, links: I32, state: I64) -> None:
    """Some of a run was written: which element holds the block now, and is it in a link?"""
    element = whole(row[RUN_ELEMENT])
    if state[INNER] < 0:
        state[INNER], state[OUTER] = element, elements[element, BLOCK_OF]
    inner = state[INNER]
    while inner > 0 and not inner <= element < elements[inner, END]:
        inner = whole(elements[inner, PARENT])
        state[STEPS] += 1
    state[INNER] = inner
    link = whole(row[RUN_LINK])
    if link >= 0 and link == state[LINK] and state[N_LINKS]:
        links[state[N_LINKS] - 1, 1] = state[OUT]
    elif link >= 0 and state[N_LINKS] < len(links):
        links[state[N_LINKS], 0], links[state[N_LINKS], 1] = state[RUN_FIRST], state[OUT]
        state[N_LINKS] += 1
    state[LINK] = link


@inner
def write(
    src: U8,
    runs: I32,
    elements: I32,
    names: Names,
    out: U8,
    blocks: I32,
    links: I32,
    marks: I32,
    state: I64,
) -> None:
    """Fill ``out``, ``blocks`` and ``links``, and their numbers in ``state``.

    Args:
        src: the page.
        runs: int32[n, 7].
        elements: int32[m, 8].
        names: the hash tables.
        out: uint8; 5/4 of the page's bytes and 64 are enough.
        blocks: int32[capacity, 5]; the others are left out.
        links: int32[n, 2].
        marks: int32[n + 1]; receives the number of blocks before each run.
        state: int64[17], all 0 but ``INNER``, ``OUTER``, ``LINK`` and ``RUBY``, which are -1.
    """
    for place in range(len(runs)):
        row = runs[place]
        mode, breaks = whole(row[RUN_MODE]), whole(row[RUN_BREAKS])
        if breaks >= BLOCK_BREAK or (breaks > 1 and not mode & KEEPS_SPACE):
            _end_block(out, blocks, links, state)
        elif breaks:
            state[SPACE] = state[READY] = 0
            state[LINES] += breaks
        marks[place] = state[N_BLOCKS]
        if row[RUN_RUBY] != state[RUBY]:
            _end_ruby(out, state)
            state[RUBY], state[READY] = row[RUN_RUBY], 0
            state[RUBY_OPEN] = row[RUN_RUBY] >= 0
        state[RUN_FIRST] = -1
        state[READY] = 0
        at, stop = whole(row[RUN_START]), whole(row[RUN_STOP])
        if mode & AFTER_TAG and src[at] == _NEWLINE:
            at += 1
        _put_run(src, at, stop, mode, names, out, state)
        if state[RUN_FIRST] >= 0:
            _note_run(row, elements, links, state)
    _end_block(out, blocks, links, state)
    marks[len(runs)] = state[N_BLOCKS]
