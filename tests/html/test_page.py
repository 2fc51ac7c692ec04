"""The language that a page declares."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.html.html_lang import html_lang


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<html lang=th>", "th"),
        ('<!DOCTYPE html>\n<HTML class="no-js" LANG="pt-BR">', "pt-BR"),
        ("<html lang='zh-Hant-TW' dir=ltr>", "zh-Hant-TW"),
        ('<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="hi">', "hi"),
        ('<html prefix="og: http://ogp.me/ns#"lang="ar">', "ar"),
        ("<html lang=en_US>", "en-US"),
        ("<html\nlang\n=\n'ff-Adlm'>", "ff-Adlm"),
        ("<html lang=''><meta http-equiv='Content-Language' content='de'>", "de"),
        ('<meta content="fr, en" http-equiv="content-language">', "fr"),
        ("<meta name=x content=de>", None),
        ("<html data-lang=de>", None),
        ("<html hreflang=de>", None),
        ("<html><p lang=de>", None),
        ("<htmlx lang=de>", None),
        ("<!-- <html lang=de> --><html lang=fr>", "fr"),
        ("<!--[if IE]> <html lang=de> <![endif]--> <html lang=fr>", "fr"),
        ("<html lang=und>", None),
        ("<html lang=english>", None),
        ("<html lang='{{ lang }}'>", None),
        ("<html lang='ไทย'>", None),
        ("<html lang=e>", None),
        ("", None),
        ("<html" + " x" * 5000 + " lang=de>", None),
    ],
)
def test_golden(html: str, expected: str | None) -> None:
    assert html_lang(html) == expected


@pytest.mark.parametrize("piece", ["<html ", "<!--", "<meta ", "lang=", "<html lang='", "\n", " "])
def test_hostile_heads_take_no_time(piece: str) -> None:
    html_lang(piece * 1_000_000)


@given(st.text(st.sampled_from("<html lang='=x-:>meta!/ไ𐌰")))
def test_any_text_gives_a_tag_or_none(html: str) -> None:
    tag = html_lang(html)
    assert tag is None or (tag.isascii() and 2 <= len(tag) <= 64)
