"""Which scores suffice: by the kind of page, by what it says it is, and by how sure its body is."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.html.blocks.block_features import BLOCK_NAMES, Features
from curate.html.blocks.character_counts import T_PROSE
from curate.html.blocks.says import ARTICLE, NEWS, says
from curate.html.blocks.smooth import smooth
from curate.html.markup.decorators import inner, kernel
from curate.html.markup.page import Page
from curate.html.markup.tags import NAMES as TAG_NAMES

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]
U8 = npt.NDArray[np.uint8]
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


class _Page(NamedTuple):
    element: I32
    parent: I32
    tag: I32
    end_block: I32
    counts: I32
    levels: I32
    rows: F32


class _Room(NamedTuple):
    """To work in: float32[B], uint8[B], float64[E + 1], uint8[tags], int32[B + 8]."""

    scores: F32
    sure: U8
    weights: F64
    tags: U8
    ints: I32


def choose(page: Page, features: Features, kinds: F32, scores: F32, thresholds: F64) -> Bools:
    """The blocks to keep, bool[B].

    Args:
        page: its blocks.
        features: of the page.
        kinds: float32[K], probability of each kind.
        scores: float32[B], 0 to 1.
        thresholds: float64[K], the score from which on a block is kept, by kind.
    """
    keep, n = np.empty(page.n_blocks, np.uint8), page.n_blocks
    room = _Room(
        np.empty(n, np.float32), np.empty(n, np.uint8), np.empty(page.n_elements + 1),
        np.empty(len(TAG_NAMES), np.uint8), np.empty(n + 8, np.int32),
    )  # fmt: skip
    blocks = _Page(
        page.element, page.parent, page.tag, page.end_block, features.counts, features.levels,
        features.rows,
    )  # fmt: skip
    threshold = float(kinds @ thresholds)
    _choose(blocks, scores, threshold, says(page), room, keep)
    return keep.view(np.bool_)


@kernel
def _choose(
    page: _Page,
    scores: F32,
    threshold: float,
    declared: F32,
    room: _Room,
    keep: U8,
) -> None:
    """Fill ``keep`` (uint8[B])."""
    is_article, is_news = declared[ARTICLE] > 0, declared[NEWS] > 0
    own = room.scores
    for b in range(len(scores)):
        own[b] = scores[b]
    least = min(_BODY, threshold)
    if is_article:
        _let_go_of_repeats(page, least, room.weights, own)
    else:
        threshold = min(threshold, _WEAK_SHARE * _body(page.counts, own, least))
    _mark(own, threshold, keep)
    if is_news:
        _mark(own, min(_NEWS_THRESHOLD, _NEWS_SHARE * _body(page.counts, own, _BODY)), room.sure)
        _be_strict(page, room, keep)
    smooth(page.element, page.parent, page.tag, page.counts, page.levels, own, keep, room.ints)
    if is_article:
        _drop_headline(page.levels, keep)


@inner
def _mark(scores: F32, threshold: float, marked: U8) -> None:
    """1 where the score suffices."""
    least = np.float32(threshold)
    for b in range(len(scores)):
        marked[b] = scores[b] >= least


@inner
def _body(counts: I32, scores: F32, least: float) -> float:
    """Mean score of the running text that has at least this score; 1 if there is none."""
    total = weighted = 0.0
    border = np.float32(least)
    for b in range(len(scores)):
        if scores[b] >= border:
            total += counts[b, T_PROSE]
            weighted += counts[b, T_PROSE] * np.float64(scores[b])
    return weighted / total if total else 1.0


@inner
def _fullest(weights: F64) -> int:
    """The element with the greatest weight, the first of equals; -1 for what has no parent."""
    best = 0
    for e in range(len(weights)):
        if weights[e] > weights[best]:
            best = e
    return best - 1


@inner
def _be_strict(page: _Page, room: _Room, keep: U8) -> None:
    """Keep what is sure, and of the rest the paragraphs that stand in the same element as most
    of the sure text."""
    weights, sure, tags = room.weights, room.sure, room.tags
    weights[:] = 0.0
    tags[:] = 0
    total = 0
    for b in range(len(keep)):
        if sure[b]:
            weights[page.parent[page.element[b]] + 1] += page.counts[b, T_PROSE]
            total += page.counts[b, T_PROSE]
    if total == 0:
        return
    body = _fullest(weights)
    for b in range(len(keep)):
        e = page.element[b]
        if sure[b] and page.parent[e] == body and page.counts[b, T_PROSE] > 0:
            tags[page.tag[e]] = 1
    for b in range(len(keep)):
        e = page.element[b]
        is_beside = page.parent[e] == body and page.counts[b, T_PROSE] > 0
        keep[b] = sure[b] or (keep[b] and is_beside and tags[page.tag[e]])


@inner
def _let_go_of_repeats(page: _Page, least: float, weights: F64, scores: F32) -> None:
    """An article ends where its body does: behind it, what stands in units that repeat and have
    links (letters of readers, other articles) counts nothing, however high it scores.

    The body is the element that holds most of the running text outside of such units. It must have
    a certain mean score, and some size beside all that has the least score.
    """
    weights[:] = 0.0
    border = np.float32(least)
    outside = repeated = 0
    for b in range(len(scores)):
        if scores[b] >= border:
            prose = page.counts[b, T_PROSE]
            if page.rows[b, _FAR_COUNT] > 0:
                repeated += prose
            else:
                weights[page.parent[page.element[b]] + 1] += prose
                outside += prose
    body = _fullest(weights)
    if outside == 0 or repeated == 0 or body < 1:
        return
    total = weights[body + 1]
    if total < max(_BODY_PROSE, _BODY_SHARE * (outside + repeated)):
        return
    weighted = _scored(page, body, border, scores)
    if weighted < _BODY_SCORE * total:
        return
    for b in range(page.end_block[body], len(scores)):
        if page.rows[b, _FAR_COUNT] > 0 and page.rows[b, _FAR_LINKS] > 0:
            scores[b] = 0.0


@inner
def _scored(page: _Page, body: int, least: np.float32, scores: F32) -> float:
    """Running text of the body, outside of what repeats, times its scores."""
    total = 0.0
    for b in range(len(scores)):
        is_own = page.parent[page.element[b]] == body and not page.rows[b, _FAR_COUNT] > 0
        if is_own and scores[b] >= least:
            total += page.counts[b, T_PROSE] * np.float64(scores[b])
    return total


@inner
def _drop_headline(levels: I32, keep: U8) -> None:
    """A declared article has its title in a column: the headline above the text is not part of it,
    as all sets of true news texts have it."""
    for b in range(len(keep)):
        if keep[b] and levels[b] == 0:
            return
        if levels[b] == 1:
            keep[b] = 0
