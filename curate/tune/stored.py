"""Summaries as Arrow tables: one row for each label and metric, buckets as lists of integers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.config.measured import in_order
from curate.errors import InputError
from curate.tune.sketch import EXACT, LEAST_BUCKET, SPAN, Sketch, Summaries, add_counts

SCHEMA: Final = pa.schema(
    [
        pa.field("label", pa.string(), nullable=False),
        pa.field("metric", pa.string(), nullable=False),
        pa.field("n", pa.int64(), nullable=False),
        pa.field("n_null", pa.int64(), nullable=False),
        pa.field("total", pa.float64(), nullable=False),
        pa.field("squares", pa.float64(), nullable=False),
        pa.field("lowest", pa.float64()),
        pa.field("highest", pa.float64()),
        pa.field("buckets", pa.list_(pa.int32()), nullable=False),
        pa.field("counts", pa.list_(pa.int64()), nullable=False),
        pa.field("values", pa.list_(pa.float64()), nullable=False),
    ]
)
"""Columns of a table of summaries; see :class:`curate.tune.sketch.Sketch`."""

_MERGED_AT_ONCE: Final = 16


def to_table(summaries: Summaries) -> pa.Table:
    """Equal summaries are equal tables."""
    rows = [
        (label, metric, sketch)
        for label, sketches in summaries.items()
        for metric, sketch in sketches.items()
    ]
    sketches = [sketch for _, _, sketch in rows]
    return pa.table(
        [
            pa.array([label for label, _, _ in rows], pa.string()),
            pa.array([metric for _, metric, _ in rows], pa.string()),
            pa.array([s.n for s in sketches], pa.int64()),
            pa.array([s.n_null for s in sketches], pa.int64()),
            pa.array([s.total for s in sketches], pa.float64()),
            pa.array([s.squares for s in sketches], pa.float64()),
            pa.array([s.lowest if s.n else None for s in sketches], pa.float64()),
            pa.array([s.highest if s.n else None for s in sketches], pa.float64()),
            _lists([s.buckets for s in sketches], pa.int32()),
            _lists([s.counts for s in sketches], pa.int64()),
            _lists([s.values for s in sketches], pa.float64()),
        ],
        schema=SCHEMA,
    )


def _lists(parts: Sequence[npt.NDArray[Any]], kind: pa.DataType) -> pa.ListArray:
    offsets = np.zeros(len(parts) + 1, np.int32)
    np.cumsum([len(part) for part in parts], out=offsets[1:])
    flat = np.concatenate(parts) if parts else np.zeros(0)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(flat, kind))


def _require(table: pa.Table, where: str) -> None:
    if not table.schema.equals(SCHEMA):
        raise InputError(
            where,
            wanted=f"summaries of metrics, a table with {', '.join(SCHEMA.names)}",
            found=f"a table with {', '.join(table.schema.names) or 'no columns'}",
            todo="make the stage again: curate run JOB --rerun tune",
        )


def from_table(table: pa.Table, *, where: str) -> Summaries:
    """Read summaries back.

    Raises:
        InputError: the table is none of ours.
    """
    _require(table, where)
    summaries: dict[str, dict[str, Sketch]] = {}
    for batch in table.to_batches():
        columns = {name: batch[name].to_pylist() for name in SCHEMA.names[:8]}
        buckets, counts = batch["buckets"], batch["counts"]
        numbers = buckets.values.to_numpy(zero_copy_only=False)
        sizes = counts.values.to_numpy(zero_copy_only=False)
        borders = buckets.offsets.to_numpy()
        exact = batch["values"].values.to_numpy(zero_copy_only=False)
        ends = batch["values"].offsets.to_numpy()
        for i in range(batch.num_rows):
            part = slice(borders[i], borders[i + 1])
            lowest, highest = columns["lowest"][i], columns["highest"][i]
            summaries.setdefault(columns["label"][i], {})[columns["metric"][i]] = Sketch(
                n=columns["n"][i],
                n_null=columns["n_null"][i],
                total=columns["total"][i],
                squares=columns["squares"][i],
                lowest=math.inf if lowest is None else lowest,
                highest=-math.inf if highest is None else highest,
                buckets=numbers[part],
                counts=sizes[part],
                values=exact[ends[i] : ends[i + 1]],
            )
    return summaries


def merge_tables(tables: Iterable[pa.Table], *, where: str) -> Summaries:
    """The summary of the rows behind all tables.

    Few are held at a time, so that memory is that of the result, however many there are.

    Raises:
        InputError: a table is none of ours.
    """
    merged, waiting = SCHEMA.empty_table(), list[pa.Table]()
    for table in tables:
        _require(table, where)
        waiting.append(table)
        if len(waiting) == _MERGED_AT_ONCE:
            merged, waiting = _merged([merged, *waiting]), []
    summaries = from_table(_merged([merged, *waiting]), where=where)
    return {
        label: {m: summaries[label][m] for m in in_order(summaries[label])}
        for label in sorted(summaries)
    }


def _merged(tables: Sequence[pa.Table]) -> pa.Table:
    """One row for each label and metric; all of them at once, without an object for each."""
    table = pa.concat_tables(tables).combine_chunks()
    labels, metrics = (
        pc.dictionary_encode(table[name].combine_chunks()) for name in ("label", "metric")
    )
    n_metrics = max(1, len(metrics.dictionary))
    pairs = labels.indices.to_numpy().astype(np.int64) * n_metrics + metrics.indices.to_numpy()
    named, group = np.unique(pairs, return_inverse=True)
    sizes = pc.list_value_length(table["buckets"]).to_numpy()
    flat = pc.list_flatten(table["buckets"]).to_numpy() - LEAST_BUCKET
    keys, counts = add_counts(
        np.repeat(group, sizes) * SPAN + flat, pc.list_flatten(table["counts"]).to_numpy()
    )
    offsets = pa.array(np.searchsorted(keys, np.arange(len(named) + 1) * SPAN), pa.int32())
    buckets = pa.array((keys % SPAN + LEAST_BUCKET).astype(np.int32))
    moments = _moments(table, group, len(named))
    columns = {
        "label": labels.dictionary.take(pa.array(named // n_metrics)),
        "metric": metrics.dictionary.take(pa.array(named % n_metrics)),
        **moments,
        "buckets": pa.ListArray.from_arrays(offsets, buckets),
        "counts": pa.ListArray.from_arrays(offsets, pa.array(counts)),
        "values": _values(table, group, moments["n"].to_numpy()),
    }
    return pa.table(columns, schema=SCHEMA)


def _values(table: pa.Table, group: npt.NDArray[np.int64], n: npt.NDArray[np.int64]) -> pa.Array:
    """The values of each group, ascending, where they are few enough to be kept."""
    is_kept = n <= EXACT
    owner = np.repeat(group, pc.list_value_length(table["values"]).to_numpy())
    values = pc.list_flatten(table["values"]).to_numpy()
    chosen = is_kept[owner]
    owner, values = owner[chosen], values[chosen]
    offsets = np.zeros(len(n) + 1, np.int32)
    np.cumsum(np.where(is_kept, n, 0), out=offsets[1:])
    ordered = values[np.lexsort((values, owner))]
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(ordered))


def _moments(table: pa.Table, group: npt.NDArray[np.int64], n: int) -> dict[str, pa.Array]:
    columns: dict[str, pa.Array] = {}
    for name in ("n", "n_null", "total", "squares"):
        values = table[name].to_numpy()
        added = np.zeros(n, values.dtype)
        np.add.at(added, group, values)
        columns[name] = pa.array(added)
    for name, extreme, start in (
        ("lowest", np.minimum, math.inf),
        ("highest", np.maximum, -math.inf),
    ):
        reached = np.full(n, start)
        extreme.at(reached, group, pc.fill_null(table[name], start).to_numpy())
        columns[name] = pa.array(reached, mask=np.isinf(reached))
    return columns
