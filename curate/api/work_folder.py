"""A work folder in Python: its tables, and the questions that commands ask it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds

from curate.api.given import one_text
from curate.api.tables import DOCUMENTS, Joined, Sidecars, dataset_of
from curate.ask.decide_again import Decision, decide_again, publish_decided
from curate.ask.explain import Explanation
from curate.ask.explain import explain as explain_document
from curate.ask.rerun import load_recorded, require_stage
from curate.ask.whatif import SAMPLE, WhatIf, configs_to_try, what_if
from curate.config.builtin import job_file
from curate.config.job import BUILTIN, JobConfig, load_job
from curate.config.load import build
from curate.errors import InputError
from curate.io.open_store import open_store
from curate.pipeline.run import RunResult, run_job
from curate.work.configs import configs_in_use
from curate.work.progress import Progress


class WorkFolder:
    """A work folder, as :func:`open_work` gives it. It reads what it is asked for, each time anew.

    Attributes:
        path: where it is; an address of an object store is one too.
        job: the job that made it, every setting present.
    """

    def __init__(self, path: str, job: JobConfig) -> None:
        self.path = path
        self.job = job
        self._store = open_store(path)

    def __repr__(self) -> str:
        return f"curate.open({self.path!r})"

    @property
    def documents(self) -> ds.Dataset:
        """The documents, as an Arrow dataset: polars, DuckDB and pandas read it lazily.

        Raises:
            InputError: none have been extracted yet.
        """
        require_stage(self._store, DOCUMENTS)
        return dataset_of(self._store, DOCUMENTS)

    @property
    def sidecars(self) -> Mapping[str, ds.Dataset]:
        """Stage -> what it says of each document, as an Arrow dataset; finished stages only.

        Row *i* of each belongs to row *i* of :attr:`documents`; :meth:`rows` joins them.
        """
        return Sidecars(self._store)

    @property
    def columns(self) -> Mapping[str, str]:
        """Column -> the stage that wrote it: what :meth:`rows` can be asked for.

        Raises:
            InputError: no documents have been extracted yet.
        """
        require_stage(self._store, DOCUMENTS)
        return dict(Joined(self._store).stages)

    def rows(self, columns: Sequence[str] | None = None) -> pa.RecordBatchReader:
        """Documents and sidecars joined, batch by batch; only what is asked for is read.

        Args:
            columns: names, of any stage; all of them if None.

        Returns:
            A stream for ``polars.from_arrow``, DuckDB, ``.read_pandas()`` or ``.read_all()``. It
            is read once; ask again for another.

        Raises:
            InputError: no documents have been extracted yet, or there is no such column.
        """
        require_stage(self._store, DOCUMENTS)
        return Joined(self._store).rows(columns)

    def explain(self, document: str) -> list[Explanation]:
        """Every document with this URL or id: all its columns, thresholds and neighbours.

        Raises:
            InputError: there is none.
        """
        one_text(document, where="explain: document")
        configs = configs_in_use(self._store, self.job)
        return explain_document(self._store, document, configs)

    def whatif(
        self,
        changes: Mapping[str, float | None] | Sequence[str] = (),
        *,
        labels: Sequence[str] = (),
        configs: str | Path | None = None,
        n: int = SAMPLE,
        seed: int = 0,
    ) -> WhatIf:
        """Changes that other thresholds would make, counted; nothing is written.

        Args:
            changes: bounds to try, such as ``{"mean_word_chars.max": 12, "n_words.min": None}``,
                where None takes a bound away; or as the command takes them:
                ``["mean_word_chars.max=12"]``.
            labels: the labels to count; none for all.
            configs: a folder of language configs to try, under ``changes``.
            n: documents to show of those that change sides.
            seed: another choice of these.

        Raises:
            ConfigError: there is nothing to try, or a change is wrong.
            InputError: the folder has no verdicts, or no document of a label.
        """
        require_stage(self._store, "rebalance")
        labels = (labels,) if isinstance(labels, str) else tuple(labels)
        before = configs_in_use(self._store, self.job)
        folder = None if configs is None else str(configs)
        after = configs_to_try(self._store, self.job, before, labels, _texts(changes), folder)
        return what_if(self._store, self.job, before, [after], labels=labels, n=n, seed=seed)

    def select(
        self, configs: str | Path = BUILTIN, *, progress: Progress | None = None
    ) -> Decision:
        """Decide again with other language configs; the corpus stays until :meth:`publish`.

        Args:
            configs: a folder of them; ``builtin`` for those that come with curate.
            progress: is told what happens.

        Raises:
            CurateError: the configs are wrong, or need what the job does not measure.
        """
        decision = decide_again(self.job, str(configs), progress=progress)
        self.job = load_recorded(self.path)
        return decision

    def publish(self, *, progress: Progress | None = None) -> RunResult:
        """Publish what has been decided: corpus, card and report.

        Raises:
            InputError: nothing has been decided.
        """
        return publish_decided(self.job, progress=progress)

    def run(
        self,
        *,
        until: str | None = None,
        rerun: str | None = None,
        progress: Progress | None = None,
    ) -> RunResult:
        """Run the folder's own job, or go on with it: finished shards are not run again.

        Args:
            until: the last stage to run.
            rerun: a stage to make again, with what follows from it.
            progress: is told what happens.

        Raises:
            CurateError: with what to do; what was committed stays.
        """
        return run_job(self.job, until=until, rerun=rerun, progress=progress)


def open_work(work: str | Path) -> WorkFolder:
    """A work folder that a run has begun or finished. Nothing of it is read but its job.

    Args:
        work: its path, or an address such as ``s3://bucket/prefix``.

    Raises:
        InputError: it is no work folder.
    """
    path = one_text(str(work) if isinstance(work, Path) else work, where="open: work")
    job = load_recorded(path)
    return WorkFolder(job.work, job)


def run(
    job: str | Path | Mapping[str, Any] | JobConfig,
    overrides: Sequence[str] = (),
    *,
    until: str | None = None,
    rerun: str | None = None,
    progress: Progress | None = None,
) -> WorkFolder:
    """Run a job, or go on with one that was interrupted.

    Args:
        job: path of a job file or name of a shipped one, or its settings as plain data.
        overrides: ``"key=value"`` with dots between levels; for job files.
        until: the last stage to run.
        rerun: a stage to make again, with what follows from it.
        progress: is told what happens.

    Returns:
        The work folder.

    Raises:
        CurateError: with what to do; what was committed stays.
    """
    loaded = _job(job, overrides)
    run_job(loaded, until=until, rerun=rerun, progress=progress)
    return open_work(loaded.work)


def _job(job: object, overrides: Sequence[str]) -> JobConfig:
    if isinstance(job, str | Path):
        return load_job(job_file(str(job)), overrides)
    if overrides:
        raise InputError(
            "run: overrides",
            wanted="the path of a job file beside them",
            found="settings as data",
            todo="change the data itself",
        )
    if isinstance(job, JobConfig):
        return job.in_folder(Path.cwd())
    return build(JobConfig, job, {}, "run: job").in_folder(Path.cwd())


def _texts(changes: Mapping[str, float | None] | Sequence[str]) -> tuple[str, ...]:
    """Changes as the command takes them."""
    if isinstance(changes, Mapping):
        pairs = changes.items()
        return tuple(f"{name}={'off' if value is None else value}" for name, value in pairs)
    return (changes,) if isinstance(changes, str) else tuple(changes)
