"""Phone numbers: international ones anywhere, national ones by shape or by a word before them.

Precision goes first. Four kinds are taken, in this order:

1. *International*: ``+`` or ``00``, a calling code, and as many digits as its plan has
   (:mod:`curate.pii.calling_codes`).
2. *Area code and line*, as in North America: ``(212) 555-3456``, ``212-555-3456``.
3. *National with a trunk zero*: ``030 1234567``, ``01 42 68 53 00``, ``090-1234-5678``, and with an
   area code in brackets, ``(11) 91234-5678``.
4. *What looks like one* of 6 to 13 digits behind a word for phone (:mod:`curate.pii.cues`). Behind
   words that say other things too, such as *cell*, a colon or a shape that countries have is
   wanted besides.

Dates, years, ranges, ISBNs, decimals, prices, sizes, draws, timetables, numbers of parts and orders
(:mod:`curate.pii.context`), parts of addresses and runs of digits without a break are none.
The shapes themselves are in :mod:`curate.pii.shapes`.
"""

from __future__ import annotations

import re
from typing import Final

from curate.pii.calling_codes import fits_plan
from curate.pii.context import is_amount, is_labelled
from curate.pii.cues import NONE, REACH, Cue, cue_before, folded
from curate.pii.digit_groups import Run, is_year, mark_of, run_of, separates_numbers
from curate.pii.shapes import (
    after_cue,
    area_and_line,
    bracketed,
    international,
    is_date,
    is_isbn,
    is_mobile,
    is_national,
    is_pairs,
    is_schedule,
    is_usual,
    other_shapes,
    with_trunk_zero,
)

CONTEXT: Final = 48
"""Characters before a number that are looked at."""

BEHIND: Final = 14
"""Characters behind it."""

_MOST_DIGITS: Final = 15
_REFUSED: Final = -1
_PRICE_REACH: Final = 24
_ENDS: Final = frozenset(("", *",.;\n)]"))
"""Characters behind which no unit of a number stands."""

_NO_NEIGHBOUR: Final = frozenset("/=_&#%@$€£¥₹\\*^<>|~:+-.,'’")
_NOTHING_BEHIND: Final = frozenset("%_=@°€$£¥₹")
_CONNECTOR: Final = re.compile(r"[ ]?[.)\]]?[ ]?[:：.=)|→>][ ]*[(+]?$")
_LETTER: Final = re.compile(r"[^\W\d_]")


