"""The functions that run inside a sandbox: one page in, a JSON value out.

Detection, parsing and extraction of what strangers wrote all happen behind these functions.
"""

from __future__ import annotations

from curate.html.by_resiliparse import n_visible_characters, parse
from curate.html.by_trafilatura import page_xml
from curate.html.charset import Decoded, decode
from curate.html.extract import extract, extract_text, without_frames
from curate.html.extractors import CASCADE, FINEWEB2, RESILIPARSE, TRAFILATURA
from curate.html.page import html_lang


def extract_page(html: str) -> dict[str, str | None]:
    """Text and declared language of a decoded page.

    Returns:
        ``text`` (empty if nothing was found) and ``html_lang`` (None if not declared).
    """
    return {"text": extract_text(html), "html_lang": html_lang(html)}


def extract_payload(
    payload: bytes,
    http_content_type: str | None,
    fallback_chars: int = 0,
    extractor: str = TRAFILATURA,
    with_xml: bool = False,  # noqa: FBT001 - a sandbox's arguments have no names
) -> dict[str, str | bool | int | None]:
    """Decode the body of a response and extract it.

    Args:
        payload: the body without transfer and content codings.
        http_content_type: the ``Content-Type`` header.
        fallback_chars: see :func:`curate.html.extract.extract`.
        extractor: a name of :mod:`curate.html.extractors`.
        with_xml: give ``xml`` too: see :func:`curate.html.by_trafilatura.page_xml`.

    Returns:
        What :func:`extract_page` gives, with ``extraction`` (the pass that found the text),
        ``encoding``, ``encoding_source``, ``encoding_conflict`` and ``charset_failed``; of a page
        whose charset failed nothing is extracted. If nothing was found, ``n_visible_chars`` tells
        what there was to find: the characters of the whole page, white space aside.
    """
    decoded = decode(payload, http_content_type)
    return extract_decoded(decoded, fallback_chars, extractor, with_xml=with_xml)


def extract_decoded(
    decoded: Decoded, fallback_chars: int, extractor: str, *, with_xml: bool = False
) -> dict[str, str | bool | int | None]:
    """The rest of :func:`extract_payload`, for whoever has decoded the page."""
    page: dict[str, str | bool | int | None] = {"text": "", "html_lang": html_lang(decoded.text)}
    if not decoded.failed:
        found = extract(decoded.text, extractor=extractor, fallback_chars=fallback_chars)
        page["text"], page["extraction"] = found.text, found.extraction
        if with_xml:
            page["xml"] = page_xml(without_frames(decoded.text))
        if not found.text:
            page["n_visible_chars"] = n_visible_characters(parse(decoded.text))
    page["encoding"] = decoded.encoding
    page["encoding_source"] = decoded.source
    page["encoding_conflict"] = decoded.conflict
    page["charset_failed"] = decoded.failed
    return page


def warm_up() -> None:
    """Pay for what the libraries do on first use; a sandbox calls this once, before it forks."""
    paragraph = "<p>" + "A sentence of a page, long enough to be kept as text. " * 5 + "</p>"
    page = f"<html lang='en'><head><title>t</title></head><body>{paragraph * 3}</body></html>"
    for extractor in (TRAFILATURA, RESILIPARSE, CASCADE, FINEWEB2):
        extract_payload(page.encode("utf-16"), None, 1 << 20, extractor)
    extract_payload(page.replace("page", "p\xe4ge").encode("latin-1"), None)
