"""What of a page is content: the model's scores, the kind of page, and whether there is any.

One forest gives the kind of page, one the score of each block, one the odds that the page has a
main text at all, one how much of the answer is likely to be right. The kind sets the threshold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from curate.html.blocks.choose import choose
from curate.html.blocks.counts import T_LINK, T_PROSE, T_WIDTH
from curate.html.blocks.features import BLOCK_NAMES, Features, block_features
from curate.html.blocks.kinds import KINDS
from curate.html.blocks.model import Model, load_model
from curate.html.blocks.says import SAYS_NAMES, says, says_discussion
from curate.html.blocks.summary import PAGE_NAMES
from curate.html.blocks.tokens import TOKEN_NAMES, fill_tokens, find_tokens, sum_kinds
from curate.html.markup.page import Page

F32 = npt.NDArray[np.float32]
I32 = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]

COLUMNS: Final = (
    *BLOCK_NAMES,
    *TOKEN_NAMES,
    *(f"kind_{kind}" for kind in KINDS),
    *SAYS_NAMES,
)
"""What the forest of blocks reads."""

KIND_COLUMNS: Final = (
    *PAGE_NAMES,
    *(f"{name}_{kind}" for name in ("tokens_mean", "tokens_max") for kind in KINDS),
)
"""What the forest of kinds reads."""

ANSWER_COLUMNS: Final = (
    *("best", "mean", "kept_width", "kept_share", "kept_prose", "kept_prose_share", "kept_blocks"),
    *("kept_mean", "kept_link_share", "doubt", "kept_doubt", "longest", "second_share"),
    *(f"kind_{kind}" for kind in KINDS),
    *PAGE_NAMES,
)
"""What the forests about the whole answer read."""


_SURE_PROSE: Final = 150
_SURE_SCORE: Final = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """What the model says of a page.

    Attributes:
        keep: bool[B], the blocks that are content; none if ``is_empty``.
        scores: float32[B], 0 to 1.
        kind: one of :data:`curate.html.blocks.kinds.KINDS`, the likeliest.
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
    answer = answer_row(features, kinds, scores, keep)
    told = model.of_answers.predict(answer)
    has_text = probability(told[:, 0])[0]
    confidence = min(1.0, max(0.0, float(told[0, 1])))
    is_empty = not keep.any() or bool(
        has_text < model.least_has_text and not is_sure(features, scores, keep)
    )
    if is_empty:
        keep = np.zeros(page.n_blocks, np.bool_)
        confidence = float(max(0.0, 1.0 - has_text))
    return Decision(keep, scores, KINDS[int(kinds.argmax())], confidence, is_empty)


def is_sure(features: Features, scores: F32, keep: Bools) -> bool:
    """So much running text scores so high that no look at the whole page can make it nothing."""
    prose = features.counts[keep, T_PROSE]
    total = int(prose.sum())
    return total >= _SURE_PROSE and float(prose @ scores[keep]) >= _SURE_SCORE * total


def probability(odds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The logistic function."""
    return np.asarray(1.0 / (1.0 + np.exp(-odds)))


def rows_of(
    page: Page, features: Features, model: Model, kind: int | None = None
) -> tuple[F32, F32]:
    """Probabilities of the kinds (float32[K]) and the columns ``COLUMNS`` of each block.

    Args:
        page: its blocks.
        features: of the page.
        model: whose tokens and kinds.
        kind: take the page for this kind, whatever it is and says.
    """
    rows = np.empty((page.n_blocks, len(COLUMNS)), np.float32)
    n = len(BLOCK_NAMES)
    rows[:, :n] = features.blocks
    slots = fill_names(page, model, rows, n)
    kinds = kind_probabilities(kind_row(features, slots, model), model)
    if kind is not None:
        kinds = np.zeros(len(KINDS), np.float32)
        kinds[kind] = 1.0
    n += len(TOKEN_NAMES)
    rows[:, n : n + len(KINDS)] = kinds
    rows[:, n + len(KINDS) :] = says(page) if kind is None else says_discussion()
    return kinds, rows


def fill_names(page: Page, model: Model, rows: F32, first: int) -> I32:
    """The columns of the tokens from column ``first``; the slots of the page's tokens."""
    slots = np.empty(len(page.tokens), np.int32)
    find_tokens(page.tokens, model.tokens.keys, slots)
    fill_tokens(
        page.element, page.inline, page.parent, page.token_start, page.token_end, slots,
        model.tokens.scores, model.tokens.marks, np.zeros((page.n_elements, 6), np.float32),
        np.zeros(page.n_elements, np.uint64), first, rows,
    )  # fmt: skip
    return slots


def kind_row(features: Features, slots: I32, model: Model) -> F32:
    """The columns ``KIND_COLUMNS``, float32[1, …]."""
    row = np.zeros(len(KIND_COLUMNS), np.float32)
    row[: len(PAGE_NAMES)] = features.page
    told = np.zeros(2 * len(KINDS), np.float32)
    sum_kinds(slots, model.tokens.kinds, np.zeros(len(model.tokens.keys), np.uint8), told)
    row[len(PAGE_NAMES) :] = told
    return row[None]


def kind_probabilities(row: F32, model: Model) -> F32:
    """Probability of each kind, float32[K]."""
    odds = model.of_kinds.predict(row)[0]
    power = np.exp(odds - odds.max())
    return np.asarray(power / power.sum(), np.float32)


def answer_row(features: Features, kinds: F32, scores: F32, keep: Bools) -> F32:
    """The columns ``ANSWER_COLUMNS``, float32[1, …]."""
    width = features.counts[:, T_WIDTH].astype(np.float64)
    prose, links = features.counts[:, T_PROSE], features.counts[:, T_LINK]
    kept = width[keep]
    doubt = 1.0 - np.abs(2.0 * scores - 1.0)
    total, kept_total = width.sum() + 1e-3, kept.sum() + 1e-3
    row = np.empty(len(ANSWER_COLUMNS), np.float32)
    row[:13] = (
        scores.max(),
        width @ scores / total,
        np.log1p(kept_total),
        kept_total / total,
        np.log1p(prose[keep].sum()),
        prose[keep].sum() / (prose.sum() + 1e-3),
        np.log1p(keep.sum()),
        kept @ scores[keep] / kept_total,
        links[keep].sum() / kept_total,
        width @ doubt / total,
        kept @ doubt[keep] / kept_total,
        np.log1p(kept.max()) if len(kept) else 0.0,
        width[scores >= 0.3].sum() / total,
    )
    row[13 : 13 + len(KINDS)] = kinds
    row[13 + len(KINDS) :] = features.page
    return row[None]
