"""The content of a page: the model's scores, the kind of page, and whether there is any.

One forest gives the kind of page, one the score of each block, one the odds that the page has a
main text at all, one how much of the answer is likely to be right. The kind sets the threshold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from curate.html.blocks.answer import answer_row
from curate.html.blocks.block_features import block_features
from curate.html.blocks.choose import choose
from curate.html.blocks.model import Model, load_model
from curate.html.blocks.page_kinds import KINDS
from curate.html.blocks.rows import rows_of
from curate.html.markup.page import Page

F32 = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """The model's decision about a page.

    Attributes:
        keep: bool[B], the blocks that are content; none if ``is_empty``.
        scores: float32[B], 0 to 1.
        kind: one of :data:`curate.html.blocks.page_kinds.KINDS`, the likeliest.
        confidence: how much of the answer is likely to be right, 0 to 1 (F1).
        is_empty: there is no main text on the page.
    """

    keep: Bools
    scores: F32
    kind: str
    confidence: float
    is_empty: bool


def decide(page: Page, *, keep_comments: bool = False, model: Model | None = None) -> Decision:
    """Say which blocks of a page are its content.

    Args:
        page: its blocks.
        keep_comments: keep what readers wrote under an article too; posts of a forum are content
            either way.
        model: the one that curate comes with if None.
    """
    if page.n_blocks == 0:
        return Decision(np.zeros(0, np.bool_), np.zeros(0, np.float32), KINDS[0], 1.0, True)
    model = model or load_model()
    features = block_features(page)
    kinds, rows = rows_of(page, features, model)
    scores = probability(model.blocks.predict(rows)).astype(np.float32)
    if keep_comments:
        kinds, rows = rows_of(page, features, model, kind=KINDS.index("forum"))
        as_forum = probability(model.blocks.predict(rows)).astype(np.float32)
        scores = np.maximum(scores, as_forum)
    keep = choose(page, features, kinds, scores, model.thresholds)
    row, is_sure = answer_row(features, kinds, scores, keep)
    answers = model.of_answers.predict(row)
    has_text = float(probability(answers[:, 0])[0])
    confidence = min(1.0, max(0.0, float(answers[0, 1])))
    is_empty = not keep.any() or (has_text < model.least_has_text and not is_sure)
    if is_empty:
        keep = np.zeros(page.n_blocks, np.bool_)
        confidence = max(0.0, 1.0 - has_text)
    return Decision(keep, scores, KINDS[int(kinds.argmax())], confidence, is_empty)


def probability(odds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The logistic function."""
    return np.asarray(1.0 / (1.0 + np.exp(-odds)))
