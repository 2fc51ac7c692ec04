"""Scripts: golden rows per script, the CJK names, and what holds for every text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.text.scripts import dominant_script, merge_cjk, most_frequent, script_counts

EVERY_STR = st.text(st.characters())  # surrogates included


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Straße", "Latn"),
        ("Привет", "Cyrl"),
        ("Ελλάδα", "Grek"),
        ("مرحبا بكم", "Arab"),
        ("שלום", "Hebr"),
        ("नमस्ते", "Deva"),
        ("বাংলা", "Beng"),
        ("ਪੰਜਾਬੀ", "Guru"),
        ("ગુજરાતી", "Gujr"),
        ("ଓଡ଼ିଆ", "Orya"),
        ("தமிழ்", "Taml"),
        ("తెలుగు", "Telu"),
        ("ಕನ್ನಡ", "Knda"),
        ("മലയാളം", "Mlym"),
        ("සිංහල", "Sinh"),
        ("ภาษาไทย", "Thai"),
        ("ພາສາລາວ", "Laoo"),
        ("ភាសាខ្មែរ", "Khmr"),
        ("မြန်မာ", "Mymr"),
        ("བོད་སྐད", "Tibt"),
        ("ქართული", "Geor"),
        ("Հայերեն", "Armn"),
        ("አማርኛ", "Ethi"),
        ("ᐃᓄᒃᑎᑐᑦ", "Cans"),
        ("ⵜⴰⵎⴰⵣⵉⵖⵜ", "Tfng"),
        ("ދިވެހި", "Thaa"),
        ("ꆈꌠꉙ", "Yiii"),
        ("𞤀𞤣𞤤𞤢𞤥", "Adlm"),
        ("𐌰𐍄𐍄𐌰", "Goth"),
    ],
)
def test_one_script(text: str, script: str) -> None:
    assert dominant_script(text) == script


@pytest.mark.parametrize(
    ("text", "script"),
    [
        pytest.param("中国的历史", "Hani", id="Han alone"),
        pytest.param("ㄓㄨㄧㄣ注音", "Hani", id="Han with Bopomofo"),
        pytest.param("日本の歴史", "Jpan", id="kana with Han"),
        pytest.param("カタカナ", "Jpan", id="kana alone"),
        pytest.param("优の良品是一家香港的零食连锁店铺", "Hani", id="Chinese with one kana"),
        pytest.param("한국어", "Hang", id="Hangul alone"),
        pytest.param("大韓民國의 國號", "Hang", id="Hangul with more Han"),
        pytest.param("日本の歴史 history of Japan", "Latn", id="more Latin than CJK"),
    ],
)
def test_mixtures_of_cjk_have_one_name(text: str, script: str) -> None:
    assert dominant_script(text) == script


@pytest.mark.parametrize(
    "text", ["", " \n", "123 ١٢٣ १२३", "?!。、", "🙂", "\ud800", "\x00", "\u0301"]
)
def test_without_a_letter_it_is_unwritten(text: str) -> None:
    assert dominant_script(text) == "Zxxx"
    assert script_counts(text) == {}


def test_counts_are_letters_in_code_points() -> None:
    assert script_counts("Привет, мир — Hi 42") == {"Cyrl": 9, "Latn": 2}
    assert script_counts("𞤀𞤣𞤤") == {"Adlm": 3}
    assert script_counts("กำลัง") == {"Thai": 4}  # the vowel sign and the tone mark are no letters


def test_shared_letters_decide_only_alone() -> None:
    assert dominant_script("𝐇𝐢") == "Zyyy"
    assert dominant_script("𝐇𝐞𝐥𝐥𝐨 я") == "Cyrl"


def test_equal_counts_are_decided_by_code() -> None:
    assert dominant_script("aя") == dominant_script("яa") == "Cyrl"
    assert most_frequent({"Latn": 2, "Cyrl": 2}) == "Cyrl"


@given(EVERY_STR)
def test_every_letter_is_counted_once(text: str) -> None:
    counts = script_counts(text)
    assert sum(merge_cjk(counts).values()) == sum(counts.values()) <= len(text)
    assert all(n > 0 for n in counts.values())
    assert not {"Hira", "Kana", "Bopo"} & merge_cjk(counts).keys()


@given(EVERY_STR, EVERY_STR)
def test_counts_add_up_over_parts(a: str, b: str) -> None:
    first, second = script_counts(a), script_counts(b)
    together = script_counts(f"{a} {b}")
    assert together == {k: first.get(k, 0) + second.get(k, 0) for k in together}
