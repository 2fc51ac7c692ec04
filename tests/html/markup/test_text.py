"""No character of a block is lost or joined wrongly, whatever script it is of."""

from __future__ import annotations

import html as html_module
import re
import unicodedata
from html.entities import html5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.html.markup.read_page import read_page

INLINE = ("b", "i", "a href=x", "span", "em", "font", "x-y", "u", "time", "mark", "abbr", "bdi")
WORDS = (
    *(
        "灯台",
        "の",
        "न",
        "केवल",
        "ที่",
        "ប្រាសាទ",
        "שָׁלוֹם",
        "العربية",
        "𐌰𐌻",
        "𞤀𞤣𞤤𞤢𞤥",
        "ꦗꦮ",
        "한국어",
        "€",
        "–",
    ),
    *(
        "a",
        "ß",
        "1901",
        "…",
        "”",
        "\u200d",
        "\u200c",
        "👩\u200d🔬",
        "।",
        "،",
        "，",
        "\u0301",
        "مـ",
        "བོད",
    ),
)
INVISIBLE = {0xAD, 0x200B, 0x2060, 0xFEFF}
SPACES = {0xA0, 0x2028, 0x2029, 0x85}


def blocks_of(html: str) -> list[str]:
    page = read_page(html)
    return [page.block_text(block) for block in range(page.n_blocks)]


def wanted_of(text: str) -> str:
    """A text with its white space collapsed and what is never shown left out."""
    shown = (" " if ord(c) in SPACES else c for c in text if ord(c) not in INVISIBLE)
    return re.sub("[ \t\n\f\r]+", " ", "".join(shown)).strip(" ")


characters = st.one_of(
    st.sampled_from(WORDS),
    st.characters(blacklist_categories=("Cc", "Cs", "Zs", "Zl", "Zp")),
    st.just(" "),
)
tags = st.sampled_from(INLINE)


@given(st.lists(st.tuples(characters, tags, st.sampled_from(["", "open", "both", "comment"]))))
@settings(deadline=None, max_examples=300)
def test_inline_tags_split_nothing(parts: list[tuple[str, str, str]]) -> None:
    pieces = []
    for text, tag, how in parts:
        shown = html_module.escape(text)
        name = tag.split()[0]
        pieces.append(
            {
                "": shown,
                "open": f"<{tag}>{shown}",
                "both": f"<{tag}>{shown}</{name}>",
                "comment": f"{shown}<!-- x -->",
            }[how]
        )
    wanted = wanted_of("".join(text for text, _, _ in parts))
    found = blocks_of(f"<div>{''.join(pieces)}</div>")
    assert found == ([wanted] if wanted else [])


@given(
    st.lists(st.sampled_from(WORDS), min_size=1), st.sampled_from(["p", "div", "li", "td", "h2"])
)
@settings(deadline=None)
def test_blocks_join_nothing(words: list[str], tag: str) -> None:
    body = "".join(f"<{tag}>{word}" for word in words)
    body = f"<table><tr>{body}</table>" if tag == "td" else body
    assert blocks_of(body) == [wanted_of(word) for word in words if wanted_of(word)]


def test_every_plane_comes_through() -> None:
    text = "".join(
        chr(point)
        for point in range(0x21, 0x110000, 37)
        if unicodedata.category(chr(point)) not in ("Cc", "Cs", "Zs", "Zl", "Zp")
        and point not in INVISIBLE | {0x26, 0x3C}
    )
    assert blocks_of(f"<p>{text}") == [text]


def test_every_named_reference() -> None:
    for name, value in html5.items():
        shown = wanted_of(f"x{value}y")
        assert blocks_of(f"<p>x&{name};y")[0].replace(";", "") == shown.replace(";", ""), name


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("&#128;&#x80;&#150;", "€€–"),
        ("&#0;&#xD800;&#x110000;&#99999999999999999999;", "\ufffd" * 4),
        ("&#x1F600;&#X1f600", "😀😀"),
        ("&amp;lt; &ampx &AMP;", "&lt; &x &"),
        ("&copy2020 &notit; &notin; &not", "©2020 ¬it; ∉ ¬"),
        ("&; &# &#; &#x; &#xg &nosuch; &", "&; &# &#; &#x; &#xg &nosuch; &"),
        ("a&nbsp;b&ensp;c&thinsp;d", "a b\u2002c\u2009d"),
        (
            "Leucht&shy;turm Hüft\u00adschwung x&ZeroWidthSpace;y\u2060z",
            "Leuchtturm Hüftschwung xyz",
        ),
        ("می\u200cخواهم क्\u200dष", "می\u200cخواهم क्\u200dष"),
        ("a\u2028b\u2029c\x85d", "a b c d"),
        ("a<wbr>b", "ab"),
        ("a \n\t\f\r b", "a b"),
        ("\u3000中文\u3000中\u3000", "中文\u3000中"),
        ("a<b> b</b> c", "a b c"),
        ("a <b> b", "a b"),
        ("a\0b\x01c\x7fd", "abcd"),
    ],
)
def test_references_and_white_space(source: str, shown: str) -> None:
    assert blocks_of(f"<p>{source}</p>") == [shown]


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("<ruby>岬<rp>(</rp><rt>みさき</rt><rp>)</rp></ruby>の", "岬(みさき)の"),
        ("<ruby>汽笛<rt> きてき </ruby>が", "汽笛(きてき)が"),
        ("<ruby>漢<rt>かん<rb>字<rt>じ</ruby>", "漢(かん)字(じ)"),
        ("<ruby>漢<rt></rt></ruby>字", "漢字"),
        ("<rt>a", "a"),
    ],
)
def test_readings_stand_in_brackets(source: str, shown: str) -> None:
    assert blocks_of(source) == [shown]


def test_lines_of_code_stay() -> None:
    code = 'int main(void)\n{\n    if (h > 2) {\n\tputs("a  b");\n\n    }\n}\n----\n{'
    assert blocks_of(f"<pre>\n{html_module.escape(code)}\n  \n</pre>") == [code]
    assert blocks_of(f"<pre><code>  {html_module.escape(code)}") == ["  " + code]
    assert blocks_of("<div style='WHITE-SPACE : Pre-Wrap'>a  b\r\nc") == ["a  b\nc"]
    assert blocks_of("<pre>a<br>b<br><br>c") == ["a\nb\n\nc"]


def test_marks_for_editors_are_no_part_of_a_heading() -> None:
    edit = "<span class='x mw-editsection'>[<a href=/e>edit</a>]</span>"
    assert blocks_of(f"<h2>歴史{edit}</h2><p>a{edit}") == ["歴史", "a[edit]"]
    assert blocks_of("<h2>1.2 ประวัติ<a class=headerlink href=#x>¶</a>") == ["1.2 ประวัติ"]


def test_breaks_are_lines_and_a_blank_line_ends_a_block() -> None:
    assert blocks_of("<p>Grey<br> is <br/>\n the</br>sea<br><br>next<br>") == [
        "Grey\nis\nthe\nsea",
        "next",
    ]
