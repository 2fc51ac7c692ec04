"""The shapes of phone numbers, and of dates and ISBNs, in a run of digits.

Each function that returns a number says how many groups from ``at`` have the shape; 0 if none has.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from curate.pii.calling_codes import Plans, fits_plan
from curate.pii.cues import ALNUM
from curate.pii.groups import (
    BLANK,
    CLOSING,
    DASH,
    DOT,
    EIGHT,
    ONE,
    OPENING,
    PLUS,
    SLASH,
    TAB,
    TILDE,
    TWO,
    ZERO,
    Run,
    digit,
    gap_has,
    gap_is,
    group_is,
    is_digit,
    same_divider,
    same_gap,
    size_of,
)

U8 = npt.NDArray[np.uint8]

_MOST_DIGITS = 15  # of an international number (E.164)
_FEWEST: Any = np.int64(5)  # digits behind an area code in brackets, and at most:
_MOST: Any = np.int64(9)
_MONTHS: Any = np.int64(12)
_DAYS: Any = np.int64(31)


@njit(cache=True, nogil=True)
def separates_numbers(run: Run, at: int) -> bool:
    """Whether a gap stands between two numbers: a slash, a tilde, or dashes between blanks."""
    begin, end = run.begins[at], run.starts[at]
    dashes = 0  # 1 behind a blank, 2 behind a blank and dashes
    for place in range(begin, end):
        point = run.window[place]
        if point in (SLASH, TILDE):
            return True
        if point == BLANK:
            if dashes == 2:
                return True
            dashes = 1
        elif point == DASH and dashes:
            dashes = 2
        else:
            dashes = 0
    return False


@njit(cache=True, nogil=True)
def international(
    run: Run,
    at: int,
    cue: bool,  # noqa: FBT001 - numba knows no names of arguments that must be given
    plans: Plans,
    flags: U8,
) -> int:
    """Groups of an international number."""
    last = run.starts[at] - 1
    while last >= run.begins[at] and (run.window[last] == BLANK or run.window[last] == OPENING):
        last -= 1
    if last >= run.begins[at] and run.window[last] == PLUS:
        if last > run.begins[at]:
            behind = run.window[last - 1]
            if behind == PLUS or flags[behind] & ALNUM:
                return 0
        return _longest_plan(run, at, ZERO, plans)
    is_zeros = size_of(run, at) >= 2 and digit(run, at, ZERO) == 0 and digit(run, at, ONE) == 0
    if is_zeros and (cue or (at == 0 and len(run.starts) > 1)):
        return _longest_plan(run, at, TWO, plans)
    return 0


@njit(cache=True, nogil=True)
def _longest_plan(run: Run, at: int, prefix: int, plans: Plans) -> int:
    """As many groups as make a number of a national plan, of whose digits some are a prefix."""
    digits = np.empty(_MOST_DIGITS + 2, np.uint8)
    n_digits = best = 0
    for group in range(at, len(run.starts)):
        if group > at and best and separates_numbers(run, group):
            break
        is_trunk = group > at and group_is(run, group, ZERO) and gap_has(run, group, OPENING)
        size = 0 if is_trunk else size_of(run, group)
        if n_digits + size - prefix > _MOST_DIGITS:
            break
        for place in range(size):
            digits[n_digits] = digit(run, group, place)
            n_digits += 1
        if fits_plan(digits[prefix:n_digits], plans):
            best = group - at + 1
    return best


@njit(cache=True, nogil=True)
def area_and_line(run: Run, at: int, cue: bool) -> int:  # noqa: FBT001 - see above
    """``212-555-3456`` with or without a 1 before it: 3, 3 and 4 digits."""
    skip = 1 if group_is(run, at, ONE) else 0
    area = at + skip
    if size_of(run, area) != 3 or size_of(run, area + 1) != 3 or size_of(run, area + 2) != 4:
        return 0
    if digit(run, area, ZERO) < 2 or digit(run, area + 1, ZERO) < 2:
        return 0
    for gap in (area + 1, area + 2):
        if run.starts[gap] - run.begins[gap] > 3 or gap_has(run, gap, SLASH):
            return 0
    is_dashed = gap_is(run, area + 1, DASH) or gap_is(run, area + 1, DOT)
    is_shaped = is_dashed and same_gap(run, area + 1, area + 2)
    return skip + 3 if cue or is_shaped or gap_has(run, area + 1, CLOSING) else 0


@njit(cache=True, nogil=True)
def bracketed(run: Run, at: int) -> int:
    """``(11) 91234-5678``, ``8 (495) 123-45-67``: an area code in brackets, 8 to 12 digits."""
    is_dialled = group_is(run, at, EIGHT) or group_is(run, at, ZERO) or group_is(run, at, ONE)
    skip = 1 if is_dialled and _opens(run, at + 1) else 0
    area = at + skip
    if not _opens(run, area) or area + 1 >= len(run.starts):
        return 0
    begin = run.begins[area + 1]
    if begin == run.starts[area + 1] or run.window[begin] != CLOSING:
        return 0
    if not 2 <= size_of(run, area) <= 5 or _is_year(run, area):
        return 0
    n = _groups_until(run, area + 1, _FEWEST, _MOST)
    if n == 0:
        return 0
    total = 0
    for group in range(area, area + 1 + n):
        total += size_of(run, group)
    is_split = n > 1 or digit(run, area, ZERO) == 0
    return skip + 1 + n if 8 <= total <= 12 and is_split else 0


@njit(cache=True, nogil=True)
def _opens(run: Run, at: int) -> bool:
    """Whether a bracket opens before a group."""
    if at >= len(run.starts):
        return False
    last = run.starts[at] - 1
    while last >= run.begins[at] and run.window[last] == BLANK:
        last -= 1
    return bool(last >= run.begins[at] and run.window[last] == OPENING)


@njit(cache=True, nogil=True)
def _is_year(run: Run, at: int) -> bool:
    if size_of(run, at) != 4:
        return False
    century = 10 * digit(run, at, ZERO) + digit(run, at, ONE)
    return 15 <= century <= 20


@njit(cache=True, nogil=True)
def _groups_until(run: Run, at: int, fewest: int, most: int) -> int:
    """As many groups from ``at`` as make ``fewest`` to ``most`` digits and are divided alike."""
    best = total = 0
    for group in range(at, len(run.starts)):
        if group > at:
            if separates_numbers(run, group) or gap_has(run, group, OPENING):
                break
            if size_of(run, group) < 2 or not same_divider(run, at + 1, group):
                break
        total += size_of(run, group)
        if total > most:
            break
        if total >= fewest:
            best = group - at + 1
    return best


@njit(cache=True, nogil=True)
def with_trunk_zero(run: Run, at: int) -> int:
    """``030 1234567``, ``0171/1234567``, ``01 42 68 53 00``: 9 to 11 digits that begin with a 0."""
    size = size_of(run, at)
    if not 2 <= size <= 6 or digit(run, at, ZERO) != 0 or digit(run, at, ONE) == 0:
        return 0
    if at + 1 >= len(run.starts):
        return 0
    if not _divides_area(run, at + 1):
        return 0
    is_dotted = run.starts[at + 1] == run.ends[at] + 1 and run.window[run.ends[at]] == DOT
    if is_dotted and size != 2:
        return 0
    n = _groups_until(run, at + 1, 9 - size, 11 - size)
    if n == 0 or (n == 1 and size_of(run, at + 1) < 5):
        return 0
    if is_dotted:
        for group in range(at + 2, at + 1 + n):
            if not same_gap(run, at + 1, group):
                return 0
    return 1 + n


@njit(cache=True, nogil=True)
def _divides_area(run: Run, at: int) -> bool:
    """Blanks alone, or one dash, slash, closing bracket or dot among them."""
    is_mark = gap_is(run, at, DASH) or gap_is(run, at, SLASH) or gap_is(run, at, CLOSING)
    if is_mark or gap_is(run, at, DOT):
        return True
    for place in range(run.begins[at], run.starts[at]):
        if run.window[place] != BLANK and run.window[place] != TAB:
            return False
    return True


@njit(cache=True, nogil=True)
def other_shapes(run: Run, at: int) -> int:
    """Mobile numbers of China, 138-1234-5678."""
    if size_of(run, at) != 3 or size_of(run, at + 1) != 4 or size_of(run, at + 2) != 4:
        return 0
    if digit(run, at, ZERO) != 1 or not 3 <= digit(run, at, ONE) <= 9:
        return 0
    if run.starts[at + 1] != run.ends[at] + 1 or not same_gap(run, at + 1, at + 2):
        return 0
    return 3 if run.window[run.ends[at]] in (DASH, BLANK) else 0


@njit(cache=True, nogil=True)
def after_cue(run: Run, at: int) -> int:
    """6 to 13 digits in groups that belong together."""
    best = total = 0
    for group in range(at, len(run.starts)):
        if group > at and separates_numbers(run, group):
            is_slash = run.starts[group] == run.begins[group] + 1 and gap_has(run, group, SLASH)
            if not (is_slash and group == at + 1):
                break
        total += size_of(run, group)
        if total > 13:
            break
        if total >= 6 and not (group == at and _is_year(run, at)):
            best = group - at + 1
    return best


@njit(cache=True, nogil=True)
def is_isbn(run: Run, at: int) -> bool:
    """Thirteen digits from 978 or 979 on with a true check digit (ISO 2108)."""
    if size_of(run, at) < 3 or digit(run, at, ZERO) != 9 or digit(run, at, ONE) != 7:
        return False
    if not 8 <= digit(run, at, TWO) <= 9:
        return False
    n_digits = weighted = 0
    for group in range(at, len(run.starts)):
        for place in range(size_of(run, group)):
            if n_digits == 13:
                break
            weighted += digit(run, group, place) * (3 if n_digits % 2 else 1)
            n_digits += 1
    return n_digits == 13 and weighted % 10 == 0


@njit(cache=True, nogil=True)
def _part(run: Run, at: int) -> tuple[int, int]:
    """Value and length of the digits from a place of the window on; no length beyond four."""
    value = n = 0
    while at < run.window.size and is_digit(run.window[at]) and n < 5:
        value = 10 * value + int(run.window[at]) - 48
        n += 1
        at += 1
    return value, n


@njit(cache=True, nogil=True)
def is_date(run: Run, at: int) -> bool:
    """Year, month and day, or day, month and year, or month, day and year, divided alike."""
    place = run.starts[at]
    first, n_first = _part(run, place)
    place += n_first
    if place >= run.window.size or run.window[place] not in (DASH, DOT, SLASH, BLANK):
        return False
    divider = run.window[place]
    second, n_second = _part(run, place + 1)
    place += 1 + n_second
    if place >= run.window.size or run.window[place] != divider:
        return False
    third, n_third = _part(run, place + 1)
    place += 1 + n_third
    if n_first == 4:
        return (
            _is_day(second, n_second, _MONTHS)
            and _is_day(third, n_third, _DAYS)
            and _is_recent(first)
        )
    is_recent = n_third == 4 and _is_recent(third)
    if is_recent and _is_day(first, n_first, _MONTHS) and _is_day(second, n_second, _DAYS):
        return True
    if not (_is_day(first, n_first, _DAYS) and _is_day(second, n_second, _MONTHS)):
        return False
    return (is_recent or n_third == 2) and not _goes_on(run, place)


@njit(cache=True, nogil=True)
def _is_day(value: int, n_digits: int, most: int) -> bool:
    """A day or month in one or two digits."""
    return 1 <= n_digits <= 2 and 1 <= value <= most


@njit(cache=True, nogil=True)
def _is_recent(year: int) -> bool:
    return 1900 <= year < 2100


@njit(cache=True, nogil=True)
def _goes_on(run: Run, place: int) -> bool:
    """Whether a number is divided off behind a date."""
    if place + 1 >= run.window.size or not is_digit(run.window[place + 1]):
        return False
    return run.window[place] in (DASH, DOT, SLASH)
