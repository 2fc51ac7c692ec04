"""The stages that decide what is published and write it: rebalance and emit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from curate.dedup.mixture import Share
from curate.io.texts.kept import packed_schema
from curate.pipeline import emit_plan, hplt_plan, hplt_run, rebalance_task
from curate.pipeline.cluster_plan import plan_units, with_units
from curate.pipeline.distribution import clusters_by_label, weights_by_label
from curate.pipeline.kept import kept_schema
from curate.pipeline.mixture import planned, read_amounts, read_sizes, resulting_lines
from curate.pipeline.score_run import ScoringStages
from curate.pipeline.sidecars import scored_columns
from curate.pipeline.stage_base import partition_shards, sealed_rows
from curate.pipeline.step import ShardPlan, planned_shards, sealed
from curate.pipeline.views import HPLT, View
from curate.report.mixture import mixture_table
from curate.report.model import MixtureLine

CODE = {"rebalance": "4", "emit": "4"}
"""Raised by hand when the code of a stage changes what it gives for the same settings."""


@dataclass
class PublishingStages(ScoringStages):
    """Rebalance and emit; a stage asks those before it for their fingerprints."""

    _sizes: pa.Table | None = None

    def rebalance(self) -> None:
        """Representatives and weights."""
        store = self.runner.store
        split = self._step(
            "rebalance.split", code=CODE["rebalance"], **self._after("cluster", "select")
        )
        rows = sealed_rows(store, "cluster")
        n_partitions = 1 + rows // rebalance_task.PARTITION_ROWS
        partitions = {"n_partitions": n_partitions}
        self._run(
            split, "rebalance_task:split_unit", partitions, lambda: plan_units(self.documents())
        )
        units = planned_shards(store, "rebalance.split")
        group = self._step(
            "rebalance.group", regardless=self._compat, **self._after("rebalance.split")
        )
        self._run(
            group,
            "rebalance_task:group_partition",
            {"regardless": self._compat},
            lambda: partition_shards(n_partitions, rows),
        )
        back = self._step("rebalance.return", **self._after("rebalance.group"))
        self._run(back, "rebalance_task:return_unit", None, lambda: units)
        wanted = self.job.rebalance.model_dump(exclude={"repetition"})
        if self.job.mixture.is_set:
            wanted["mixture"] = self.job.mixture.model_dump()
        step = self._step(
            "rebalance", code=CODE["rebalance"], **wanted, **self._after("rebalance.return")
        )
        shares = self.shares()
        settings = {
            "weights": self.weights(),
            "factors": {k: x.factor for k, x in shares.items() if x.factor != 1.0},
            "limit": self.job.rebalance.max_repetitions,
        }
        self._run(
            step,
            "rebalance_task:gather_shard",
            settings,
            lambda: with_units(self.documents(), units),
        )
        self._tell_mixture()

    def _tell_mixture(self) -> None:
        """Show what will be published, while nothing has been."""
        lines = self.mixture()
        if lines and sealed(self.runner.store, "emit") is None:
            unit = self.job.mixture.unit
            self.runner.progress.say(f"mixture:\n{mixture_table(lines, unit)}")

    def shares(self) -> dict[str, Share]:
        """label -> what it has and gets; empty if the job asks for no mixture."""
        if not self.job.mixture.is_set:
            return {}
        return planned(self.amounts(), self.weights(), self.job)

    def mixture(self) -> tuple[MixtureLine, ...]:
        """What the mixture made of each label; empty if the job asks for none."""
        found = self.shares()
        if not found:
            return ()
        return resulting_lines(self.runner.store, found, self.job.mixture.unit)

    def sizes(self) -> pa.Table:
        """Members and clusters by label and cluster size; see rebalance_task.SIZES."""
        if self._sizes is None:
            self._sizes = read_sizes(self.runner.store)
        return self._sizes

    def amounts(self) -> pa.Table:
        """Characters and words of what is kept; see rebalance_task.AMOUNTS."""
        return read_amounts(self.runner.store)

    def weights(self) -> dict[str, dict[int, int]]:
        """label -> {smallest cluster size: repetitions}."""
        return weights_by_label(self.sizes(), self.job)

    # ---- corpus ----------------------------------------------------------------------------

    def test_fractions(self) -> Mapping[str, float]:
        """label -> share of documents in the test split; labels too small have none."""
        emit = self.job.emit
        return {
            label: min(emit.test_fraction, emit.test_max_documents / n)
            for label, n in clusters_by_label(self.sizes()).items()
            if n >= emit.test_min_documents and emit.test_fraction > 0
        }

    @property
    def masks_sidecar(self) -> bool:
        """Whether emit takes the spans of the sidecar: not if it repairs the text itself."""
        return self.job.emit.pii != "keep" and not self._repairs_late

    @property
    def _repairs_late(self) -> bool:
        return self._compat and self.job.extract.repair  # otherwise done at extraction

    def emit(self, view: View) -> None:
        """Write the files of a view; publishing them is the caller's next step."""
        if view.name == HPLT:
            self._emit_hplt(view.stage)
        else:
            self._emit_fineweb2(view.stage)

    def _emit_fineweb2(self, stage: str) -> None:
        emit = self.job.emit
        split: dict[str, Any] = {
            "removed": emit.removed,
            "materialise": self.job.rebalance.repetition == "materialise",
            "repair": self._repairs_late,
            "pii": emit.pii,
            "pii_kinds": sorted(emit.pii_kinds),
        }
        if scores := scored_columns(self.runner.store):
            split["scores"] = {step: list(columns) for step, columns in scores.items()}
        kept, packed = self._kept()
        tests = {k: v for k, v in emit.model_dump().items() if k.startswith("test_")}
        after = self._after("rebalance", *(["pii"] if self.masks_sidecar else []))
        split_step = self._step(
            f"{stage}.split", code=CODE["emit"], **split, **kept, **tests, **after
        )
        found = {"test_fractions": self.test_fractions(), "has_spans": self.masks_sidecar}
        self._run(
            split_step,
            "emit_task:split_unit",
            {**split, **packed, **found},
            lambda: emit_plan.plan_units(
                self.documents(),
                emit_plan.published_characters(
                    self.runner.store, emit.removed, repeats=split["materialise"]
                ),
            ),
        )
        form = emit.model_dump(
            include={"format", "max_file_mb", "row_group_rows", "row_group_mb", "compression"}
        )
        self._run(
            self._step(f"{stage}.plan", **form, **self._after(f"{stage}.split")),
            "emit_plan:plan_shard",
            form,
            lambda: [ShardPlan("files")],
        )
        self._run(
            self._step(stage, **form, **self._after(f"{stage}.plan")),
            "emit_task:write_files",
            {k: split[k] for k in ("materialise", "pii", "scores") if k in split} | packed | form,
            lambda: emit_plan.file_shards(self.runner.store, stage),
        )

    def _kept(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The kept columns: types in words for the plan, and the types themselves for tasks."""
        names = self.job.kept_columns
        if not names:
            return {}, {}
        found = kept_schema(self.runner.store, names)
        words = {field.name: str(field.type) for field in found}
        return {"kept": words}, {"kept_schema": packed_schema(found)}

    def _emit_hplt(self, stage: str) -> None:
        store, wanted = self.runner.store, self.job.emit.hplt
        split = hplt_run.split_settings(store, self.job)
        after = self._after("rebalance", *(["pii"] if self.masks_sidecar else []), *split["more"])
        rows = sealed_rows(store, "rebalance")
        parts = hplt_plan.n_partitions(rows)
        kept, packed = self._kept()
        settings = {**split, **packed, "n_partitions": parts}
        if self.masks_sidecar:
            settings["more"] = {**split["more"], "pii": ["pii_spans"]}
        self._run(
            self._step(f"{stage}.split", code=hplt_run.CODE, **split, **kept, **after),
            "hplt_task:split_shard",
            settings,
        )
        limit = {"max_file_mb": wanted.max_file_mb}
        self._run(
            self._step(f"{stage}.plan", **limit, **self._after(f"{stage}.split")),
            "hplt_plan:plan_shard",
            limit,
            lambda: partition_shards(parts, rows),
        )
        form = {"level": wanted.level, "frame_kb": wanted.frame_kb}
        self._run(
            self._step(stage, **form, **self._after(f"{stage}.plan")),
            "hplt_task:write_files",
            form,
            lambda: hplt_plan.file_shards(store, stage),
        )
