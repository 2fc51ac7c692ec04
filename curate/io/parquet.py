"""Reading the Parquet files that receipts name."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curate.errors import StoreError
from curate.io.object_path import ObjectPath, RangeFile


def read_table(
    path: Path, columns: Sequence[str] | None = None, coded: Sequence[str] = ()
) -> pa.Table:
    """Read a whole file, or some of its columns; see :func:`iter_tables` for ``coded``.

    Raises:
        StoreError: the file is gone or damaged.
    """
    with open_parquet(path, coded) as file:
        table = file.read(columns=None if columns is None else list(columns))
    return table.unify_dictionaries() if coded else table


def iter_tables(
    path: Path,
    columns: Sequence[str] | None = None,
    *,
    batch_rows: int = 256,
    coded: Sequence[str] = (),
) -> Iterator[pa.Table]:
    """Read a file in order, in tables of exactly ``batch_rows`` rows but for the last.

    The size is exact so that a document shard and its sidecars, whose row groups differ, can be
    read in step. Texts named in ``coded`` come as dictionaries, which spares making each of them.
    """
    with open_parquet(path, coded) as file:
        names = None if columns is None else list(columns)
        rest = file.schema_arrow.empty_table().select(names or file.schema_arrow.names)
        for batch in file.iter_batches(batch_size=batch_rows, columns=names):
            rest = pa.concat_tables([rest, pa.Table.from_batches([batch])])
            while rest.num_rows >= batch_rows:
                yield rest.slice(0, batch_rows)
                rest = rest.slice(batch_rows)
        if rest.num_rows:
            yield rest


class RowReader:
    """A file read in order, as many rows at a time as whoever reads it wants.

    So a document shard and its sidecars, whose row groups differ, can be read in step.
    """

    def __init__(self, file: pq.ParquetFile, columns: Sequence[str] | None) -> None:
        self._names = file.schema_arrow.names if columns is None else list(columns)
        self._rest = file.schema_arrow.empty_table().select(self._names)
        self._pieces = _pieces(file, self._names)

    @classmethod
    @contextlib.contextmanager
    def of(
        cls, path: Path, columns: Sequence[str] | None = None, *, coded: Sequence[str] = ()
    ) -> Iterator[RowReader]:
        """The reader of a file; see :func:`iter_tables` for the arguments."""
        with open_parquet(path, coded) as file:
            yield cls(file, columns)

    def at_hand(self, most_rows: int, most_bytes: int) -> int:
        """How many rows can be taken: as many as both limits allow, one at least; 0 at the end."""
        while self._rest.num_rows < most_rows and self._rest.nbytes <= most_bytes:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._rest = pa.concat_tables([self._rest, piece])
        n: int = min(most_rows, self._rest.num_rows)
        if n < 2 or self._rest.slice(0, n).nbytes <= most_bytes:
            return n
        least = 1
        while least < n:  # the most rows that fit
            middle = (least + n + 1) // 2
            if self._rest.slice(0, middle).nbytes <= most_bytes:
                least = middle
            else:
                n = middle - 1
        return least

    def take(self, n: int) -> pa.Table:
        """The next rows, of which so many are at hand."""
        rows, self._rest = self._rest.slice(0, n), self._rest.slice(n)
        return rows


_PIECE_BYTES = 8 << 20


def _pieces(file: pq.ParquetFile, names: list[str]) -> Iterator[pa.Table]:
    """The rows in order, as tables of some megabytes."""
    for number in range(file.num_row_groups):
        group = file.metadata.row_group(number)
        rows = max(group.num_rows * _PIECE_BYTES // max(group.total_byte_size, 1), 1)
        for batch in file.iter_batches(min(rows, 1 << 16), row_groups=[number], columns=names):
            yield pa.Table.from_batches([batch])


def read_rows(path: Path, start: int, stop: int, columns: Sequence[str] | None = None) -> pa.Table:
    """Rows ``start`` to ``stop`` of a file, reading only the row groups that hold them."""
    names = None if columns is None else list(columns)
    with open_parquet(path) as file:
        groups: list[int] = []
        first = position = 0
        for index in range(file.num_row_groups):
            rows = file.metadata.row_group(index).num_rows
            if position + rows > start and position < stop:
                if not groups:
                    first = position
                groups.append(index)
            position += rows
        if not groups:
            return file.schema_arrow.empty_table().select(names or file.schema_arrow.names)
        return file.read_row_groups(groups, columns=names).slice(start - first, stop - start)


def take_rows(path: Path, rows: npt.NDArray[np.int64], columns: Sequence[str]) -> pa.Table:
    """Some rows of a file, in their order; one row group at a time, and only those that hold any.

    Args:
        path: the file.
        rows: int64[n], rising.
        columns: to read.
    """
    with open_parquet(path) as file:
        names = list(columns)
        parts = [file.schema_arrow.empty_table().select(names)]
        first = 0
        for index in range(file.num_row_groups):
            stop = first + file.metadata.row_group(index).num_rows
            inside = rows[(rows >= first) & (rows < stop)] - first
            if inside.size:
                parts.append(file.read_row_group(index, columns=names).take(pa.array(inside)))
            first = stop
        return pa.concat_tables(parts)


def read_where(path: Path, column: str, value: str) -> pa.Table:
    """The rows with a value in a column that the file is sorted by, reading few row groups."""
    with open_parquet(path) as file:
        index = file.schema_arrow.get_field_index(column)
        groups = []
        for number in range(file.num_row_groups):
            statistics = file.metadata.row_group(number).column(index).statistics
            if (
                statistics is None
                or not statistics.has_min_max
                or statistics.min <= value <= statistics.max
            ):
                groups.append(number)
        table = file.read_row_groups(groups) if groups else file.schema_arrow.empty_table()
        return table.filter(pc.equal(table[column], value))


def to_bytes(table: pa.Table, *, group_rows: int) -> bytes:
    """A table as a Parquet file in memory."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, row_group_size=group_rows, compression="zstd")
    written: bytes = sink.getvalue().to_pybytes()
    return written


