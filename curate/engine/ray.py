"""The engine for a cluster: Ray Core tasks over the same plan. The one file that imports Ray.

A task returns a few hundred bytes, so the object store stays empty and there is nothing to spill
or to reconstruct. Ray's own retries are off: it cannot tell a lost node from a poisonous shard.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import ray
from ray import exceptions as failures

from curate.engine import run
from curate.engine.base import Engine, Event, Listener, Outcome, Task, ignore
from curate.errors import EngineError

_LOST = (
    failures.WorkerCrashedError,
    failures.NodeDiedError,
    failures.OutOfMemoryError,
    failures.ObjectLostError,
    failures.RaySystemError,
    failures.TaskCancelledError,
)
_WINDOW_PER_CPU = 3  # pending tasks are what makes an autoscaler add nodes


def _run_until(request: str, limit: float | None) -> str:
    """Run one task in a Ray worker, which the kernel ends when the task has run for ``limit`` s.

    The time a task waits for a free CPU does not count, and nothing that a task does, not even
    in C code that never comes back, can hold the signal off.
    """
    signal.setitimer(signal.ITIMER_REAL, limit or 0.0)
    try:
        return run.run_json(request)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)


def _knock(address: str | None) -> None:
    """Raise OSError if nobody listens at ``host:port``: Ray would end this process without a word.

    Names of another form, such as ``auto``, are Ray's to judge.
    """
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()


@dataclass
class RayEngine(Engine):
    """Ray Core tasks, one CPU each.

    Attributes:
        address: of a running cluster; None starts a private one on this machine.
        workers: CPUs of a private cluster, and the most tasks in flight on a shared one.
    """

    address: str | None = None
    workers: int | None = None
    _remote: Any = field(default=None, repr=False)
    _ours: bool = field(default=False, repr=False)

    name = "ray"

    def _connect(self) -> None:
        if self._remote is not None:
            return
        if not ray.is_initialized():
            options: dict[str, Any] = {"log_to_driver": False, "configure_logging": False}
            if self.address is None:
                # A private cluster answers on this machine alone and has no dashboard: whoever
                # reaches a Ray port can run code.
                options |= {"num_cpus": self.workers, "include_dashboard": False}
                options |= {"_node_ip_address": "127.0.0.1", "object_store_memory": 100_000_000}
            try:
                _knock(self.address)
                ray.init(address=self.address or "local", **options)
            except (OSError, RuntimeError, ValueError) as error:
                raise EngineError(
                    f"Ray at {self.address or 'this machine'}",
                    wanted="a Ray cluster of the same Ray and Python version",
                    found=str(error).splitlines()[0][:300],
                    todo="check --address (or RAY_ADDRESS), and RAY_AUTH_MODE=token where the "
                    "cluster asks for a token; or run with --engine local",
                ) from error
            self._ours = True
        # max_calls ends a worker process after some tasks, which bounds what leaks can hold
        self._remote = ray.remote(num_cpus=1, max_retries=0, max_calls=50)(_run_until)

    def _window(self) -> int:
        cpus = int(ray.cluster_resources().get("CPU", 1))  # type: ignore[no-untyped-call]
        if self.workers is not None and self.address is not None:
            return self.workers
        return max(_WINDOW_PER_CPU * cpus, 4)

    def map_shards(self, tasks: Sequence[Task], listener: Listener = ignore) -> list[Outcome]:
        """See :meth:`Engine.map_shards`."""
        if not tasks:
            return []
        self._connect()
        todo = deque((task, 1) for task in run.longest_first(list(tasks)))
        flying: dict[Any, tuple[Task, int, float]] = {}
        done: dict[str, Outcome] = {}
        try:
            while len(done) < len(tasks):
                window = self._window()
                while todo and len(flying) < window:
                    task, attempt = todo.popleft()
                    limit = self.policy.deadline_seconds
                    reference = self._remote.remote(run.request_of(task), limit)
                    flying[reference] = (task, attempt, time.monotonic())
                ready, _ = ray.wait(list(flying), num_returns=1, timeout=1.0)
                for reference in ready:
                    task, attempt, started = flying.pop(reference)
                    outcome, again = self._result(reference, task, attempt, started)
                    if outcome.failure and again:
                        todo.append((task, attempt + 1))
                        listener(Event("retry", outcome, task.bytes_in))
                        continue
                    run.stop_if_hopeless(outcome)
                    done[task.key] = outcome
                    kind = "failed" if outcome.failure else "done"
                    listener(Event(kind, outcome, task.bytes_in))
        except BaseException:
            for reference in flying:
                with contextlib.suppress(Exception):
                    ray.cancel(reference, force=True)
            raise
        return [done[task.key] for task in tasks]

    def _result(
        self, reference: ray.ObjectRef[str], task: Task, attempt: int, started: float
    ) -> tuple[Outcome, bool]:
        try:
            return run.outcome_of(task, ray.get(reference), attempt)
        except _LOST as error:
            limit = self.policy.deadline_seconds
            late = "" if limit is None else f", or it ran longer than {limit:g} s"
            outcome = Outcome(
                key=task.key,
                failure=f"{type(error).__name__}: the worker or its node was lost{late}",
                detail=str(error)[:4000],
                attempts=attempt,
                seconds=round(time.monotonic() - started, 3),
            )
            return outcome, attempt < self.policy.attempts
        except failures.RayError as error:
            raise EngineError(
                f"task {task.key!r} on Ray",
                wanted="nodes that can run curate's tasks",
                found=str(error).strip().splitlines()[-1][:300],
                todo="install the same versions of curate, Python and Ray on every node",
            ) from error

    def close(self) -> None:
        """Disconnect; a private cluster ends with its driver."""
        if self._ours:
            ray.shutdown()
            self._ours = False
        self._remote = None
