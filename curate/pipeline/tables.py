"""A document shard and its sidecars, read in step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import pyarrow as pa

from curate.config.language import LanguageConfigs
from curate.io import parquet
from curate.io.object_path import local_folder
from curate.io.receipt import FileEntry
from curate.io.store import Store
from curate.pipeline.step import load_receipt

BATCH_ROWS = 256


def data_file(store: Store, step: str, shard: str, role: str = "data") -> FileEntry:
    """The one file of a role that a shard's receipt names."""
    (entry,) = load_receipt(store, step, shard).files_of(role)
    return entry


def read_columns(store: Store, shard: str, wanted: Mapping[str, Sequence[str] | None]) -> pa.Table:
    """Columns from several steps of one shard, side by side.

    Args:
        store: the work folder.
        shard: shard id.
        wanted: step -> columns; None for all.
    """
    joined: pa.Table | None = None
    for step, columns in wanted.items():
        part = parquet.read_table(store.path(data_file(store, step, shard).key), columns)
        joined = part if joined is None else beside(joined, part)
    assert joined is not None
    return joined


def iter_columns(
    store: Store, shard: str, wanted: Mapping[str, Sequence[str]], *, batch_rows: int = BATCH_ROWS
) -> Iterator[pa.Table]:
    """The same, in batches."""
    readers = [
        parquet.iter_tables(
            store.path(data_file(store, step, shard).key), columns, batch_rows=batch_rows
        )
        for step, columns in wanted.items()
    ]
    for parts in zip(*readers, strict=True):
        joined = parts[0]
        for part in parts[1:]:
            joined = beside(joined, part)
        yield joined


def beside(left: pa.Table, right: pa.Table) -> pa.Table:
    """Two tables of the same rows as one."""
    for name in right.column_names:
        left = left.append_column(right.schema.field(name), right[name])
    return left


@lru_cache(maxsize=4)
def language_configs(folder: str) -> LanguageConfigs:
    """The configs of a run, loaded once per worker process."""
    return LanguageConfigs.load(local_folder(folder))
