"""Blocks that are kept -> plain text, without the pieces in between. Kernels."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.html.markup.decorators import inner, kernel, whole
from curate.html.markup.page import Flag, Page
from curate.html.markup.shape import CELL_OF, ITEM, N_SHAPES, ROW, TITLE, fill_shapes

I32 = npt.NDArray[np.int32]
U8 = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]

_PREFORMATTED: Final = int(Flag.PREFORMATTED)
_NEWLINE, _BLANK, _DASH, _BAR = 10, 32, 0x2D, 0x7C


class _Blocks(NamedTuple):
    """Of a page."""

    text: U8
    start: I32
    stop: I32
    inline: I32
    parent: I32
    tag: I32
    flags: I32


class _Room(NamedTuple):
    """To work in: int32[B], int32[N_SHAPES, E], int32[E + 1]."""

    kept: I32
    shapes: I32
    seen: I32


def plain_text(page: Page, keep: Bools) -> str:
    """The lines that :func:`curate.html.markup.render.plain` writes of the pieces of these blocks.

    Args:
        page: the page.
        keep: bool[B].
    """
    out = np.empty(len(page.text) + 3 * page.n_blocks + 4, np.uint8)
    room = _Room(
        np.empty(page.n_blocks, np.int32),
        np.empty((N_SHAPES, page.n_elements), np.int32),
        np.empty(page.n_elements + 1, np.int32),
    )
    blocks = _Blocks(
        page.text, page.start, page.stop, page.inline, page.parent, page.tag, page.flags
    )
    n = _write(blocks, keep.view(np.uint8), room, out)
    return out[:n].tobytes().decode()


@kernel
def _write(page: _Blocks, keep: U8, room: _Room, out: U8) -> int:
    """Fill ``out``; the number of its bytes."""
    shapes, n = room.shapes, whole(0)
    fill_shapes(page.parent, page.tag, shapes)
    for b in range(len(keep)):
        room.kept[n] = b
        n += keep[b]
    for e in range(len(room.seen)):
        room.seen[e] = -1
    at = alone = to = whole(0)  # those before ``alone`` begin no row
    item = whole(-1)
    while at < n:
        element = page.inline[room.kept[at]]
        end = at
        if shapes[ROW, element] >= 0 and at >= alone:
            end, alone = _row_end(page, room, at, n)
        if to:
            out[to] = _NEWLINE
            to += 1
        if end - at > 1:
            to = _put_row(page, room, at, end, out, to)
            item, at = shapes[ITEM, page.inline[room.kept[end - 1]]], end
            continue
        is_plain = shapes[TITLE, element] < 0 and not page.flags[element] & _PREFORMATTED
        if is_plain and shapes[ITEM, element] >= 0 and shapes[ITEM, element] != item:
            out[to], out[to + 1] = _DASH, _BLANK
            to += 2
        to = _put(page, whole(room.kept[at]), whole(_NEWLINE), out, to)
        item = shapes[ITEM, element]
        at += 1
    return to


@inner
def _row_end(page: _Blocks, room: _Room, start: int, n: int) -> tuple[int, int]:
    """End of the blocks that are one row of a table of data; ``start`` if they are none, and
    before which block none begins for the same reason.

    Each stands in a cell of its own, outside lists: a cell that holds more is a part of a page.
    """
    shapes, seen, kept = room.shapes, room.seen, room.kept
    row, at = shapes[ROW, page.inline[kept[start]]], start
    while at < n:
        element = page.inline[kept[at]]
        if shapes[ROW, element] != row:
            break
        cell = shapes[CELL_OF, element]
        before = whole(seen[cell + 1])
        if page.flags[element] & _PREFORMATTED or shapes[ITEM, element] > cell:
            return start, at + 1
        if start <= before < at:
            return start, before + 1
        seen[cell + 1] = at
        at += 1
    return at, start


@inner
def _put_row(page: _Blocks, room: _Room, at: int, end: int, out: U8, to: int) -> int:
    """Cells in one line, `` | `` between them; the new end."""
    for place in range(at, end):
        if place > at:
            out[to], out[to + 1], out[to + 2] = _BLANK, _BAR, _BLANK
            to += 3
        to = _put(page, whole(room.kept[place]), whole(_BLANK), out, to)
    return to


@inner
def _put(page: _Blocks, block: int, line_break: int, out: U8, to: int) -> int:
    """The text of a block, with this byte for each line break; the new end."""
    for at in range(page.start[block], page.stop[block]):
        byte = page.text[at]
        out[to] = line_break if byte == _NEWLINE else byte
        to += 1
    return to
