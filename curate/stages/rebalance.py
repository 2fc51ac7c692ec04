"""Rebalance: from cluster, verdict and repetition weights to what becomes of each document.

Every cluster has one representative. It is published if it passes selection; the other members
are duplicates. A cluster whose members all fail is accounted under its representative's
``drop_reason``, so that the funnel reads as FineWeb2's: language threshold, deduplication,
selection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate import schema
from curate.config.identified import LID
from curate.dedup.mixture import repetitions
from curate.rights.removal import (
    BLOCKING,
    CLUSTER,
    DUPLICATE,
    MIXTURE,
    WITHDRAWN,
    WITHDRAWN_CLUSTER,
)
from curate.stages.coded import NULL, coded

BLOCKED: Final = (
    "",
    WITHDRAWN,
    WITHDRAWN_CLUSTER,
    *(f"{reason}{CLUSTER}" for reason in BLOCKING),
)
"""Reasons that go before all others, by number: taken down, or in a cluster that is closed."""

Weights = Mapping[str, Mapping[int, int]]

_REASON = pa.field("removal_reason", pa.dictionary(pa.int32(), pa.string()))
WEIGHTS_SCHEMA: Final = pa.schema(
    [_REASON if field.name == _REASON.name else field for field in schema.WEIGHTS.schema()]
)
"""The weights sidecar as it is made: reasons as numbers of a few names."""


def decide(
    batch: pa.Table,
    is_representative: npt.NDArray[np.bool_],
    *,
    weights: Weights,
    factors: Mapping[str, float] | None = None,
    limit: int = 1,
    blocked: npt.NDArray[np.int8] | None = None,
) -> pa.Table:
    """The weights sidecar of a batch.

    Args:
        batch: ``label``, ``cluster_size`` (null: not compared) and ``drop_reason``.
        is_representative: bool[n]; ignored where ``cluster_size`` is null.
        weights: label -> {smallest cluster size: repetitions}; a label not in it has weight 1.
        factors: label -> what the mixture multiplies its weights by; ``id`` is then read too. A
            document whose weight becomes 0 is removed by ``mixture``.
        limit: the largest weight that a factor may lead to.
        blocked: int8[n], the number in :data:`BLOCKED` of a document that is not published
            whatever else is said of it; 0 for the others.

    Returns:
        Table of :data:`WEIGHTS_SCHEMA`.
    """
    labels, label_names = coded(batch["label"])
    sizes = batch["cluster_size"].fill_null(0).to_numpy()
    is_compared = sizes > 0
    stands = is_representative & is_compared
    removed, names = removal_codes(batch["drop_reason"], is_compared, stands)
    if blocked is not None and blocked.any():
        removed = np.where(blocked > 0, len(names) + blocked, removed).astype(np.int32)
        names += BLOCKED
    repeats = _repeats(labels, label_names, sizes, weights)
    repeats[removed != NULL] = 0
    if factors:
        before = repeats
        by_label = np.array([*(factors.get(name, 1.0) for name in label_names), 1.0])
        repeats = repetitions(batch["id"].combine_chunks(), before, by_label[labels], limit)
        names.append(MIXTURE)
        removed[(before > 0) & (repeats == 0)] = len(names) - 1
    reasons = pa.DictionaryArray.from_arrays(
        pa.array(removed, mask=removed == NULL), pa.array(names, pa.string())
    )
    return pa.table([stands, repeats, reasons], schema=WEIGHTS_SCHEMA)


def removal_codes(
    drop_reason: pa.ChunkedArray,
    is_compared: npt.NDArray[np.bool_],
    stands: npt.NDArray[np.bool_],
) -> tuple[npt.NDArray[np.int32], list[str]]:
    """int32[n], the number of each document's removal reason, -1 if published; and their names.

    Args:
        drop_reason: of selection; null if it keeps the document.
        is_compared: bool[n], at or above its label's LID threshold.
        stands: bool[n], the representative of its cluster.
    """
    dropped, dropped_names = coded(drop_reason)
    names = list(dict.fromkeys((LID, DUPLICATE, *dropped_names)))
    renumbered = np.array([*map(names.index, dropped_names), NULL], np.int32)[dropped]
    removed = np.where(is_compared, np.where(stands, renumbered, names.index(DUPLICATE)), 0)
    return removed.astype(np.int32), names


def _repeats(
    labels: npt.NDArray[np.int32],
    names: list[str],
    sizes: npt.NDArray[np.int64],
    weights: Weights,
) -> npt.NDArray[np.int32]:
    repeats = np.ones(sizes.size, np.int32)
    for number, name in enumerate(names):
        if table := weights.get(name):
            rows = np.flatnonzero(labels == number)
            starts = sorted(table)
            at = np.searchsorted(starts, sizes[rows], side="right")
            repeats[rows] = np.array([1, *(table[start] for start in starts)], np.int32)[at]
    return repeats
