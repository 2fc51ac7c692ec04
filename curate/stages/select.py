"""Select: give each document one verdict from its metrics. Removes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate import schema
from curate.config.identified import OWN_WORDS, SELECTED, URL_NAMES
from curate.config.language import THRESHOLD_METRICS, LanguageConfig
from curate.config.measured import column_of, in_order, is_score
from curate.metrics.bounds import KEPT, mark_outside
from curate.stages.annotate import metric_columns
from curate.stages.coded import coded
from curate.stages.stage import Stage, append

_READ = tuple(c for c in schema.LANGUAGE.columns if c.name in ("label", *SELECTED))

Screens = Mapping[str, Sequence[str]]
_NO_SCREENS: Screens = MappingProxyType({})

VERDICT_SCHEMA: Final = pa.schema([("drop_reason", pa.dictionary(pa.int8(), pa.string()))])
"""The verdict sidecar as it is made: reasons as numbers of a few names."""


class Configs(Protocol):
    """Where the config of a label comes from."""

    @property
    def scores(self) -> tuple[str, ...]:
        """Metrics that any of them has a threshold of and only some jobs measure, in order."""

    def for_label(self, label: str) -> LanguageConfig:
        """The label's own config, or the one it inherits."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """The thresholds of one metric by the number of a label."""

    ruled: npt.NDArray[np.bool_]
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]


class Selector:
    """Finds the first screen that hits or the first broken threshold of each document.

    Thresholds are checked in the order of the metrics; a document that breaks none is kept. A null
    or NaN metric breaks its threshold: a document that could not be measured was not checked, so it
    must not pass. Words of the language are not asked for where the address names it (FineWeb2,
    arXiv 2506.20920, A.7.3).

    Args:
        configs: the thresholds of each label.
        screens: columns, and the values of each that drop a document; none for every value but
            null and the empty list.
        scores: named scores that reasons have numbers for; by default those of the configs.

    Attributes:
        reasons: every reason there may be, in the order in which they are looked at.
    """

    def __init__(
        self,
        configs: Configs,
        screens: Screens = _NO_SCREENS,
        scores: Sequence[str] | None = None,
    ) -> None:
        self._configs = configs
        self._screens = screens
        self._labels: dict[str, int] = {}
        self._rules: dict[str, _Rule] = {}
        named = filter(is_score, configs.scores if scores is None else scores)
        self.reasons: tuple[str, ...] = (*screens, *THRESHOLD_METRICS, *named)

    def metrics(self, labels: Iterable[str]) -> tuple[str, ...]:
        """The columns that thresholds of these labels are about, in order."""
        named = {t.metric for label in labels for t in self._configs.for_label(label).thresholds}
        return in_order(named)

    def first_broken(self, batch: pa.Table) -> npt.NDArray[np.int8]:
        """int8[n]: the number in ``reasons`` of each document's reason; -1 if it is kept.

        Args:
            batch: ``label``, the columns that its thresholds are about, and those of the screens;
                with a threshold of ``own_word_fraction``, ``url_names_language`` too.
        """
        reasons = np.full(batch.num_rows, KEPT, np.int8)
        for number, screen in enumerate(self._screens):
            hit = is_hit(batch[screen], self._screens[screen])
            reasons[hit & (reasons == KEPT)] = number
        labels = self._codes(batch["label"])
        for number, metric in enumerate(self.reasons[len(self._screens) :], len(self._screens)):
            rule = self._rules.get(metric)
            if rule is not None:
                mark_outside(
                    reasons,
                    number,
                    batch[metric],
                    labels,
                    ruled=rule.ruled,
                    low=rule.low,
                    high=rule.high,
                    spared=_named(batch) if metric == OWN_WORDS else None,
                )
        return reasons

    def drop_reasons(self, batch: pa.Table) -> pa.DictionaryArray:
        """The reasons of :meth:`first_broken` as names; null if a document is kept."""
        broken = self.first_broken(batch)
        numbers = pa.array(broken, mask=broken == KEPT)
        return pa.DictionaryArray.from_arrays(numbers, pa.array(self.reasons, pa.string()))

    def _codes(self, labels: pa.ChunkedArray) -> npt.NDArray[np.uint32]:
        """uint32[n]: a number for each label, the same in every batch."""
        codes, names = coded(labels)
        # a dictionary may name labels that no document here has
        occurs = np.bincount(codes, minlength=len(names)) > 0
        numbers = [
            self._labels.setdefault(name, len(self._labels)) if here else 0
            for name, here in zip(names, occurs, strict=True)
        ]
        if len(self._labels) > self._n_ruled:
            self._rules = self._make_rules()
        return np.array(numbers, np.uint32)[codes]

    @property
    def _n_ruled(self) -> int:
        return next((rule.ruled.size for rule in self._rules.values()), 0)

    def _make_rules(self) -> dict[str, _Rule]:
        configs = [self._configs.for_label(label) for label in self._labels]
        rules = {}
        for metric in self.metrics(self._labels):
            thresholds = [config.threshold(metric) for config in configs]
            low = [-np.inf if t is None or t.min is None else t.min for t in thresholds]
            high = [np.inf if t is None or t.max is None else t.max for t in thresholds]
            ruled = np.array([t is not None for t in thresholds])
            rules[metric] = _Rule(ruled, np.array(low, np.float64), np.array(high, np.float64))
        return rules


def _named(batch: pa.Table) -> npt.NDArray[np.bool_]:
    named: npt.NDArray[np.bool_] = pc.fill_null(batch[URL_NAMES], False).to_numpy()
    return named


def mark_drop_reason(
    batch: pa.Table, *, configs: Configs, screens: Screens = _NO_SCREENS
) -> pa.Table:
    """Add ``drop_reason``: the first screen that hits, or the metric of the first broken threshold.

    Null if there is neither; see :class:`Selector`.
    """
    reasons = Selector(configs, screens).drop_reasons(batch)
    return append(batch, {"drop_reason": reasons.cast(pa.string())})


def is_hit(column: pa.ChunkedArray, values: Sequence[str] = ()) -> npt.NDArray[np.bool_]:
    """bool[n]: where a column of texts is not null, or one of lists not empty.

    With ``values``: where a list has one of them; where a text is none of them, null among these.
    """
    is_list = pa.types.is_list(column.type)
    if values and not is_list:
        missing: npt.NDArray[np.bool_] = pc.invert(
            pc.is_in(column, pa.array(sorted(values), column.type))
        ).to_numpy()
        return missing
    if values:
        values_that_hit = frozenset(values)
        rows = column.to_pylist()
        return np.array([not values_that_hit.isdisjoint(row or ()) for row in rows], np.bool_)
    hits = pc.greater(pc.list_value_length(column), 0) if is_list else pc.is_valid(column)
    hit: npt.NDArray[np.bool_] = pc.fill_null(hits, False).to_numpy()
    return hit


def select_stage(configs: Configs, screens: Screens = _NO_SCREENS) -> Stage:
    """The stage, bound to the language configs and the screens that drop."""
    tables = (schema.DOCUMENTS, schema.SCREEN, schema.CONTAMINATION, schema.RIGHTS)
    known = {column.name: column for table in tables for column in table.columns}
    return Stage(
        "select",
        partial(mark_drop_reason, configs=configs, screens=screens),
        reads=(
            *_READ,
            *metric_columns(),
            *map(column_of, configs.scores),
            *(known[screen] for screen in screens),
        ),
        writes=schema.VERDICT.columns,
    )