def phone_numbers(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The phone numbers of a run of digits, as spans of ``text``.

    Args:
        text: numbers, and what stands between them, in ASCII.
        start: the first digit of the run.
        end: behind its last digit.
    """
    if text[start - 1 : start] == "+" and _is_plain(text, start, end):
        return [(start - 1, end)]
    run = run_of(text, start, end)
    if "+" in run.gaps[0]:
        n, is_ours = _number_at(run, 0, NONE)
        if is_ours and n == len(run.groups):
            return [(_with_opening(run, 0), run.ends[-1])]
    cue = cue_before(text[max(0, start - REACH) : start])
    spans, at = [], 0
    while at < len(run.groups):
        n, is_ours = _number_at(run, at, cue)
        if n and is_ours:
            spans.append((_with_opening(run, at), run.ends[at + n - 1]))
            cue = cue if cue.phone else Cue(phone=True)
        elif n <= 0 and cue.phone and not separates_numbers(run.gaps[at]) and (n < 0 or at):
            cue = NONE  # the next one in the same run is its fellow only behind a slash or dash
        at += max(n, 1)
    return spans


def _is_plain(text: str, start: int, end: int) -> bool:
    """Whether a run behind a plus is one international number and no more: the usual case."""
    digits = text[start:end].replace(" ", "")
    if not digits.isdecimal():
        digits = digits.replace("-", "")
        if not digits.isdecimal() or " -" in text[start:end]:
            return False
    before, behind = text[max(0, start - 2) : start - 1], text[end : end + 1]
    return (
        len(digits) <= _MOST_DIGITS
        and behind in _ENDS
        and not (behind in (",", ".") and text[end + 1 : end + 2].isdecimal())
        and not (before == "+" or before.isalnum())
        and digits[4:9] != "55501"
        and fits_plan(digits)
    )


def _number_at(run: Run, at: int, cue: Cue) -> tuple[int, bool]:
    """How many groups from ``at`` belong together, and whether they are a number to be found.

    Less than none if what is behind a word for phone does not look like a number of one.
    """
    n = international(run, at, cue=cue.phone)
    if n:
        is_ours = cue.phone or not (_is_decimal(run, at, n) or _is_amount(run, at, n))
        if is_ours and "+" not in run.gaps[at]:
            is_ours = not _is_other(run, at, cue)
        return n, is_ours and not _is_fictitious(run, at, n) and _ends_well(run, at + n - 1)
    if is_date(run, at) and not _is_paired(run, at, cue):
        return 3, False
    if is_isbn(run, at) or not (cue.phone or _begins_well(run, at)):
        return 0, False
    n = area_and_line(run, at, cue=cue.phone)
    if n:
        is_listed = _goes_on(run, at + n) and run.size(at + n) == 4  # frequencies
        is_ours = not (is_listed or _is_fictitious(run, at, n)) and _ends_well(run, at + n - 1)
        return n, is_ours and not _is_other(run, at, cue)
    n = _by_shape(run, at, cue)
    if n == 0 and cue.phone:
        n = after_cue(run, at)
        if n and not _looks_like_one(run, at, n, cue):
            return _REFUSED, False
    if n == 0 or not _ends_well(run, at + n - 1):
        return 0, False
    is_ours = not (_is_other(run, at, cue) or _is_amount(run, at, n))
    return (n, True) if is_ours else (_REFUSED, False)


def _is_paired(run: Run, at: int, cue: Cue) -> bool:
    """Whether what might be a date is the first pairs of a number that is written in pairs."""
    if is_pairs(run, at, 5) and with_trunk_zero(run, at):
        return True
    is_told = cue.phone and not (cue.is_weak or cue.is_verb or cue.between.strip(" .:"))
    return is_told and len(run.groups) == at + 4 and run.sizes(at, 4) == (2, 2, 2, 2)


def _by_shape(run: Run, at: int, cue: Cue) -> int:
    """Groups of a number whose shape says what it is."""
    n = bracketed(run, at)
    if n == 0:
        n = with_trunk_zero(run, at)
        if n and not cue.phone and not _is_alone(run, at, n):
            return 0
    return n or other_shapes(run, at)


def _is_other(run: Run, at: int, cue: Cue) -> bool:
    """Whether words before a run say that its numbers are others."""
    if cue.other or (at and cue.phone):
        return cue.other
    before = folded(run.text[max(0, run.starts[0] - CONTEXT) : run.starts[0]])
    return is_labelled(before, is_phone=cue.phone)


def _is_amount(run: Run, at: int, n: int) -> bool:
    """Whether a currency or a unit stands at a number."""
    start, end = run.starts[at], run.ends[at + n - 1]
    before = ""
    if at == 0 and "+" not in run.gaps[0]:
        before = folded(run.text[max(0, start - _PRICE_REACH) : start])
    behind = run.text[end : end + BEHIND]
    return is_amount(before, "" if behind[:1] in _ENDS else folded(behind))


def _is_decimal(run: Run, at: int, n: int) -> bool:
    """``+48.856614``: a coordinate."""
    return n == 2 and run.gaps[at + 1] == "."


def _is_alone(run: Run, at: int, n: int) -> bool:
    """Whether a national number without a word before it is divided as one, and no part of more."""
    if not is_national(run, at, n):
        return False
    behind = run.text[run.ends[at + n - 1] :][:2]
    if len(behind) == 2 and behind[0] in "-:/" and behind[1].isalnum() and not behind[1].isdigit():
        return False
    if is_pairs(run, at, n):
        if is_schedule(run, at) or (at and run.size(at - 1) == 2):
            return False
        rest = len(run.groups) - at - n
        if rest and not separates_numbers(run.gaps[at + n]):
            return rest % 5 == 0 and all(
                is_pairs(run, i, 5) and run.groups[i][0] == "0" and not is_schedule(run, i)
                for i in range(at + n, len(run.groups), 5)
            )
        return True
    is_like = run.size(at + n) > 2 or run.size(at + n) == run.size(at + n - 1)
    if is_like and run.gaps[at + n] == " " and run.groups[at + n][0] != "0":
        return False
    return not (at and run.gaps[at] == " " and run.size(at - 1) == run.size(at))


def _looks_like_one(run: Run, at: int, n: int, cue: Cue) -> bool:
    """Whether digits behind a word for phone look like a phone number."""
    is_told = at > 0 or _CONNECTOR.match(cue.between) is not None
    if _is_another_thing(run, at, n, is_told=is_told, is_weak=cue.is_weak):
        return cue.between.endswith("wa.me/")
    if at == 0 and _LETTER.search(cue.between) and not cue.between.rstrip(" (").endswith(":"):
        is_link = cue.between.endswith("wa.me/")
        return is_link or (is_mobile if cue.is_weak else is_usual)(run, at, n)
    if not (cue.is_weak or cue.is_verb):
        return True
    if is_told and n < 4 and min(run.sizes(at, n)) > 1:
        return True
    return is_usual(run, at, n) if is_told or cue.is_verb else is_mobile(run, at, n)


def _is_another_thing(run: Run, at: int, n: int, *, is_told: bool, is_weak: bool) -> bool:
    """Whether digits are years, a date, thousands, a decimal, a range, or one of a list.

    Args:
        run: the run.
        at: the first group of the number.
        n: its groups.
        is_told: nothing but a colon or the like is between the number and the word before it.
        is_weak: that word says other things too.
    """
    sizes, gaps = run.sizes(at, n), run.inner_gaps(at, n)
    digits = "".join(run.groups[at : at + n])
    n_years = sum(map(is_year, run.groups[at : at + n]))
    if not digits[-5:].strip("0") or n_years in (n, max(2, n - 1)):
        return True
    if n > 5 or (n > 2 and sizes.count(1) > 1) or (n == 1 and _is_whole_date(digits)):
        return True
    if n > 2 and (_is_short_version(sizes, gaps) or _is_series(run.groups[at : at + n], gaps)):
        return True
    if _is_range(run, at, n, is_told=is_told and not is_weak):
        return True
    if digits[0] == "0":
        return False
    is_sure = (is_told or sizes == (4, 4)) and not is_weak
    is_listed = sizes == (4, 4, 4) or _goes_on(run, at + n)
    return _is_fraction(sizes, gaps, is_told=is_sure) or (is_listed and not is_told)


def _goes_on(run: Run, at: int) -> bool:
    """Whether a list of numbers goes on with another of three digits or more."""
    return run.size(at) > 2 and run.gaps[at] == " "


def _is_short_version(sizes: tuple[int, ...], gaps: list[str]) -> bool:
    """``2.21.10.16``, and ``24 7 365``: no phone number has so short a group inside."""
    is_dotted = set(gaps) == {"."} and sizes[0] == 1 and max(sizes) < 3
    return is_dotted or sizes == (2, 1, 3)


def _is_series(groups: list[str], gaps: list[str]) -> bool:
    """Round numbers that rise or fall: ``120 125 130``."""
    if set(gaps) != {" "} or max(map(len, groups)) > 3 or groups[0][0] == "0":
        return False
    numbers = [int(group) for group in groups]
    is_round = all(number % 5 == 0 for number in numbers)
    return is_round and numbers in (sorted(numbers), sorted(numbers, reverse=True))


def _is_whole_date(digits: str) -> bool:
    """``20240115``."""
    if len(digits) != 8:
        return False
    year, month, day = digits[:4], int(digits[4:6]), int(digits[6:])
    return "1900" <= year < "2100" and 1 <= month <= 12 and 1 <= day <= 31


def _is_fraction(sizes: tuple[int, ...], gaps: list[str], *, is_told: bool) -> bool:
    """Whether dots, or blanks, make decimals, thousands or a version of digits."""
    marks = [mark_of(gap) for gap in gaps]
    if "." not in marks:
        # thousands divided by blanks: a first group of one or two digits, others of three
        return len(sizes) > 2 and sizes[0] < 3 and set(sizes[1:]) == {3} and not any(marks)
    is_tight = any(gap == "." for gap in gaps)
    if is_tight and set(marks) - {".", "/", ""}:
        return True
    if is_tight and len(sizes) == 2:
        return sizes not in ((3, 4), (4, 4), (3, 3), (3, 6), (3, 7), (4, 6)) or not is_told
    if set(sizes[1:]) == {3}:
        return sizes[0] < 3 or not is_told
    return 1 in sizes[1:]


def _is_range(run: Run, at: int, n: int, *, is_told: bool) -> bool:
    """Whether the last two groups are from and to: pages, years, frequencies."""
    if n < 2 or mark_of(run.gaps[at + n - 1]) not in ("-", "/"):
        return False
    low, high = run.groups[at + n - 2 : at + n]
    if mark_of(run.gaps[at + n - 1]) == "/":
        return n == 2 and len(low) == len(high)
    if len(low) != len(high) or len(low) < 3 or low >= high:
        return False
    if n > 2:  # behind a volume
        return "-" not in "".join(run.inner_gaps(at, n - 1)) and not is_told
    if len(low) == 3:
        return not is_told or (low[-1] == "0" and high[-1] == "0")
    is_round = low[-2:] == high[-2:] == "00"
    return int(high) - int(low) < 10 ** (len(low) - 2) * 2 or (
        not is_told and (len(low) == 4 or is_round)
    )


def _is_fictitious(run: Run, at: int, n: int) -> bool:
    """Numbers given to nobody (555-0100 to 555-0199), which is what masked numbers are."""
    digits = "".join(run.groups[at : at + n])
    if len(digits) == 11 and digits[0] == "1":
        digits = digits[1:]
    return len(digits) == 10 and digits[0] >= "2" and digits[3:8] == "55501"


def _begins_well(run: Run, at: int) -> bool:
    """Nothing before the number makes it a part of something longer."""
    if at:
        return mark_of(run.gaps[at]) not in ("-", ".")
    before = run.gaps[0].rstrip("(")
    if not before:
        return True
    last = before[-1]
    return not ((last.isascii() and last.isalnum()) or last in _NO_NEIGHBOUR)


def _ends_well(run: Run, last: int) -> bool:
    """Nothing behind it does."""
    after = run.ends[last]
    if last + 1 < len(run.groups):
        return run.gaps[last + 1] not in ("-", ".")
    behind = run.text[after : after + 2]
    if not behind:
        return True
    point = behind[0]
    if point.isdigit() or point in _NOTHING_BEHIND:
        return False
    if point in ",:.":
        return not behind[1:].isdigit()
    return not (point.isascii() and point.isalpha()) or point in "xXeE"


def _with_opening(run: Run, at: int) -> int:
    """Where the number begins: with its ``+`` and its bracket, if it has them."""
    start, gap = run.starts[at], run.gaps[at]
    tail = gap[len(gap.rstrip(" (+")) :]
    if "+" in tail:
        return start - len(tail) + tail.index("+")
    closes = any(")" in g for g in run.gaps[at + 1 : at + 3])
    return start - 1 if closes and gap.endswith("(") else start
