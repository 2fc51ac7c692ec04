"""Answers of functions that give more than a number, a text or a table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExtractedPage:
    """The main text of a page, and what the page says of itself.

    Fields have the names and the meaning of columns in ``documents/``: see docs/columns.md. Those
    that the page does not fill are None.

    Attributes:
        text: the text, in the form in which a run stores it; empty if there is none.
        skipped: the reason for which a run makes no document of the page: ``no_main_text`` or
            ``charset``; None of a document.
        extraction: the pass that found the text.
        extraction_confidence: how much of the text is likely to be right, 0 to 1.
        page_kind: what kind of page it is taken for, such as ``article``.
        html_lang: the language that the page declares.
        encoding: the encoding that it was read in; of a page given as ``str`` it is ``utf-8``.
        title: of the page.
        author: as declared.
        published: when, as declared; ISO 8601.
        site_name: name of the site, as declared.
        description: as declared.
        canonical_url: the address that the page calls its own.
        license: SPDX identifier of the licence that it declares.
        opt_out: signs that it opts out of robots, such as ``noai``.
        xml: the text with headings, lists, tables; only if asked for.
    """

    text: str
    skipped: str | None = None
    extraction: str | None = None
    extraction_confidence: float | None = None
    page_kind: str | None = None
    html_lang: str | None = None
    encoding: str | None = None
    title: str | None = None
    author: str | None = None
    published: str | None = None
    site_name: str | None = None
    description: str | None = None
    canonical_url: str | None = None
    license: str | None = None
    opt_out: tuple[str, ...] = ()
    xml: str | None = None
