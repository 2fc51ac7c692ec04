"""A run of digits as groups with gaps between them: what shapes of numbers are told from."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

I64 = npt.NDArray[np.int64]
U32 = npt.NDArray[np.uint32]

# Numba compiles a function once more for each number that is written where it is called; these are
# all of one type.
BLANK: Any = np.uint32(32)
TAB: Any = np.uint32(9)
OPENING: Any = np.uint32(40)
CLOSING: Any = np.uint32(41)
PLUS: Any = np.uint32(43)
COMMA: Any = np.uint32(44)
DASH: Any = np.uint32(45)
DOT: Any = np.uint32(46)
SLASH: Any = np.uint32(47)
COLON: Any = np.uint32(58)
TILDE: Any = np.uint32(126)
ZERO: Any = np.int64(0)
ONE: Any = np.int64(1)
TWO: Any = np.int64(2)
EIGHT: Any = np.int64(8)


class Run(NamedTuple):
    """Groups of digits with what stands between them; gap ``i`` is before group ``i``.

    Args:
        window: uint32[size], the digits and some characters on both sides; numbers are in ASCII.
        begins: int64[n], where each gap begins; the first is three characters at most.
        starts: int64[n], where each group begins, which is where its gap ends.
        ends: int64[n], behind the last digit of each.
    """

    window: U32
    begins: I64
    starts: I64
    ends: I64


@njit(cache=True, nogil=True)
def is_digit(point: int) -> bool:
    """Of a window, whose digits are ASCII."""
    return 48 <= point <= 57


@njit(cache=True, nogil=True)
def is_blank(point: int) -> bool:
    """The white space that may stand in a gap."""
    return point in (BLANK, TAB)


@njit(cache=True, nogil=True)
def stripped(run: Run, at: int) -> tuple[int, int]:
    """Where gap ``at`` begins and ends without its blanks."""
    begin, end = run.begins[at], run.starts[at]
    while begin < end and is_blank(run.window[begin]):
        begin += 1
    while begin < end and is_blank(run.window[end - 1]):
        end -= 1
    return begin, end


@njit(cache=True, nogil=True)
def gap_is(run: Run, at: int, point: int) -> bool:
    """Whether a gap is one character but for blanks."""
    begin, end = stripped(run, at)
    return bool(end == begin + 1 and run.window[begin] == point)


@njit(cache=True, nogil=True)
def gap_has(run: Run, at: int, point: int) -> bool:
    """Whether a character is in a gap."""
    place = run.begins[at]
    while place < run.starts[at] and run.window[place] != point:
        place += 1
    return bool(place < run.starts[at])


@njit(cache=True, nogil=True)
def _same(run: Run, a: int, b: int, size: int) -> bool:
    """Whether two stretches of the window are equal."""
    i = 0
    while i < size and run.window[a + i] == run.window[b + i]:
        i += 1
    return i == size


@njit(cache=True, nogil=True)
def same_gap(run: Run, a: int, b: int) -> bool:
    """Whether two gaps are equal, blanks and all."""
    size = run.starts[a] - run.begins[a]
    if run.starts[b] - run.begins[b] != size:
        return False
    return _same(run, run.begins[a], run.begins[b], size)


@njit(cache=True, nogil=True)
def same_divider(run: Run, a: int, b: int) -> bool:
    """Whether two gaps are equal but for blanks."""
    begin, end = stripped(run, a)
    other, other_end = stripped(run, b)
    if end - begin != other_end - other:
        return False
    return _same(run, begin, other, end - begin)


@njit(cache=True, nogil=True)
def size_of(run: Run, at: int) -> int:
    """Digits of a group; 0 of one that is not there."""
    return int(run.ends[at] - run.starts[at]) if at < len(run.starts) else 0


@njit(cache=True, nogil=True)
def digit(run: Run, at: int, place: int) -> int:
    """A digit of a group, as a number."""
    return int(run.window[run.starts[at] + place]) - 48


@njit(cache=True, nogil=True)
def group_is(run: Run, at: int, value: int) -> bool:
    """Whether a group is one digit."""
    return size_of(run, at) == 1 and digit(run, at, ZERO) == value
