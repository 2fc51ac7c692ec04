"""The protocol of views: the forms in which a work folder is published."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from curate.config.job import JobConfig
from curate.io.store import Store
from curate.pipeline.job_run import Done, JobRun
from curate.report.card import CardForm
from curate.work.runner import Step

Entry = Mapping[str, Any]
"""A file as a receipt or the manifest describes it."""


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

    @classmethod
    @abstractmethod
    def path_of(cls, file: Entry, form: str) -> str:
        """The path of a file below the published folder; ``form`` is its ending."""

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
