"""The task that identifies, annotates and signs a shard and finds personal data in one pass.

Each of the four commits its own sidecar, so any of them can be due alone; what is due together
shares the decoded text and its tokens.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Container, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pyarrow as pa

from curate import schema
from curate.dedup.minhash import MinHashParams
from curate.io.commit import COMPRESSION, FAST_COMPRESSION
from curate.metrics import METRICS
from curate.pipeline.measure.contamination import ContaminationSettings, contamination_annotator
from curate.pipeline.measure.models import identifier_of as identifier_of
from curate.pipeline.measure.scores import Annotator, ScoreSettings, score_annotator
from curate.stages.annotate import add_metrics, metrics_schema
from curate.stages.halves import in_halves
from curate.stages.identify import identify_stage
from curate.stages.kernels import compile_kernels
from curate.stages.pii import add_pii
from curate.stages.sign import add_bands, bands_schema
from curate.stages.stage import Stage
from curate.text.split import split_texts
from curate.work.copies import load_lists
from curate.work.tables import iter_columns, language_configs
from curate.work.task import ShardTask, shard_task

SHARE = 4
"""The pass holds fifty bytes for each byte of text: it takes such a part of a batch at a time."""

_FAST = ("annotate", "score")
"""Steps whose numbers are read again and again."""

wordlists_of = lru_cache(maxsize=2)(load_lists)


@dataclass(frozen=True, slots=True)
class IdentifySettings:
    """How labels are given; see the section ``identify`` of a job.

    Attributes:
        model: the identifier.
        others: more of them, each of which adds columns.
        segments: whether lines get labels too.
        wordlists: folder of their copies; None for none.
    """

    model: str
    others: tuple[str, ...]
    segments: bool
    wordlists: str | None


@dataclass(frozen=True, slots=True)
class AnnotateSettings:
    """Folder of the language configs whose stop words are counted."""

    configs: str


@dataclass(frozen=True, slots=True)
class PiiSettings:
    """Kinds of personal data that are looked for."""

    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MeasureSettings:
    """Step -> its settings; None for one that is not made in this pass."""

    identify: IdentifySettings | None = None
    annotate: AnnotateSettings | None = None
    sign: MinHashParams | None = None
    pii: PiiSettings | None = None
    score: ScoreSettings | None = None
    contamination: ContaminationSettings | None = None


def _annotators(settings: MeasureSettings, due: Container[str]) -> dict[str, Annotator]:
    """Step -> what scores documents, of the steps that are due."""
    annotators: dict[str, Annotator] = {}
    if settings.score is not None and "score" in due:
        annotators["score"] = score_annotator(settings.score)
    if settings.contamination is not None and "contamination" in due:
        annotators["contamination"] = contamination_annotator(settings.contamination)
    return annotators


@shard_task(MeasureSettings)
def measure_shard(task: ShardTask[MeasureSettings]) -> int:
    """Write the sidecars of the steps that are due for one document shard."""
    settings, due = task.settings, task.due
    annotators = _annotators(settings, due)
    if annotators or not {"annotate", "sign", "pii"}.isdisjoint(due):
        compile_kernels()  # the driver has seen to it, but perhaps on another machine
    with ExitStack() as stack:
        attempts = {step: stack.enter_context(task.attempt(step)) for step in due}
        writers = {
            step: attempt.writer(
                annotators[step].schema if step in annotators else _schema_of(step, settings),
                compression=FAST_COMPRESSION if step in _FAST else COMPRESSION,
                gather=True,
            )
            for step, attempt in attempts.items()
        }
        pass_ = _Pass(due, annotators, settings)
        for batch in iter_columns(task.store, task.shard, pass_.columns, share=SHARE):
            for part, tables in in_halves(pass_.measured, batch):
                pass_.count(part, tables)
                for step, table in tables.items():
                    writers[step].write(table)
                task.moved(part.num_rows, 0)
        rows = next(iter(writers.values())).rows
        for step, attempt in attempts.items():
            counts: dict[str, Any] = pass_.labels.to_json() if step == "identify" else {}
            if noted := pass_.noted.get(step):
                counts["noted"] = dict(sorted(noted.items()))
            attempt.commit(rows_in=rows, rows_out=rows, counts=counts)
    return rows


def _schema_of(step: str, settings: MeasureSettings) -> pa.Schema:
    if step == "sign":
        assert settings.sign is not None
        return bands_schema(settings.sign)
    if step == "pii":
        return schema.PII.schema()
    return metrics_schema() if step == "annotate" else schema.LANGUAGE.schema()


class _Pass:
    """The measurements of one pass over the text of a shard.

    Args:
        steps: those that are due.
        annotators: of the steps among them that join the pass.
        settings: of the steps.

    Attributes:
        columns: step -> columns that have to be read.
        labels: counts of all parts that :meth:`count` was told of.
        noted: step -> what its annotator found worth telling.
    """

    def __init__(
        self,
        steps: Container[str],
        annotators: Mapping[str, Annotator],
        settings: MeasureSettings,
    ) -> None:
        self._annotators = annotators
        identify = settings.identify if "identify" in steps else None
        annotate = settings.annotate if "annotate" in steps else None
        self._identify = None if identify is None else _identify(identify)
        self._minhash = settings.sign if "sign" in steps else None
        self._stopwords = None if annotate is None else _Stopwords(annotate.configs)
        pii = settings.pii if "pii" in steps else None
        self._kinds = None if pii is None else pii.kinds
        has_lists = identify is not None and identify.wordlists is not None
        self.columns: dict[str, tuple[str, ...]] = {
            "extract": ("url", "text") if has_lists else ("text",)
        }
        needs_label = any(a.needs_label for a in annotators.values())
        if ("annotate" in steps or needs_label) and "identify" not in steps:
            self.columns["identify"] = ("label",)
        self.labels = _Labels()
        self.noted: dict[str, Counter[str]] = {step: Counter() for step in annotators}

    def measured(self, batch: pa.Table) -> dict[str, pa.Table]:
        """Step -> the rows of its sidecar. Changes nothing, so that parts may be tried again."""
        tables: dict[str, pa.Table] = {}
        if self._identify is not None:
            batch = self._identify(batch)
            tables["identify"] = batch.select(schema.LANGUAGE.names())
        if self._kinds is not None:
            tables["pii"] = add_pii(batch, kinds=self._kinds).select(schema.PII.names())
        needs_tokens = self._stopwords or self._minhash or any(a.needs_tokens for a in self._all)
        tokens = split_texts(batch["text"]) if needs_tokens else None
        for step, annotator in self._annotators.items():
            tables[step] = annotator.add(batch, tokens)
        if self._stopwords is not None:
            measured = add_metrics(batch, stopwords=self._stopwords.of(batch), tokens=tokens)
            tables["annotate"] = measured.select(list(METRICS))
        if self._minhash is not None:
            signed = add_bands(batch, params=self._minhash, tokens=tokens)
            tables["sign"] = signed.select(schema.BANDS.names())
        return tables

    def count(self, batch: pa.Table, tables: Mapping[str, pa.Table]) -> None:
        """Take a part into the counts, once it is measured."""
        if "identify" in tables:
            self.labels.add(tables["identify"])
        labelled = tables.get("identify", batch)
        for step, annotator in self._annotators.items():
            self.noted[step].update(annotator.notes(labelled, tables[step]))

    @property
    def _all(self) -> Collection[Annotator]:
        return self._annotators.values()


class _Labels:
    """Documents by label, and of those that a wordlist was for how many have none of its words."""

    def __init__(self) -> None:
        self.n: Counter[str] = Counter()
        self.n_listed: Counter[str] = Counter()
        self.n_without_words: Counter[str] = Counter()

    def add(self, batch: pa.Table) -> None:
        labels, fractions = batch["label"].to_pylist(), batch["own_word_fraction"].to_pylist()
        self.n.update(labels)
        for label, fraction in zip(labels, fractions, strict=True):
            if fraction is not None:
                self.n_listed[label] += 1
                self.n_without_words[label] += fraction == 0

    def to_json(self) -> dict[str, dict[str, int]]:
        kinds = {
            "labels": self.n,
            "listed": self.n_listed,
            "without_own_words": self.n_without_words,
        }
        return {name: dict(sorted(counts.items())) for name, counts in kinds.items()}


def _identify(settings: IdentifySettings) -> Stage:
    folder = settings.wordlists
    return identify_stage(
        identifier_of(settings.model),
        others=[identifier_of(model) for model in settings.others],
        segments=settings.segments,
        wordlists=None if folder is None else wordlists_of(folder),
    )


class _Stopwords:
    """Stop words by label, looked up in the run's configs as labels appear."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.known: dict[str, frozenset[str]] = {}

    def of(self, batch: pa.Table) -> dict[str, frozenset[str]]:
        for label in set(batch["label"].to_pylist()) - self.known.keys():
            words = language_configs(self.folder).for_label(label).stopwords
            if words:
                self.known[label] = frozenset(words)
        return self.known
