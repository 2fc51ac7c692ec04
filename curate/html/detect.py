"""An encoding for bytes that none is declared for.

The detector is chardetng, Firefox's. It does not know the two encodings of old Macintoshes, in
which its answer is not plausible.
"""

from __future__ import annotations

import re
from typing import Final

from chardetng_py import EncodingDetector

from curate.encodings.decoders import decode_bytes
from curate.encodings.labels import LABELS, WINDOWS_1252, Encoding, find_encoding
from curate.html.plausible import implausible

_DETECT_BYTES: Final = 32 << 10

_MACINTOSH: Final = {
    "windows-1252": LABELS["macintosh"],
    "windows-1251": LABELS["x-mac-cyrillic"],
}

_SUSPICIOUS: Final = 0.01

_HIGH: Final = re.compile(rb"[\x80-\xff]")


def detect(payload: bytes) -> tuple[Encoding, bool]:
    """The encoding that bytes are probably in, and whether anything speaks for it."""
    sample = _sample(payload)
    detector = EncodingDetector()
    detector.feed(sample, last=True)
    label, is_sure = detector.guess_assess(tld=None, allow_utf8=False)
    encoding = find_encoding(label) or WINDOWS_1252
    other = _MACINTOSH.get(encoding.name)
    if other:
        bad = implausible(decode_bytes(sample, encoding)[0])
        if bad >= _SUSPICIOUS and implausible(decode_bytes(sample, other)[0]) < bad / 4:
            return other, True
    return encoding, is_sure


def _sample(payload: bytes) -> bytes:
    """Where text begins that is not ASCII, which may be behind any amount of scripts."""
    first = _HIGH.search(payload)
    start = first.start() - 1 if first and first.start() > _DETECT_BYTES // 2 else 0
    return payload[start : start + _DETECT_BYTES]
