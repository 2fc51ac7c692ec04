"""The changes that another decision makes, as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from curate.report.data import KEPT


class Tally(NamedTuple):
    """Documents, their characters, and documents after repetition."""

    documents: int = 0
    chars: int = 0
    repeated: int = 0

    def __add__(self, other: object) -> Tally:
        """Both together."""
        if not isinstance(other, Tally):
            return NotImplemented
        return Tally(*(a + b for a, b in zip(self, other, strict=True)))


Outcomes = Mapping[str, Mapping[str, Tally]]
"""label -> removal reason ('' published) -> how many."""


def total(outcomes: Outcomes, reason: str = KEPT, labels: Iterable[str] | None = None) -> Tally:
    """All with one outcome, over some labels or all."""
    tally = Tally()
    for label in outcomes if labels is None else labels:
        tally += outcomes.get(label, {}).get(reason, Tally())
    return tally


def count(n: int) -> str:
    """Whole below ten million, in millions above."""
    return f"{n:,}" if abs(n) < 10_000_000 else f"{n / 1e6:,.1f} M"


def signed(n: int) -> str:
    """With its sign; a change of nothing is ``0``."""
    return f"+{count(n)}" if n > 0 else count(n)


def share(before: int, after: int) -> str:
    """The change in percent of what was before."""
    if before == after:
        return ""
    return f"{(after - before) / before:+.1%}" if before else "new"


def summary_table(before: Outcomes, after: Outcomes) -> str:
    """Published documents, their characters, and documents after repetition, over all labels."""
    old, new = total(before), total(after)
    rows = [
        (name, count(a), count(b), signed(b - a), share(a, b))
        for name, a, b in zip(("documents", "characters", "repeated"), old, new, strict=True)
    ]
    return table(("published", "before", "after", "change", ""), rows)


def label_table(before: Outcomes, after: Outcomes, *, limit: int = 20) -> str:
    """Published documents and characters of each label before and after; at most 80 columns.

    Labels with the greatest change in documents come first; those without one are added up.
    """

    def order(label: str) -> tuple[int, int, str]:
        kept = _kept(after, label)
        return -abs(kept - _kept(before, label)), -kept, label

    labels = sorted({*before, *after}, key=order)
    changed = [x for x in labels if total(before, labels=[x]) != total(after, labels=[x])]
    head = ("label", "kept", "now", "change", "", "characters", "change", "")
    rows = [_label_row(label, before, after, [label]) for label in changed[:limit]]
    for what, rest in (
        ("more", changed[limit:]),
        ("unchanged", [x for x in labels if x not in changed]),
    ):
        if rest:
            rows.append(_label_row(f"{len(rest)} {what}", before, after, rest))
    return table(head, rows, _label_row("total", before, after, labels))


def _kept(outcomes: Outcomes, label: str) -> int:
    return outcomes.get(label, {}).get(KEPT, Tally()).documents


def _label_row(
    name: str, before: Outcomes, after: Outcomes, labels: Sequence[str]
) -> tuple[str, ...]:
    old, new = total(before, labels=labels), total(after, labels=labels)
    return (
        name,
        count(old.documents),
        count(new.documents),
        signed(new.documents - old.documents),
        share(old.documents, new.documents),
        count(new.chars),
        signed(new.chars - old.chars),
        share(old.chars, new.chars),
    )


def reason_table(before: Outcomes, after: Outcomes) -> str:
    """Documents by what becomes of them, before and after, over all labels given."""
    names = {reason for tallies in (*before.values(), *after.values()) for reason in tallies}
    rows = []
    for reason in sorted(
        names, key=lambda x: (x != KEPT, -max(_all(before, x), _all(after, x)), x)
    ):
        old, new = _all(before, reason), _all(after, reason)
        rows.append(
            (reason or "published", count(old), count(new), signed(new - old), share(old, new))
        )
    return table(("outcome", "before", "after", "change", ""), rows)


def _all(outcomes: Outcomes, reason: str) -> int:
    return total(outcomes, reason).documents


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], last: Sequence[str] | None = None
) -> str:
    """Columns as wide as they must be, the first to the left, with rules around the rows."""
    cells = [head, *rows, *([last] if last else [])]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    lines = [_line(head, widths), rule, *(_line(row, widths) for row in rows)]
    return "\n".join([*lines, rule, _line(last, widths)] if last else lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = zip(cells, widths, strict=True)
    padded = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]
    return "  ".join(padded).rstrip()
