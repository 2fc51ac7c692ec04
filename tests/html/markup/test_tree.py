"""Elements, links and what is left out: the tree as far as text needs it."""

from __future__ import annotations

import pytest

from curate.html.markup.names import fnv1a
from curate.html.markup.page import Flag, Page
from curate.html.markup.read_page import read_page
from curate.html.markup.tags import NAMES


def path_of(page: Page, element: int) -> str:
    parts = []
    while element > 1:
        parts.append(NAMES[page.tag[element]])
        element = int(page.parent[element])
    return "/".join(reversed(parts))


def told(html: str) -> list[tuple[str, str]]:
    """Each block with the path of the deepest element that holds it."""
    page = read_page(html)
    return [(path_of(page, int(page.inline[b])), page.block_text(b)) for b in range(page.n_blocks)]


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ("<p>a<p>b<div>c</div>d", [("p", "a"), ("p", "b"), ("div", "c"), ("", "d")]),
        ("<ul><li>a<li>b<ul><li>c</ul>d", [
            ("ul/li", "a"), ("ul/li", "b"), ("ul/li/ul/li", "c"), ("ul/li", "d")]),
        ("<dl><dt>a<dd>b<dt>c</dl>", [("dl/dt", "a"), ("dl/dd", "b"), ("dl/dt", "c")]),
        ("<table><tr><td>a<th>b<tr><td>c<tbody><tr><td>d</table>e", [
            ("table/tr/td", "a"), ("table/tr/th", "b"), ("table/tr/td", "c"),
            ("table/tbody/tr/td", "d"), ("", "e")]),
        ("<table><tr><td>a<table><tr><td>b</table>c<td>d", [
            ("table/tr/td", "a"), ("table/tr/td/table/tr/td", "b"), ("table/tr/td", "c"),
            ("table/tr/td", "d")]),
        ("<table>x<tr>y<td>a</table>", [("table", "x"), ("table/tr", "y"), ("table/tr/td", "a")]),
        ("<h1>a<h2>b</h1>c", [("h1", "a"), ("h2", "b"), ("", "c")]),
        ("<b><p>a</b>b</p>", [("b/p", "ab")]),
        ("<p><b><i>a</b>b</i>", [("p", "ab")]),
        ("<p><b>a</b></p>", [("p/b", "a")]),
        ("<div><form><div></form>a</div>b</div>c", [
            ("div/form/div", "a"), ("div/form", "b"), ("", "c")]),
        ("<button>a<button>b", [("button", "a"), ("button", "b")]),
        ("<td>a</td><td>b</td>", [("", "a"), ("", "b")]),
        ("<svg><title>x</title><p>a</svg>b", [("p", "ab")]),
        ("<div><svg><path></div>a", [("", "a")]),
        ("<math><mi>x</mi><annotation>y</annotation><mo>+</mo></math>", [("math", "x+")]),
        ("<x-a>a<x-b>b</x-b></x-a>c", [("", "abc")]),
        ("<noscript>a<b>b</noscript>c", [("noscript", "ab"), ("", "c")]),
        ("<div><noscript></div>a</noscript>b</div>c", [
            ("div/noscript", "a"), ("div", "b"), ("", "c")]),
        ("<plaintext>a<b>", [("plaintext", "a<b>")]),
        ("<xmp>a<b>&amp;</xmp>c", [("xmp", "a<b>&amp;"), ("", "c")]),
    ],
)  # fmt: skip
def test_where_text_stands(html: str, wanted: list[tuple[str, str]]) -> None:
    assert told(html) == wanted


@pytest.mark.parametrize(
    "html",
    [
        "<script>a<!--<script>b</script>c--></script>",
        "<style>a</style><title>a</title><textarea>a</textarea>",
        "<template><p>a</template><select><option>a</select><iframe>a</iframe>",
        "<noframes>a</noframes><video>a<p>a</video><object>a</object><svg>a</svg>",
        "<!-- a --><!--><!---><!doctype a><?a?></ a><![CDATA[a]]>",
        "<a b='a",
        "<script>a",
        "<!-- a --",
        "<svg><![CDATA[a]]><p/></svg><math><annotation>a</annotation></math>",
    ],
)
def test_what_is_not_text_of_the_page(html: str) -> None:
    assert told(html) == []


def test_what_follows_a_comment_or_a_raw_element_is_text() -> None:
    for html in (
        "<!-- > -->a", "<!-->a", "<!--->a", "<!-- --!>a", "<!x>a", "</>a", "<style></style >a",
        "<script></SCRIPT\n>a", "<svg><script>x</svg>a", "<svg/>a", "<select><p></select>a",
        "<title>x</title/>a", "<math><![CDATA[a]]></math>",
    ):  # fmt: skip
        assert [text for _, text in told(html)] == ["a"], html
    assert [text for _, text in told("a < b </ 1 <1>")] == [
        "a < b </ 1 <1>".replace("</ 1 <1>", "")[:5].strip()
    ]


