"""Which rows of which files go to a destination: an index of a sealed split, and look-ups in it.

A shuffle has as many look-ups as destinations, and each would read every receipt. So sealing a step
turns the ranges of its receipts on their side, into a table sorted by destination of which a
look-up reads a row group or two.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from curate.errors import StoreError
from curate.io import layout, parquet
from curate.io.receipt import Receipt
from curate.io.store import Store
from curate.work.seal import iter_receipts, seal_field

RANGES = "ranges"
GROUP_ROWS = 16_384
GATHERED = 262_144
"""Ranges that wait as Python objects, of which each takes some 250 bytes."""

SCHEMA = pa.schema(
    [
        ("goal", pa.string()),
        ("shard", pa.int32()),
        ("key", pa.string()),
        ("start", pa.int64()),
        ("stop", pa.int64()),
    ]
)


def _goal(name: str, destination: str) -> str:
    return f"{name} {destination}"


def _of_receipt(receipt: Receipt) -> Iterator[tuple[str, str, int, int]]:
    """(goal, key, start, stop) of every range that a receipt counts.

    ``ranges`` are those of its file with the role ``data``, ``ranges of x`` of that with the role
    ``x``.
    """
    for name, ranges in receipt.counts.items():
        if name == RANGES or name.startswith(f"{RANGES} of "):
            if not ranges:
                continue
            (entry,) = receipt.files_of(
                name.removeprefix(f"{RANGES} of ") if " " in name else "data"
            )
            for destination, (start, stop) in ranges.items():
                yield _goal(name, destination), entry.key, start, stop


def index_of(receipts: Iterable[Receipt]) -> bytes | None:
    """The index as a Parquet file; None if the step splits nothing."""
    parts: list[pa.Table] = []
    columns: list[list[Any]] = [[] for _ in SCHEMA]
    for number, receipt in enumerate(receipts):
        for goal, key, start, stop in _of_receipt(receipt):
            for column, value in zip(columns, (goal, number, key, start, stop), strict=True):
                column.append(value)
        if len(columns[0]) > GATHERED:
            parts.append(pa.table(columns, schema=SCHEMA))
            columns = [[] for _ in SCHEMA]
    if not parts and not columns[0]:
        return None
    table = pa.concat_tables([*parts, pa.table(columns, schema=SCHEMA)])
    return parquet.to_bytes(
        table.sort_by([("goal", "ascending"), ("shard", "ascending")]), group_rows=GROUP_ROWS
    )


@lru_cache(maxsize=64)
def _compared(path: Path, digest: str) -> Path:
    """An index itself, once a process has compared it with its name."""
    try:
        with path.open("rb") as file:
            actual = hashlib.file_digest(file, "sha256").hexdigest()[: len(digest)]
    except FileNotFoundError:
        actual = "none"
    if actual != digest:
        raise StoreError(
            str(path),
            wanted="the index that the stage's seal names",
            found="none" if actual == "none" else "other bytes",
            todo="delete this file and _SEALED.json beside it; the next run makes both again",
        )
    return path


def iter_ranges(
    store: Store, step: str, destination: str, role: str = "data"
) -> Iterator[tuple[str, int, int]]:
    """(key, start, stop) of the rows that a split step holds for a destination, in plan order."""
    goal = _goal(RANGES if role == "data" else f"{RANGES} of {role}", destination)
    digest = seal_field(store, step, "ranges")
    if digest is None:  # not sealed, or sealed before there were indexes
        for receipt in iter_receipts(store, step):
            for to, key, start, stop in _of_receipt(receipt):
                if to == goal:
                    yield key, start, stop
        return
    path = _compared(store.path(layout.ranges_key(step, digest)), digest)
    for row in parquet.read_where(path, "goal", goal).to_pylist():
        yield row["key"], row["start"], row["stop"]
