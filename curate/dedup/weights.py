"""Repetition weights by cluster size ("rehydration"), as FineWeb2 published them.

Pages that were found many times are better than pages found once, up to a point: the share that
selection removes falls with the size of the near-duplicate cluster and rises again for the
largest. A document is repeated the more, the further the removal rate of its cluster size lies
below the language's overall rate (FineWeb2, arXiv 2506.20920, section 4.6).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from curate.errors import ConfigError

TAIL_SHARE = 0.001
"""The largest clusters that together hold this share of deduplicated documents are one bin (the
share in FineWeb2's published distributions is 0.1001 to 0.1003 %)."""

_BOX = 5

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]


@dataclass(frozen=True)
class SizeDistribution:
    """Removal by cluster size in one label; the fields of FineWeb2's published files.

    Attributes:
        cluster_sizes: ascending, without the tail.
        removal_rates: percent of the documents of that size that selection removes.
        post_filtering_doc_counts: documents of that size that are kept.
        tail_threshold: smallest size in the tail bin; None if there is no tail.
        tail_removal_rate: percent.
        tail_post_filtering_doc_counts: documents.
        global_removal_rate: percent, over all sizes.
    """

    cluster_sizes: tuple[int, ...]
    removal_rates: tuple[float, ...]
    post_filtering_doc_counts: tuple[int, ...]
    global_removal_rate: float
    tail_threshold: int | None = None
    tail_removal_rate: float = 100.0
    tail_post_filtering_doc_counts: int = 0

    def with_tail(self) -> tuple[list[int], list[float], list[int]]:
        """Sizes, removal rates in percent and kept documents, with the tail bin as one more."""
        sizes, rates = list(self.cluster_sizes), list(self.removal_rates)
        counts = list(self.post_filtering_doc_counts)
        if self.tail_threshold is not None:
            sizes.append(self.tail_threshold)
            rates.append(self.tail_removal_rate)
            counts.append(self.tail_post_filtering_doc_counts)
        return sizes, rates, counts


def repetition_weights(distribution: SizeDistribution, max_repetitions: int) -> dict[int, int]:
    """{smallest cluster size: repetitions}; a size takes the entry at or below it.

    A size whose removal rate is at least the overall rate is not repeated; the size with the
    lowest rate is repeated ``max_repetitions`` times and others in proportion. The values are
    smoothed over five neighbouring sizes, but for the first two and the last two, and rounded
    half to even. The tail counts as one more size.

    Args:
        distribution: removal by cluster size in one label.
        max_repetitions: at least 1; FineWeb2 publishes weights for 3 to 10.

    Returns:
        Entries by rising size, each with another weight than the one before; ``{1: 1}`` if the
        distribution is empty.

    Raises:
        ConfigError: ``max_repetitions`` is below 1.
        ValueError: the columns of the distribution differ in length.
    """
    if max_repetitions < 1:
        raise ConfigError(
            "max_repetitions",
            wanted="a whole number of repetitions, at least 1",
            found=repr(max_repetitions),
            todo="set max_repetitions to 1 for no repetition; 10 is usual",
        )
    sizes, rates, counts = distribution.with_tail()
    if not len(sizes) == len(rates) == len(counts):
        raise ValueError(f"{len(sizes)} sizes, {len(rates)} rates, {len(counts)} counts")
    if not sizes:
        return {1: 1}
    raw = _unsmoothed(
        np.array(rates, np.float64), distribution.global_removal_rate, max_repetitions
    )
    rounded = np.round(smoothed(raw)).astype(int).tolist()
    weights: dict[int, int] = {}
    last = None
    for size, weight in zip(sizes, rounded, strict=True):
        if weight != last:
            weights[size] = weight
            last = weight
    return weights


def _unsmoothed(rates: F64, overall: float, max_repetitions: int) -> F64:
    """1 at the overall rate and above, ``max_repetitions`` at the lowest, linear between."""
    repetitions = np.ones(rates.size)
    is_better = rates < overall
    if is_better.any():  # so the lowest rate is below the overall rate, and no division by zero
        share = (rates[is_better] - overall) / (rates.min() - overall)
        repetitions[is_better] = 1 + (max_repetitions - 1) * share
    return repetitions


