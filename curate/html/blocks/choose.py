"""Which scores suffice: by the kind of page, by what it says it is, and by how sure its body is."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from curate.html.blocks.counts import T_PROSE
from curate.html.blocks.features import Features
from curate.html.blocks.smooth import smooth
from curate.html.markup.names import fnv1a
from curate.html.markup.page import Page

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_NEWS_TYPES: Final = (
    *("newsarticle", "reportagenewsarticle", "analysisnewsarticle", "opinionnewsarticle"),
    *("backgroundnewsarticle", "reviewnewsarticle", "liveblogposting"),
)
_ARTICLE_TYPES: Final = ("article", "blogposting", *_NEWS_TYPES)


def _hashes(types: tuple[str, ...]) -> npt.NDArray[np.uint32]:
    return np.array([fnv1a(b"%" + name.encode()) for name in types], np.uint32)


NEWS: Final = _hashes(_NEWS_TYPES)
"""Tokens of pages whose JSON-LD or ``og:type`` says that they are news."""

ARTICLES: Final = _hashes(_ARTICLE_TYPES)
"""The same for articles of any kind."""

_BODY: Final = 0.4
"""Running text of such a score is taken for the body of the page."""

_NEWS_THRESHOLD: Final = 0.8
_NEWS_SHARE: Final = 0.8
"""On news a block must have this score, or this share of the body's if that is less: captions,
teasers, letters and notices about subscriptions stand between."""

_WEAK_SHARE: Final = 0.7
"""Elsewhere this share of the body's score suffices, however low that is."""


def choose(page: Page, features: Features, kinds: F32, scores: F32, thresholds: F64) -> Bools:
    """The blocks to keep, bool[B].

    Args:
        page: its blocks.
        features: of the page.
        kinds: float32[K], probability of each kind.
        scores: float32[B], 0 to 1.
        thresholds: float64[K], the score from which on a block is kept, by kind.
    """
    threshold = float(kinds @ thresholds)
    declared = page.tokens[page.token_start[0] : page.token_end[0]]
    if not np.isin(declared, ARTICLES).any():
        body = _body(features, scores, min(_BODY, threshold))
        return smooth(page, features, scores, scores >= min(threshold, _WEAK_SHARE * body))
    keep = scores >= threshold
    if np.isin(declared, NEWS).any():
        wanted = min(_NEWS_THRESHOLD, _NEWS_SHARE * _body(features, scores, _BODY))
        keep = _strictly(page, features, keep, scores >= max(threshold, wanted))
    keep = smooth(page, features, scores, keep)
    _drop_headline(features, keep)
    return keep


def _body(features: Features, scores: F32, least: float) -> float:
    """Mean score of the running text that has at least this score; 1 if there is none."""
    weight = features.counts[:, T_PROSE] * (scores >= least)
    total = float(weight.sum())
    return float(weight @ scores) / total if total else 1.0


def _strictly(page: Page, features: Features, keep: Bools, sure: Bools) -> Bools:
    """Those that are sure, and of the others the paragraphs that stand in the same element as most
    of the sure text."""
    prose = features.counts[:, T_PROSE]
    weight = np.where(sure, prose, 0)
    if not weight.any():
        return keep
    parent, tag = page.parent[page.element], page.tag[page.element]
    # The root has no parent: -1 is counted as 0.
    body = int(np.bincount(parent + 1, weight).argmax()) - 1
    beside = (parent == body) & (prose > 0)
    return np.asarray(sure | (keep & beside & np.isin(tag, tag[sure & beside])))


def _drop_headline(features: Features, keep: Bools) -> None:
    """A declared article has its title in a column: the headline above the text is not part of it,
    as all sets of true news texts have it."""
    levels = features.levels
    text = np.flatnonzero(keep & (levels == 0))
    first = text[0] if len(text) else len(keep)
    keep[:first][levels[:first] == 1] = False
