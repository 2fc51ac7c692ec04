"""What the embedded identifier has fitted: the trees that rank candidates, and the curves of its
confidence.

Both on the sets that are for it; the other sets are what docs/language-identification.md reports.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt

from curate.lid.embedded import EmbeddedIdentifier, Steps
from curate.lid.voices.candidates import Candidates
from curate.lid.voices.confidence import Kind, fit_curve, to_json
from curate.lid.voices.ranking import to_bytes, with_lead
from curate.models.trees import Forest
from jobs.extractor_fit import forest_of
from tests.benchmarks.lid_sets import (
    FIT_WEIGHTS,
    SNIPPETS,
    Labelled,
    TextSet,
    comparable,
    source_of,
)

Floats = npt.NDArray[np.float64]

RANK_WEIGHTS = {"udhr-tuned": 1.0, "sib-tuned": 0.5, "guides": 2.0, "docs": 2.0}
"""Sources that the trees are fitted on, and how much a text of each counts; a page twice."""

MASKED_WEIGHT = 0.5
"""Of a text once more, as if the table did not know its language: many are not in it."""

_SAID = "tests/benchmarks/lid.py --fit"
_COMMON = {
    "num_threads": 1,
    "seed": 7,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
    "lambda_l2": 5.0,
}
_RANK = {
    **_COMMON,
    "objective": "lambdarank",
    "num_leaves": 15,
    "learning_rate": 0.05,
    "min_data_in_leaf": 200,
    "feature_fraction": 0.7,
    "lambdarank_truncation_level": 5,
}
_SURE = {
    **_COMMON,
    "objective": "binary",
    "num_leaves": 7,
    "learning_rate": 0.05,
    "min_data_in_leaf": 100,
}
_N_TREES = {"rank": 150, "sure": 80}
_N_FOLDS = 3


@dataclass(frozen=True, slots=True)
class _Text:
    """A text to fit on.

    Attributes:
        gold: its language, comparable.
        names: of its candidates, comparable.
        candidates: the same, measured.
        weight: how much it counts.
        fold: one of three, by its place in its set.
        is_masked: the table is taken not to know its language.
    """

    gold: str
    names: list[str]
    candidates: Candidates
    weight: float
    fold: int
    is_masked: bool


def write_fitted(sets: Sequence[TextSet], folder: Path) -> None:
    """Fit all and write ``ranking.npz`` and ``confidence.json``."""
    texts = list(_texts(sets))
    rank = _rank(texts)
    lead = [_Lead.of(text, forest) for fold, forest in _folds(texts) for text in fold]
    sure = _sure(lead)
    (folder / "ranking.npz").write_bytes(to_bytes(rank, sure))
    odds = _odds_of_others(lead)
    rows = _rows_of_two_voices(sets)
    rows[Kind.RANKED] = [
        (x, one.is_right, one.weight) for x, one in zip(odds.tolist(), lead, strict=True)
    ]
    curves = {kind: fit_curve(*zip(*own, strict=True)) for kind, own in rows.items()}
    said = ", ".join(f"{source} (weight {weight:g})" for source, weight in RANK_WEIGHTS.items())
    text = to_json(curves, f"{_SAID}, on: {said}")
    (folder / "confidence.json").write_text(text, encoding="utf-8")


def _texts(sets: Sequence[TextSet]) -> Iterator[_Text]:
    identifier = EmbeddedIdentifier()
    for one in _fitted_on(sets, RANK_WEIGHTS):
        weight = RANK_WEIGHTS[source_of(one)] * (1 + one.name.endswith("/pages"))
        texts = [text for _, text in one.texts]
        labels = [label for label, _ in one.texts]
        for masked, own_weight in (((), weight), (labels, weight * MASKED_WEIGHT)):
            found = identifier.evidence(texts, masked)
            for place, (label, steps) in enumerate(zip(labels, found, strict=True)):
                if steps is not None and steps.candidates is not None:
                    yield _Text(
                        comparable(label),
                        list(map(comparable, steps.candidates.names)),
                        steps.candidates,
                        own_weight,
                        place % _N_FOLDS,
                        bool(masked),
                    )


def _fitted_on(sets: Sequence[TextSet], sources: dict[str, float]) -> Iterator[TextSet]:
    for one in sets:
        if source_of(one) in sources and not one.name.endswith(SNIPPETS):
            yield one


def _rank(texts: Sequence[_Text]) -> Forest:
    """Trees that put candidates of the right language before others."""
    useful = [x for x in texts if len(set(x.names)) > 1 and x.gold in x.names]
    if not useful:
        return forest_of([{"leaf_value": 0.0}])
    rows = np.concatenate([x.candidates.rows for x in useful])
    right = np.array([name == x.gold for x in useful for name in x.names], np.int64)
    weights = np.array([x.weight for x in useful for _ in x.names])
    data = lightgbm.Dataset(rows, right, weight=weights, group=[len(x.names) for x in useful])
    return _forest(lightgbm.train(_RANK, data, _N_TREES["rank"]))


def _folds(texts: Sequence[_Text]) -> Iterator[tuple[list[_Text], Forest]]:
    """Texts that are not masked, and trees that have not seen them."""
    for fold in range(_N_FOLDS):
        own = [x for x in texts if x.fold == fold and not x.is_masked and x.names]
        yield own, _rank([x for x in texts if x.fold != fold])


@dataclass(frozen=True, slots=True)
class _Lead:
    """The first candidate of a text."""

    row: npt.NDArray[np.float32]
    is_right: bool
    weight: float
    fold: int

    @classmethod
    def of(cls, text: _Text, forest: Forest) -> _Lead:
        scores = forest.predict(text.candidates.rows)
        best = int(np.argmax(scores))
        row = with_lead(text.candidates, scores)
        return cls(row, text.names[best] == text.gold, text.weight, text.fold)


def _sure(lead: Sequence[_Lead]) -> Forest:
    """Trees that say how probable it is that the first candidate is right."""
    if not lead:
        return forest_of([{"leaf_value": 0.0}])
    rows = np.array([x.row for x in lead])
    right = np.array([x.is_right for x in lead], np.int64)
    data = lightgbm.Dataset(rows, right, weight=np.array([x.weight for x in lead]))
    return _forest(lightgbm.train(_SURE, data, _N_TREES["sure"]))


def _odds_of_others(lead: Sequence[_Lead]) -> Floats:
    """Log odds of each, by trees that have not seen it."""
    odds = np.zeros(len(lead))
    for fold in range(_N_FOLDS):
        own = [i for i, x in enumerate(lead) if x.fold == fold]
        if own:
            trees = _sure([x for x in lead if x.fold != fold])
            odds[own] = trees.predict(np.array([lead[i].row for i in own]))
    return odds


def _forest(booster: lightgbm.Booster) -> Forest:
    trees: list[dict[str, Any]] = [t["tree_structure"] for t in booster.dump_model()["tree_info"]]
    return forest_of(trees)


def _rows_of_two_voices(sets: Sequence[TextSet]) -> dict[Kind, list[tuple[float, bool, float]]]:
    """Strength, whether it is right, and weight of each answer without the table."""
    rows: dict[Kind, list[tuple[float, bool, float]]] = defaultdict(list)
    n_texts: dict[str, int] = defaultdict(int)
    for one in _fitted_on(sets, FIT_WEIGHTS):
        n_texts[source_of(one)] += len(one.texts)
    identifier = EmbeddedIdentifier()
    for one in _fitted_on(sets, FIT_WEIGHTS):
        weight = FIT_WEIGHTS[source_of(one)] * 5_000 / n_texts[source_of(one)]
        found = identifier.evidence([text for _, text in one.texts])
        for labelled, steps in zip(one.texts, found, strict=True):
            _add_row(rows, labelled, steps, weight)
    return rows


def _add_row(
    rows: dict[Kind, list[tuple[float, bool, float]]],
    labelled: Labelled,
    steps: Steps | None,
    weight: float,
) -> None:
    if steps is not None and steps.first is not None:
        is_right = comparable(steps.first.label) == comparable(labelled.label)
        rows[steps.first.kind].append((steps.first.strength, is_right, weight))
