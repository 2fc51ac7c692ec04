"""The tables of the MinHash study, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from tests.benchmarks.minhash_clusters import Score
from tests.benchmarks.minhash_recall import BINS, Cell, Recall, Spread, recall
from tests.benchmarks.tables import table

Rows = list[list[str]]


def recall_rows(found: Sequence[Cell]) -> Iterator[tuple[str, float, float, Recall, Recall | None]]:
    """One row for each cell, and one for each range over all languages."""
    for cell in found:
        theirs = cell.theirs and recall(*cell.theirs)
        ours = recall(cell.ours.similarity, cell.ours.collides)
        yield cell.label, cell.low, cell.high, ours, theirs or None
    for low, high in BINS:
        cells_of = [cell for cell in found if cell.low == low]
        ours = _joined([(cell.ours.similarity, cell.ours.collides) for cell in cells_of])
        both = [cell.theirs for cell in cells_of if cell.theirs]
        yield "all", low, high, ours, _joined(both) if both else None


def _joined(parts: Sequence[tuple[Any, Any]]) -> Recall:
    similarity, collides = (np.concatenate([part[side] for part in parts]) for side in (0, 1))
    return recall(similarity, collides)


def recall_table(found: Sequence[Cell]) -> str:
    """Recall beside the curve, and datatrove's."""
    head = ["label", "true s", "n", "mean s", "curve", "measured", "95 %", "z"]
    head += ["datatrove", "its mean s", "its z"]
    rows: Rows = []
    for label, low, high, ours, theirs in recall_rows(found):
        interval = f"{ours.low:.3f} to {ours.high:.3f}"
        numbers = (ours.mean_similarity, ours.expected, ours.measured)
        row = [label, f"{low:g} to {high:g}", str(ours.n), *(f"{x:.3f}" for x in numbers)]
        row += [interval, f"{ours.z:+.1f}"]
        if theirs:
            row += [f"{theirs.measured:.3f}", f"{theirs.mean_similarity:.3f}", f"{theirs.z:+.1f}"]
        else:
            row += ["-"] * 3
        rows.append(row)
    return table(head, rows)


def agreement(found: Sequence[Cell]) -> dict[str, float]:
    """How far all cells together are from the curve, and the default family by itself."""
    z = np.array(
        [recall(c.ours.similarity, c.ours.collides).z for c in found if c.low >= BINS[0][0]]
    )
    both = [(c.ours.similarity, c.ours.collides_by_default) for c in found]
    default = _joined(both)
    return {
        "cells": float(z.size),
        "sum of z squared": float((z**2).sum()),
        "largest |z|": float(np.abs(z).max()),
        "cells with |z| > 1.96": float((np.abs(z) > 1.96).sum()),
        "default family, measured": default.measured,
        "default family, curve": default.expected,
    }


def unlike_table(found: Sequence[Cell]) -> str:
    """Pairs of a true similarity below 0.4: how many collide, how many are merged."""
    rows: Rows = []
    for label in dict.fromkeys(cell.label for cell in found):
        low = [cell for cell in found if cell.label == label and cell.high <= 0.4]
        n = sum(cell.ours.collides.size for cell in low)
        collide = sum(int(cell.ours.collides.sum()) for cell in low)
        merged = sum(int(cell.ours.is_merged.sum()) for cell in low)
        highest = max(float(cell.ours.estimate.max()) for cell in low)
        theirs = [int(cell.theirs.collides.sum()) for cell in low if cell.theirs]
        other = str(sum(theirs)) if theirs else "-"
        rows.append([label, str(n), str(collide), str(merged), f"{highest:.2f}", other])
    head = ["label", "pairs below 0.4", "collide", "merged after verification"]
    head += ["highest estimate", "datatrove merges"]
    return table(head, rows)


def estimate_table(spreads: Mapping[str, Sequence[Spread]]) -> str:
    """Bias and spread of the estimate."""
    rows: Rows = []
    for name, found in spreads.items():
        for one in found:
            numbers = [f"{one.bias:+.4f}", f"{one.std:.4f}", f"{one.theory:.4f}"]
            middle = f"{one.low:+.3f} to {one.high:+.3f}"
            rows.append([name, f"{one.similarity:g}", str(one.n), *numbers, middle])
    return table(["pairs", "true s", "n", "bias", "std", "theory", "5 to 95 %"], rows)


def cluster_table(scores: Mapping[str, Score]) -> str:
    """What each method made of one corpus."""
    head = ["method", "clusters", "largest", "removed", "false merges", "worst s"]
    head += ["false after selection", "missed"]
    rows: Rows = []
    for name, one in scores.items():
        shares = (
            (one.false_merges, one.removed),
            (one.selected_false_merges, one.selected_removed),
            (one.left, one.duplicates),
        )
        false, selected, missed = (f"{100 * k / n:.1f} %" if n else "-" for k, n in shares)
        counts = [str(x) for x in (one.clusters, one.largest, one.removed)]
        rows.append([name, *counts, false, f"{one.worst:.2f}", selected, missed])
    return table(head, rows)
