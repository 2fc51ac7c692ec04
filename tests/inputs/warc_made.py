"""The makings of odd WARC and ARC files: one page, coded and framed in many ways."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Mapping

import pyarrow as pa

from tests.arc_files import arc_record, version_block
from tests.warc_files import (
    gzip_member,
    http_response,
    response_record,
    warc_record,
)

_WORDS = "มนุษย์ทั้งหลาย सभी मनुष्यों يولد جميع 人人生而自由 𐌰𐌻𐌻𐌰𐌹 "
PAGE = (
    "<html><head><title>x</title></head><body>"
    + "".join(f"<p>{i * i % 97} {_WORDS}</p>" for i in range(40))
    + "</body></html>"
).encode()
TEXT = ("Just words, " + _WORDS * 20).encode()


def chunked(body: bytes, size: bytes = b"%x") -> bytes:
    """In chunks of 500 bytes; ``size`` is how their sizes are written."""
    parts = [body[i : i + 500] for i in range(0, len(body), 500)]
    return b"".join(size % len(p) + b"\r\n" + p + b"\r\n" for p in parts) + b"0\r\n\r\n"


def gz(body: bytes) -> bytes:
    """A gzip member that is always the same."""
    return gzip.compress(body, mtime=0)


def deflated(body: bytes, wbits: int) -> bytes:
    """zlib (15) or a raw stream (-15)."""
    coder = zlib.compressobj(wbits=wbits)
    return coder.compress(body) + coder.flush()


def br(body: bytes) -> bytes:
    """Brotli."""
    return bytes(pa.Codec("brotli").compress(body, asbytes=True))


def zstd(body: bytes) -> bytes:
    """A Zstandard frame."""
    return bytes(pa.Codec("zstd").compress(body, asbytes=True))


def page(
    body: bytes,
    headers: Mapping[str, str] | None = None,
    *,
    content_type: str | None = "text/html",
) -> bytes:
    """One response in a member."""
    return gzip_member(
        response_record("http://a.example/", body, content_type=content_type, http_headers=headers)
    )


def http(status_line: bytes, lines: bytes) -> bytes:
    """The page behind this beginning."""
    content = status_line + b"\r\n" + lines + b"\r\n\r\n" + PAGE
    return gzip_member(warc_record("response", content, url="http://a.example/"))


def framed(headers: Mapping[str, str | None], content_type: str = "text/html") -> bytes:
    """The page with these headers of WARC."""
    return gzip_member(
        response_record("http://a.example/", PAGE, content_type=content_type, headers=headers)
    )


def resource(content_type: str, body: bytes = PAGE, *, kind: str = "resource") -> bytes:
    """The page without HTTP."""
    headers = {"Content-Type": content_type}
    return gzip_member(warc_record(kind, body, url="http://a.example/", headers=headers))


def blocks(content: bytes, pack: Callable[[bytes], bytes], n_bytes: int = 1000) -> bytes:
    """In members of so many bytes, wherever that cuts records."""
    return b"".join(pack(content[at : at + n_bytes]) for at in range(0, len(content), n_bytes))


def arc(version: int, pack: Callable[[bytes], bytes], *, length: str | None = None) -> bytes:
    """Two pages behind a version block, the first at an address with a space."""
    content = http_response(PAGE)
    first = arc_record("http://a.example/a b", content, version=version)
    second = arc_record("http://a.example/c", content, version=version, length=length)
    return pack(version_block(version)) + pack(first) + pack(second)


def compressed(name: str) -> bytes:
    """The first bytes of a file in another compression."""
    return {"lz4": b"\x04\x22\x4d\x18", "bzip2": b"BZh91AY&SY", "xz": b"\xfd7zXZ\0"}[name]
