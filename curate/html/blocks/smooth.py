"""The last word about single blocks: no paragraph is torn out of the middle of a text."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from curate.html.blocks.counts import T_LINK, T_PROSE, T_WIDTH
from curate.html.blocks.features import Features
from curate.html.markup.page import Page

F32 = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]

_LEAST_SCORE: Final = 0.12
"""A paragraph between paragraphs is kept from here on, whatever the threshold."""

_LEAST_SCORE_LINKED: Final = 0.2
"""The same for one that is a link as a whole, if it is as long as a sentence."""

_SENTENCE_WIDTH: Final = 60

_LEAST_SCORE_LINKED_TEXT: Final = 0.1
"""And for one that is as long as a paragraph: no list of links has such."""

_PARAGRAPH_WIDTH: Final = 200


def smooth(page: Page, features: Features, scores: F32, keep: Bools) -> Bools:
    """The blocks to keep: those that are, the gaps inside a text, no heading of nothing.

    A block of running text is kept if the nearest kept block before and the nearest behind stand,
    as it does, in equal elements of the same parent. A heading is let go if what follows, up to the
    next heading of its level or a higher one, is not kept.
    """
    keep = keep.copy()
    kept = np.flatnonzero(keep)
    if not len(kept):
        return keep
    _fill_gaps(page, features, scores, keep, kept)
    _drop_headings(features, keep)
    return keep


def _fill_gaps(
    page: Page, features: Features, scores: F32, keep: Bools, kept: npt.NDArray[np.int64]
) -> None:
    counts = features.counts
    is_linked = 2 * counts[:, T_LINK] > counts[:, T_WIDTH]
    is_prose = (counts[:, T_PROSE] > 0) & (scores >= _LEAST_SCORE)
    least = np.where(
        counts[:, T_WIDTH] >= _PARAGRAPH_WIDTH, _LEAST_SCORE_LINKED_TEXT, _LEAST_SCORE_LINKED
    )
    is_sentence = (counts[:, T_WIDTH] >= _SENTENCE_WIDTH) & (scores >= least)
    gaps = np.flatnonzero(~keep & np.where(is_linked, is_sentence, is_prose))
    gaps = gaps[(gaps > kept[0]) & (gaps < kept[-1])]
    place = np.searchsorted(kept, gaps)
    before, after = kept[place - 1], kept[place]
    parent, tag = page.parent[page.element], page.tag[page.element]
    fits = np.ones(len(gaps), np.bool_)
    for other in (before, after):
        fits &= (parent[other] == parent[gaps]) & (tag[other] == tag[gaps])
    keep[gaps[fits]] = True


def _drop_headings(features: Features, keep: Bools) -> None:
    levels = features.levels
    plain = np.append(0, np.cumsum(keep & (levels == 0))).tolist()
    ends = [len(keep)] * 7  # of what stands under a heading of each level
    for heading in np.flatnonzero(levels)[::-1].tolist():
        level = int(levels[heading])
        if plain[ends[level]] == plain[heading + 1]:
            keep[heading] = False
        ends[level:] = [heading] * (7 - level)
