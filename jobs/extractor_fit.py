"""Fits the extractor's model, in folds of sites: nothing is judged by what has seen its site."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import lightgbm
import numpy as np
import numpy.typing as npt

from curate.html.blocks.decide import (
    COLUMNS,
    answer_row,
    fill_names,
    kind_probabilities,
    kind_row,
    probability,
)
from curate.html.blocks.features import BLOCK_NAMES
from curate.html.blocks.kinds import KINDS
from curate.html.blocks.model import Model
from curate.html.blocks.smooth import smooth
from curate.html.blocks.tokens import TOKEN_NAMES, TokenTable
from curate.models.trees import Forest
from jobs.extractor_data import N_FOLDS, Example
from jobs.extractor_score import Scorer, f1
from jobs.extractor_tokens import choose_marks, count_tokens, learn_tokens

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]

_COMMON: Final = {
    "num_threads": 1,
    "seed": 7,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
}
BLOCK_SETTINGS: Final = {
    **_COMMON,
    "objective": "cross_entropy",
    "num_leaves": 31,
    "learning_rate": 0.1,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.35,
    "bagging_fraction": 0.7,
    "max_bin": 127,
}
PAGE_SETTINGS: Final = {
    **_COMMON,
    "num_leaves": 7,
    "learning_rate": 0.05,
    "min_data_in_leaf": 12,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.8,
}
N_BLOCK_TREES: Final = 110
N_KIND_TREES: Final = 100
N_ANSWER_TREES: Final = 100

_BLOCKS_OF_A_PAGE: Final = 120  # that are learnt from; drawn by weight
_WIDTH_POWER: Final = 0.7  # a block weighs its width to this power, a page always the same
_GRID: Final = np.round(np.arange(0.1, 0.9, 0.05), 2)
_FEW_PAGES: Final = 40.0  # a source with fewer pages of a kind tells little of its threshold
_SMOOTHING: Final = (0.1, 0.2, 0.4, 0.2, 0.1)  # over thresholds: peaks of single pages are noise
_FOUND_EMPTY: Final = 0.76  # share of the empty pages that are to be called so
_FALSE_EMPTY: Final = 0.01  # share of the others that may be called so


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
    taught = [example for example in examples if example.is_for_training]
    counts = count_tokens(taught)
    marks = choose_marks(counts)
    tables = [learn_tokens(counts, marks, (fold,)) for fold in range(N_FOLDS)]
    everything = learn_tokens(counts, marks)
    models = [_empty(table) for table in (*tables, everything)]
    tell(f"{int((everything.keys > 0).sum())} tokens")
    models = _fit_kinds(taught, models)
    tell("kinds of pages")
    models, scores = _fit_blocks(examples, models)
    tell("blocks")
    scorers = [Scorer(e.page, e.gold, e.neutral) for e in examples]
    thresholds = _thresholds(examples, models, scores, scorers, tell)
    tell("thresholds " + ", ".join(f"{k} {t:.2f}" for k, t in zip(KINDS, thresholds, strict=True)))
    models = [replace(model, thresholds=thresholds) for model in models]
    models = _fit_answers(examples, models, scores, scorers, tell)
    return Folds(tuple(models[:-1]), models[-1])


def _empty(tokens: TokenTable) -> Model:
    none = forest_of([])
    n = len(KINDS)
    return Model(tokens, (none,) * n, none, none, none, np.full(n, 0.5), 0.5)


def _fit_kinds(taught: Sequence[Example], models: Sequence[Model]) -> list[Model]:
    known = [example for example in taught if example.kind in KINDS]
    rows = np.concatenate([_kind_row(e, models[e.fold]) for e in known])
    kinds = np.array([KINDS.index(e.kind) for e in known])
    folds = np.array([e.fold for e in known])
    weights = np.array([e.page_weight for e in known])
    settings = {**PAGE_SETTINGS, "objective": "multiclass", "num_class": len(KINDS)}
    fitted = []
    for fold, model in enumerate(models):
        taken = folds != fold
        data = lightgbm.Dataset(rows[taken], kinds[taken], weight=weights[taken])
        trees = _trees(lightgbm.train(settings, data, N_KIND_TREES))
        forests = tuple(forest_of(trees[kind :: len(KINDS)]) for kind in range(len(KINDS)))
        fitted.append(replace(model, kinds=forests))
    return fitted


def _kind_row(example: Example, model: Model) -> F32:
    n = len(TOKEN_NAMES)
    slots = fill_names(example.page, model, np.empty((example.page.n_blocks, n), np.float32), 0)
    return kind_row(example.features, slots, model)


def block_rows(example: Example, model: Model) -> tuple[F32, F32]:
    """Kinds and rows of a page, as :func:`curate.html.blocks.decide.rows_of` gives them."""
    rows = np.empty((example.page.n_blocks, len(COLUMNS)), np.float32)
    n = len(BLOCK_NAMES)
    rows[:, :n] = example.features.blocks
    slots = fill_names(example.page, model, rows, n)
    kinds = kind_probabilities(kind_row(example.features, slots, model), model)
    rows[:, n + len(TOKEN_NAMES) :] = kinds
    return kinds, rows


def _fit_blocks(
    examples: Sequence[Example], models: Sequence[Model]
) -> tuple[list[Model], list[F32]]:
    drawn = [_draw(e, models[e.fold]) for e in examples if e.is_for_training]
    drawn = [part for part in drawn if part is not None]
    fitted = []
    for fold, model in enumerate(models):
        taken = [part[1:] for part in drawn if part[0] != fold]
        rows, content, weight = (np.concatenate(column) for column in zip(*taken, strict=True))
        weight = weight * len(weight) / weight.sum()
        data = lightgbm.Dataset(rows, content, weight=weight, feature_name=list(COLUMNS))
        trees = _trees(lightgbm.train(BLOCK_SETTINGS, data, N_BLOCK_TREES))
        fitted.append(replace(model, blocks=forest_of(trees)))
    scores = [
        probability(fitted[e.fold].blocks.predict(block_rows(e, fitted[e.fold])[1])).astype(
            np.float32
        )
        for e in examples
    ]
    return fitted, scores


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
    rows = block_rows(example, model)[1][places]
    return example.fold, rows, example.content[places], weight / weight.sum() * example.page_weight


def _thresholds(
    examples: Sequence[Example],
    models: Sequence[Model],
    scores: Sequence[F32],
    scorers: Sequence[Scorer],
    tell: Callable[[str], None],
) -> F64:
    """The threshold of each kind, as the models tell kinds, that gives the highest F1.

    Sources count alike, but those with few such pages less.
    """
    pairs: dict[tuple[int, str], list[F64]] = {}
    for example, score, scorer in zip(examples, scores, scorers, strict=True):
        if not example.has_text or example.is_made:
            continue
        found = [scorer(smooth(example.page, example.features, score, score >= t)) for t in _GRID]
        model = models[example.fold]
        kind = int(kind_probabilities(_kind_row(example, model), model).argmax())
        pairs.setdefault((kind, example.source), []).append(np.array(found))
    best = np.full(len(KINDS), 0.5)
    for kind, name in enumerate(KINDS):
        value, total = np.zeros(len(_GRID)), 0.0
        for (of, source), pages in sorted(pairs.items()):
            if of != kind:
                continue
            share = len(pages) / (len(pages) + _FEW_PAGES)
            mean = np.array(pages).mean(0)
            f1s = 2 * mean[:, 0] * mean[:, 1] / (mean.sum(1) + 1e-9)
            value, total = value + share * f1s, total + share
            dial = " ".join(f"{v:.3f}" for v in f1s[2::2])
            tell(f"  {name} in {source}, {len(pages)}: {dial}")
        if total:
            smoothed = np.convolve(np.pad(value / total, 2, "edge"), _SMOOTHING, "valid")
            best[kind] = _GRID[int(smoothed.argmax())]
    return best


def _fit_answers(
    examples: Sequence[Example],
    models: Sequence[Model],
    scores: Sequence[F32],
    scorers: Sequence[Scorer],
    tell: Callable[[str], None],
) -> list[Model]:
    """The two forests about the whole answer, from what models gave that had not seen the site."""
    rows, quality = [], []
    for example, score, scorer in zip(examples, scores, scorers, strict=True):
        kinds = kind_probabilities(_kind_row(example, models[example.fold]), models[example.fold])
        keep = score >= float(kinds @ models[-1].thresholds)
        keep = smooth(example.page, example.features, score, keep)
        rows.append(answer_row(example.features, kinds, score, keep))
        quality.append(f1([scorer(keep)])[0] if example.has_text else 0.0)
    table, folds = np.concatenate(rows), np.array([e.fold for e in examples])
    taught = np.array([e.is_for_training for e in examples])
    # A page whose text is in its scripts alone has none as far as blocks can tell.
    has_text = np.array([e.has_text and bool((e.content >= 0.5).any()) for e in examples])
    weight = np.array([e.page_weight for e in examples])
    weight = np.where(has_text, weight, weight * _empty_weight(has_text[taught]))
    fitted = []
    chance, hoped = np.zeros(len(examples)), np.zeros(len(examples))
    for fold, model in enumerate(models):
        used = taught & (folds != fold)
        data = lightgbm.Dataset(table[used], has_text[used], weight=weight[used])
        settings = {**PAGE_SETTINGS, "objective": "binary"}
        says = forest_of(_trees(lightgbm.train(settings, data, N_ANSWER_TREES)))
        used &= has_text
        data = lightgbm.Dataset(table[used], np.array(quality)[used], weight=weight[used])
        settings = {**PAGE_SETTINGS, "objective": "regression"}
        booster = lightgbm.train(settings, data, N_ANSWER_TREES)
        fitted.append(replace(model, has_text=says, confidence=forest_of(_trees(booster))))
        seen = folds == fold
        if seen.any():
            chance[seen] = probability(says.predict(table[seen]))
            hoped[seen] = fitted[-1].confidence.predict(table[seen])
    real = np.array([not e.is_made for e in examples])
    least = _least(chance[real], has_text[real])
    empty = chance[real & ~has_text] < least
    tell(
        f"no main text below {least:.3f}: {empty.mean():.0%} of {len(empty)} empty pages, "
        f"{(chance[real & has_text] < least).mean():.1%} of the others"
    )
    tell(_calibration(hoped[real & has_text], np.array(quality)[real & has_text]))
    return [replace(model, least_has_text=least) for model in fitted]


def _least(chance: F64, has_text: npt.NDArray[np.bool_]) -> float:
    """The probability below which a page is called empty: most of the empty ones are then, as long
    as few of the others are."""
    if has_text.all():
        return 0.5
    most = float(np.quantile(chance[~has_text], _FOUND_EMPTY))
    return min(0.5, most, float(np.quantile(chance[has_text], _FALSE_EMPTY)))


def _empty_weight(has_text: npt.NDArray[np.bool_]) -> float:
    """So that the empty pages weigh a third of those with a text."""
    return float(has_text.sum() / max(1, (~has_text).sum()) / 3.0)


def _calibration(hoped: F64, found: F64) -> str:
    """F1 found on pages by the confidence in them, in fifths."""
    order = np.argsort(hoped, kind="stable")
    parts = np.array_split(order, 5)
    told = ", ".join(f"{hoped[p].mean():.2f}: {found[p].mean():.2f}" for p in parts if len(p))
    return f"confidence: F1 {told}"


def _trees(booster: lightgbm.Booster) -> list[dict[str, Any]]:
    return [tree["tree_structure"] for tree in booster.dump_model()["tree_info"]]


def forest_of(trees: Sequence[dict[str, Any]]) -> Forest:
    """LightGBM's trees as flat arrays; siblings are neighbours."""
    roots: list[int] = []
    feature: list[int] = []
    threshold: list[float] = []
    left: list[int] = []

    def add() -> int:
        feature.append(-1)
        threshold.append(0.0)
        left.append(0)
        return len(feature) - 1

    for tree in trees:
        roots.append(add())
        open_ = [(tree, roots[-1])]
        while open_:
            node, place = open_.pop()
            if "leaf_value" in node:
                threshold[place] = node["leaf_value"]
                continue
            feature[place] = node["split_feature"]
            threshold[place] = _not_above(node["threshold"])
            first, second = add(), add()
            left[place] = first
            open_ += [(node["left_child"], first), (node["right_child"], second)]
    return Forest(
        np.array(roots, np.int32),
        np.array(feature, np.int32),
        np.array(threshold, np.float32),
        np.array(left, np.int32),
    )


def _not_above(threshold: float) -> float:
    """The greatest float32 that is not above: float32 values compare with both alike."""
    near = np.float32(threshold)
    if float(near) > threshold:
        near = np.nextafter(near, np.float32(-np.inf))
    return float(near)
