"""Lines and paragraphs: what a text's lines are, and how many it has said before. Kernels.

Sources: Gopher (arXiv 2112.11446, table A1) and FineWeb (arXiv 2406.17557). Each cuts lines in
its own way; the registry says which metric goes by which.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from curate.jit import bare_inner, decorator, kernel
from curate.metrics.seen import Seen, look_up, next_sum, powers, room_for, slots_for, span_hash
from curate.text.characters import IS_LINE_BREAK, IS_SPACE, IS_TERMINAL
from curate.text.flat import ZERO

I64 = npt.NDArray[np.int64]
U16 = npt.NDArray[np.uint16]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]

SHORT_LINE_CHARS: Final = 30
"""A line of this many code points or fewer is short (FineWeb)."""

LONG_LINE_CHARS: Final = 200
"""A line of this many code points or more is long (mC4's paragraph rule)."""


class Count(IntEnum):
    """Columns of what :func:`count_lines` gives."""

    NONBLANK = 0  # lines between "\n" that are not blank
    TERMINAL = 1  # of these, with a last character that ends a sentence
    SHORT = 2
    LONG = 3  # of all lines between "\n"
    ALL = 4  # lines as str.splitlines cuts
    BULLETS = 5  # of these
    ELLIPSIS_ENDS = 6
    HASHES = 7  # in the text
    ELLIPSES = 8
    NEWLINES = 9
    PIECES = 10  # between runs of "\n"
    DUP_PIECES = 11
    DUP_PIECE_CHARS = 12
    DUP_NONBLANK_CHARS = 13  # in pieces that are not blank
    PARAGRAPHS = 14
    DUP_PARAGRAPHS = 15
    DUP_PARAGRAPH_CHARS = 16
    WORK = 17  # steps taken


_N_COUNTS: Final = len(Count)
# Kernels take plain numbers: numba knows no IntEnum of ours.
_NONBLANK, _TERMINAL, _SHORT, _LONG = 0, 1, 2, 3
_ALL, _BULLETS, _ELLIPSIS_ENDS = 4, 5, 6
_HASHES, _ELLIPSES, _NEWLINES = 7, 8, 9
_PIECES, _DUP_PIECES, _DUP_PIECE_CHARS, _DUP_NONBLANK_CHARS = 10, 11, 12, 13
_PARAGRAPHS, _DUP_PARAGRAPHS, _DUP_PARAGRAPH_CHARS, _WORK = 14, 15, 16, 17

_NEWLINE, _RETURN, _HASH, _DOT, _HYPHEN = 10, 13, 35, 46, 45
_BULLET, _ELLIPSIS = 0x2022, 0x2026


@decorator(cache=True, inline="always")
def is_space(point: int, table: U16) -> bool:
    """White space, as str.strip knows it."""
    return bool(table[point] & IS_SPACE)


@bare_inner
def stripped(points: U32, low: int, high: int, table: U16) -> tuple[int, int]:
    """The span without the white space at its ends; empty at ``high`` if there is nothing else."""
    while low < high and is_space(points[low], table):
        low += 1
    while high > low and is_space(points[high - 1], table):
        high -= 1
    return low, high


@bare_inner
def end_of_line(points: U32, at: int, high: int, table: U16) -> tuple[int, int]:
    """End of the line that begins at ``at``, and where the next begins (str.splitlines)."""
    while at < high and not table[points[at]] & IS_LINE_BREAK:
        at += 1
    if at == high:
        return high, high
    pair = points[at] == _RETURN and at + 1 < high and points[at + 1] == _NEWLINE
    return at, at + (2 if pair else 1)


@bare_inner
def _sum_up(points: U32, low: int, high: int, sums: U64, row: I64) -> None:
    """Sums from which the hash of any span is had; on the way, marks and newlines are counted.

    The sums wait for one another, so looking at each point costs nothing beside them.
    """
    total = np.uint64(0)
    dots = n_ellipses = n_hashes = n_newlines = 0
    for at in range(low, high):
        point = points[at]
        total = next_sum(total, point)
        sums[at - low + 1] = total
        dots = dots + 1 if point == _DOT else 0
        if dots == 3:
            n_ellipses += 1
            dots = 0
        n_ellipses += point == _ELLIPSIS
        n_hashes += point == _HASH
        n_newlines += point == _NEWLINE
    row[_HASHES], row[_ELLIPSES], row[_NEWLINES] = n_hashes, n_ellipses, n_newlines


@bare_inner
def _count_rims(points: U32, low: int, high: int, table: U16, row: I64) -> None:
    """Lines that begin with a bullet or end with an ellipsis."""
    at = low
    while at < high:
        end, after = end_of_line(points, at, high, table)
        row[_ALL] += 1
        first, last = stripped(points, at, end, table)
        if first < last:
            row[_BULLETS] += points[first] == _BULLET or points[first] == _HYPHEN
            dots = last - first >= 3
            for k in range(1, 4):
                dots = dots and points[last - k] == _DOT
            row[_ELLIPSIS_ENDS] += points[last - 1] == _ELLIPSIS or dots
        at = after


@bare_inner
def _count_newline_lines(
    points: U32,
    low: int,
    high: int,
    table: U16,
    sums: U64,
    powers_of: U64,
    seen: Seen,
    stamp: int,
    row: I64,
) -> None:
    """Lines between "\n", and which of them were seen before."""
    n_slots = slots_for(seen, row[_NEWLINES] + 1)
    start = low
    while start <= high:
        end = start
        is_blank = True
        while end < high and points[end] != _NEWLINE:
            is_blank = is_blank and is_space(points[end], table)
            end += 1
        length = end - start
        row[_LONG] += length >= LONG_LINE_CHARS
        if not is_blank:
            row[_NONBLANK] += 1
            row[_TERMINAL] += table[points[end - 1]] & IS_TERMINAL != 0
            row[_SHORT] += length <= SHORT_LINE_CHARS
        # Between two line breaks there is no piece; before the first and behind the last there is.
        if length or start == low or end == high:
            row[_PIECES] += 1
            value = span_hash(sums, powers_of, start - low, end - low)
            slot, work = look_up(seen, n_slots, stamp, value, points, start, end)
            row[_WORK] += work
            if seen.counts[slot]:
                row[_DUP_PIECES] += 1
                row[_DUP_PIECE_CHARS] += length
                row[_DUP_NONBLANK_CHARS] += 0 if is_blank else length
            seen.counts[slot] = 1
        start = end + 1


@bare_inner
def _count_paragraphs(
    points: U32,
    low: int,
    high: int,
    table: U16,
    sums: U64,
    powers_of: U64,
    seen: Seen,
    stamp: int,
    row: I64,
) -> None:
    """Pieces of the stripped text between runs of two or more "\n"."""
    n_slots = slots_for(seen, row[_NEWLINES] + 1)
    start, high_stripped = stripped(points, low, high, table)
    at = start
    while True:
        run = 0
        while at + run < high_stripped and points[at + run] == _NEWLINE:
            run += 1
        if run < 2 and at < high_stripped:
            at += 1
            continue
        row[_PARAGRAPHS] += 1
        value = span_hash(sums, powers_of, start - low, at - low)
        slot, work = look_up(seen, n_slots, stamp, value, points, start, at)
        row[_WORK] += work
        if seen.counts[slot]:
            row[_DUP_PARAGRAPHS] += 1
            row[_DUP_PARAGRAPH_CHARS] += at - start
        seen.counts[slot] = 1
        if at >= high_stripped:
            return
        at += run
        start = at


@bare_inner
def _most_lines(points: U32, offsets: I64) -> int:
    most = int(ZERO)
    for text in range(len(offsets) - 1):
        n = 1
        for at in range(offsets[text], offsets[text + 1]):
            n += points[at] == _NEWLINE
        most = max(most, n)
    return most


@kernel
def count_lines(points: U32, offsets: I64, table: U16) -> I64:
    """Count the lines of many texts.

    Args:
        points: uint32[n_points].
        offsets: int64[n_texts + 1].
        table: the property table.

    Returns:
        int64[n_texts, len(Count)]; all zero for an empty text.
    """
    n_texts = len(offsets) - 1
    counts = np.zeros((n_texts, _N_COUNTS), np.int64)
    longest = int(ZERO)
    for text in range(n_texts):
        longest = max(longest, offsets[text + 1] - offsets[text])
    powers_of = powers(longest)
    sums = np.empty(longest + 1, np.uint64)
    sums[0] = np.uint64(0)
    seen = room_for(_most_lines(points, offsets))
    for text in range(n_texts):
        low, high = offsets[text], offsets[text + 1]
        if low == high:
            continue
        row = counts[text]
        _sum_up(points, low, high, sums, row)
        row[_WORK] = high - low
        _count_rims(points, low, high, table, row)
        of_text = (points, low, high, table, sums, powers_of, seen)
        _count_newline_lines(*of_text, 2 * text + 1, row)
        _count_paragraphs(*of_text, 2 * text + 2, row)
    return counts
