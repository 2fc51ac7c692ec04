"""The task of the report stage: what became of one shard's documents, by label."""

from __future__ import annotations

from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.io.store import Store
from curate.work.exchange import added_up, read_all
from curate.work.tables import read_columns
from curate.work.task import Nothing, ShardTask, shard_task

OUTCOMES = pa.schema(
    [
        ("label", pa.string()),
        ("outcome", pa.string()),
        ("n_documents", pa.int64()),
        ("n_chars", pa.int64()),
        ("n_repeated", pa.int64()),
        ("n_words", pa.int64()),
        ("n_passing", pa.int64()),
    ]
)
"""By label and removal reason ('' kept): documents, characters, documents after repetition, words,
and documents that pass selection, duplicates among them."""


@shard_task(Nothing)
def count_shard(task: ShardTask[Nothing]) -> int:
    """Count one shard: outcomes by label."""
    table = read_columns(
        task.store,
        task.shard,
        {
            "identify": ("label",),
            "annotate": ("n_chars", "n_words"),
            "select": ("drop_reason",),
            "rebalance": ("weight", "removal_reason"),
        },
    )
    with task.attempt() as attempt:
        attempt.write(outcomes_of(table), role="outcomes", part="-outcomes")
        attempt.commit(rows_in=table.num_rows, rows_out=table.num_rows)
    return int(table.num_rows)


def outcomes_of(table: pa.Table) -> pa.Table:
    """:data:`OUTCOMES` of one shard."""
    raw = pa.table(
        [
            table["label"],
            pc.fill_null(table["removal_reason"], ""),
            pa.array(np.ones(table.num_rows, dtype=np.int64)),
            pc.cast(pc.fill_null(table["n_chars"], 0), pa.int64()),
            pc.cast(table["weight"], pa.int64()),
            pc.cast(pc.fill_null(table["n_words"], 0), pa.int64()),
            pc.cast(pc.is_null(table["drop_reason"]), pa.int64()),
        ],
        names=OUTCOMES.names,
    )
    return summed(raw, OUTCOMES, n_keys=2)


def outcome_counts(store: Store, step: str = "report") -> pa.Table:
    """:data:`OUTCOMES` of all shards, one row for each label and outcome."""
    add = partial(summed, schema=OUTCOMES, n_keys=2)
    return added_up(read_all(store, step, "outcomes"), add)


def summed(table: pa.Table, schema: pa.Schema, *, n_keys: int) -> pa.Table:
    """Add up the columns after the first ``n_keys`` by those, sorted."""
    keys, values = schema.names[:n_keys], schema.names[n_keys:]
    added = table.group_by(keys).aggregate([(v, "sum") for v in values])
    added = added.select([*keys, *(f"{v}_sum" for v in values)]).rename_columns(schema.names)
    return added.cast(schema).sort_by([(k, "ascending") for k in keys])
