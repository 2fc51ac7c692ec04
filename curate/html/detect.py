"""An encoding for bytes that none is declared for.

The detector is chardetng, Firefox's. Where its answer is not plausible others are looked at: it
does not know the two encodings of old Macintoshes, gives up an encoding at the first byte that does
not fit, and takes some Hungarian for French.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from chardetng_py import EncodingDetector

from curate.encodings.decoders import decode_bytes
from curate.encodings.encoding_names import LABELS, WINDOWS_1252, Encoding, find_encoding
from curate.html.plausible import implausible

_DETECT_BYTES: Final = 32 << 10

_OTHERS: Final = {
    "windows-1252": (
        *("windows-1250", "iso-8859-2", "windows-1254", "windows-1257"),
        *("macintosh", "x-mac-cyrillic"),
    ),
    "windows-1250": ("windows-1252", "macintosh"),
    "windows-1257": ("windows-1252", "windows-1250"),
    "iso-8859-4": ("windows-1252", "windows-1257", "windows-1250"),
    "windows-1251": ("x-mac-cyrillic",),
    "koi8-u": ("x-mac-cyrillic",),
}
"""Other encodings that an answer may mean, likeliest first."""

_BAD_FRACTION: Final = 0.05
_SUSPICIOUS: Final = 0.01
_HARDLY_LATIN: Final = 0.2
_N_PIECES: Final = 8

_HIGH: Final = re.compile(rb"[\x80-\xff]")


def detect(payload: bytes) -> tuple[Encoding, bool]:
    """The encoding that bytes are probably in, and whether anything speaks for it."""
    sample = _sample(payload)
    encoding, is_sure = _ask(sample)
    others = [LABELS[name] for name in _OTHERS.get(encoding.name, ())]
    if not others and not encoding.is_multibyte:
        return encoding, is_sure
    bad = _implausible(sample, encoding)
    if encoding.is_multibyte and bad:
        most = max(bad, _SUSPICIOUS)
        fitting = [other for other in _of_pieces(sample) if _implausible(sample, other) <= most]
        return next(iter(fitting), encoding), is_sure
    if bad < _SUSPICIOUS:
        return encoding, is_sure
    if bad > _HARDLY_LATIN and encoding == WINDOWS_1252:
        others = [*_of_pieces(sample), *others]
    best = min(others, key=lambda other: _implausible(sample, other))
    return (best, True) if _implausible(sample, best) < bad / 4 else (encoding, is_sure)


def _ask(sample: bytes) -> tuple[Encoding, bool]:
    detector = EncodingDetector()
    detector.feed(sample, last=True)
    label, is_sure = detector.guess_assess(tld=None, allow_utf8=False)
    return find_encoding(label) or WINDOWS_1252, is_sure


def _of_pieces(sample: bytes) -> list[Encoding]:
    """The encoding of most parts of a page, if one part has bytes that do not fit."""
    lines = sample.splitlines(keepends=True)
    n = -(-len(lines) // _N_PIECES)
    pieces = [b"".join(lines[at : at + n]) for at in range(0, len(lines), n)]
    answers = Counter(_ask(piece)[0] for piece in pieces if not piece.isascii())
    del answers[WINDOWS_1252]
    return [encoding for encoding, _ in answers.most_common(1)]


def _implausible(sample: bytes, encoding: Encoding) -> float:
    """As :func:`implausible`, and 1 for an encoding of several bytes in which many do not fit."""
    text, n_bad = decode_bytes(sample, encoding)
    if not encoding.is_multibyte:
        return implausible(text)
    n_other = len(text) - len(text.encode("ascii", "ignore"))
    return 1.0 if n_bad > _BAD_FRACTION * n_other else n_bad / max(1, n_other)


def _sample(payload: bytes) -> bytes:
    """Where text begins that is not ASCII, which may be behind any amount of scripts."""
    first = _HIGH.search(payload)
    start = first.start() - 1 if first and first.start() > _DETECT_BYTES // 2 else 0
    return payload[start : start + _DETECT_BYTES]
