"""The file of a script, from what its labels give alone.

A bound of the script is the median of the bounds that its labels' own statistics give, each label
counted once however many documents it has: a parent stands for a label that nobody has seen.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Final

from curate.config.language import LID, LanguageConfig, Provenance, Threshold
from curate.tune.fit import Fitting
from curate.tune.guards import Bounds, clamped
from curate.tune.methods import ENGLISH, Side

MIN_LABELS: Final = 3
"""Labels that a script's file is pooled from, at least."""


def fit_parent(
    name: str,
    labels: Mapping[str, LanguageConfig],
    before: LanguageConfig | None,
    fitting: Fitting,
) -> LanguageConfig | None:
    """The config of a script.

    Args:
        name: such as ``_script/Latn``.
        labels: what its labels' own statistics give, not drawn toward any parent.
        before: the file that is there; what it says of metrics that are not tuned, and rules that
            it switches off, stay.
        fitting: for the provenance.

    Returns:
        None if there are fewer than :data:`MIN_LABELS`.
    """
    if len(labels) < MIN_LABELS:
        return None
    kept = {t.metric: t for t in (() if before is None else before.thresholds)}
    pooled = {
        metric: threshold
        for metric in dict.fromkeys(rule.metric for rule in ENGLISH)
        if (metric not in kept or kept[metric].inherit)
        and (threshold := _pooled(metric, list(labels.values()))) is not None
    }
    used = {**kept, **pooled}
    order = sorted(used, key=lambda metric: metric != LID)
    return LanguageConfig(
        label=name,
        stopwords=() if before is None else before.stopwords,
        thresholds=tuple(used[metric] for metric in order),
        provenance=Provenance(
            method=f"median of what {len(labels)} labels give alone",
            reference=", ".join(sorted(labels)),
            documents=sum(config.provenance.documents or 0 for config in labels.values()),
            date=fitting.date,
            curate=fitting.curate,
            notes=_notes(before, pooled),
        ),
    )


def _notes(before: LanguageConfig | None, pooled: Mapping[str, Threshold]) -> tuple[str, ...]:
    if before is None:
        return ()
    kept = [t.metric for t in before.thresholds if t.metric not in pooled]
    if not kept:
        return ()
    first = f"not pooled: {', '.join(kept)}; {before.provenance.method}"
    return (first, *before.provenance.notes)


def _pooled(metric: str, configs: Sequence[LanguageConfig]) -> Threshold | None:
    thresholds = [t for config in configs if (t := config.threshold(metric)) is not None]
    if len(thresholds) < MIN_LABELS:
        return None
    if sum(not t.inherit for t in thresholds) > len(thresholds) / 2:
        return Threshold(metric=metric, inherit=False, why="most labels have no tail")
    bounds = Bounds(_median(thresholds, metric, "min"), _median(thresholds, metric, "max"))
    if bounds == Bounds() or bounds.is_contradiction:
        return None
    return Threshold(metric=metric, min=bounds.low, max=bounds.high)


def _median(thresholds: Sequence[Threshold], metric: str, side: Side) -> float | None:
    values = [x for t in thresholds if (x := getattr(t, side)) is not None]
    if len(values) <= len(thresholds) / 2:
        return None
    return clamped(statistics.median(values), metric, side)
