"""Phone numbers: international ones anywhere, national ones by shape or by a word before them.

Precision goes first. Four kinds are taken, in this order:

1. *International*: ``+`` or ``00``, a calling code, and as many digits as its plan has
   (:mod:`curate.pii.calling_codes`).
2. *Area code and line*, as in North America: ``(212) 555-3456``, ``212-555-3456``.
3. *National with a trunk zero*: ``030 1234567``, ``01 42 68 53 00``, ``090-1234-5678``, and with an
   area code in brackets, ``(11) 91234-5678``.
4. *Anything* of 6 to 13 digits behind a word for phone (:mod:`curate.pii.cues`).

Dates, ISBNs, decimals, prices, parts of addresses and runs of digits without a break are none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from curate.pii.calling_codes import KEEPS_ZERO, plans, split_code
from curate.pii.cues import says_other, says_phone

_GROUP: Final = re.compile(r"[0-9]+")
_DATE: Final = re.compile(
    r"(?:(?:19|20)[0-9]{2}([-./ ])(?:1[0-2]|0?[1-9])\1(?:3[01]|[12][0-9]|0?[1-9])(?![0-9])"
    r"|(?:3[01]|[12][0-9]|0?[1-9])([-./ ])(?:1[0-2]|0?[1-9])\2(?:(?:19|20)[0-9]{2}|[0-9]{2})"
    r"(?![0-9]|[-./][0-9])"
    r"|(?:1[0-2]|0?[1-9])([-./ ])(?:3[01]|[12][0-9]|0?[1-9])\3(?:19|20)[0-9]{2}(?![0-9]))"
)
_YEAR: Final = re.compile(r"(?:1[5-9]|20)[0-9]{2}\Z")
_NEXT_NUMBER: Final = re.compile(r" ?/ ?| +-+ +|\) ?/|~")
_FICTITIOUS: Final = re.compile(r"1?[2-9][0-9]{2}55501[0-9]{2}\Z")
"""Numbers that are given to nobody (555-0100 to 555-0199), which is what masked numbers are."""

_NO_NEIGHBOUR: Final = frozenset("/=_&#%@$€£¥₹\\*^<>|~:+-.,'’")


@dataclass(frozen=True, slots=True)
class _Run:
    """Groups of digits with what stands between them; ``gaps[i]`` is before group ``i``."""

    text: str
    start: int
    groups: list[str]
    spans: list[tuple[int, int]]
    gaps: list[str]
    before: str
    after: str


def phone_numbers(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Phone numbers in the run of digits ``text[start:end]``.

    Args:
        text: some characters more on both sides; numbers are in ASCII.
        start: first digit of the run.
        end: behind its last digit.
    """
    run = _run(text, start, end)
    found: list[tuple[int, int]] = []
    at = 0
    cue = says_phone(run.before)
    while at < len(run.groups):
        n, is_ours = _number_at(run, at, cue=cue)
        if n and is_ours:
            found.append((_with_opening(run, at), run.spans[at + n - 1][1]))
            cue = True  # the next one in the same run is its fellow
        elif n == 0:
            cue = cue and bool(_NEXT_NUMBER.search(run.gaps[at]) or at == 0)
        at += max(n, 1)
    return found


def _run(text: str, start: int, end: int) -> _Run:
    matches = list(_GROUP.finditer(text, start, end))
    spans = [m.span() for m in matches]
    first = max(0, start - 3)
    ends = [first, *(stop for _, stop in spans[:-1])]
    gaps = [text[a:b] for a, (b, _) in zip(ends, spans, strict=True)]
    line = text.rfind("\n", 0, start) + 1
    return _Run(
        text, start, [m[0] for m in matches], spans, gaps, text[line:start], text[end : end + 2]
    )


