"""The mixture of documents that other thresholds would keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.config.job import JobConfig
from curate.dedup.mixture import placed_repetitions, position
from curate.dedup.weights import weight_of
from curate.io.store import Store
from curate.pipeline.decide.mixture import planned, read_amounts
from curate.pipeline.decide.rebalance import AMOUNTS, sum_sizes
from curate.pipeline.decide.weights import weights_by_label
from curate.work.exchange import read_all

I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]


def positions(ids: pa.ChunkedArray) -> F64:
    """float64[n]: the place between 0 and 1 that a mixture cuts documents by."""
    return np.array([position(identity) for identity in ids.to_pylist()], np.float64)


def mixed(
    store: Store,
    job: JobConfig,
    labels: Sequence[str],
    sizes: pa.Table,
    kept: Mapping[str, npt.NDArray[Any]],
) -> I64:
    """How often each document that selection and deduplication keep would be published.

    Args:
        store: the work folder; labels that are not counted have what was decided there.
        job: with a mixture.
        labels: the labels that are counted.
        sizes: their members and clusters; see ``curate.pipeline.decide.rebalance.SIZES``.
        kept: the documents as arrays: ``label``, a place in ``labels``, ``size`` of the cluster,
            ``chars``, ``words``, ``position``.

    Returns:
        int64[n]; 0 for one that the mixture leaves out.
    """
    names = np.array(labels, object)
    amounts_here = pa.table(
        [names[kept["label"]], kept["size"], kept["chars"], kept["words"]], schema=AMOUNTS
    )
    amounts = sum_sizes(
        pa.concat_tables([amounts_here, _others(read_amounts(store), labels)]), AMOUNTS
    )
    steps = ("rebalance.split", "rebalance.group")
    decided = sum_sizes(pa.concat_tables([t for s in steps for t in read_all(store, s, "sizes")]))
    weights = weights_by_label(sum_sizes(pa.concat_tables([sizes, _others(decided, labels)])), job)
    shares = planned(amounts, weights, job)
    factors = np.array([shares[x].factor if x in shares else 1.0 for x in labels], np.float64)
    return placed_repetitions(
        kept["position"],
        _weights_of(kept, labels, weights),
        factors[kept["label"]],
        job.rebalance.max_repetitions,
    )


def _others(table: pa.Table, labels: Sequence[str]) -> pa.Table:
    """Rows of the labels that are not counted."""
    return table.filter(pc.invert(pc.is_in(table["label"], pa.array(labels, pa.string()))))


def _weights_of(
    kept: Mapping[str, npt.NDArray[Any]],
    labels: Sequence[str],
    weights: Mapping[str, Mapping[int, int]],
) -> I64:
    """int64[n]: the weight of each document before the mixture."""
    sizes, place = np.unique(kept["size"], return_inverse=True)
    kinds, back = np.unique(kept["label"] * max(len(sizes), 1) + place, return_inverse=True)
    per_pair = [
        weight_of(int(sizes[kind % len(sizes)]), weights.get(labels[kind // len(sizes)], {}))
        for kind in kinds.tolist()
    ]
    return np.array(per_pair, np.int64)[back]
