"""Shuffle through storage: rows sorted by destination in one file, read back by row ranges.

A split task writes one file whose rows are grouped by partition and notes the row range of each
partition in its receipt. A group task reads its range from every split file, and writes its
answer grouped by origin shard in the same way, so that a last task can gather what belongs to
its shard in row order.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.io import parquet
from curate.io.commit import Attempt
from curate.io.store import Store
from curate.pipeline.ranges import iter_ranges
from curate.pipeline.step import iter_receipts

Ranges = dict[str, list[int]]


def write_grouped(
    attempt: Attempt, table: pa.Table, destination: npt.NDArray[np.int64], role: str = "data"
) -> Ranges:
    """Write rows grouped by destination (stable) and return {destination: [start, stop]}."""
    order = np.argsort(destination, kind="stable")
    attempt.write(table.take(pa.array(order)), role=role)
    values, starts = np.unique(destination[order], return_index=True)
    borders = [*starts.tolist(), len(order)]
    return {str(v): list(borders[i : i + 2]) for i, v in enumerate(values.tolist())}


def read_grouped(store: Store, step: str, destination: str) -> Iterator[pa.Table]:
    """The rows that each shard of ``step`` holds for one destination, in plan order."""
    for key, start, stop in iter_ranges(store, step, destination):
        yield parquet.read_rows(store.path(key), start, stop)


def read_all(store: Store, step: str, role: str) -> Iterator[pa.Table]:
    """Every table of a role that a step's receipts name, in plan order."""
    for receipt in iter_receipts(store, step):
        for entry in receipt.files_of(role):
            yield parquet.read_table(store.path(entry.key))