def _number_at(run: _Run, at: int, *, cue: bool) -> tuple[int, bool]:
    """How many groups from ``at`` belong together, and whether they are a number to be found."""
    n = _international(run, at, cue=cue)
    if n:
        digits = "".join(run.groups[at : at + n])
        return n, not _FICTITIOUS.match(digits) and _ends_well(run, at + n - 1)
    if _is_date(run, at) or _is_isbn(run, at) or (not cue and not _begins_well(run, at)):
        return (3 if _is_date(run, at) else 0), False
    n = _area_and_line(run, at, cue=cue)
    if n:
        return n, not _FICTITIOUS.match("".join(run.groups[at : at + n])) and _ends_well(
            run, at + n - 1
        )
    n = _bracketed(run, at) or _with_trunk_zero(run, at) or _other_shapes(run, at)
    if not n and cue:
        n = _after_cue(run, at)
    ours = n > 0 and (cue or not says_other(run.before)) and _ends_well(run, at + n - 1)
    return (n, True) if ours else (0, False)


def _sizes(run: _Run, at: int) -> list[int]:
    """Digits up to and with each group from ``at``."""
    return list(accumulate(map(len, run.groups[at:])))


def _international(run: _Run, at: int, *, cue: bool) -> int:
    """Groups of an international number that begins at ``at``; 0 if none does."""
    gap, first = run.gaps[at], run.groups[at]
    plus = gap.rstrip(" (").endswith("+")
    if plus:
        behind = gap[: gap.rindex("+")]
        if behind[-1:].isalnum() or behind[-1:] == "+":
            return 0
        prefix = 0
    elif first.startswith("00") and (cue or (at == 0 and len(run.groups) > 1)):
        prefix = 2
    else:
        return 0
    return _longest_plan(run, at, prefix)


def _longest_plan(run: _Run, at: int, prefix: int) -> int:
    digits, best = "", 0
    for n, group in enumerate(run.groups[at:], 1):
        gap = run.gaps[at + n - 1]
        if n > 1 and best and _NEXT_NUMBER.search(gap):
            break
        digits += "" if group == "0" and "(" in gap and n > 1 else group
        if len(digits) - prefix > 15:
            break
        if _fits_plan(digits[prefix:]):
            best = n
    return best


def _fits_plan(digits: str) -> bool:
    split = split_code(digits)
    if split is None:
        return False
    code, number = split
    if code not in KEEPS_ZERO and number.startswith("0"):
        number = number[1:]
    fewest, most = plans()[code]
    if not fewest <= len(number) <= most or number.endswith("00000"):
        return False
    if code == "1":
        return number[0] in "23456789" and number[3] in "23456789"
    return not number.startswith("0") or code in KEEPS_ZERO


def _area_and_line(run: _Run, at: int, *, cue: bool) -> int:
    """``212-555-3456`` with or without a 1 before it: 3, 3 and 4 digits."""
    skip = 1 if run.groups[at] == "1" else 0
    part = run.groups[at + skip : at + skip + 3]
    if [len(g) for g in part] != [3, 3, 4] or "0" in (part[0][0], part[1][0]):
        return 0
    if "1" in (part[0][0], part[1][0]):
        return 0
    gaps = run.gaps[at + skip + 1 : at + skip + 3]
    if any(len(gap) > 3 or "/" in gap for gap in gaps):
        return 0
    is_shaped = ")" in gaps[0] or (gaps[0] == gaps[1] and gaps[0].strip() in ("-", "."))
    return skip + 3 if cue or is_shaped else 0


def _bracketed(run: _Run, at: int) -> int:
    """``(11) 91234-5678``, ``8 (495) 123-45-67``: an area code in brackets, 8 to 12 digits."""
    skip = 1 if run.groups[at] in ("8", "0", "1") and _opens(run, at + 1) else 0
    area = at + skip
    if not _opens(run, area) or area + 1 >= len(run.groups):
        return 0
    if not run.gaps[area + 1].startswith(")") or not 2 <= len(run.groups[area]) <= 5:
        return 0
    if _YEAR.match(run.groups[area]):
        return 0
    n = _groups_until(run, area + 1, fewest=5, most=9)
    if n == 0:
        return 0
    total = sum(map(len, run.groups[area : area + 1 + n]))
    is_split = n > 1 or run.groups[area].startswith("0")
    return skip + 1 + n if 8 <= total <= 12 and is_split else 0


def _opens(run: _Run, at: int) -> bool:
    return at < len(run.gaps) and run.gaps[at].rstrip(" ").endswith("(")


