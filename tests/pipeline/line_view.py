"""A view of the tests' own: a file of JSON lines for each label, with id and text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from curate.io import parquet
from curate.io.commit import Attempt
from curate.io.lines.jsonl_out import JSONL_ZST, JsonlWriter
from curate.pipeline.emit.files import (
    I64,
    ONLY_PLAN,
    File,
    PlanSettings,
    file_shards,
    write_task,
)
from curate.pipeline.emit.fineweb2_files import SplitSettings, split_unit
from curate.pipeline.emit.fineweb2_plan import plan_shard, plan_units, published_characters
from curate.pipeline.emit.view import Entry, View
from curate.pipeline.job_run import Done, JobRun
from curate.report.card import CardForm
from curate.work.plan import ShardPlan
from curate.work.runner import Step
from curate.work.task import Nothing, ShardTask, shard_task

KIND = pa.schema([("id", pa.string()), ("text", pa.string())])


class Lines(View):
    """``fra_Latn/00000.jsonl.zst``."""

    name = "lines"
    card = CardForm(place=0, files="*.jsonl.zst", fields=("`id` and `text`.",))

    def write(self, run: JobRun, done: Done) -> Step:
        """Split and planned as FineWeb2's view, written as lines."""
        split = Step.of(f"{self.stage}.split", [done["rebalance"]], removed="none")
        settings = SplitSettings(
            removed="none",
            materialise=False,
            repair=False,
            pii="keep",
            pii_kinds=(),
            test_fractions={},
            has_spans=False,
        )
        characters = published_characters(run.store, "none", repeats=False)
        run.run(split, split_unit, settings, lambda: plan_units(run.documents(), characters))
        plan = Step.of(f"{self.stage}.plan", [split])
        run.run(plan, plan_shard, PlanSettings(64), lambda: [ShardPlan(ONLY_PLAN)])
        step = Step.of(self.stage, [plan])
        run.run(step, write_lines, Nothing(), lambda: file_shards(run.store, self.stage))
        return step

    @classmethod
    def path_of(cls, file: Entry, form: str) -> str:
        """A folder for each label."""
        return f"{file['label']}/{file['index']:05d}.{form}"

    @classmethod
    def check(cls, corpus: Path, manifest: Entry) -> Iterator[str]:
        """Nothing more than its sums."""
        return iter(())


@shard_task(Nothing)
def write_lines(task: ShardTask[Nothing]) -> int:
    """Write the files of one task."""
    return write_task(task, _Writer())


class _Writer:
    form = JSONL_ZST

    def bounds(self, pieces: pa.Table) -> tuple[I64, I64, I64]:
        start, stop = (pieces[name].to_numpy() for name in ("start", "stop"))
        return start, stop, stop - start

    def read(self, path: Path, start: int, stop: int) -> pa.Table:
        return parquet.read_rows(path, start, stop, KIND.names)

    def cut(self, span: pa.Table, start: int, stop: int, size: int) -> pa.Table:
        return span.slice(start, size)

    def open(self, attempt: Attempt, file: File, part: str) -> _LineFile:
        return _LineFile(attempt.jsonl_writer(KIND, role="corpus", part=part), file)


@dataclass(frozen=True, slots=True)
class _LineFile:
    writer: JsonlWriter
    file: File

    def add(self, part: pa.Table) -> None:
        self.writer.write(part.cast(KIND))

    def finish(self) -> dict[str, Any]:
        self.writer.close()
        described = {name: self.file[name] for name in ("label", "subset", "index")}
        return {**described, "rows": self.writer.rows}
