"""From counts by (label, cluster size) to the distribution that repetition weights rest on."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from curate.config.job import JobConfig
from curate.dedup.weights import SizeDistribution, distribution_from_counts, repetition_weights

FINEWEB2 = "fineweb2"


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


def weights_by_label(sizes: pa.Table, job: JobConfig) -> dict[str, dict[int, int]]:
    """label -> {smallest cluster size: repetitions}; labels that are not repeated have none.

    Args:
        sizes: see :func:`distributions`.
        job: its ``rebalance`` settings, and whether it does as FineWeb2 did.
    """
    settings, as_published = job.rebalance, job.compat == FINEWEB2
    if not settings.enabled or settings.max_repetitions == 1:
        return {}
    n_documents = clusters_by_label(sizes)
    enough = 1 if as_published else settings.min_documents
    return {
        label: repetition_weights(distribution, settings.max_repetitions)
        for label, distribution in distributions(sizes, members=not as_published).items()
        if n_documents[label] >= enough
    }


def clusters_by_label(sizes: pa.Table) -> dict[str, int]:
    """label -> documents after deduplication."""
    found: dict[str, int] = {}
    for row in sizes.to_pylist():
        found[row["label"]] = found.get(row["label"], 0) + row["n_clusters"]
    return found
