"""Lines in zstd frames that can be read each by itself, with the table that says where they are.

A file is a row of frames, each of whole lines, and ends with a seek table in a skippable frame
(zstd's *seekable format* 0.1.0). Whoever does not know the table decompresses the file as any other
zstd file; whoever does reads a range of lines without what stands before it.
"""

from __future__ import annotations

import contextlib
import hashlib
import struct
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import Final, NamedTuple

import pyarrow as pa

from curate.errors import StoreError
from curate.io.object_path import ObjectPath, RangeFile
from curate.io.store import explained, sync_path

FRAME_BYTES: Final = 512 << 10
"""Uncompressed bytes of a frame, if no line is longer."""

_SKIPPABLE: Final = 0x184D2A5E
_SEEKABLE: Final = 0x8F92EAB1
_ENTRY: Final = struct.Struct("<II")
_FOOTER: Final = struct.Struct("<IBI")
_HEAD: Final = struct.Struct("<II")


class Frame(NamedTuple):
    """One frame: where it begins in the file, its bytes there, and those of its lines."""

    offset: int
    n_bytes: int
    line_bytes: int


class FrameWriter:
    """A file of lines being written, frame by frame.

    Args:
        path: the file to make.
        level: of zstd.
        frame_bytes: where :meth:`write_lines` ends a frame.
    """

    def __init__(self, path: Path, *, level: int, frame_bytes: int = FRAME_BYTES) -> None:
        self.path = path
        self.rows = 0
        self.line_bytes = 0
        self._codec = pa.Codec("zstd", compression_level=level)
        self._frame_bytes = frame_bytes
        self._waiting = bytearray()
        self._frames: list[Frame] = []
        self._at = 0
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._lines_md5 = hashlib.md5(usedforsecurity=False)
        with explained(path, "write"):
            self._file = path.open("wb")

    @property
    def md5(self) -> str:
        """MD5 of the closed file."""
        return self._md5.hexdigest()

    @property
    def lines_md5(self) -> str:
        """MD5 of its lines, uncompressed."""
        return self._lines_md5.hexdigest()

    def write_lines(self, lines: bytes) -> None:
        """Append whole lines; frames end where the next line would make them too large."""
        self._waiting += lines
        while len(self._waiting) > self._frame_bytes:
            end = self._waiting.rfind(b"\n", 0, self._frame_bytes) + 1
            end = end or self._waiting.find(b"\n", self._frame_bytes) + 1
            self.write_frame(bytes(self._waiting[:end]))
            del self._waiting[:end]

    def write_frame(self, lines: bytes) -> Frame:
        """Append whole lines as one frame, and say where it is."""
        packed: bytes = self._codec.compress(lines, asbytes=True)
        frame = Frame(self._at, len(packed), len(lines))
        self._frames.append(frame)
        self.rows += lines.count(b"\n")
        self.line_bytes += len(lines)
        self._lines_md5.update(lines)
        self._put(packed)
        return frame

    def _put(self, data: bytes) -> None:
        with explained(self.path, "write"):
            self._file.write(data)
        self._md5.update(data)
        self._at += len(data)

    def close(self) -> None:
        """Finish the file with its seek table and make it durable; again, it does nothing."""
        if self._file.closed:
            return
        if self._waiting:
            self.write_frame(bytes(self._waiting))
            self._waiting.clear()
        self._put(seek_table(self._frames))
        with explained(self.path, "write"):
            self._file.close()
            sync_path(self.path)

    def abandon(self) -> None:
        """Let go of a file that nobody will read; silent, since something else is the matter."""
        with contextlib.suppress(OSError):
            self._file.close()


def seek_table(frames: list[Frame]) -> bytes:
    """The skippable frame that ends a file."""
    entries = b"".join(_ENTRY.pack(f.n_bytes, f.line_bytes) for f in frames)
    body = entries + _FOOTER.pack(len(frames), 0, _SEEKABLE)
    return _HEAD.pack(_SKIPPABLE, len(body)) + body


def read_frames(path: Path) -> list[Frame]:
    """The frames of a file, by its seek table.

    Raises:
        StoreError: the file is gone, or ends with no such table, or with that of another file.
    """
    with _opened(path) as file:
        size = file.seek(0, 2)
        tail = _HEAD.size + _FOOTER.size
        file.seek(max(0, size - _FOOTER.size))
        foot = file.read(_FOOTER.size)
        n, flags, magic = _FOOTER.unpack(foot) if len(foot) == _FOOTER.size else (0, 0, 0)
        table = n * _ENTRY.size + tail
        if magic != _SEEKABLE or flags or table > size:
            raise _damaged(path, "no seek table at the end")
        file.seek(size - table)
        body = file.read(table - _FOOTER.size)
    frames, at = [], 0
    for n_bytes, line_bytes in _ENTRY.iter_unpack(body[_HEAD.size :]):
        frames.append(Frame(at, n_bytes, line_bytes))
        at += n_bytes
    if at != size - table or _HEAD.unpack_from(body) != (_SKIPPABLE, table - _HEAD.size):
        raise _damaged(path, "a seek table that is not of this file")
    return frames


def read_span(path: Path, start: int, stop: int) -> bytes:
    """Bytes ``start`` to ``stop`` of a file as they stand: whole frames.

    Raises:
        StoreError: the file is gone or cut.
    """
    with _opened(path) as file:
        file.seek(start)
        data = file.read(stop - start)
    if len(data) != stop - start:
        raise _damaged(path, f"{start + len(data)} bytes where {stop} were written")
    return data


def lines_of(frame: bytes, line_bytes: int, path: Path) -> bytes:
    """The lines of one frame of a file.

    Raises:
        StoreError: it is damaged.
    """
    try:
        lines: bytes = pa.Codec("zstd").decompress(frame, line_bytes, asbytes=True)
    except (OSError, pa.ArrowException) as error:
        raise _damaged(path, str(error)[:200]) from error
    return lines


def iter_lines(path: Path) -> Iterator[bytes]:
    """Every line of a file with its line feed, frame by frame.

    Raises:
        StoreError: it is gone or damaged.
    """
    for frame in read_frames(path):
        packed = read_span(path, frame.offset, frame.offset + frame.n_bytes)
        for line in lines_of(packed, frame.line_bytes, path).split(b"\n")[:-1]:
            yield line + b"\n"


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[RangeFile | BufferedReader]:
    try:
        with RangeFile(path) if isinstance(path, ObjectPath) else path.open("rb") as file:
            yield file
    except OSError as error:
        raise _damaged(path, error.strerror or str(error)) from error


def _damaged(path: Path, found: str) -> StoreError:
    return StoreError(
        str(path),
        wanted="lines in zstd frames that a receipt names",
        found=found,
        todo="make the stage again: curate run JOB --rerun emit",
    )
