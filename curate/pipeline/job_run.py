"""The run of a job as its stages see it: the job, what runs its steps, and its configs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curate.config.job import JobConfig
from curate.config.language import Aspect
from curate.io.store import Store
from curate.work.configs import RunConfigs
from curate.work.plan import ShardPlan
from curate.work.runner import Runner, Step
from curate.work.seal import Totals, load_receipts, sealed
from curate.work.snapshots import extend_plan, ranks
from curate.work.task import S, ShardFunction

Json = Any
Done = Mapping[str, Step]
"""Stage -> its last step, of the stages that a run has come to."""


@dataclass(frozen=True, slots=True)
class JobRun:
    """A run of a job.

    Attributes:
        job: the resolved job.
        runner: drives steps on the engine.
        configs: the language configs of this run.
    """

    job: JobConfig
    runner: Runner
    configs: RunConfigs

    @property
    def store(self) -> Store:
        """The work folder."""
        return self.runner.store

    @property
    def is_compat(self) -> bool:
        """Whether the job does as FineWeb2 did."""
        return self.job.is_compat

    @property
    def repairs_late(self) -> bool:
        """Whether texts are repaired when they are published, and not at extraction."""
        return self.is_compat and self.job.extract.repair

    @property
    def masks_sidecar(self) -> bool:
        """Whether views take the spans of the sidecar: not if they repair the text themselves."""
        return self.job.emit.pii != "keep" and not self.repairs_late

    def folder(self, aspect: Aspect) -> str:
        """Where workers find the language configs of an aspect."""
        return str(self.configs.folder(aspect))

    def documents(self) -> list[ShardPlan]:
        """One shard per document shard that was extracted, for stages that add columns."""
        rank = ranks(self.store)
        return [
            ShardPlan(
                id=receipt.shard,
                bytes_in=sum(f.bytes for f in receipt.files_of("data")),
                payload={"number": number, "rows": receipt.rows_out, "rank": rank[receipt.shard]},
            )
            for number, receipt in enumerate(load_receipts(self.store, "extract"))
        ]

    def run(
        self,
        step: Step,
        function: ShardFunction[S],
        settings: S | None = None,
        shards: Callable[[], Sequence[ShardPlan]] | None = None,
        *,
        num_gpus: float = 0.0,
    ) -> Totals:
        """Bring one step to its seal.

        Args:
            step: the step.
            function: its task.
            settings: of the task; None if it has none.
            shards: makes its shards; None for those of the documents.
            num_gpus: GPUs that a task asks for.
        """
        if shards is None:
            self.extend(step)
        (totals,) = self.runner.run(
            [step], function, shards or self.documents, settings=settings, num_gpus=num_gpus
        )
        return totals

    def extend(self, *steps: Step) -> None:
        """Add the documents of later snapshots to steps that were planned without them."""
        for step in steps if self.job.snapshots else ():
            extend_plan(self.store, step.name, self.documents())


def sealed_rows(store: Store, step: str) -> int:
    """Rows that a sealed step wrote."""
    totals = sealed(store, step)
    assert totals is not None, step
    return totals.rows_out


def partition_shards(n: int, rows: int) -> list[ShardPlan]:
    """One shard per partition of an exchange; ``rows`` only serves to order them."""
    return [ShardPlan(f"partition-{i:05d}", rows // n, {"number": i}) for i in range(n)]
