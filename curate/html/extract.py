"""HTML -> the text of the page's main content, by one of three extractors.

``trafilatura`` is careful and slow, ``resiliparse`` fast and generous, ``cascade`` fast where a
page looks like an article and careful where it does not. None knows a language, and none has a
memory: equal pages give equal text whatever was extracted before.

Hostile pages can take minutes with any of them: call it through :mod:`curate.html.service` in a
sandbox.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from curate.html.by_resiliparse import main_text
from curate.html.by_trafilatura import balanced_text, fineweb2_text, precise_text, quick_text
from curate.html.cascade import fast_text
from curate.html.extractors import (
    CASCADE,
    FINEWEB2,
    RESILIPARSE,
    TRAFILATURA,
    extractor_version,
)

EXTRACTOR_VERSION = extractor_version(TRAFILATURA)
"""Goes into the fingerprint of the extract stage: another version gives another text."""

PRECISION, BALANCED, MAIN_CONTENT, ARTICLE = "precision", "balanced", "main_content", "article"

_FRAMESET = re.compile(r"<frameset\b", re.IGNORECASE)
_FRAMES = re.compile(r"</?(?:frameset|frame|noframes)\b[^<>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Extracted:
    """Text of a page, lines separated by ``\\n``, and the pass that found it.

    Attributes:
        text: empty if there is none.
        extraction: ``precision`` or ``balanced`` (trafilatura's settings), ``main_content``
            (resiliparse's) or ``article`` (the cascade's own fast pass).
    """

    text: str
    extraction: str


def extract(html: str, *, extractor: str = TRAFILATURA, fallback_chars: int = 0) -> Extracted:
    """The main text of a page.

    Args:
        html: the decoded page.
        extractor: a name of :mod:`curate.html.extractors`.
        fallback_chars: a text of fewer code points is not trusted; another pass is tried and the
            longer text taken, so that a list or a shop is a document like any other, with a
            language and metrics, and not a silent loss. 0: never. Only ``trafilatura`` and
            ``cascade`` have another pass.

    Raises:
        KeyError: there is no such extractor.
    """
    if extractor != FINEWEB2:
        html = without_frames(html)
    return _EXTRACTORS[extractor](html, fallback_chars)


def without_frames(html: str) -> str:
    """A page of frames as one without: what ``<noframes>`` holds is all the text that it has."""
    return _FRAMES.sub("", html) if _FRAMESET.search(html) else html


def extract_text(html: str) -> str:
    """The text of trafilatura's first pass alone."""
    return precise_text(html)


def _by_trafilatura(html: str, fallback_chars: int) -> Extracted:
    """Precision is right for articles and finds nothing in many a list, forum or shop."""
    text = precise_text(html)
    if len(text) >= fallback_chars:
        return Extracted(text, PRECISION)
    more = balanced_text(html)
    return Extracted(more, BALANCED) if len(more) > len(text) else Extracted(text, PRECISION)


def _by_cascade(html: str, fallback_chars: int) -> Extracted:
    fast = fast_text(html)
    if len(fast.text) >= fallback_chars and not fast.is_doubtful:
        return Extracted(fast.text, ARTICLE)
    text = quick_text(html)
    is_longer = len(text) > len(fast.text)
    return Extracted(text, BALANCED) if is_longer else Extracted(fast.text, ARTICLE)


_EXTRACTORS: dict[str, Callable[[str, int], Extracted]] = {
    TRAFILATURA: _by_trafilatura,
    RESILIPARSE: lambda html, _: Extracted(main_text(html), MAIN_CONTENT),
    CASCADE: _by_cascade,
    FINEWEB2: lambda html, _: Extracted(fineweb2_text(html), PRECISION),
}
