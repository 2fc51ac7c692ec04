"""The last word about single blocks: no paragraph is torn out of the middle of a text. Kernels."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from curate.html.blocks.character_counts import T_LINK, T_PROSE, T_WIDTH
from curate.html.markup.decorators import inner, kernel

F32 = npt.NDArray[np.float32]
I32 = npt.NDArray[np.int32]
U8 = npt.NDArray[np.uint8]

_LEAST_SCORE: Final = np.float32(0.12)
"""A paragraph between paragraphs is kept from here on, whatever the threshold."""

_LEAST_SCORE_LINKED: Final = 0.2
"""From here on one that is a link as a whole, if it is as long as a sentence."""

_SENTENCE_WIDTH: Final = 60

_LEAST_SCORE_LINKED_TEXT: Final = 0.1
"""And for one that is as long as a paragraph: no list of links has such."""

_PARAGRAPH_WIDTH: Final = 200


@kernel
def smooth(
    element: I32, parent: I32, tag: I32, counts: I32, levels: I32, scores: F32, keep: U8, work: I32
) -> None:
    """Change ``keep`` (uint8[B]): fill the gaps inside a text, and drop headings of nothing.

    A block of running text is kept if the nearest kept block before and the nearest behind stand,
    as it does, in equal elements of the same parent. A heading is let go if what follows, up to the
    next heading of its level or a higher one, is not kept.

    Args:
        element: int32[B].
        parent: int32[E].
        tag: int32[E].
        counts: int32[B, N_COUNTS].
        levels: int32[B], 1 to 6 for a block that is a heading, else 0.
        scores: float32[B].
        keep: uint8[B], 0 or 1.
        work: int32[B + 8], to work in.
    """
    _fill_gaps(element, parent, tag, counts, scores, keep, work)
    _drop_headings(levels, keep, work)


@inner
def _may_be_kept(counts: I32, score: np.float32) -> bool:
    """A block that is kept between two others that are."""
    if 2 * counts[T_LINK] <= counts[T_WIDTH]:
        return bool(counts[T_PROSE] > 0 and score >= _LEAST_SCORE)
    least = _LEAST_SCORE_LINKED
    if counts[T_WIDTH] >= _PARAGRAPH_WIDTH:
        least = _LEAST_SCORE_LINKED_TEXT
    return bool(counts[T_WIDTH] >= _SENTENCE_WIDTH and score >= least)


@inner
def _fill_gaps(
    element: I32, parent: I32, tag: I32, counts: I32, scores: F32, keep: U8, behind: I32
) -> None:
    """``behind`` receives the nearest kept block behind each."""
    n = len(element)
    after = -1
    for k in range(n):
        b = n - 1 - k
        behind[b] = after
        if keep[b]:
            after = b
    before = -1
    for b in range(n):
        if keep[b]:
            before = b
            continue
        if before < 0 or behind[b] < 0 or not _may_be_kept(counts[b], scores[b]):
            continue
        own, first, last = element[b], element[before], element[behind[b]]
        fits = parent[first] == parent[own] and parent[last] == parent[own]
        if fits and tag[first] == tag[own] and tag[last] == tag[own]:
            keep[b] = 1


@inner
def _drop_headings(levels: I32, keep: U8, plain: I32) -> None:
    """``plain`` receives how many kept blocks that are no headings stand before each."""
    n = len(keep)
    plain[0] = 0
    for b in range(n):
        plain[b + 1] = plain[b] + (keep[b] and levels[b] == 0)
    ends = plain[n + 1 :]  # of what stands under a heading of each level
    for level in range(7):
        ends[level] = n
    for k in range(n):
        b = n - 1 - k
        level = levels[b]
        if level == 0:
            continue
        if plain[ends[level]] == plain[b + 1]:
            keep[b] = 0
        for lower in range(level, 7):
            ends[lower] = b
