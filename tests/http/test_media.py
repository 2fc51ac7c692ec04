"""Media types as servers say them, and pages by their first bytes."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.http.media import is_text, is_xhtml, looks_like_html, media_type

TYPES = {
    "text/html": "text/html",
    "Text/HTML; charset=x": "text/html",
    " text/html": "text/html",
    "text/html charset=utf-8": "text/html",
    "text/html: charset=utf-8": "text/html",
    "text/html,": "text/html",
    "text/html;text/plain": "text/html",
    '"text/html"': "text/html",
    "text/plain, text/html": "text/html",
    "text/html, */*": "text/html",
    "text/html; charset=utf-8, text/html": "text/html",
    "image/png, ": "image/png",
    "application/vnd.wap.xhtml+xml": "application/vnd.wap.xhtml+xml",
    "*/*": None,
    "unknown/unknown": None,
    "application/unknown; x": None,
    "html": None,
    "": None,
    ";": None,
    "/": None,
    "ไทย/html": None,
}


@pytest.mark.parametrize(("said", "meant"), TYPES.items())
def test_types(said: str, meant: str | None) -> None:
    assert media_type(said) == meant


def test_no_type() -> None:
    assert media_type(None) is None


HTML = (
    "<!DOCTYPE html>", "<html lang=th>", "<section>", "<ul>", "<link rel=x>", "<!-- x -->",
    "\n\t <P>", "<h4 id=x>", "<center>", "<br/>", "<blockquote\n>", "\ufeff<title>ไทย",
    "<?xml version='1.0'?><html xmlns='x'>", "<!doctype\n HTML>", "<article>", "<img src=x>",
)  # fmt: skip
NOT_HTML = (
    "", "words", "<", "<rss>", "<feed xmlns=x>", "<svg>", "<?xml version='1.0'?><rss>", "%PDF-1.4",
    "<data>", "<paragraph>", "{}", "<?xml version='1.0'?><title>", "<?php echo", "<1>", "< p>",
)  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("start", HTML)
def test_pages(start: str, encoding: str) -> None:
    marked = start.removeprefix("\ufeff") if encoding == "utf-16" else start
    assert looks_like_html((marked + "x").encode(encoding))


@pytest.mark.parametrize("start", NOT_HTML)
def test_what_is_no_page(start: str) -> None:
    assert not looks_like_html(start.encode())


XHTML = (
    "<html>", "<html xmlns='http://www.w3.org/1999/xhtml'>", "<?xml version='1.0'?>\n<html >",
    "<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN' 'x.dtd'>\n<html>",
    "<?xml version='1.0'?><?xml-stylesheet href='x'?><!-- <rss> -->"
    "<!DOCTYPE html [<!ENTITY a '>'>]><html>",
    "<xhtml:html>", "\ufeff<HTML>",
)  # fmt: skip
NOT_XHTML = (
    "<rss>", "<?xml version='1.0'?><feed>", "<htmlx>", "<!-- <html> -->", "<!--", "x<html>",
    "<?xml", "<body>", "",
)  # fmt: skip


@pytest.mark.parametrize("start", XHTML)
def test_xml_that_is_a_page(start: str) -> None:
    assert is_xhtml(start.encode())


@pytest.mark.parametrize("start", NOT_XHTML)
def test_xml_that_is_none(start: str) -> None:
    assert not is_xhtml(start.encode())


@pytest.mark.parametrize("part", [b"<!--", b"<?x?>", b"<!-- -->", b"<!x [", b" ", b"<?", b"<!\n"])
def test_hostile_beginnings_are_looked_at_at_once(part: bytes) -> None:
    begun = time.process_time()
    for look in (is_xhtml, looks_like_html, is_text):
        look(part * 100_000)
    assert time.process_time() - begun < 1


@given(st.binary(max_size=60))
def test_any_bytes(body: bytes) -> None:
    for look in (is_xhtml, looks_like_html, is_text):
        assert look(body) == look(memoryview(body))
