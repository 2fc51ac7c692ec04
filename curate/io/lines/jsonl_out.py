"""Writing JSON Lines, compressed with zstd: one object a row, the same bytes for the same rows."""

from __future__ import annotations

import contextlib
import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa

from curate.errors import StoreError
from curate.io.store import explained, sync_path

JSONL_ZST: Final = "jsonl.zst"
_BLOCK_BYTES: Final = 1 << 20


class JsonlWriter:
    """A file being written by an attempt, batch by batch.

    Text is UTF-8 as it stands, not escaped, and a null is ``null``.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path = path
        self.schema = schema
        self.rows = 0
        with explained(path, "write"):
            self._file = pa.OSFile(str(path), "wb")
            self._stream = pa.CompressedOutputStream(self._file, "zstd")

    def write(self, table: pa.Table) -> None:
        """Append rows; columns must be the file's, in its order, and are cast to its types."""
        rows = table.cast(self.schema).to_pylist()
        dumped = (json.dumps(row, ensure_ascii=False, default=as_json) for row in rows)
        lines = [line.encode("utf-8", "replace") for line in dumped]
        with explained(self.path, "write"):
            self._stream.write(b"".join(line + b"\n" for line in lines))
        self.rows += table.num_rows

    def close(self) -> None:
        """Finish the file and make it durable."""
        with explained(self.path, "write"):
            self._stream.close()
            self._file.close()
            sync_path(self.path)

    def abandon(self) -> None:
        """Let go of a file that nobody will read; silent, since something else is the matter."""
        with contextlib.suppress(Exception):
            self._stream.close()
        with contextlib.suppress(Exception):
            self._file.close()


def as_json(value: object) -> str:
    """A time, a decimal number or bytes of a kept column, which JSON has only as text."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else str(value)


def count_lines(path: Path) -> int:
    """Number of rows.

    Raises:
        StoreError: the file is gone or damaged.
    """
    return sum(block.count(b"\n") for block in _blocks(path))


def read_json_lines(path: Path) -> Iterator[bytes]:
    """Every line of a file, without its end.

    Raises:
        StoreError: the file is gone or damaged.
    """
    rest = b""
    for block in _blocks(path):
        *lines, rest = (rest + block).split(b"\n")
        yield from lines


def _blocks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file, pa.CompressedInputStream(file, "zstd") as stream:
            while block := stream.read(_BLOCK_BYTES):
                yield block
    except (OSError, pa.ArrowException) as error:
        raise StoreError(
            str(path),
            wanted="a file of JSON Lines that a receipt names",
            found=str(error).splitlines()[0][:200],
            todo="make the stage again: curate run JOB --rerun emit",
        ) from error
