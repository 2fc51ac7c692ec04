"""Fits the extractor's model, in folds of sites: nothing is judged by what has seen its site."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import lightgbm
import numpy as np
import numpy.typing as npt

from curate.html.blocks.decision import probability
from curate.html.blocks.model import Model
from curate.html.blocks.name_tokens import TokenTable
from curate.html.blocks.page_kinds import KINDS
from curate.html.blocks.rows import COLUMNS, kind_row, rows_of
from curate.models.trees import Forest
from jobs.extractor_answers import fit_answers
from jobs.extractor_data import N_FOLDS, Example
from jobs.extractor_score import Scorer
from jobs.extractor_thresholds import look_up
from jobs.extractor_tokens import choose_marks, count_tokens, learn_tokens
from jobs.extractor_trees import COMMON, PAGE_SETTINGS, forest_of, trees_of

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]

BLOCK_SETTINGS: Final = {
    **COMMON,
    "objective": "cross_entropy",
    "num_leaves": 31,
    "learning_rate": 0.1,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.35,
    "bagging_fraction": 0.7,
    "max_bin": 127,
}
N_BLOCK_TREES: Final = 110
N_KIND_TREES: Final = 100

_BLOCKS_OF_A_PAGE: Final = 120  # that are learnt from; drawn by weight
_WIDTH_POWER: Final = 0.7  # a block weighs its width to this power, a page always the same


@dataclass(frozen=True, slots=True, eq=False)
class Folds:
    """A model for each fold, which has not seen it, and one that has seen all."""

    models: tuple[Model, ...]
    final: Model


def fit(examples: Sequence[Example], tell: Callable[[str], None]) -> Folds:
    """Fit everything.

    Args:
        examples: pages, of which those for training are learnt from; the others help to choose
            thresholds.
        tell: gets a line about each step.
    """
    models = _fit_rest(examples, range(N_FOLDS + 1), tell)
    scored = [_score(example, models[example.fold]) for example in examples]
    scorers = [Scorer(e.page, e.gold, e.neutral) for e in examples]
    thresholds = look_up(examples, scored, scorers, tell)
    tell("thresholds " + ", ".join(f"{k} {t:.2f}" for k, t in zip(KINDS, thresholds, strict=True)))
    models = [replace(model, thresholds=thresholds) for model in models]
    models = fit_answers(examples, models, scored, scorers, tell)
    return Folds(tuple(models[:-1]), models[-1])


def fit_once(examples: Sequence[Example], like: Model) -> Model:
    """A model of these pages, with the thresholds and the last two forests of another."""
    model = _fit_rest(examples, (N_FOLDS,), lambda _: None)[0]
    return replace(
        model,
        thresholds=like.thresholds,
        least_has_text=like.least_has_text,
        has_text=like.has_text,
        confidence=like.confidence,
    )


def _fit_rest(
    examples: Sequence[Example], left_out: Sequence[int], tell: Callable[[str], None]
) -> list[Model]:
    """Tokens, kinds and blocks: a model for each fold that is left out of it."""
    taught = [example for example in examples if example.is_for_training]
    counts = count_tokens(taught)
    marks = choose_marks(counts)
    by_fold = [_empty(learn_tokens(counts, marks, (fold,))) for fold in range(N_FOLDS)]
    everything = _empty(learn_tokens(counts, marks))
    tell(f"{int((everything.tokens.keys > 0).sum())} tokens")
    # A page is learnt from as it looks to those who have not seen its site.
    kinds = _fit_kinds(taught, by_fold, range(N_FOLDS + 1))
    by_fold = [replace(model, kinds=kinds[fold]) for fold, model in enumerate(by_fold)]
    everything = replace(everything, kinds=kinds[N_FOLDS])
    tell("kinds of pages")
    fitted = []
    drawn = [part for e in taught if (part := _draw(e, by_fold[e.fold])) is not None]
    for fold in left_out:
        taken = [part[1:] for part in drawn if part[0] != fold]
        rows, content, weight = (np.concatenate(column) for column in zip(*taken, strict=True))
        weight = weight * len(weight) / weight.sum()
        data = lightgbm.Dataset(rows, content, weight=weight, feature_name=list(COLUMNS))
        trees = trees_of(lightgbm.train(BLOCK_SETTINGS, data, N_BLOCK_TREES))
        base = everything if fold == N_FOLDS else by_fold[fold]
        fitted.append(replace(base, blocks=forest_of(trees)))
    tell("blocks")
    return fitted


def _score(example: Example, model: Model) -> tuple[F32, F32]:
    """Kinds and scores of a page."""
    kinds, rows = rows_of(example.page, example.features, model)
    return kinds, probability(model.blocks.predict(rows)).astype(np.float32)


def _empty(tokens: TokenTable) -> Model:
    none = forest_of([])
    n = len(KINDS)
    return Model(tokens, (none,) * n, none, none, none, np.full(n, 0.5), 0.5)


def _fit_kinds(
    taught: Sequence[Example], models: Sequence[Model], left_out: Sequence[int]
) -> list[tuple[Forest, ...]]:
    known = [example for example in taught if example.kind in KINDS]
    rows = np.concatenate([kind_row(e.page, e.features, models[e.fold]) for e in known])
    kinds = np.array([KINDS.index(e.kind) for e in known])
    folds = np.array([e.fold for e in known])
    weights = np.array([e.page_weight for e in known])
    settings = {**PAGE_SETTINGS, "objective": "multiclass", "num_class": len(KINDS)}
    fitted = []
    for fold in left_out:
        taken = folds != fold
        data = lightgbm.Dataset(rows[taken], kinds[taken], weight=weights[taken])
        trees = trees_of(lightgbm.train(settings, data, N_KIND_TREES))
        fitted.append(tuple(forest_of(trees[kind :: len(KINDS)]) for kind in range(len(KINDS))))
    return fitted


def _draw(example: Example, model: Model) -> tuple[int, F32, F32, F64] | None:
    """Fold, rows, labels and weights of the blocks of a page that are learnt from."""
    weight = example.weight * np.maximum(example.features.counts[:, 0], 1) ** _WIDTH_POWER
    places = np.flatnonzero(weight > 0)
    if not len(places):
        return None
    weight = weight / weight.sum()
    chance = np.ones(len(places))
    if len(places) > _BLOCKS_OF_A_PAGE:
        rng = np.random.default_rng(zlib.crc32(example.id.encode()))
        odds = 0.5 * weight[places] + 0.5 / len(places)
        odds /= odds.sum()
        taken = np.sort(rng.choice(len(places), _BLOCKS_OF_A_PAGE, replace=False, p=odds))
        chance, places = odds[taken] * _BLOCKS_OF_A_PAGE, places[taken]
    weight = weight[places] / chance
    rows = rows_of(example.page, example.features, model)[1][places]
    return example.fold, rows, example.content[places], weight / weight.sum() * example.page_weight
