"""The compressed members of a WARC file, one by one, with every byte accounted for.

A WARC file is a run of *members*: gzip members (RFC 1952), Zstandard frames (RFC 8878, with the
dictionary frame of IIPC's "WARC-zstd" specification) or plain records (ISO 28500). A member is
read forward through a small buffer, so neither a bomb nor a file that is one single member needs
memory. What the decoder rejects raises :class:`BrokenMember`, and ``next_start`` finds the next
offset where a member begins that holds a WARC record.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from abc import ABC, abstractmethod

from fastwarc.stream_io import ZstdReader
from zlib_ng import zlib_ng

from curate.io.warc_source import Source, SourceFile

_IN_BYTES = 64 << 10
_FIRST_IN_BYTES = 32 << 10  # holds most members of a crawl, whose mean is 10 to 30 kB
_WHOLE_BYTES = 8 << 20  # larger members are read forward, through a small buffer
_OUT_BYTES = 1 << 20
_RECORD_MARK = b"WARC/"
_VERSION_LINE = re.compile(rb"WARC/[01]\.\d{1,2}\r?\n[A-Za-z-]{1,64}:")
_PROBE_BYTES = 512
_MAX_DICTIONARY_BYTES = 64 << 20


class BrokenMember(Exception):
    """The bytes at hand are no whole member or record; caught by the scan, never by users."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


class Member(ABC):
    """Decoded bytes of one member, read forward.

    Attributes:
        start: offset of its first byte in the file.
        position: offset of the first byte of the file not needed so far; the end of the member
            once ``at_end`` is true.
        holds_many: whether further records may follow the first in this member.
    """

    holds_many = True
    short_reason = "corrupt"

    def __init__(self, source: Source, start: int) -> None:
        self._source = source
        self._buffer = bytearray()
        self.start = start
        self.position = start

    @abstractmethod
    def _more(self) -> bytes:
        """The next decoded bytes; empty only at the verified end. Raises BrokenMember."""

    def peek(self, n_bytes: int) -> bytes:
        """The next ``n_bytes`` without taking them; fewer at the end of the member."""
        while len(self._buffer) < n_bytes:
            block = self._more()
            if not block:
                break
            self._buffer += block
        return bytes(self._buffer[:n_bytes])

    def take(self, n_bytes: int) -> bytes:
        """The next ``n_bytes``; fewer at the end of the member."""
        taken = self.peek(n_bytes)
        del self._buffer[:n_bytes]
        return taken

    def take_some(self) -> bytes:
        """What is at hand, else the next block; empty at the end of the member."""
        taken = bytes(self._buffer) or self._more()
        self._buffer.clear()
        return taken

    def skip(self, n_bytes: int) -> int:
        """Pass over up to ``n_bytes`` and say how many there were."""
        skipped = 0
        while skipped < n_bytes:
            step = len(self.take(min(n_bytes - skipped, _OUT_BYTES)))
            if not step:
                break
            skipped += step
        return skipped

    def skip_newlines(self) -> None:
        """Pass over the line ends that close a record."""
        while (head := self.peek(64)) and (n_bytes := len(head) - len(head.lstrip(b"\r\n"))):
            del self._buffer[:n_bytes]

    def at_end(self) -> bool:
        """True once every byte was taken and the decoder has confirmed the end."""
        return not self.peek(1)


class GzipMember(Member):
    """One gzip member; zlib checks its CRC-32 and length at the end."""

    def __init__(self, source: Source, start: int) -> None:
        super().__init__(source, start)
        self._decoder = zlib.decompressobj(wbits=31)
        self._tail = b""
        self._read_to = start

    def _more(self) -> bytes:
        while not self._decoder.eof:
            data = self._tail
            if not data:
                data = self._source.read(self._read_to, _IN_BYTES)
                self._read_to += len(data)
            if not data:
                raise BrokenMember("truncated", "the file ends inside a gzip member")
            try:
                block = self._decoder.decompress(data, _OUT_BYTES)
            except zlib.error as error:
                raise BrokenMember("corrupt", f"gzip: {error}") from error
            self._tail = self._decoder.unconsumed_tail
            rest = self._decoder.unused_data if self._decoder.eof else self._tail
            self.position = self._read_to - len(rest)
            if block:
                return block
        return b""


