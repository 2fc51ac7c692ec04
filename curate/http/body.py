"""The body of a response without its transfer and content codings.

Crawlers differ in what they store: some keep chunks and compression, some remove them and leave
the headers behind, some write an empty line too many. So a coding is removed only where the bytes
show it, and of a body that is cut or broken the part that came is given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from curate.http.codings import (
    GZIP_BITS,
    RAW_BITS,
    ZLIB_BITS,
    TooLargeError,
    decompress,
    inflate,
)
from curate.http.media import is_text, looks_like_html
from curate.http.response import Response

_GZIP = b"\x1f\x8b\x08"
_ZSTD = b"\x28\xb5\x2f\xfd"
_BOMS = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")
_UNDECODABLE = frozenset(
    ("compress", "x-compress", "sdch", "bzip2", "x-bzip2", "lzma", "xz", "x-xz", "dcb", "dcz")
)
_GZIP_NAMES = ("gzip", "x-gzip")
_DEFLATE_NAMES = ("deflate", "x-deflate")
_NO_CODING = frozenset(("identity", "none", "chunked", "utf-8", "utf8"))
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,64})[ \t]*(?:;[^\r\n]{0,4096})?\r*\n")
_CONTROL = bytes({*range(1, 32)} - {*b"\t\n\f\r\x1b"})
_NOISE_FRACTION = 0.04  # compressed bytes have 0.1 of them, text has none
_MOST_CODINGS = 8
_MOST_LAYERS = 8


class BadCodingError(Exception):
    """A body of which nothing can be decoded, or that grows beyond the limit.

    Attributes:
        reason: ``transfer_encoding``, ``content_encoding`` or ``too_large``.
        detail: what was found.
        data: the beginning of what is too large.
    """

    def __init__(self, reason: str, detail: str, data: bytes = b"") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail
        self.data = data


@dataclass(slots=True)
class Body:
    """A decoded body.

    Attributes:
        data: its bytes.
        is_cut: whether something is known to be missing: the end of a coding or a chunk, a right
            checksum, or bytes that ``Content-Length`` promised.
    """

    data: bytes
    is_cut: bool = False


def decode_body(response: Response, *, max_bytes: int) -> Body:
    """The body without transfer and content codings, as far as it goes.

    Args:
        response: as parsed.
        max_bytes: largest result.

    Raises:
        BadCodingError: nothing of it could be decoded, or it is too large.
    """
    stored, headers = response.body, response.headers
    transfer = headers.get("transfer-encoding")
    content = headers.get("content-encoding")
    is_bare = transfer is None and content is None
    is_cut = is_bare and _is_short(headers.get("content-length"), len(stored))
    if is_bare and not _hides_something(stored):
        if len(stored) > max_bytes:
            raise BadCodingError("too_large", f"a body of {len(stored)} bytes")
        return Body(bytes(stored), is_cut)
    try:
        body, is_whole = _without_codings(stored, transfer or "", content or "", max_bytes)
    except TooLargeError as error:
        detail = f"the decoded body is above {max_bytes} bytes"
        raise BadCodingError("too_large", detail, error.data) from None
    if len(body) > max_bytes:
        detail = f"a body of {len(body)} bytes"
        raise BadCodingError("too_large", detail, bytes(body[:max_bytes]))
    return Body(_without_blank_line(body), is_cut or not is_whole)


def _without_codings(
    body: memoryview, transfer: str, content: str, max_bytes: int
) -> tuple[memoryview, bool]:
    """The content, and whether all of it came."""
    steps = [(name, "transfer_encoding") for name in reversed(_names(transfer))]
    steps += [(name, "content_encoding") for name in reversed(_names(content))]
    is_whole = True
    for name, reason in steps:
        if name == "chunked":
            body, came = _join_chunks(body)
        else:
            body, came = _decode(body, name, reason, max_bytes)
        is_whole = is_whole and came
    for _ in range(_MOST_LAYERS):  # gzip that no header names, or that names it once too little
        inner = _behind_line_ends(body)
        if bytes(inner[:3]) != _GZIP:
            return body, is_whole
        body, came = _decode(inner, "gzip", "content_encoding", max_bytes)
        is_whole = is_whole and came
    raise BadCodingError("content_encoding", f"more than {_MOST_LAYERS} layers of gzip")


def _names(header: str) -> list[str]:
    names = [name.partition(";")[0].strip().strip("\"'").lower() for name in header.split(",")]
    return [name for name in names if name][-_MOST_CODINGS:]


def _is_short(declared: str | None, n_bytes: int) -> bool:
    """Whether all that is said of the length is more than there is."""
    if declared is None:
        return False
    if declared.isascii() and declared.isdigit():
        return int(declared[:19]) > n_bytes
    values = {value.strip() for value in declared.split(",")}
    return all(v.isascii() and v.isdigit() and int(v[:19]) > n_bytes for v in values)


def _hides_something(body: memoryview) -> bool:
    """Whether a body without a coding in its headers is to be looked at closer."""
    return len(body) > 1 and (body[0] in b"\r\n" or (body[0] == 0x1F and body[1] == 0x8B))


def _behind_line_ends(body: memoryview) -> memoryview:
    at = 0
    while at < len(body) and at < 16 and body[at] in b"\r\n":
        at += 1
    return body[at:]


def _without_blank_line(body: memoryview) -> bytes:
    """Without line ends that hide what the text is encoded in; other ones are the page's own."""
    if len(body) and body[0] in b"\r\n":
        inner = _behind_line_ends(body)
        if bytes(inner[:3]).startswith(_BOMS):
            return bytes(inner)
        if bytes(body[:2]) == b"\r\n" and bytes(body[2:4]) in (b"<\0", b"\0<"):
            return bytes(body[2:])
    whole = body.obj
    return whole if isinstance(whole, bytes) and len(whole) == len(body) else bytes(body)


