"""Features of a whole answer: the blocks that would be kept, beside all of the page."""

from __future__ import annotations

from math import log1p
from typing import Final

import numpy as np
import numpy.typing as npt

from curate.html.blocks.block_features import Features
from curate.html.blocks.character_counts import T_LINK, T_PROSE, T_WIDTH
from curate.html.blocks.page_features import PAGE_NAMES
from curate.html.blocks.page_kinds import KINDS
from curate.html.markup.decorators import kernel

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]
U8 = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]

ANSWER_COLUMNS: Final = (
    *("best", "mean", "kept_width", "kept_share", "kept_prose", "kept_prose_share", "kept_blocks"),
    *("kept_mean", "kept_link_share", "doubt", "kept_doubt", "longest", "second_share"),
    *(f"kind_{kind}" for kind in KINDS),
    *PAGE_NAMES,
)
"""Columns that the forests about the whole answer read."""

_N_OWN: Final = 13  # columns before those of the kinds

_SURE_PROSE: Final = 150
_SURE_SCORE: Final = 0.7

_SOME_SCORE: Final = np.float32(0.3)
_ONE, _TWO = np.float32(1.0), np.float32(2.0)


def answer_row(features: Features, kinds: F32, scores: F32, keep: Bools) -> tuple[F32, bool]:
    """The columns ``ANSWER_COLUMNS``, float32[1, …], and whether there is no doubt.

    There is none where so much running text scores so high that no look at the whole page can make
    it nothing.
    """
    row = np.empty((1, len(ANSWER_COLUMNS)), np.float32)
    row[0, _N_OWN : _N_OWN + len(KINDS)] = kinds
    row[0, _N_OWN + len(KINDS) :] = features.page
    return row, bool(_fill(features.counts, scores, keep.view(np.uint8), row[0]))


@kernel
def _fill(counts: I32, scores: F32, keep: U8, row: F32) -> bool:
    """The first columns of ``row``; True if there is no doubt."""
    total = prose = scored = doubted = some = 0.0
    n_kept = kept = kept_prose = kept_links = kept_score = kept_doubt = sure = longest = 0.0
    best = scores[0]
    for b in range(len(scores)):
        score = scores[b]
        width, text = np.float64(counts[b, T_WIDTH]), np.float64(counts[b, T_PROSE])
        doubt = np.float64(_ONE - abs(_TWO * score - _ONE))
        best = max(best, score)
        total += width
        prose += text
        scored += width * score
        doubted += width * doubt
        if score >= _SOME_SCORE:
            some += width
        if keep[b]:
            n_kept += 1
            kept += width
            kept_prose += text
            kept_links += counts[b, T_LINK]
            kept_score += width * score
            kept_doubt += width * doubt
            sure += text * score
            longest = max(longest, width)
    row[0] = best
    row[1] = scored / (total + 1e-3)
    row[2] = log1p(kept + 1e-3)
    row[3] = (kept + 1e-3) / (total + 1e-3)
    row[4] = log1p(kept_prose)
    row[5] = kept_prose / (prose + 1e-3)
    row[6] = log1p(n_kept)
    row[7] = kept_score / (kept + 1e-3)
    row[8] = kept_links / (kept + 1e-3)
    row[9] = doubted / (total + 1e-3)
    row[10] = kept_doubt / (kept + 1e-3)
    row[11] = log1p(longest)
    row[12] = some / (total + 1e-3)
    return bool(kept_prose >= _SURE_PROSE and sure >= _SURE_SCORE * kept_prose)
