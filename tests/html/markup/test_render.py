"""Plain text, Markdown and XML from the same blocks."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.html.markup.read_page import read_page
from curate.html.markup.render import markdown, plain, xml
from curate.html.markup.shape import Piece, pieces

PAGE = """
<h2>ชื่อ</h2><p>Grey is the sea<br>and grey<p># not a heading
<ul><li>一<li>二<p>more<ol><li>three</ol></ul>
<table><tr><th>Year<th>Storms|big<tr><td>1901<td>forty-one</table>
<table><tr><td>left<td><p>a<p>b</table>
<pre>if (h) {
  puts("``" + x);
}</pre><blockquote><p>q<p>r</blockquote>
"""


def made(html: str, keep: list[bool] | None = None) -> list[Piece]:
    page = read_page(html)
    kept = np.ones(page.n_blocks, np.bool_) if keep is None else np.array(keep)
    return pieces(page, kept)


def test_plain_text() -> None:
    assert plain(made(PAGE)).split("\n") == [
        *("ชื่อ", "Grey is the sea", "and grey", "# not a heading", "- 一", "- 二", "more"),
        *("- three", "Year | Storms|big", "1901 | forty-one", "left", "a", "b"),
        *("if (h) {", '  puts("``" + x);', "}", "q", "r"),
    ]


def test_markdown() -> None:
    assert markdown(made(PAGE)).split("\n\n") == [
        "## ชื่อ",
        "Grey is the sea  \nand grey",
        "\\# not a heading",
        "- 一\n- 二",
        "more",
        "  1. three",
        "| Year | Storms\\|big |\n| --- | --- |\n| 1901 | forty-one |",
        *("left", "a", "b"),
        '```\nif (h) {\n  puts("``" + x);\n}\n```',
        *("> q", "> r"),
    ]


def test_a_fence_is_longer_than_those_in_the_code() -> None:
    assert markdown(made("<pre>````\nx")) == "`````\n````\nx\n`````"


def test_xml() -> None:
    root = ElementTree.fromstring(xml(made(PAGE)))
    (main,) = root
    told = [(e.tag, dict(e.attrib), "".join(e.itertext())) for e in main]
    assert told[0] == ("head", {"rend": "h2"}, "ชื่อ")
    assert told[1] == ("p", {}, "Grey is the seaand grey")
    assert told[3] == ("list", {"rend": "ul"}, "一二")
    assert told[6] == ("table", {}, "YearStorms|big1901forty-one")
    assert [len(row) for row in main[6]] == [2, 2]
    assert told[10] == ("code", {}, 'if (h) {\n  puts("``" + x);\n}')
    assert [tag for tag, _, _ in told[11:]] == ["quote", "quote"]


def test_an_item_of_which_only_the_rest_is_kept_is_an_item() -> None:
    html = "<ul><li><b>menu</b><p>a<p>b<li>c</ul>"
    assert plain(made(html, [False, True, True, False])) == "- a\nb"
    assert made("<p>a", [False]) == []


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ("<table><tr><td>a<td>b<table><tr><td>c<td>d</table></table>", ["a | b", "c | d"]),
        ("<table><tr><td><ul><li>a</ul><td>b</table>", ["- a", "b"]),
        ("<table><tr><td><pre>a</pre><td>b</table>", ["a", "b"]),
        ("<table><tr><td>a<br>b<td>c</table>", ["a b | c"]),
        ("<ul><li><table><tr><td>a<td>b</table></ul>", ["a | b"]),
    ],
)
def test_rows_of_data_and_tables_for_layout(html: str, wanted: list[str]) -> None:
    assert plain(made(html)).split("\n") == wanted


@given(
    st.lists(
        st.sampled_from(
            ["<p>", "<li>", "<td>", "<tr>", "<table>", "<h3>", "<pre>", "語", " ", "<ul>"]
        )
    )
)
def test_no_character_is_lost_or_made(parts: list[str]) -> None:
    html = "".join(parts)
    for form in (plain, markdown):
        assert form(made(html)).count("語") == html.count("語")
    shown = xml(made(html))
    assert shown.count("語") == html.count("語")
    if shown:
        ElementTree.fromstring(shown)