def test_a_page_of_frames_has_the_text_for_those_without() -> None:
    html = "<frameset><frame src=a><noframes><body><p>a<p>b</noframes></frameset>"
    assert [text for _, text in told(html)] == ["a", "b"]


def flags_of(html: str, text: str) -> Flag:
    page = read_page(html)
    (block,) = (b for b in range(page.n_blocks) if page.block_text(b) == text)
    return Flag(int(page.flags[page.inline[block]]))


@pytest.mark.parametrize(
    ("html", "flag"),
    [
        ("<div hidden><p>x", Flag.HIDDEN),
        ("<div aria-hidden=TRUE><p>x", Flag.ARIA_HIDDEN),
        ("<div style='color:red; Display : NONE'>x", Flag.NOT_DISPLAYED),
        ("<div style='visibility:hidden'>x", Flag.NOT_DISPLAYED),
        ("<noscript>x", Flag.NOSCRIPT),
        ("<div role='navigation'><p>x", Flag.NAV),
        ("<footer><p>x", Flag.FOOTER),
        ("<dialog>x", Flag.HIDDEN | Flag.DIALOG),
        ("<dialog open>x", Flag.DIALOG),
        ("<a href=y><b>x</b></a>", Flag.LINK),
        ("<ul><li><p>x", Flag.LIST | Flag.ITEM),
        ("<blockquote><pre>x", Flag.QUOTE | Flag.PREFORMATTED),
        ("<p itemprop=name>x", Flag.ITEMPROP),
    ],
)
def test_flags_are_inherited(html: str, flag: Flag) -> None:
    assert flags_of(html, "x") & flag == flag
    assert flags_of(f"{html}</p></b></a></li></ul></div></pre><p>y", "x") & flag == flag


def test_flags_end_with_their_element() -> None:
    html = "<nav hidden>x</nav><p style='display:block'>y<a name=q>z</a>"
    assert flags_of(html, "yz") == Flag(0)
    assert flags_of("<a href=q>x</a><a name=r><p>y</p></a>", "y") == Flag(0)


def links_of(html: str) -> list[str]:
    page = read_page(html)
    spans = zip(page.link_start.tolist(), page.link_stop.tolist(), strict=True)
    return [page.text[start:stop].tobytes().decode() for start, stop in spans]


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ("a <a href=x>b <i>c</i></a> d", ["b c"]),
        ("<a href=x>a</a><a href=y>b</a>", ["a", "b"]),
        ("<a href=x>a<p>b</a>c", ["a", "b"]),
        ("<a href=x>a<a href=y>b", ["a", "b"]),
        ("<a name=x>a</a>", []),
        ("<a href=x> a </a>b", ["a"]),
        ("<table><td><a href=x>a<td>b</table>", ["a"]),
        ("<p><a href=x>a<p>b</a>c", ["a", "b"]),
        ("<a href=x> </a>a", []),
    ],
)
def test_spans_of_links(html: str, wanted: list[str]) -> None:
    assert links_of(html) == wanted


def test_names_are_cut_where_readers_of_code_cut_them() -> None:
    page = read_page(
        "<div class='postBody c9 x NAV_bar' id=mainText role=main itemprop='articleBody'>a"
    )
    pieces = page.tokens[page.token_start[2] : page.token_end[2]].tolist()
    wanted = [b"post", b"body", b"nav", b"bar", b"main", b"text", b"@main", b"@article", b"@body"]
    assert pieces == [fnv1a(piece) for piece in wanted]


def test_the_page_says_what_it_is() -> None:
    head = """<html class=wide><meta property=og:type content=article>
        <script type="application/ld+json">{"@type": ["NewsArticle"]}</script>"""
    page = read_page(head)
    pieces = page.tokens[: page.token_end[0]].tolist()
    assert pieces == [fnv1a(piece) for piece in (b"%article", b"%newsarticle", b"wide")]


def test_of_two_attributes_the_first_counts() -> None:
    page = read_page("<html lang=th LANG=en><title> a \n b </title><title>c</title>")
    assert (page.lang, page.title) == ("th", "a b")


def test_blocks_and_descendants_are_ranges() -> None:
    html = "<div><p>a<p>b<section><p>c</section></div><nav></nav><p>d<i>e</i>"
    page = read_page(html)
    for element in range(page.n_elements):
        inside = range(page.first_block[element], page.end_block[element])
        for block in range(page.n_blocks):
            at = int(page.inline[block])
            assert (block in inside) == (element <= at < page.end[element]), (element, block)
    assert all(page.parent[1:] < range(1, page.n_elements))
