"""Bytes of a page -> text, in any encoding, without ever failing.

In order: a byte order mark; the charset of the HTTP header; of ``<meta>`` or of the XML
declaration; detection. All are asked, and each is believed only as far as the bytes agree: bytes
that are valid UTF-8 with more than a few multi-byte characters are UTF-8, and servers send
``iso-8859-1`` for everything, so that a header that says so does not beat a ``<meta>``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from curate.encodings.decoders import decode_bytes
from curate.encodings.encoding_names import (
    LABELS,
    REPLACEMENT,
    UTF_8,
    UTF_16BE,
    UTF_16LE,
    WINDOWS_1252,
    Encoding,
)
from curate.html.declared_charset import (
    BOM,
    HTTP,
    META,
    Declared,
    by_header,
    by_meta,
    byte_order_mark,
    unmarked_utf16,
)
from curate.html.detect import detect
from curate.html.plausible import implausible
from curate.html.visual import to_reading_order

UTF8, DETECTED, FALLBACK = "utf8", "detected", "fallback"

# Ten characters of another multi-byte encoding look like valid UTF-8 about once in 10^10.
_SURE_UTF8_CHARACTERS: Final = 10

# A page cut inside a character, or quoting a few foreign bytes, is still in its own encoding.
_BAD_FRACTION: Final = 0.05

# In a true reading it is next to nothing.
_IMPLAUSIBLE: Final = 0.05

_FAILED_FRACTION_NON_ASCII: Final = 0.3
_FAILED_FRACTION: Final = 0.01

_SAME: Final = {"gbk": "gb18030", "iso-8859-8-i": "iso-8859-8"}
"""Encodings that are one for the question whether two declarations disagree."""

_ISO_2022_JP: Final = LABELS["iso-2022-jp"]
_VISUAL_HEBREW: Final = LABELS["iso-8859-8"]
_JIS_ESCAPE: Final = re.compile(rb"\x1b(?:\$[@B]|\(I)")
_REFUSED_ESCAPE: Final = re.compile(rb"\x1b\$[)*+][A-I]")  # ISO-2022-KR and -CN
_HZ_FRACTION: Final = 0.05
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page as text.

    Attributes:
        text: without NUL and lone surrogates; U+FFFD stands for what did not decode.
        encoding: name of the encoding in the WHATWG standard, in lower case.
        source: what told the encoding: ``bom``, ``http``, ``meta`` (the XML declaration too),
            ``utf8`` (the bytes are valid UTF-8), ``detected``, or ``fallback`` (windows-1252, when
            nothing else is known).
        conflict: two declarations disagreed, of mark, header and meta.
        failed: so many bytes did not decode that the text is not worth reading: U+FFFD makes up
            more than 30 % of the non-ASCII and more than 1 % of all characters; or the page is in
            an encoding that browsers refuse to read, and there is no text.
    """

    text: str
    encoding: str
    source: str
    failed: bool
    conflict: bool = False


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One encoding tried on the bytes: how many errors there were, and if NUL can be in it."""

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
    declared = [one for one in (by_header(http_content_type), by_meta(payload)) if one]
    marked = byte_order_mark(payload)
    if marked:
        encoding, at = marked
        first = _attempt(payload[at:], encoding, BOM)
        conflict = _disagree([Declared(encoding, BOM), *declared])
        if encoding != UTF_8 or first.bad_fraction <= _BAD_FRACTION:
            return _finish(first, conflict)
        declared, payload = [Declared(UTF_8, BOM), *declared], payload[at:]
    wide = unmarked_utf16(payload)
    if wide:
        encoding, at = wide
        source = next((one.source for one in declared if one.encoding == encoding), DETECTED)
        return _finish(_attempt(payload[at:], encoding, source), _disagree(declared))
    chosen = _choose(payload, declared)
    return _finish(chosen, _disagree(declared))


def decode_text(payload: bytes, content_type: str | None) -> Decoded:
    """Decode the text of a conversion record, which is UTF-8 unless its type says another.

    Args:
        payload: the text.
        content_type: such as ``text/plain; charset=iso-8859-1``.
    """
    declared = by_header(content_type)
    marked = byte_order_mark(payload)
    if marked:
        conflict = declared is not None and declared.encoding != marked[0]
        return _finish(_attempt(payload[marked[1] :], marked[0], BOM), conflict)
    utf8 = _as_utf8(payload, [declared] if declared else [])
    if utf8 or declared is None:
        return _finish(utf8 or _attempt(payload, UTF_8, UTF8), conflict=False)
    return _finish(_attempt(payload, declared.encoding, HTTP), conflict=False)


def _disagree(declared: list[Declared]) -> bool:
    return len({_SAME.get(one.encoding.name, one.encoding.name) for one in declared}) > 1


def _choose(payload: bytes, declared: list[Declared]) -> _Attempt:
    """The encoding that declarations and bytes agree on best; adds a declaration found late."""
    is_escaped = b"\x1b" in payload
    if declared and declared[0].encoding is UTF_8 and not is_escaped and not payload.isascii():
        usual = _attempt(payload, UTF_8, declared[0].source)
        if not usual.n_bad:
            return usual
    if is_escaped or (payload.isascii() and _may_be_hz(payload)):
        _look_further(payload, declared)
        escaped = _by_escapes(payload, declared)
        if escaped:
            return escaped
    refused = next((one for one in declared if one.encoding == REPLACEMENT), None)
    if refused and payload.isascii():
        return _attempt(payload, REPLACEMENT, refused.source)
    utf8 = _as_utf8(payload, _possible(declared))
    if utf8:
        return utf8
    _look_further(payload, declared)
    tried = [_attempt(payload, one.encoding, one.source) for one in _possible(declared)]
    clean = [attempt for attempt in tried if attempt.bad_fraction <= _BAD_FRACTION]
    if clean and (len(clean) == 1 or clean[0].text == clean[1].text):
        return _unless_implausible(payload, clean[0])
    detected = _detect(payload)
    if clean:
        return _unless_implausible(payload, _one_of_two(clean[0], clean[-1], detected))
    return min([*tried, detected], key=lambda attempt: attempt.bad_fraction)


def _look_further(payload: bytes, declared: list[Declared]) -> None:
    """Add the ``<meta>`` that a quick look has not found."""
    if all(one.source != META for one in declared):
        more = by_meta(payload, any_case=True)
        declared.extend([more] if more else [])


def _possible(declared: list[Declared]) -> list[Declared]:
    """Without UTF-16, which has been looked for, and what cannot be in bytes above ASCII."""
    return [one for one in declared if one.encoding not in (UTF_16LE, UTF_16BE, REPLACEMENT)]


def _by_escapes(payload: bytes, declared: list[Declared]) -> _Attempt | None:
    """7-bit bytes that UTF-8 would fit too, and that say themselves what they are."""
    if _JIS_ESCAPE.search(payload) and (
        payload.isascii() or all(one.encoding == UTF_8 for one in declared)
    ):
        is_told = any(one.encoding == _ISO_2022_JP for one in declared)
        jis = _attempt(payload, _ISO_2022_JP, DETECTED)
        if is_told:
            source = next(f.source for f in declared if f.encoding == _ISO_2022_JP)
            return replace(jis, source=source)
        return None if _as_utf8(payload, []) and not payload.isascii() else jis
    if not payload.isascii() or any(one.encoding == REPLACEMENT for one in declared):
        return None
    if _REFUSED_ESCAPE.search(payload) or _n_hz_bytes(payload) > _HZ_FRACTION * len(payload):
        return _attempt(payload, REPLACEMENT, DETECTED)
    return None


def _may_be_hz(payload: bytes) -> bool:
    """``~{`` is in it. One byte is looked for many times faster than two."""
    at = payload.find(b"~")
    while at >= 0 and not payload.startswith(b"~{", at):
        at = payload.find(b"~", at + 1)
    return at >= 0


def _n_hz_bytes(payload: bytes) -> int:
    """How many bytes stand in ``~{`` and ``~}``, two for each character."""
    ends = [part.find(b"~}") for part in payload.split(b"~{")[1:]]
    return sum(end for end in ends if end > 0 and end % 2 == 0)


def _as_utf8(payload: bytes, declared: list[Declared]) -> _Attempt | None:
    """The text if the bytes are UTF-8 and the declarations do not speak against it."""
    source = next((one.source for one in declared if one.encoding == UTF_8), UTF8)
    utf8 = _attempt(payload, UTF_8, source)
    is_first = not declared or declared[0].encoding == UTF_8
    if not utf8.n_bad and is_first:
        return utf8
    n_good = utf8.n_good
    if n_good >= _SURE_UTF8_CHARACTERS and utf8.bad_fraction <= _BAD_FRACTION:
        return utf8
    is_told = source != UTF8
    if is_told and n_good > 2 * utf8.n_bad > 0:
        return utf8  # by chance that few sequences are valid; a short page with a bad byte or two
    if utf8.n_bad or not declared:
        return None
    return utf8 if n_good and (is_told or not declared[0].encoding.is_multibyte) else None


def _one_of_two(first: _Attempt, second: _Attempt, detected: _Attempt) -> _Attempt:
    """Which of two declarations that both fit is true.

    The first is, unless the detector sides with the second, or no language looks like the first.
    Servers send windows-1252 for everything, so that against it the second is true unless the
    detector sides with the first.
    """
    bad, other_bad = implausible(first.text), implausible(second.text)
    if first.encoding != WINDOWS_1252:
        is_second = detected.text == second.text and other_bad <= bad
        is_second |= bad > _IMPLAUSIBLE and other_bad < bad / 4
    elif detected.text == second.text:
        is_second = True
    elif detected.text == first.text:
        is_second = other_bad < bad or (other_bad == bad and not _is_detectable(second))
    else:
        is_second = True
    return second if is_second else first


def _is_detectable(attempt: _Attempt) -> bool:
    return attempt.encoding.name not in _NEVER_DETECTED


_NEVER_DETECTED: Final = frozenset(f"iso-8859-{i}" for i in (3, 10, 14, 15, 16))


def _unless_implausible(payload: bytes, attempt: _Attempt) -> _Attempt:
    """The declared reading, unless no language looks like that and what the detector says does."""
    if attempt.encoding.is_multibyte or attempt.text.isascii():
        return attempt
    bad = implausible(attempt.text)
    if bad <= _IMPLAUSIBLE:
        return attempt
    detected = _detect(payload)
    is_better = detected.bad_fraction <= _BAD_FRACTION and implausible(detected.text) < bad / 4
    return detected if is_better else attempt


def _detect(payload: bytes) -> _Attempt:
    """A statistical detector's reading: windows-1252 where nothing speaks for anything."""
    encoding, is_sure = detect(payload)
    source = DETECTED if is_sure or encoding != WINDOWS_1252 else FALLBACK
    return _attempt(payload, encoding, source)


def _attempt(payload: bytes, encoding: Encoding, source: str) -> _Attempt:
    text, n_bad = decode_bytes(payload, encoding)
    return _Attempt(text, encoding, source, n_bad, b"\0" in payload)


def _finish(attempt: _Attempt, conflict: bool) -> Decoded:  # noqa: FBT001 - one of two facts
    text = attempt.text
    failed = attempt.encoding == REPLACEMENT or (
        attempt.bad_fraction > _FAILED_FRACTION_NON_ASCII
        and attempt.n_bad > _FAILED_FRACTION * len(text)
    )
    if attempt.has_nul:
        text = text.replace("\0", "")
    # No decoder should give a surrogate, and that of UTF-8 cannot; Arrow could not hold it.
    if attempt.encoding != UTF_8:
        text = _SURROGATE.sub("\ufffd", text)
    if attempt.encoding == _VISUAL_HEBREW:
        text = to_reading_order(text)
    return Decoded(text, attempt.encoding.name, attempt.source, failed, conflict)
