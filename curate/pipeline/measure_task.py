"""The task that identifies, annotates and signs a shard and finds personal data in one pass.

Each of the four commits its own sidecar, so any of them can be due alone; what is due together
shares the decoded text and its tokens. Scores that join the pass are in :data:`JOINING`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from curate import schema
from curate.dedup.minhash import MinHashParams
from curate.io.commit import COMPRESSION, FAST_COMPRESSION, Attempt, TableWriter
from curate.io.store import Store
from curate.metrics import METRICS
from curate.pipeline.contamination_task import contamination_annotator
from curate.pipeline.copies import load_lists
from curate.pipeline.models import identifier_of as identifier_of
from curate.pipeline.score_task import Annotator, score_annotator
from curate.pipeline.tables import iter_columns, language_configs
from curate.stages.annotate import add_metrics, metrics_schema
from curate.stages.base import Stage
from curate.stages.identify import identify_stage
from curate.stages.kernels import compile_kernels
from curate.stages.pii import add_pii
from curate.stages.sign import add_bands, bands_schema
from curate.text.split import split_texts

_FAST = ("annotate", "score")
"""Steps whose numbers are read again and again."""

wordlists_of = lru_cache(maxsize=2)(load_lists)


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
        found = _write(store, shard, writers, annotators, payload["settings"])
        rows = next(iter(writers.values())).rows
        for step, attempt in attempts.items():
            counts: dict[str, Any] = found.to_json() if step == "identify" else {}
            if step in annotators and (noted := annotators[step].noted):
                counts["noted"] = dict(sorted(noted.items()))
            attempt.commit(rows_in=rows, rows_out=rows, counts=counts, bytes_in=payload["bytes_in"])
    return {"rows": rows}


def _schema_of(step: str, settings: Mapping[str, Any]) -> pa.Schema:
    if step == "sign":
        return bands_schema(MinHashParams(**settings))
    if step == "pii":
        return schema.PII.schema()
    return metrics_schema() if step == "annotate" else schema.LANGUAGE.schema()


def _write(
    store: Store,
    shard: str,
    writers: Mapping[str, TableWriter],
    annotators: Mapping[str, Annotator],
    settings: Mapping[str, Any],
) -> _Labels:
    has_lists = "identify" in writers and settings["identify"]["wordlists"] is not None
    wanted: dict[str, tuple[str, ...]] = {"extract": ("url", "text") if has_lists else ("text",)}
    labelled = "annotate" in writers or any(a.needs_label for a in annotators.values())
    if labelled and "identify" not in writers:
        wanted["identify"] = ("label",)
    identify = _identify(settings["identify"]) if "identify" in writers else None
    # a step that is not due may not be part of this run, and then has no settings
    params = MinHashParams(**settings["sign"]) if "sign" in writers else None
    stopwords = _Stopwords(settings["annotate"]["configs"]) if "annotate" in writers else None
    found = _Labels()
    for batch in iter_columns(store, shard, wanted):
        if identify is not None:
            batch = identify(batch)
            writers["identify"].write(batch.select(schema.LANGUAGE.names()))
            found.add(batch)
        if "pii" in writers:
            kinds = settings["pii"]["kinds"]
            writers["pii"].write(add_pii(batch, kinds=kinds).select(schema.PII.names()))
        needs_tokens = stopwords or params or any(a.needs_tokens for a in annotators.values())
        tokens = split_texts(batch["text"]) if needs_tokens else None
        for step, annotator in annotators.items():
            writers[step].write(annotator.add(batch, tokens))
        if stopwords is not None:
            measured = add_metrics(batch, stopwords=stopwords.of(batch), tokens=tokens)
            writers["annotate"].write(measured.select(list(METRICS)))
        if params is not None:
            signed = add_bands(batch, params=params, tokens=tokens)
            writers["sign"].write(signed.select(schema.BANDS.names()))
    return found


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
