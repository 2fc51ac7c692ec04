"""Normalisation: the form in which text is stored, and the form of a word that dedup hashes.

Every later stage may assume what :func:`normalize_text` promises, because it runs once, when a
document's text is extracted. Combining marks are never removed: without them Hindi, Thai, Khmer
and Hebrew words become other words.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import regex

from curate.text.words import fold_words

# Line breaks of every kind (Unicode Standard Annex #14, classes BK, CR, LF and NL).
_LINE_BREAK = regex.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# A soft hyphen is layout: where a line may be broken, which only a page can know.
_CONTROL = regex.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]+")
_CONTROL_OR_SOFT_HYPHEN = regex.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad]+")
_SURROGATE = regex.compile(r"[\ud800-\udfff]")

# Python orders combining marks by insertion, quadratic in the length of a run: 200,000 marks on
# one letter take half a minute. Unicode's own limit for such runs (Stream-Safe Text, UAX #15) is
# 30; longer ones are put in order here first, which leaves the insertion nothing to do.
_LONG_RUN_OF_MARKS = regex.compile(r"\p{M}{31,}")


def nfc(text: str) -> str:
    """``text`` in Normalization Form C, in time linear in its length."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _LONG_RUN_OF_MARKS.sub(_in_canonical_order, text))


def _in_canonical_order(match: regex.Match[str]) -> str:
    """A run of marks, decomposed and sorted by combining class between marks of class 0."""
    marks: list[str] = []
    movable: list[str] = []
    for mark in (part for char in match[0] for part in unicodedata.normalize("NFD", char)):
        if unicodedata.combining(mark):
            movable.append(mark)
            continue
        marks += sorted(movable, key=unicodedata.combining)
        marks.append(mark)
        movable.clear()
    return "".join(marks + sorted(movable, key=unicodedata.combining))


def normalize_text(text: str, *, soft_hyphens: bool = False) -> str:
    r"""The form in which a document's text is stored.

    NFC; every line break (CRLF, CR, form feed, NEL, U+2028 …) is ``"\n"``; no control character
    but ``"\n"`` and ``"\t"``, no soft hyphen; surrogate pairs joined and lone surrogates replaced
    by U+FFFD, so that the result has a UTF-8 form. Idempotent and linear.

    Args:
        text: any.
        soft_hyphens: they stay, as another pipeline has them.
    """
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    text = _LINE_BREAK.sub("\n", text)
    removed = _CONTROL if soft_hyphens else _CONTROL_OR_SOFT_HYPHEN
    return nfc(removed.sub("", text))


@lru_cache(maxsize=1 << 12)
def shingle_form(word: str) -> str:
    """The form of a word that dedup hashes and stop words are compared in.

    What :mod:`curate.text.words` says of the word in NFC; combining marks stay: ``"Straße"`` ->
    ``"strasse"``, ``"१२३"`` -> ``"0"``, ``"3.14"`` -> ``"0.0"``, ``"की"`` as it is. Idempotent.
    """
    return fold_words([nfc(word)])[0]
