"""Folded words: the kernel against Python's own casefold and NFC."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from curate.text.characters import IS_FOLDED, tables
from curate.text.normalize import nfc, shingle_form
from curate.text.split import split, split_texts
from curate.text.words import MAX_BYTES_PER_POINT, fold_words

DIGITS = regex.compile(r"\p{Nd}+")


def plainly(word: str) -> str:
    return nfc(DIGITS.sub("0", nfc(word).casefold()))


# Letters whose capitals lack what the small ones have, marks of several classes, digits, Hangul.
ALPHABET = (
    "JjHhTWYaÀÖŚßİıŉǰΐΆϓÅẞΣςᾳᾼᾷKſ\u0301\u0302\u0308\u030a\u030c\u0323\u0331\u0327\u0345\u0338"
    "09१٣𝟙कि\u093c\u094dेทีน้ำខ្មែរ가\u1100\u1161\u11a8世界𞤀𞤢𐐀Ꭰꭰ\u200d.-'"
)
KNOWN = st.characters(codec="utf-8", exclude_categories=["Cn", "Cs"])
WORDS = st.text(st.one_of(st.sampled_from(ALPHABET), KNOWN), max_size=12)


@given(WORDS)
@example("J\u030c")
@example("J\u0304\u030c")
@example("Ϊ\u0301")
@example("I\u0307\u0323")
@example("Ú\u0323\u0308")
@example("İ\u0301\u0323")
@example("a" + "\u0301\u0327" * 40)
def test_a_folded_word_is_python_s(word: str) -> None:
    # A mark that casefolding makes a letter (iota subscript) may leave the order of the marks.
    if "\u0345" in unicodedata.normalize("NFD", word):
        return
    assert shingle_form(word) == plainly(word)


def test_every_character_folds_as_python_folds_it() -> None:
    assigned = [
        chr(point)
        for point in range(0x110000)
        if unicodedata.category(chr(point)) not in ("Cn", "Cs")
    ]
    found = fold_words(assigned)
    wrong = [
        char
        for char, form in zip(assigned, found, strict=True)
        if form != DIGITS.sub("0", unicodedata.normalize("NFC", char.casefold()))
        # where Python does not change a character that is not in NFC, neither do we
        and form != char
    ]
    assert wrong == []


def test_capitals_of_new_unicode_versions_fold_too() -> None:
    # Garay, of Unicode 16: Python 3.11 to 3.13 know it not.
    assert fold_words(["\U00010d50\U00010d65"]) == ["\U00010d70\U00010d85"]


def test_room_is_enough_for_every_fold() -> None:
    folding = tables().folding
    forms = np.split(folding.fold_points, folding.fold_offsets[1:-1])
    longest = max(len("".join(map(chr, form.tolist())).encode()) for form in forms)
    assert longest + 1 <= MAX_BYTES_PER_POINT
    changed = np.flatnonzero(tables().properties & IS_FOLDED)
    assert len(changed) == len(forms)


@pytest.mark.parametrize("unit", ["𝅘𝅥𝅮", "ΐ\u0323", "J\u030c", "ﬃ", "가", "9a"])
def test_long_words_stay_within_their_room(unit: str) -> None:
    # U+1D160 is not in NFC, so that its fold is the longest there is.
    assert fold_words([unit * 5_000]) == [plainly(unit * 5_000)] or unit == "𝅘𝅥𝅮"


@given(st.lists(st.text(st.sampled_from(ALPHABET + "  ,!\n"), max_size=30), max_size=6))
def test_words_of_a_batch_are_those_of_each_text(texts: list[str]) -> None:
    texts = [nfc(text) for text in texts]
    words = split_texts(texts).words()
    expected = [[shingle_form(word) for word in split(text).words()] for text in texts]
    assert words.strings() == [word for of_text in expected for word in of_text]
    assert np.diff(words.offsets).tolist() == list(map(len, expected))


def test_hashes_are_xxh64_of_the_words() -> None:
    words = split_texts(["Ein ein, EIN! zwei"]).words()
    hashes = words.hashes().tolist()
    assert hashes[0] == hashes[1] == hashes[2] != hashes[3]
    assert words.hashes() is words.hashes()
