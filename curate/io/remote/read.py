"""Inputs behind an address: S3, HTTP(S) and whatever else fsspec knows, read by ranges.

A remote file is read in blocks of 8 MiB, of which two are kept: extraction is so much slower than
any network that reading ahead would gain nothing. A request that fails is repeated from the
offset reached, with growing pauses and smaller ranges. A server that sends no ranges, or no size,
is read once, front to back, into a temporary file. Bytes that a server promised and never sent
are an error, never the end of the file.

Credentials and endpoints come from where fsspec finds them: ``AWS_*``, ``FSSPEC_*``, its config
files.
"""

from __future__ import annotations

import tempfile
from collections import OrderedDict
from collections.abc import Iterator
from typing import IO, Any

from curate.io.remote.ask import HTTP, Patience, ShortError, filesystem_of, patiently, size_of
from curate.io.source import Source
from curate.redact import redact

BLOCK_BYTES = 8 << 20
_KEPT_BLOCKS = 2
_SMALLEST_BYTES = 64 << 10


def is_remote(path: str) -> bool:
    """Whether an input is an address and not a path."""
    return "://" in path


def open_source(path: str) -> Source:
    """The input at a path or an address, opened for reading at any offset.

    Raises:
        InputError: it is missing, may not be read, or the server does not answer.
    """
    return RemoteSource(path) if is_remote(path) else Source(path)


class RemoteSource(Source):
    """One remote file, read at any offset in blocks; see the module.

    Args:
        url: its address.

    Raises:
        InputError: from every method that asks the server.
    """

    def __init__(self, url: str) -> None:
        self.path = redact(url)  # what stands in tables and messages
        self._filesystem, self._name = filesystem_of(url)
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._handle: Any = None
        self._local: IO[bytes] | None = None
        size = size_of(url, self._filesystem, self._name)
        self.size = size or 0
        if size is None:
            self._copy(None)

    def read(self, offset: int, n_bytes: int) -> bytes:
        """See :meth:`Source.read`."""
        end = min(offset + n_bytes, self.size)
        parts = []
        while offset < end and self._local is None:
            first = offset - offset % BLOCK_BYTES
            block = self._block(first)
            if block is None:
                break
            parts.append(block[offset - first : end - first])
            offset += len(parts[-1])
        if offset < end and self._local is not None:
            self._local.seek(offset)
            parts.append(self._local.read(end - offset))
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def close(self) -> None:
        """Give back the blocks and the temporary file."""
        self._blocks.clear()
        if self._local is not None:
            self._local.close()
        if self._handle is not None:
            self._handle.close()

    def _block(self, first: int) -> bytes | None:
        """The block that begins at ``first``; None once the file has a local copy instead."""
        block = self._blocks.get(first)
        if block is None:
            try:
                block = b"".join(self._fetch(first, min(first + BLOCK_BYTES, self.size)))
            except _NoRangesError:
                self._copy(self.size)
                return None
            self._blocks[first] = block
            if len(self._blocks) > _KEPT_BLOCKS:
                self._blocks.popitem(last=False)
        self._blocks.move_to_end(first)
        return block

    def _fetch(self, at: int, end: int) -> Iterator[bytes]:
        """Bytes ``[at, end)``, asked for again from where a connection broke off."""
        patience = Patience(self.path)
        step = end - at
        while at < end:
            try:
                part = self._range(at, min(at + step, end))
            except _NoRangesError:
                raise
            except Exception as error:
                patience.failed(error)
                step = max(step // 4, _SMALLEST_BYTES)
                continue
            if part:
                patience.worked()
                at += len(part)
                yield part
            else:
                patience.failed(ShortError(f"{at} of the {self.size} bytes that were announced"))

    def _range(self, start: int, end: int) -> bytes:
        if self._handle is None:
            self._handle = self._filesystem.open(
                self._name, "rb", block_size=BLOCK_BYTES, cache_type="none"
            )
            if "Stream" in type(self._handle).__name__:  # HTTP with `Accept-Ranges: none`
                raise _NoRangesError
        try:
            self._handle.seek(start)
            part: bytes = self._handle.read(end - start)
        except ValueError as error:
            if self.path.startswith(HTTP):  # the whole file came instead of the range
                raise _NoRangesError from error
            raise
        return part

    def _copy(self, size: int | None) -> None:
        """Read the whole file into a temporary one, again from its beginning if need be."""
        self._local = tempfile.TemporaryFile()  # noqa: SIM115 - see close
        local = self._local

        def copy() -> int:
            local.seek(0)
            local.truncate()
            with self._filesystem.open(self._name, "rb", block_size=0) as stream:
                while part := stream.read(1 << 20):
                    local.write(part)
            n_bytes = local.tell()
            if size is not None and n_bytes != size:
                raise ShortError(f"{n_bytes} of the {size} bytes that were announced")
            return n_bytes

        self.size = patiently(self.path, copy)


class _NoRangesError(Exception):
    """The server sends whole files only."""
