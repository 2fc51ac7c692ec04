"""How a record begins: the headers of WARC (ISO 28500), or the one line of ARC 1.0 and 1.1.

An ARC file is a version block and then, for each document, a line with its address, IP, date, type
and length (version 1; five more fields in version 2), with the response below. Addresses may hold
spaces, and crawlers left fields out, so a line is read from what is sure in it: the date.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from curate.http.headers import header_end, pick_headers, spellings
from curate.redact import without_userinfo

_URL_LINE = (
    rb"((?:[A-Za-z][A-Za-z0-9+.-]{1,30}://|dns:|filedesc:|mailto:|whois:)[^\r\n]{1,65536}?)[ \t]+"
    rb"([0-9A-Fa-f.:]{1,45}|-)[ \t]+(\d{12,20})(?:[ \t]+([^\r\n]{0,4096}))?\r*\n"
)
_VERSION_LINE = rb"WARC/[0-9]\.\d{1,2}[ \t]*\r*\n[A-Za-z-]{1,64}[ \t]*:"
ARC_LINE = re.compile(_URL_LINE)
WARC_START = re.compile(rb"\n(?=" + _VERSION_LINE + rb")")
ARC_START = re.compile(rb"\n(?=" + _URL_LINE + rb")")
_WARC_BEGIN = re.compile(_VERSION_LINE)
_ARC_VERSION_2 = 7  # type, status, checksum, location, offset, file name, length

_HEADERS = spellings(
    *("WARC-Type", "WARC-Target-URI", "WARC-Date", "WARC-Record-ID", "WARC-Truncated"),
    *("WARC-Identified-Payload-Type", "WARC-Segment-Number", "Content-Type", "Content-Length"),
)

WARC_MARK = b"WARC/"
_LEAST_HEAD_BYTES = 128  # fewer may be a beginning that goes on in the next member


@dataclass(slots=True)
class Head:
    """The headers of a record.

    Attributes:
        headers: those that are wanted here, and perhaps others; names in lower case. An ARC line
            gives those that WARC has for the same.
        is_arc: whether it is an ARC line.
        repairs: what was wrong and does not matter.
    """

    headers: dict[str, str]
    is_arc: bool = False
    repairs: tuple[str, ...] = ()


def begins_record(head: bytes) -> bool:
    """Whether these bytes begin a record."""
    if head.startswith(WARC_MARK):
        return len(head) < _LEAST_HEAD_BYTES or begins_warc(head)
    return ARC_LINE.match(head) is not None


def begins_warc(head: bytes) -> bool:
    """Whether these bytes begin with a version line and a header."""
    return _WARC_BEGIN.match(head) is not None


def warc_head(block: bytes) -> Head:
    """The head in the bytes up to the empty line."""
    headers = pick_headers(block[block.find(b"\n") :], _HEADERS, encoding="utf-8")
    if block.endswith(b"\r\n") and b"\r\r" not in block:
        return Head(headers)
    return Head(headers, repairs=("line_ends",))


def arc_head(line: re.Match[bytes]) -> Head:
    """The head of an ARC record, from its line."""
    url, _, date, rest = (
        part.decode("utf-8", "replace") for part in (g or b"" for g in line.groups())
    )
    fields = rest.split()
    length = fields[-1] if fields else ""
    kind = fields[0] if len(fields) >= _ARC_VERSION_2 else " ".join(fields[:-1])
    headers = {
        "warc-type": "warcinfo" if url.startswith("filedesc:") else "response",
        "warc-target-uri": url,
        "warc-date": date,
        "content-length": length,
    }
    if "/" in kind:
        headers["content-type"] = kind
    return Head(headers, is_arc=True)


def target_url(headers: Mapping[str, str]) -> str:
    """``WARC-Target-URI`` without angle brackets (wget), user name and password."""
    url = headers.get("warc-target-uri", "")
    if url.startswith("<"):
        url = url.removeprefix("<").removesuffix(">")
    return without_userinfo(url)


def url_in(head: bytes) -> str:
    """The address in what is there of a record, if its headers are whole."""
    head = head.lstrip(b"\r\n")
    end = header_end(head) if head.startswith(WARC_MARK) else None
    if end:
        return target_url(warc_head(head[: end[0]]).headers)
    line = ARC_LINE.match(head)
    return target_url(arc_head(line).headers) if line else ""
