"""Fits the two forests about the whole answer: is there a text, and how right is what is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import lightgbm
import numpy as np
import numpy.typing as npt

from curate.html.blocks.answer import answer_row
from curate.html.blocks.choose import choose
from curate.html.blocks.decision import probability
from curate.html.blocks.model import Model
from jobs.extractor_data import CRAWLED, Example
from jobs.extractor_score import Scorer, f1
from jobs.extractor_trees import PAGE_SETTINGS, forest_of, trees_of

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

N_ANSWER_TREES: Final = 100

_CRAWLED_WEIGHT: Final = 3.0  # beside other pages: what is to be told apart is what a crawl has


class _Table(NamedTuple):
    """What the forests read and are taught of each page."""

    rows: F32
    quality: F64
    has_text: Bools
    sure: Bools
    none: Bools
    weight: F64
    taught: Bools
    folds: npt.NDArray[np.int64]


def fit_answers(
    examples: Sequence[Example],
    models: Sequence[Model],
    scored: Sequence[tuple[F32, F32]],
    scorers: Sequence[Scorer],
    tell: Callable[[str], None],
) -> list[Model]:
    """The models with both forests, from what models gave that had not seen the site.

    Args:
        examples: the pages.
        models: one a fold, and the last of all; thresholds are known.
        scored: kinds and scores of each page by the model of its fold.
        scorers: of each page.
        tell: gets lines.
    """
    table = _table(examples, models[-1].thresholds, scored, scorers)
    fitted = []
    chance, hoped = np.zeros(len(examples)), np.zeros(len(examples))
    for fold, model in enumerate(models):
        fitted.append(_fit(table, table.taught & (table.folds != fold), model))
        seen = table.folds == fold
        if seen.any():
            chance[seen] = probability(fitted[-1].has_text.predict(table.rows[seen]))
            hoped[seen] = fitted[-1].confidence.predict(table.rows[seen])
    real = np.array([not e.is_made for e in examples])
    crawled = np.array([e.source in CRAWLED for e in examples])
    chance[table.sure] = 1.0
    has = table.has_text
    judged = has & ~table.none & (crawled if crawled.any() else real)
    # No crawled page that keeps anything is called empty: those that keep nothing are enough.
    least = min(0.5, float(chance[judged].min())) if judged.any() else 0.5
    told = (chance < least) | table.none
    tell(
        f"no main text below {least:.3f}: {_share(told[real & ~has])} empty pages, "
        f"{_share(told[crawled & has])} crawled ones with a text, "
        f"{_share(told[real & has])} with a text"
    )
    tell(_calibration(hoped[real & has], table.quality[real & has]))
    return [replace(model, least_has_text=least) for model in fitted]


def _table(
    examples: Sequence[Example],
    thresholds: F64,
    scored: Sequence[tuple[F32, F32]],
    scorers: Sequence[Scorer],
) -> _Table:
    rows, quality, sure, none = [], [], [], []
    for example, (kinds, scores), scorer in zip(examples, scored, scorers, strict=True):
        keep = choose(example.page, example.features, kinds, scores, thresholds)
        row, has_no_doubt = answer_row(example.features, kinds, scores, keep)
        rows.append(row)
        quality.append(f1([scorer(keep)])[0] if example.has_text else 0.0)
        sure.append(has_no_doubt)
        none.append(not keep.any())
    taught = np.array([e.is_for_training for e in examples])
    # A page whose text is in its scripts alone has none as far as blocks can tell.
    has_text = np.array([e.has_text and bool((e.content >= 0.5).any()) for e in examples])
    weight = np.array([_CRAWLED_WEIGHT if e.source in CRAWLED else e.page_weight for e in examples])
    weight = np.where(has_text, weight, weight * _empty_weight(has_text[taught]))
    folds = np.array([e.fold for e in examples])
    return _Table(
        rows=np.concatenate(rows),
        quality=np.array(quality),
        has_text=has_text,
        sure=np.array(sure),
        none=np.array(none),
        weight=weight,
        taught=taught,
        folds=folds,
    )


def _fit(table: _Table, used: Bools, model: Model) -> Model:
    data = lightgbm.Dataset(table.rows[used], table.has_text[used], weight=table.weight[used])
    settings = {**PAGE_SETTINGS, "objective": "binary"}
    has_text = forest_of(trees_of(lightgbm.train(settings, data, N_ANSWER_TREES)))
    used = used & table.has_text
    data = lightgbm.Dataset(table.rows[used], table.quality[used], weight=table.weight[used])
    settings = {**PAGE_SETTINGS, "objective": "regression"}
    confidence = forest_of(trees_of(lightgbm.train(settings, data, N_ANSWER_TREES)))
    return replace(model, has_text=has_text, confidence=confidence)


def _share(told: Bools) -> str:
    return f"{told.mean():.1%} of {len(told)}" if len(told) else "none of 0"


def _empty_weight(has_text: Bools) -> float:
    """So that the empty pages weigh a third of those with a text."""
    return float(has_text.sum() / max(1, (~has_text).sum()) / 3.0)


def _calibration(hoped: F64, found: F64) -> str:
    """F1 found on pages by the confidence in them, in fifths."""
    order = np.argsort(hoped, kind="stable")
    parts = np.array_split(order, 5)
    told = ", ".join(f"{hoped[p].mean():.2f}: {found[p].mean():.2f}" for p in parts if len(p))
    return f"confidence: F1 {told}"
