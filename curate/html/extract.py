"""HTML -> the text of the page's main content, with trafilatura.

The settings are FineWeb2's (arXiv 2506.20920, section 3) but for ``deduplicate``: that option keeps
a memory of lines over all pages of the process, so that a page's text would depend on the pages
before it.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass

import trafilatura
from trafilatura.settings import use_config

EXTRACTOR_VERSION = f"trafilatura {trafilatura.__version__} favor_precision no_comments"
"""Goes into the fingerprint of the extract stage: another version gives another text."""

_SURROGATE = re.compile("[\ud800-\udfff]")

# Pages are hostile or broken every day; what the library has to say about each is noise.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


PRECISION, BALANCED = "precision", "balanced"


@dataclass(frozen=True, slots=True)
class Extracted:
    """Text of a page, lines separated by ``\\n``, and the pass that found it."""

    text: str
    extraction: str


def extract(html: str, *, fallback_chars: int = 0) -> Extracted:
    """The main text of a page; empty if there is none.

    The first pass favours precision. It finds nothing in many a page that is a list, a forum or a
    shop; where it gives fewer than ``fallback_chars`` code points, a second pass with the
    library's balanced settings is tried and the longer of the two is taken, so that such a page
    is a document with a language and metrics, to be judged like any other, and not a silent loss.

    Equal pages give equal text whatever was extracted before. Deeply nested or very long pages
    can take minutes: call it through :mod:`curate.html.service` in a sandbox.
    """
    text = _run(html, favor_precision=True)
    if len(text) >= fallback_chars:
        return Extracted(text, PRECISION)
    more = _run(html, favor_precision=False)
    return Extracted(more, BALANCED) if len(more) > len(text) else Extracted(text, PRECISION)


def extract_text(html: str) -> str:
    """The text of the first pass alone."""
    return extract(html).text


def _run(html: str, *, favor_precision: bool) -> str:
    text = trafilatura.extract(
        html,
        output_format="txt",
        favor_precision=favor_precision,
        include_comments=False,
        deduplicate=False,
        with_metadata=False,
        config=use_config(),
    )
    return _SURROGATE.sub("\ufffd", text) if text else ""