def smoothed(values: F64) -> F64:
    """Mean over five neighbours; two values at each end stay as they are.

    Of fewer than five values the published weights hold what numpy makes of a kernel longer than
    its input: five values, of which the ends are overwritten and the surplus is cut off. Third of
    three or of four is then a fifth of the sum, and fourth of four the third value. It is kept,
    so that every published weight is met.
    """
    smooth = np.convolve(values, np.ones(_BOX) / _BOX, mode="same")
    edge = _BOX // 2
    smooth[:edge] = values[:edge]
    smooth[-edge:] = values[-edge:]
    return smooth[: values.size]


def weight_of(size: int, weights: Mapping[int, int]) -> int:
    """Repetitions of a document whose cluster has ``size`` members; 1 below the first entry."""
    starts = sorted(weights)
    n_steps = bisect_right(starts, size)
    return weights[starts[n_steps - 1]] if n_steps else 1


def resulting_documents(distribution: SizeDistribution, weights: Mapping[int, int]) -> int:
    """Documents after repetition: those kept of each size, times its weight."""
    sizes, _, counts = distribution.with_tail()
    return sum(n * weight_of(size, weights) for size, n in zip(sizes, counts, strict=True))


def distribution_from_counts(
    *, sizes: I64, n_judged: I64, n_dropped: I64, n_clusters: I64, n_kept: I64
) -> SizeDistribution:
    """The distribution of one label from counts by cluster size.

    A cluster counts once, whatever its size, as in the published distributions: of a size s the
    share ``n_dropped / n_judged`` of its clusters counts as removed. Judged by all members, that is
    the removal to be expected if chance chose the representative; judged by one member a cluster
    it is the published arithmetic itself. (Were g the share of all members, one cluster of a
    million copies would set it.)

    The tail bin takes the largest sizes until they hold :data:`TAIL_SHARE` of the clusters, that
    is of the documents after deduplication; it leaves at least one size outside.

    Args:
        sizes: int64[n], rising cluster sizes.
        n_judged: int64[n], documents whose verdict counts: all members, or one per cluster.
        n_dropped: int64[n], those of them that selection removes.
        n_clusters: int64[n], clusters of that size.
        n_kept: int64[n], clusters of which a document is published.

    Returns:
        The distribution; empty, with a global rate of 0, if there is no cluster.

    Raises:
        ValueError: the sizes do not rise, or more documents are dropped than judged.
    """
    if bool(np.any(np.diff(sizes) <= 0)) or bool(np.any(n_dropped > n_judged)):
        raise ValueError("wanted rising sizes, and no more documents dropped than judged")
    n_removed = n_dropped * n_clusters / np.maximum(n_judged, 1)
    n_larger = np.cumsum(n_clusters[::-1])[::-1] - n_clusters
    in_tail = n_larger < TAIL_SHARE * n_clusters.sum()
    in_tail[:1] = False
    body = ~in_tail
    return SizeDistribution(
        cluster_sizes=tuple(sizes[body].tolist()),
        removal_rates=tuple((100.0 * n_dropped / np.maximum(n_judged, 1))[body].tolist()),
        post_filtering_doc_counts=tuple(n_kept[body].tolist()),
        global_removal_rate=_percent(n_removed, n_clusters),
        tail_threshold=int(sizes[in_tail][0]) if in_tail.any() else None,
        tail_removal_rate=_percent(n_removed[in_tail], n_clusters[in_tail]),
        tail_post_filtering_doc_counts=int(n_kept[in_tail].sum()),
    )


def _percent(n_removed: F64, n_clusters: I64) -> float:
    """Percent of the clusters that is removed; 0 of none."""
    return 100.0 * float(n_removed.sum()) / max(int(n_clusters.sum()), 1)
