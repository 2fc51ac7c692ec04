"""The compressed members of a WARC or ARC file, read forward.

A file is a run of *members*: gzip members (RFC 1952), Zstandard frames (RFC 8878) or plain records
(ISO 28500). A member is read through a small buffer, so neither a bomb nor a file that is one
single member needs memory. What the decoder rejects raises :class:`BrokenMember`.
"""

from __future__ import annotations

import zlib
from abc import ABC, abstractmethod
from re import Pattern
from typing import Protocol

from fastwarc.stream_io import ZstdReader

from curate.io.damage import BrokenMember
from curate.io.source import Source, SourceFile
from curate.io.warc.heads import begins_record

_IN_BYTES = 64 << 10
_OUT_BYTES = 1 << 20
_PROBE_BYTES = 4096
_KEPT_BYTES = 128 << 10  # more than the longest beginning of a record
_LONGEST_BEGINNING = 512
_MOST_PASSED_BYTES = 1 << 30


class Member(ABC):
    """Decoded bytes of one member, read forward.

    Attributes:
        start: offset of its first byte in the file.
        position: offset of the first byte of the file not needed so far; the end of the member
            once ``at_end`` is true.
        holds_many: whether further records may follow the first in this member.
        ends_record: whether a record may end where the member does, whatever length it claims.
        n_joined: how many members were joined to the first.
    """

    holds_many = True
    ends_record = False
    short_reason = "corrupt"
    n_joined = 0

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

    def take_view(self, n_bytes: int) -> bytes | memoryview:
        """As :meth:`take`, without a copy where that is possible."""
        return self.take(n_bytes)

    def take_some(self) -> bytes:
        """The bytes at hand, else the next block; empty at the end of the member."""
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

    def at_hand(self) -> bytes:
        """The bytes that are decoded and not taken yet."""
        return bytes(self._buffer)

    def here(self) -> int:
        """Where the member begins that holds the next byte."""
        return self.start

    def join_next(self) -> bool:
        """At the end: go on in the next member, if that is no record's beginning."""
        return False

    def seek_record(self, taken: bytes, start: Pattern[bytes]) -> bool:
        """Put ``taken`` back and pass over everything before the next match of ``start``."""
        return False


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

    Attributes:
        view: the same, whatever was taken.
    """

    def __init__(self, source: Source, start: int, end: int, content: bytes | bytearray) -> None:
        self.start = start
        self.position = end
        self._content = content
        self.view = memoryview(content)
        self._at = 0

    def _more(self) -> bytes:
        return b""

    def peek(self, n_bytes: int) -> bytes:
        """See :meth:`Member.peek`."""
        return bytes(self.view[self._at : self._at + n_bytes])

    def take(self, n_bytes: int) -> bytes:
        """See :meth:`Member.take`."""
        return bytes(self.take_view(n_bytes))

    def at_hand(self) -> bytes:
        """See :meth:`Member.at_hand`."""
        return self.peek(_PROBE_BYTES)

    def take_view(self, n_bytes: int) -> memoryview:
        """See :meth:`Member.take_view`."""
        taken = self.view[self._at : self._at + n_bytes]
        self._at += len(taken)
        return taken

    def skip_newlines(self) -> None:
        """See :meth:`Member.skip_newlines`."""
        content, at = self._content, self._at
        while at < len(content) and content[at] in b"\r\n":
            at += 1
        self._at = at

    def at_end(self) -> bool:
        """See :meth:`Member.at_end`."""
        return self._at >= len(self._content)


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


class EmptyMember(Member):
    """A frame that holds no data, such as a dictionary."""

    def __init__(self, source: Source, start: int, end: int) -> None:
        super().__init__(source, start)
        self.position = end

    def _more(self) -> bytes:
        return b""


class Opener(Protocol):
    """Opens members: the protocol of formats."""

    def starts(self, offset: int) -> bool:
        """Whether a member begins at ``offset``."""

    def open(self, start: int) -> Member:
        """The member at ``start``. Raises BrokenMember."""


class ChainMember(Member):
    """A compressed member, and those after it as far as a record goes on in them.

    WARC-zstd lets a record span frames, and bgzip cuts a file into members wherever it likes.

    Args:
        source: the file.
        start: offset of the first member.
        opener: opens members.
    """

    ends_record = True

    def __init__(self, source: Source, start: int, opener: Opener) -> None:
        super().__init__(source, start)
        self._opener = opener
        self._inner = opener.open(start)
        self.position = self._inner.position
        self._n_decoded = 0
        self._begins = [(0, start)]

    def _more(self) -> bytes:
        block = self._inner.take_some()
        self.position = self._inner.position
        self._n_decoded += len(block)
        return block

    def here(self) -> int:
        """See :meth:`Member.here`."""
        at = self._n_decoded - len(self._buffer)
        while len(self._begins) > 1 and self._begins[1][0] <= at:
            del self._begins[0]
        return self._begins[0][1]

    def join_next(self) -> bool:
        """See :meth:`Member.join_next`; members without content are passed over."""
        at = self._inner.position
        while self._opener.starts(at):
            following = self._opener.open(at)
            try:
                head = following.peek(_PROBE_BYTES)
            except BrokenMember:
                head = following.at_hand()  # what is wrong with the next record is not our matter
                if not begins_record(head):
                    raise
            if head:
                if begins_record(head):
                    return False
                self._inner = following
                self._begins.append((self._n_decoded, at))
                self.n_joined += 1
                return True
            at = following.position
        return False

    def seek_record(self, taken: bytes, start: Pattern[bytes]) -> bool:
        """See :meth:`Member.seek_record`."""
        self._buffer[:0] = taken
        at = n_passed = 0
        while n_passed < _MOST_PASSED_BYTES:
            match = start.search(self._buffer, at)
            if match:
                del self._buffer[: match.end()]
                return True
            passed = max(0, len(self._buffer) - _KEPT_BYTES)
            del self._buffer[:passed]
            n_passed += passed
            at = max(0, len(self._buffer) - _LONGEST_BEGINNING)
            block = self._more()
            if not block:
                return False
            self._buffer += block
        raise BrokenMember("too_large", f"no record in {n_passed} bytes")
