"""The response in a record: status line, headers, and a body that is still coded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from curate.http.headers import header_end, header_pairs, pick_headers, spellings

MAX_HEADER_BYTES = 1 << 20
"""Largest header block; Chromium reads 256 KiB, and servers that log into cookies send more."""

# Servers write 200OK, HTTP/2 and ICY; Chromium skips up to four bytes before the line.
_STATUS_LINE = re.compile(
    rb"(?:[ \t\r\n]{0,64}|[^\n]{0,4})"
    rb"(?:HTTP(?:[/ ]?\d{1,2}(?:\.\d{1,2})?)?|ICY)[ \t]+(\d{3})(?!\d)",
    re.IGNORECASE,
)
_HEAD_BYTES = 8192  # holds nearly every header block
_SIGNS = ("x-robots-tag", "tdm-reservation", "content-usage", "content-signal", "link")
_HEADERS = spellings(
    *("Content-Type", "Content-Encoding", "Transfer-Encoding", "Content-Length"),
    *("X-Robots-Tag", "TDM-Reservation", "Content-Usage", "Content-Signal", "Link"),
)
_LICENSE = "rsl+xml"  # of links, which servers send by the dozen, only those to licences count
_MOST_INTERIM = 8


@dataclass(slots=True)
class Response:
    """An HTTP response; header names are in lower case, the body is as it was stored.

    Attributes:
        status: the three digits.
        headers: those that are wanted here, and perhaps others; repeats joined with a comma.
        body: a view of the content it was parsed from.
        signs: headers by which the server opts out, one pair for each as it was written: an
            agent's name holds for one header and may not be joined with the next.
    """

    status: int
    headers: Mapping[str, str]
    body: memoryview
    signs: tuple[tuple[str, str], ...] = ()


def parse_response(content: bytes | bytearray | memoryview) -> Response | None:
    """The response in a record's content block.

    Interim responses (``100 Continue``) and those of a proxy's tunnel are passed over.

    Returns:
        None if it does not begin as a response, or its headers pass :data:`MAX_HEADER_BYTES`.
    """
    view = memoryview(content)
    for _ in range(_MOST_INTERIM):
        response = _parse(view)
        if response is None or not _is_interim(response):
            return response
        view = response.body
    return response


def begins_as_response(content: bytes | bytearray | memoryview) -> bool:
    """Whether there is a status line."""
    return _STATUS_LINE.match(content) is not None


def _is_interim(response: Response) -> bool:
    is_own = response.status >= 200 and "content-type" in response.headers
    return not is_own and response.status <= 200 and begins_as_response(response.body)


def _is_sign(name: str, value: str) -> bool:
    return name in _SIGNS and (name != "link" or _LICENSE in value)


def _parse(view: memoryview) -> Response | None:
    head = bytes(view[:_HEAD_BYTES])
    status = _STATUS_LINE.match(head)
    if status is None:
        return None
    begin = status.end()  # behind any empty lines in front
    end = header_end(head[begin:])
    if end is None and len(view) > len(head):
        head = bytes(view[:MAX_HEADER_BYTES])
        end = header_end(head[begin:])
        if end is None and len(view) > len(head):
            return None
    lines = head[begin : begin + end[0]] if end else head[begin:]
    lines = lines[lines.find(b"\n") :] if b"\n" in lines else b""
    headers = pick_headers(lines, _HEADERS, encoding="latin-1")
    signs: tuple[tuple[str, str], ...] = ()
    if any(name in headers for name in _SIGNS):
        pairs = header_pairs(lines, encoding="latin-1")
        signs = tuple((n, v.rstrip()) for n, v in pairs if _is_sign(n.lower(), v))
    body = view[begin + end[1] if end else len(view) :]
    return Response(int(status[1]), headers, body, signs)
