"""The language gate skips what is surely unwanted, and nothing else."""

from __future__ import annotations

import pytest

from curate.html.service import extract_payload
from curate.lid import Identification
from curate.stages.gate import extract_wanted, is_unwanted

SENTENCES = {
    "eng_Latn": "All human beings are born free and equal in dignity and rights. They are endowed "
    "with reason and conscience and should act towards one another in a spirit of brotherhood.",
    "hin_Deva": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।",
    "tha_Thai": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ ต่างมีเหตุผลและมโนธรรม",
    "arb_Arab": "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق، وقد وهبوا عقلاً وضميرًا.",
    "cmn_Hani": "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心。",
    "fuv_Adlm": "𞤋𞤲𞥆𞤢𞤥𞤢 𞤢𞥄𞤣𞤫𞥅𞤶𞤭 𞤬𞤮𞤬 𞤨𞤮𞤼𞤭⹁ 𞤲𞤣𞤭𞤥𞤯𞤭𞤣𞤭 𞤫 𞤶𞤭𞤦𞤭𞤲𞤢𞤲𞥆𞤣𞤫 𞤼𞤮 𞤦𞤢𞤲𞥆𞤺𞤫 𞤸𞤢𞤳𞥆𞤫𞥅𞤶𞤭.",
}


def page(text: str, declared: str = "") -> bytes:
    lang = f' lang="{declared}"' if declared else ""
    body = f"<p>{text}</p>" * 5
    return f"<html{lang}><body><article>{body}</article></body></html>".encode()


def gated(payload: bytes, *labels: str, min_confidence: float = 0.9) -> dict[str, object]:
    content_type = "text/html; charset=utf-8"
    return dict(extract_wanted(payload, content_type, 250, "cascade", [*labels], min_confidence))


@pytest.mark.parametrize("label", SENTENCES)
def test_a_wanted_page_comes_out_as_without_a_gate(label: str) -> None:
    payload = page(SENTENCES[label])
    plain = extract_payload(payload, "text/html; charset=utf-8", 250, "cascade")
    assert gated(payload, label) == plain
    assert plain["text"]


@pytest.mark.parametrize("label", ["eng_Latn", "hin_Deva", "tha_Thai"])
def test_a_page_in_another_language_is_not_extracted(label: str) -> None:
    found = gated(page(SENTENCES[label]), "xho_Latn", "khm_Khmr")
    assert found["text"] == ""
    assert found["skipped_label"] == label
    assert isinstance(found["skipped_confidence"], float)
    assert found["skipped_confidence"] >= 0.9


def test_a_page_that_declares_a_wanted_language_is_extracted_whatever_it_looks_like() -> None:
    text = SENTENCES["eng_Latn"]
    assert "skipped_label" in gated(page(text, "en"), "xho_Latn")
    assert "skipped_label" not in gated(page(text, "xh-ZA"), "xho_Latn")


def test_a_page_without_letters_or_in_doubt_is_extracted() -> None:
    assert "skipped_label" not in gated(page("12 345 678 ☎ +49"), "xho_Latn")
    assert "skipped_label" not in gated(page(SENTENCES["eng_Latn"]), "xho_Latn", min_confidence=1.0)


@pytest.mark.parametrize(
    ("label", "confidence", "others", "expected"),
    [
        ("dan_Latn", 0.95, (("dan_Latn", 0.95), ("nob_Latn", 0.04)), True),
        ("dan_Latn", 0.92, (("dan_Latn", 0.92), ("nob_Latn", 0.06)), False),
        ("dan_Latn", 0.89, (("dan_Latn", 0.89),), False),
        ("nob_Latn", 0.99, (("nob_Latn", 0.99),), False),
        ("zxx_Zxxx", None, (), False),
    ],
)
def test_the_rule(
    label: str,
    confidence: float | None,
    others: tuple[tuple[str, float], ...],
    expected: bool,  # noqa: FBT001 - a column of the table
) -> None:
    found = Identification(label, confidence, others)
    assert is_unwanted(found, None, ["nob_Latn", "nno_Latn"], 0.9) is expected
    assert not is_unwanted(found, "nb-NO", ["nob_Latn", "nno_Latn"], 0.9)
