"""The task of the classify step: what the job's classifiers say of each document of a shard."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from curate.classify import Classifier, ModelSpec, load_classifier
from curate.io.commit import FAST_COMPRESSION, Attempt
from curate.io.store import Store
from curate.pipeline.score_task import sidecar_schema
from curate.pipeline.tables import beside, iter_columns
from curate.stages.classify import add_scores

CLASSIFY_ROWS = 1024
"""Documents that are put in order of length together, so that little is padded."""


def classify_shard(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write the sidecar of all classifiers for one shard; models stay loaded for the next."""
    store, shard, settings = Store(payload["work"]), payload["shard"], payload["settings"]
    models = [
        (_loaded(_spec(found["spec"]), found["digest"]), found) for found in settings["classifiers"]
    ]
    with Attempt(
        store, step="classify", shard=shard, fingerprint=payload["due"]["classify"]
    ) as attempt:
        writer = attempt.writer(
            sidecar_schema(settings["columns"]), compression=FAST_COMPRESSION, gather=True
        )
        wanted = {"extract": ("text",), "identify": ("label",)}
        for batch in iter_columns(store, shard, wanted, batch_rows=CLASSIFY_ROWS):
            scores = batch.select([])
            for model, found in models:
                scores = beside(
                    scores,
                    add_scores(
                        batch,
                        classifier=model,
                        columns=found["columns"],
                        languages=found["languages"],
                    ),
                )
            writer.write(scores.select(settings["columns"]))
        attempt.commit(rows_in=writer.rows, rows_out=writer.rows, bytes_in=payload["bytes_in"])
    return {"rows": writer.rows}


def _spec(fields: Mapping[str, Any]) -> ModelSpec:
    """A spec that came as JSON."""
    return ModelSpec(**{**fields, "labels": tuple(fields["labels"])})


@lru_cache(maxsize=8)
def _loaded(spec: ModelSpec, digest: str) -> Classifier:
    """The classifier, loaded once per process; of another digest, other files at its path."""
    del digest
    return load_classifier(spec)
