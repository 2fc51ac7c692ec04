"""Select: give each document one verdict from its metrics. Removes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate import schema
from curate.config.identified import OWN_WORDS, SELECTED, URL_NAMES
from curate.config.language import LanguageConfig, Threshold
from curate.stages.annotate import metric_columns
from curate.stages.base import Stage, append

_READ = tuple(c for c in schema.LANGUAGE.columns if c.name in ("label", *SELECTED))

Screens = Mapping[str, Sequence[str]]
_NO_SCREENS: Screens = MappingProxyType({})


class Configs(Protocol):
    """Where the config of a label comes from."""

    def for_label(self, label: str) -> LanguageConfig:
        """The label's own config, or the one it inherits."""


def mark_drop_reason(
    batch: pa.Table, *, configs: Configs, screens: Screens = _NO_SCREENS
) -> pa.Table:
    """Add ``drop_reason``: the first screen that hits, or the metric of the first broken threshold.

    Null if there is neither. ``screens`` maps columns to the values that drop a document, none for
    every value but null and the empty list.

    A null or NaN metric breaks its threshold: a document that could not be measured was not
    checked, so it must not pass. Words of the language are not asked for where the address names
    it (FineWeb2, arXiv 2506.20920, A.7.3).
    """
    labels = pc.dictionary_encode(batch["label"].combine_chunks())
    codes = labels.indices.to_numpy(zero_copy_only=False)
    reasons = np.full(batch.num_rows, None, dtype=object)
    values: dict[str, npt.NDArray[np.float64]] = {}
    for code, label in enumerate(labels.dictionary.to_pylist()):
        rows = np.flatnonzero(codes == code)
        for threshold in configs.for_label(label).thresholds:
            if threshold.metric not in values:
                values[threshold.metric] = as_floats(batch[threshold.metric])
            broken = rows[breaks(values[threshold.metric][rows], threshold)]
            if threshold.metric == OWN_WORDS:
                named = pc.fill_null(batch[URL_NAMES], False).to_numpy()
                broken = broken[~named[broken]]
            reasons[broken] = threshold.metric
            rows = np.setdiff1d(rows, broken, assume_unique=True)
    for screen in reversed(list(screens)):
        reasons[is_hit(batch[screen], screens[screen])] = screen
    return append(batch, {"drop_reason": pa.array(reasons, pa.string())})


def is_hit(column: pa.ChunkedArray, values: Sequence[str] = ()) -> npt.NDArray[np.bool_]:
    """bool[n]: where a column of texts is not null, or one of lists not empty.

    With ``values``: where a list has one of them.
    """
    is_list = pa.types.is_list(column.type)
    if values:
        wanted = frozenset(values)
        rows = column.to_pylist()
        return np.array([not wanted.isdisjoint(row or ()) for row in rows], np.bool_)
    hits = pc.greater(pc.list_value_length(column), 0) if is_list else pc.is_valid(column)
    found: npt.NDArray[np.bool_] = pc.fill_null(hits, False).to_numpy()
    return found


def breaks(values: npt.NDArray[np.float64], threshold: Threshold) -> npt.NDArray[np.bool_]:
    """bool[n]: which values lie outside the threshold, bounds included; NaN always does."""
    low = -np.inf if threshold.min is None else threshold.min
    high = np.inf if threshold.max is None else threshold.max
    inside: npt.NDArray[np.bool_] = (values >= low) & (values <= high)
    return ~inside


def as_floats(column: pa.ChunkedArray) -> npt.NDArray[np.float64]:
    """float64[n] with NaN for null."""
    filled = pc.fill_null(pc.cast(column, pa.float64()), float("nan"))
    found: npt.NDArray[np.float64] = filled.to_numpy()
    return found


def select_stage(configs: Configs, screens: Screens = _NO_SCREENS) -> Stage:
    """The stage, bound to the language configs and the screens that drop."""
    tables = (schema.DOCUMENTS, schema.SCREEN)
    known = {column.name: column for table in tables for column in table.columns}
    return Stage(
        "select",
        partial(mark_drop_reason, configs=configs, screens=screens),
        reads=(
            *_READ,
            *metric_columns(),
            *(known[screen] for screen in screens),
        ),
        writes=schema.VERDICT.columns,
    )
