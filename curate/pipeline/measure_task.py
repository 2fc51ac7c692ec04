"""The task that identifies, annotates and signs a shard and finds personal data in one pass.

Each of the four commits its own sidecar, so any of them can be due alone; what is due together
shares the decoded text and its tokens. Scores that join the pass are in :data:`JOINING`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from curate import schema
from curate.config.wordlists import load_wordlists
from curate.dedup.minhash import MinHashParams
from curate.io.commit import COMPRESSION, FAST_COMPRESSION, Attempt
from curate.io.object_path import local_folder
from curate.io.store import Store
from curate.metrics import METRICS
from curate.pipeline.contamination_task import contamination_annotator
from curate.pipeline.models import identifier_of as identifier_of
from curate.pipeline.score_task import Annotator, score_annotator
from curate.pipeline.tables import iter_columns, language_configs
from curate.stages.annotate import add_metrics, metrics_schema
from curate.stages.base import Stage
from curate.stages.halves import in_halves
from curate.stages.identify import identify_stage
from curate.stages.kernels import compile_kernels
from curate.stages.pii import add_pii
from curate.stages.sign import add_bands, bands_schema
from curate.text.split import split_texts

SHARE = 4
"""The pass holds fifty bytes for each byte of text: it takes such a part of a batch at a time."""

_FAST = ("annotate", "score")
"""Steps whose numbers are read again and again."""

wordlists_of = lru_cache(maxsize=2)(load_wordlists)


JOINING: Mapping[str, Callable[[Any], Annotator]] = MappingProxyType(
    {"score": score_annotator, "contamination": contamination_annotator}
)
"""Step -> what makes its annotator from its settings."""


def measure_shard(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write the sidecars named in ``payload["due"]`` for one document shard."""
    store, shard, due = Store(payload["work"]), payload["shard"], payload["due"]
    if not {"annotate", "sign", "pii", *JOINING}.isdisjoint(due):
        compile_kernels()  # the driver has seen to it, but perhaps on another machine
    annotators = {s: JOINING[s](payload["settings"][s]) for s in due if s in JOINING}
    with ExitStack() as stack:
        attempts = {
            step: stack.enter_context(Attempt(store, step=step, shard=shard, fingerprint=mark))
            for step, mark in due.items()
        }
        writers = {
            step: attempt.writer(
                annotators[step].schema
                if step in annotators
                else _schema_of(step, payload["settings"][step]),
                compression=FAST_COMPRESSION if step in _FAST else COMPRESSION,
                gather=True,
            )
            for step, attempt in attempts.items()
        }
        pass_ = _Pass(writers.keys(), annotators, payload["settings"])
        for batch in iter_columns(store, shard, pass_.wanted, share=SHARE):
            for part, tables in in_halves(pass_.measured, batch):
                pass_.count(part, tables)
                for step, table in tables.items():
                    writers[step].write(table)
        rows = next(iter(writers.values())).rows
        for step, attempt in attempts.items():
            counts: dict[str, Any] = pass_.labels.to_json() if step == "identify" else {}
            if noted := pass_.noted.get(step):
                counts["noted"] = dict(sorted(noted.items()))
            attempt.commit(rows_in=rows, rows_out=rows, counts=counts, bytes_in=payload["bytes_in"])
    return {"rows": rows}


def _schema_of(step: str, settings: Mapping[str, Any]) -> pa.Schema:
    if step == "sign":
        return bands_schema(MinHashParams(**settings))
    if step == "pii":
        return schema.PII.schema()
    return metrics_schema() if step == "annotate" else schema.LANGUAGE.schema()


class _Pass:
    """What is measured in one pass over the text of a shard.

    Args:
        steps: those that are due.
        annotators: of the steps among them that join the pass.
        settings: step -> its settings; a step that is not due may have none.

    Attributes:
        wanted: step -> columns that have to be read.
        labels: counts of all parts that :meth:`count` was told of.
        noted: step -> what its annotator found worth telling.
    """

    def __init__(
        self,
        steps: Collection[str],
        annotators: Mapping[str, Annotator],
        settings: Mapping[str, Any],
    ) -> None:
        self._annotators = annotators
        self._identify = _identify(settings["identify"]) if "identify" in steps else None
        self._minhash = MinHashParams(**settings["sign"]) if "sign" in steps else None
        self._stopwords = (
            _Stopwords(settings["annotate"]["configs"]) if "annotate" in steps else None
        )
        self._kinds = settings["pii"]["kinds"] if "pii" in steps else None
        has_lists = "identify" in steps and settings["identify"]["wordlists"] is not None
        self.wanted: dict[str, tuple[str, ...]] = {
            "extract": ("url", "text") if has_lists else ("text",)
        }
        needs_label = any(a.needs_label for a in annotators.values())
        if ("annotate" in steps or needs_label) and "identify" not in steps:
            self.wanted["identify"] = ("label",)
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


def _identify(settings: Mapping[str, Any]) -> Stage:
    folder = settings["wordlists"]
    return identify_stage(
        identifier_of(settings["model"]),
        others=[identifier_of(model) for model in settings["others"]],
        segments=settings["segments"],
        wordlists=None if folder is None else wordlists_of(local_folder(folder)),
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
