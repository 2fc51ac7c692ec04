"""The shapes of phone numbers, and of dates and ISBNs, in a run of digits.

Each function that returns a number says how many groups from ``at`` have the shape; 0 if none has.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from curate.pii.calling_codes import fits_plan
from curate.pii.digit_groups import Run, is_year, mark_of, separates_numbers

_MOST_DIGITS: Final = 15
"""Of an international number (E.164)."""

_DATE: Final = re.compile(r"(\d{1,4})(?!\d)([-./ ])(\d{1,4})(?!\d)\2(\d{1,5})")

_PAIRS: Final = (2, 2, 2, 2, 2)

_NATIONAL: Final = frozenset(
    {
        *((2, 2, 3, 4), (2, 2, 3, 3)),
        *(_PAIRS, (2, 7), (2, 8), (2, 9), (3, 6), (3, 7), (3, 8), (4, 5), (4, 6), (4, 7)),
        *((5, 5), (5, 6), (6, 5), (2, 3, 4), (2, 4, 4), (2, 4, 3), (2, 3, 2, 2), (2, 3, 3, 2)),
        *((2, 4, 5), (3, 3, 3), (3, 3, 4), (3, 4, 4), (3, 4, 3), (3, 3, 5), (3, 3, 2, 2)),
        *((3, 2, 2, 2), (3, 2, 2, 3), (3, 2, 2, 2, 2), (4, 2, 4), (4, 3, 3), (4, 3, 4)),
        *((3, 4, 2), (4, 3, 2), (4, 4, 2), (5, 2, 2), (5, 3, 2), (6, 2, 2), (6, 3, 2)),
        *(
            (4, 2, 2, 2),
            (4, 3, 2, 2),
            (4, 2, 3),
            (4, 4, 3),
            (4, 4, 4),
            (5, 3, 3),
            (5, 2, 4),
            (5, 2, 2, 2),
        ),
    }
)
"""Sizes of the groups of national numbers that begin with a trunk zero, as countries write them."""

_WITHOUT_ZERO: Final = frozenset(
    {
        *((3, 3, 3), (2, 3, 2, 2), (3, 2, 2, 2), (2, 2, 2, 2), (4, 4), (4, 6), (3, 3, 4)),
        *((3, 4, 4), (2, 4, 4), (4, 3, 3), (5, 5), (5, 6), (2, 7), (3, 7), (3, 6), (3, 5)),
        *((1, 3, 3, 4), (1, 2, 3, 4), (2, 2, 3), (3, 2, 2), (2, 6), (4, 3, 4), (4, 2, 2, 2)),
        *(
            (1, 3, 3, 2, 2),
            (3, 4),
            (2, 2, 2),
            (8,),
            (9,),
            (10,),
            (11,),
            (4, 5),
            (2, 5, 5),
            (1, 4, 4),
            (2, 3, 3),
            (3, 3, 2),
        ),
    }
)
"""Shapes of numbers without a zero, which only a word before them makes phone numbers."""


def international(run: Run, at: int, *, cue: bool) -> int:
    """Groups of an international number."""
    gap = run.gaps[at].rstrip(" (")
    if gap.endswith("+"):
        behind = gap[-2:-1]
        return 0 if behind == "+" or behind.isalnum() else _longest_plan(run, at, 0)
    if run.groups[at].startswith("00") and (cue or (at == 0 and len(run.groups) > 1)):
        return _longest_plan(run, at, 2)
    return 0


def _longest_plan(run: Run, at: int, prefix: int) -> int:
    """As many groups as make a number of a national plan, of whose digits some are a prefix."""
    whole = "".join(run.groups[at:])
    if len(whole) - prefix <= _MOST_DIGITS and fits_plan(whole[prefix:]):
        between = "".join(run.gaps[at + 1 :])
        if not (separates_numbers(between) or "(" in between):
            return len(run.groups) - at
    digits, best = "", 0
    for group in range(at, len(run.groups)):
        if group > at and best and separates_numbers(run.gaps[group]):
            break
        is_trunk = group > at and run.groups[group] == "0" and "(" in run.gaps[group]
        digits += "" if is_trunk else run.groups[group]
        if len(digits) - prefix > _MOST_DIGITS:
            break
        if fits_plan(digits[prefix:]):
            best = group - at + 1
    return best


def area_and_line(run: Run, at: int, *, cue: bool) -> int:
    """``212-555-3456`` with or without a 1 before it: 3, 3 and 4 digits."""
    skip = int(run.groups[at] == "1")
    area = at + skip
    if run.sizes(area, 3) != (3, 3, 4):
        return 0
    if run.groups[area][0] < "2" or run.groups[area + 1][0] < "2":
        return 0
    first, second = run.gaps[area + 1 : area + 3]
    if max(len(first), len(second)) > 3 or "/" in first + second:
        return 0
    is_shaped = mark_of(first) in ("-", ".") and first == second
    return skip + 3 if cue or is_shaped or ")" in first else 0


def bracketed(run: Run, at: int) -> int:
    """``(11) 91234-5678``, ``8 (495) 123-45-67``: an area code in brackets, 8 to 12 digits."""
    skip = int(run.groups[at] in ("8", "0", "1") and _opens(run, at + 1))
    area = at + skip
    if not _opens(run, area) or area + 1 >= len(run.groups):
        return 0
    if not run.gaps[area + 1].startswith(")"):
        return 0
    if not 2 <= run.size(area) <= 5 or is_year(run.groups[area]):
        return 0
    n = _groups_until(run, area + 1, 5, 9)
    total = sum(run.sizes(area, 1 + n))
    is_split = n > 1 or run.groups[area][0] == "0"
    return skip + 1 + n if n and 8 <= total <= 12 and is_split else 0


def _opens(run: Run, at: int) -> bool:
    """Whether a bracket opens before a group."""
    return at < len(run.gaps) and run.gaps[at].rstrip(" ").endswith("(")


def _groups_until(run: Run, at: int, fewest: int, most: int) -> int:
    """As many groups from ``at`` as make ``fewest`` to ``most`` digits and are divided alike."""
    best = total = 0
    for group in range(at, len(run.groups)):
        if group > at:
            gap = run.gaps[group]
            if separates_numbers(gap) or "(" in gap:
                break
            if run.size(group) < 2 or mark_of(gap) != mark_of(run.gaps[at + 1]):
                break
        total += run.size(group)
        if total > most:
            break
        if total >= fewest:
            best = group - at + 1
    return best


def with_trunk_zero(run: Run, at: int) -> int:
    """``030 1234567``, ``0171/1234567``, ``01 42 68 53 00``: 9 to 11 digits that begin with a 0."""
    size, group = run.size(at), run.groups[at]
    if not 2 <= size <= 6 or group[0] != "0" or group[1] == "0" or at + 1 >= len(run.groups):
        return 0
    gap = run.gaps[at + 1]
    if mark_of(gap) not in ("", "-", "/", ")", "."):
        return 0
    is_dotted = gap == "."
    if is_dotted and size != 2:
        return 0
    n = _groups_until(run, at + 1, 9 - size, 11 - size)
    if n == 0 or (n == 1 and run.size(at + 1) < 5):
        return 0
    if is_dotted and set(run.inner_gaps(at, 1 + n)) != {"."}:
        return 0
    return 1 + n


def is_national(run: Run, at: int, n: int) -> bool:
    """Whether groups that begin with a trunk zero are divided as some country does."""
    sizes, gaps = run.sizes(at, n), run.inner_gaps(at, n)
    if sizes not in _NATIONAL:
        return False
    if sizes == (2, 3, 3, 2):  # Sweden's, whose area code has a dash behind it
        return gaps[0] == "-"
    if sizes == (6, 5):  # with a dash it is a person's number in the Baltic
        return mark_of(gaps[0]) != "-"
    return not (sizes == (5, 5) and run.groups[at + 1][0] == "0")  # two postal codes of Boston


def is_usual(run: Run, at: int, n: int) -> bool:
    """Whether groups that need a word before them are at least divided as some country does."""
    sizes = run.sizes(at, n)
    gaps = "".join(run.inner_gaps(at, n))
    if gaps.strip(" -.()/\t") or ("." in gaps and "-" in gaps):
        return False
    if run.groups[at][0] == "0":
        return sizes in _NATIONAL or (n == 1 and 9 <= sizes[0] <= 11)
    return sizes in _WITHOUT_ZERO


def is_mobile(run: Run, at: int, n: int) -> bool:
    """A number that only mobile phones of China, India or Spain have, or one with a trunk zero."""
    digits = "".join(run.groups[at : at + n])
    if len(digits) == 11 and digits[0] == "1" and digits[1] >= "3":
        return run.sizes(at, n) in ((11,), (3, 4, 4), (4, 3, 4))
    if len(digits) == 10 and digits[0] >= "6":
        return run.sizes(at, n) in ((10,), (5, 5), (4, 6), (4, 3, 3), (3, 3, 4))
    return digits[0] == "0" and digits[1] != "0" and is_usual(run, at, n)


def other_shapes(run: Run, at: int) -> int:
    """Mobile numbers of China, 138-1234-5678."""
    if run.sizes(at, 3) != (3, 4, 4) or not "13" <= run.groups[at][:2] <= "19":
        return 0
    first, second = run.gaps[at + 1 : at + 3]
    return 3 if first == second and first in ("-", " ") else 0


def after_cue(run: Run, at: int) -> int:
    """6 to 13 digits in groups that belong together."""
    best = total = 0
    for group in range(at, len(run.groups)):
        if group > at and separates_numbers(run.gaps[group]):
            is_slash = run.gaps[group] == "/"
            goes_on = group + 1 < len(run.gaps) and "/" in run.gaps[group + 1]
            if not (is_slash and group == at + 1) or goes_on:
                break
        total += run.size(group)
        if total > 13:
            break
        if total >= 6 and not (group == at and is_year(run.groups[at])):
            best = group - at + 1
    return best


def is_pairs(run: Run, at: int, n: int) -> bool:
    """Five pairs of digits, as France writes numbers: and lotteries and timetables theirs."""
    return run.sizes(at, n) == _PAIRS


def is_schedule(run: Run, at: int) -> bool:
    """Whether five pairs rise, as drawn numbers do, or are hours and minutes one after another."""
    pairs = [int(group) for group in run.groups[at : at + 5]]
    if all(a < b for a, b in pairwise(pairs)) and pairs[-1] <= 60:
        return True
    hours, minutes = pairs[::2], pairs[1::2]
    if max(hours) > 24 or max(minutes) > 59:
        return False
    times = [60 * h + m for h, m in zip(hours, minutes, strict=False)]
    is_rising = sorted(times) == times and hours[2] >= hours[1]
    is_soon = all(b - a <= 1 for a, b in pairwise(hours))
    return is_rising and (is_soon or all(m % 5 == 0 for m in minutes))


def is_isbn(run: Run, at: int) -> bool:
    """Thirteen digits from 978 or 979 on with a true check digit (ISO 2108)."""
    if run.groups[at][:3] not in ("978", "979"):
        return False
    digits = "".join(run.groups[at:])[:13]
    weighted = sum(int(digit) * (3 if i % 2 else 1) for i, digit in enumerate(digits))
    return len(digits) == 13 and weighted % 10 == 0


def is_date(run: Run, at: int) -> bool:
    """Year, month and day, or day, month and year, or month, day and year, divided alike."""
    match = _DATE.match(run.text, run.starts[at])
    if match is None:
        return False
    first, _, second, third = match.groups()
    if len(first) == 4:
        return _is_day(second, 12) and _is_day(third, 31) and _is_recent(first)
    is_recent = len(third) == 4 and _is_recent(third)
    if is_recent and _is_day(first, 12) and _is_day(second, 31):
        return True
    if not (_is_day(first, 31) and _is_day(second, 12)):
        return False
    behind = run.text[match.end() : match.end() + 2]
    goes_on = len(behind) == 2 and behind[0] in "-./" and behind[1].isdigit()
    return (is_recent or len(third) == 2) and not goes_on


def _is_day(digits: str, most: int) -> bool:
    """A day or month in one or two digits."""
    return len(digits) <= 2 and 1 <= int(digits) <= most


def _is_recent(year: str) -> bool:
    return "19" <= year[:2] <= "20"
