"""The protocol of views: the forms in which a work folder is published."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from curate.config.job import JobConfig
from curate.io.store import Store
from curate.pipeline.job_run import Done, JobRun
from curate.report.card import CardForm
from curate.work.runner import Step
from curate.work.task import ShardFunction

Entry = Mapping[str, Any]
"""A file as a receipt or the manifest describes it."""


Doc = tuple[str, str | None]
"""How a published row is known to be a document's: by id and address, or by what a view has."""


class Rewriting(NamedTuple):
    """How files of a view are written again from which documents were taken.

    Attributes:
        function: the task; its plan is :class:`curate.pipeline.emit.rewrite_fineweb2.LabelFiles`.
        settings: of the task.
    """

    function: ShardFunction[Any]
    settings: object


@dataclass(frozen=True, slots=True)
class View(ABC):
    """One form of the corpus.

    Attributes:
        stage: the step that writes its files; ``.split`` and ``.plan`` come before it.
        folder: where they are published, below the work folder.
    """

    name: ClassVar[str]
    card: ClassVar[CardForm] = CardForm()

    stage: str
    folder: str

    @property
    def is_own(self) -> bool:
        """Whether it is the view of the job, which its report is about."""
        return self.stage == "emit"

    @classmethod
    def require(cls, job: JobConfig) -> None:
        """Check that a job makes all that the view needs.

        Raises:
            ConfigError: it does not.
        """
        del job

    @abstractmethod
    def write(self, run: JobRun, done: Done) -> Step:
        """Write the files; publishing them comes after."""

    def rewriting(self, run: JobRun, lists: str) -> Rewriting | None:
        """How its files are written again; None for a view that is then made anew as a whole.

        Args:
            run: the run.
            lists: digest of what was taken down.
        """
        del run, lists
        return None

    @classmethod
    @abstractmethod
    def path_of(cls, file: Entry, form: str) -> str:
        """The path of a file below the published folder; ``form`` is its ending."""

    @classmethod
    def doc_of(cls, row: Entry) -> Doc:
        """How a published row of a document is known, from the document's columns."""
        return row["id"], row["url"]

    @classmethod
    def docs_in(cls, path: Path) -> Iterator[Doc]:
        """The documents in a published file, known likewise, in its order."""
        del path
        return iter(())

    @classmethod
    def described(cls, file: Entry) -> Entry:
        """The part of a receipt's entry that goes into the manifest."""
        return file

    def side_files(self, entries: Sequence[Entry], job: JobConfig) -> Iterable[tuple[str, bytes]]:
        """Path and content of each small file beside the corpus files."""
        del entries, job
        return ()

    def facts(self, store: Store) -> dict[str, Any]:
        """The part of the manifest that only this view has.

        ``left_out`` counts, by reason, documents that were selected and are not in the view;
        ``repetition`` says how a document is repeated: ``weight`` or ``materialise``.
        """
        del store
        return {"view": self.name}

    @classmethod
    def check(cls, corpus: Path, manifest: Entry) -> Iterator[str]:
        """The problems in the contents of published files, in words."""
        del corpus, manifest
        return iter(())
