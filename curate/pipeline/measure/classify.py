"""The task of the classify step: what the job's classifiers say of each document of a shard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import pyarrow as pa

from curate.classify import Classifier, ModelSpec, fingerprint_of, load_classifier
from curate.errors import ModelError
from curate.io.commit import FAST_COMPRESSION
from curate.pipeline.measure.scores import sidecar_schema
from curate.stages.classify import add_scores, n_without_scores
from curate.stages.halves import in_halves
from curate.work.tables import beside, iter_columns
from curate.work.task import ShardTask, shard_task

CLASSIFY_ROWS = 1024
"""Documents that are put in order of length together, so that little is padded."""


@dataclass(frozen=True, slots=True)
class JobClassifier:
    """One classifier of a job.

    Attributes:
        name: in the job.
        spec: the model.
        digest: of its files.
        columns: label of the model -> column.
        languages: labels of documents that it is asked about; empty for all.
    """

    name: str
    spec: ModelSpec
    digest: str
    columns: Mapping[str, str]
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClassifySettings:
    """The classifiers of a job, and all their columns in order."""

    classifiers: tuple[JobClassifier, ...]
    columns: tuple[str, ...]


@shard_task(ClassifySettings)
def classify_shard(task: ShardTask[ClassifySettings]) -> int:
    """Write the sidecar of all classifiers for one shard; models stay loaded for the next."""
    columns = list(task.settings.columns)
    models = [(_loaded(one.spec, one.digest), one) for one in task.settings.classifiers]
    noted: Counter[str] = Counter()
    with task.attempt() as attempt:
        writer = attempt.writer(sidecar_schema(columns), compression=FAST_COMPRESSION, gather=True)
        reads = {"extract": ("text",), "identify": ("label",)}
        for batch in iter_columns(task.store, task.shard, reads, batch_rows=CLASSIFY_ROWS):
            for part, tables in in_halves(partial(_scores, models), batch):
                scores = part.select([])
                for (model, classifier), table in zip(models, tables, strict=True):
                    _note(part, table, model, classifier, noted)
                    scores = beside(scores, table)
                writer.write(scores.select(columns))
        attempt.commit(
            rows_in=writer.rows,
            rows_out=writer.rows,
            counts={"noted": dict(sorted(noted.items()))} if noted else {},
        )
    return writer.rows


def _scores(models: Sequence[tuple[Classifier, JobClassifier]], batch: pa.Table) -> list[pa.Table]:
    """The columns of each classifier."""
    return [
        add_scores(batch, classifier=model, columns=one.columns, languages=list(one.languages))
        for model, one in models
    ]


def _note(
    batch: pa.Table,
    scores: pa.Table,
    model: Classifier,
    classifier: JobClassifier,
    noted: Counter[str],
) -> None:
    """Note what is worth telling of the scores of one classifier."""
    name, languages = classifier.name, list(classifier.languages)
    if n := n_without_scores(batch, scores, columns=classifier.columns, languages=languages):
        noted[f"no score of {name}, whose outputs were not numbers"] += n
    if model.lacks_gpu:
        noted[f"scored by {name} on the CPU, where no GPU was to be had"] += len(batch)


@lru_cache(maxsize=8)
def _loaded(spec: ModelSpec, digest: str) -> Classifier:
    """The classifier, loaded once per process, if its files are those that the run began with.

    Raises:
        ModelError: they are others, as they may be on another machine.
    """
    digest_now = fingerprint_of(spec)
    if digest_now != digest:
        raise ModelError(
            spec.model,
            wanted=f"the files that the run began with, of digest {digest[:16]}",
            found=f"others, of digest {digest_now[:16]}",
            todo="put the same files at this path on every machine; with another model add "
            "`--rerun classify`",
        )
    return load_classifier(spec)
