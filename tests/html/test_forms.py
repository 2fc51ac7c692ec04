"""Titles, lists, tables, code and paragraphs stay readable in the text, by every extractor."""

from __future__ import annotations

import pytest

from curate.html.extract import extract
from curate.html.extractors import BLOCKS, CASCADE, FINEWEB2, RESILIPARSE, TRAFILATURA

EXTRACTORS = [BLOCKS, TRAFILATURA, RESILIPARSE, CASCADE, FINEWEB2]

PROSE = {
    "th": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ ต่างมีเหตุผลและมโนธรรม",
    "hi": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।",
    "ar": "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق. وقد وهبوا عقلاً وضميرًا.",
    "zh": "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。",
    "ff": "𞤋𞤲𞥆𞤢𞤥𞤢 𞤢𞤣𞤫𞥅𞤶𞤭 𞤬𞤮𞤬 𞤨𞤮𞤼𞤭 𞤲𞥋𞤣𞤭𞤥𞤯𞤭𞤣𞤭 𞤫 𞤶𞤭𞤦𞤭𞤲𞤢𞤲𞥆𞤣𞤫 𞤼𞤮 𞤦𞤢𞤲𞥆𞤺𞤫 𞤸𞤢𞤳𞥆𞤫𞥅𞤶𞤭.",
}


def lines_of(lang: str, middle: str, extractor: str) -> list[str]:
    """Text of an article with ``middle`` between two of its paragraphs."""
    prose = [f"{n} {PROSE[lang] * 3}" for n in range(6)]
    before = "".join(f"<p>{text}</p>" for text in prose[:3])
    after = "".join(f"<p>{text}</p>" for text in prose[3:])
    html = f"<html lang={lang}><body><nav><a href=/>x</a></nav><div id=page>"
    html += (
        f"<div><main><article>{before}{middle}{after}</article></main></div></div></body></html>"
    )
    text = extract(html, extractor=extractor).text
    lines = [line.strip() for line in text.splitlines()]
    assert lines[0].startswith("0 ")
    assert lines[-1].startswith("5 ")
    assert [line for line in lines if line in prose] == prose
    return [line for line in lines if line not in prose]


@pytest.mark.parametrize("extractor", EXTRACTORS)
@pytest.mark.parametrize("lang", PROSE)
def test_a_heading_is_a_line(lang: str, extractor: str) -> None:
    heading = PROSE[lang][:24].strip()
    assert lines_of(lang, f"<h2>{heading}</h2>", extractor) == [heading]


@pytest.mark.parametrize("extractor", EXTRACTORS)
@pytest.mark.parametrize("lang", PROSE)
def test_a_list_is_a_line_per_item_with_a_dash(lang: str, extractor: str) -> None:
    items = [f"{PROSE[lang][n : n + 25].strip()} {n}" for n in range(4)]
    body = "".join(f"<li>{item}</li>" for item in items)
    assert lines_of(lang, f"<ul>{body}</ul>", extractor) == [f"- {item}" for item in items]


@pytest.mark.parametrize("extractor", EXTRACTORS)
@pytest.mark.parametrize("lang", PROSE)
def test_a_table_is_a_line_per_row_with_bars(lang: str, extractor: str) -> None:
    cells = [[f"{PROSE[lang][3 * r : 3 * r + 6].strip()}", str(r)] for r in range(4)]
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in cells)
    found = lines_of(lang, f"<table>{body}</table>", extractor)
    rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in found]
    assert [row for row in rows if row != [""] and "---" not in row[0]] == cells


@pytest.mark.parametrize("extractor", [BLOCKS, TRAFILATURA, RESILIPARSE, CASCADE])
@pytest.mark.parametrize("lang", PROSE)
def test_a_break_is_a_line_break(lang: str, extractor: str) -> None:
    verse = [f"{PROSE[lang][n : n + 30].strip()} {n}" for n in range(3)]
    assert lines_of(lang, f"<p>{'<br>'.join(verse)}</p>", extractor) == verse


@pytest.mark.parametrize("extractor", [BLOCKS, RESILIPARSE, CASCADE])
def test_the_title_of_an_article_stays(extractor: str) -> None:
    body = "".join(f"<p>{n} {PROSE['zh'] * 3}</p>" for n in range(5))
    html = f"<html><body><article><h1>标题在这里</h1>{body}</article></body></html>"
    assert extract(html, extractor=extractor).text.splitlines()[0] == "标题在这里"


@pytest.mark.parametrize("extractor", EXTRACTORS)
def test_equal_pages_give_equal_text_whatever_came_before(extractor: str) -> None:
    """With its memory over pages trafilatura gives text, text, text, nothing, nothing."""
    html = f"<html><body><article><p>{PROSE['th'] * 3}</p></article></body></html>"
    first = extract(html, extractor=extractor).text
    assert first
    assert {extract(html, extractor=extractor).text for _ in range(6)} == {first}


@pytest.mark.parametrize("extractor", EXTRACTORS)
@pytest.mark.parametrize("html", ["", " ", "\0", "plain", "<html></html>", "<p>", "<" * 1000])
def test_anything_is_a_page(html: str, extractor: str) -> None:
    extract(html, extractor=extractor, fallback_chars=250).text.encode("utf-8")


@pytest.mark.parametrize("extractor", EXTRACTORS)
def test_surrogates_become_replacement_characters(extractor: str) -> None:
    body = "".join(f"<p>{n} \ud800 &#xD800; &#55357; {PROSE['hi'] * 3}</p>" for n in range(5))
    text = extract(f"<html><body><article>{body}</article></body></html>", extractor=extractor).text
    text.encode("utf-8")
    assert PROSE["hi"] in text


def test_an_unknown_extractor_is_an_error() -> None:
    with pytest.raises(KeyError):
        extract("<p>x</p>", extractor="boilerpipe")
