"""The score columns that a job makes, as far as its thresholds may be about them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from curate.config.job import JobConfig
from curate.config.language import LanguageConfigs
from curate.config.measured import Range, is_score
from curate.config.models import ClassifierConfig
from curate.config.required import require_identified, require_scores
from curate.config.wordlists import load_wordlists
from curate.errors import ModelError
from curate.extra import own_metrics
from curate.pipeline.measure.model_trial import labels_of
from curate.scores.registry import highest_in, names_in
from curate.stage_table import scored, stage_of

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]+")


def require_measured(job: JobConfig, configs: LanguageConfigs, folder: Path) -> None:
    """Check that a job measures what its thresholds are about.

    Raises:
        ConfigError: it does not, or its wordlists are missing or wrong.
    """
    lists = job.identify.wordlists
    labels = frozenset() if lists is None else frozenset(load_wordlists(Path(lists)))
    require_identified(configs, folder, job.identify, labels)
    require_scores(configs, folder, made_by(job))


def made_by(job: JobConfig) -> dict[str, Range]:
    """Score columns that a job makes, and where each can lie.

    Raises:
        ModelError: the labels of a classifier cannot be told.
    """
    ranges: dict[str, Range] = {}
    for step in scored():
        row = stage_of(step)
        if row.asked_by is None or not job.asks_for(row.asked_by):
            continue
        if step in _AS_THE_JOB_SAYS:
            ranges |= _AS_THE_JOB_SAYS[step](job)
        else:
            ranges |= {name: Range(m.lowest, m.highest) for name, m in row.metrics.items()}
    return ranges


def _marks(job: JobConfig) -> dict[str, Range]:
    """Of WDS, whose versions have different marks."""
    assert job.wds is not None
    highest = highest_in(job.wds.version)
    return {name: Range(0.0, highest) for name in names_in(job.wds.version)}


def _named_scores(job: JobConfig) -> dict[str, Range]:
    names = [name for one in job.classify for name in score_columns(one).values()]
    return dict.fromkeys(names, Range(0.0, None))


def _own_metrics(job: JobConfig) -> dict[str, Range]:
    assert job.annotate is not None
    metrics = own_metrics(job.annotate.extra)
    return {column: Range(0.0, metric.highest) for column, metric in metrics.items()}


_AS_THE_JOB_SAYS: Final[Mapping[str, Callable[[JobConfig], dict[str, Range]]]] = {
    "score": _marks,
    "classify": _named_scores,
    "extra": _own_metrics,
}
"""Stages whose columns are others from job to job."""


def score_columns(classifier: ClassifierConfig) -> dict[str, str]:
    """Label of the model -> name of its column: what is no letter of ASCII, digit, - is a _.

    Raises:
        ModelError: a label has no such name, or two have the same.
    """
    columns = {
        label: f"{classifier.name}.{_NOT_IN_NAMES.sub('_', label)}"
        for label in labels_of(classifier.spec())
    }
    wrong = [label for label, name in columns.items() if not is_score(name)]
    if wrong or len(set(columns.values())) < len(columns):
        raise ModelError(
            f"classifier {classifier.name!r}",
            wanted="labels of letters, digits, - and _ that differ, and are not `min` or `max`",
            found=repr(wrong[0]) if wrong else ", ".join(columns),
            todo="give the outputs other names, in `labels` of the classifier or in the model",
        )
    return columns
