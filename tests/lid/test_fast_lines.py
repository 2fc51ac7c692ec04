"""The labels of lines where the document's label is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.labels import is_label
from curate.lid import load_identifier
from curate.lid.by_line.fast_lines import are_one, label_lines
from curate.lid.by_line.line_languages import identify_lines

IDENTIFIER = load_identifier("embedded")

LINES = {
    "eng_Latn": "All human beings are born free and equal in dignity and rights.",
    "spa_Latn": "Todos los seres humanos nacen libres e iguales en dignidad y derechos.",
    "hin_Deva": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता प्राप्त है।",
    "tha_Thai": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ",
    "arb_Arab": "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق وقد وهبوا عقلاً وضميرًا",
    "cmn_Hani": "人人生而自由，在尊严和权利上一律平等。",
    "jpn_Jpan": "すべての人間は、生まれながらにして自由であり、尊厳と権利とについて平等である。",
    "kat_Geor": "ყველა ადამიანი იბადება თავისუფალი და თანასწორი თავისი ღირსებითა და უფლებებით.",
    "rus_Cyrl": "Все люди рождаются свободными и равными в своем достоинстве и правах.",
}


def labels_of(text: str, label: str) -> list[str]:
    return label_lines(IDENTIFIER, [text], [label])[0]


@pytest.mark.parametrize("label", LINES)
def test_lines_of_the_document_and_of_another_language(label: str) -> None:
    other = "rus_Cyrl" if label == "eng_Latn" else "eng_Latn"
    text = f"{LINES[label]}\n{LINES[other]}\n\n12.5 %\n{LINES[label]}"
    assert labels_of(text, label) == [label, other, "zxx_Zxxx", "zxx_Zxxx", label]


@pytest.mark.parametrize("label", ["por_Latn", "cat_Latn", "ita_Latn"])
def test_a_line_in_a_neighbours_language_is_not_in_the_documents(label: str) -> None:
    assert labels_of(LINES["spa_Latn"], label) == ["spa_Latn"]


def test_a_script_of_one_language_is_that_language() -> None:
    text = "𞤋𞤲𞥆𞤢𞤥𞤢 𞤢𞤣𞤫𞥅𞤶𞤭 𞤬𞤮𞤬 𞤨𞤮𞤼𞤭 𞤫 𞤣𞤵𞥅𞤦𞤫 𞤫 𞤼𞤭𞤦𞤫"
    assert labels_of(text, "fuf_Adlm") == ["fuf_Adlm"]
    assert labels_of(text, "fuv_Adlm") == ["fuv_Adlm"]


@pytest.mark.parametrize(
    ("label", "other", "one"),
    [
        ("arz_Arab", "arb_Arab", True),
        ("zsm_Latn", "ind_Latn", True),
        ("hrv_Latn", "srp_Latn", True),
        ("hrv_Latn", "srp_Cyrl", False),
        ("nob_Latn", "nno_Latn", True),
        ("spa_Latn", "por_Latn", False),
        ("xyz_Latn", "xyz_Latn", True),
        ("xyz_Latn", "abc_Latn", False),
    ],
)
def test_members_of_a_macrolanguage_in_one_script_are_one(
    label: str,
    other: str,
    one: bool,  # noqa: FBT001 - what is expected
) -> None:
    assert are_one(label, other) is are_one(other, label) is one


@pytest.mark.parametrize("label", ["arz_Arab", "ajp_Arab", "ary_Arab"])
def test_standard_arabic_lines_are_in_the_language_of_a_dialects_document(label: str) -> None:
    assert labels_of(LINES["arb_Arab"], label) == [label]


def test_a_label_without_a_list_is_left_to_the_identifier() -> None:
    text = f"{LINES['spa_Latn']}\n{LINES['hin_Deva']}"
    assert labels_of(text, "xyz_Latn") == identify_lines(IDENTIFIER, [text])[0]


def test_a_short_line_has_no_language_but_in_scripts_whose_letters_are_words() -> None:
    assert labels_of("Home", "tha_Thai") == ["und_Latn"]
    assert labels_of("人人生而自由", "cmn_Hani") == ["cmn_Hani"]


PIECES = st.sampled_from(
    [*LINES.values(), "\n", "\r", "\x00", " ", "12", "Home", "\ud800", "๑", "İ"]
)


@given(st.lists(st.lists(PIECES, max_size=5).map("".join), max_size=4))
def test_as_many_labels_as_line_feeds_and_one_and_no_line_looks_at_another(
    texts: list[str],
) -> None:
    labels = [(*LINES, "xyz_Latn")[(7 * i) % 10] for i in range(len(texts))]
    found = label_lines(IDENTIFIER, texts, labels)
    for text, label, own in zip(texts, labels, found, strict=True):
        assert len(own) == text.count("\n") + 1
        assert all(map(is_label, own))
        assert own == [labels_of(line, label)[0] for line in text.split("\n")]
