"""Hostile pages: work that grows with the page, arrays that do, and no exception."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.html.by_blocks import find_text
from curate.html.head import read_head
from curate.html.markup.kept_text import plain_text
from curate.html.markup.page import MAX_BLOCKS
from curate.html.markup.page_layout import MAX_ELEMENTS
from curate.html.markup.read_page import read_page, scan_page, title_of
from curate.html.markup.render import markdown, plain, xml
from curate.html.markup.shape import pieces
from curate.html.page_scripts import read_linked, state_html

HOSTILE: dict[str, Callable[[int], str]] = {
    "divisions": lambda n: "<div>" * n + "a",
    "divisions ended": lambda n: "<div>" * n + "a" + "</div>" * n,
    "ends of what is out of reach": lambda n: "<p><table><td>" + "<div>" * n + "</p>" * n + "a",
    "ends of what is far down": lambda n: "<b>" + "<div>" * n + "</b></i></span>" * n,
    "ends of unknown names": lambda n: "<x>" + "<y>" * n + "</x></z>" * n,
    "items in items": lambda n: "<ul><li>" * n + "<li>" * n,
    "cells": lambda n: "<table><tr><td>" * n + "<td>" * n + "<tr>" * n,
    "formatting": lambda n: "<p><font><b>" * n + "a",
    "links": lambda n: "<a href=x>" * n + "a" + "</a>" * n,
    "spans around one text": lambda n: ("<span>" * n + "a" + "</span>" * n + "b<p>") * 2,
    "headings": lambda n: "<h1><h2>" * n + "</h3>" * n,
    "attributes": lambda n: "<p " + " ".join(f"a{i:05}=b" for i in range(n)) + ">a",
    "one attribute": lambda n: f"<img src='{'A' * 8 * n}'>a",
    "one class": lambda n: f"<p class='{'a ' * 4 * n}'>a",
    "one style": lambda n: f"<p style='{'a:b;' * n}'>a",
    "an attribute without end": lambda n: "<p a='" + "b" * n,
    "angles": lambda n: "<" * n,
    "angles and slashes": lambda n: "</" * n,
    "comments without end": lambda n: "<!--" * n,
    "comments": lambda n: "<!-- -- -- >" * n,
    "scripts without end": lambda n: "<script>" * n + "</script" * n,
    "hidden scripts": lambda n: "<script><!--" + "<script></script>" * n,
    "ends inside raw text": lambda n: "<style>" + "</styl</style" * n,
    "references": lambda n: "&amp" * n + "&nosuchname" * n + "&#" * n + "&#x1" * n,
    "one reference": lambda n: "&#" + "1" * n + "&" + "a" * n,
    "svg in svg": lambda n: "<svg><foreignObject>" * n + "</svg>" * n,
    "math": lambda n: "<math><mi>" * n + "<p>" * n + "</math>" * n,
    "CDATA": lambda n: "<svg>" + "<![CDATA[" * n,
    "readings": lambda n: "<ruby>a<rt>b" * n,
    "breaks in code": lambda n: "<pre>" + "<br>\n \n" * n,
    "selects": lambda n: "<select><option>a" * n,
    "binary": lambda n: "".join(chr(i * 7919 % 256) for i in range(4 * n)),
    "forms": lambda n: "<form><div></form>" * n,
    "templates": lambda n: "<template>" * n + "</div>" * n + "</template>" * n,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_twice_the_page_is_twice_the_work(name: str) -> None:
    sizes = (2_000, 4_000)
    pages = [read_page(HOSTILE[name](size)) for size in sizes]
    small, large = (page.n_steps for page in pages)
    assert large <= 2 * small + 100
    longest = len(HOSTILE[name](sizes[1]))
    assert large <= 2 * longest + 100


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 1_000_000 + "a",
        "<p>" + "<b>" * 1_000_000 + "a",
        f"<p class='{'a' * 50_000_000}'>a",
    ],
    ids=["deep", "deep inline", "attribute"],
)
def test_a_page_of_any_size_is_read(html: str) -> None:
    page = read_page(html)
    assert page.block_text(page.n_blocks - 1) == "a"
    assert page.n_elements <= MAX_ELEMENTS + 2


def test_blocks_beyond_the_most_are_counted() -> None:
    page = read_page("<p>ab<a href=x>c</a>" * (MAX_BLOCKS + 7))
    assert (page.n_blocks, page.n_left_out) == (MAX_BLOCKS, 7)
    assert page.n_visible == 3 * (MAX_BLOCKS + 7)
    assert len(page.link_start) == MAX_BLOCKS
    assert int(page.link_stop[-1]) == int(page.stop[-1])


_PIECES = """
    < > </ <p <p> </p> <table> <tr> <td> </table> <a␣href=x> </a> <svg> </svg> <math> <mi> <!--
    --> <script> </script> <title> <pre> <ruby> <rt> &amp &#x &#1; <li> <ul> <select> <template>
    <noscript> <![CDATA[ ]]> = ' " ␣ \n a ก 中 𐌰 \x00 \x80 \xa0 \xad \u3000 <b> </b> <x> <br>
    <frameset> <noframes> <body␣class=a> <html␣lang=x> {"articleBody":" self.__next_f.push([1,"
    window.__STATE__={ <script␣type="application/ld+json"> <meta␣property=og:title␣content=
    """
_pieces = st.sampled_from(_PIECES.split())


def test_a_long_row_that_is_none_is_looked_at_once() -> None:
    """A row of cells the last of which holds two paragraphs: each cell could begin one."""
    page = read_page("<table><tr>" + "<td>a" * 20_000 + "<p>b</table>")
    everything = page.start >= 0
    text = plain_text(page, everything)
    assert text == "a\n" * 20_000 + "b"
    assert plain(pieces(page, everything)) == text


@given(st.lists(_pieces, max_size=60))
@settings(deadline=None, max_examples=400)
def test_anything_is_a_page(parts: list[str]) -> None:
    html = "".join(parts).replace("␣", " ")
    scanned = scan_page(html)
    page = read_page(html)
    text = page.text.tobytes().decode()
    assert "".join(page.block_text(b) + "\n" for b in range(page.n_blocks)) == text
    spans = [(int(a), int(b)) for a, b in zip(page.link_start, page.link_stop, strict=True)]
    assert all(a < b for a, b in spans)
    assert all(b <= c for (_, b), (c, _) in pairwise(spans))
    found = find_text(scanned)
    assert all(piece.text for piece in pieces(found.source, found.keep))
    for form in (plain, markdown, xml):
        form(pieces(page, page.start >= 0))
    for keep in (page.start >= 0, page.start % 2 == 0, page.start % 3 > 0):
        assert plain_text(page, keep) == plain(pieces(page, keep))
    assert found.text == found.text.encode().decode()
    read_head(scanned, title_of(scanned), read_linked(scanned).known)
    state_html(scanned)
