"""Normalisation: what stored text may hold, and the form of a word that dedup hashes."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.text.normalize import nfc, normalize_text, shingle_form
from curate.text.split import split

ALPHABET = (
    "aİßΣςǅ٣१९2 \n\r\t\x0b\x0c\x85\u2028\x00\x1c\x7f\x9f\u0301\u0327\u0345\u0344\u0f73\u0f75"
    "ᾳΐÅͅの\u3099क\u093c가\u1100\u1161\u11a8𝟙\U000110a5\U000110ba\ud83d\ude00𞤀ᏣꭶⅧ\ufb01\u0149"
)
TEXTS = st.text(st.one_of(st.sampled_from(ALPHABET), st.characters(codec=None)), max_size=30)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        pytest.param("Vie\u0302\u0323t", "Việt", id="latin marks are composed"),
        pytest.param("\u1112\u1161\u11ab글", "한글", id="hangul jamo become syllables"),
        pytest.param("か\u3099", "が", id="kana voicing is composed"),
        pytest.param("हिन्दी कि", "हिन्दी कि", id="devanagari matras stay"),
        pytest.param("ที่นั่น", "ที่นั่น", id="thai tones stay"),
        pytest.param("\u0958", "\u0915\u093c", id="composition exclusions stay apart"),
        pytest.param("𞤢\U0001e944", "𞤢\U0001e944", id="adlam marks stay"),
        pytest.param("\U00011099\U000110ba", "\U0001109a", id="kaithi composes outside the BMP"),
        pytest.param("a\r\nb\rc\n\rd", "a\nb\nc\n\nd", id="line breaks"),
        pytest.param("a\x0bb\x0cc\x85d\u2028e\u2029f", "a\nb\nc\nd\ne\nf", id="rare line breaks"),
        pytest.param("a\tb\x00c\x1bd\x7fe\x9ff", "a\tbcdef", id="controls go, tab stays"),
        pytest.param("a\x00\u0301", "á", id="composed after controls went"),
        pytest.param("a\ud800b\udc00", "a\ufffdb\ufffd", id="lone surrogates"),
        pytest.param("\ud83d\ude00", "😀", id="surrogate pairs are joined"),
        pytest.param("می\u200cخواهم\u200f", "می\u200cخواهم\u200f", id="joiners stay"),
        pytest.param("пе\u00adре\u00adнос", "перенос", id="soft hyphens are layout"),
        pytest.param("a\u00ad\u0301", "á", id="composed after a soft hyphen went"),
        pytest.param("", "", id="empty"),
    ],
)
def test_normalize_text(text: str, stored: str) -> None:
    assert normalize_text(text) == stored


def test_soft_hyphens_stay_where_another_pipeline_has_them() -> None:
    assert normalize_text("пе\u00adре\u00adнос\x00", soft_hyphens=True) == "пе\u00adре\u00adнос"


@given(TEXTS)
def test_stored_text_is_stable_and_clean(text: str) -> None:
    stored = normalize_text(text)
    assert normalize_text(stored) == stored
    assert unicodedata.is_normalized("NFC", stored)
    assert stored.encode().decode() == stored
    assert not any(unicodedata.category(char) == "Cc" for char in set(stored) - {"\n", "\t"})
    assert f"{stored}.".splitlines() == f"{stored}.".split("\n")


@given(st.text(st.characters(codec="utf-8", categories=["M", "L"]), max_size=60))
def test_nfc_is_unicodes_for_runs_of_any_length(text: str) -> None:
    assert nfc(text) == unicodedata.normalize("NFC", text)


@given(
    st.text(
        "\u0301\u0327\u0323\u0345\u0344\u0f73\u0f75\u034f\u3099\u094d", min_size=31, max_size=90
    )
)
def test_nfc_is_unicodes_for_long_runs_of_marks(marks: str) -> None:
    assert nfc(f"o{marks}x") == unicodedata.normalize("NFC", f"o{marks}x")


def test_nfc_takes_linear_time_on_marks() -> None:
    # Hours if it were quadratic; the suite gives a test five minutes.
    for marks in ("\u0301\u0327", "\u0f73"):
        assert len(nfc("a" + marks * 1_000_000)) > 1_000_000


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("Straße", "strasse"),
        ("ΟΔΟΣ", "οδοσ"),
        ("οδός", "οδόσ"),
        ("İ", "i\u0307"),
        ("Ⴀ", "ⴀ"),
        ("ᏣᎳᎩ", "ᏣᎳᎩ"),
        ("𞤀𞤣𞤤𞤢𞤥", "𞤢𞤣𞤤𞤢𞤥"),
        ("कि", "कि"),
        ("की", "की"),
        ("ที่", "ที่"),
        ("2024", "0"),
        ("१२३", "0"),
        ("٣٫١٤", "0٫0"),
        ("3.14", "0.0"),
        ("COVID-19", "covid-0"),
        ("𝟙𝟚", "0"),
        ("½", "½"),
        ("e\u0301", "é"),
        ("", ""),
    ],
)
def test_shingle_form(word: str, form: str) -> None:
    assert shingle_form(word) == form


def test_words_that_differ_in_a_mark_keep_different_forms() -> None:
    words = ["ที่", "ที", "ทิ", "के", "कु", "كتب", "كُتب", "ខ្មែរ", "ខមែរ"]
    assert len(set(map(shingle_form, words))) == len(words)


@given(TEXTS)
def test_shingle_form_is_stable_and_nfc(word: str) -> None:
    form = shingle_form(word)
    assert shingle_form(form) == form
    assert shingle_form(nfc(word)) == form
    assert unicodedata.is_normalized("NFC", form)


@given(TEXTS)
def test_equivalent_texts_have_equal_words_once_stored(text: str) -> None:
    stored = normalize_text(text)
    again = normalize_text(unicodedata.normalize("NFD", stored))
    assert split(again).strings() == split(stored).strings()
