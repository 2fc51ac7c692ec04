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


def signed(*texts: str) -> list[bytes | None]:
    table = add_bands(pa.table({"text": list(texts)}), params=MinHashParams())
    found: list[bytes | None] = table["signature"].to_pylist()
    return found


# One text, written in ways that a reader takes for the same: (plain, otherwise).
READ_ALIKE = {
    "soft hyphens": ("la biblioteca abre temprano", "la biblio\u00adteca abre tem\u00adprano"),
    "cedilla": ("Țara și țeava, fără știre", "Ţara şi ţeava, fără ştire"),
    "greek capitals": ("η άνοιξη έφτασε στο λιμάνι χθες", "Η ΑΝΟΙΞΗ ΕΦΤΑΣΕ ΣΤΟ ΛΙΜΑΝΙ ΧΘΕΣ"),
    "turkish capitals": ("ılık İstanbul çayı içtik dün", "ILIK İSTANBUL ÇAYI İÇTİK DÜN"),
    "turkish dots": ("istanbul ve izmir iyi şehirler", "ISTANBUL VE IZMIR IYI ŞEHIRLER"),
    "german capitals": ("die Straße ist heute groß", "DIE STRASSE IST HEUTE GROSS"),
    "arabic points": ("السلام عليكم ورحمة الله وبركاته", "السَّلَامُ عَلَيْكُمْ وَرَحْمَةُ اللهِ وَبَرَكَاتُهُ"),
    "tatweel": ("السلام عليكم ورحمة الله وبركاته", "السـلام علـيكم ورحمـة الله وبركاتـه"),
    "hebrew points": ("שלום עולם וברכה לכולם", "שָׁלוֹם עוֹלָם וּבְרָכָה לְכוּלָּם"),
    "presentation forms": ("سلام عليكم يا اهل", "ﺳﻼﻡ ﻋﻠﻴﻜﻢ ﻳﺎ ﺍﻫﻞ"),
    "full width": ("full width here", "ｆｕｌｌ ｗｉｄｔｈ ｈｅｒｅ"),
}  # fmt: skip


@pytest.mark.parametrize(("plain", "other"), READ_ALIKE.values(), ids=READ_ALIKE.keys())
def test_texts_that_read_alike_are_signed_alike(plain: str, other: str) -> None:
    one, two = signed(plain, other)
    assert one == two


def test_other_marks_make_another_text() -> None:
    for one, two in (
        ("कि की के को कौन", "क क क क क"),
        ("ที่นี่ มี น้ำ ใส", "ทนมนาใส"),
        ("가나다", "가너다"),
    ):
        first, second = signed(one, two)
        assert first != second


def test_texts_in_their_reading_form_and_others_go_through_one_batch() -> None:
    texts = ["a plain text of some words", "", "so\u00adft hy\u00adphens in a word", "12 Ţ", "x"]
    together = signed(*texts)
    apart = [row for text in texts for row in signed(text)]
    assert together == apart


def test_a_pipeline_of_fineweb2_signs_the_text_as_it_is() -> None:
    params = MinHashParams(reading=False)
    table = pa.table({"text": list(READ_ALIKE["arabic points"])})
    one, two = add_bands(table, params=params)["signature"].to_pylist()
    assert one != two
    assert params.version == "minhash-1-5grams-14x8-seed1-xxh64-mersenne61"
    assert MinHashParams().version.startswith(params.version)


def test_digits_are_folded_or_kept() -> None:
    texts = ["7 x 8 = 56 is the answer", "7 x 9 = 63 is the answer", "७ x ८ = ५६ is the answer"]
    table = pa.table({"text": texts})
    folded = add_bands(table, params=MinHashParams())["signature"].to_pylist()
    kept = add_bands(table, params=MinHashParams(digits="keep"))["signature"].to_pylist()
    assert folded[0] == folded[1] == folded[2]
    assert kept[0] == kept[2] != kept[1]
    assert MinHashParams().version != MinHashParams(digits="keep").version
