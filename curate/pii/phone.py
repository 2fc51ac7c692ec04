"""Phone numbers: international ones anywhere, national ones by shape or by a word before them.

Precision goes first. Four kinds are taken, in this order:

1. *International*: ``+`` or ``00``, a calling code, and as many digits as its plan has
   (:mod:`curate.pii.calling_codes`).
2. *Area code and line*, as in North America: ``(212) 555-3456``, ``212-555-3456``.
3. *National with a trunk zero*: ``030 1234567``, ``01 42 68 53 00``, ``090-1234-5678``, and with an
   area code in brackets, ``(11) 91234-5678``.
4. *Anything* of 6 to 13 digits behind a word for phone (:mod:`curate.pii.cues`).

Dates, ISBNs, decimals, prices, parts of addresses and runs of digits without a break are none.
The shapes themselves are in :mod:`curate.pii.shapes`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from curate.pii.calling_codes import Plans, plan_tables
from curate.pii.candidates import MAX_RUN, NUMBERS
from curate.pii.cues import ALNUM, Cues, cues_before, make_cues
from curate.pii.digits import ascii_table
from curate.pii.groups import (
    BLANK,
    CLOSING,
    COLON,
    COMMA,
    DASH,
    DOT,
    OPENING,
    PLUS,
    ZERO,
    Run,
    gap_has,
    gap_is,
    is_digit,
)
from curate.pii.shapes import (
    after_cue,
    area_and_line,
    bracketed,
    international,
    is_date,
    is_isbn,
    other_shapes,
    separates_numbers,
    with_trunk_zero,
)

I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]

PHONE = 4
"""A row that is a phone number already; beside the kinds of :mod:`curate.pii.candidates`."""

CONTEXT = 48
"""Characters before a number that are looked at."""

BEHIND = 8
"""Characters behind it."""

_NO_NEIGHBOUR = np.array(sorted(map(ord, "/=_&#%@$€£¥₹\\*^<>|~:+-.,'’")), np.uint32)
_NOTHING_BEHIND = np.array(sorted(map(ord, "%_=@°€$£")), np.uint32)


class PhoneTables(NamedTuple):
    """What numbers are judged with.

    Args:
        plain: uint32[0x110000], numbers and what stands between them in ASCII.
        plans: calling codes.
        cues: words.
    """

    plain: U32
    plans: Plans
    cues: Cues


@lru_cache(maxsize=1)
def phone_tables() -> PhoneTables:
    """Made once a process."""
    return PhoneTables(ascii_table(), plan_tables(), make_cues())


@njit(cache=True, nogil=True)
def judge_numbers(points: U32, offsets: I64, places: I64, tables: PhoneTables) -> I64:
    """Candidates with the phone numbers in the place of those that are numbers.

    Args:
        points: uint32[n_points], the texts, one after the other.
        offsets: int64[n_texts + 1].
        places: int64[n, 4], see :func:`curate.pii.candidates.candidates`.
        tables: see :func:`phone_tables`.

    Returns:
        int64[m, 4], in the same form and order. A phone number is a row of kind :data:`PHONE`. A
        candidate that may be an address with dots stays, before the phone numbers in it.
    """
    rows = np.empty((2 * len(places) + 64, 4), np.int64)
    n_rows = 0
    window = np.empty(CONTEXT + MAX_RUN + BEHIND, np.uint32)
    groups = np.empty((3, MAX_RUN + 1), np.int64)
    found = np.empty((MAX_RUN, 2), np.int64)
    for place in range(len(places)):
        text, start, end = places[place, 0], places[place, 1], places[place, 2]
        if len(rows) < n_rows + MAX_RUN + 1:
            larger = np.empty((2 * len(rows) + MAX_RUN, 4), np.int64)
            larger[:n_rows] = rows[:n_rows]
            rows = larger
        if places[place, 3] != NUMBERS:
            rows[n_rows] = places[place]
            n_rows += 1
            continue
        first = max(offsets[text], start - CONTEXT)
        last = min(offsets[text + 1], end + BEHIND)
        _fill(points[first:last], window, tables.plain)
        if _n_dots(window[start - first : end - first]) >= 3:
            rows[n_rows] = places[place]
            n_rows += 1
        run = _run(window[: last - first], start - first, end - first, groups)
        for number in range(_phone_numbers(run, start - first, found, tables)):
            rows[n_rows, 0] = text
            rows[n_rows, 1] = first + found[number, 0]
            rows[n_rows, 2] = first + found[number, 1]
            rows[n_rows, 3] = PHONE
            n_rows += 1
    return rows[:n_rows]


@njit(cache=True, nogil=True)
def _fill(points: U32, window: U32, plain: U32) -> None:
    """Copy a window; in ASCII where anything in it is not."""
    is_ascii = True
    for i in range(points.size):
        window[i] = points[i]
        is_ascii = is_ascii and points[i] < 128
    if not is_ascii:
        for i in range(points.size):
            window[i] = plain[points[i]]


@njit(cache=True, nogil=True)
def _n_dots(window: U32) -> int:
    n = 0
    for i in range(window.size):
        n += window[i] == DOT
    return n


@njit(cache=True, nogil=True)
def _run(window: U32, start: int, end: int, groups: I64) -> Run:
    """The groups of digits between two places."""
    begins, starts, ends = groups[0], groups[1], groups[2]
    n, at = 0, start
    while at < end:
        if not is_digit(window[at]):
            at += 1
            continue
        starts[n] = at
        while at < end and is_digit(window[at]):
            at += 1
        ends[n] = at
        begins[n] = ends[n - 1] if n else max(0, start - 3)
        n += 1
    return Run(window, begins[:n], starts[:n], ends[:n])


@njit(cache=True, nogil=True)
def _phone_numbers(run: Run, start: int, found: I64, tables: PhoneTables) -> int:
    """Write where each phone number of a run begins and ends; how many there are."""
    n_found, at = 0, ZERO
    n_groups = len(run.starts)
    cue, says_other = cues_before(run.window, start, tables.cues)
    while at < n_groups:
        n, is_ours = _number_at(run, at, cue, says_other, tables)
        if n and is_ours:
            found[n_found, 0] = _with_opening(run, at)
            found[n_found, 1] = run.ends[at + n - 1]
            n_found += 1
            cue = is_ours  # the next one in the same run is its fellow
        elif n == 0:
            cue = cue and (at == 0 or separates_numbers(run, at))
        at += max(n, 1)
    return n_found


@njit(cache=True, nogil=True)
def _number_at(
    run: Run,
    at: int,
    cue: bool,  # noqa: FBT001 - numba knows no names of arguments that must be given
    says_other: bool,  # noqa: FBT001
    tables: PhoneTables,
) -> tuple[int, bool]:
    """How many groups from ``at`` belong together, and whether they are a number to be found."""
    n = international(run, at, cue, tables.plans, tables.cues.flags)
    if n == 0:
        if is_date(run, at):
            return 3, False
        if is_isbn(run, at) or not (cue or _begins_well(run, at, tables.cues.flags)):
            return 0, False
        n = area_and_line(run, at, cue)
    if n:
        return n, not _is_fictitious(run, at, n) and _ends_well(run, at + n - 1)
    n = bracketed(run, at)
    if n == 0:
        n = with_trunk_zero(run, at)
    if n == 0:
        n = other_shapes(run, at)
    if n == 0 and cue:
        n = after_cue(run, at)
    if n and (cue or not says_other) and _ends_well(run, at + n - 1):
        return n, True
    return 0, False


@njit(cache=True, nogil=True)
def _is_fictitious(run: Run, at: int, n: int) -> bool:
    """Numbers given to nobody (555-0100 to 555-0199), which is what masked numbers are."""
    digits = np.empty(11, np.uint32)
    n_digits = 0
    for group in range(at, at + n):
        for place in range(run.starts[group], run.ends[group]):
            if n_digits == 11:
                return False
            digits[n_digits] = run.window[place] - 48
            n_digits += 1
    skip = n_digits - 10
    if skip < 0 or (skip == 1 and digits[0] != 1) or digits[skip] < 2:
        return False
    d = digits[skip + 3 :]
    return bool(d[0] == 5 and d[1] == 5 and d[2] == 5 and d[3] == 0 and d[4] == 1)


@njit(cache=True, nogil=True)
def _is_one_of(point: int, some: U32) -> bool:
    place = np.searchsorted(some, np.uint32(point))
    return bool(place < some.size and some[place] == point)


@njit(cache=True, nogil=True)
def _begins_well(run: Run, at: int, flags: U8) -> bool:
    """Nothing before the number makes it a part of something longer."""
    if at:
        return not (gap_is(run, at, DOT) or gap_is(run, at, DASH))
    last = run.starts[0] - 1
    while last >= run.begins[0] and run.window[last] == OPENING:
        last -= 1
    if last < run.begins[0]:
        return True
    point = run.window[last]
    is_part = (point < 128 and flags[point] & ALNUM != 0) or is_digit(point)
    return not (is_part or _is_one_of(point, _NO_NEIGHBOUR))


@njit(cache=True, nogil=True)
def _ends_well(run: Run, last: int) -> bool:
    """Nothing behind it does."""
    after = run.ends[last]
    if last + 1 < len(run.starts):
        divides = run.window[after] == DOT or run.window[after] == DASH
        return not (divides and run.starts[last + 1] == after + 1)
    if after >= run.window.size:
        return True
    point = run.window[after]
    if is_digit(point) or _is_one_of(point, _NOTHING_BEHIND):
        return False
    if point in (COMMA, COLON, DOT):
        return after + 1 >= run.window.size or not is_digit(run.window[after + 1])
    lower = point | 32
    return not 97 <= lower <= 122 or lower == 120 or lower == 101 or point >= 128


@njit(cache=True, nogil=True)
def _with_opening(run: Run, at: int) -> int:
    """Where the number begins: with its ``+`` and its bracket, if it has them."""
    start = run.starts[at]
    first, plus = start, -1
    while first > run.begins[at] and run.window[first - 1] in (BLANK, OPENING, PLUS):
        first -= 1
        if run.window[first] == PLUS:
            plus = first
    if plus >= 0:
        return int(plus)
    closes = (at + 1 < len(run.starts) and gap_has(run, at + 1, CLOSING)) or (
        at + 2 < len(run.starts) and gap_has(run, at + 2, CLOSING)
    )
    opens = first < start and run.window[start - 1] == OPENING
    return int(start - 1 if opens and closes else start)
