"""The table of stages: names, order, folders, what each reads, and what of a job concerns it.

Every floor reads these facts from here. What runs a stage is bound to its name where the code is,
in :mod:`curate.pipeline.stages`. A *step* is a folder with a plan, commits and data. Most stages
are one step; others have inner steps, whose folders begin with an underscore inside the stage's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from curate import schema
from curate.columns import Metric, Table
from curate.scored import CONTAMINATION_FRACTION, PERPLEXITY
from curate.scores.registry import WDS_METRICS


@dataclass(frozen=True, slots=True)
class Stage:
    """One row.

    Attributes:
        name: of the stage, and of the last of its steps.
        folder: of that step, below the work folder.
        inner: steps before it, without ``name.`` -> folder below that of the stage.
        follow: steps after it, likewise -> folder below the work folder.
        reads: steps whose results it may read; those that it does read are in its plans.
        settings: sections and settings of a job that concern it first.
        asked_by: the section of a job without which it does not run; None if it always does.
        folders: more folders that hold its results.
        has_columns: it writes columns beside the documents that people read, a row for each.
        has_line: the report has a line of it: of those with columns, and of some without.
        is_scored: a threshold may be about its columns, and a job has to ask for it.
        table: its columns, if it is scored.
        metrics: those of them that thresholds may be about, of those whose names are known without
            a job.
        reads_scores: it may read every scored stage too.
        joins: it brings shards together, so that a later snapshot makes it again.
        part_of: another stage that it goes with; it has no name for ``--until`` and ``--rerun``.
        version: raised by hand when its code gives other results for the same settings; None where
            the parts that it is made of have versions.
        depends: False for statistics of other texts, which follow from no stage.
    """

    name: str
    folder: str
    inner: Mapping[str, str] = field(default_factory=dict)
    follow: Mapping[str, str] = field(default_factory=dict)
    reads: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    asked_by: str | None = None
    folders: tuple[str, ...] = ()
    has_columns: bool = False
    has_line: bool = False
    is_scored: bool = False
    table: Table | None = None
    metrics: Mapping[str, Metric] = field(default_factory=dict)
    reads_scores: bool = False
    joins: bool = False
    part_of: str | None = None
    version: str | None = None
    depends: bool = True

    def steps(self) -> dict[str, str]:
        """Step -> folder, in order."""
        before = {f"{self.name}.{x}": f"{self.folder}/{f}" for x, f in self.inner.items()}
        after = {f"{self.name}.{x}": folder for x, folder in self.follow.items()}
        return {**before, self.name: self.folder, **after}

    @property
    def results(self) -> tuple[str, ...]:
        """Every folder that goes when the stage is made again."""
        return tuple(dict.fromkeys((self.folder.split("/")[0], *self.folders)))

    @property
    def is_view(self) -> bool:
        """Whether it writes what is published."""
        return "emit" in (self.name, self.part_of)

    @property
    def is_named(self) -> bool:
        """Whether ``--until`` and ``--rerun`` take its name."""
        return self.part_of is None and self.depends


def _inner(*names: str, **folders: str) -> dict[str, str]:
    return {name: f"_{name}" for name in names} | folders


def _named(*metrics: Metric) -> dict[str, Metric]:
    return {metric.name: metric for metric in metrics}


def _view(name: str, *, folders: tuple[str, ...], part_of: str | None = None) -> Stage:
    """The steps that write the files of a view."""
    return Stage(
        name=name,
        folder=name,
        inner={"split": "_split", "plan": "_files"},
        reads=("extract", "identify", "pii", "cluster", "screen", "rebalance"),
        reads_scores=True,
        settings=("emit",) if part_of is None else (),
        folders=folders,
        joins=True,
        part_of=part_of,
    )


STAGES: list[Stage] = [
    Stage(
        "extract",
        "documents",
        settings=(
            *("name", "input", "snapshots", "format", "snapshot", "columns", "extract"),
            "compat",
        ),
        folders=("quarantine",),
        has_columns=True,
    ),
    Stage(
        "identify",
        "language",
        reads=("extract",),
        settings=("identify",),
        has_columns=True,
        version="2",
    ),
    Stage("stopwords", "stopwords", reads=("identify",), part_of="tune"),
    Stage("reference", "reference", depends=False),
    Stage(
        "annotate",
        "metrics",
        reads=("identify",),
        settings=("language_configs",),
        has_columns=True,
        version="1",
    ),
    Stage("sign", "bands", reads=("extract",), settings=("minhash", "sign"), has_line=True),
    Stage("pii", "pii", reads=("extract",), has_line=True),
    Stage(
        "score",
        "scores",
        inner=_inner("curves"),
        reads=("identify",),
        settings=("wds",),
        asked_by="wds",
        has_columns=True,
        is_scored=True,
        table=schema.SCORES,
        metrics=WDS_METRICS,
    ),
    Stage(
        "classify",
        "classify",
        reads=("identify",),
        settings=("classify",),
        asked_by="classify",
        has_columns=True,
        is_scored=True,
        table=schema.CLASSIFY,
    ),
    Stage(
        "perplexity",
        "perplexity",
        inner=_inner("measure"),
        reads=("identify",),
        settings=("perplexity",),
        asked_by="perplexity",
        has_columns=True,
        is_scored=True,
        table=schema.PERPLEXITIES,
        metrics=_named(PERPLEXITY),
    ),
    Stage(
        "contamination",
        "contamination",
        reads=("extract",),
        settings=("decontaminate",),
        asked_by="decontaminate",
        has_columns=True,
        is_scored=True,
        table=schema.CONTAMINATION,
        metrics=_named(CONTAMINATION_FRACTION),
    ),
    Stage(
        "rights",
        "rights",
        reads=("extract",),
        settings=("rights",),
        asked_by="rights",
        has_columns=True,
        is_scored=True,
        table=schema.RIGHTS,
        version="1",
    ),
    Stage(
        "extra",
        "extra",
        reads=("identify",),
        settings=("annotate",),
        asked_by="annotate",
        has_columns=True,
        is_scored=True,
        table=schema.EXTRA,
        version="1",
    ),
    Stage(
        "tune",
        "tune",
        reads=("identify", "annotate", "extra"),
        settings=("tune",),
        asked_by="tune",
        folders=("language_configs",),
        version="3",
    ),
    Stage(
        "cluster",
        "clusters",
        inner=_inner(
            *("split", "pairs", "union", "keys", "check", "refine", "send", "group", "return")
        ),
        reads=("identify", "sign"),
        settings=("cluster",),
        has_columns=True,
        joins=True,
    ),
    Stage("screen", "screen", reads=("extract",), settings=("urls", "robots"), has_columns=True),
    Stage(
        "select",
        "verdict",
        reads=("identify", "annotate", "tune", "screen"),
        reads_scores=True,
        settings=("select",),
        has_columns=True,
        version="2",
    ),
    Stage(
        "rebalance",
        "weights",
        inner=_inner("split", "group", "return"),
        reads=("cluster", "select", "screen"),
        settings=("rebalance", "mixture"),
        has_columns=True,
        version="5",
        joins=True,
    ),
    _view("emit", folders=("corpus",)),
    _view("emit-fineweb2", folders=("corpus-fineweb2",), part_of="emit"),
    _view("emit-hplt", folders=("corpus-hplt",), part_of="emit"),
    Stage(
        "report",
        "report/_counts",
        follow={"sample": "report/_sample"},
        reads=("annotate", "rebalance"),
        settings=("report",),
        version="2",
        joins=True,
    ),
]
"""In the order of the data."""


def register(stage: Stage, *, before: str) -> None:
    """Add a stage to the table, in this process.

    Args:
        stage: a row with a new name and new folders.
        before: the stage that it stands before.
    """
    place = next(i for i, row in enumerate(STAGES) if row.name == before)
    STAGES.insert(place, stage)
    steps.cache_clear()


def stage_names() -> tuple[str, ...]:
    """Every stage that a user can name, in order: for ``--until`` and ``--rerun``."""
    return tuple(stage.name for stage in STAGES if stage.is_named)


def stage_of(step: str) -> Stage:
    """The row of a step. KeyError for an unknown one."""
    name = step.split(".")[0]
    for stage in STAGES:
        if stage.name == name:
            return stage
    raise KeyError(step)


@cache
def steps() -> Mapping[str, str]:
    """Step -> folder below the work folder, in order; see also
    :func:`curate.io.layout.folder_of`."""
    return {step: folder for stage in STAGES for step, folder in stage.steps().items()}


def with_columns() -> tuple[str, ...]:
    """Stages that write columns beside the documents, in order."""
    return tuple(stage.name for stage in STAGES if stage.has_columns)


def with_lines() -> tuple[str, ...]:
    """Stages that the report has a line of, in order."""
    return tuple(stage.name for stage in STAGES if stage.has_columns or stage.has_line)


def scored() -> tuple[str, ...]:
    """Stages of scores that a job has to ask for, in the order of their columns in the corpus."""
    return tuple(stage.name for stage in STAGES if stage.is_scored)


def scored_metrics() -> dict[str, Mapping[str, Metric]]:
    """Stage -> its metrics, of the scored stages whose metrics have names without a job."""
    return {stage.name: stage.metrics for stage in STAGES if stage.is_scored and stage.metrics}


def may_read(stage: Stage) -> tuple[str, ...]:
    """Stages whose results a stage may read, scored ones among them."""
    return (*stage.reads, *(scored() if stage.reads_scores else ()))


def tables() -> tuple[Table, ...]:
    """Every table that a reader may open, in the order of the stages that write them."""
    return tuple(
        table
        for stage in STAGES
        for table in (*schema.TABLES.values(), stage.table)
        if table is not None and table.written_by == stage.name
    )


def other_views() -> dict[str, str]:
    """Stage -> published folder, of the views that are not the job's own."""
    return {s.name: s.folders[0] for s in STAGES if s.part_of == "emit"}


def goes_with(name: str) -> Iterator[Stage]:
    """A named stage and the rows that are part of it."""
    return (stage for stage in STAGES if name in (stage.name, stage.part_of))


def setting_stages() -> dict[str, str]:
    """Setting or section of a job -> the first stage that a change of it concerns."""
    return {setting: stage.name for stage in STAGES for setting in stage.settings}


def views() -> tuple[str, ...]:
    """Stages that write what is published, in order."""
    return tuple(stage.name for stage in STAGES if stage.is_view)
