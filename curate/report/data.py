"""The data that the report, the dataset card and the terminal show, made by the pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from curate.columns import Column
from curate.config.language import SCRIPTS, LanguageConfig, LanguageConfigs
from curate.labels import script_of

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
    noted: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LabelYield:
    """The outcomes of one label's documents.

    Attributes:
        label: the label.
        outcomes: removal reason -> documents; ``""`` is published.
        n_chars: code points of the published documents.
        n_repeated: published documents after repetition (sum of their weights).
        n_test: published documents in the test split.
        n_words: words of the published documents.
        n_passing: documents that break no threshold, duplicates among them.
    """

    label: str
    outcomes: Mapping[str, int]
    n_chars: int = 0
    n_repeated: int = 0
    n_test: int = 0
    n_words: int = 0
    n_passing: int = 0

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
        removed = {k: n for k, n in self.outcomes.items() if k not in (KEPT, LID, DUPLICATE)}
        return dict(sorted(removed.items(), key=lambda x: (-x[1], x[0])))


@dataclass(frozen=True, slots=True)
class Bounds:
    """A threshold as the report draws it; None is open."""

    metric: str
    min: float | None
    max: float | None


@dataclass(frozen=True, slots=True)
class SizeCount:
    """The clusters of one size, of one label.

    Attributes:
        size: members of such a cluster.
        n_members: documents in all of them.
        n_dropped: those of them that selection drops.
        n_clusters: clusters.
        n_kept: clusters of which a document is published.
    """

    size: int
    n_members: int
    n_dropped: int
    n_clusters: int
    n_kept: int


@dataclass(frozen=True, slots=True)
class ConfigInForce:
    """The language config of one label, and where it comes from.

    Attributes:
        resolved: everything that holds for the label.
        own: what the label's own file says; None if it has none.
        parent: what would hold without it.
        layers: names of the files that it is made of, nearest first.
    """

    resolved: LanguageConfig
    own: LanguageConfig | None
    parent: LanguageConfig
    layers: tuple[str, ...]

    @staticmethod
    def of(configs: LanguageConfigs, label: str) -> ConfigInForce:
        """The config of a label of a folder."""
        return ConfigInForce(
            resolved=configs.for_label(label),
            own=configs.files.get(label),
            parent=configs.resolve(f"{SCRIPTS}/{script_of(label)}"),
            layers=configs.layers(label),
        )


@dataclass(frozen=True, slots=True)
class SampleSettings:
    """How the documents that the page shows are drawn.

    Attributes:
        seed: another seed draws other documents.
        n_documents: of each label; all of them where it has fewer.
        n_texts: how many of them are shown with the beginning of their text.
        max_documents: of all labels; those with the fewest documents go without a sample.
    """

    seed: int = 0
    n_documents: int = 1000
    n_texts: int = 400
    max_documents: int = 1_000_000


DEFAULT_SAMPLE = SampleSettings()


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


@dataclass(frozen=True, slots=True)
class MixtureLine:
    """The mixture's amounts of one label, in the mixture's unit.

    Attributes:
        label: the label.
        documents: published documents, each counted once.
        before: amount with the weights of rebalance.
        after: amount that is published, repetitions included.
        wanted: amount that the settings ask for.
        reachable: amount that its documents can give, with every one repeated to the limit at most.
    """

    label: str
    documents: int
    before: float
    after: float
    wanted: float
    reachable: float


@dataclass(frozen=True, slots=True)
class RefusingHost:
    """A host with documents that may not be trained on, by signs of pages or of the site.

    Attributes:
        host: its name.
        signs: kind of sign -> documents; one document may have several.
    """

    host: str
    signs: Mapping[str, int]


@dataclass(frozen=True)
class ReportData:
    """Everything a report needs.

    Attributes:
        job: name of the job.
        version: of curate.
        stages: one line per step, in order.
        yields: one per label, most documents first.
        sizes: label -> what selection does to clusters of each size, by rising size.
        weights: label -> {smallest cluster size: repetitions}; absent where none is repeated.
        configs: label -> the language config in force.
        config_folder: name of the folder in the work folder that holds these configs.
        samples: label -> some of its documents, as :mod:`curate.pipeline.report.sample` draws them.
        sample: how they were drawn.
        kept: example documents that are published.
        dropped: example documents that are not.
        quarantined: reason -> records, over all stages.
        contamination: label with a wordlist -> share of its documents without any of the words.
        files: (path below the corpus folder, rows, bytes) of the published files.
        title: what tells this run from another that is shown beside it; else empty.
        mixture: one line a label, if the job asks for a mixture.
        mixture_unit: ``characters`` or ``words``.
        own: column -> what the function behind it says of it, of metrics of the user's own.
        refusing: hosts with the most documents that may not be trained on, by their own signs.
    """

    job: str
    version: str
    stages: tuple[StageLine, ...]
    yields: tuple[LabelYield, ...]
    sizes: Mapping[str, tuple[SizeCount, ...]] = field(default_factory=dict)
    weights: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    configs: Mapping[str, ConfigInForce] = field(default_factory=dict)
    config_folder: str = ""
    samples: Mapping[str, pa.Table] = field(default_factory=dict)
    sample: SampleSettings = DEFAULT_SAMPLE
    kept: tuple[Example, ...] = ()
    dropped: tuple[Example, ...] = ()
    quarantined: Mapping[str, int] = field(default_factory=dict)
    contamination: Mapping[str, float] = field(default_factory=dict)
    files: tuple[tuple[str, int, int], ...] = ()
    title: str = ""
    mixture: tuple[MixtureLine, ...] = ()
    mixture_unit: str = "characters"
    own: Mapping[str, Column] = field(default_factory=dict)
    refusing: tuple[RefusingHost, ...] = ()