def from_bytes(data: bytes) -> pa.Table:
    """The table of :func:`to_bytes`."""
    return pq.read_table(pa.BufferReader(data))


def count_rows(path: Path) -> int:
    """Number of rows, from the footer."""
    with open_parquet(path) as file:
        return int(file.metadata.num_rows)


@contextlib.contextmanager
def open_parquet(path: Path, coded: Sequence[str] = ()) -> Iterator[pq.ParquetFile]:
    """Open a file of ours.

    Raises:
        StoreError: it is gone or damaged, as found here or while it is read.
    """
    try:
        with _opened(path, coded) as file:
            yield file
    except (OSError, pa.ArrowException) as error:
        raise StoreError(
            str(path),
            wanted="a Parquet file that a receipt names",
            found=str(error).splitlines()[0][:200],
            todo="make the stage again: curate run JOB --rerun STAGE",
        ) from error


def _opened(path: Path, coded: Sequence[str]) -> pq.ParquetFile:
    names = list(coded)
    if isinstance(path, ObjectPath):  # neighbouring columns are fetched together
        file = pa.PythonFile(RangeFile(path), mode="r")
        return pq.ParquetFile(file, pre_buffer=True, read_dictionary=names)
    return pq.ParquetFile(path, memory_map=True, read_dictionary=names)


def read_schema(path: Path) -> pa.Schema:
    """The columns of a file, without what its writer noted beside them."""
    with open_parquet(path) as file:
        schema: pa.Schema = file.schema_arrow.remove_metadata()
    return schema


def least_and_greatest(path: Path, column: str) -> list[str]:
    """Least and greatest text of a column, by the statistics in the file's footer."""
    texts = []
    with open_parquet(path) as file:
        place = file.schema_arrow.get_field_index(column)
        for group in range(file.metadata.num_row_groups if place >= 0 else 0):
            chunks = (
                file.metadata.row_group(group).column(n) for n in range(file.metadata.num_columns)
            )
            for chunk in chunks:
                if chunk.path_in_schema == column and chunk.statistics is not None:
                    texts += [chunk.statistics.min, chunk.statistics.max]
    return [text for text in texts if isinstance(text, str)]
