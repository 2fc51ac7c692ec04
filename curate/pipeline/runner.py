"""Drive steps: plan, run what is not committed, seal. Knows no stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curate import failpoints
from curate.engine.base import Engine, Event, Outcome, Task
from curate.errors import EngineError, InputError
from curate.io.store import Store
from curate.pipeline.progress import Progress
from curate.pipeline.ranges import index_of
from curate.pipeline.step import Plan, ShardPlan, Totals, committed, ensure_plan, seal, sealed
from curate.pipeline.task import FUNCTION, payload_of

Json = Any


@dataclass(frozen=True, slots=True)
class Step:
    """One step to run.

    Attributes:
        name: see :data:`curate.io.layout.STEPS`.
        fields: everything that decides its result; becomes the fingerprint.
        settings: what its tasks are told.
    """

    name: str
    fields: Mapping[str, Json]
    settings: Json = None


@dataclass
class Runner:
    """Runs steps of one work folder on one engine."""

    store: Store
    engine: Engine
    progress: Progress

    def run(
        self,
        steps: Sequence[Step],
        function: str,
        make_shards: Callable[[], Sequence[ShardPlan]],
        *,
        settings: Json = None,
        num_gpus: float = 0.0,
        completed: Callable[[Mapping[str, Json]], Mapping[str, Json]] = dict,
    ) -> list[Totals]:
        """Bring steps that share shards and a task function to their seal.

        Args:
            steps: one step, or several that one pass over a shard can serve.
            function: ``"module:function"`` of the task.
            make_shards: the shards, asked for only if a step has no plan yet.
            settings: told to every task.
            num_gpus: GPUs that a task asks for.
            completed: adds to a task's payload what must not be in the plan.

        Raises:
            EngineError: shards failed after their retries; the others are committed.
            JobMismatchError: a step was planned with other settings.
        """
        plans = [ensure_plan(self.store, s.name, s.fields, make_shards) for s in steps]
        done = [sealed(self.store, plan.step) for plan in plans]
        finished = [totals for totals in done if totals is not None]
        if len(finished) == len(plans):
            return finished
        tasks = self._tasks(plans, function, settings, num_gpus, completed)
        stage = "+".join(s.name for s in steps)
        if tasks:
            self._map(stage, plans[0], tasks)
        return [seal(self.store, plan, index_of) for plan in plans]

    def _tasks(
        self,
        plans: Sequence[Plan],
        function: str,
        settings: Json,
        num_gpus: float,
        completed: Callable[[Mapping[str, Json]], Mapping[str, Json]],
    ) -> list[Task]:
        have = {plan.step: committed(self.store, plan.step) for plan in plans}
        tasks = []
        for shard in plans[0].shards:
            due = {p.step: p.fingerprint for p in plans if shard.id not in have[p.step]}
            if due:
                payload = {
                    **completed(shard.payload),
                    "work": str(self.store.root),
                    "shard": shard.id,
                    "bytes_in": shard.bytes_in,
                    "due": due,
                    "settings": settings,
                }
                told = payload_of(function, payload)
                tasks.append(Task(shard.id, FUNCTION, told, shard.bytes_in, num_gpus))
        return tasks

    def _map(self, stage: str, plan: Plan, tasks: Sequence[Task]) -> None:
        n_done = len(plan.shards) - len(tasks)
        size = sum(task.bytes_in for task in tasks)
        self.progress.begin(stage, shards=len(plan.shards), done=n_done, bytes_in=size)

        def listen(event: Event) -> None:
            self.progress.event(stage, event)
            self.engine.count("shards", 1, {"stage": stage, "kind": event.kind})
            if event.kind == "done":
                rows = (event.outcome.value or {}).get("rows", 0)
                self.engine.count("rows", rows, {"stage": stage})
            failpoints.reach(f"{plan.step}.after_shard", event.outcome.key)

        try:
            outcomes = self.engine.map_shards(tasks, listen)
        finally:
            self.progress.end(stage)
        failed = [o for o in outcomes if o.failure is not None]
        if failed and len(failed) == len(plan.shards) and isinstance(failed[0].error, InputError):
            raise failed[0].error  # no input can be read as the job says: a mistake in the job
        if failed:
            raise failure(stage, failed, len(plan.shards))


def failure(stage: str, failed: Sequence[Outcome], n_shards: int) -> EngineError:
    """One error for all failed shards: those of one user's mistake keep its words."""
    lines = [
        f"{o.key} after {o.attempts} attempt{'s' * (o.attempts > 1)}: "
        + (o.failure or "").replace("\n", "\n      ")
        for o in failed[:20]
    ]
    if len(failed) > 20:
        lines.append(f"... and {len(failed) - 20} more")
    details = [o.detail for o in failed if o.detail]
    trace = f"\n  last traceback:\n{details[-1].rstrip()}" if details else ""
    return EngineError(
        f"stage {stage!r}",
        wanted=f"all {n_shards} shards",
        found=f"{len(failed)} failed:\n    " + "\n    ".join(lines) + trace,
        todo="mend the cause and run the same command again: finished shards are kept",
    )
