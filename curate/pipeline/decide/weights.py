"""From counts by (label, cluster size) to what repetition weights rest on."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.config.job import JobConfig
from curate.dedup.support import supported_weights
from curate.dedup.weights import SizeDistribution, distribution_from_counts, repetition_weights

Counts = dict[str, npt.NDArray[Any]]


def distributions(sizes: pa.Table, *, members: bool) -> dict[str, SizeDistribution]:
    """label -> distribution.

    Args:
        sizes: columns of ``curate.pipeline.decide.rebalance.SIZES``, one row per label and cluster
            size, sorted.
        members: rates over all members of the clusters of a size; else over one representative
            a cluster, as FineWeb2 published them.
    """
    by_label: dict[str, SizeDistribution] = {}
    for label, (size, n_members, n_dropped, n_clusters, n_kept) in _columns(sizes).items():
        by_label[label] = distribution_from_counts(
            sizes=size,
            n_judged=n_members if members else n_clusters,
            n_dropped=n_dropped if members else n_clusters - n_kept,
            n_clusters=n_clusters,
            n_kept=n_kept,
        )
    return by_label


def counts_by_label(sizes: pa.Table) -> dict[str, Counts]:
    """label -> what :func:`curate.dedup.support.supported_weights` takes: rates over members."""
    return {
        label: {
            "sizes": size,
            "n_judged": n_members,
            "n_dropped": n_dropped,
            "n_clusters": n_clusters,
        }
        for label, (size, n_members, n_dropped, n_clusters, _) in _columns(sizes).items()
    }


def weights_by_label(sizes: pa.Table, job: JobConfig) -> dict[str, dict[int, int]]:
    """label -> {smallest cluster size: repetitions}; labels that are not repeated have none.

    Args:
        sizes: see :func:`distributions`.
        job: its ``rebalance`` settings, and whether it does as FineWeb2 did: every label, every
            size, one member a cluster.
    """
    settings = job.rebalance
    if not settings.enabled or settings.max_repetitions == 1:
        return {}
    if job.is_compat:
        return {
            label: repetition_weights(distribution, settings.max_repetitions)
            for label, distribution in distributions(sizes, members=False).items()
        }
    n_documents = clusters_by_label(sizes)
    return {
        label: supported_weights(
            **counts,
            max_repetitions=settings.max_repetitions,
            min_support=settings.min_support,
            standard_errors=settings.standard_errors,
        )
        for label, counts in counts_by_label(sizes).items()
        if n_documents[label] >= settings.min_documents
    }


def clusters_by_label(sizes: pa.Table) -> dict[str, int]:
    """label -> documents after deduplication."""
    clusters: dict[str, int] = {}
    for row in sizes.to_pylist():
        clusters[row["label"]] = clusters.get(row["label"], 0) + row["n_clusters"]
    return clusters


def _columns(sizes: pa.Table) -> dict[str, list[npt.NDArray[Any]]]:
    """label -> cluster size, members, members dropped, clusters, clusters kept."""
    labels = np.asarray(sizes["label"].to_pylist(), dtype=object)
    columns = [sizes[name].to_numpy() for name in sizes.column_names[1:6]]
    if not len(labels):
        return {}
    borders = np.flatnonzero(np.append(True, labels[1:] != labels[:-1])).tolist()
    ends = [*borders[1:], len(labels)]
    return {
        str(labels[a]): [column[a:b] for column in columns]
        for a, b in zip(borders, ends, strict=True)
    }
