"""What the report, the dataset card and the terminal show: plain data, made by the pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

LID = "lid_confidence"
DUPLICATE = "duplicate"
KEPT = ""


@dataclass(frozen=True, slots=True)
class StageLine:
    """The sum of a step's receipts: rows in = rows out + dropped + quarantined."""

    step: str
    rows_in: int
    rows_out: int
    dropped: Mapping[str, int]
    quarantined: Mapping[str, int]
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class LabelYield:
    """What became of one label's documents.

    Attributes:
        label: the label.
        outcomes: removal reason -> documents; ``""`` is published.
        n_chars: code points of the published documents.
        n_repeated: published documents after repetition (sum of their weights).
        n_test: published documents in the test split.
    """

    label: str
    outcomes: Mapping[str, int]
    n_chars: int = 0
    n_repeated: int = 0
    n_test: int = 0

    @property
    def documents(self) -> int:
        """All documents that were given this label."""
        return sum(self.outcomes.values())

    @property
    def identified(self) -> int:
        """At or above the label's LID threshold."""
        return self.documents - self.outcomes.get(LID, 0)

    @property
    def deduplicated(self) -> int:
        """One a cluster."""
        return self.identified - self.outcomes.get(DUPLICATE, 0)

    @property
    def kept(self) -> int:
        """Published: the representatives that pass selection."""
        return self.outcomes.get(KEPT, 0)

    @property
    def reasons(self) -> dict[str, int]:
        """Metric -> documents that its threshold removed after deduplication, most first."""
        found = {k: n for k, n in self.outcomes.items() if k not in (KEPT, LID, DUPLICATE)}
        return dict(sorted(found.items(), key=lambda x: (-x[1], x[0])))


@dataclass(frozen=True, slots=True)
class Bounds:
    """A threshold as the report draws it; None is open."""

    metric: str
    min: float | None
    max: float | None


@dataclass(frozen=True, slots=True)
class Example:
    """One document shown to a reader; ``text`` is the page's own and must be escaped."""

    id: str
    url: str
    label: str
    reason: str
    text: str
    value: float | None = None
    bounds: Bounds | None = None


@dataclass(frozen=True)
class ReportData:
    """Everything a report needs.

    Attributes:
        job: name of the job.
        version: of curate.
        stages: one line per step, in order.
        yields: one per label, most documents first.
        cluster_sizes: label -> {cluster size: clusters}.
        histograms: label -> metric -> {bin: documents}; bins as in curate.report.histogram.
        thresholds: label -> its thresholds, in the order they are checked.
        sources: label -> the config file its thresholds come from.
        kept: example documents that are published.
        dropped: example documents that are not.
        quarantined: reason -> records, over all stages.
        contamination: label with a wordlist -> share of its documents without any of the words.
        files: (path below the corpus folder, rows, bytes) of the published files.
    """

    job: str
    version: str
    stages: tuple[StageLine, ...]
    yields: tuple[LabelYield, ...]
    cluster_sizes: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    histograms: Mapping[str, Mapping[str, Mapping[int, int]]] = field(default_factory=dict)
    thresholds: Mapping[str, tuple[Bounds, ...]] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    kept: tuple[Example, ...] = ()
    dropped: tuple[Example, ...] = ()
    quarantined: Mapping[str, int] = field(default_factory=dict)
    contamination: Mapping[str, float] = field(default_factory=dict)
    files: tuple[tuple[str, int, int], ...] = ()
