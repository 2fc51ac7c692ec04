"""How the files of packages become reference documents, for the job that makes the configs."""

from __future__ import annotations

import pytest

from jobs.language_texts import (
    Raw,
    from_html,
    from_sentences,
    from_xml,
    n_words,
    order_of,
)

MALLARD = """<?xml version="1.0" encoding="utf-8"?>
<page xmlns="http://projectmallard.org/1.0/" type="topic" id="proxy" xml:lang="ta">
  <info><desc>An untranslated summary.</desc><credit><name>Author</name></credit></info>
  <title>பதிலாள் அமைவு</title>
  <p>பதிலாள் என்பது <em>வலை</em>
     போக்குவரத்துக்கு இடையில் நிற்கும் ஒரு சேவையகம் ஆகும்.</p>
  <steps><item><p>அமைவுகளைத் திறக்கவும்.</p></item></steps>
  <xi:include href="legal.xml"/>
</page>"""

DOCBOOK = """<article lang="th"><articleinfo><title>x</title></articleinfo>
<sect1><title>บทนำ</title><para>ระบบปฏิบัติการนี้ใช้ง่ายและปลอดภัยสำหรับทุกคน</para>
<note><para>&unknown;โปรดอ่านก่อน</para></note></sect1>
<sect1><title>𞤀𞤣𞤤𞤢𞤥</title><para>𞤀𞤣𞤤𞤢𞤥 𞤆𞤵𞤤𞤢𞤪 𞤫 𞤲𞤺𞤫𞤲𞤣𞤭</para></sect1></article>"""


def _raw(body: str, page: str = "p") -> Raw:
    return Raw(page, "xx", body.encode())


def test_mallard_gives_a_line_per_block_and_no_summary() -> None:
    [found] = from_xml(_raw(MALLARD))
    assert found.text.splitlines()[:2] == [
        "பதிலாள் அமைவு",
        "பதிலாள் என்பது வலை போக்குவரத்துக்கு இடையில் நிற்கும் ஒரு சேவையகம் ஆகும்.",
    ]
    assert "அமைவுகளைத் திறக்கவும்." in found.text.splitlines()[2]
    assert "untranslated" not in found.text


def test_each_section_of_docbook_is_a_document() -> None:
    first, second = from_xml(_raw(DOCBOOK))
    assert first.text.splitlines()[:2] == ["บทนำ", "ระบบปฏิบัติการนี้ใช้ง่ายและปลอดภัยสำหรับทุกคน"]
    assert "โปรดอ่านก่อน" in first.text
    assert second.text.startswith("𞤀𞤣𞤤𞤢𞤥")
    assert (first.page, second.page) == ("p#0", "p#1")


def test_xml_that_cannot_be_read_gives_nothing() -> None:
    assert list(from_xml(_raw("no markup"))) == []


def test_html_in_its_own_encoding() -> None:
    html = '<html><head><meta charset="utf-8"></head><body><p>Größe der Stadt</p></body></html>'
    [found] = from_html(_raw(html))
    assert found.text == "Größe der Stadt"


def test_sentences_are_ten_to_a_text_and_know_their_language() -> None:
    lines = "".join(f"am\tሰላም {n}።\n" for n in range(12)) + "hi\tनमस्ते\n"
    found = list(from_sentences(_raw(lines)))
    assert [(t.locale, n_words(t.text)) for t in found] == [("am", 20), ("am", 4), ("hi", 1)]
    assert "\n" not in found[0].text


@pytest.mark.parametrize(
    ("text", "words"), [("人人生而自由。", 4), ("ที่ และ", 2), ("# — 12 km", 2), ("", 0)]
)
def test_words_are_counted_as_the_metric_counts_them(text: str, words: int) -> None:
    assert n_words(text) == words


def test_the_order_of_pages_is_one_of_chance_and_fixed() -> None:
    pages = [f"page{n}" for n in range(100)]
    ordered = sorted(pages, key=order_of)
    assert ordered != pages
    assert ordered == sorted(reversed(pages), key=order_of)
