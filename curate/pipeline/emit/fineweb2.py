"""FineWeb2's view of a job: its steps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow.compute as pc

from curate.io import layout, parquet
from curate.io.lines.jsonl_out import JSONL_ZST
from curate.io.store import Store
from curate.pipeline.decide.steps import Decided
from curate.pipeline.emit.files import ONLY_PLAN, PlanSettings, file_shards
from curate.pipeline.emit.fineweb2_files import (
    FilesSettings,
    SplitSettings,
    split_unit,
    write_files,
)
from curate.pipeline.emit.fineweb2_plan import plan_shard, plan_units, published_characters
from curate.pipeline.emit.view import Entry, View
from curate.pipeline.extract.kept import kept_of
from curate.pipeline.job_run import Done, JobRun
from curate.work.plan import ShardPlan, load_plan
from curate.work.runner import Step
from curate.work.sidecars import scored_columns

CODE: Final = "4"
"""Raised by hand when other rows are written for the same settings."""


class FineWeb2(View):
    """FineWeb2's layout: a folder for each label and split, rows with columns."""

    name = "fineweb2"

    def write(self, run: JobRun, done: Done) -> Step:
        """Rows by label and subset, planned and written as files."""
        stage = self.stage
        store, emit = run.store, run.job.emit
        materialise = run.job.rebalance.repetition == "materialise"
        published: dict[str, Any] = {
            "removed": emit.removed,
            "materialise": materialise,
            "repair": run.repairs_late,
            "pii": emit.pii,
            "pii_kinds": sorted(emit.pii_kinds),
        }
        scores = {step: list(columns) for step, columns in scored_columns(store).items()}
        if scores:
            published["scores"] = scores
        kept, packed = kept_of(run)
        tests = {k: v for k, v in emit.model_dump().items() if k.startswith("test_")}
        reads = [done["rebalance"], *([done["pii"]] if run.masks_sidecar else [])]
        split = Step.of(f"{stage}.split", reads, code=CODE, **published, **kept, **tests)
        run.run(
            split,
            split_unit,
            SplitSettings(
                **published,
                test_fractions=Decided(store, run.job).test_fractions(),
                has_spans=run.masks_sidecar,
                kept_schema=packed,
            ),
            lambda: plan_units(
                run.documents(),
                published_characters(store, emit.removed, repeats=materialise),
            ),
        )
        form = emit.model_dump(
            include={"format", "max_file_mb", "row_group_rows", "row_group_mb", "compression"}
        )
        plan = Step.of(f"{stage}.plan", [split], **form)
        run.run(
            plan,
            plan_shard,
            PlanSettings(emit.max_file_mb),
            lambda: [ShardPlan(ONLY_PLAN)],
        )
        step = Step.of(stage, [plan], **form)
        run.run(
            step,
            write_files,
            FilesSettings(
                format=emit.format,
                row_group_rows=emit.row_group_rows,
                row_group_mb=emit.row_group_mb,
                compression=emit.compression,
                materialise=materialise,
                pii=emit.pii,
                scores={step: tuple(columns) for step, columns in scores.items()},
                kept_schema=packed,
            ),
            lambda: file_shards(store, stage),
        )
        return step

    @classmethod
    def path_of(cls, file: Entry, form: str) -> str:
        """``data/fra_Latn/train/000_00000.parquet``."""
        key = layout.corpus_key(file["label"], file["subset"], file["index"], form)
        return key[len(layout.CORPUS) + 1 :]

    @classmethod
    def described(cls, file: Entry) -> Entry:
        """Without the index, which is in the path."""
        return {name: value for name, value in file.items() if name != "index"}

    def facts(self, store: Store) -> dict[str, Any]:
        """How documents are repeated; the manifest of this view does not name it."""
        plan = load_plan(store, f"{self.stage}.split")
        assert plan is not None
        return {"repetition": "materialise" if plan.fields["materialise"] else "weight"}

    @classmethod
    def check(cls, corpus: Path, manifest: Entry) -> Iterator[str]:
        """Rows of another label than that of their folder."""
        for entry in manifest["files"]:
            path = corpus / entry["path"]
            if path.name.endswith(JSONL_ZST):
                continue
            names = parquet.read_table(path, ("language", "language_script"))
            labels = pc.binary_join_element_wise(names["language"], names["language_script"], "_")
            others = set(pc.unique(labels).to_pylist()) - {entry["label"]}
            if others:
                yield f"{entry['path']}: rows of label {', '.join(sorted(map(str, others))[:3])}"
