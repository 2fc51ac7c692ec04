"""Drive steps: plan, run what is not committed, seal. Knows no stage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from curate import failpoints
from curate.engine.protocol import Engine, Event, Outcome, Task
from curate.errors import EngineError, InputError, JobMismatchError
from curate.io import layout
from curate.io.folders import remove_tree
from curate.io.store import Store
from curate.work.plan import AFTER, Plan, ShardPlan, ensure_plan, fingerprint
from curate.work.progress import Progress
from curate.work.pulse import Moved, seconds_of, watched
from curate.work.ranges import index_of
from curate.work.seal import Totals, committed, seal, sealed_plan
from curate.work.task import Nothing, S, ShardFunction, to_json

Json = Any
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step:
    """One step to run.

    Attributes:
        name: see :mod:`curate.stage_table`.
        fields: everything that decides its result; becomes the fingerprint.
        settings: what its tasks are told.
    """

    name: str
    fields: Mapping[str, Json]
    settings: Json = None

    @classmethod
    def of(
        cls, name: str, reads: Iterable[Step] = (), settings: Json = None, **fields: Json
    ) -> Step:
        """A step that rests on the results of others: their fingerprints are among its fields."""
        return cls(
            name, {**fields, **{f"{AFTER}{step.name}": step.mark for step in reads}}, settings
        )

    @property
    def mark(self) -> str:
        """The fingerprint of its fields."""
        return fingerprint(self.fields)


@dataclass
class Runner:
    """Runs steps of one work folder on one engine."""

    store: Store
    engine: Engine
    progress: Progress

    def run(
        self,
        steps: Sequence[Step],
        function: ShardFunction[S],
        make_shards: Callable[[], Sequence[ShardPlan]],
        *,
        settings: S | None = None,
        num_gpus: float = 0.0,
        completed: Callable[[Mapping[str, Json]], Mapping[str, Json]] = dict,
    ) -> list[Totals]:
        """Bring steps that share shards and a task function to their seal.

        Args:
            steps: one step, or several that one pass over a shard can serve.
            function: the task.
            make_shards: the shards, asked for only if a step has no plan yet.
            settings: told to every task.
            num_gpus: GPUs that a task asks for.
            completed: adds to a task's payload what must not be in the plan.

        Raises:
            EngineError: shards failed after their retries; the others are committed.
            JobMismatchError: a step was planned with other settings.
        """
        plans = [ensure_plan(self.store, s.name, s.fields, make_shards) for s in steps]
        done = [sealed_plan(self.store, plan) for plan in plans]
        finished = [totals for totals in done if totals is not None]
        if len(finished) == len(plans):
            return finished
        tasks = self._tasks(plans, function, settings, num_gpus, completed)
        stage = "+".join(s.name for s in steps)
        if tasks:
            self._map(stage, plans[0], tasks)
        return [seal(self.store, plan, index_of) for plan in plans]

    @property
    def _pulse_seconds(self) -> float:
        return seconds_of(self.store) if self.progress.watches else 0.0

    def _tasks(
        self,
        plans: Sequence[Plan],
        function: ShardFunction[S],
        settings: S | None,
        num_gpus: float,
        completed: Callable[[Mapping[str, Json]], Mapping[str, Json]],
    ) -> list[Task]:
        plain = to_json(Nothing() if settings is None else settings)
        have = {plan.step: committed(self.store, plan.step) for plan in plans}
        tasks = []
        for shard in plans[0].shards:
            due = {p.step: p.fingerprint for p in plans if shard.id not in have[p.step]}
            if not due:
                continue
            payload = function.payload(
                self.store,
                shard=shard.id,
                bytes_in=shard.bytes_in,
                plan=completed(shard.payload),
                due=due,
                settings=plain,
                pulse_seconds=self._pulse_seconds,
            )
            tasks.append(Task(shard.id, function.name, payload, shard.bytes_in, num_gpus))
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

        def tell(so_far: Moved) -> None:
            self.progress.moved(stage, so_far)

        try:
            with watched(self.store, self._pulse_seconds, tell):
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


def made_anew(runner: Runner, step: str, run: Callable[[], T]) -> T:
    """Run a step that no later one reads; what other settings gave is set aside."""
    try:
        return run()
    except JobMismatchError:
        runner.progress.say(f"{step}: the settings or the files have changed; made again")
        remove_tree(runner.store.move_away(layout.folder_of(step)))
        return run()
