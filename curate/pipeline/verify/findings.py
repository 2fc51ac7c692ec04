"""Findings of verify: differences, remarks, and the files that it has accounted for."""

from __future__ import annotations

from dataclasses import dataclass, field

SHOWN = 20
"""Differences that an error lists."""


@dataclass(slots=True)
class Findings:
    """Collected while one corpus is verified.

    Attributes:
        problems: what a reader could be deceived by, a line each.
        notes: what is of no consequence, a line each.
        known: keys of the work folder that were compared with something.
        receipts: how many receipts were compared.
        is_deep: whether every Parquet file is read and counted.
    """

    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    receipts: int = 0
    is_deep: bool = False

    def differs(self, what: str, expected: object, actual: object) -> None:
        """Note a problem if two things that should be equal are not."""
        if expected != actual:
            self.problems.append(f"{what}: {_short(actual)}, wanted {_short(expected)}")

    def in_words(self) -> str:
        """All problems, as far as they are shown."""
        more = self.problems[SHOWN:]
        end = f"\n    ... and {len(more)} more" if more else ""
        lines = "\n    ".join(self.problems[:SHOWN])
        return f"{len(self.problems)} difference(s):\n    {lines}{end}"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 100 else f"{text[:97]}..."
