"""Blocks that are kept -> the pieces of a text: paragraphs, headings, items, rows, code, quotes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.html.markup.decorators import inner, kernel
from curate.html.markup.page import Flag, Page
from curate.html.markup.tags import CELL, HEADING, LIST, NAMES, TAG, TRAITS

I32 = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]

ITEM, CELL_OF, ROW, TABLE, TITLE, LIST_OF, LISTS, QUOTES = range(8)
"""Columns of an element's shape: the nearest ``li``, cell, row, table, heading and list around it,
itself included (-1: none), and in how many lists and quotations it is."""
N_SHAPES: Final = 8

PARAGRAPH, TITLE_LINE, LIST_ITEM, TABLE_ROW, CODE, QUOTE = (
    *("paragraph", "heading", "item", "row"),
    *("code", "quote"),
)
"""Kinds of pieces."""

_LI, _TR, _TABLE, _QUOTE = TAG["li"], TAG["tr"], TAG["table"], TAG["blockquote"]
_DL, _OL = TAG["dl"], TAG["ol"]


class Piece(NamedTuple):
    """A piece of a text, in reading order.

    Attributes:
        kind: one of the above.
        text: as it stands; lines end with ``\\n``. Of a row its cells with `` | `` between them.
        level: of a heading 1 to 6; of an item in how many lists it is.
        group: number of the element that it shares with its neighbours, of items the list, of rows
            the table; else -1.
        cells: of a row.
        is_ordered: of an item: its list is ``ol``.
    """

    kind: str
    text: str
    level: int = 0
    group: int = -1
    cells: tuple[str, ...] = ()
    is_ordered: bool = False


@inner
def _place_of(tag: int) -> int:
    """Which column an element of this tag is told in; -1: none."""
    if tag == _LI:
        return ITEM
    if TRAITS[tag] & CELL:
        return CELL_OF
    if tag == _TR:
        return ROW
    if tag == _TABLE:
        return TABLE
    if TRAITS[tag] & HEADING:
        return TITLE
    if TRAITS[tag] & LIST and tag != _DL:
        return LIST_OF
    return -1


@inner
def fill_shapes(parent: I32, tag: I32, shapes: I32) -> None:
    """Fill ``shapes``, int32[8, n]."""
    for column in range(8):
        shapes[column, 0] = -1 if column < LISTS else 0
    for element in range(1, len(parent)):
        for column in range(8):
            shapes[column, element] = shapes[column, parent[element]]
        if tag[element] == _TABLE:
            shapes[CELL_OF, element] = shapes[ROW, element] = -1
        elif tag[element] == _TR:
            shapes[CELL_OF, element] = -1
        elif tag[element] == _QUOTE:
            shapes[QUOTES, element] += 1
        place = _place_of(tag[element])
        if place >= 0:
            shapes[place, element] = element
            shapes[LISTS, element] += place == LIST_OF


@kernel
def find_shapes(parent: I32, tag: I32, shapes: I32) -> None:
    """:func:`fill_shapes` for callers that are not kernels."""
    fill_shapes(parent, tag, shapes)


def pieces(page: Page, keep: Bools) -> list[Piece]:
    """The pieces of the blocks that are kept.

    Args:
        page: the page.
        keep: bool[B].
    """
    kept = np.flatnonzero(keep)
    if not len(kept):
        return []
    shapes = np.empty((N_SHAPES, page.n_elements), np.int32)
    find_shapes(page.parent, page.tag, shapes)
    raw = page.text.tobytes()
    ends = zip(page.start[kept].tolist(), page.stop[kept].tolist(), strict=True)
    texts = [raw[start:stop].decode() for start, stop in ends]
    elements = page.inline[kept]
    of_block = shapes[:, elements].T.tolist()
    is_code = ((page.flags[elements] & int(Flag.PREFORMATTED)) != 0).tolist()
    return list(_pieces(page, texts, of_block, is_code))


def _pieces(
    page: Page, texts: Sequence[str], shapes: Sequence[list[int]], is_code: Sequence[bool]
) -> Iterator[Piece]:
    at, item, alone = 0, -1, 0
    while at < len(texts):
        shape, end = shapes[at], at
        if shape[ROW] >= 0 and at >= alone:
            end, alone = _row_end(shapes, is_code, at)
        if end - at > 1:
            cells = tuple(text.replace("\n", " ") for text in texts[at:end])
            yield Piece(TABLE_ROW, " | ".join(cells), group=shape[TABLE], cells=cells)
            item, at = shapes[end - 1][ITEM], end
            continue
        yield _single(page, texts[at], shape, is_code=is_code[at], is_new=shape[ITEM] != item)
        item = shape[ITEM]
        at += 1


def _single(page: Page, text: str, shape: list[int], *, is_code: bool, is_new: bool) -> Piece:
    """A block by itself; only the first one of a list item is the item."""
    if shape[TITLE] >= 0 and not is_code:
        return Piece(TITLE_LINE, text, int(NAMES[page.tag[shape[TITLE]]][1]))
    if is_code:
        return Piece(CODE, text)
    if shape[ITEM] >= 0 and is_new:
        listed = shape[LIST_OF]
        is_ordered = listed >= 0 and int(page.tag[listed]) == _OL
        return Piece(LIST_ITEM, text, max(1, shape[LISTS]), listed, is_ordered=is_ordered)
    return Piece(QUOTE if shape[QUOTES] else PARAGRAPH, text)


def _row_end(shapes: Sequence[list[int]], is_code: Sequence[bool], start: int) -> tuple[int, int]:
    """End of the blocks that are one row of a table of data; ``start`` if they are none, and
    before which block none begins for the same reason.

    Each stands in a cell of its own, outside lists: a cell that holds more is a part of a page.
    """
    row, at = shapes[start][ROW], start
    cells: dict[int, int] = {}
    while at < len(shapes) and shapes[at][ROW] == row:
        shape = shapes[at]
        if is_code[at] or shape[ITEM] > shape[CELL_OF]:
            return start, at + 1
        if shape[CELL_OF] in cells:
            return start, cells[shape[CELL_OF]] + 1
        cells[shape[CELL_OF]] = at
        at += 1
    return at, start
