"""The mixture of a run: what labels have, what a job wants of them, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import pyarrow as pa

from curate.config.job import JobConfig
from curate.dedup.mixture import Share, shares
from curate.dedup.weights import weight_of
from curate.io.store import Store
from curate.pipeline.decide.rebalance import AMOUNTS, sum_sizes
from curate.report.data import MixtureLine
from curate.work.exchange import added_up, read_all
from curate.work.seal import iter_receipts

COUNTED = ("documents", "repeated", "characters", "words")
"""Names of the counts of each label in the receipts of rebalance, in this order."""


def read_amounts(store: Store) -> pa.Table:
    """Characters and words by label and cluster size: :data:`AMOUNTS`."""
    return added_up(_counted(store, "amounts"), partial(sum_sizes, kind=AMOUNTS))


def read_sizes(store: Store) -> pa.Table:
    """Members and clusters by label and cluster size;
    :data:`curate.pipeline.decide.rebalance.SIZES`."""
    return added_up(_counted(store, "sizes"), sum_sizes)


def _counted(store: Store, role: str) -> Iterator[pa.Table]:
    for step in ("rebalance.split", "rebalance.group"):
        yield from read_all(store, step, role)


def planned(
    amounts: pa.Table, weights: Mapping[str, Mapping[int, int]], job: JobConfig
) -> dict[str, Share]:
    """The amounts that each label has and gets.

    Args:
        amounts: see ``curate.pipeline.decide.rebalance.AMOUNTS``.
        weights: label -> {smallest cluster size: repetitions}.
        job: with its mixture.
    """
    mixture = job.mixture
    supplies: dict[str, dict[int, float]] = {}
    for row in amounts.to_pylist():
        supply = supplies.setdefault(row["label"], {})
        weight = weight_of(row["cluster_size"], weights.get(row["label"], {}))
        supply[weight] = supply.get(weight, 0.0) + row[mixture.unit]
    return shares(
        supplies,
        max_repetitions=job.rebalance.max_repetitions,
        temperature_alpha=mixture.temperature_alpha,
        total=mixture.total,
        budget=mixture.budget,
        labels=mixture.labels,
    )


def planned_lines(sizes: pa.Table, share_by_label: Mapping[str, Share]) -> tuple[MixtureLine, ...]:
    """The plan as it will be printed; documents are those that selection keeps."""
    kept: dict[str, int] = {}
    for row in sizes.to_pylist():
        kept[row["label"]] = kept.get(row["label"], 0) + row["n_kept"]
    return tuple(
        MixtureLine(label, kept[label], share.before, share.after, share.target, share.after)
        for label, share in sorted(share_by_label.items())
        if share.before or share.target
    )


def resulting_lines(
    store: Store, share_by_label: Mapping[str, Share], unit: str
) -> tuple[MixtureLine, ...]:
    """The amounts that the weights give, counted from the receipts of rebalance."""
    place = COUNTED.index(unit)
    totals = {label: [0] * len(COUNTED) for label in share_by_label}
    for receipt in iter_receipts(store, "rebalance"):
        for label, counts in receipt.counts["mixture"].items():
            for i, n in enumerate(counts):
                totals[label][i] += n
    return tuple(
        MixtureLine(
            label, totals[label][0], share.before, totals[label][place], share.target, share.after
        )
        for label, share in sorted(share_by_label.items())
        if share.before or share.target
    )
