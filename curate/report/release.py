"""Two releases of a corpus beside each other, as text, as data and as a section of the card."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from curate.visible import visible_line

Counts = Mapping[str, Mapping[str, int]]
"""Label -> reason -> documents."""

BEGIN = "<!-- changes -->"
END = "<!-- end of changes -->"


@dataclass(frozen=True, slots=True)
class ReleaseDiff:
    """The differences between two releases.

    Attributes:
        rows: label -> published rows before and now.
        added: documents that are new, by label and by what they were before: ``new``, or why they
            were not published.
        removed: documents that are gone, by label and by their removal reason; ``unknown`` where
            nothing says it.
        changed: documents that are in both and are not the same, by label and what differs.
        reasons: removal reason -> documents before and now, as the manifests have them.
        is_counted: False if only manifests were there, so that no document could be compared.
    """

    rows: Mapping[str, tuple[int, int]]
    added: Counts = field(default_factory=dict)
    removed: Counts = field(default_factory=dict)
    changed: Counts = field(default_factory=dict)
    reasons: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    is_counted: bool = True

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "rows": {label: list(pair) for label, pair in self.rows.items()},
            "added": {label: dict(x) for label, x in self.added.items()},
            "removed": {label: dict(x) for label, x in self.removed.items()},
            "changed": {label: dict(x) for label, x in self.changed.items()},
            "removal_reasons": {reason: list(pair) for reason, pair in self.reasons.items()},
            "documents_compared": self.is_counted,
        }


def release_lines(diff: ReleaseDiff) -> Iterator[str]:
    """The differences as lines for a terminal."""
    before, now = (sum(pair[i] for pair in diff.rows.values()) for i in (0, 1))
    yield f"{before:,} rows before, {now:,} now"
    for label, (old, new) in diff.rows.items():
        if old != new and not diff.is_counted:
            yield f"{label}: {old:,} -> {new:,}"
    for name in ("added", "removed", "changed"):
        for label, reason, n in _flat(getattr(diff, name)):
            yield f"{name:8} {label}  {reason}  {n:,}"
    for reason, (old, new) in diff.reasons.items():
        if old != new:
            yield f"removal reason {reason}: {old:,} -> {new:,}"
    if not diff.is_counted:
        yield "no documents were compared: name two corpora, with their files"


def release_section(diff: ReleaseDiff, *, since: str) -> str:
    """The differences as a section of the dataset card.

    Args:
        diff: of the release that the card is of, from an earlier one.
        since: name of the earlier one.
    """
    lines = [f"## Changes since {visible_line(since)}\n", "| | label | why | documents |"]
    lines.append("|---|---|---|--:|")
    for name in ("added", "removed", "changed"):
        lines += [f"| {name} | {a} | `{b}` | {n:,} |" for a, b, n in _flat(getattr(diff, name))]
    if len(lines) == 3:
        return f"{lines[0]}\nNo document was added, removed or changed."
    return "\n".join(lines)


def with_section(card: str, section: str) -> str:
    """A card with the section at its end, in the place of one that is there."""
    head, _, rest = card.partition(f"\n{BEGIN}\n")
    tail = rest.partition(f"{END}\n")[2]
    return f"{head}\n{BEGIN}\n{section}\n{END}\n{tail}"


def _flat(counts: Counts) -> Iterable[tuple[str, str, int]]:
    for label in sorted(counts):
        for reason, n in sorted(counts[label].items(), key=lambda x: (-x[1], x[0])):
            yield label, reason, n
