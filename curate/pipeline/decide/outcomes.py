"""Outcomes of documents, counted by label: documents, characters, repetitions."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Final

import numpy as np
import pyarrow as pa

from curate.io.store import Store
from curate.report.change import Outcomes, Tally
from curate.stages.coded import coded
from curate.work.exchange import added_up, read_all

OUTCOMES: Final = pa.schema(
    [
        ("label", pa.string()),
        ("outcome", pa.string()),
        ("n_documents", pa.int64()),
        ("n_chars", pa.int64()),
        ("n_repeated", pa.int64()),
    ]
)
"""Documents, characters and documents after repetition by label and removal reason ('' kept)."""


def count_outcomes(
    labels: pa.ChunkedArray,
    reasons: pa.ChunkedArray,
    n_chars: pa.ChunkedArray,
    weight: pa.ChunkedArray,
) -> pa.Table:
    """Table of :data:`OUTCOMES`, one row per label and reason that occur.

    Args:
        labels: text[n].
        reasons: text[n], the removal reason; null if the document is published.
        n_chars: int32[n]; null for nothing.
        weight: int32[n], how often a document is repeated; 0 if it is removed.
    """
    label, label_names = coded(labels)
    reason, reason_names = coded(reasons)
    n_kinds = len(reason_names) + 1
    kind = label.astype(np.int64) * n_kinds + reason + 1
    kinds, place = np.unique(kind, return_inverse=True)
    sums = [
        np.bincount(place, weights=column.fill_null(0).to_numpy(), minlength=kinds.size)
        for column in (n_chars, weight)
    ]
    names = ["", *reason_names]
    return pa.table(
        [
            [label_names[k // n_kinds] for k in kinds.tolist()],
            [names[k % n_kinds] for k in kinds.tolist()],
            np.bincount(place, minlength=kinds.size),
            *(total.astype(np.int64) for total in sums),
        ],
        schema=OUTCOMES,
    )


def add_outcomes(into: dict[str, dict[str, Tally]], table: pa.Table) -> None:
    """Add a table of :data:`OUTCOMES` to what was counted before."""
    for row in table.to_pylist():
        tallies = into.setdefault(row["label"], {})
        added = Tally(row["n_documents"], row["n_chars"], row["n_repeated"])
        tallies[row["outcome"]] = tallies.get(row["outcome"], Tally()) + added


def decided_outcomes(store: Store) -> Outcomes:
    """The outcomes that the sealed rebalance stage decided, over all shards."""
    parts = itertools.chain([OUTCOMES.empty_table()], read_all(store, "rebalance", "outcomes"))
    outcomes: dict[str, dict[str, Tally]] = {}
    add_outcomes(outcomes, added_up(parts, _summed))
    return outcomes


def _summed(table: pa.Table) -> pa.Table:
    sums = [(name, "sum") for name in OUTCOMES.names[2:]]
    added = table.group_by(OUTCOMES.names[:2]).aggregate(sums)
    return added.rename_columns(OUTCOMES.names)


def outcomes_to_json(outcomes: Outcomes) -> dict[str, dict[str, list[int]]]:
    """Plain data that :func:`outcomes_from_json` reads."""
    return {
        label: {reason: list(tally) for reason, tally in tallies.items()}
        for label, tallies in outcomes.items()
    }


def outcomes_from_json(data: Mapping[str, Mapping[str, list[int]]]) -> Outcomes:
    """The outcomes that were written."""
    return {
        label: {reason: Tally(*numbers) for reason, numbers in tallies.items()}
        for label, tallies in data.items()
    }
