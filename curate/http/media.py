"""Kinds of bodies: media types, and the first bytes where there is none.

WHATWG's "Fetch" (2.2.2: several headers) and "MIME Sniffing" (7.1: no header), with what browsers
forgive besides.
"""

from __future__ import annotations

import re
from functools import lru_cache

HTML_TYPES = frozenset(
    (
        *("text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"),
        *("text/vnd.wap.wml", "application/x-xhtml+xml", "text/xhtml", "application/xhtml"),
    )
)
"""Pages; those of WAP are what Common Crawl's ``WARC-Identified-Payload-Type`` knows."""

XML_TYPES = frozenset(("application/xml", "text/xml"))
"""A page if the root element is ``html``."""

_UNKNOWN = frozenset(("unknown/unknown", "application/unknown", "*/*"))
_TYPE = re.compile(r"[\s\"']*([!#$%&*+.^_`|~0-9A-Za-z-]+/[!#$%&*+.^_`|~0-9A-Za-z-]+)")
_HTML_AND_MORE = re.compile(r"text/html[&|#%_.]")  # "text/html&charset=utf-8"
_HEAD_BYTES = 8192
_PROLOG_BYTES = 64 << 10
_BOMS_16 = (b"\xff\xfe", b"\xfe\xff")
_WIDE_START = re.compile(rb"[\r\n]{0,4}(?:(?:[\t\n\f\r ]\0)*<\0|(?:\0[\t\n\f\r ])*\0<)")
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_ELEMENTS = (
    rb"!doctype\s+html|a|abbr|acronym|address|applet|area|article|aside|audio|b|base|basefont|bdi|"
    rb"bdo|big|blink|blockquote|body|br|button|canvas|caption|center|cite|code|col|colgroup|"
    rb"datalist|dd|del|details|dfn|dialog|dir|div|dl|dt|em|embed|fieldset|figcaption|figure|font|"
    rb"footer|form|frame|frameset|h[1-6]|head|header|hgroup|hr|html|i|iframe|img|input|ins|kbd|"
    rb"label|legend|li|link|main|mark|marquee|menu|meta|meter|nav|nobr|noframes|noscript|object|"
    rb"ol|optgroup|option|output|p|param|picture|pre|progress|q|rp|rt|ruby|s|samp|script|"
    rb"section|select|small|span|strike|strong|style|sub|summary|sup|table|tbody|td|"
    rb"template|textarea|tfoot|th|thead|title|tr|tt|u|ul|var|video|wbr"
)
"""Of HTML; the standard's list has sixteen. Names that other XML is fond of are left out."""

_HTML_START = re.compile(rb"\s*<(?:(?:" + _ELEMENTS + rb")(?=[\s/>])|!--)", re.IGNORECASE)
_XHTML_ROOT = re.compile(rb"<(?:[A-Za-z][\w.-]{0,40}:)?html(?=[\s/>])", re.IGNORECASE)
_PROLOG = ((b"<?", b"?>"), (b"<!--", b"-->"), (b"<!", b">"))


@lru_cache(maxsize=4096)
def media_type(content_type: str | None) -> str | None:
    """``Text/HTML; charset=x`` -> ``text/html``, of several headers the last one that parses.

    Returns:
        None where nothing is said, or nothing that says anything (``*/*``): look at the body.
    """
    if not content_type:
        return None
    parts = content_type.split(",") if "," in content_type else [content_type]
    for part in reversed(parts):
        match = _TYPE.match(part)
        if match and (name := match[1].lower()) not in _UNKNOWN:
            return "text/html" if _HTML_AND_MORE.match(name) else name
    return None


def looks_like_html(body: bytes | memoryview) -> bool:
    """Whether the first bytes are those of an HTML page: a tag of HTML, or a comment."""
    head = _readable(body)
    if _HTML_START.match(head):
        return True
    return head.lstrip()[:5].lower() == b"<?xml" and is_xhtml(body)


def is_xhtml(body: bytes | memoryview) -> bool:
    """Whether an XML document is a page: its root element is ``html``."""
    head = _behind_prolog(_readable(body, _PROLOG_BYTES))
    return _XHTML_ROOT.match(head) is not None


def is_text(body: bytes | memoryview) -> bool:
    """Whether the first bytes are no compressed data: no control characters, or UTF-16."""
    head = bytes(body[:1024])
    is_wide = head[:2] in _BOMS_16 or _WIDE_START.match(head) is not None
    return is_wide or _BINARY.search(head) is None


def _readable(body: bytes | memoryview, n_bytes: int = _HEAD_BYTES) -> bytes:
    """The beginning without byte order mark, and of UTF-16 what is ASCII."""
    head = bytes(body[:n_bytes])
    if head[:2] in _BOMS_16:
        return head[2:].replace(b"\0", b"")
    if _WIDE_START.match(head):
        return head.replace(b"\0", b"")
    return head.removeprefix(b"\xef\xbb\xbf")


def _behind_prolog(head: bytes) -> bytes:
    """The bytes behind XML declaration, processing instructions, comments and document type."""
    at = 0
    while True:
        while head[at : at + 1].isspace():
            at += 1
        mark = next((end for start, end in _PROLOG if head.startswith(start, at)), None)
        if mark is None:
            return head[at:]
        end = head.find(mark, at + 2)
        if mark == b">" and 0 <= head.find(b"[", at) < end:  # an internal subset
            end = head.find(b"]", at)
            end = head.find(mark, end) if end >= 0 else -1
        if end < 0:
            return b""
        at = end + len(mark)
