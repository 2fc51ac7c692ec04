"""The task of the report stage: what became of one shard's documents, by label."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.config.identified import IDENTIFIED
from curate.io.commit import Attempt
from curate.io.store import Store
from curate.metrics import METRICS
from curate.pipeline.tables import read_columns
from curate.report.histogram import bin_index
from curate.stages.select import as_floats

OUTCOMES = pa.schema(
    [
        ("label", pa.string()),
        ("outcome", pa.string()),
        ("n_documents", pa.int64()),
        ("n_chars", pa.int64()),
        ("n_repeated", pa.int64()),
    ]
)
"""Documents, characters and documents after repetition by label and removal reason ('' kept)."""

HISTOGRAMS = pa.schema(
    [
        ("label", pa.string()),
        ("metric", pa.string()),
        ("bin", pa.int32()),
        ("n_documents", pa.int64()),
    ]
)
"""Compared documents by label, metric and bin; bin -1 is 'not measurable'."""


def count_shard(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Count one shard: outcomes by label, and metric histograms of the compared documents."""
    store, shard = Store(payload["work"]), payload["shard"]
    table = read_columns(
        store,
        shard,
        {
            "identify": ("label", *IDENTIFIED),
            "annotate": tuple(METRICS),
            "rebalance": ("weight", "removal_reason"),
        },
    )
    with Attempt(
        store, step="report", shard=shard, fingerprint=payload["due"]["report"]
    ) as attempt:
        attempt.write(_outcomes(table), role="outcomes", part="-outcomes")
        attempt.write(_histograms(table), role="histograms", part="-histograms")
        attempt.commit(
            rows_in=table.num_rows, rows_out=table.num_rows, bytes_in=payload["bytes_in"]
        )
    return {"rows": table.num_rows}


def _outcomes(table: pa.Table) -> pa.Table:
    raw = pa.table(
        [
            table["label"],
            pc.fill_null(table["removal_reason"], ""),
            pa.array(np.ones(table.num_rows, dtype=np.int64)),
            pc.cast(pc.fill_null(table["n_chars"], 0), pa.int64()),
            pc.cast(table["weight"], pa.int64()),
        ],
        names=OUTCOMES.names,
    )
    return summed(raw, OUTCOMES, n_keys=2)


def _histograms(table: pa.Table) -> pa.Table:
    parts = []
    for metric in (*IDENTIFIED, *METRICS):
        bins = bin_index(metric, as_floats(table[metric]))
        n = np.ones(table.num_rows, dtype=np.int64)
        names = pa.array([metric] * table.num_rows, pa.string())
        raw = pa.table(
            [table["label"], names, pa.array(bins, pa.int32()), n], names=HISTOGRAMS.names
        )
        parts.append(summed(raw, HISTOGRAMS, n_keys=3))
    return pa.concat_tables(parts)


def summed(table: pa.Table, schema: pa.Schema, *, n_keys: int) -> pa.Table:
    """Add up the columns after the first ``n_keys`` by those, sorted."""
    keys, values = schema.names[:n_keys], schema.names[n_keys:]
    added = table.group_by(keys).aggregate([(v, "sum") for v in values])
    added = added.select([*keys, *(f"{v}_sum" for v in values)]).rename_columns(schema.names)
    return added.cast(schema).sort_by([(k, "ascending") for k in keys])
