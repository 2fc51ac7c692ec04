"""What a page says of itself is told as it stands, and nothing is guessed."""

from __future__ import annotations

import pytest

from curate.html.extract import declared
from curate.html.head import MAX_ALTERNATES, declared_date
from curate.html.markup.read_page import scan_page

HEAD = """<html><head><title>หน้า &amp; เรื่อง</title>
<meta name="Author" content=" กขค  งจ "><meta property=og:site_name content="موقع">
<meta property="article:author" content="https://site.example/who">
<meta name=description content="说明 &lt;b&gt;"><meta name=date content="04/05/2021">
<meta property="article:published_time" content="2021-05-04T10:11:12+0100">
<link rel="Canonical" href=" /a "><link rel="alternate stylesheet" hreflang=pt-BR href=/pt>
<link rel=alternate type=rss href=/feed></head><body><p>x
<a rel="nofollow license" href="https://creativecommons.org/licenses/by/4.0/">CC</a>
<svg><title>no</title></svg>"""


def test_what_is_declared() -> None:
    head = declared(HEAD)
    assert (head.title, head.author, head.site_name) == ("หน้า & เรื่อง", "กขค งจ", "موقع")
    assert head.description == "说明 <b>"
    assert head.published == "2021-05-04T10:11:12+01:00"
    assert head.license_url == "https://creativecommons.org/licenses/by/4.0/"
    assert (head.canonical_url, head.alternates) == ("/a", (("pt-BR", "/pt"),))


def test_a_title_for_others_comes_first() -> None:
    assert declared("<meta property=og:title content=a><title>a | site</title>").title == "a"


def test_nothing_is_made_up() -> None:
    head = declared("<h1>Title</h1><p>By Somebody, 4 May 2021 <time datetime=2021-05-04>x</time>")
    assert head == type(head)()


def test_a_time_element_counts_if_it_says_what_it_is() -> None:
    assert declared("<time itemprop=datePublished datetime=2021-05-04>").published == "2021-05-04"


def test_alternates_have_a_limit() -> None:
    html = "".join(f"<link rel=alternate hreflang=de href=/{i}>" for i in range(3 * MAX_ALTERNATES))
    assert len(declared(html).alternates) == MAX_ALTERNATES


@pytest.mark.parametrize(
    "name",
    [
        *(
            "og:title",
            "OG:Title",
            " og:title\n",
            "og:title &#32;",
            "og:title \u00a0",
            "\u3000og:title",
        ),
        *("og&#58;title", "&#x6f;g:title&nbsp;"),
    ],
)
def test_a_name_is_read_as_a_browser_reads_it(name: str) -> None:
    assert declared(f'<meta property="{name}" content=a><title>b</title>').title == "a"
    assert declared(f'<meta property="{name} x" content=a><title>b</title>').title == "b"


@pytest.mark.parametrize(
    "script", ["application/ld+json", " Application/LD+JSON ", "application&#47;ld+json"]
)
def test_what_stands_behind_thousands_of_others_is_read(script: str) -> None:
    """JSON-LD at the end of a page of microdata."""
    unit = (
        "<time itemprop=datePublished><meta itemprop=author content=a><a rel=license href=/l></a>"
    )
    page = scan_page(unit * 12_000 + f'<script type="{script}">{{"articleBody": "x"}}</script>')
    assert page.linked_data() == [b'{"articleBody": "x"}']
    assert declared(unit * 3).license_url == "/l"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2021-05-04", "2021-05-04"),
        ("20210504", "2021-05-04"),
        (" 2021-05-04T10:00Z ", "2021-05-04T10:00:00Z"),
        ("2021-05-04 10:00:59.123 +0530", "2021-05-04T10:00:59+05:30"),
        ("Tue, 04 May 2021 10:00:00 GMT", "2021-05-04T10:00:00+00:00"),
        ("2021-02-30", None),
        ("2021-05-04T25:00:00Z", None),
        ("04/05/2021", None),
        ("4 May", None),
        ("1850-01-01", None),
        ("٢٠٢١-٠٥-٠٤", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates(text: str, wanted: str | None) -> None:
    assert declared_date(text) == wanted