def _groups_until(run: _Run, at: int, *, fewest: int, most: int) -> int:
    """As many groups from ``at`` as make ``fewest`` to ``most`` digits and are divided alike."""
    best, divider = 0, ""
    for n, total in enumerate(_sizes(run, at), 1):
        gap = run.gaps[at + n - 1]
        if n > 1:
            if _NEXT_NUMBER.search(gap) or "(" in gap or len(run.groups[at + n - 1]) < 2:
                break
            divider = divider or gap.strip() or " "
            if (gap.strip() or " ") != divider:
                break
        if total > most:
            break
        if total >= fewest:
            best = n
    return best


def _with_trunk_zero(run: _Run, at: int) -> int:
    """``030 1234567``, ``0171/1234567``, ``01 42 68 53 00``: 9 to 11 digits that begin with a 0."""
    first = run.groups[at]
    if not (first[0] == "0" and 2 <= len(first) <= 6 and first[1] != "0"):
        return 0
    if at + 1 >= len(run.groups) or run.gaps[at + 1].strip() not in ("", "-", "/", ")", "."):
        return 0
    if run.gaps[at + 1] == "." and len(first) != 2:
        return 0
    wanted = (9 - len(first), 11 - len(first))
    n = _groups_until(run, at + 1, fewest=wanted[0], most=wanted[1])
    if n == 0 or (n == 1 and len(run.groups[at + 1]) < 5):
        return 0
    if run.gaps[at + 1] == "." and any(gap != "." for gap in run.gaps[at + 1 : at + 1 + n]):
        return 0
    return 1 + n


def _other_shapes(run: _Run, at: int) -> int:
    """Mobile numbers of China, 138-1234-5678."""
    part = run.groups[at : at + 3]
    is_mobile = (
        [len(g) for g in part] == [3, 4, 4] and part[0][0] == "1" and part[0][1] in "3456789"
    )
    gaps = run.gaps[at + 1 : at + 3]
    return 3 if is_mobile and gaps[0] == gaps[1] and gaps[0] in ("-", " ") else 0


def _after_cue(run: _Run, at: int) -> int:
    """6 to 13 digits in groups that belong together."""
    best = 0
    for n, total in enumerate(_sizes(run, at), 1):
        gap = run.gaps[at + n - 1]
        if n > 1 and _NEXT_NUMBER.search(gap) and not (gap == "/" and n == 2):
            break
        if total > 13:
            break
        if total >= 6 and not (n == 1 and _YEAR.match(run.groups[at])):
            best = n
    return best


def _is_date(run: _Run, at: int) -> bool:
    return _DATE.match(run.text, run.spans[at][0]) is not None


def _is_isbn(run: _Run, at: int) -> bool:
    """Thirteen digits from 978 or 979 on with a true check digit (ISO 2108)."""
    if run.groups[at][:3] not in ("978", "979"):
        return False
    digits = "".join(run.groups[at:])[:13]
    weighted = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits))
    return len(digits) == 13 and weighted % 10 == 0


def _begins_well(run: _Run, at: int) -> bool:
    """Nothing before the number makes it a part of something longer."""
    if at:
        return run.gaps[at].strip() not in (".", "-")
    last = run.gaps[0].rstrip("(")[-1:]
    is_part = (last.isascii() and last.isalnum()) or last.isdecimal() or last in _NO_NEIGHBOUR
    return not last or not is_part


def _ends_well(run: _Run, last: int) -> bool:
    """Nothing behind it does."""
    if last + 1 < len(run.groups):
        return run.gaps[last + 1] not in (".", "-")
    after = run.after
    if after[:1].isdecimal() or after[:1] in ("%", "_", "=", "@", "°", "€", "$", "£"):
        return False
    if after[:1] in (",", ":", ".") and after[1:2].isdecimal():
        return False
    return not (after[:1].isascii() and after[:1].isalpha()) or after[:1].lower() in "xe"


def _with_opening(run: _Run, at: int) -> int:
    """Where the number begins: with its ``+`` and its bracket, if it has them."""
    start = run.spans[at][0]
    gap = run.gaps[at]
    kept = len(gap) - len(gap.rstrip(" (+"))
    opening = gap[len(gap) - kept :]
    if "+" in opening:
        return start - len(opening[opening.index("+") :])
    return (
        start - 1 if opening.endswith("(") and ")" in "".join(run.gaps[at + 1 : at + 3]) else start
    )
