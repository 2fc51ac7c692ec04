"""Jobs over the small crawl, and what is compared between two runs of one."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from curate import stage_table
from curate.config.job import JobConfig
from curate.engine.protocol import Event
from curate.failpoints import VARIABLE
from curate.io import layout
from curate.io.store import Store
from curate.work.plan import planned_steps
from curate.work.progress import Silent

ROOT = Path(__file__).parents[1]

SETTINGS: Mapping[str, Any] = {
    "name": "small",
    "snapshot": "CC-MAIN-2024-10",
    "rebalance": {
        "min_documents": 1,
        "min_support": 1,
        "standard_errors": 0,
        "max_repetitions": 3,
    },
    "emit": {"test_min_documents": 5, "test_fraction": 0.3},
}
"""A job in which the small crawl has weights above one and test splits."""

LARGE_LABELS = ("cluster.pairs", "cluster.union", "cluster.send")
"""Steps that only a label has which is too large for one task."""

LARGE_COMPONENTS = ("cluster.keys", "cluster.check", "cluster.refine")
"""Steps that only a component has which is too large for one task."""

ASKED_FOR = (
    "stopwords",
    "reference",
    "tune",
    "score.curves",
    *stage_table.scored(),
    "perplexity.measure",
    "screen",
)
SMALLEST = tuple(
    step
    for step in stage_table.steps()
    if step not in (*ASKED_FOR, *LARGE_LABELS, *LARGE_COMPONENTS)
    and step.split(".")[0] not in stage_table.other_views()
)
"""The steps of a small job that tunes, screens and compares nothing, in order."""


def job_of(source: Path | str, work: Path | str, **changes: Any) -> JobConfig:  # noqa: ANN401
    """A job over the files of a folder (or over a pattern) with some settings changed."""
    pattern = str(source) if "*" in str(source) else f"{source}/*"
    settings = {**SETTINGS, "input": pattern, "work": str(work), **changes}
    return JobConfig.model_validate(settings)


def write_job(path: Path, source: Path | str, work: Path | str, **changes: Any) -> Path:  # noqa: ANN401
    """The same job as a file."""
    path.write_text(json.dumps(job_of(source, work, **changes).to_dict()), encoding="utf-8")
    return path


def corpus_of(work: Path) -> dict[str, str]:
    """Path -> SHA-256 of everything that is published."""
    corpus = work / layout.CORPUS
    return {
        path.relative_to(corpus).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(corpus.rglob("*"))
        if path.is_file()
    }


def attempts_of(work: Path) -> dict[tuple[str, str], str]:
    """(step, shard) -> the attempt that won."""
    found = {}
    for step in planned_steps(Store(work)):
        for path in (work / layout.commits_key(step)).glob("*.json"):
            found[step, path.stem] = json.loads(path.read_bytes())["attempt"]
    return found


def curate(
    *arguments: object,
    failpoints: Sequence[str] = (),
    cwd: Path | None = None,
    more: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "curate", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=cwd,
        env={**environment(failpoints), **(more or {})},
        timeout=600,  # guards against a hang; a busy machine is slow
    )


def environment(failpoints: Sequence[str] = ()) -> dict[str, str]:
    """That of a child process which runs this checkout and dies where it is told."""
    plain = {k: v for k, v in os.environ.items() if k not in (VARIABLE, "RAY_ADDRESS")}
    return {**plain, "PYTHONPATH": str(ROOT), VARIABLE: ";".join(failpoints)}


class Told(Silent):
    """A progress that remembers."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, int, int]] = []
        self.events: list[tuple[str, Event]] = []
        self.ended: list[str] = []
        self.said: list[str] = []

    def begin(self, stage: str, *, shards: int, done: int, bytes_in: int) -> None:
        """See :class:`curate.work.progress.Progress`."""
        self.begun.append((stage, shards, done))

    def event(self, stage: str, event: Event) -> None:
        """See :class:`curate.work.progress.Progress`."""
        self.events.append((stage, event))

    def end(self, stage: str) -> None:
        """See :class:`curate.work.progress.Progress`."""
        self.ended.append(stage)

    def say(self, text: str) -> None:
        """See :class:`curate.work.progress.Progress`."""
        self.said.append(text)
