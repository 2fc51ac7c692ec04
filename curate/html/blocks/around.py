"""Features of where a block stands: to the heading of the page, and to the blocks beside it."""

from __future__ import annotations

from math import log
from typing import Final

import numpy as np
import numpy.typing as npt

from curate.html.markup.decorators import inner

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]
U8 = npt.NDArray[np.uint8]

BESIDE: Final = np.array([-3, -2, -1, 1, 2, 3], np.int32)
"""Neighbours whose columns are copied, by distance."""
WINDOWS: Final = np.array([3, 8, 20], np.int32)
"""Blocks on each side of those over which sums are taken."""
COPIED_NAMES: Final = ("width", "link_share", "is_prose", "rank", "ends_sentence", "terminals")

AROUND_NAMES: Final = (
    *(f"next{step}_{name}" for step in BESIDE for name in COPIED_NAMES),
    *(f"window{size}_{name}" for size in WINDOWS for name in ("width", "link_share", "prose")),
    *("rise_before", "rise_after"),
    *("heading_gap", "heading_level", "heading_width", "next_heading_gap", "next_heading_width"),
    *("title_gap", "title_width", "title_rise", "is_title", "first_h1_gap"),
)


@inner
def fill_beside(columns: I32, steps: I32, windows: I32, sums: F64, first: int, out: F32) -> None:
    """From column ``first``: columns of neighbours, and sums over windows of blocks."""
    n = len(out)
    for b in range(n):
        row = out[b]
        at = first
        for step in steps:
            other = b + step
            for column in columns:
                row[at] = out[other, column] if 0 <= other < n else -1.0
                at += 1
        for size in windows:
            low, high = max(0, b - size), min(n, b + size + 1)
            width = sums[high, 0] - sums[low, 0] + 1e-3
            row[at] = log(1.0 + width)
            row[at + 1] = (sums[high, 1] - sums[low, 1]) / width
            row[at + 2] = (sums[high, 2] - sums[low, 2]) / width
            at += 3


@inner
def _rise(e: int, block: int, parent: I32, first_block: I32, end_block: I32) -> int:
    """How many elements to climb from ``e`` until ``block`` is inside; 30 at most."""
    climb = 0
    while climb < 30 and parent[e] >= 0 and not first_block[e] <= block < end_block[e]:
        e = parent[e]
        climb += 1
    return climb


@inner
def fill_rises(
    element: I32, parent: I32, first_block: I32, end_block: I32, at: int, out: F32
) -> None:
    """Two columns: the border between the block and the one before, and the one after."""
    n = len(element)
    for b in range(n):
        e = element[b]
        out[b, at] = _rise(e, b - 1, parent, first_block, end_block) if b else 30.0
        out[b, at + 1] = _rise(e, b + 1, parent, first_block, end_block) if b + 1 < n else 30.0


@inner
def fill_headings(levels: I32, sums: F64, at: int, out: F32) -> None:
    """Five columns: the headings before and after.

    Args:
        levels: int32[B], 1 to 6 for a block that is a heading, else 0.
        sums: float64[B + 1, …].
        at: the first column.
        out: float32[B, …].
    """
    n = len(levels)
    before = -1
    for b in range(n):
        out[b, at] = b - before if before >= 0 else -1.0
        out[b, at + 1] = levels[before] if before >= 0 else 0.0
        out[b, at + 2] = log(1.0 + sums[b, 2] - sums[before, 2]) if before >= 0 else -1.0
        if levels[b]:
            before = b
    after = n
    for k in range(n):
        b = n - 1 - k
        out[b, at + 3] = after - b if after < n else -1.0
        out[b, at + 4] = log(1.0 + sums[after, 2] - sums[b + 1, 2])
        if levels[b]:
            after = b


@inner
def find_title(levels: I32, sums: F64, start: I32, stop: I32, text: U8, title: U8) -> int:
    """The first heading whose text is in the page's title, -1 if there is none.

    Args:
        levels: int32[B], 1 to 6 for a block that is a heading, else 0.
        sums: float64[B + 1, …], the width of the blocks before in its first column.
        start: int32[B].
        stop: int32[B].
        text: the buffer.
        title: uint8[n], UTF-8; of a length that bounds the work.
    """
    for b in range(len(levels)):
        length = int(stop[b] - start[b])
        if not levels[b] or sums[b + 1, 0] - sums[b, 0] < 4:
            continue
        for at in range(len(title) - length + 1):
            k = 0
            while k < length and title[at + k] == text[start[b] + k]:
                k += 1
            if k == length:
                return b
    return -1


@inner
def fill_title(
    title: int,
    first: int,
    element: I32,
    parent: I32,
    first_block: I32,
    end_block: I32,
    sums: F64,
    at: int,
    out: F32,
) -> None:
    """Five columns: where the heading of the page stands to the block."""
    for b in range(len(element)):
        row = out[b]
        row[at] = row[at + 4] = -1000.0
        row[at + 1] = row[at + 2] = -1.0
        row[at + 3] = 1.0 if b == title else 0.0
        if title >= 0:
            low, high = min(b, title), max(b, title)
            row[at] = b - title
            row[at + 1] = log(1.0 + sums[high, 0] - sums[low, 0])
            row[at + 2] = _rise(element[title], b, parent, first_block, end_block)
        if first >= 0:
            row[at + 4] = b - first


@inner
def fill_around(
    columns: I32,
    steps: I32,
    windows: I32,
    levels: I32,
    sums: F64,
    element: I32,
    parent: I32,
    first_block: I32,
    end_block: I32,
    start: I32,
    stop: I32,
    text: U8,
    title: U8,
    at: int,
    rises: int,
    out: F32,
) -> int:
    """The columns ``AROUND_NAMES`` from ``at``, of which those of borders begin at ``rises``.

    Returns:
        The block that is the heading of the page; -1 for none.
    """
    fill_beside(columns, steps, windows, sums, at, out)
    fill_rises(element, parent, first_block, end_block, rises, out)
    fill_headings(levels, sums, rises + 2, out)
    heading = find_title(levels, sums, start, stop, text, title)
    first = -1
    for b in range(len(levels)):
        if levels[b] == 1:
            first = b
            break
    if heading < 0:
        heading = first
    fill_title(heading, first, element, parent, first_block, end_block, sums, rises + 7, out)
    return heading
