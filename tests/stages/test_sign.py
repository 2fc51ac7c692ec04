"""Signatures of documents: identical texts meet, marks count, short texts count."""

from __future__ import annotations

import pyarrow as pa
import pytest

from curate.dedup.minhash import MinHashParams
from curate.stages.sign import add_bands, bands_schema, sign_stage


def keys(*texts: str) -> list[list[int] | None]:
    found: list[list[int] | None] = add_bands(
        pa.table({"text": list(texts)}), params=MinHashParams()
    )["band_keys"].to_pylist()
    return found


@pytest.mark.parametrize(
    ("a", "b"),
    [
        pytest.param("Hello, World!", "hello world", id="case and punctuation"),
        pytest.param("am 12. Mai 2024", "am 7. Mai 1999", id="digits"),
        pytest.param("२०२४ में", "१९९९ में", id="digits of any script"),
        pytest.param("cafe\u0301 noir", "caf\u00e9 noir", id="normalisation"),
    ],
)
def test_texts_that_differ_in_form_only_meet(a: str, b: str) -> None:
    first, second = keys(a, b)
    assert first == second is not None


@pytest.mark.parametrize(
    ("a", "b"),
    [
        pytest.param("के", "कु", id="Devanagari vowel signs"),
        pytest.param("ที่", "ทิ", id="Thai vowels and tones"),
        pytest.param("한국", "하구", id="Hangul finals"),
    ],
)
def test_marks_are_kept(a: str, b: str) -> None:
    first, second = keys(a, b)
    assert not set(first or ()) & set(second or ())


def test_a_text_without_words_has_no_bands() -> None:
    assert keys("", "... !!", "ok") == [None, None, keys("ok")[0]]


def test_widths_follow_the_parameters() -> None:
    params = MinHashParams(n_bands=3, rows_per_band=2)
    out = sign_stage(params).function(pa.table({"text": ["a b c", ""]}))
    assert out.select(["band_keys", "signature"]).schema.types == bands_schema(params).types
    assert len(out["signature"][0].as_py()) == 6


@pytest.mark.parametrize(
    ("text", "is_signed"),
    [
        ("same line\n" * 1_000_000, True),
        ("a" * 10_000_000, True),
        ("我们" * 100_000, True),
        ("a b " * 100_000, True),
        ("\u0301" * 100_000, False),
        ("👩\u200d👩\u200d👧" * 20_000, False),
        ("\u202eשלום " * 10_000, True),
        ("\x00\ufffd " * 10_000, False),
    ],
    ids=["lines", "one word", "Han", "two words", "marks", "emoji", "right to left", "NUL"],
)
def test_extreme_documents_are_signed_or_have_no_words(text: str, *, is_signed: bool) -> None:
    signed = add_bands(pa.table({"text": [text, "a b c"]}), params=MinHashParams())
    assert (signed["signature"][0].as_py() is not None) == is_signed
    assert (signed["band_keys"][0].as_py() is not None) == is_signed
    assert signed["signature"][1].as_py() is not None
