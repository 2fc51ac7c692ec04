"""The functions that run inside a sandbox: one page in, a JSON value out.

Detection, parsing and extraction of what strangers wrote all happen behind these functions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from curate.html.by_resiliparse import n_visible_characters, parse
from curate.html.charset import Decoded, decode
from curate.html.extract import Extracted, Wishes, extract, extract_text
from curate.html.extractors import BLOCKS, CASCADE, FINEWEB2, RESILIPARSE, TRAFILATURA
from curate.html.html_lang import html_lang

Json = Any
"""A JSON value."""


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
    extractor: str = BLOCKS,
    with_xml: bool = False,  # noqa: FBT001 - a sandbox's arguments have no names
    wishes: Mapping[str, Any] | None = None,
) -> dict[str, Json]:
    """Decode the body of a response and extract it.

    Args:
        payload: the body without transfer and content codings.
        http_content_type: the ``Content-Type`` header.
        fallback_chars: see :class:`curate.html.extract.Wishes`.
        extractor: a name of :mod:`curate.html.extractors`.
        with_xml: give ``xml`` too.
        wishes: others of the same class, by name.

    Returns:
        The answer of :func:`extract_page`, with ``extraction`` (the pass that found the text),
        ``encoding``, ``encoding_source``, ``encoding_conflict`` and ``charset_failed``; of a page
        whose charset failed nothing is extracted. ``confidence``, ``kind`` and ``has_no_text`` are
        given by ``blocks``, and ``head`` is what the page says of itself. If nothing was found,
        ``n_visible_chars`` tells what there was to find: the characters of the whole page, white
        space aside.
    """
    decoded = decode(payload, http_content_type)
    every_wish = Wishes(fallback_chars, with_xml=with_xml, **(wishes or {}))
    return extract_decoded(decoded, extractor, every_wish)


def extract_decoded(decoded: Decoded, extractor: str, wishes: Wishes) -> dict[str, Json]:
    """The rest of :func:`extract_payload`, for whoever has decoded the page."""
    page: dict[str, Json] = {"text": "", "html_lang": html_lang(decoded.text)}
    if not decoded.failed:
        page |= _json_of(extract(decoded.text, extractor=extractor, wishes=wishes), decoded.text)
    page["encoding"] = decoded.encoding
    page["encoding_source"] = decoded.source
    page["encoding_conflict"] = decoded.conflict
    page["charset_failed"] = decoded.failed
    return page


def _json_of(extracted: Extracted, html: str) -> dict[str, Json]:
    """An extractor's answer as JSON, without what it leaves open."""
    page: dict[str, Json] = {"text": extracted.text, "extraction": extracted.extraction}
    more = {"confidence": extracted.confidence, "kind": extracted.kind, "xml": extracted.xml}
    page |= {name: value for name, value in more.items() if value is not None}
    if extracted.head is not None:
        head = asdict(extracted.head)
        page["head"] = {name: _plain(value) for name, value in head.items() if value}
    if extracted.has_no_text:
        page["has_no_text"] = True
    if not extracted.text:
        n_visible = extracted.n_visible
        page["n_visible_chars"] = (
            n_visible_characters(parse(html)) if n_visible is None else n_visible
        )
    return page


def _plain(value: Any) -> Json:  # noqa: ANN401 - text or pairs of texts
    return value if isinstance(value, str) else [list(pair) for pair in value]


def warm_up() -> None:
    """Pay for what the libraries do on first use; a sandbox calls this once, before it forks."""
    paragraph = "<p>" + "A sentence of a page, long enough to be kept as text. " * 5 + "</p>"
    page = f"<html lang='en'><head><title>t</title></head><body>{paragraph * 3}</body></html>"
    for extractor in (BLOCKS, TRAFILATURA, RESILIPARSE, CASCADE, FINEWEB2):
        extract_payload(page.encode("utf-16"), None, 1 << 20, extractor, extractor == BLOCKS)
    extract_payload(page.replace("page", "p\xe4ge").encode("latin-1"), None)
