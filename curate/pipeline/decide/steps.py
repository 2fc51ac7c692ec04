"""The steps that decide what is published: screen, select, rebalance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

from curate.config.job import JobConfig
from curate.dedup.mixture import Share
from curate.io.store import Store
from curate.pipeline.cluster.plan import plan_units, with_units
from curate.pipeline.decide import rebalance as tasks
from curate.pipeline.decide.blocked import closing
from curate.pipeline.decide.mixture import planned, read_amounts, read_sizes, resulting_lines
from curate.pipeline.decide.screen import ScreenKeys, screen_shard
from curate.pipeline.decide.screens import compile_screens, dropping, screens_of
from curate.pipeline.decide.select import SelectSettings, select_shard
from curate.pipeline.decide.taken_down import keep_taken_down, use_lists
from curate.pipeline.decide.weights import clusters_by_label, weights_by_label
from curate.pipeline.job_run import Done, JobRun, partition_shards, sealed_rows
from curate.report.data import MixtureLine
from curate.report.mixture import mixture_table
from curate.stage_table import scored, stage_of
from curate.stages.screen import SCREEN_VERSION
from curate.work.plan import planned_shards
from curate.work.runner import Step
from curate.work.seal import sealed
from curate.work.task import Nothing


@dataclass(frozen=True)
class Decided:
    """The result of clusters and verdicts of a work folder, counted by label.

    Attributes:
        store: a work folder whose clusters are counted, which `rebalance` does first.
        job: its job.
    """

    store: Store
    job: JobConfig

    @cached_property
    def sizes(self) -> pa.Table:
        """Members and clusters by label and cluster size;
        :data:`curate.pipeline.decide.rebalance.SIZES`."""
        return read_sizes(self.store)

    @cached_property
    def weights(self) -> dict[str, dict[int, int]]:
        """label -> {smallest cluster size: repetitions}."""
        return weights_by_label(self.sizes, self.job)

    def shares(self) -> dict[str, Share]:
        """label -> what it has and gets; empty if the job asks for no mixture."""
        if not self.job.mixture.is_set:
            return {}
        return planned(read_amounts(self.store), self.weights, self.job)

    def mixture(self) -> tuple[MixtureLine, ...]:
        """The mixture's line of each label; empty if the job asks for none."""
        shares = self.shares()
        return resulting_lines(self.store, shares, self.job.mixture.unit) if shares else ()

    def test_fractions(self) -> Mapping[str, float]:
        """label -> share of documents in the test split; labels too small have none."""
        emit = self.job.emit
        return {
            label: min(emit.test_fraction, emit.test_max_documents / n)
            for label, n in clusters_by_label(self.sizes).items()
            if n >= emit.test_min_documents and emit.test_fraction > 0
        }


def screen(run: JobRun, done: Done) -> Step | None:
    """Addresses on lists and in robots.txt; no step at all if the job names none."""
    screens = screens_of(run.job)
    if not screens:
        return None
    step = Step.of("screen", [done["extract"]], code=SCREEN_VERSION, **screens)
    run.extend(step)
    keys = ScreenKeys()
    if sealed(run.store, "screen") is None:
        keys = ScreenKeys(**compile_screens(run.job, run.store, screens))
    run.run(step, screen_shard, keys)
    return step


def select(run: JobRun, done: Done) -> Step:
    """Thresholds, and the screens that drop."""
    screens = dropping(run.job)
    reads = ["identify", "annotate", *scored(), "screen"]
    step = Step.of(
        "select",
        [done[name] for name in reads if name in done],
        code=stage_of("select").version,
        screens=screens,
        thresholds=run.configs.fingerprint("thresholds"),
    )
    run.run(step, select_shard, SelectSettings(run.folder("thresholds"), screens))
    return step


def rebalance(run: JobRun, done: Done) -> Step:
    """Representatives and weights."""
    store, code = run.store, stage_of("rebalance").version
    lists = use_lists(run)
    closes = closing(run.job)
    reads = [done[name] for name in ("cluster", "select", "screen") if name in done]
    split = Step.of("rebalance.split", reads, code=code, closes=closes)
    rows = sealed_rows(store, "cluster")
    n_partitions = 1 + rows // tasks.PARTITION_ROWS
    run.run(
        split,
        tasks.split_unit,
        tasks.SplitSettings(n_partitions, closes, lists, screened=_has_filter(run, done)),
        lambda: plan_units(run.documents()),
    )
    units = planned_shards(store, "rebalance.split")
    group = Step.of("rebalance.group", [split], regardless=run.is_compat)
    run.run(
        group,
        tasks.group_partition,
        tasks.GroupSettings(regardless=run.is_compat),
        lambda: partition_shards(n_partitions, rows),
    )
    back = Step.of("rebalance.return", [group])
    run.run(back, tasks.return_unit, Nothing(), lambda: units)
    fields = run.job.rebalance.model_dump(exclude={"repetition", "blocked"})
    if run.job.mixture.is_set:
        fields["mixture"] = run.job.mixture.model_dump()
    step = Step.of("rebalance", [back], code=code, **fields)
    decided = Decided(store, run.job)
    settings = tasks.WeightSettings(
        weights={
            label: {str(size): n for size, n in steps.items()}
            for label, steps in decided.weights.items()
        },
        factors={k: x.factor for k, x in decided.shares().items() if x.factor != 1.0},
        limit=run.job.rebalance.max_repetitions,
        lists=lists,
    )
    run.run(step, tasks.gather_shard, settings, lambda: with_units(run.documents(), units))
    keep_taken_down(store, lists)
    _tell_mixture(run, decided)
    return step


def _has_filter(run: JobRun, done: Done) -> bool:
    return "screen" in done and run.job.urls is not None


def _tell_mixture(run: JobRun, decided: Decided) -> None:
    """Show what will be published, while nothing has been."""
    lines = decided.mixture()
    if lines and sealed(run.store, "emit") is None:
        run.runner.progress.say(f"mixture:\n{mixture_table(lines, run.job.mixture.unit)}")
