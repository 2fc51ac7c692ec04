"""How the members of a file begin: gzip, Zstandard, plain WARC and plain ARC.

``next_start`` finds the next offset where a member begins that holds a record. Zstandard files may
begin with the dictionary frame of IIPC's "WARC-zstd" specification.
"""

from __future__ import annotations

import io
import struct
import zlib
from abc import ABC, abstractmethod

import deflate
from fastwarc.stream_io import ZstdReader
from zlib_ng import zlib_ng

from curate.io.damage import BrokenMember
from curate.io.source import Source
from curate.io.warc.heads import ARC_LINE, WARC_MARK, begins_record, begins_warc
from curate.io.warc.members import (
    ChainMember,
    EmptyMember,
    GzipMember,
    Member,
    PlainMember,
    WholeMember,
    ZstdMember,
)

_FIRST_IN_BYTES = 32 << 10  # holds most members of a crawl, whose mean is 10 to 30 kB
_IN_BYTES = 256 << 10
_WHOLE_BYTES = 8 << 20  # larger members are read forward, through a small buffer
_PROBE_BYTES = 4096
_MAX_LINE_BYTES = 72 << 10
_MAX_DICTIONARY_BYTES = 64 << 20
_OF_DICTIONARIES = (b"\x37\xa4\x30\xec", b"\x28\xb5\x2f\xfd")
_GZIP_HEADER_BYTES = 10
_LEAST_GZIP_BYTES = 18
_UNSURE_FLAGS = 0xE2  # a checksum of the header, which libdeflate passes over, and reserved bits


_RESERVED_FLAGS, _HAS_CHECK, _HAS_EXTRA, _HAS_NAME, _HAS_COMMENT = 0xE0, 2, 4, 8, 16
_MOST_NAME_BYTES = 4096


class Format(ABC):
    """How members of one kind begin, and how to open one."""

    name: str
    magic: bytes

    def __init__(self, source: Source) -> None:
        self._source = source

    @abstractmethod
    def open(self, start: int) -> Member:
        """The member at ``start``. Raises BrokenMember."""

    def open_whole(self, start: int) -> WholeMember | None:
        """The member at ``start`` if it is sound and small, decoded in one go; else None."""
        return None

    def open_chain(self, start: int) -> Member:
        """The member at ``start``, able to go on in the next. Raises BrokenMember."""
        return ChainMember(self._source, start, self)

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
        return begins_record(head.lstrip(b"\r\n"))


