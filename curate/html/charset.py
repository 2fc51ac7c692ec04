"""Bytes of a page -> text, in any encoding, without ever failing.

In order: a byte order mark; the charset of the HTTP header, of ``<meta>`` or of the XML
declaration; whether the bytes are UTF-8; detection. A declaration is believed only as far as the
bytes agree: servers send ``iso-8859-1`` for everything, and bytes that are valid UTF-8 with more
than a few multi-byte characters are UTF-8.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import cchardet

from curate.encodings.labels import (
    LABELS,
    UTF_8,
    UTF_16BE,
    UTF_16LE,
    WINDOWS_1252,
    Encoding,
    find_encoding,
)

_PRESCAN_BYTES = 4096
_DETECT_BYTES = 256 << 10

# Ten characters of another multi-byte encoding look like valid UTF-8 about once in 10^10.
_SURE_UTF8_CHARACTERS = 10

# A page cut inside a character, or quoting a few foreign bytes, is still in its own encoding.
_BAD_FRACTION = 0.05

_FAILED_FRACTION_NON_ASCII = 0.3
_FAILED_FRACTION = 0.01

_BOMS = ((b"\xef\xbb\xbf", UTF_8), (b"\xff\xfe", UTF_16LE), (b"\xfe\xff", UTF_16BE))
_WIDE_STARTS = ((b"<\0", UTF_16LE), (b"\0<", UTF_16BE))
_JIS_ESCAPES = (b"\x1b$B", b"\x1b$@")
_ISO_2022_JP = LABELS["iso-2022-jp"]
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s;,\"']{1,64})", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_META = re.compile(rb"<meta[\s/][^>]{0,1024}", re.IGNORECASE)
_META_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([^\s;>\"'/]{1,64})", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"\s*<\?xml\s[^>]{0,256}?encoding\s*=\s*[\"']([^\"'>]{1,64})")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page as text.

    Attributes:
        text: without NUL and lone surrogates; U+FFFD stands for each byte that did not decode.
        encoding: name of the encoding in the WHATWG standard, in lower case.
        source: ``bom``, ``http``, ``meta``, ``utf8`` (the bytes are valid UTF-8), ``detected``,
            or ``fallback`` (windows-1252, when nothing else is known).
        failed: so many bytes did not decode that the text is not worth reading: U+FFFD makes up
            more than 30 % of the non-ASCII and more than 1 % of all characters.
    """

    text: str
    encoding: str
    source: str
    failed: bool


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One encoding tried on the bytes: how many U+FFFD were put in, and if NUL can be in it."""

    text: str
    encoding: Encoding
    source: str
    n_bad: int
    has_nul: bool

    @property
    def n_good(self) -> int:
        """How many characters are neither ASCII nor put in; asked only where it matters."""
        if self.text.isascii():
            return 0
        return len(self.text) - len(self.text.encode("ascii", errors="ignore")) - self.n_bad

    @property
    def bad_fraction(self) -> float:
        """Share of the non-ASCII characters that did not decode."""
        if not self.n_bad:
            return 0.0
        return self.n_bad / max(1, self.n_bad + self.n_good)


def decode(payload: bytes, http_content_type: str | None) -> Decoded:
    """Decode the body of a page; never raises.

    Args:
        payload: the body without transfer and content codings.
        http_content_type: the ``Content-Type`` header, for its charset.
    """
    for bom, encoding in _BOMS:
        if payload.startswith(bom):
            return _finish(_attempt(payload[len(bom) :], encoding, "bom"))
    for start, encoding in _WIDE_STARTS:
        if payload.startswith(start):
            return _finish(_attempt(payload, encoding, "detected"))
    declared, source = _declared(payload, http_content_type)
    is_jis = b"\x1b" in payload and any(mark in payload for mark in _JIS_ESCAPES)
    if is_jis and declared in (None, UTF_8):
        declared, source = _ISO_2022_JP, "detected"  # in 7-bit bytes, so that UTF-8 would fit too
    utf8 = _as_utf8(payload, declared, source)
    if utf8 is not None:
        return _finish(utf8)
    first = None if declared is None else _attempt(payload, declared, source)
    if first is not None and first.bad_fraction <= _BAD_FRACTION:
        return _finish(first)
    found = _detect(payload)
    if first is not None and first.bad_fraction <= found.bad_fraction:
        return _finish(first)
    return _finish(found)


def _declared(payload: bytes, http_content_type: str | None) -> tuple[Encoding | None, str]:
    """The first declaration that names an encoding pages may choose, and where it stands."""
    header = _HEADER_CHARSET.search((http_content_type or "")[:1024])
    if header and (encoding := find_encoding(header[1])):
        return encoding, "http"
    head = _COMMENT.sub(b"", payload[:_PRESCAN_BYTES])
    labels = [charset[1] for tag in _META.findall(head) if (charset := _META_CHARSET.search(tag))]
    labels += _XML_ENCODING.findall(head[:512])
    for label in labels:
        encoding = find_encoding(label.decode("latin-1"))
        if encoding in (UTF_16LE, UTF_16BE):
            encoding = UTF_8  # whoever can read this tag is not reading UTF-16
        if encoding is not None:
            return encoding, "meta"
    return None, ""


def _as_utf8(payload: bytes, declared: Encoding | None, source: str) -> _Attempt | None:
    """The text if the bytes are UTF-8 and the declaration does not speak against it."""
    declares_utf8 = declared == UTF_8
    utf8 = _attempt(payload, UTF_8, source if declares_utf8 else "utf8")
    if not utf8.n_bad and (declared is None or declares_utf8):
        return utf8
    n_good = utf8.n_good
    is_sure = n_good >= _SURE_UTF8_CHARACTERS and utf8.bad_fraction <= _BAD_FRACTION
    if utf8.n_bad or declared is None:
        return utf8 if is_sure else None
    return utf8 if is_sure or (n_good and not declared.is_multibyte) else None


def _detect(payload: bytes) -> _Attempt:
    """What a statistical detector says, else windows-1252, as browsers do."""
    label = cchardet.detect(payload[:_DETECT_BYTES]).get("encoding")
    encoding = find_encoding(label)
    if encoding is None:
        return _attempt(payload, WINDOWS_1252, "fallback")
    return _attempt(payload, encoding, "detected")


def _attempt(payload: bytes, encoding: Encoding, source: str) -> _Attempt:
    try:
        text = payload.decode(encoding.codec)
        n_bad = 0  # a U+FFFD that the page itself holds is not ours
    except UnicodeDecodeError:
        text = payload.decode(encoding.codec, errors="replace")
        n_bad = text.count("\ufffd")
    return _Attempt(text, encoding, source, n_bad, b"\0" in payload)


def _finish(attempt: _Attempt) -> Decoded:
    text = attempt.text
    failed = (
        attempt.bad_fraction > _FAILED_FRACTION_NON_ASCII
        and attempt.n_bad > _FAILED_FRACTION * len(text)
    )
    if attempt.has_nul:
        text = text.replace("\0", "")
    # No codec of the table should give a surrogate, and that of UTF-8 cannot; Arrow and UTF-8
    # could not hold it.
    if attempt.encoding != UTF_8:
        text = _SURROGATE.sub("\ufffd", text)
    return Decoded(text, attempt.encoding.name, attempt.source, failed)
