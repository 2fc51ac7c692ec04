"""How far thresholds move when the documents are drawn again, by number of documents.

For each label the documents are drawn with replacement, n of them, many times, and every bound is
computed each time with the English reference as it is. The *spread* of a bound is the standard
deviation over the draws. The *shrinkage constant* of a bound is the number of documents at which
the variance over draws equals the variance between labels: there a label's own statistics and its
parent's bound say equally much (an empirical Bayes estimate, Efron and Morris 1973).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from curate.config.language import LanguageConfigs
from curate.config.sections import Method
from curate.tune.guards import clamped, shrunk, weight
from curate.tune.methods import ENGLISH, ENGLISH_LABEL, WINNERS, English, Family, bound_by
from curate.tune.sketch import Sketch

SIZES = (50, 100, 200, 500, 1000)
F64 = npt.NDArray[np.float64]
Values = Mapping[str, F64]


class Spread(NamedTuple):
    """One bound at one size.

    Attributes:
        metric: the metric.
        side: ``min`` or ``max``.
        n: documents drawn; 0 for as many as there are.
        bound: of all documents, median over labels.
        plain: spread of the bound, median over labels.
        shrunk: the same after shrinkage.
        between: standard deviation of the bound of all documents over labels.
        constant: median over labels of n x variance over draws / variance between labels.
        n_labels: labels it rests on.
    """

    metric: str
    side: str
    n: int
    bound: float
    plain: float
    shrunk: float
    between: float
    constant: float
    n_labels: int


def stability(
    measured: Mapping[str, Path],
    parents: LanguageConfigs,
    *,
    methods: Mapping[Family, Method] = WINNERS,
    sizes: Sequence[int] = SIZES,
    draws: int,
    shrinkage: float,
    least: int,
    seed: int,
) -> Iterator[Spread]:
    """The spread of every bound at every size.

    Args:
        measured: label -> metric table; English is one of them.
        parents: where the bounds that shrinkage draws toward come from.
        methods: by family of metrics.
        sizes: documents to draw; as many as there are is added.
        draws: resamples for each label and size.
        shrinkage: the constant of ``curate tune``.
        least: documents a label needs to take part.
        seed: of the draws.
    """
    tables = {label: _columns(path) for label, path in measured.items()}
    enough = {x: t for x, t in tables.items() if _n(t) >= least}
    english = {m: Sketch.of(values) for m, values in tables[ENGLISH_LABEL].items()}
    for rule in ENGLISH:
        method = methods[rule.family]
        own = {x: _bound(rule, method, t[rule.metric], english) for x, t in enough.items()}
        own = {label: bound for label, bound in own.items() if bound is not None}
        if len(own) < 3:
            continue
        between = float(np.std(list(own.values())))
        for n in (*sizes, 0):
            found = []
            for label in own:
                values = enough[label][rule.metric]
                parent = _parent(parents, label, rule)
                random = np.random.default_rng([seed, n, *label.encode()])
                found.append(
                    _drawn(rule, method, values, english, n, draws, random, parent, shrinkage)
                )
            n_used = n or float(np.median([len(enough[x][rule.metric]) for x in own]))
            plain = float(np.nanmedian([a for a, _ in found]))
            yield Spread(
                rule.metric,
                rule.side,
                n,
                float(np.median(list(own.values()))),
                plain,
                float(np.nanmedian([b for _, b in found])),
                between,
                n_used * plain**2 / between**2 if between else 0.0,
                len(own),
            )


def _drawn(
    rule: English,
    method: Method,
    values: F64,
    english: Mapping[str, Sketch],
    n: int,
    draws: int,
    random: np.random.Generator,
    parent: float | None,
    shrinkage: float,
) -> tuple[float, float]:
    """Spread of the bound over draws, as it is and after shrinkage."""
    size = n or len(values)
    share = weight(size, shrinkage)
    plain, drawn_in = [], []
    for _ in range(draws):
        bound = _bound(rule, method, random.choice(values, size), english)
        after = shrunk(bound, parent, share, metric=rule.metric, side=rule.side)
        if bound is not None:
            plain.append(bound)
        if after is not None:
            drawn_in.append(after)
    return _std(plain), _std(drawn_in)


def _std(values: Sequence[float]) -> float:
    return float(np.std(values)) if len(values) > 1 else float("nan")


def _bound(
    rule: English, method: Method, values: F64, english: Mapping[str, Sketch]
) -> float | None:
    found = bound_by(method, rule, Sketch.of(values), english[rule.metric])
    return clamped(found, rule.metric, rule.side)


def _parent(parents: LanguageConfigs, label: str, rule: English) -> float | None:
    found = parents.for_label(label).threshold(rule.metric)
    bound: float | None = None if found is None else getattr(found, rule.side)
    return bound


def _columns(path: Path) -> dict[str, F64]:
    table = pq.read_table(path, columns=sorted({rule.metric for rule in ENGLISH}))
    columns = {}
    for name in table.column_names:
        values = table[name].combine_chunks().to_numpy(zero_copy_only=False).astype(np.float64)
        columns[name] = values[~np.isnan(values)]
    return columns


def _n(columns: Values) -> int:
    return max(len(values) for values in columns.values())
