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
from curate.pipeline.emit.current import lists_of
from curate.pipeline.emit.files import ONLY_PLAN, PlanSettings, file_shards
from curate.pipeline.emit.fineweb2_files import (
    FilesSettings,
    SplitSettings,
    split_unit,
    write_files,
)
from curate.pipeline.emit.fineweb2_plan import plan_shard, plan_units, published_characters
from curate.pipeline.emit.rewrite_fineweb2 import RewriteSettings, docs_in, rewrite_label
from curate.pipeline.emit.view import Doc, Entry, Rewriting, View
from curate.pipeline.extract.kept import kept_of
from curate.pipeline.job_run import Done, JobRun
from curate.work.plan import ShardPlan, load_plan
from curate.work.runner import Step
from curate.work.sidecars import scored_columns
from curate.work.take_down import listed_for

CODE: Final = "4"
"""Raised by hand when other rows are written for the same settings."""


class FineWeb2(View):
    """FineWeb2's layout: a folder for each label and split, rows with columns."""

    name = "fineweb2"

    def write(self, run: JobRun, done: Done) -> Step:
        """Rows by label and subset, planned and written as files."""
        stage = self.stage
        store, emit = run.store, run.job.emit
        settings = _split_settings(run)
        published, kept = _published(run), kept_of(run)[0]
        tests = {k: v for k, v in emit.model_dump().items() if k.startswith("test_")}
        reads = [done["rebalance"], *([done["pii"]] if run.masks_sidecar else [])]
        split = Step.of(f"{stage}.split", reads, code=CODE, **published, **kept, **tests)
        run.run(
            split,
            split_unit,
            settings,
            lambda: plan_units(
                run.documents(),
                published_characters(store, emit.removed, repeats=settings.materialise),
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
        run.run(step, write_files, _files_settings(run), lambda: file_shards(store, stage))
        return step

    def rewriting(self, run: JobRun, lists: str) -> Rewriting:
        """Rows are found by id and address, and others put between them where they belong."""
        before = lists_of(run.store, self.stage, listed_for(run.store, self.stage))
        settings = RewriteSettings(before, lists, _split_settings(run), _files_settings(run))
        return Rewriting(rewrite_label, settings)

    @classmethod
    def docs_in(cls, path: Path) -> Iterator[Doc]:
        """By id and address."""
        return iter(docs_in(path))

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


def _published(run: JobRun) -> dict[str, Any]:
    """The settings that decide which rows are published, as the plan has them."""
    emit = run.job.emit
    published: dict[str, Any] = {
        "removed": emit.removed,
        "materialise": run.job.rebalance.repetition == "materialise",
        "repair": run.repairs_late,
        "pii": emit.pii,
        "pii_kinds": sorted(emit.pii_kinds),
        "places": not run.is_compat,
    }
    if scores := {step: list(columns) for step, columns in scored_columns(run.store).items()}:
        published["scores"] = scores
    return published


def _split_settings(run: JobRun) -> SplitSettings:
    return SplitSettings(
        **_published(run),
        test_fractions=Decided(run.store, run.job).test_fractions(),
        has_spans=run.masks_sidecar,
        kept_schema=kept_of(run)[1],
    )


def _files_settings(run: JobRun) -> FilesSettings:
    emit, published = run.job.emit, _published(run)
    return FilesSettings(
        format=emit.format,
        row_group_rows=emit.row_group_rows,
        row_group_mb=emit.row_group_mb,
        compression=emit.compression,
        materialise=published["materialise"],
        pii=emit.pii,
        places=published["places"],
        scores={step: tuple(columns) for step, columns in published.get("scores", {}).items()},
        kept_schema=kept_of(run)[1],
    )