def _join_chunks(body: memoryview) -> tuple[memoryview, bool]:
    """Undo RFC 9112 §7.1, and whether the last chunk was there.

    Bytes that do not begin with a chunk that ends where it says are left as they are.
    """
    parts: list[memoryview] = []
    at = len(body) - len(_behind_line_ends(body))
    while (size := _CHUNK_SIZE.match(body, at)) is not None:
        n_bytes, begin = int(size[1], 16), size.end()
        if n_bytes == 0:
            return _joined(parts), True
        at = begin + n_bytes
        if at < len(body):
            line_end = 2 if bytes(body[at : at + 2]) == b"\r\n" else int(body[at] in b"\r\n")
            if not parts and not line_end and not _CHUNK_SIZE.match(body, at):
                return body, True
            parts.append(body[begin:at])
            at += line_end
        else:
            if not parts and b"\r" not in size[0]:
                return body, True  # a short line of text that reads as a number
            parts.append(body[begin:])
            break
    return (_joined(parts), False) if parts else (body, True)


def _joined(parts: list[memoryview]) -> memoryview:
    return parts[0] if len(parts) == 1 else memoryview(b"".join(parts))


def _decode(body: memoryview, coding: str, reason: str, max_bytes: int) -> tuple[memoryview, bool]:
    """Remove one coding; unknown names and bytes without the coding pass through.

    Returns:
        The content, and whether it is whole.
    """
    inner = _behind_line_ends(body)
    first = bytes(inner[:4])
    if coding in (*_GZIP_NAMES, *_DEFLATE_NAMES) and first.startswith(_GZIP):
        data, is_whole, _ = inflate(inner, GZIP_BITS, max_bytes)
    elif coding in _DEFLATE_NAMES:
        data, is_whole = _deflated(body, max_bytes)
        if not data and len(inner) < len(body):
            data, is_whole = _deflated(inner, max_bytes)
    elif coding in ("br", "brotli"):
        data, is_whole = _brotli(body, max_bytes)
        if not data and len(inner) < len(body):
            data, is_whole = _brotli(inner, max_bytes)
    elif coding in ("zstd", "x-zstd") and (first == _ZSTD or _is_skippable(first)):
        data, is_whole = decompress(inner, "zstd", max_bytes)
    elif _is_noise(body) and not first.startswith(_GZIP):
        data, is_whole = _misnamed(body, coding, reason, max_bytes)
    elif coding in _UNDECODABLE and not _is_page(body):
        raise BadCodingError(reason, f"{coding}, which is not decoded")
    else:
        return body, True
    if not data and not is_whole:
        raise BadCodingError(reason, f"{coding}: nothing of {len(body)} bytes could be decoded")
    return memoryview(data), is_whole


def _brotli(body: memoryview, max_bytes: int) -> tuple[bytes, bool]:
    data, is_whole = decompress(body, "brotli", max_bytes)
    return (bytes(body), True) if not is_whole and _is_page(body) else (data, is_whole)


def _misnamed(body: memoryview, coding: str, reason: str, max_bytes: int) -> tuple[bytes, bool]:
    """Bytes that are no text, and not in the coding that is named."""
    if coding in _GZIP_NAMES:
        return _deflated(body, max_bytes)  # Chromium reads either under both names
    if coding in _NO_CODING:
        return bytes(body), True
    raise BadCodingError(reason, f"{coding}, which is not decoded")


def _deflated(body: memoryview, max_bytes: int) -> tuple[bytes, bool]:
    """Both forms are in use: RFC 9110 §8.4.1.2 says zlib, many servers send the raw stream."""
    has_header = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0
    best = (b"", False)
    for wbits in (ZLIB_BITS, RAW_BITS) if has_header else (RAW_BITS,):
        data, is_whole, n_behind = inflate(body, wbits, max_bytes)
        if is_whole and (not n_behind or not _is_page(body)):
            return data, True
        best = max(best, (data, is_whole), key=lambda inflated: len(inflated[0]))
    return (bytes(body), True) if _is_page(body) else best


def _is_page(body: memoryview) -> bool:
    """Whether it reads as text already, so that a coding that fails was removed before."""
    return looks_like_html(body) or is_text(body)


def _is_noise(body: memoryview) -> bool:
    """Whether the first bytes are no text in any encoding."""
    head = bytes(body[:1024])
    n_control = len(head) - len(head.translate(None, _CONTROL))
    return n_control > _NOISE_FRACTION * len(head) and not _is_page(body)


def _is_skippable(magic: bytes) -> bool:
    return len(magic) == 4 and magic[1:] == b"\x2a\x4d\x18" and magic[0] >> 4 == 5
