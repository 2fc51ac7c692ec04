"""Drive the steps of the cluster stage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from curate.config.job import JobConfig
from curate.io import layout
from curate.pipeline import cluster_plan as plans
from curate.pipeline.cluster_counts import write_counts
from curate.pipeline.cluster_unite import unite_ranges
from curate.pipeline.runner import Runner, Step
from curate.pipeline.step import ShardPlan, iter_receipts, sealed
from curate.pipeline.tables import language_configs

Json = Any
MakeStep = Callable[..., Step]
Shards = Callable[[], Sequence[ShardPlan]]


@dataclass(frozen=True)
class ClusterRun:
    """What the stage is told.

    Attributes:
        runner: drives steps on the engine.
        documents: the document shards.
        configs: folder of the language configs whose LID thresholds count.
        n_bands: keys of a document.
        wanted: arguments of :class:`curate.dedup.components.ClusterParams`.
        warn_removed_share: share of a label's or domain's documents, 0 to 1, above which
            deduplication is remarked on.
    """

    runner: Runner
    documents: Sequence[ShardPlan]
    configs: str
    n_bands: int
    wanted: Mapping[str, Json]
    warn_removed_share: float = 0.8

    @classmethod
    def of(
        cls, job: JobConfig, runner: Runner, documents: Sequence[ShardPlan], configs: str
    ) -> ClusterRun:
        """As a job says."""
        wanted = job.cluster.model_dump(exclude={"warn_removed_share"})
        if job.compat is not None:
            wanted["verify"] = False
        share = job.cluster.warn_removed_share
        return cls(runner, documents, configs, job.minhash.n_bands, wanted, share)

    def run(self, split: Step, after: MakeStep) -> None:
        """Run every step.

        Args:
            split: the first, whose fields say what it read.
            after: makes a step from its name, its fields, and ``reads``: steps that it reads.
        """
        store = self.runner.store
        was_done = sealed(store, "cluster") is not None
        histogram = _histogram(iter_receipts(store, "identify"))
        plan = plans.plan_labels(histogram, self.n_bands)
        units = plans.plan_units(self.documents)
        loaded = language_configs(self.configs)
        lowest = {label: loaded.for_label(label).lid_threshold() for label in sorted(histogram)}
        settings = {"lowest": lowest, **plan.settings()}
        self._map(split, "cluster_task:split_unit", lambda: units, settings)
        alone, source = ["cluster.split"], ""
        if plan.banded:
            source = self._components(plan, units, lowest, after)
            alone.append("cluster.send")
        group = after("cluster.group", reads=alone, **self.wanted)
        self._map(
            group,
            "cluster_group:group_partition",
            lambda: plans.group_shards(store, plan, histogram, source),
            {"cluster": self.wanted, "n_direct": plan.n_direct},
        )
        back = after("cluster.return", reads=["cluster.group"])
        self._map(back, "cluster_group:return_unit", lambda: units, {"alone": alone})
        last = after("cluster", reads=["cluster.return"])
        self._map(
            last, "cluster_group:gather_shard", lambda: plans.with_units(self.documents, units)
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
        self._map(pairs, "cluster_group:pair_partition", lambda: plans.band_shards(plan, totals))
        unions = plans.union_shards(plan, totals)
        self._unite("cluster.union", "cluster.pairs", ["cluster.pairs"], unions, {}, after)
        settings: dict[str, Json] = {"lowest": lowest, "unions": plans.shards_by_label(unions)}
        started = _with_starts(units, starts)
        source = "cluster.union"
        large = plans.plan_large(store, self.n_bands)
        if large.large and self.wanted["verify"] and self.wanted["min_similarity"] > 0:
            self._refine(large, started, {**settings, **asdict(large)}, unions, after)
            source = "cluster.refine"
        send = after("cluster.send", reads=[source])
        settings |= {"source": source, "first": plans.first_partitions(store, plan, source)}
        self._map(send, "cluster_task:send_unit", lambda: started, settings)
        return source

    def _refine(
        self,
        large: plans.LargePlan,
        units: Sequence[ShardPlan],
        settings: Mapping[str, Json],
        unions: Sequence[ShardPlan],
        after: MakeStep,
    ) -> None:
        """Break up components that are too large for one task, by verified pairs."""
        totals = {shard.payload["label"]: shard.payload["documents"] for shard in unions}
        keys = after("cluster.keys", reads=["cluster.union"])
        self._map(keys, "cluster_refine:send_keys", lambda: units, settings)
        least = {"min_similarity": self.wanted["min_similarity"]}
        check = after("cluster.check", reads=["cluster.keys"], **least)
        shards = plans.check_shards(large, totals)
        self._map(check, "cluster_refine:check_partition", lambda: shards, least)
        refined = plans.refine_shards(unions, large)
        more = {"large": large.large}
        reads = ["cluster.union", "cluster.check"]
        self._unite("cluster.refine", "cluster.check", reads, refined, more, after)

    def _unite(
        self,
        name: str,
        source: str,
        reads: Sequence[str],
        unions: Sequence[ShardPlan],
        settings: Mapping[str, Json],
        after: MakeStep,
    ) -> None:
        """Find the components of labels and pack them: a label in a task, or in many rounds."""
        rows = {"group_rows": plans.GROUP_ROWS}

        def run(
            step: str, read: str, function: str, shards: Sequence[ShardPlan], settings: Json
        ) -> None:
            made = after(step, reads=[read], **rows)
            self._map(made, function, lambda: shards, {**settings, **rows})

        told = unite_ranges(self.runner.store, name, source, unions, run)
        module = "cluster_group" if name == "cluster.union" else "cluster_refine"
        also = [told["answers"]] if told else []
        step = after(name, reads=[*reads, *also], **rows)
        self._map(step, f"{module}:unite", lambda: unions, {**settings, **rows, **told})

    def _map(self, step: Step, function: str, shards: Shards, settings: Json = None) -> None:
        self.runner.run([step], f"curate.pipeline.{function}", shards, settings=settings)


def _with_starts(
    units: Sequence[ShardPlan], starts: Mapping[str, Sequence[int]]
) -> list[ShardPlan]:
    """Units that know the number of their first document of each banded label."""
    return [
        ShardPlan(
            unit.id,
            unit.bytes_in,
            {
                **unit.payload,
                "starts": {k: v[number] for k, v in starts.items() if number < len(v)},
            },
        )
        for number, unit in enumerate(units)
    ]


def _histogram(receipts: Iterable[Any]) -> dict[str, int]:
    """label -> documents that were given it."""
    found: dict[str, int] = {}
    for receipt in receipts:
        for label, n in receipt.counts["labels"].items():
            found[label] = found.get(label, 0) + n
    return found
