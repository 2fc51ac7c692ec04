"""Shuffle through storage: rows sorted by destination in one file, read back by row ranges.

A split task writes one file whose rows are grouped by partition and notes the row range of each
partition in its receipt. A group task reads its range from every split file, and writes its
answer grouped by origin in the same way, so that a last task can gather what belongs to its shard
in row order. A task that writes several such files tells them apart by their roles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.io import parquet
from curate.io.commit import COMPRESSION, Attempt
from curate.io.receipt import Receipt
from curate.io.store import Store
from curate.work.ranges import iter_ranges
from curate.work.seal import iter_receipts

Ranges = dict[str, list[int]]
DATA = "data"

_GROUPS = 512
"""Row groups of a file at most, about: each costs a few hundred bytes of every reader."""

ADDED_ROWS = 1_000_000
"""Rows of counts that are held before they are added up: some 50 MB."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows ``start`` to ``stop`` of one file."""

    key: str
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start


def write_grouped(
    attempt: Attempt,
    table: pa.Table,
    destination: npt.NDArray[Any],
    role: str = DATA,
    *,
    compression: str = COMPRESSION,
) -> Ranges:
    """Write rows grouped by destination (stable) and return {destination: [start, stop]}.

    Args:
        attempt: writes the file.
        table: the rows.
        destination: integer[n], where each goes.
        role: role of the file.
        compression: ``none`` for rows of hashes, which no codec makes smaller.
    """
    is_sorted = bool(np.all(destination[:-1] <= destination[1:]))
    order = np.arange(len(destination)) if is_sorted else np.argsort(destination, kind="stable")
    sorted_ = destination[order]
    first = np.flatnonzero(np.diff(sorted_, prepend=sorted_[:1] + 1)) if len(order) else order
    part = "" if role == DATA else f"-{role}"
    rows = max(4096, len(order) // min(_GROUPS, len(first) + 1))
    writer = attempt.writer(
        table.schema, role=role, part=part, row_group_rows=rows, compression=compression
    )
    if len(order):
        writer.write(table.combine_chunks() if is_sorted else table.take(pa.array(order)))
    borders = [*first.tolist(), len(order)]
    return {str(v): list(borders[i : i + 2]) for i, v in enumerate(sorted_[first].tolist())}


def ranges_name(role: str) -> str:
    """Under which name a receipt counts the row ranges of a role."""
    return "ranges" if role == DATA else f"ranges of {role}"


def receipts_of(store: Store, step: str) -> Iterator[Receipt]:
    """Receipts of every shard of a step, in plan order, one at a time."""
    return iter_receipts(store, step)


def piece_of(receipt: Receipt, destination: str, role: str = DATA) -> Piece | None:
    """The rows that one shard of a split holds for a destination, if any."""
    rows: Sequence[int] | None = receipt.counts[ranges_name(role)].get(destination)
    if rows is None:
        return None
    (entry,) = receipt.files_of(role)
    return Piece(entry.key, rows[0], rows[1])


def pieces(store: Store, step: str, destination: str, role: str = DATA) -> list[Piece]:
    """The rows that the shards of ``step`` hold for one destination, in plan order."""
    return [Piece(*rows_of_key) for rows_of_key in iter_ranges(store, step, destination, role)]


def read_piece(store: Store, piece: Piece) -> pa.Table:
    """The rows themselves."""
    return parquet.read_rows(store.path(piece.key), piece.start, piece.stop)


def read_grouped(store: Store, step: str, destination: str, role: str = DATA) -> Iterator[pa.Table]:
    """The rows that each shard of ``step`` holds for one destination, in plan order."""
    for piece in pieces(store, step, destination, role):
        yield read_piece(store, piece)


def added_up(tables: Iterable[pa.Table], add: Callable[[pa.Table], pa.Table]) -> pa.Table:
    """The sum of tables that are read one after the other, of which few are held at a time.

    Args:
        tables: at least one.
        add: sums rows of equal keys up, also of tables that were summed before.
    """
    held: list[pa.Table] = []
    n, limit = 0, ADDED_ROWS
    for table in tables:
        held.append(table)
        n += table.num_rows
        if n > limit:
            held = [add(pa.concat_tables(held))]
            n = held[0].num_rows
            limit = max(ADDED_ROWS, 2 * n)  # else sums as large as the limit are made each time
    return add(pa.concat_tables(held))


def read_all(store: Store, step: str, role: str) -> Iterator[pa.Table]:
    """Every table of a role that a step's receipts name, in plan order."""
    for receipt in receipts_of(store, step):
        for entry in receipt.files_of(role):
            yield parquet.read_table(store.path(entry.key))
