"""The part of a text that is identified, cleaned of what is not language."""

from __future__ import annotations

import re
import unicodedata

import regex

MAX_SAMPLE_CHARS = 6_000
"""Code points looked at. Languages of 100 crawled pages came out as from the whole text."""

_N_WINDOWS = 6  # evenly spaced: a page often begins with a menu and ends with a footer in English

# CLD2 refuses these: controls, lone surrogates and code points that are no characters.
_REFUSED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane * 0x10000 + low)}" for plane in range(17) for low in (0xFFFE, 0xFFFF))
    + "]"
)
# The bounds keep matching linear in text without spaces.
_URL = re.compile(r"(?:https?://|www\.)\S{1,2000}")
_MAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}\.\w{2,24}")
_LETTER = regex.compile(r"\p{L}")


def has_letter(text: str) -> bool:
    """True if ``text`` has a character of general category L, in any script."""
    return _LETTER.search(text) is not None


def printable(text: str) -> str:
    """``text`` without control characters, lone surrogates and noncharacters.

    Each becomes a space, so that it cannot join two words; line feeds and tabs stay.
    """
    return _REFUSED.sub(" ", text)


def sample_of(text: str) -> str:
    """At most about 6,000 code points of ``text``: NFC, without addresses; "" if it has no letter.

    Long texts give six windows, evenly spaced from the beginning to the end.
    """
    sample = _windows(text)
    if not has_letter(sample):
        match = _LETTER.search(text)
        if match is None:
            return ""
        sample = text[match.start() : match.start() + MAX_SAMPLE_CHARS]
    sample = unicodedata.normalize("NFC", printable(sample))
    without_addresses = _URL.sub(" ", sample)
    if "@" in sample:  # without one the pattern is slow and finds nothing
        without_addresses = _MAIL.sub(" ", without_addresses)
    return without_addresses if has_letter(without_addresses) else sample


def _windows(text: str) -> str:
    if len(text) <= MAX_SAMPLE_CHARS:
        return text
    width = MAX_SAMPLE_CHARS // _N_WINDOWS
    last = len(text) - width
    starts = (last * i // (_N_WINDOWS - 1) for i in range(_N_WINDOWS))
    return "\n".join(text[start : start + width] for start in starts)
