"""Small WARC files for tests: fixed ids and dates, every byte known.

``records`` are the uncompressed bytes of one record each; :func:`gzip_members`,
:func:`zstd_frames` and :func:`plain` make files of them.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from uuid import UUID

import pyarrow as pa

DATE = "2024-02-21T10:00:00Z"


def record_id(ordinal: int) -> str:
    """The fixed id of the record with this number."""
    return f"<urn:uuid:{UUID(int=ordinal)}>"


def warc_record(
    kind: str,
    content: bytes,
    *,
    url: str | None = None,
    ordinal: int = 1,
    headers: Mapping[str, str | None] | None = None,
) -> bytes:
    """One record; ``headers`` overrides, or with None removes, the usual ones."""
    lines: dict[str, str | None] = {
        "WARC-Type": kind,
        "WARC-Record-ID": record_id(ordinal),
        "WARC-Date": DATE,
        "WARC-Target-URI": url,
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(content)),
    }
    lines.update(headers or {})
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value is not None)
    return b"WARC/1.0\r\n" + head.encode() + b"\r\n" + content + b"\r\n\r\n"


def http_response(
    body: bytes,
    *,
    status: int = 200,
    content_type: str | None = "text/html; charset=utf-8",
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """Status line, headers and body as a crawler stores them."""
    lines = {} if content_type is None else {"Content-Type": content_type}
    lines.update(headers or {})
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} OK\r\n{head}\r\n".encode() + body


def response_record(
    url: str,
    html: str | bytes,
    *,
    status: int = 200,
    content_type: str | None = "text/html; charset=utf-8",
    http_headers: Mapping[str, str] | None = None,
    ordinal: int = 1,
    headers: Mapping[str, str | None] | None = None,
) -> bytes:
    """A ``response`` record that holds one page."""
    body = html.encode() if isinstance(html, str) else html
    content = http_response(body, status=status, content_type=content_type, headers=http_headers)
    return warc_record("response", content, url=url, ordinal=ordinal, headers=headers)


def conversion_record(url: str, text: str, *, ordinal: int = 1) -> bytes:
    """A ``conversion`` record as in WET files."""
    headers = {"Content-Type": "text/plain"}
    return warc_record("conversion", text.encode(), url=url, ordinal=ordinal, headers=headers)


def warcinfo_record() -> bytes:
    """The record that opens most files."""
    content = b"software: curate tests\r\n"
    headers = {"Content-Type": "application/warc-fields"}
    return warc_record("warcinfo", content, ordinal=0, headers=headers)


def gzip_member(record: bytes) -> bytes:
    """One member; the time stamp is fixed, so equal records give equal bytes."""
    return gzip.compress(record, compresslevel=6, mtime=0)


def gzip_members(records: Sequence[bytes]) -> bytes:
    """A ``.warc.gz``: one member a record."""
    return b"".join(gzip_member(record) for record in records)


def zstd_frames(records: Sequence[bytes]) -> bytes:
    """A ``.warc.zst`` without dictionary: one frame a record."""
    codec = pa.Codec("zstd")
    return b"".join(codec.compress(record, asbytes=True) for record in records)


def plain(records: Sequence[bytes]) -> bytes:
    """A ``.warc``."""
    return b"".join(records)
