"""Which step makes a metric, where it can lie, and in which order thresholds are checked.

Three kinds of columns may have thresholds: those of `identify`, those of `annotate`, and those of
the stages that a job has to ask for, :func:`curate.stage_table.scored`. Of the last kind are *named
scores*: classifiers have names and labels that only the job knows, so a name of the form
``<classifier>.<label>``, such as ``register.HI``, is taken by a language config as it stands, and
so is ``extra.<name>``, a metric of the user's own.
Whether a job makes what its configs ask for is checked before it begins:
:func:`curate.config.required.require_scores`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

import pyarrow as pa

from curate.columns import Column, Metric
from curate.config.identified import IDENTIFIED
from curate.extra.declare import PREFIX
from curate.metrics import METRICS
from curate.stage_table import STAGES, scored, scored_metrics

SCORED: Final[Mapping[str, Mapping[str, Metric]]] = MappingProxyType(scored_metrics())
"""Step -> its metrics, of those whose names are known without a job."""

REGISTERED: Final[Mapping[str, Metric]] = MappingProxyType(
    {**METRICS, **{name: m for metrics in SCORED.values() for name, m in metrics.items()}}
)
"""Every metric that has a name without a job."""

THRESHOLD_METRICS: Final = (*IDENTIFIED, *REGISTERED)
"""Metrics that a threshold may be about, in the order of the checks; named scores come
after these, by name."""

_RANK: Final = {name: rank for rank, name in enumerate(THRESHOLD_METRICS)}
_STEP: Final = {
    **dict.fromkeys(IDENTIFIED, "identify"),
    **dict.fromkeys(METRICS, "annotate"),
    **{name: step for step, metrics in SCORED.items() for name in metrics},
}
_CLASSIFIER: Final = r"[a-z][a-z0-9_]*"
_NO_NUMBER: Final = "the function gives no number for the text"
_SCORE: Final = re.compile(rf"({_CLASSIFIER})\.([A-Za-z0-9_-]+)")


class Range(NamedTuple):
    """Least and greatest possible value of a metric; None where there is no greatest."""

    lowest: float
    highest: float | None


def is_classifier(name: str) -> bool:
    """True for a name that a classifier may have: no metric has it, lower-case letters."""
    is_free = name not in _RANK and not is_own(f"{name}.")
    return re.fullmatch(_CLASSIFIER, name) is not None and is_free


def is_own(name: str) -> bool:
    """True for the form of a metric of the user's own: ``extra.reading_ease``."""
    return name.startswith(PREFIX)


def is_score(name: str) -> bool:
    """True for the form of a named score: ``register.HI``, ``edu.score``.

    A label is not called ``min`` or ``max``: bounds are written behind a dot too.
    """
    match = _SCORE.fullmatch(name)
    if match is None or match[2] in ("min", "max"):
        return False
    return is_own(name) or is_classifier(match[1])


def is_metric(name: str) -> bool:
    """True for what a threshold may be about."""
    return name in _RANK or is_score(name)


def is_optional(name: str) -> bool:
    """True for a metric that is measured only if the job asks for it in a section of its own."""
    return is_metric(name) and step_of(name) in scored()


def step_of(metric: str) -> str:
    """The step that makes a metric: ``annotate``, ``classify``. KeyError for an unknown one."""
    if metric in _STEP or not is_score(metric):
        return _STEP[metric]
    return "extra" if is_own(metric) else "classify"


def range_of(metric: str) -> Range:
    """Where a metric can lie. Raises KeyError for an unknown one.

    Of a named score nothing is known but that thresholds of it are not negative.
    """
    if metric in IDENTIFIED:
        return Range(0.0, 1.0)
    if metric not in REGISTERED and is_score(metric):
        return Range(0.0, None)
    known = REGISTERED[metric]
    return Range(known.lowest, known.highest)


def rank_of(metric: str) -> tuple[int, str]:
    """Sorts metrics in the order in which their thresholds are checked."""
    return _RANK.get(metric, len(_RANK)), metric


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """The metrics among some names, each once, in the order of their thresholds."""
    return tuple(sorted({name for name in names if is_metric(name)}, key=rank_of))


def by_step(metrics: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Step -> those of some metrics that it makes."""
    of_step: dict[str, tuple[str, ...]] = {}
    for metric in metrics:
        step = step_of(metric)
        of_step[step] = (*of_step.get(step, ()), metric)
    return of_step


_OTHERS: Final = {
    column.name: column
    for stage in STAGES
    if stage.is_scored and stage.table is not None
    for column in stage.table.columns
}


def column_of(name: str) -> Column:
    """A column of one of :func:`curate.stage_table.scored`, or a metric, with its type and meaning.

    Raises:
        KeyError: there is none of that name.
    """
    if name in _OTHERS:
        return _OTHERS[name]
    if name in REGISTERED:
        return REGISTERED[name].column
    if not is_score(name):
        raise KeyError(name)
    if is_own(name):
        return Column(name, pa.float64(), "number", "A metric of the user's own.", _NO_NUMBER)
    classifier, _, label = name.partition(".")
    return Column(
        name,
        pa.float32(),
        "score",
        f"What the classifier `{classifier}` says of `{label}`.",
        "the classifier is not for the document's label, or there is no text",
    )
