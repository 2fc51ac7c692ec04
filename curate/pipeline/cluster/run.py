"""Drive the steps of the cluster stage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Protocol

from curate.config.job import JobConfig
from curate.dedup.components import ClusterParams
from curate.io import layout
from curate.io.receipt import Receipt
from curate.pipeline.cluster import group, refine, split
from curate.pipeline.cluster import plan as plans
from curate.pipeline.cluster.counts import write_counts
from curate.pipeline.cluster.shards import LabelPart
from curate.pipeline.cluster.stars import RangedUnion
from curate.pipeline.cluster.unite import unite_ranges
from curate.work.plan import ShardPlan
from curate.work.runner import Runner, Step
from curate.work.seal import add_counts, iter_receipts, sealed
from curate.work.tables import language_configs
from curate.work.task import Nothing, S, ShardFunction, from_json

Shards = Callable[[], Sequence[ShardPlan]]


class MakeStep(Protocol):
    """Makes a step."""

    def __call__(self, name: str, /, *, reads: Sequence[str], **fields: object) -> Step:
        """Make a step.

        Args:
            name: of the step.
            reads: steps that it reads.
            **fields: everything else that decides its result.
        """


@dataclass(frozen=True)
class ClusterRun:
    """The stage of one job.

    Attributes:
        runner: drives steps on the engine.
        documents: the document shards.
        configs: folder of the language configs whose LID thresholds count.
        n_bands: keys of a document.
        params: which documents are near-duplicates.
        warn_removed_share: share of a label's or domain's documents, 0 to 1, above which
            deduplication is remarked on.
    """

    runner: Runner
    documents: Sequence[ShardPlan]
    configs: str
    n_bands: int
    params: ClusterParams
    warn_removed_share: float = 0.8

    @classmethod
    def of(
        cls, job: JobConfig, runner: Runner, documents: Sequence[ShardPlan], configs: str
    ) -> ClusterRun:
        """As a job says."""
        said = job.cluster
        params = ClusterParams(
            verify=said.verify and job.compat is None,
            min_similarity=said.min_similarity,
            min_representative_similarity=said.min_representative_similarity,
        )
        share = said.warn_removed_share
        return cls(runner, documents, configs, job.minhash.n_bands, params, share)

    def run(self, split_step: Step, after: MakeStep) -> None:
        """Run every step.

        Args:
            split_step: the first, whose fields say what it read.
            after: makes the others.
        """
        store = self.runner.store
        was_done = sealed(store, "cluster") is not None
        histogram = _histogram(iter_receipts(store, "identify"))
        plan = plans.plan_labels(histogram, self.n_bands)
        units = plans.plan_units(self.documents)
        loaded = language_configs(self.configs)
        lowest = {label: loaded.for_label(label).lid_threshold() for label in sorted(histogram)}
        settings = split.SplitSettings(lowest, plan)
        self._map(split_step, split.split_unit, lambda: units, settings)
        alone, source = ["cluster.split"], ""
        if plan.banded:
            source = self._components(plan, units, lowest, after)
            alone.append("cluster.send")
        self._map(
            after("cluster.group", reads=alone, **asdict(self.params)),
            group.group_partition,
            lambda: plans.group_shards(store, plan, histogram, source),
            group.GroupSettings(self.params, plan.n_direct),
        )
        self._map(
            after("cluster.return", reads=["cluster.group"]),
            group.return_unit,
            lambda: units,
            group.ReturnSettings(tuple(alone)),
        )
        self._map(
            after("cluster", reads=["cluster.return"]),
            group.gather_shard,
            lambda: plans.with_units(self.documents, units),
            Nothing(),
        )
        if not was_done or store.get(layout.CLUSTER_COUNTS) is None:
            for warned in write_counts(store, self.warn_removed_share):
                self.runner.progress.say(f"{warned} (cluster.warn_removed_share)")

    def _components(
        self,
        plan: plans.LabelPlan,
        units: Sequence[ShardPlan],
        lowest: Mapping[str, float],
        after: MakeStep,
    ) -> str:
        """Cut large labels into components, and send these to their partitions.

        Returns:
            The step that says which document goes where.
        """
        store = self.runner.store
        starts, totals = plans.label_starts(store)
        pairs = after("cluster.pairs", reads=["cluster.split"])
        bands = plans.band_shards(plan, totals)
        self._map(pairs, group.pair_partition, lambda: bands, Nothing())
        unions = plans.union_shards(plan, totals)
        files = plans.shards_by_label(unions)
        started = plans.with_starts(units, starts)
        step, ranged = self._rounds("cluster.union", ["cluster.pairs"], unions, after)
        how = group.UniteSettings(plans.GROUP_ROWS, ranged)
        self._map(step, group.unite, lambda: unions, how)
        source = "cluster.union"
        large = plans.plan_large(store, self.n_bands)
        if large.large and self.params.verify and self.params.min_similarity > 0:
            keys = refine.KeysSettings(lowest, files, large)
            self._refine(keys, started, unions, after)
            source = "cluster.refine"
        send = after("cluster.send", reads=[source])
        firsts = plans.first_partitions(store, plan, source)
        settings = split.SendSettings(lowest, files, source, firsts)
        self._map(send, split.send_unit, lambda: started, settings)
        return source

    def _refine(
        self,
        settings: refine.KeysSettings,
        units: Sequence[ShardPlan],
        unions: Sequence[ShardPlan],
        after: MakeStep,
    ) -> None:
        """Break up components that are too large for one task, by verified pairs."""
        large = settings.large
        parts = [from_json(LabelPart, shard.payload) for shard in unions]
        totals = {part.label: part.documents for part in parts}
        keys = after("cluster.keys", reads=["cluster.union"])
        self._map(keys, refine.send_keys, lambda: units, settings)
        least = refine.CheckSettings(self.params.min_similarity)
        check = after("cluster.check", reads=["cluster.keys"], **asdict(least))
        shards = plans.check_shards(large, totals)
        self._map(check, refine.check_partition, lambda: shards, least)
        refined = plans.refine_shards(unions, large)
        reads = ["cluster.union", "cluster.check"]
        step, ranged = self._rounds("cluster.refine", reads, refined, after)
        how = refine.RefineSettings(plans.GROUP_ROWS, large.large, ranged)
        self._map(step, refine.unite, lambda: refined, how)

    def _rounds(
        self, union: str, reads: Sequence[str], unions: Sequence[ShardPlan], after: MakeStep
    ) -> tuple[Step, RangedUnion | None]:
        """Find the components of labels that are united by ranges, in many rounds.

        Args:
            union: the step ``cluster.union`` or ``cluster.refine``.
            reads: steps that it reads; the last of them found the edges.
            unions: its shards.
            after: makes steps.

        Returns:
            The union's own step, which comes next, and the steps of the rounds, if any.
        """
        rows = plans.GROUP_ROWS

        def run(
            name: str,
            source: str,
            function: ShardFunction[S],
            shards: Sequence[ShardPlan],
            settings: S,
        ) -> None:
            step = after(name, reads=[source], group_rows=rows)
            self._map(step, function, lambda: shards, settings)

        ranged = unite_ranges(self.runner.store, union, reads[-1], unions, run, group_rows=rows)
        also = [] if ranged is None else [ranged.answers.step]
        return after(union, reads=[*reads, *also], group_rows=rows), ranged

    def _map(self, step: Step, function: ShardFunction[S], shards: Shards, settings: S) -> None:
        self.runner.run([step], function, shards, settings=settings)


def _histogram(receipts: Iterable[Receipt]) -> dict[str, int]:
    """label -> documents that were given it."""
    histogram: dict[str, int] = {}
    for receipt in receipts:
        add_counts(histogram, receipt.counts["labels"])
    return histogram
