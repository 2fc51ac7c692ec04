"""HTML -> the text of the page's main content by our own extractor: blocks, and a small model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from curate.html.blocks.decision import decide
from curate.html.markup.kept_text import plain_text
from curate.html.markup.page import Page
from curate.html.markup.read_page import Scanned, arrange, read_page, scan_page
from curate.html.markup.render import xml
from curate.html.markup.shape import pieces
from curate.html.page_scripts import JSON_LD, STATE, Linked, read_linked, state_html

Bools = npt.NDArray[np.bool_]

BLOCKS: Final = "blocks"

ENOUGH_CHARS: Final = 250
"""A page that shows so many code points of main text is not asked for what its scripts hold."""

_MORE = 3  # so many times the text that is shown makes a text of the scripts worth taking
_PROBE_CHARS = 40


@dataclass(frozen=True, slots=True)
class Reading:
    """The main text of a page, and how sure the model is of it.

    Attributes:
        text: of the page; empty if it has no main text.
        source: the page whose blocks it is made of: this one, or what its scripts hold.
        keep: bool[B], those blocks.
        extraction: ``blocks``, or ``json_ld`` and ``script_state`` for text that only scripts
            hold.
        confidence: how sure the model is of what it kept and left out, 0 to 1.
        kind: of page, as the model calls it.
        page: the page itself.
        linked: what its JSON-LD says, if that was read.
    """

    text: str
    source: Page
    keep: Bools
    extraction: str
    confidence: float
    kind: str
    page: Page
    linked: Linked | None = None

    @property
    def xml(self) -> str:
        """The text as XML."""
        return xml(pieces(self.source, self.keep))


def find_text(scanned: Scanned, *, keep_comments: bool = False) -> Reading:
    """The main text of a page; never raises, whatever the page.

    Args:
        scanned: the page's tokens.
        keep_comments: readers' comments under an article are part of the text.
    """
    page = arrange(scanned)
    shown = _decide(page, BLOCKS, keep_comments=keep_comments)
    if len(shown.text) >= ENOUGH_CHARS:
        return shown
    linked = read_linked(scanned)
    for html, source in ((linked.body, JSON_LD), ("", STATE)):
        body = html or (state_html(scanned) if source == STATE else "")
        if body:
            hidden = _decide(read_page(body), source, keep_comments=keep_comments)
            if _is_more(hidden.text, shown.text) and not _is_shown(hidden.text, page):
                return _of_page(hidden, page, linked)
    return _of_page(shown, page, linked)


def _decide(page: Page, extraction: str, *, keep_comments: bool) -> Reading:
    decision = decide(page, keep_comments=keep_comments)
    text = "" if decision.is_empty else plain_text(page, decision.keep)
    return Reading(text, page, decision.keep, extraction, decision.confidence, decision.kind, page)


def _of_page(reading: Reading, page: Page, linked: Linked) -> Reading:
    return replace(reading, page=page, linked=linked)


def _is_more(hidden: str, shown: str) -> bool:
    return len(hidden) >= max(ENOUGH_CHARS, _MORE * len(shown))


def _is_shown(text: str, page: Page) -> bool:
    """The page shows this text itself, as far as three places of it tell."""
    everything = "".join(page.text.tobytes().decode().split())
    squeezed = "".join(text.split())
    places = (len(squeezed) * part // 4 for part in (1, 2, 3))
    probes = [squeezed[place : place + _PROBE_CHARS] for place in places]
    return sum(probe in everything for probe in probes) > 1


def main_text(html: str) -> str:
    """The text alone."""
    return find_text(scan_page(html)).text