class WholeMember(Member):
    """A member that was decoded in one go and whose checksum has been verified.

    Args:
        source: the file.
        start: offset of its first byte.
        end: offset behind its last byte.
        content: all its decoded bytes.
    """

    def __init__(self, source: Source, start: int, end: int, content: bytes) -> None:
        super().__init__(source, start)
        self.position = end
        self._content = content
        self._at = 0

    def _more(self) -> bytes:
        return b""

    def peek(self, n_bytes: int) -> bytes:
        """See :meth:`Member.peek`."""
        return self._content[self._at : self._at + n_bytes]

    def take(self, n_bytes: int) -> bytes:
        """See :meth:`Member.take`."""
        taken = self._content[self._at : self._at + n_bytes]
        self._at += len(taken)
        return taken

    def skip_newlines(self) -> None:
        """See :meth:`Member.skip_newlines`."""
        while self._content[self._at : self._at + 1] in (b"\r", b"\n"):
            self._at += 1


class PlainMember(Member):
    """One uncompressed record; it ends where its Content-Length says."""

    holds_many = False
    short_reason = "truncated"

    def __init__(self, source: Source, start: int) -> None:
        super().__init__(source, start)
        self._n_read = 0

    def _more(self) -> bytes:
        block = self._source.read(self.start + self._n_read, _IN_BYTES)
        self._n_read += len(block)
        return block

    def skip(self, n_bytes: int) -> int:
        """Pass over bytes by seeking, not by reading."""
        buffered = min(n_bytes, len(self._buffer))
        del self._buffer[:buffered]
        left = self._source.size - self.start - self._n_read
        step = max(0, min(n_bytes - buffered, left))
        self._n_read += step
        return buffered + step

    def end_here(self) -> None:
        """Let the member end at what was taken so far."""
        self.position = self.start + self._n_read - len(self._buffer)


class ZstdMember(Member):
    """One Zstandard frame; its end is found by walking the block headers."""

    def __init__(self, source: Source, start: int, end: int, dictionary: bytes | None) -> None:
        super().__init__(source, start)
        self.position = end
        self._reader = ZstdReader(SourceFile(source, start, end), dictionary=dictionary)

    def _more(self) -> bytes:
        try:
            return bytes(self._reader.read(_OUT_BYTES))
        except OSError as error:
            raise BrokenMember("corrupt", f"zstd: {error}") from error


class _EmptyMember(Member):
    """A frame that holds no data, such as a dictionary."""

    def __init__(self, source: Source, start: int, end: int) -> None:
        super().__init__(source, start)
        self.position = end

    def _more(self) -> bytes:
        return b""


class Format(ABC):
    """How members of one kind begin, and how to open one."""

    name: str
    magic: bytes

    def __init__(self, source: Source) -> None:
        self._source = source

    @abstractmethod
    def open(self, start: int) -> Member:
        """The member at ``start``. Raises BrokenMember."""

    def open_whole(self, start: int) -> Member | None:
        """The member at ``start`` if it is sound and small, decoded in one go; else None."""
        return None

    def starts(self, offset: int) -> bool:
        """Whether a member begins at ``offset``, by its first bytes."""
        return self._source.read(offset, len(self.magic)) == self.magic

    def cut_start(self, offset: int) -> bool:
        """Whether the file ends at ``offset`` within the first bytes of a member."""
        rest = self._source.read(offset, len(self.magic))
        return 0 < len(rest) < len(self.magic) and self.magic.startswith(rest)

    def next_start(self, start: int) -> int:
        """The first offset from ``start`` where a member with a WARC record begins, or the size."""
        return self._source.find(self.magic, start, self._holds_record)

    def _holds_record(self, offset: int) -> bool:
        if not self.starts(offset):
            return False
        try:
            head = self.open(offset).peek(_PROBE_BYTES)
        except BrokenMember:
            return False
        return head.lstrip(b"\r\n").startswith(_RECORD_MARK)


