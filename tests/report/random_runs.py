"""Random documents of some labels, with thresholds in force and others that are tried."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import strategies as st

from curate import schema
from curate.config.identified import LID, OWN_WORDS, URL_NAMES
from curate.config.language import LanguageConfig, LanguageConfigs
from curate.config.measured import REGISTERED, range_of
from curate.stages.coded import as_floats
from curate.stages.select import Selector

METRICS: Mapping[str, pa.DataType] = {
    LID: pa.float64(),
    OWN_WORDS: pa.float64(),
    "n_words": pa.int32(),
    "mean_word_chars": pa.float64(),
    "dup_line_fraction": pa.float64(),
    "perplexity": pa.float64(),  # any size, and not of every document
    "edu.score": pa.float32(),  # a model of the user's: any number at all
}
MAY_BE_MISSING = ("perplexity", "edu.score")
"""Metrics that the table of a label may lack."""
MAY_BE_NULL = (OWN_WORDS, "mean_word_chars")
"""Metrics that no document of a label may have."""
_ODD = (0.0, 0.1, 0.3, 1.0, 2.0, 1e-9, 50.0, 1e14)
LABELS = ("arb_Arab", "fuv_Adlm", "tha_Thai")
SCREENS: Mapping[str, tuple[str, ...]] = {"url_filter": ()}
PROVENANCE = {"method": "by hand", "reference": "chance"}


@dataclass(frozen=True, slots=True)
class RandomRun:
    """What the report of a run holds.

    Attributes:
        tables: label -> its sample, with ``drop_reason`` as the rules in force decide.
        missing: label -> metrics that the sample has no column of: nobody measured them.
        in_force: the language configs of the run.
        tried: others.
    """

    tables: Mapping[str, pa.Table]
    missing: Mapping[str, frozenset[str]]
    in_force: LanguageConfigs
    tried: LanguageConfigs

    def shown(self, label: str) -> pa.Table:
        """The sample of a label as the page gets it."""
        return self.tables[label].drop_columns(sorted(self.missing[label]))


def drop_reasons(table: pa.Table, configs: LanguageConfigs) -> pa.ChunkedArray:
    """The reason of each document, as the engine decides."""
    return pa.chunked_array([Selector(configs, SCREENS).drop_reasons(table).cast(pa.string())])


def reached(table: pa.Table, configs: LanguageConfigs, label: str) -> np.ndarray[Any, Any]:
    """bool[n]: at or above the LID threshold of the label."""
    found: np.ndarray[Any, Any] = as_floats(table[LID]) >= configs.for_label(label).lid_threshold()
    return found


_CHANCE = st.integers(0, 2**16 - 1)
_SPREAD = 2**16


def _bound(metric: str, chance: int) -> float:
    """A bound that a threshold may have: a quarter of them odd ones, the others anywhere."""
    lowest, highest = range_of(metric)
    most = (1e5 if highest is None else highest) - lowest
    odd = [x for x in _ODD if lowest <= x <= (x if highest is None else highest)]
    found = odd[chance % len(odd)] if chance < _SPREAD // 4 else lowest + most * chance / _SPREAD
    return float(min(round(found), 10**6)) if METRICS[metric] == pa.int32() else found


def _near(bound: float) -> list[float]:
    """A bound and what is next to it, near, and not quite so near."""
    parts = (1 - 1e-2, 1 - 1e-3, 1 - 1e-4, 1 + 1e-4, 1 + 1e-3, 1 + 1e-2)
    beside = [math.nextafter(bound, -math.inf), math.nextafter(bound, math.inf)]
    return [bound, *beside, *(x * bound for x in parts)]


def _pool(metric: str, bounds: list[float]) -> list[float | None]:
    """Values that a metric may have, most of them where a bound is."""
    lowest, highest = range_of(metric)
    near = [x for bound in bounds for x in _near(bound)]
    if METRICS[metric] == pa.int32():
        return [None, *sorted({max(0, round(x) + d) for x in near for d in (-1, 0, 1)})]
    if metric == "edu.score":
        odd = [-0.0, -1e-3, -5.0, 0.5, 1e15, math.inf, -math.inf]
        return [None, math.nan, *near, *odd]
    most = math.inf if highest is None else highest
    far = [lowest, 1e15 if highest is None else highest]
    return [None, math.nan, *(min(max(x, lowest), most) for x in near), *far]


def _values(metric: str, bounds: list[float], chances: list[int]) -> list[float | None]:
    pool = _pool(metric, bounds)
    return [pool[x % len(pool)] if x % 4 else _bound(metric, x) for x in chances]


def _rule(metric: str, bounds: list[float], chances: list[int]) -> dict[str, Any] | None:
    kind, *places = chances
    low, high = sorted(bounds[place % len(bounds)] for place in places)
    lowest, highest = range_of(metric)  # whose ends decide nothing, so that they are refused
    rule: dict[str, Any] = {"metric": metric}
    if kind & 1 and low > lowest:
        rule["min"] = low
    if kind & 2 and metric != LID and (highest is None or high < highest):
        rule["max"] = high
    return rule if len(rule) > 1 else None


def _configs(rules: Mapping[str, list[dict[str, Any]]]) -> LanguageConfigs:
    files = {"_default": [], **rules}
    return LanguageConfigs(
        {
            name: LanguageConfig.model_validate(
                {"label": name, "provenance": PROVENANCE, "thresholds": found}
            )
            for name, found in files.items()
        }
    )


@st.composite
def runs(draw: st.DrawFn) -> RandomRun:
    """A run of up to three labels. Everything is made of whole numbers, which are soon drawn."""

    def some(n: int) -> list[int]:
        return draw(st.lists(_CHANCE, min_size=n, max_size=n))

    labels = LABELS[: draw(st.integers(1, len(LABELS)))]
    bounds = {m: [_bound(m, x) for x in some(3)] for m in METRICS}

    def configs() -> LanguageConfigs:
        drawn = {label: [_rule(m, bounds[m], some(3)) for m in METRICS] for label in labels}
        return _configs({k: [x for x in rules if x is not None] for k, rules in drawn.items()})

    in_force, tried = configs(), configs()
    tables: dict[str, pa.Table] = {}
    missing: dict[str, frozenset[str]] = {}
    for label in labels:
        n = draw(st.integers(1, 12))
        (gone,) = some(1)
        lacks = (x for i, x in enumerate(MAY_BE_MISSING) if gone >> i & 1)
        # the page has no rules of named scores that no label has
        missing[label] = frozenset(x for x in lacks if x in REGISTERED or tables)
        empty = {x for i, x in enumerate(MAY_BE_NULL, len(MAY_BE_MISSING)) if gone >> i & 1}
        columns: dict[str, list[float | None]] = {
            m: [None] * n if m in missing[label] | empty else _values(m, bounds[m], some(n))
            for m in METRICS
        }
        tables[label] = _table(label, columns, some(n), in_force)
    return RandomRun(tables, missing, in_force, tried)


def _table(
    label: str,
    columns: Mapping[str, list[float | None]],
    chances: list[int],
    in_force: LanguageConfigs,
) -> pa.Table:
    """A sample with all columns, decided by the rules in force."""
    n = len(chances)
    listed, stands, extra = ([bool(x >> bit & 1) for x in chances] for bit in range(3))
    named = [(None, False, True, True)[x >> 3 & 3] for x in chances]
    table = pa.table(
        {
            "label": [label] * n,
            "top_labels": pa.array([[]] * n, schema.TOP_LABELS),
            **{m: pa.array(columns[m], kind) for m, kind in METRICS.items()},
            URL_NAMES: pa.array(named, pa.bool_()),
            "url_filter": pa.array(["domain" if x else None for x in listed], pa.string()),
        }
    )
    compared = reached(table, in_force, label)
    more = {
        "cluster_size": pa.array([2] * n, pa.int64(), mask=~compared),
        "drop_reason": drop_reasons(table, in_force),
        "is_representative": pc.and_(pa.array(stands), pa.array(compared)),
        "url": pa.array([None] * n, pa.string()),
        "text": pa.array([None] * n, pa.string()),
        "is_extra": pa.array(extra),
    }
    for name, values in more.items():
        table = table.append_column(name, values)
    return table
