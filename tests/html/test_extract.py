"""The main text of pages in many scripts, whatever was extracted before."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from curate.html.extract import EXTRACTOR_VERSION, extract, extract_text
from curate.html.extractors import TRAFILATURA
from curate.html.service import extract_page, extract_payload

SENTENCES = {
    "th": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ ต่างมีเหตุผลและมโนธรรม",
    "hi": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।",
    "ar": "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق. وقد وهبوا عقلاً وضميرًا.",
    "zh": "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。",
    "got": "𐌰𐌻𐌻𐌰𐌹 𐌼𐌰𐌽𐌽𐌰 𐍆𐍂𐌴𐌹𐌾𐌰𐌹 𐌲𐌰𐌱𐌰𐌿𐍂𐌰𐌽𐌰𐌹 𐍅𐌰𐌹𐍂𐌸𐌰𐌽𐌳 𐌾𐌰𐌷 𐌹𐌱𐌽𐌰𐌽𐍃.",
    "ff": "𞤋𞤲𞥆𞤢𞤥𞤢 𞤢𞤣𞤫𞥅𞤶𞤭 𞤬𞤮𞤬 𞤨𞤮𞤼𞤭 𞤲𞥋𞤣𞤭𞤥𞤯𞤭𞤣𞤭 𞤫 𞤶𞤭𞤦𞤭𞤲𞤢𞤲𞥆𞤣𞤫 𞤼𞤮 𞤦𞤢𞤲𞥆𞤺𞤫 𞤸𞤢𞤳𞥆𞤫𞥅𞤶𞤭.",
}


def page(sentence: str, lang: str = "en") -> str:
    paragraphs = "".join(f"<p>{i}. {sentence * 3}</p>" for i in range(5))
    return (
        f"<html lang={lang}><head><title>t</title></head><body><nav><a href=/>Home</a></nav>"
        f"<article><h1>{sentence}</h1>{paragraphs}</article>"
        "<footer>Copyright</footer></body></html>"
    )


@pytest.mark.parametrize(("lang", "sentence"), SENTENCES.items(), ids=SENTENCES)
def test_paragraphs_are_lines_and_navigation_is_gone(lang: str, sentence: str) -> None:
    got = extract_page(page(sentence, lang))
    text = got["text"]
    assert text is not None
    assert got["html_lang"] == lang
    assert [line for line in text.split("\n") if line[:1].isdigit()] == [
        f"{i}. {sentence * 3}" for i in range(5)
    ]
    assert "Home" not in text
    assert "Copyright" not in text


def test_equal_pages_give_equal_text_however_often() -> None:
    html = page(SENTENCES["th"])
    assert len({extract_text(html) for _ in range(6)}) == 1
    assert extract_text(html)


@pytest.mark.parametrize("html", ["", " ", "\0", "plain", "<html></html>", "<p>", "<" * 1000])
def test_nothing_to_extract_is_empty_text(html: str) -> None:
    assert extract_text(html) == ""


def test_a_page_with_references_to_surrogates_gives_text_that_can_be_written() -> None:
    extract_text(page("A sentence with &#xD800; and &#55357; inside of it. ")).encode("utf-8")


def test_bytes_are_decoded_first() -> None:
    html = page(SENTENCES["zh"], "zh")
    got = extract_payload(html.encode("gb18030"), "text/html; charset=gb2312", 0, TRAFILATURA)
    assert got["text"] == extract_text(html)
    assert got["encoding"] == "gbk"
    assert got["encoding_source"] == "http"
    assert got["charset_failed"] is False
    assert json.loads(json.dumps(got)) == got


@pytest.mark.parametrize("extractor", ["blocks", "cascade", "trafilatura", "resiliparse"])
def test_a_page_is_xml_too_where_that_is_asked_for(extractor: str) -> None:
    rows = "<tr><td>หนึ่ง</td><td>สอง สาม</td></tr><tr><td>สี่ ห้า หก</td><td>เจ็ด</td></tr>"
    html = page(f"{SENTENCES['th']}</p><table>{rows}</table><p>")
    got = extract_payload(html.encode(), "text/html; charset=utf-8", 0, extractor, True)
    plain = extract_payload(html.encode(), "text/html; charset=utf-8", 0, extractor)
    xml = got.pop("xml")
    assert got == plain
    assert isinstance(xml, str)
    root = ElementTree.fromstring(xml)
    assert root.tag == "doc"
    assert "หนึ่ง" in "".join(root.itertext())
    assert root.find(".//table") is not None


def test_the_version_names_the_library() -> None:
    assert EXTRACTOR_VERSION.startswith("blocks ")


LISTING = (
    "<html lang=hi><body><h1>सूची</h1><ul>"
    + "".join(f"<li><a href=/{i}>पृष्ठ {i} का नाम यहाँ है</a></li>" for i in range(40))
    + "</ul></body></html>"
)


def test_a_page_that_precision_empties_is_extracted_again() -> None:
    alone = extract(LISTING, extractor=TRAFILATURA)
    again = extract(LISTING, extractor=TRAFILATURA, fallback_chars=250)
    assert len(alone.text) < 250 < len(again.text)
    assert (alone.extraction, again.extraction) == ("precision", "balanced")


def test_a_page_with_enough_text_is_not_extracted_again() -> None:
    html = page(SENTENCES["ar"], "ar")
    again = extract(html, extractor=TRAFILATURA, fallback_chars=250)
    assert again == extract(html, extractor=TRAFILATURA)


def test_a_short_page_keeps_the_first_pass_if_the_second_gives_no_more() -> None:
    html = "<html><body><p>สวัสดี</p></body></html>"
    again = extract(html, extractor=TRAFILATURA, fallback_chars=250)
    assert again == extract(html, extractor=TRAFILATURA)