class Gzip(Format):
    """Members that begin with ``1f 8b 08``."""

    name = "gzip"
    magic = b"\x1f\x8b\x08"

    def open(self, start: int) -> Member:
        """See :meth:`Format.open`."""
        return GzipMember(self._source, start)

    def open_whole(self, start: int) -> Member | None:
        """See :meth:`Format.open_whole`. zlib-ng accepts what zlib accepts, in half the time."""
        decoder = zlib_ng.decompressobj(wbits=31)
        parts: list[bytes] = []
        n_in, n_out, step = 0, 0, _FIRST_IN_BYTES
        while not decoder.eof:
            data = self._source.read(start + n_in, step)
            n_in += len(data)
            if not data or n_out >= _WHOLE_BYTES:
                return None
            try:
                parts.append(decoder.decompress(data, _WHOLE_BYTES - n_out))
            except zlib_ng.error:  # type: ignore[misc] # its stub says Exception()
                return None
            if decoder.unconsumed_tail and not decoder.eof:
                return None
            n_out += len(parts[-1])
            step = 4 * _IN_BYTES
        end = start + n_in - len(decoder.unused_data)
        return WholeMember(self._source, start, end, b"".join(parts))


class Plain(Format):
    """Uncompressed records."""

    name = "plain"
    magic = _RECORD_MARK

    def open(self, start: int) -> Member:
        """See :meth:`Format.open`."""
        return PlainMember(self._source, start)

    def _holds_record(self, offset: int) -> bool:
        return _VERSION_LINE.match(self._source.read(offset, 80)) is not None


class Zstd(Format):
    """Zstandard frames, after an optional dictionary frame."""

    name = "zstd"
    magic = b"\x28\xb5\x2f\xfd"
    _DICTIONARY = b"\x5d\x2a\x4d\x18"
    _dictionary: bytes | None = None

    def starts(self, offset: int) -> bool:
        """See :meth:`Format.starts`; skippable frames count."""
        head = self._source.read(offset, 4)
        return head == self.magic or _is_skippable(head)

    def open(self, start: int) -> Member:
        """See :meth:`Format.open`; a dictionary frame at offset 0 serves all later frames."""
        head = self._source.read(start, 8)
        if not _is_skippable(head[:4]):
            return ZstdMember(self._source, start, self._frame_end(start), self._dictionary)
        if len(head) < 8:
            raise BrokenMember("truncated", "the file ends inside a skippable frame")
        (n_bytes,) = struct.unpack("<I", head[4:])
        end = start + 8 + n_bytes
        if end > self._source.size:
            raise BrokenMember("truncated", "the file ends inside a skippable frame")
        if start == 0 and head[:4] == self._DICTIONARY and n_bytes <= _MAX_DICTIONARY_BYTES:
            self._dictionary = _read_dictionary(self._source.read(8, n_bytes))
        return _EmptyMember(self._source, start, end)

    def _frame_end(self, start: int) -> int:
        """End of the frame at ``start`` by RFC 8878 §3.1.1, without decoding it."""
        descriptor = self._byte(start + 4)
        single_segment = descriptor >> 5 & 1
        size_flag = descriptor >> 6
        size_bytes = (single_segment, 2, 4, 8)[size_flag]
        at = start + 5 + (1 - single_segment) + (0, 1, 2, 4)[descriptor & 3] + size_bytes
        last = 0
        while not last:
            block = self._source.read(at, 3)
            if len(block) < 3:
                raise BrokenMember("truncated", "the file ends inside a zstd frame")
            header = int.from_bytes(block, "little")
            last, kind, n_bytes = header & 1, header >> 1 & 3, header >> 3
            if kind == 3:
                raise BrokenMember("corrupt", "zstd: reserved block type")
            at += 3 + (1 if kind == 1 else n_bytes)  # a run-length block holds one byte
        at += 4 * (descriptor >> 2 & 1)
        if at > self._source.size:
            raise BrokenMember("truncated", "the file ends inside a zstd frame")
        return at

    def _byte(self, offset: int) -> int:
        byte = self._source.read(offset, 1)
        if not byte:
            raise BrokenMember("truncated", "the file ends inside a zstd frame")
        return byte[0]


def _is_skippable(magic: bytes) -> bool:
    return len(magic) == 4 and magic[1:] == b"\x2a\x4d\x18" and magic[0] >> 4 == 5


def _read_dictionary(content: bytes) -> bytes:
    """The dictionary itself; the frame may hold it compressed."""
    if not content.startswith(Zstd.magic):
        return content
    try:
        return bytes(ZstdReader(io.BytesIO(content)).read(_MAX_DICTIONARY_BYTES))
    except OSError as error:
        raise BrokenMember("corrupt", f"zstd dictionary: {error}") from error


FORMATS: tuple[type[Format], ...] = (Gzip, Zstd, Plain)
