"""Which scores suffice: by the kind of page, by what it says it is, and by how sure its body is."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from curate.html.blocks.counts import T_PROSE
from curate.html.blocks.features import BLOCK_NAMES, Features
from curate.html.blocks.says import ARTICLE, NEWS, says
from curate.html.blocks.smooth import smooth
from curate.html.markup.page import Page

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_BODY: Final = 0.4
"""Running text of such a score is taken for the body of the page."""

_NEWS_THRESHOLD: Final = 0.8
_NEWS_SHARE: Final = 0.8
"""On news a block must have this score, or this share of the body's if that is less: captions,
teasers, letters and notices about subscriptions stand between."""

_FAR_COUNT: Final = BLOCK_NAMES.index("far_count")
_FAR_LINKS: Final = BLOCK_NAMES.index("far_link_share")
_BODY_PROSE: Final = 150
_BODY_SHARE: Final = 0.2
_BODY_SCORE: Final = 0.45
"""Units that repeat behind the body of an article are let go if the body has so much running text,
that share of all that might be kept, and that mean score."""

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
    declared = says(page)
    if not declared[ARTICLE]:
        body = _body(features, scores, min(_BODY, threshold))
        return smooth(page, features, scores, scores >= min(threshold, _WEAK_SHARE * body))
    scores = _without_repeats(page, features, scores, min(_BODY, threshold))
    keep = scores >= threshold
    if declared[NEWS]:
        wanted = min(_NEWS_THRESHOLD, _NEWS_SHARE * _body(features, scores, _BODY))
        keep = _strictly(page, features, keep, scores >= wanted)
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


def _without_repeats(page: Page, features: Features, scores: F32, least: float) -> F32:
    """An article ends where its body does: behind it, what stands in units that repeat and have
    links (letters of readers, other articles) counts nothing, however high it scores.

    The body is the element that holds most of the running text outside of such units. It must have
    a certain mean score, and some size beside all that has the least score.
    """
    prose = np.where(scores >= least, features.counts[:, T_PROSE], 0)
    repeats = features.blocks[:, _FAR_COUNT] > 0
    outside = np.where(repeats, 0, prose)
    if not outside.any() or not prose[repeats].any():
        return scores
    parent = page.parent[page.element]
    body = int(np.bincount(parent + 1, outside).argmax()) - 1
    held = np.where(parent == body, outside, 0)
    total = int(held.sum())
    if body < 1 or total < max(_BODY_PROSE, _BODY_SHARE * float(prose.sum())):
        return scores
    if float(held @ scores) < _BODY_SCORE * total:
        return scores
    repeats &= features.blocks[:, _FAR_LINKS] > 0
    repeats[: page.end_block[body]] = False
    return np.where(repeats, np.float32(0), scores)


def _drop_headline(features: Features, keep: Bools) -> None:
    """A declared article has its title in a column: the headline above the text is not part of it,
    as all sets of true news texts have it."""
    levels = features.levels
    text = np.flatnonzero(keep & (levels == 0))
    first = text[0] if len(text) else len(keep)
    keep[:first][levels[:first] == 1] = False
