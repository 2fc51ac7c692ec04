"""What a model calls a language, and the label it becomes."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from curate.lid.codes import label_of, language_code, letters_of, model_label, script_for

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"

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


@pytest.mark.parametrize(
    ("name", "language", "script"),
    [
        # GlotLID v3: what it publishes stays, macrolanguages without members included.
        ("fra_Latn", "fra", "Latn"),
        ("cmn_Hani", "cmn", "Hani"),
        ("als_Latn", "als", "Latn"),
        ("fas_Arab", "fas", "Arab"),
        ("srd_Latn", "srd", "Latn"),
        ("sdc_Latn", "sdc", "Latn"),
        ("kpe_Latn", "kpe", "Latn"),
        ("doi_Deva", "doi", "Deva"),
        ("nah_Latn", "nah", "Latn"),
        ("ajp_Arab", "ajp", "Arab"),
        ("und_Kana", "und", "Kana"),
        ("zxx_Latn", "zxx", "Zxxx"),
        ("zxx_Arab", "zxx", "Zxxx"),
        # OpenLID and FLORES: written variants, macrolanguages, codes of their own.
        ("zho_Hans", "cmn", "Hani"),
        ("zho_Hant", "cmn", "Hani"),
        ("cmn_Hans", "cmn", "Hani"),
        ("yue_Hant", "yue", "Hani"),
        ("ara_Arab", "arb", "Arab"),
        ("arb_Arab", "arb", "Arab"),
        ("arb_Latn", "arb", "Latn"),
        ("ars_Arab", "ars", "Arab"),
        ("pes_Arab", "pes", "Arab"),
        ("prs_Arab", "prs", "Arab"),
        ("lav_Latn", "lvs", "Latn"),
        ("ltg_Latn", "ltg", "Latn"),
        ("sqi_Latn", "als", "Latn"),
        ("swa_Latn", "swh", "Latn"),
        ("est_Latn", "ekk", "Latn"),
        ("nep_Deva", "npi", "Deva"),
        ("msa_Latn", "zsm", "Latn"),
        ("tgl_Latn", "fil", "Latn"),
        ("kor_Kore", "kor", "Hang"),
        ("urd_Aran", "urd", "Arab"),
        ("zxx_Zxxx", "zxx", "Zxxx"),
        # lid.176: Wikipedia's subdomains, without a script.
        ("als", "gsw", None),
        ("no", "nob", None),
        ("bh", "bho", None),
        ("eml", "eml", None),
        ("nah", "nah", None),
        ("sh", "srp", None),
        ("zh", "cmn", None),
        ("wuu", "wuu", None),
        ("ku", "kmr", None),
        ("tl", "fil", None),
        # Withdrawn and BCP 47.
        ("iw", "heb", None),
        ("jw", "jav", None),
        ("in", "ind", None),
        ("zh-Hant", "cmn", "Hani"),
        ("sr-Latn", "srp", "Latn"),
        ("be-tarask", "bel", None),
        ("spam", "und", None),
    ],
)
def test_labels_of_models(name: str, language: str, script: str | None) -> None:
    assert model_label(name) == (language, script)


@pytest.mark.shared
def test_every_published_config_has_the_label_of_its_model() -> None:
    path = SHARED / "fineweb2_configs.tar.gz"
    if not path.exists():
        pytest.skip("needs fineweb2_configs.tar.gz beside the checkout")
    with tarfile.open(path) as archive:
        names = {Path(name).stem for name in archive.getnames() if name.endswith(".yml")}
    assert len(names) > 400
    assert {f"{language}_{script}" for language, script in map(model_label, names)} == names
