"""A run of digits as groups with gaps between them: what shapes of numbers are told from."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_DIGITS: Final = re.compile(r"[0-9]+")
_BLANKS: Final = " \t"
_BETWEEN_NUMBERS: Final = re.compile(r"[/~]| -+ ")


class Run(NamedTuple):
    """Groups of digits with what stands between them.

    Args:
        text: the digits and what is around them; numbers are in ASCII.
        starts: where each group begins in ``text``.
        ends: behind the last digit of each.
        groups: the digits of each.
        gaps: what is before each, back to the last group; of the first three characters at most.
    """

    text: str
    starts: list[int]
    ends: list[int]
    groups: list[str]
    gaps: list[str]

    def size(self, at: int) -> int:
        """Digits of a group; 0 of one that is not there."""
        return len(self.groups[at]) if at < len(self.groups) else 0

    def sizes(self, at: int, n: int) -> tuple[int, ...]:
        """Digits of each of ``n`` groups."""
        return tuple(map(len, self.groups[at : at + n]))

    def inner_gaps(self, at: int, n: int) -> list[str]:
        """The gaps between ``n`` groups."""
        return self.gaps[at + 1 : at + n]


def run_of(text: str, start: int, end: int) -> Run:
    """The groups of digits in ``text[start:end]``."""
    starts, ends, groups, gaps = [], [], [], []
    last = max(0, start - 3)
    for match in _DIGITS.finditer(text, start, end):
        first = match.start()
        starts.append(first)
        gaps.append(text[last:first])
        last = match.end()
        ends.append(last)
        groups.append(match[0])
    return Run(text, starts, ends, groups, gaps)


def mark_of(gap: str) -> str:
    """A gap without the blanks around it."""
    return gap.strip(_BLANKS)


def separates_numbers(gap: str) -> bool:
    """Whether a gap stands between two numbers: a slash, a tilde, or dashes between blanks."""
    return _BETWEEN_NUMBERS.search(gap) is not None


def is_year(group: str) -> bool:
    """Four digits from 1500 to 2099."""
    return len(group) == 4 and "15" <= group[:2] <= "20"
