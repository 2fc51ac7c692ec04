"""Repetition weights by cluster size that no lucky document decides: the default.

FineWeb2's weights (:mod:`curate.dedup.weights`) take the removal rate of every cluster size as it
is found, so a size with one document, which was kept, has a rate of 0, sets the lowest rate, and is
repeated ten times. Here a rate counts by what supports it:

1. Neighbouring sizes are pooled, from the smallest on, until a bin holds ``min_support`` clusters;
   what is left at the end belongs to the last bin.
2. The *benefit* of bin b is what its removal rate is surely below the overall rate g:
   ``max(0, g - r_b - z * sqrt(g * (1 - g) / n_b))``, n_b being its clusters, with z = 2: two
   standard errors of a bin whose documents were drawn like all others.
3. It is repeated ``1 + (R - 1) * benefit_b / max(largest benefit, 0.05)`` times: the best bin R
   times, but only if it is better by five percentage points.
4. From five bins on, the values are smoothed over five neighbours and rounded as FineWeb2 does.

With many documents in every bin the formula is FineWeb2's. One document changes a rate by
``1 / min_support`` at most, and so the weight of no bin by more than one.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from curate.dedup.weights import smoothed

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]

FULL_BENEFIT: Final = 0.05
"""Benefit, as a fraction, that is worth all repetitions; less is worth proportionally fewer."""

_FEWEST_SMOOTHED: Final = 5


def supported_weights(
    *,
    sizes: I64,
    n_judged: I64,
    n_dropped: I64,
    n_clusters: I64,
    max_repetitions: int,
    min_support: int,
    standard_errors: float = 2.0,
) -> dict[int, int]:
    """{smallest cluster size: repetitions}; a size takes the entry at or below it.

    Args:
        sizes: int64[n], rising cluster sizes of one label.
        n_judged: int64[n], members of the clusters of that size.
        n_dropped: int64[n], those of them that selection removes.
        n_clusters: int64[n], clusters of that size.
        max_repetitions: R, at least 1.
        min_support: clusters of a bin, at least 1.
        standard_errors: z, at least 0.

    Returns:
        Entries by rising size, each with another weight than the one before; ``{1: 1}`` if there
        is no cluster. Raises on nothing.
    """
    if not n_clusters.sum():
        return {1: 1}
    first = pooled(n_clusters, min_support)
    removed = n_clusters * (n_dropped / np.maximum(n_judged, 1))
    n_bin: F64 = np.add.reduceat(n_clusters, first).astype(np.float64)
    rates = np.add.reduceat(removed, first) / n_bin
    overall = float(removed.sum() / n_bin.sum())
    error = standard_errors * np.sqrt(overall * (1 - overall) / n_bin)
    repetitions = _repetitions(overall - rates - error, max_repetitions)
    if len(repetitions) >= _FEWEST_SMOOTHED:
        repetitions = smoothed(repetitions)
    weights: dict[int, int] = {}
    last = None
    for size, weight in zip(sizes[first].tolist(), np.round(repetitions).tolist(), strict=True):
        if weight != last:
            weights[size] = last = int(weight)
    return weights


def pooled(n_clusters: I64, min_support: int) -> I64:
    """int64[m]: where each bin begins, of sizes that are pooled to ``min_support`` clusters."""
    starts, held = [0], 0
    for place, n in enumerate(n_clusters.tolist()):
        if held >= min_support:
            starts.append(place)
            held = 0
        held += n
    if held < min_support and len(starts) > 1:
        starts.pop()
    return np.array(starts, np.int64)


def _repetitions(better: F64, max_repetitions: int) -> F64:
    benefit = np.maximum(0.0, better)
    repetitions: F64 = 1 + (max_repetitions - 1) * benefit / max(float(benefit.max()), FULL_BENEFIT)
    return repetitions
