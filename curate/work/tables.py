"""A document shard and its sidecars, read in step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from curate.errors import StoreError
from curate.io import parquet
from curate.io.process.limits import limits
from curate.io.receipt import FileEntry
from curate.io.store import Store
from curate.work.seal import load_receipt

if TYPE_CHECKING:
    from curate.config.language import LanguageConfigs

BATCH_ROWS = 256


def data_file(store: Store, step: str, shard: str, role: str = "data") -> FileEntry:
    """The one file of a role that a shard's receipt names."""
    (entry,) = load_receipt(store, step, shard).files_of(role)
    return entry


def read_columns(
    store: Store,
    shard: str,
    steps: Mapping[str, Sequence[str] | None],
    *,
    coded: Sequence[str] = (),
) -> pa.Table:
    """Columns from several steps of one shard, side by side.

    Args:
        store: the work folder.
        shard: shard id.
        steps: step -> columns; None for all.
        coded: columns of texts that come as dictionaries.
    """
    joined: pa.Table | None = None
    for step, columns in steps.items():
        path = store.path(data_file(store, step, shard).key)
        part = parquet.read_table(path, columns, [x for x in coded if x in (columns or ())])
        joined = part if joined is None else beside(joined, part)
    assert joined is not None
    return joined


def iter_columns(
    store: Store,
    shard: str,
    steps: Mapping[str, Sequence[str]],
    *,
    batch_rows: int = BATCH_ROWS,
    coded: Sequence[str] = (),
    share: int = 1,
) -> Iterator[pa.Table]:
    """The columns in batches; texts named in ``coded`` come as dictionaries.

    A batch ends at ``batch_rows`` or where the columns of a step would take more bytes than
    :mod:`curate.io.process.limits` allows, or that divided by ``share``, whichever comes first; one
    row may take more.
    """
    most_bytes = limits().batch_bytes // share
    with ExitStack() as stack:
        readers = [
            stack.enter_context(
                parquet.RowReader.of(
                    store.path(data_file(store, step, shard).key),
                    columns,
                    coded=[name for name in coded if name in columns],
                )
            )
            for step, columns in steps.items()
        ]
        while True:
            n = batch_rows
            for reader in readers:
                n = reader.at_hand(n, most_bytes)
            parts = [reader.take(n) for reader in readers]
            if n == 0:
                _require_ended(store, shard, steps, [r.at_hand(1, 1) == 0 for r in readers])
                return
            joined = parts[0]
            for part in parts[1:]:
                joined = beside(joined, part)
            parts = []
            yield joined


def _require_ended(
    store: Store, shard: str, steps: Mapping[str, Sequence[str]], ended: Sequence[bool]
) -> None:
    """Raise StoreError if the tables of a shard have not as many rows each."""
    for step, has_ended in zip(steps, ended, strict=True):
        if not has_ended:
            raise StoreError(
                str(store.path(data_file(store, step, shard).key)),
                wanted=f"as many rows as the other tables of shard {shard!r} have",
                found="more",
                todo="make the stage again: curate run JOB --rerun STAGE",
            )


def beside(left: pa.Table, right: pa.Table) -> pa.Table:
    """Two tables of the same rows as one."""
    for name in right.column_names:
        left = left.append_column(right.schema.field(name), right[name])
    return left


def read_row(
    store: Store, shard: str, row: int, steps: Mapping[str, Sequence[str] | None]
) -> dict[str, Any]:
    """One document's columns from several steps, reading no more than the row groups it is in."""
    row_values: dict[str, Any] = {}
    for step, columns in steps.items():
        path = store.path(data_file(store, step, shard).key)
        row_values.update(parquet.read_rows(path, row, row + 1, columns).to_pylist()[0])
    return row_values


@lru_cache(maxsize=4)
def language_configs(folder: str) -> LanguageConfigs:
    """The configs of a run, loaded once per worker process."""
    from curate.work.copies import load_copy  # takes a while; few tasks need it

    return load_copy(folder)
