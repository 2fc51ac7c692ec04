"""The task of the classify step: what the job's classifiers say of each document of a shard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

import pyarrow as pa

from curate.classify import Classifier, ModelSpec, fingerprint_of, load_classifier
from curate.classify.trial import spec_of
from curate.errors import ModelError
from curate.io.commit import FAST_COMPRESSION, Attempt
from curate.io.store import Store
from curate.pipeline.score_task import sidecar_schema
from curate.pipeline.tables import beside, iter_columns
from curate.stages.classify import add_scores, n_without_scores
from curate.stages.halves import in_halves

CLASSIFY_ROWS = 1024
"""Documents that are put in order of length together, so that little is padded."""


def classify_shard(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write the sidecar of all classifiers for one shard; models stay loaded for the next."""
    store, shard, settings = Store(payload["work"]), payload["shard"], payload["settings"]
    models = [
        (_loaded(spec_of(found["spec"]), found["digest"]), found)
        for found in settings["classifiers"]
    ]
    noted: Counter[str] = Counter()
    with Attempt(
        store, step="classify", shard=shard, fingerprint=payload["due"]["classify"]
    ) as attempt:
        writer = attempt.writer(
            sidecar_schema(settings["columns"]), compression=FAST_COMPRESSION, gather=True
        )
        wanted = {"extract": ("text",), "identify": ("label",)}
        for batch in iter_columns(store, shard, wanted, batch_rows=CLASSIFY_ROWS):
            for part, tables in in_halves(partial(_scores, models), batch):
                scores = part.select([])
                for (model, found), table in zip(models, tables, strict=True):
                    _note(part, table, model, found, noted)
                    scores = beside(scores, table)
                writer.write(scores.select(settings["columns"]))
        attempt.commit(
            rows_in=writer.rows,
            rows_out=writer.rows,
            counts={"noted": dict(sorted(noted.items()))} if noted else {},
            bytes_in=payload["bytes_in"],
        )
    return {"rows": writer.rows}


def _scores(
    models: Sequence[tuple[Classifier, Mapping[str, Any]]], batch: pa.Table
) -> list[pa.Table]:
    """The columns of each classifier."""
    return [
        add_scores(batch, classifier=model, columns=found["columns"], languages=found["languages"])
        for model, found in models
    ]


def _note(
    batch: pa.Table,
    scores: pa.Table,
    model: Classifier,
    found: Mapping[str, Any],
    noted: Counter[str],
) -> None:
    """Note what is worth telling of the scores of one classifier."""
    asked = {"columns": found["columns"], "languages": found["languages"]}
    if n := n_without_scores(batch, scores, **asked):
        noted[f"no score of {found['name']}, whose outputs were not numbers"] += n
    if model.lacks_gpu:
        noted[f"scored by {found['name']} on the CPU, where no GPU was to be had"] += len(batch)


@lru_cache(maxsize=8)
def _loaded(spec: ModelSpec, digest: str) -> Classifier:
    """The classifier, loaded once per process, if its files are those that the run began with.

    Raises:
        ModelError: they are others, as they may be on another machine.
    """
    found = fingerprint_of(spec)
    if found != digest:
        raise ModelError(
            spec.model,
            wanted=f"the files that the run began with, of digest {digest[:16]}",
            found=f"others, of digest {found[:16]}",
            todo="put the same files at this path on every machine; with another model add "
            "`--rerun classify`",
        )
    return load_classifier(spec)
