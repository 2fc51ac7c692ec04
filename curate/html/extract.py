"""HTML -> the text of the page's main content, by one of several extractors.

``blocks`` is our own: one pass over the page, and a small model that says which of its blocks are
content. ``trafilatura`` is careful and slow, ``resiliparse`` generous, ``cascade`` fast where a
page looks like an article and careful where it does not. None knows a language, and none has a
memory: equal pages give equal text whatever was extracted before.

Hostile pages can take minutes with all but the first: call it through
:mod:`curate.html.service` in a sandbox.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from curate.html import by_resiliparse
from curate.html.by_blocks import find_text
from curate.html.by_trafilatura import (
    balanced_text,
    fineweb2_text,
    page_xml,
    precise_text,
    quick_text,
)
from curate.html.cascade import fast_text
from curate.html.extractors import (
    BLOCKS,
    CASCADE,
    FINEWEB2,
    RESILIPARSE,
    TRAFILATURA,
    extractor_version,
)
from curate.html.head import Head, read_head
from curate.html.markup.read_page import scan_page, title_of

EXTRACTOR_VERSION = extractor_version(BLOCKS)
"""Goes into the fingerprint of the extract stage: another version gives another text."""

PRECISION, BALANCED, MAIN_CONTENT, ARTICLE = "precision", "balanced", "main_content", "article"
SECOND_OPINION: Final = "second_opinion"

_FRAMESET = re.compile(r"<frameset\b", re.IGNORECASE)
_FRAMES = re.compile(r"</?(?:frameset|frame|noframes)\b[^<>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wishes:
    """Wishes of a caller beyond the text.

    Attributes:
        fallback_chars: a text of fewer code points is not trusted; another pass is tried and the
            longer text taken. 0: never. Only ``trafilatura`` and ``cascade`` have another pass.
        keep_comments: keep what readers wrote under an article; for ``blocks``.
        doubt_below: ask trafilatura about pages of which ``blocks`` is less confident, 0 to 1; 0:
            never.
        with_xml: give the text as XML too.
    """

    fallback_chars: int = 0
    keep_comments: bool = False
    doubt_below: float = 0.0
    with_xml: bool = False


@dataclass(frozen=True, slots=True)
class Extracted:
    """Text of a page, lines separated by ``\\n``, and the pass that found it.

    Attributes:
        text: empty if there is none.
        extraction: ``blocks``, ``json_ld``, ``script_state`` and ``second_opinion`` (see the
            documents table), ``precision`` or ``balanced`` (trafilatura's settings),
            ``main_content`` (resiliparse's) or ``article`` (the cascade's own fast pass).
        confidence: of ``blocks``, 0 to 1; None of others.
        kind: of page, as ``blocks`` calls it; None of others.
        has_no_text: ``blocks`` says that there is no main text on the page.
        n_visible: code points of the whole page but for white space; None if not counted.
        xml: the text as XML, if asked for.
        head: what the page says of itself; None if not read.
    """

    text: str
    extraction: str
    confidence: float | None = None
    kind: str | None = None
    has_no_text: bool = False
    n_visible: int | None = None
    xml: str | None = None
    head: Head | None = None


def extract(
    html: str,
    *,
    extractor: str = BLOCKS,
    fallback_chars: int = 0,
    wishes: Wishes | None = None,
) -> Extracted:
    """The main text of a page.

    Args:
        html: the decoded page.
        extractor: a name of :mod:`curate.html.extractors`.
        fallback_chars: see :class:`Wishes`, which may be given in its place.
        wishes: what else is asked for.

    Raises:
        KeyError: there is no such extractor.
    """
    wishes = wishes or Wishes(fallback_chars)
    if extractor == BLOCKS:
        return _by_blocks(html, wishes)
    if extractor != FINEWEB2:
        html = without_frames(html)
    text, extraction = _EXTRACTORS[extractor](html, wishes.fallback_chars)
    xml = page_xml(without_frames(html)) if wishes.with_xml else None
    return Extracted(text, extraction, xml=xml, head=declared(html))


def declared(html: str) -> Head:
    """Title, date, author and the like, as a page declares them."""
    page = scan_page(html)
    return read_head(page, title_of(page))


def without_frames(html: str) -> str:
    """A page of frames as one without: what ``<noframes>`` holds is all the text that it has."""
    return _FRAMES.sub("", html) if _FRAMESET.search(html) else html


def extract_text(html: str) -> str:
    """The text of trafilatura's first pass alone."""
    return precise_text(html)


def _by_blocks(html: str, wishes: Wishes) -> Extracted:
    page = scan_page(html)
    reading = find_text(page, keep_comments=wishes.keep_comments)
    text, extraction = reading.text, reading.extraction
    if reading.confidence < wishes.doubt_below and (other := quick_text(html)):
        text, extraction = other, SECOND_OPINION
    return Extracted(
        text,
        extraction,
        reading.confidence,
        reading.kind,
        not text,
        reading.page.n_visible,
        reading.xml if wishes.with_xml else None,
        read_head(page, reading.page.title, reading.linked.known if reading.linked else None),
    )


def _by_trafilatura(html: str, fallback_chars: int) -> tuple[str, str]:
    """Precision is right for articles and finds nothing in many a list, forum or shop."""
    text = precise_text(html)
    if len(text) >= fallback_chars:
        return text, PRECISION
    more = balanced_text(html)
    return (more, BALANCED) if len(more) > len(text) else (text, PRECISION)


def _by_cascade(html: str, fallback_chars: int) -> tuple[str, str]:
    fast = fast_text(html)
    if len(fast.text) >= fallback_chars and not fast.is_doubtful:
        return fast.text, ARTICLE
    text = quick_text(html)
    return (text, BALANCED) if len(text) > len(fast.text) else (fast.text, ARTICLE)


_EXTRACTORS: dict[str, Callable[[str, int], tuple[str, str]]] = {
    TRAFILATURA: _by_trafilatura,
    RESILIPARSE: lambda html, _: (by_resiliparse.main_text(html), MAIN_CONTENT),
    CASCADE: _by_cascade,
    FINEWEB2: lambda html, _: (fineweb2_text(html), PRECISION),
}
