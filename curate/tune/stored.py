"""Summaries as Arrow tables: one row for each label and metric, buckets as lists of integers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

import numpy as np
import pyarrow as pa

from curate.errors import InputError
from curate.tune.sketch import Sketch, Summaries, merge

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
    ]
)
"""Columns of a table of summaries; see :class:`curate.tune.sketch.Sketch`."""

_MERGED_AT_ONCE: Final = 32


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
        ],
        schema=SCHEMA,
    )


def _lists(parts: list[np.ndarray], kind: pa.DataType) -> pa.ListArray:
    offsets = np.zeros(len(parts) + 1, np.int32)
    np.cumsum([len(part) for part in parts], out=offsets[1:])
    flat = np.concatenate(parts) if parts else np.zeros(0)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(flat, kind))


def from_table(table: pa.Table, *, where: str) -> Summaries:
    """Read summaries back.

    Raises:
        InputError: the table is none of ours.
    """
    if not table.schema.equals(SCHEMA):
        raise InputError(
            where,
            wanted=f"summaries of metrics, a table with {', '.join(SCHEMA.names)}",
            found=f"a table with {', '.join(table.schema.names) or 'no columns'}",
            todo="make the stage again: curate run JOB --rerun tune",
        )
    found: dict[str, dict[str, Sketch]] = {}
    for batch in table.to_batches():
        columns = {name: batch[name].to_pylist() for name in SCHEMA.names[:8]}
        buckets, counts = batch["buckets"], batch["counts"]
        numbers = buckets.values.to_numpy(zero_copy_only=False)
        sizes = counts.values.to_numpy(zero_copy_only=False)
        borders = buckets.offsets.to_numpy()
        for i in range(batch.num_rows):
            part = slice(borders[i], borders[i + 1])
            lowest, highest = columns["lowest"][i], columns["highest"][i]
            found.setdefault(columns["label"][i], {})[columns["metric"][i]] = Sketch(
                n=columns["n"][i],
                n_null=columns["n_null"][i],
                total=columns["total"][i],
                squares=columns["squares"][i],
                lowest=math.inf if lowest is None else lowest,
                highest=-math.inf if highest is None else highest,
                buckets=numbers[part],
                counts=sizes[part],
            )
    return found


def merge_tables(tables: Iterable[pa.Table], *, where: str) -> Summaries:
    """The summary of the rows behind all tables.

    Few are held at a time, so that memory is that of the result, however many there are.

    Raises:
        InputError: a table is none of ours.
    """
    found: Summaries = {}
    waiting: list[Summaries] = []
    for table in tables:
        waiting.append(from_table(table, where=where))
        if len(waiting) == _MERGED_AT_ONCE:
            found, waiting = merge(found, *waiting), []
    return merge(found, *waiting)
