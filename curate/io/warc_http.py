"""HTTP responses as WARC keeps them: status line, headers, and the body without its codings.

Crawlers differ in what they store: some keep chunks and compression, some remove them and leave
the headers behind. So a coding is removed only where the bytes show it.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

MAX_HEADER_BYTES = 64 << 10

_STATUS_LINE = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})\b")
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_OPT_OUT = re.compile(rb"(?im)^(x-robots-tag|tdm-reservation)[ \t]*:([^\r\n]*)")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,256})?\r?\n")
_HTML_START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,1024}?-->\s*)?"
    rb"<(?:!doctype\s+html|(?:html|head|body|title|meta|script|iframe|h1|div|font|table|a|style|br?"
    rb"|p)(?=[\s>/])|!--)",
    re.IGNORECASE | re.DOTALL,
)

HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})


class BadCodingError(Exception):
    """A body that does not decode as its headers say, or grows beyond the limit."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response; header names are in lower case, the body is as it was stored."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def parse_headers(block: bytes, *, encoding: str) -> dict[str, str]:
    """``Name: value`` lines -> names in lower case; folded lines joined, repeats with a comma."""
    headers: dict[str, str] = {}
    name = ""
    for line in block.decode(encoding, errors="replace").split("\n"):
        if name and line[:1] in (" ", "\t"):
            headers[name] = f"{headers[name]} {line.strip()}"
            continue
        name, colon, value = line.partition(":")
        name = name.strip().lower() if colon else ""
        if name:
            value = value.strip()
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def parse_response(content: bytes) -> Response | None:
    """The response in a record's content block; None if it does not begin as one."""
    status = _STATUS_LINE.match(content)
    if status is None:
        return None
    end = _HEADER_END.search(content, 0, MAX_HEADER_BYTES)
    if end is None:
        return None
    first_line_end = content.find(b"\n") + 1
    headers = parse_headers(content[first_line_end : end.start()], encoding="latin-1")
    return Response(int(status[1]), headers, content[end.end() :])


def opt_out_headers(content: bytes) -> tuple[tuple[str, str], ...]:
    """X-Robots-Tag and TDM-Reservation headers of a response, repeats kept apart.

    In a header of its own an agent's name no longer holds, so that they may not be joined.
    """
    end = _HEADER_END.search(content, 0, MAX_HEADER_BYTES)
    head = content[: end.start() if end else 0]
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1").strip())
        for name, value in _OPT_OUT.findall(head)
    )


def media_type(content_type: str | None) -> str | None:
    """``Text/HTML; charset=x`` -> ``text/html``; None without a type."""
    head = (content_type or "").split(";")[0].split(",")[0].strip().lower()
    return head if "/" in head else None


def looks_like_html(body: bytes) -> bool:
    """Whether the first bytes are those of an HTML page (WHATWG MIME Sniffing, 7.1)."""
    head = body[:2048]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head[2:].replace(b"\0", b"")
    return _HTML_START.match(head) is not None


def decode_body(response: Response, *, max_bytes: int, cut: bool) -> bytes:
    """The body without transfer and content codings.

    Args:
        response: as parsed.
        max_bytes: largest result.
        cut: the crawler says that it stored only the beginning; a coding may then end early.

    Raises:
        BadCodingError: ``transfer_encoding``, ``content_encoding`` or ``too_large``.
    """
    body = response.body
    if "chunked" in response.headers.get("transfer-encoding", "").lower():
        body = _join_chunks(body, cut=cut)
    codings = [c.strip().lower() for c in response.headers.get("content-encoding", "").split(",")]
    for coding in reversed(codings[-4:]):
        body = _decode(body, coding, max_bytes=max_bytes, cut=cut)
    if len(body) > max_bytes:
        raise BadCodingError("too_large")
    return body


def _join_chunks(body: bytes, *, cut: bool) -> bytes:
    """Undo RFC 9112 §7.1; bytes that do not begin with a chunk are left as they are."""
    parts: list[bytes] = []
    at = 0
    while True:
        size = _CHUNK_SIZE.match(body, at)
        if size is None:
            if at == 0:
                return body
            break
        n_bytes = int(size[1], 16)
        if n_bytes == 0:
            return b"".join(parts)
        parts.append(body[size.end() : size.end() + n_bytes])
        at = size.end() + n_bytes
        at += 2 if body[at : at + 2] == b"\r\n" else 1
        if at > len(body):
            break
    if cut:
        return b"".join(parts)
    raise BadCodingError("transfer_encoding")


def _decode(body: bytes, coding: str, *, max_bytes: int, cut: bool) -> bytes:
    """Remove one content coding; unknown names and bytes without the coding pass through."""
    if coding in ("gzip", "x-gzip"):
        return _inflate(body, 31, max_bytes, cut=cut) if body[:2] == b"\x1f\x8b" else body
    if coding == "deflate":
        # Both forms are in use: RFC 9110 §8.4.1.2 says zlib, many servers send the raw stream.
        has_zlib_header = body[:1] == b"\x78" and int.from_bytes(body[:2]) % 31 == 0
        if looks_like_html(body):
            return body
        return _inflate(body, 15 if has_zlib_header else -15, max_bytes, cut=cut)
    if coding == "br":
        return body if looks_like_html(body) else _arrow(body, "brotli", max_bytes, cut=cut)
    if coding == "zstd":
        is_zstd = body[:4] == b"\x28\xb5\x2f\xfd"
        return _arrow(body, "zstd", max_bytes, cut=cut) if is_zstd else body
    return body


def _inflate(body: bytes, wbits: int, max_bytes: int, *, cut: bool) -> bytes:
    decoder = zlib.decompressobj(wbits=wbits)
    try:
        out = decoder.decompress(body, max_bytes + 1)
    except zlib.error as error:
        raise BadCodingError("content_encoding") from error
    if len(out) > max_bytes:
        raise BadCodingError("too_large")
    if not decoder.eof and not cut:
        raise BadCodingError("content_encoding")
    return out


def _arrow(body: bytes, codec: str, max_bytes: int, *, cut: bool) -> bytes:
    out = bytearray()
    try:
        with pa.CompressedInputStream(pa.BufferReader(body), codec) as stream:
            while block := stream.read(1 << 18):
                out += block
                if len(out) > max_bytes:
                    raise BadCodingError("too_large")
    except (OSError, pa.ArrowException) as error:
        if not cut:
            raise BadCodingError("content_encoding") from error
    return bytes(out)
