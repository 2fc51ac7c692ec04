"""From counts by (label, cluster size) to the distribution that repetition weights rest on."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from curate.dedup.weights import SizeDistribution, distribution_from_counts


def distributions(sizes: pa.Table, *, members: bool) -> dict[str, SizeDistribution]:
    """label -> distribution.

    Args:
        sizes: columns of ``rebalance_task.SIZES``, one row per label and cluster size, sorted.
        members: rates over all members of the clusters of a size; else over one representative
            a cluster, as FineWeb2 published them.
    """
    found: dict[str, SizeDistribution] = {}
    labels = np.asarray(sizes["label"].to_pylist(), dtype=object)
    for label in sorted(set(labels.tolist())):
        rows = sizes.filter(pa.array(labels == label))
        size, n_members, n_dropped, n_clusters, n_kept = (
            rows[name].to_numpy() for name in sizes.column_names[1:]
        )
        found[label] = distribution_from_counts(
            sizes=size,
            n_judged=n_members if members else n_clusters,
            n_dropped=n_dropped if members else n_clusters - n_kept,
            n_clusters=n_clusters,
            n_kept=n_kept,
        )
    return found
