"""What the embedded identifier has fitted: the curves of its confidence and the rule of its table.

Both on the sets that are for it; the other sets are what docs/language-identification.md reports.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from curate.lid.confidence import Kind, fit_curve, to_json
from curate.lid.embedded import SURE, EmbeddedIdentifier, Steps
from curate.lid.fusion import Evidence
from curate.lid.third import FEATURES
from tests.benchmarks.lid_sets import SNIPPETS, TextSet, comparable

Floats = npt.NDArray[np.float64]

FIT_WEIGHTS = {"udhr-tuned": 1.0, "guides": 2.0, "docs": 2.0}
"""Sources that the curves are fitted on, and how much each counts: most pages are in a language
that is known, and a seventh of the labels of the declarations are not."""

RULE_WEIGHTS = {"udhr-tuned": 1.0, "sib-tuned": 1.0, "guides": 2.0, "docs": 2.0}
"""Sources that the rule is fitted on, and how much a text of each counts; a page twice."""

_SAID = "tests/benchmarks/lid.py"
_RIDGE = 1.0
_STEPS = 50


def source_of(one: TextSet) -> str:
    """``udhr`` of ``udhr/sentences``."""
    return one.name.partition("/")[0]


def fitted_curves(sets: Sequence[TextSet]) -> str:
    """The file of the curves: the first two voices by every text, the third where it is asked."""
    by_kind: dict[Kind, list[tuple[float, bool, float]]] = defaultdict(list)
    n_texts: dict[str, int] = defaultdict(int)
    weights = {**FIT_WEIGHTS, "sib-tuned": 1.0}
    for one in sets:
        if not one.name.endswith(SNIPPETS):
            n_texts[source_of(one)] += len(one.texts)
    for one, label, steps in _steps(sets, weights):
        source = source_of(one)
        weight = weights[source] * 5_000 / n_texts[source]
        said = [steps.first] if source in FIT_WEIGHTS else []
        if steps.confidence < SURE and steps.final is not steps.first:
            said.append(steps.final)
        for evidence in said:
            if evidence is not None:
                is_right = comparable(evidence.label) == comparable(label)
                by_kind[evidence.kind].append((evidence.strength, is_right, weight))
    curves = {kind: fit_curve(*zip(*rows, strict=True)) for kind, rows in by_kind.items()}
    said_of = ", ".join(f"{source} (weight {weight:g})" for source, weight in weights.items())
    return to_json(curves, f"{_SAID} --fit, on: {said_of}")


def fitted_rule(sets: Sequence[TextSet]) -> str:
    """The file of the rules: a logistic regression for the choice, on texts of which one of the two
    is right, and one for each outcome of it, on all texts that come to it.
    """
    found = [
        _Asked(*steps.third, steps.first, comparable(label), _rule_weight(one))
        for one, label, steps in _steps(sets, RULE_WEIGHTS)
        if steps.third is not None
    ]
    rows: dict[str, list[_Asked]] = defaultdict(list)
    rows["choice"] = [x for x in found if (x.best == x.gold) != (x.other == x.gold)]
    right = {"choice": [x.best == x.gold for x in rows["choice"]]}
    choice = _logistic(rows["choice"], right["choice"])
    for x in found:
        is_heard = not x.other or float(choice @ np.array(x.measured)) > 0
        outcome = "table" if is_heard else "doubted"
        rows["agreed" if x.best == x.other else outcome].append(x)
    for name in ("agreed", "doubted", "table"):
        right[name] = [(x.best if name == "table" else x.other) == x.gold for x in rows[name]]
    listed = {
        name: {
            feature: round(weight, 4)
            for feature, weight in zip(
                FEATURES, _logistic(rows[name], right[name]).tolist(), strict=True
            )
        }
        for name in right
    }
    said = ", ".join(f"{source} (weight {weight:g})" for source, weight in RULE_WEIGHTS.items())
    source = f"{_SAID} --rule, on {len(found)} texts of: {said}"
    return json.dumps({"source": source, "rules": listed}, indent=1) + "\n"


class _Asked:
    """The two answers for a text, as languages that can be compared, and what is right."""

    def __init__(
        self, best: str, measured: list[float], first: Evidence | None, gold: str, weight: float
    ) -> None:
        self.best = comparable(best)
        self.measured = measured
        self.other = "" if first is None else comparable(first.label)
        self.gold = gold
        self.weight = weight


def _rule_weight(one: TextSet) -> float:
    return RULE_WEIGHTS[source_of(one)] * (1 + one.name.endswith("/pages"))


def _steps(
    sets: Sequence[TextSet], sources: dict[str, float]
) -> Iterator[tuple[TextSet, str, Steps]]:
    identifier = EmbeddedIdentifier()
    for one in sets:
        if source_of(one) in sources and not one.name.endswith(SNIPPETS):
            found = identifier.evidence([text for _, text in one.texts])
            for (label, _), steps in zip(one.texts, found, strict=True):
                if steps is not None:
                    yield one, label, steps


def _logistic(rows: Sequence[_Asked], is_right: Sequence[bool]) -> Floats:
    """Newton's method, with a ridge."""
    x = np.array([row.measured for row in rows]).reshape(-1, len(FEATURES))
    y, w = np.array(is_right, float), np.array([row.weight for row in rows])
    found = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-x @ found))
        gradient = x.T @ (w * (y - p)) - _RIDGE * found
        curvature = (x * (w * p * (1 - p))[:, None]).T @ x + _RIDGE * np.eye(len(found))
        found = found + np.linalg.solve(curvature, gradient)
    return found
