"""Rebalance: from cluster, verdict and repetition weights to what becomes of each document.

Every cluster has one representative. It is published if it passes selection; the other members
are duplicates. A cluster whose members all fail is accounted under its representative's
``drop_reason``, so that the funnel reads as FineWeb2's: language threshold, deduplication,
selection.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate import schema
from curate.dedup.weights import weight_of

DUPLICATE = "duplicate"
LID = "lid_confidence"

Weights = Mapping[str, Mapping[int, int]]


def decide(
    batch: pa.Table, is_representative: npt.NDArray[np.bool_], *, weights: Weights
) -> pa.Table:
    """The weights sidecar of a batch.

    Args:
        batch: ``label``, ``cluster_size`` (null: not compared) and ``drop_reason``.
        is_representative: bool[n]; ignored where ``cluster_size`` is null.
        weights: label -> {smallest cluster size: repetitions}; a label not in it has weight 1.

    Returns:
        Table of :data:`curate.schema.WEIGHTS`.
    """
    rows = zip(
        batch["label"].to_pylist(),
        batch["cluster_size"].to_pylist(),
        batch["drop_reason"].to_pylist(),
        is_representative.tolist(),
        strict=True,
    )
    stands, repeats, reasons = [], [], []
    for label, size, drop_reason, chosen in rows:
        reason = _removal_reason(size, drop_reason, chosen=chosen)
        stands.append(size is not None and chosen)
        reasons.append(reason)
        table = weights.get(label)
        published = 1 if table is None or size is None else weight_of(size, table)
        repeats.append(published if reason is None else 0)
    return pa.table([stands, repeats, reasons], schema=schema.WEIGHTS.schema())


def _removal_reason(size: int | None, drop_reason: str | None, *, chosen: bool) -> str | None:
    if size is None:
        return LID
    if not chosen:
        return DUPLICATE
    return drop_reason
