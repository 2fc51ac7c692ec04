"""Rows of Parquet files that others wrote, in blocks whose bytes are bounded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curate.io.damage import Damage
from curate.io.remote.read import is_remote
from curate.io.source import Source, SourceFile
from curate.io.texts.jsonl import MAX_LINE_BYTES
from curate.io.texts.values import OPEN, OUT_OF_RANGE

MAGIC: Final = b"PAR1"
BLOCK_ROWS: Final = 1024
BLOCK_BYTES: Final = 2 << 20
"""Bytes that a block has on average, of a row group with larger rows than these allow."""

_BUFFER_BYTES: Final = 1 << 20


class ParquetRows:
    """A Parquet file, row group by row group.

    Args:
        source: the file, open.

    Raises:
        pa.ArrowException, OSError: it is none, or cut.
    """

    def __init__(self, source: Source) -> None:
        self._path = source.path
        # Without a buffer the reader takes the whole of a column's part of a row group.
        self._file = pq.ParquetFile(
            SourceFile(source) if is_remote(source.path) else source.path,
            buffer_size=_BUFFER_BYTES,
            pre_buffer=False,
        )
        self.schema: pa.Schema = self._file.schema_arrow

    def __enter__(self) -> ParquetRows:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def blocks(
        self, roots: Sequence[str], rows: int
    ) -> Iterator[tuple[int, pa.RecordBatch] | Damage]:
        """Number of the first row, and the rows; a broken row group is damage, the others are read.

        Args:
            roots: the top-level columns to read.
            rows: most rows of a block.
        """
        first = 0
        for index in range(self._file.num_row_groups):
            group = self._file.metadata.row_group(index)
            number = first
            size = min(rows, BLOCK_ROWS, _rows_of(group, roots))
            try:
                batches = self._file.iter_batches(size, row_groups=[index], columns=list(roots))
                while (block := next(batches, None)) is not None:
                    n_rows = block.num_rows
                    numbered, block = (number, block), None  # held by nobody while it is used
                    yield numbered
                    del numbered
                    number += n_rows
            except (pa.ArrowException, OSError) as error:
                offset = group.column(0).data_page_offset
                detail = f"parquet: rows {number} to {first + group.num_rows}: {error}"
                yield Damage("corrupt", self._path, offset, group.total_byte_size, detail[:200])
            first += group.num_rows


def _rows_of(group: Any, roots: Sequence[str]) -> int:  # noqa: ANN401 - pyarrow's RowGroupMetaData
    """How many of its rows have BLOCK_BYTES, if they are alike."""
    names = set(roots)
    n_bytes: int = sum(
        column.total_uncompressed_size
        for column in map(group.column, range(group.num_columns))
        if {column.path_in_schema, column.path_in_schema.partition(".")[0]} & names
    )
    n_rows: int = group.num_rows
    return max(1, BLOCK_BYTES * n_rows // max(1, n_bytes))


def without_giants(block: pa.RecordBatch) -> tuple[pa.RecordBatch, list[int]]:
    """A block with null for texts that are larger than any line may be, and the rows of these."""
    rows: set[int] = set()
    for at, column in enumerate(block.columns):
        if not _is_text(column.type) or column.nbytes <= MAX_LINE_BYTES:
            continue
        is_giant = pc.fill_null(pc.greater(pc.binary_length(column), MAX_LINE_BYTES), False)
        if pc.any(is_giant).as_py():
            rows.update(pc.indices_nonzero(is_giant).to_pylist())
            column = pc.if_else(is_giant, pa.scalar(None, column.type), column)
            block = block.set_column(at, block.schema.field(at), column)
    return block, sorted(rows)


def _is_text(kind: pa.DataType) -> bool:
    is_string = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    return bool(is_string or pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def rows_of_block(block: pa.RecordBatch) -> list[dict[str, Any]]:
    """The rows of a block, maps as objects; bytes of a text that are no UTF-8 become U+FFFD.

    Parquet files may hold any bytes in a column of text, and times that no calendar has: not every
    writer looks at them.
    """
    names = block.schema.names
    columns = [_values(column) for column in block.columns]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _values(column: pa.Array) -> list[Any]:
    try:
        values: list[Any] = column.to_pylist()
    except (UnicodeDecodeError, ValueError, OverflowError):
        values = _lenient(column)
    if not _holds_map(column.type):
        return values
    return [_plain(value, column.type) for value in values]


def _lenient(column: pa.Array) -> list[Any]:
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        raw = column.cast(pa.large_binary()).to_pylist()
        return [None if value is None else value.decode("utf-8", "replace") for value in raw]
    values = []
    for scalar in column:
        try:
            values.append(scalar.as_py())
        except UnicodeDecodeError:
            values.append(None)  # deep inside a nested value: as good as absent
        except (ValueError, OverflowError):
            values.append(OUT_OF_RANGE if pa.types.is_temporal(column.type) else None)
    return values


def _holds_map(kind: pa.DataType) -> bool:
    if pa.types.is_struct(kind):
        return any(_holds_map(kind.field(i).type) for i in range(kind.num_fields))
    return bool(pa.types.is_map(kind))


def _plain(value: Any, kind: pa.DataType) -> Any:  # noqa: ANN401 - any value
    """A value with its maps as objects, also those inside structs."""
    if value is None:
        return None
    if pa.types.is_map(kind):
        return {key: _plain(item, kind.item_type) for key, item in value}
    if pa.types.is_struct(kind):
        return {
            kind.field(i).name: _plain(value.get(kind.field(i).name), kind.field(i).type)
            for i in range(kind.num_fields)
        }
    return value


def skeleton(kind: pa.DataType) -> Any:  # noqa: ANN401 - nested dicts
    """A type as nested dicts, to look names up in; ``OPEN`` where a map or a text may have any."""
    if pa.types.is_struct(kind):
        return {kind.field(i).name: skeleton(kind.field(i).type) for i in range(kind.num_fields)}
    if pa.types.is_map(kind) or _is_text(kind) or pa.types.is_string_view(kind):
        return OPEN
    return None
