"""Content codings undone as far as the bytes go: gzip, deflate, Brotli, Zstandard.

Each function gives what came before the first fault, and whether the stream was whole. Memory is
bounded by the limit that the caller sets, however little the coded bytes are.
"""

from __future__ import annotations

import zlib
from typing import Any

import pyarrow as pa

_IN_BYTES = 64 << 10
_STEPS = (64 << 10, 64, 1)
_GZIP = b"\x1f\x8b"
GZIP_BITS, ZLIB_BITS, RAW_BITS = 31, 15, -15


class TooLargeError(Exception):
    """A body grows beyond the limit.

    Attributes:
        data: its beginning, up to the limit.
    """

    def __init__(self, data: bytes) -> None:
        super().__init__("too_large")
        self.data = data


def inflate(body: memoryview, wbits: int, max_bytes: int) -> tuple[bytes, bool, int]:
    """Undo gzip (of any number of members), zlib or raw deflate.

    Args:
        body: the coded bytes.
        wbits: as of :func:`zlib.decompressobj`.
        max_bytes: largest result.

    Returns:
        The content, whether its end was there and its checksum right, and how many bytes of
        ``body`` follow that end.

    Raises:
        TooLargeError: there is more.
    """
    out = bytearray()
    at = 0
    while True:
        is_whole, used = _inflate_member(body[at:], wbits, max_bytes, out)
        at += used
        if not is_whole or wbits != GZIP_BITS or bytes(body[at : at + 2]) != _GZIP:
            return bytes(out), is_whole, len(body) - at


def _inflate_member(
    body: memoryview, wbits: int, max_bytes: int, out: bytearray
) -> tuple[bool, int]:
    """One member into ``out``; whether it was whole, and how many bytes of ``body`` it took."""
    decoder = zlib.decompressobj(wbits=wbits)
    n_before = len(out)
    for at in range(0, len(body), _IN_BYTES):
        block = body[at : at + _IN_BYTES]
        try:
            _feed(decoder, block, max_bytes, out)
        except zlib.error:
            del out[n_before:]
            _salvage(body, at, wbits, max_bytes, out)
            return False, len(body)
        if decoder.eof:
            return True, at + len(block) - len(decoder.unused_data)
    return False, len(body)


def _feed(decoder: Any, block: memoryview, max_bytes: int, out: bytearray) -> None:  # noqa: ANN401 - zlib's decoder has no public type
    out += decoder.decompress(block, max_bytes + 1 - len(out))
    if len(out) > max_bytes:
        raise TooLargeError(bytes(out[:max_bytes]))


def _salvage(body: memoryview, bad: int, wbits: int, max_bytes: int, out: bytearray) -> None:
    """Again, byte by byte in the block at ``bad``: zlib keeps what it has when a call fails."""
    decoder = zlib.decompressobj(wbits=wbits)
    for at in range(0, bad, _IN_BYTES):
        _feed(decoder, body[at : at + _IN_BYTES], max_bytes, out)
    try:
        for at in range(bad, min(bad + _IN_BYTES, len(body))):
            _feed(decoder, body[at : at + 1], max_bytes, out)
    except zlib.error:
        return


def decompress(body: memoryview, codec: str, max_bytes: int) -> tuple[bytes, bool]:
    """Undo Brotli or Zstandard.

    Args:
        body: the coded bytes.
        codec: ``brotli`` or ``zstd``.
        max_bytes: largest result.

    Returns:
        The content, and whether its end was there.

    Raises:
        TooLargeError: there is more.
    """
    out = bytearray()
    for step in _STEPS:  # Arrow keeps what it has when a read fails: ask for less and less
        skip = len(out)
        try:
            with pa.CompressedInputStream(pa.BufferReader(body), codec) as stream:
                while skip and (known := stream.read(min(skip, _IN_BYTES))):
                    skip -= len(known)
                while block := stream.read(step):
                    out += block
                    if len(out) > max_bytes:
                        raise TooLargeError(bytes(out[:max_bytes]))
            return bytes(out), True
        except (OSError, pa.ArrowException):
            continue
    return bytes(out), False