class Gzip(Format):
    """Members that begin with ``1f 8b 08``."""

    name = "gzip"
    magic = b"\x1f\x8b\x08"

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._block = b""
        self._block_start = 0

    def open(self, start: int) -> Member:
        """See :meth:`Format.open`."""
        return GzipMember(self._source, start)

    def open_whole(self, start: int) -> WholeMember | None:
        """See :meth:`Format.open_whole`."""
        return self._in_one_call(start) or self._in_steps(start)

    def _holds_record(self, offset: int) -> bool:
        at = self._behind_header(offset)
        if at is None:
            return False
        data = self._source.read(at, _PROBE_BYTES)
        try:
            head = zlib.decompressobj(wbits=-15).decompress(data, _PROBE_BYTES)
        except zlib.error:
            return False
        return begins_record(head.lstrip(b"\r\n")) if head else super()._holds_record(offset)

    def _behind_header(self, offset: int) -> int | None:
        """Where the data of a member begins; None for no header as of RFC 1952.

        A name or comment may have 4 KiB: in other bytes it would go on to the end of the file.
        """
        head = self._source.read(offset, _GZIP_HEADER_BYTES + 2)
        if not head.startswith(self.magic) or len(head) < _GZIP_HEADER_BYTES:
            return None
        if head[3] & _RESERVED_FLAGS:
            return None
        at = offset + _GZIP_HEADER_BYTES
        if head[3] & _HAS_EXTRA:
            at += 2 + int.from_bytes(head[_GZIP_HEADER_BYTES:], "little")
        for flag in (_HAS_NAME, _HAS_COMMENT):
            if head[3] & flag:
                end = self._source.read(at, _MOST_NAME_BYTES).find(b"\0")
                if end < 0:
                    return None
                at += end + 1
        return at + 2 * bool(head[3] & _HAS_CHECK)

    def _in_one_call(self, start: int) -> WholeMember | None:
        """By libdeflate, which is the fastest but wants to be told where the member ends.

        That is where the next one begins, and known to be so if the four bytes before, the length
        of the content, are nowhere else in between: libdeflate has found them where it stopped.
        """
        block, at = self._block, start - self._block_start
        end = self._next_magic(block, at) if 0 <= at < len(block) else -1
        if end < 0:
            block = self._block = self._source.read(start, _IN_BYTES)
            self._block_start, at = start, 0
            end = self._next_magic(block, 0)
            if end < 0:
                if start + len(block) < self._source.size:
                    return None
                end = len(block)
        if end - at < _LEAST_GZIP_BYTES or block[at + 3] & _UNSURE_FLAGS:
            return None
        length = block[end - 4 : end]
        n_bytes = int.from_bytes(length, "little")
        if not 0 < n_bytes <= _WHOLE_BYTES or block.find(length, at, end) != end - 4:
            return None
        try:
            content = deflate.gzip_decompress(memoryview(block)[at:end], n_bytes)
        except deflate.DeflateError:
            return None
        if len(content) != n_bytes:
            return None
        return WholeMember(self._source, start, start + end - at, content)

    def _next_magic(self, block: bytes, at: int) -> int:
        """Where the next member seems to begin; -1 if that is not in the block."""
        behind = at + _LEAST_GZIP_BYTES
        # Most writers begin all members alike, and what is longer is found in less time.
        end = block.find(block[at : at + _GZIP_HEADER_BYTES], behind)
        return end if end >= 0 else block.find(self.magic, behind)

    def _in_steps(self, start: int) -> WholeMember | None:
        """By zlib-ng, which accepts what zlib accepts, in half the time."""
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
            step = _IN_BYTES
        end = start + n_in - len(decoder.unused_data)
        return WholeMember(self._source, start, end, b"".join(parts))


class Plain(Format):
    """Uncompressed records."""

    name = "plain"
    magic = WARC_MARK

    def open(self, start: int) -> Member:
        """See :meth:`Format.open`."""
        return PlainMember(self._source, start)

    def open_chain(self, start: int) -> Member:
        """See :meth:`Format.open_chain`; there are no members to go on in."""
        return self.open(start)

    def _holds_record(self, offset: int) -> bool:
        return begins_warc(self._source.read(offset, 128))


class PlainArc(Plain):
    """Uncompressed records of ARC 1.0 and 1.1."""

    name = "arc"
    magic = b"filedesc://"

    def starts(self, offset: int) -> bool:
        """See :meth:`Format.starts`."""
        return self._holds_record(offset)

    def next_start(self, start: int) -> int:
        """See :meth:`Format.next_start`; any line of an address may follow."""
        if start == 0:
            return super().next_start(start)
        at_line_end = self._source.find(b"\n", start - 1, lambda at: self._holds_record(at + 1))
        return min(at_line_end + 1, self._source.size)

    def _holds_record(self, offset: int) -> bool:
        head = self._source.read(offset, _PROBE_BYTES)
        if len(head) == _PROBE_BYTES and b"\n" not in head:
            head = self._source.read(offset, _MAX_LINE_BYTES)
        return ARC_LINE.match(head) is not None


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
        """See :meth:`Format.open`; a dictionary frame serves the frames up to the next one.

        By the specification it stands at offset 0; files put together have several.
        """
        head = self._source.read(start, 8)
        if not _is_skippable(head[:4]):
            return ZstdMember(self._source, start, self._frame_end(start), self._dictionary)
        if len(head) < 8:
            raise BrokenMember("truncated", "the file ends inside a skippable frame")
        (n_bytes,) = struct.unpack("<I", head[4:])
        end = start + 8 + n_bytes
        if end > self._source.size:
            raise BrokenMember("truncated", "the file ends inside a skippable frame")
        is_dictionary = head[:4] == self._DICTIONARY and n_bytes <= _MAX_DICTIONARY_BYTES
        if is_dictionary and (start == 0 or self._source.read(start + 8, 4) in _OF_DICTIONARIES):
            self._dictionary = _read_dictionary(self._source.read(start + 8, n_bytes))
        return EmptyMember(self._source, start, end)

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


FORMATS: tuple[type[Format], ...] = (Gzip, Zstd, Plain, PlainArc)
