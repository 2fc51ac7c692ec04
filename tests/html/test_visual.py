"""Hebrew in visual order becomes readable; what is in reading order, or no Hebrew, stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.html.charset import decode
from curate.html.visual import to_reading_order

TEXT = "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם. כולם חוננו בתבונה ובמצפון"
SEEN = TEXT[::-1]


def seen(text: str) -> str:
    """A line as an editor of that time stored it, without numbers and brackets."""
    return text[::-1]


def test_iso_8859_8_is_turned_and_8_i_is_not() -> None:
    for label in ("iso-8859-8", "Hebrew", "visual", "ISO-8859-8-E"):
        html = f"<html lang=he><meta charset={label}><h1>{seen('המגדלור הישן')}</h1><p>{SEEN}</p>"
        decoded = decode(html.encode("iso8859-8"), None)
        assert f"<h1>המגדלור הישן</h1><p>{TEXT}</p>" in decoded.text
        assert decoded.encoding == "iso-8859-8"
    for label in ("iso-8859-8-i", "logical", "windows-1255"):
        html = f"<meta charset={label}><p>{TEXT}</p>"
        decoded = decode(html.encode("iso8859-8"), None)
        assert decoded.text == html
        assert not decoded.conflict
    both = decode(f"<meta charset=iso-8859-8><p>{SEEN}".encode("iso8859-8"), "a; charset=logical")
    assert not both.conflict, "one repertoire, and the order is looked at"


def test_text_in_reading_order_stays_whatever_is_declared() -> None:
    html = f"<meta charset=iso-8859-8><p>{TEXT}</p>"
    assert decode(html.encode("iso8859-8"), None).text == html
    mixed = f"<title>המגדלור הישן</title><p>{SEEN}</p><b>אב</b>"
    turned = f"<title>המגדלור הישן</title><p>{TEXT}</p><b>בא</b>"
    assert to_reading_order(mixed) == turned


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("1948 תנשב", "בשנת 1948"),
        ("12.5% םה", "הם 12.5%"),
        (".םיאנב 40 ידי לע", "על ידי 40 בנאים."),
        ("World Wide Web םשה", "השם World Wide Web"),
        ("(םיאנב) םה", "הם (בנאים)"),
        ("&quot;םיאנב&#34; םה", "הם &#34;בנאים&quot;"),
        ("&nbsp;םיאנב םה", "הם בנאים&nbsp;"),
        ("2000 ,1948 םינש", "שנים 1948, 2000"),
        ("a@b.example לאוד םילשוח", "חושלים דואל a@b.example"),
    ],
)
def test_numbers_and_latin_words_keep_their_order(stored: str, read: str) -> None:
    assert to_reading_order(f"<p>{stored}</p>") == f"<p>{read}</p>"


def test_lines_are_turned_one_by_one_where_line_breaks_count() -> None:
    lines = ["כל בני האדם", "נולדו בני חורין"]
    stored = "\n".join(map(seen, lines))
    assert to_reading_order(f"<pre>\n{stored}\n</pre>") == "<pre>\n" + "\n".join(lines) + "\n</pre>"
    by_break = "<br>".join(map(seen, lines))
    assert to_reading_order(f"<p>{by_break}</p>") == "<p>" + "<br>".join(lines) + "</p>"


def test_markup_scripts_and_other_text_are_not_touched() -> None:
    html = f"<a title='{SEEN}'>plain 1948</a><script>'{SEEN}';</script><style>/*{SEEN}*/</style>"
    assert to_reading_order(html + f"<p>{SEEN}") == html + f"<p>{TEXT}"
    assert to_reading_order("<p>Only Latin.") == "<p>Only Latin."


@given(st.text(st.sampled_from("אבםן <>/pre\nab1.&;script"), max_size=200))
def test_no_character_is_lost(html: str) -> None:
    turned = to_reading_order(html)
    mirrored = str.maketrans("<>()[]{}", "........")
    assert sorted(turned.translate(mirrored)) == sorted(html.translate(mirrored))
