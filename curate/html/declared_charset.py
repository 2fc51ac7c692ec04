"""Encodings that a page declares: mark, HTTP header, ``<meta>``, XML declaration.

Only reading is done here; :mod:`curate.html.charset` decides what is believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from curate.encodings.encoding_names import (
    UTF_8,
    UTF_16BE,
    UTF_16LE,
    UTF_32BE,
    UTF_32LE,
    WINDOWS_1252,
    X_USER_DEFINED,
    Encoding,
    find_encoding,
)

BOM, HTTP, META = "bom", "http", "meta"

_PRESCAN_BYTES: Final = 64 << 10
"""Pages with large inline scripts have ``<meta>`` behind them. Browsers look at 1,024 bytes."""

_TAG_BYTES: Final = 1024

_SHORT_PRESCAN_BYTES: Final = 4096

_BOM: Final = re.compile(
    rb"[\t\n\f\r ]*(?:((?:\xef\xbb\xbf)+)|(\xff\xfe\0\0)|(\0\0\xfe\xff)|(\xff\xfe)|(\xfe\xff))"
)
_MARKED: Final = (UTF_8, UTF_32LE, UTF_32BE, UTF_16LE, UTF_16BE)
_WIDE_LE: Final = re.compile(rb"((?:[\t\n\f\r ](?!\0))*)(?:[\t\n\f\r ]\0)*<\0(?!\0)")
_WIDE_BE: Final = re.compile(rb"([\t\n\f\r ]*?)(?:\0[\t\n\f\r ])*\0<")
_HEADER_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?\s*([^\s;,\"']{1,64})", re.IGNORECASE)
_META_CHARSET: Final = re.compile(rb"charset\s*=\s*[\"']?\s*([^\s;,>\"'/]{1,64})", re.IGNORECASE)
_META: Final = re.compile(rb"<meta[\s/]", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(
    rb"([^\s\"'<>/=]{1,32})\s*=\s*(\"[^\"]{0,1024}\"|'[^']{0,1024}'|[^\s\"'>]{1,1024})"
)
_NAMES: Final = frozenset({b"name", b"property", b"itemprop"})
_XML_ENCODING: Final = re.compile(
    rb"\s*<\?xml\s[^>]{0,256}?encoding\s*=\s*[\"']\s*([^\"'>]{1,64})", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Declared:
    """An encoding that a page declares, and where: ``bom``, ``http`` or ``meta``."""

    encoding: Encoding
    source: str


def byte_order_mark(payload: bytes) -> tuple[Encoding, int] | None:
    """The encoding of a byte order mark and where the text behind it begins.

    White space may stand before it: a line feed too much behind the HTTP headers hides the mark
    (all of CC-MAIN-2018-34 has one).
    """
    mark = _BOM.match(payload)
    if mark is None:
        return None
    return _MARKED[(mark.lastindex or 1) - 1], mark.end()


def unmarked_utf16(payload: bytes) -> tuple[Encoding, int] | None:
    """UTF-16 without a mark, by its first ``<``, and where it begins; see above for white space."""
    if b"\0" not in payload[:64]:
        return None
    guesses = [
        (encoding, start.end(1))
        for encoding, start in (
            (UTF_16LE, _WIDE_LE.match(payload)),
            (UTF_16BE, _WIDE_BE.match(payload)),
        )
        if start
    ]
    # A line feed and then UTF-16BE begins as UTF-16LE does; only the length tells.
    whole = [(encoding, at) for encoding, at in guesses if (len(payload) - at) % 2 == 0]
    return next(iter(whole or guesses), None)


@lru_cache(maxsize=1024)  # servers say few things
def by_header(http_content_type: str | None) -> Declared | None:
    """The encoding in the HTTP header ``Content-Type``."""
    for header in _HEADER_CHARSET.finditer((http_content_type or "")[:1024]):
        encoding = find_encoding(header[1])
        if encoding:
            return Declared(encoding, HTTP)
    return None


def by_meta(payload: bytes, *, any_case: bool = False) -> Declared | None:
    """The first ``<meta>``, or the XML declaration, that names an encoding.

    Args:
        payload: the page.
        any_case: look for every spelling of ``charset`` as far as for the common one, which costs
            more than decoding UTF-8 does.
    """
    for label in _meta_labels(payload, any_case):
        if encoding := _in_tag(label):
            return encoding
    return None


@lru_cache(maxsize=1024)
def _in_tag(label: bytes) -> Declared | None:
    encoding = find_encoding(label.decode("latin-1"))
    if encoding in (UTF_16LE, UTF_16BE):
        encoding = UTF_8  # whoever can read this tag is not reading UTF-16
    if encoding == X_USER_DEFINED:
        encoding = WINDOWS_1252  # HTML Standard, 13.2.3.2
    return Declared(encoding, META) if encoding else None


def _meta_labels(payload: bytes, any_case: bool) -> Iterator[bytes]:  # noqa: FBT001
    head = payload[:_PRESCAN_BYTES]
    yield from _labels_in(head, head)
    if b"?" in head[:64]:
        yield from _XML_ENCODING.findall(head[:512])
    yield from _labels_in(head, (head if any_case else head[:_SHORT_PRESCAN_BYTES]).lower())


def _labels_in(head: bytes, searched: bytes) -> Iterator[bytes]:
    """Labels in the ``<meta>`` tags around each ``charset`` of ``searched``, comments left out."""
    at = searched.find(b"charset")
    while at >= 0:
        start = head.rfind(b"<", max(0, at - _TAG_BYTES), at)
        end = at + len(b"charset")
        if start >= 0 and _META.match(head, start) and not _in_comment(head, start):
            close = head.find(b">", start, start + 2 * _TAG_BYTES)
            tag = head[start : close if close > at else start + _TAG_BYTES]
            yield from _labels_of(tag)
            end = max(end, start + len(tag))
        at = searched.find(b"charset", end)


def _labels_of(tag: bytes) -> Iterator[bytes]:
    """The label in ``charset`` or, in a tag that describes nothing else, in ``content``."""
    attributes = {name.lower(): value for name, value in _ATTRIBUTE.findall(tag)}
    if b"charset" in attributes:
        value = attributes[b"charset"]
        yield value.strip(b"\"'")
        yield from _META_CHARSET.findall(value)
    elif b"http-equiv" in attributes or _NAMES.isdisjoint(attributes):
        yield from _META_CHARSET.findall(attributes.get(b"content", b""))
        yield from _META_CHARSET.findall(tag)


def _in_comment(head: bytes, at: int) -> bool:
    if head.find(b"<!--", 0, at) < 0:
        return False  # many times faster than to look from the end
    opened = head.rfind(b"<!--", 0, at)
    return opened >= 0 and head.find(b"-->", opened, at) < 0
