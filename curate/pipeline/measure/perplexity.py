"""The tasks of the perplexity stage: measure each document, then say which third it is in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pyarrow as pa

from curate import schema
from curate.io.commit import FAST_COMPRESSION
from curate.perplexity import ModelFiles
from curate.stages.halves import in_halves
from curate.stages.perplexity import add_bucket, add_perplexity
from curate.tune.sketch import Summaries, merge, summarize
from curate.tune.stored import to_table
from curate.work.tables import iter_columns
from curate.work.task import ShardTask, shard_task

MEASURED = pa.schema([("perplexity", pa.float64())])
SUMMARIES = "summaries"
"""Role of the file that says how the perplexities of each label are distributed."""

BUCKET_ROWS = 65_536


@dataclass(frozen=True, slots=True)
class PerplexitySettings:
    """label -> its model."""

    models: Mapping[str, ModelFiles]


@dataclass(frozen=True, slots=True)
class BucketSettings:
    """label -> the perplexities between its buckets."""

    cutoffs: Mapping[str, Sequence[float]]


@shard_task(PerplexitySettings)
def measure_perplexity(task: ShardTask[PerplexitySettings]) -> int:
    """Write the perplexities of one shard and their distribution by label."""
    models = task.settings.models
    summaries: Summaries = {}
    columns = {"extract": ("text",), "identify": ("label",)}
    with task.attempt() as attempt:
        writer = attempt.writer(MEASURED, compression=FAST_COMPRESSION, gather=True)
        for batch in iter_columns(task.store, task.shard, columns):
            for part, measured in in_halves(partial(add_perplexity, models=models), batch):
                writer.write(measured)
                summaries = merge(summaries, summarize(part["label"], measured))
        attempt.write(to_table(summaries), role=SUMMARIES, part="-summaries")
        attempt.commit(rows_in=writer.rows, rows_out=writer.rows)
    return writer.rows


@shard_task(BucketSettings)
def bucket_shard(task: ShardTask[BucketSettings]) -> int:
    """Write the sidecar of one shard: its perplexities, and the bucket of each."""
    cutoffs = {label: list(pair) for label, pair in task.settings.cutoffs.items()}
    columns = {"perplexity.measure": ("perplexity",), "identify": ("label",)}
    with task.attempt() as attempt:
        writer = attempt.writer(
            schema.PERPLEXITIES.schema(), compression=FAST_COMPRESSION, gather=True
        )
        for batch in iter_columns(task.store, task.shard, columns, batch_rows=BUCKET_ROWS):
            writer.write(add_bucket(batch, cutoffs=cutoffs))
        attempt.commit(rows_in=writer.rows, rows_out=writer.rows)
    return writer.rows
