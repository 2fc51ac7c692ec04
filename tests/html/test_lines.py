"""Lines of minimal HTML: their text, their width in any script, and the run that counts."""

from __future__ import annotations

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.html.page_lines import Line, densest_run, long_width, read_lines, width_of


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0),
        ("abc", 3),
        ("สวัสดี", 6),
        ("नमस्ते", 6),
        ("مرحبا", 5),
        ("人人生而自由", 18),
        ("𠀀𠮷", 6),
        ("ひらカナ", 8),
        ("자유", 4),
        ("𞤀𞤣𞤤", 3),
        ("𐌰𐌻", 2),
        ("བོད་ཡིག", 7),
        ("a人，", 1 + 3 + 2),
    ],
)
def test_width_counts_letters(text: str, width: int) -> None:
    assert width_of(text) == width


def test_blocks_become_lines_with_their_tags() -> None:
    got = read_lines(
        "<h1>ชื่อ &amp; x</h1>\n\n<p>หนึ่ง<br>\nสอง</p>\n\n<ul>\n  <li>ก</li>\n</ul>\n"
        "Name\t\tAge\n<pre>def f():\n    return 1</pre>\nloose"
    )
    assert [(line.text, line.tag) for line in got] == [
        ("ชื่อ & x", "h1"),
        ("หนึ่ง", "p"),
        ("สอง", "p"),
        ("- ก", "li"),
        ("Name | Age", ""),
        ("def f():", "pre"),
        ("    return 1", "pre"),
        ("loose", ""),
    ]


def test_what_is_escaped_is_text_and_no_tag() -> None:
    (line,) = read_lines("<p>a &lt;p&gt; and &lt;a href=&quot;x&quot;&gt;</p>")
    assert line.text == 'a <p> and <a href="x">'
    assert line.link_width == 0


def test_lines_without_letter_or_digit_are_left_out() -> None:
    assert read_lines("<p>* * *</p>\n|\n<p>—</p>\n<p>၁</p>") == [Line("၁", "p", 1, 0)]


def test_link_width_is_that_of_the_text_in_links() -> None:
    (line,) = read_lines('<p>ก <a href="//x.org/long">人人</a> and so <a href="">b</a></p>')
    assert line.link_width == 7
    assert line.plain_width == width_of("ก 人人 and so b") - 7
    assert not line.is_link


def test_a_line_of_links_is_one() -> None:
    (line,) = read_lines('<p><a href="x">หน้าแรก</a> | <a href="y">ติดต่อ</a></p>')
    assert line.is_link


@given(st.lists(st.integers(-5, 5), max_size=12))
def test_no_run_has_a_greater_sum(gains: list[int]) -> None:
    start, end = densest_run(gains)
    n = len(gains)
    best = max((sum(gains[i:j]) for i in range(n + 1) for j in range(i, n + 1)), default=0)
    assert sum(gains[start:end]) == best


@given(st.text(alphabet="<>/aphli123 \n\t&;ก人𞤀\"'", max_size=200))
def test_any_text_gives_lines(markup: str) -> None:
    for line in read_lines(markup):
        assert line.text.strip()
        assert "\n" not in line.text
        assert line.width >= 0


BLOCKS = st.tuples(st.sampled_from(["p", "li", "h2"]), st.text("ก人가a <&", max_size=140))


@given(st.lists(BLOCKS, max_size=5))
def test_the_sum_of_long_lines_needs_no_lines(blocks: list[tuple[str, str]]) -> None:
    minimal = "\n".join(f"<{tag}>{escape(text)}<a>人</a></{tag}>" for tag, text in blocks)
    lines = read_lines(minimal)
    assert long_width(minimal) == sum(line.plain_width for line in lines if line.is_long)
