"""What a model calls a language, and the label it becomes."""

from __future__ import annotations

import pytest

from curate.lid.codes import label_of, language_code, letters_of, script_for

NATIVE = {"rus": frozenset({"Cyrl"}), "cmn": frozenset({"Hani"}), "jpn": frozenset({"Jpan"})}


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("en", "eng"),
        ("iw", "heb"),
        ("jw", "jav"),
        ("no", "nob"),
        ("nn", "nno"),
        ("zh", "cmn"),
        ("zh-Hant", "cmn"),
        ("zho_Hans", "cmn"),
        ("ar", "arb"),
        ("fa", "pes"),
        ("ms", "zsm"),
        ("sw", "swh"),
        ("et", "ekk"),
        ("lv", "lvs"),
        ("ne", "npi"),
        ("or", "ory"),
        ("az", "azj"),
        ("uz", "uzn"),
        ("mn", "khk"),
        ("sq", "als"),
        ("ps", "pbt"),
        ("ku", "kmr"),
        ("tl", "fil"),
        ("sr-ME", "srp"),
        ("nah", "nah"),
        ("ceb", "ceb"),
        ("EN", "eng"),
    ],
)
def test_codes_become_individual_languages(code: str, language: str) -> None:
    assert language_code(code) == language


@pytest.mark.parametrize("code", ["", "xx", "un", "xxx", "zzp", "zxx-x-pdf", "xx-Goth", "klingon"])
def test_what_is_no_language_is_undetermined(code: str) -> None:
    assert language_code(code) == "und"


def test_script_tells_members_of_a_macrolanguage_apart() -> None:
    assert label_of("kmr", "Arab") == "ckb_Arab"
    assert label_of("kmr", "Latn") == "kmr_Latn"
    assert label_of("azj", "Arab") == "azb_Arab"


@pytest.mark.parametrize(
    ("language", "counts", "script"),
    [
        pytest.param("rus", {"Cyrl": 40, "Latn": 60}, "Cyrl", id="its own, though fewer"),
        pytest.param("rus", {"Latn": 60}, "Latn", id="the text's, where its own is absent"),
        pytest.param("rus", {"Cyrl": 1, "Latn": 99}, "Latn", id="one letter is not presence"),
        pytest.param("srp", {"Latn": 60, "Cyrl": 3}, "Latn", id="two scripts of its own"),
        pytest.param("cmn", {"Hani": 50, "Hira": 20}, "Hani", id="Chinese quoting Japanese"),
        pytest.param("jpn", {"Hani": 50}, "Jpan", id="Japanese in Han alone"),
        pytest.param("xyz", {"Thai": 5, "Latn": 4}, "Thai", id="unknown language"),
    ],
)
def test_script_of_a_language_in_a_mixed_text(
    language: str, counts: dict[str, int], script: str
) -> None:
    assert script_for(language, NATIVE, counts) == script


def test_han_can_be_three_scripts() -> None:
    counts = {"Hani": 5, "Hira": 2, "Hang": 1}
    assert [letters_of(script, counts) for script in ("Hani", "Jpan", "Hang")] == [5, 7, 6]
