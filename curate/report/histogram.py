"""Histogram bins of a metric, fixed in advance so that shards and runs can be added up."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from curate.config.language import range_of

N_BINS = 50
UNMEASURED = -1


def edges(metric: str) -> npt.NDArray[np.float64]:
    """float64[N_BINS + 1]: bin edges. Linear over 0-1 for fractions, else logarithmic from 0.

    The last bin also takes what lies above it.
    """
    highest = range_of(metric).highest
    if highest is not None and highest <= 1.0:
        return np.linspace(0.0, 1.0, N_BINS + 1)
    if metric.endswith("_fraction"):  # can pass 1 in degenerate text only
        return np.linspace(0.0, 1.0, N_BINS + 1)
    if metric.endswith("_per_word"):
        return np.linspace(0.0, 1.0, N_BINS + 1)
    if metric.startswith("mean_"):
        return np.linspace(0.0, 25.0, N_BINS + 1)
    if metric == "n_stopwords":
        return np.arange(N_BINS + 1, dtype=np.float64)
    return np.concatenate([[0.0], np.logspace(0.0, 6.0, N_BINS)])


def bin_index(metric: str, values: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
    """int32[n]: the bin of each value, or :data:`UNMEASURED` for NaN."""
    limits = edges(metric)
    found = np.searchsorted(limits, values, side="right") - 1
    found = np.clip(found, 0, N_BINS - 1)
    return np.where(np.isnan(values), UNMEASURED, found).astype(np.int32)
