"""The tasks of the perplexity stage: measure each document, then say which third it is in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pyarrow as pa

from curate import schema
from curate.io.commit import FAST_COMPRESSION, Attempt
from curate.io.store import Store
from curate.perplexity import ModelFiles
from curate.pipeline.tables import iter_columns
from curate.stages.halves import in_halves
from curate.stages.perplexity import add_bucket, add_perplexity
from curate.tune.sketch import Summaries, merge, summarize
from curate.tune.stored import to_table

MEASURED = pa.schema([("perplexity", pa.float64())])
SUMMARIES = "summaries"
"""Role of the file that says how the perplexities of each label are distributed."""

BUCKET_ROWS = 65_536


def measure_perplexity(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write the perplexities of one shard and their distribution by label."""
    store, shard, settings = Store(payload["work"]), payload["shard"], payload["settings"]
    models = {label: ModelFiles(**files) for label, files in settings["models"].items()}
    found: Summaries = {}
    step = "perplexity.measure"
    with Attempt(store, step=step, shard=shard, fingerprint=payload["due"][step]) as attempt:
        writer = attempt.writer(MEASURED, compression=FAST_COMPRESSION, gather=True)
        for batch in iter_columns(store, shard, {"extract": ("text",), "identify": ("label",)}):
            for part, measured in in_halves(partial(add_perplexity, models=models), batch):
                writer.write(measured)
                found = merge(found, summarize(part["label"], measured))
        attempt.write(to_table(found), role=SUMMARIES, part="-summaries")
        attempt.commit(rows_in=writer.rows, rows_out=writer.rows, bytes_in=payload["bytes_in"])
    return {"rows": writer.rows}


def bucket_shard(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write the sidecar of one shard: its perplexities, and the bucket of each."""
    store, shard = Store(payload["work"]), payload["shard"]
    cutoffs: dict[str, list[float]] = payload["settings"]["cutoffs"]
    wanted = {"perplexity.measure": ("perplexity",), "identify": ("label",)}
    with Attempt(
        store, step="perplexity", shard=shard, fingerprint=payload["due"]["perplexity"]
    ) as attempt:
        writer = attempt.writer(
            schema.PERPLEXITIES.schema(), compression=FAST_COMPRESSION, gather=True
        )
        for batch in iter_columns(store, shard, wanted, batch_rows=BUCKET_ROWS):
            writer.write(add_bucket(batch, cutoffs=cutoffs))
        attempt.commit(rows_in=writer.rows, rows_out=writer.rows, bytes_in=payload["bytes_in"])
    return {"rows": writer.rows}
