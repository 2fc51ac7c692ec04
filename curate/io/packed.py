"""The decompressed bytes of a file packed with gzip, zstd, bzip2 or xz, block by block.

A packed file is a row of *members*: gzip members (RFC 1952), zstd frames, of which skippable ones
hold nothing (RFC 8878 §3.1.2), bzip2 streams, xz streams. Zero bytes behind the last one are the
padding of tapes and of xz, and no damage. All decoders are asked for bounded blocks, so that a bomb
needs no memory; what they may hold besides is their window, which for zstd the file decides.
"""

from __future__ import annotations

import bz2
import lzma
import sys
import zlib
from collections.abc import Callable, Generator, Iterator
from typing import Any, Final, Protocol

from curate.io.damage import BrokenMember
from curate.io.source import Source

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_READ_BYTES: Final = 256 << 10
_BLOCK_BYTES: Final = 1 << 20
_HEAD_BYTES: Final = 18  # the longest header of a zstd frame
_SKIPPABLE: Final = b"\x2a\x4d\x18"
_ZSTD_MAX_LOG: Final = 31  # the format allows 41; no decoder takes more than this

MAGICS: Final = {
    "gzip": b"\x1f\x8b",
    "zstd": b"\x28\xb5\x2f\xfd",
    "bzip2": b"BZh",
    "xz": b"\xfd7zXZ\x00",
}
"""How members of each kind begin."""


class Decoder(Protocol):
    """One member being decoded, as :mod:`bz2`, :mod:`lzma` and :mod:`compression.zstd` do it."""

    @property
    def eof(self) -> bool:
        """True once the end was reached and its checksum, if it has one, was right."""

    @property
    def needs_input(self) -> bool:
        """True if nothing comes without more bytes."""

    @property
    def unused_data(self) -> bytes:
        """The bytes behind the end."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Up to ``max_length`` decoded bytes."""


class _Gunzip:
    """zlib in the form of the other decoders."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


def packing_of(head: bytes) -> str | None:
    """``gzip``, ``zstd``, ``bzip2`` or ``xz`` by the first bytes of a file; None for none of these.

    A zstd file may begin with a skippable frame, as pzstd writes them.
    """
    if len(head) >= 4 and head[1:4] == _SKIPPABLE and head[0] >> 4 == 5:
        return "zstd"
    return next((name for name, magic in MAGICS.items() if head.startswith(magic)), None)


def unpacked(source: Source, packing: str, memory_mb: int | None = None) -> Iterator[bytes]:
    """The decoded bytes of all members.

    Args:
        source: the file.
        packing: as :func:`packing_of` says.
        memory_mb: MiB that a decoder may hold; None for what the format allows.

    Raises:
        BrokenMember: after the last good bytes: ``truncated``, ``corrupt``, or ``too_large`` for a
            window above ``memory_mb``. A :class:`BehindMembersError` has cut no member.
    """
    at, n_members = 0, 0
    while at < source.size:
        head = source.read(at, _HEAD_BYTES)
        if packing_of(head) == packing:
            at = yield from _member(source, at, packing, head, memory_mb)
            n_members += 1
            continue
        begin = _behind_zeros(source, at)
        if begin == at:
            raise BehindMembersError(packing, source.size - at, n_members)
        at = begin


class BehindMembersError(BrokenMember):
    """Bytes behind a whole member that begin no other: nothing before them is cut."""

    def __init__(self, packing: str, n_bytes: int, n_members: int) -> None:
        detail = (
            f"{packing}: {n_bytes} bytes behind {n_members} whole member(s) that begin no other"
        )
        super().__init__("corrupt", detail)


def _member(
    source: Source, start: int, packing: str, head: bytes, memory_mb: int | None
) -> Generator[bytes, None, int]:
    """The bytes of the member at ``start``; returns where it ends."""
    decoder = _decoder(packing, head, memory_mb)
    at, data = start, b""
    while not decoder.eof:
        if decoder.needs_input and not data:
            data = source.read(at, _READ_BYTES)
            at += len(data)
            if not data:
                raise BrokenMember("truncated", f"the file ends inside a {packing} member")
        try:
            block = decoder.decompress(data, _BLOCK_BYTES)
        except MemoryError as error:
            raise BrokenMember("too_large", f"{packing}: the memory does not suffice") from error
        except (zlib.error, OSError, EOFError, lzma.LZMAError, zstd.ZstdError) as error:
            raise _broken(packing, error, memory_mb) from error
        data = b""
        if block:
            yield block
    return at - len(decoder.unused_data)


def _decoder(packing: str, head: bytes, memory_mb: int | None) -> Decoder:
    limit = None if memory_mb is None else memory_mb << 20
    make: Callable[[], Any] = {
        "gzip": _Gunzip,
        "bzip2": bz2.BZ2Decompressor,
        "xz": lambda: lzma.LZMADecompressor(memlimit=limit),
        "zstd": lambda: _zstd(head, memory_mb),
    }[packing]
    decoder: Decoder = make()
    return decoder


def _zstd(head: bytes, memory_mb: int | None) -> Decoder:
    window = _window(head)
    if memory_mb is not None and window > memory_mb << 20:
        raise _too_large(f"zstd: a window of {_mib(window)}", memory_mb)
    if window > 1 << _ZSTD_MAX_LOG:
        raise BrokenMember(
            "too_large",
            f"zstd: a window of {_mib(window)}; no decoder takes more "
            f"than {_mib(1 << _ZSTD_MAX_LOG)}",
        )
    limit: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _ZSTD_MAX_LOG}
    return zstd.ZstdDecompressor(options=limit)


def _window(head: bytes) -> int:
    """Window of a zstd frame in bytes, by RFC 8878 §3.1.1.1; 0 where the head says none.

    A frame of a single segment needs as much as it has content.
    """
    if not head.startswith(MAGICS["zstd"]) or len(head) < 6:
        return 0  # skippable, or cut
    if head[4] >> 5 & 1:
        n_bytes = (1, 2, 4, 8)[head[4] >> 6]
        at = 5 + (0, 1, 2, 4)[head[4] & 3]
        return int.from_bytes(head[at : at + n_bytes], "little") + 256 * (n_bytes == 2)
    exponent, mantissa = head[5] >> 3, head[5] & 7
    return (1 << 10 + exponent) // 8 * (8 + mantissa)


def _broken(packing: str, error: Exception, memory_mb: int | None) -> BrokenMember:
    if packing == "xz" and "emory" in str(error) and memory_mb is not None:
        return _too_large("xz: a dictionary", memory_mb)
    return BrokenMember("corrupt", f"{packing}: {error}")


def _too_large(what: str, memory_mb: int) -> BrokenMember:
    return BrokenMember(
        "too_large", f"{what} is above extract.memory_mb ({memory_mb} MiB): raise it to read this"
    )


def _mib(n_bytes: int) -> str:
    return f"{n_bytes / (1 << 20):,.0f} MiB"


def _behind_zeros(source: Source, at: int) -> int:
    """The offset of the first byte from ``at`` on that is not zero, else the size."""
    while block := source.read(at, _READ_BYTES):
        rest = block.lstrip(b"\0")
        if rest:
            return at + len(block) - len(rest)
        at += len(block)
    return at
