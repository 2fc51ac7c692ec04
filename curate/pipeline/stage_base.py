"""What every stage of a run has at hand: the job, the runner, and the fingerprints before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from curate.config.job import JobConfig
from curate.config.measured import SCORE_STEPS
from curate.io.store import Store
from curate.pipeline.configs import RunConfigs
from curate.pipeline.distribution import FINEWEB2
from curate.pipeline.runner import Runner, Step
from curate.pipeline.snapshots import extend_plan, ranks
from curate.pipeline.step import ShardPlan, Totals, fingerprint, load_receipts, sealed

Json = Any


@dataclass
class StageBase:
    """Steps of one job; a stage asks those before it for their fingerprints.

    Attributes:
        job: the resolved job.
        runner: drives steps on the engine.
        configs: the language configs of this run.
    """

    job: JobConfig
    runner: Runner
    configs: RunConfigs
    _marks: dict[str, str] = field(default_factory=dict)

    @property
    def _compat(self) -> bool:
        return self.job.compat == FINEWEB2

    def _step(self, name: str, settings: Json = None, **fields: Json) -> Step:
        self._marks[name] = fingerprint(fields)
        return Step(name, fields, settings)

    def _after(self, *steps: str) -> dict[str, str]:
        """Fingerprints of the steps whose results are read."""
        return {f"after {name}": self._marks[name] for name in steps}

    @property
    def scored(self) -> tuple[str, ...]:
        """The steps of :data:`curate.config.measured.SCORE_STEPS` that the job asks for."""
        return tuple(step for step in SCORE_STEPS if step in self._marks)

    def documents(self) -> list[ShardPlan]:
        """One shard per document shard that was extracted, for stages that add columns."""
        rank = ranks(self.runner.store)
        return [
            ShardPlan(
                id=receipt.shard,
                bytes_in=sum(f.bytes for f in receipt.files_of("data")),
                payload={"number": number, "rows": receipt.rows_out, "rank": rank[receipt.shard]},
            )
            for number, receipt in enumerate(load_receipts(self.runner.store, "extract"))
        ]

    def _run(
        self,
        step: Step,
        function: str,
        settings: Json = None,
        shards: Callable[[], Sequence[ShardPlan]] | None = None,
        *,
        num_gpus: float = 0.0,
    ) -> list[Totals]:
        if shards is None:
            self._extend(step)
        return self.runner.run(
            [step],
            f"curate.pipeline.{function}",
            shards or self.documents,
            settings=settings,
            num_gpus=num_gpus,
        )

    def _extend(self, *steps: Step) -> None:
        """Add the documents of later snapshots to steps that were planned without them."""
        for step in steps if self.job.snapshots else ():
            extend_plan(self.runner.store, step.name, self.documents())


def sealed_rows(store: Store, step: str) -> int:
    """Rows that a sealed step wrote."""
    totals = sealed(store, step)
    assert totals is not None, step
    return totals.rows_out


def partition_shards(n: int, rows: int) -> list[ShardPlan]:
    """One shard per partition of an exchange; ``rows`` only serves to order them."""
    return [ShardPlan(f"partition-{i:05d}", rows // n, {"number": i}) for i in range(n)]
