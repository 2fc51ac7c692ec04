"""What bytes look like: an encoding for a page that declares none, and how plausible a reading is.

The detector is chardetng, Firefox's. It does not know the two encodings of old Macintoshes, and its
models know letters, not where they stand; :func:`implausible` does, for any language.
"""

from __future__ import annotations

import re
from typing import Final

import regex
from chardetng_py import EncodingDetector

from curate.encodings.decoders import decode_bytes
from curate.encodings.labels import LABELS, WINDOWS_1252, Encoding, find_encoding

_DETECT_BYTES: Final = 128 << 10
_LOOK_CHARACTERS: Final = 64 << 10

_MACINTOSH: Final = {
    "windows-1252": LABELS["macintosh"],
    "windows-1251": LABELS["x-mac-cyrillic"],
}

_LETTER_AFTER_LOWER: Final = r"(?<=\p{Ll})[\p{Lu}--[A-Z]]"
_SIGN_IN_WORD: Final = (
    r"(?<=\p{L})[[\p{S}\p{N}\p{Lm}\p{Ps}\p{Pe}\p{Pi}\p{Pf}\p{Po}]--[\x00-\x7f\u2019\u2018\xb7"
    r"\u02bb\u02bc\u30fb\u3005\u30fc\uff00-\uffef\u3001-\u3003\u3008-\u3011]]+(?=\p{L})"
)
_NO_CHARACTER: Final = r"[\x80-\x9f\ufffd\p{Co}\p{Cn}]"
_OTHER_SCRIPT_IN_WORD: Final = (
    r"(?<=[\p{Latin}])[\p{Cyrillic}\p{Greek}\p{Hebrew}\p{Arabic}\p{Thai}]"
    r"|(?<=[\p{Cyrillic}\p{Greek}\p{Hebrew}\p{Arabic}\p{Thai}])[\p{Latin}]"
)
_ACCENTED_ROW: Final = r"[\p{Latin}--[A-Za-z]]{3,}"
_IMPLAUSIBLE: Final = regex.compile(
    "|".join(
        (_ACCENTED_ROW, _LETTER_AFTER_LOWER, _SIGN_IN_WORD, _NO_CHARACTER, _OTHER_SCRIPT_IN_WORD)
    ),
    regex.VERSION1,
)

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


def implausible(text: str) -> float:
    """Share of the non-ASCII characters that stand where no language has them, 0 to 1.

    Capitals after small letters, signs and letters of another script inside words, rows of accented
    Latin letters, characters that do not exist.
    """
    text = text[:_LOOK_CHARACTERS]
    n_other = len(text.encode("utf-16-le", "surrogatepass")) // 2 - len(
        text.encode("ascii", "ignore")
    )
    if not n_other:
        return 0.0
    return min(1.0, sum(len(found[0]) for found in _IMPLAUSIBLE.finditer(text)) / n_other)


def _sample(payload: bytes) -> bytes:
    """Where text begins that is not ASCII, which may be behind any amount of scripts."""
    first = _HIGH.search(payload)
    start = first.start() - 1 if first and first.start() > _DETECT_BYTES // 2 else 0
    return payload[start : start + _DETECT_BYTES]
