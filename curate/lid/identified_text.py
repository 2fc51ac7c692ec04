"""The part of a text that is identified, cleaned of what is not language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import regex

from curate.lid.survey import ADDRESS, AT_SIGN, READING, REFUSED, Survey, survey
from curate.text.reading import reading_form

MAX_SAMPLE_CHARS = 1_500
"""Code points looked at. Whole pages are told no better; docs/language-identification.md."""

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


@dataclass(frozen=True, slots=True)
class Samples:
    """The parts of many texts that are looked at.

    Attributes:
        texts: one sample per text, at most about 1,500 code points, in its reading form
            (:mod:`curate.text.reading`), without addresses; "" if the text has no letter but those
            of addresses.
        counts: letters per script of each sample.
    """

    texts: list[str]
    counts: list[dict[str, int]]


def samples_of(texts: Sequence[str], *, max_chars: int = MAX_SAMPLE_CHARS) -> Samples:
    """The part of each text that is looked at.

    Long texts give six windows, evenly spaced from the beginning to the end.

    Args:
        texts: any.
        max_chars: length up to which a text is looked at as a whole.
    """
    samples = [unicodedata.normalize("NFC", _windows(text, max_chars)) for text in texts]
    seen = survey(samples)
    counts, has_letters = seen.counts, seen.counts.any(axis=1)
    for i in np.flatnonzero((seen.marks != 0) | ~has_letters).tolist():
        samples[i] = _cleaned(samples[i], texts[i], int(seen.marks[i]), max_chars)
        counts[i] = survey(samples[i : i + 1]).counts[0]
    cleaned = Survey(counts, seen.marks)
    return Samples(samples, [cleaned.counts_of(i) for i in range(len(samples))])


def sample_of(text: str) -> str:
    """At most about 1,500 code points of ``text``; see :class:`Samples`."""
    return samples_of([text]).texts[0]


def _cleaned(sample: str, text: str, marks: int, max_chars: int) -> str:
    if not has_letter(sample):
        match = _LETTER.search(text) if len(text) > max_chars else None
        if match is None:
            return ""
        sample = text[match.start() : match.start() + max_chars]
        sample, marks = unicodedata.normalize("NFC", sample), REFUSED | ADDRESS | AT_SIGN | READING
    if marks & READING:
        sample = reading_form(sample)
    if marks & REFUSED:
        sample = printable(sample)
    without_addresses = _URL.sub(" ", sample) if marks & ADDRESS else sample
    if marks & AT_SIGN and "@" in sample:  # without one the pattern is slow and finds nothing
        without_addresses = _MAIL.sub(" ", without_addresses)
    return without_addresses if has_letter(without_addresses) else ""


def _windows(text: str, max_chars: int) -> str:
    if len(text) <= max_chars:
        return text
    width = max_chars // _N_WINDOWS
    last = len(text) - width
    starts = (last * i // (_N_WINDOWS - 1) for i in range(_N_WINDOWS))
    return "\n".join(text[start : start + width] for start in starts)
