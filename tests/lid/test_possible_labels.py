"""A language is given in a script that it is written in, under the name that others give it."""

from __future__ import annotations

from pathlib import Path

import pytest

from curate.labels import is_label
from curate.lid import Identification, known_labels, load_identifier
from curate.lid.build_scripts import main as build
from curate.lid.codes import label_of, possible_scripts, script_for
from curate.lid.voices.funlang import load_table

ENGLISH_TITLE = "The latest news of the day from our own reporters\n"
ARABIC = "يفتح المقهى الصغير أبوابه في الصباح الباكر ويغلقها في وقت متأخر من الليل. "
VOCALISED = "يَفْتَحُ المَقْهَى الصَّغِيرُ أَبْوَابَهُ فِي الصَّبَاحِ البَاكِرِ وَيُغْلِقُهَا لَيْلًا. "
HEBREW = "בֵּית הַקָּפֶה הַקָּטָן נִפְתָּח מֻקְדָּם בַּבֹּקֶר וְנִסְגָּר מְאֻחָר בַּלַּיְלָה. "
FORMS = "ﻳﻔﺘﺢ ﺍﻟﻤﻘﻬﻰ ﺍﻟﺼﻐﻴﺮ ﺃﺑﻮﺍﺑﻪ ﻓﻲ ﺍﻟﺼﺒﺎﺡ ﺍﻟﺒﺎﻛﺮ ﻭﻳﻐﻠﻘﻬﺎ ﻓﻲ ﻭﻗﺖ ﻣﺘﺄﺧﺮ. "
RUSSIAN = "По-го-да в го-рах быст-ро ме-ня-ет-ся, нуж-на одеж-да. ".replace("-", "\u00ad")

ENGLISH = "The weather in the mountains changes quickly, so carry warm clothes."


def moved(text: str, capital: int, small: int) -> str:
    """Letters as those of another alphabet of 26."""
    alphabets = ((65, capital), (97, small))
    return text.translate({a + i: b + i for a, b in alphabets for i in range(26)})


def identify(text: str) -> Identification:
    return load_identifier().identify([text])[0]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        pytest.param(VOCALISED, "arb_Arab", id="vowel points"),
        pytest.param(ENGLISH_TITLE + VOCALISED * 3, "arb_Arab", id="points, English title"),
        pytest.param(HEBREW, "heb_Hebr", id="niqqud"),
        pytest.param(ENGLISH_TITLE + HEBREW * 3, "heb_Hebr", id="niqqud, English title"),
        pytest.param(FORMS, "arb_Arab", id="presentation forms"),
        pytest.param(ENGLISH_TITLE + FORMS * 3, "arb_Arab", id="forms, English title"),
        pytest.param(ARABIC.replace("ا", "اـ"), "arb_Arab", id="tatweel"),
        pytest.param(RUSSIAN, "rus_Cyrl", id="soft hyphens"),
        pytest.param(moved(ENGLISH, 0xFF21, 0xFF41), "eng_Latn", id="full width"),
        pytest.param(moved(ENGLISH, 0x1D56C, 0x1D586), "eng_Latn", id="mathematical"),
        pytest.param("ߒߞߏ ߦߋ߫ ߡߊ߲߬ߘߋ߲ ߠߎ߬ ߟߊ߫ ߛߓߍߛߎ߲ ߠߋ߬ ߘߌ߫", "nqo_Nkoo", id="N'Ko"),
    ],
)
def test_marks_and_forms_do_not_change_the_label(text: str, label: str) -> None:
    answer = identify(text)
    assert answer.label == label
    assert (answer.confidence or 0) > 0.5


@pytest.mark.parametrize(
    ("language", "counts", "script"),
    [
        pytest.param("eng", {"Hebr": 50}, None, id="no English in Hebrew letters"),
        pytest.param("eng", {"Arab": 90, "Latn": 1}, None, id="one letter is not presence"),
        pytest.param("bos", {"Arab": 50}, None, id="no Bosnian in Arabic letters"),
        pytest.param("hin", {"Latn": 50}, "Latn", id="Hindi in Latin letters"),
        pytest.param("srp", {"Cyrl": 50}, "Cyrl", id="a script of two"),
        pytest.param("qqq", {"Thai": 50}, "Thai", id="of no known script"),
    ],
)
def test_scripts_are_possible(language: str, counts: dict[str, int], script: str | None) -> None:
    assert script_for(language, load_table().native_scripts, counts) == script


def test_no_known_label_is_impossible() -> None:
    for label in known_labels():
        possible = possible_scripts(label[:3])
        assert is_label(label)
        assert not possible or label[4:] in possible or label == "mya_Qaag", label
    assert not {"eng_Hebr", "eng_Arab", "bos_Arab", "bam_Nkoo"} & set(known_labels())


def test_labels_are_those_of_the_field() -> None:
    known = set(known_labels())
    assert {"nqo_Nkoo", "srd_Latn", "doi_Deva", "hin_Latn", "ell_Latn"} <= known
    assert {"azb_Arab", "ckb_Arab", "ast_Latn", "szl_Latn", "zgh_Tfng", "yue_Hani"} <= known
    assert label_of("bam", "Nkoo") == "nqo_Nkoo"
    assert label_of("bam", "Latn") == "bam_Latn"


def test_the_table_of_scripts_is_made_from_its_sources(tmp_path: Path) -> None:
    supplemental, labels, out = (tmp_path / name for name in ("s.xml", "labels", "scripts.txt"))
    supplemental.write_text(
        "<supplementalData><languageData>"
        '<language type="hi" scripts="Deva"/><language type="zh" scripts="Hans Hant"/>'
        '<language type="sr" scripts="Cyrl"/><language type="sr" scripts="Latn" alt="secondary"/>'
        '<language type="und" scripts="Latn"/><language type="ja" territories="JP"/>'
        "</languageData></supplementalData>",
        encoding="utf-8",
    )
    labels.write_text("hin_Latn\nnqo_Nkoo\nund_Latn\nzxx_Zxxx\nno label\n", encoding="utf-8")
    assert build([str(supplemental), str(labels), str(out)]) == 0
    rows = ["cmn Hani", "hin Deva Latn", "nqo Nkoo", "srp Cyrl Latn"]
    assert out.read_text(encoding="utf-8").splitlines() == rows
    assert build([]) == 2
