"""A file read by offset: bounded reads and a search that never holds more than one block."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from curate.errors import InputError

_FIRST_BYTES = 4096
_BLOCK_BYTES = 1 << 20


class Source:
    """One input file, opened for reading at any offset.

    Args:
        path: a local file.

    Raises:
        InputError: the file does not exist, is a folder or may not be read.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        try:
            self.size = Path(path).stat().st_size
            self._file = Path(path).open("rb", buffering=1 << 18)  # noqa: SIM115 - see close
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError) as error:
            raise InputError(
                path,
                wanted="a file that can be read",
                found=error.strerror or type(error).__name__,
                todo="check the path and its permissions in the job's inputs",
            ) from error

    def read(self, offset: int, n_bytes: int) -> bytes:
        """Up to ``n_bytes`` from ``offset``; fewer only at the end of the file."""
        self._file.seek(offset)
        return self._file.read(n_bytes)

    def find(self, needle: bytes, start: int, accept: Callable[[int], bool]) -> int:
        """Offset of the first ``needle`` at or after ``start`` that is accepted, else the size."""
        overlap = len(needle) - 1
        at, n_bytes = start, _FIRST_BYTES  # mostly it is near; a file of nothing else is read once
        while at < self.size:
            block = self.read(at, n_bytes + overlap)
            hit = block.find(needle)
            while hit >= 0:
                if accept(at + hit):
                    return at + hit
                hit = block.find(needle, hit + 1)
            at += n_bytes
            n_bytes = min(4 * n_bytes, _BLOCK_BYTES)
        return self.size

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class SourceFile(io.RawIOBase):
    """Bytes ``[start, end)`` of a source as a file; without ``end``, to the last byte."""

    def __init__(self, source: Source, start: int = 0, end: int | None = None) -> None:
        self._source = source
        self._start = start
        self._at = start
        self._end = source.size if end is None else end

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = (self._start, self._at, self._end)[whence]
        self._at = min(max(base + offset, self._start), self._end)
        return self._at - self._start

    def tell(self) -> int:
        return self._at - self._start

    def read(self, size: int = -1, /) -> bytes:
        left = self._end - self._at
        block = self._source.read(self._at, left if size < 0 else min(size, left))
        self._at += len(block)
        return block
