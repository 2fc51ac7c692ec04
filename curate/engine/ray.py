"""The engine for a cluster: Ray Core tasks over the same plan. The one file that imports Ray.

A task returns a few hundred bytes, so the object store stays empty and there is nothing to spill
or to reconstruct. Ray's own retries are off: it cannot tell a lost node from a poisonous shard.
"""

from __future__ import annotations

import contextlib
import math
import signal
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import ray
from ray import exceptions as failures
from ray.util.metrics import Counter

from curate.engine import run_task
from curate.engine.protocol import Engine, Listener, Outcome, Task, ignore, most_gpus
from curate.engine.rounds import Lost, Round
from curate.errors import EngineError

_LOST = (
    failures.WorkerCrashedError,
    failures.NodeDiedError,
    failures.ObjectLostError,
    failures.RaySystemError,
    failures.TaskCancelledError,
)
_LOOK_SECONDS = 2.0
_UNEXPECTED = 2  # NodeDeathInfo.UNEXPECTED_TERMINATION in Ray's common.proto
_WINDOW_PER_CPU = 3  # pending tasks are what makes an autoscaler add nodes


def _run_until(request: str, limit: float | None) -> str:
    """Run one task in a Ray worker, which the kernel ends when the task has run for ``limit`` s.

    The time a task waits for a free CPU does not count, and nothing that a task does, not even
    in C code that never comes back, can hold the signal off.
    """
    signal.setitimer(signal.ITIMER_REAL, limit or 0.0)
    try:
        return run_task.run_json(request)
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
    """Ray Core tasks, one CPU each, and GPUs for those that ask for some.

    Attributes:
        address: of a running cluster; None starts a private one on this machine.
        workers: CPUs of a private cluster, and the most tasks in flight on a shared one.
    """

    address: str | None = None
    workers: int | None = None
    _remote: Any = field(default=None, repr=False)
    _on_gpu: Any = field(default=None, repr=False)
    _ours: bool = field(default=False, repr=False)
    _num_gpus: float = field(default=0.0, repr=False)
    _lost: int = field(default=0, repr=False)
    _looked: float = field(default=-math.inf, repr=False)
    _measured: float = field(default=-math.inf, repr=False)
    _lack: str = field(default="", repr=False)
    _counters: dict[str, Counter] = field(default_factory=dict, repr=False)

    name = "ray"
    place = "CPU"

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
        # for GPUs Ray ends it after each task, or its model would keep a device for ever
        self._on_gpu = ray.remote(num_cpus=1, num_gpus=1, max_retries=0)(_run_until)

    def slots(self) -> int:
        """See :meth:`curate.engine.rounds.Fleet.slots`."""
        resources = ray.cluster_resources()  # type: ignore[no-untyped-call]
        slots = int(resources.get("CPU", 1))
        if self._num_gpus:
            slots = max(1, min(slots, int(resources.get("GPU", 0) / self._num_gpus)))
        return slots if self._most is None else min(slots, self._most)

    def window(self) -> int:
        """See :meth:`curate.engine.rounds.Fleet.window`."""
        return max(_WINDOW_PER_CPU * self.slots(), 4) if self._most is None else self._most

    @property
    def _most(self) -> int | None:
        """The most tasks in flight on a cluster that others use too."""
        return self.workers if self.address is not None else None

    def map_shards(self, tasks: Sequence[Task], listener: Listener = ignore) -> list[Outcome]:
        """See :meth:`Engine.map_shards`."""
        if not tasks:
            return []
        self._connect()
        self._num_gpus, self._measured = most_gpus(tasks), -math.inf
        self._check_gpus()
        self._check_memory()
        self.stop.listen()  # Ray's own handler of SIGTERM would end this process at once
        return Round(self, tasks, listener, self.policy, self.stop).run()

    def _check_gpus(self) -> None:
        """Raise EngineError where tasks would wait for ever: a private cluster does not grow."""
        n_gpus = ray.cluster_resources().get("GPU", 0)  # type: ignore[no-untyped-call]
        if self.address is None and self._num_gpus > n_gpus:
            raise EngineError(
                "Ray on this machine",
                wanted=f"{self._num_gpus:g} GPU for a task, as `num_gpus` of a classifier says",
                found=f"{n_gpus:g}",
                todo="set `num_gpus` to 0, or give the address of a cluster that has GPUs",
            )

    def _check_memory(self) -> None:
        """Raise EngineError where tasks would wait for ever for memory."""
        n_bytes = ray.cluster_resources().get("memory", 0)  # type: ignore[no-untyped-call]
        own = self.policy.memory_bytes or 0
        if self.address is None and own > n_bytes:
            raise EngineError(
                "Ray on this machine",
                wanted=f"{own >> 20} MiB of memory for a task, as `engine.memory_mb` says",
                found=f"{int(n_bytes) >> 20} MiB",
                todo="set a smaller `engine.memory_mb`, or give the address of a larger cluster",
            )

    def whole(self) -> int:
        """The CPUs of the largest node that is there: a task that asked for more would wait."""
        nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]  # type: ignore[no-untyped-call]
        own = self.policy.memory_bytes
        most = [
            min(int(has.get("CPU", 0)), int(has.get("memory", 0) // own) if own else 1 << 30)
            for has in nodes
        ]
        return max(min(max(most, default=1), self._most or 1 << 30), 1)

    def lack(self) -> str:
        """See :meth:`curate.engine.rounds.Fleet.lack`; asked at most every two seconds."""
        now = time.monotonic()
        if now - self._measured > _LOOK_SECONDS:
            self._measured = now
            has = ray.cluster_resources()  # type: ignore[no-untyped-call]
            self._lack = ""
            if has.get("CPU", 0) < 1:
                self._lack = "the cluster has no node with a CPU for tasks"
            elif has.get("GPU", 0) < self._num_gpus:
                self._lack = f"the cluster has {has.get('GPU', 0):g} of {self._num_gpus:g} GPUs"
        return self._lack

    def n_lost(self) -> int:
        """Nodes that Ray has given up, but for those that left; asked at most every two seconds."""
        now = time.monotonic()
        if now - self._looked > _LOOK_SECONDS:
            nodes = ray.nodes()  # type: ignore[no-untyped-call]
            dead = [node for node in nodes if not node["Alive"]]
            self._lost = sum(node.get("DeathReason") == _UNEXPECTED for node in dead)
            self._looked = now
        return self._lost

    def start(self, task: Task, places: int) -> ray.ObjectRef[str]:
        """Submit a task; one that needs more memory takes the CPUs whose tasks would use it."""
        limit, own = self.policy.deadline_seconds, self.policy.memory_bytes
        resources: dict[str, Any] = {"num_cpus": places}
        if own is not None:
            resources["memory"] = own * places
        if task.num_gpus:
            resources["num_gpus"] = task.num_gpus
        function = self._on_gpu if task.num_gpus else self._remote
        submit = function.options(**resources).remote
        reference: ray.ObjectRef[str] = submit(run_task.request_of(task), limit)
        return reference

    def ended(
        self, handles: Sequence[ray.ObjectRef[str]], seconds: float
    ) -> list[tuple[ray.ObjectRef[str], str | Lost]]:
        """See :meth:`curate.engine.rounds.Fleet.ended`."""
        if not handles:
            return []
        ready, _ = ray.wait(list(handles), num_returns=1, timeout=seconds)
        return [(reference, self._answer(reference)) for reference in ready]

    def _answer(self, reference: ray.ObjectRef[str]) -> str | Lost:
        try:
            return ray.get(reference)
        except failures.OutOfMemoryError as error:
            what = "OutOfMemoryError: the worker was killed for memory"
            return Lost(what, str(error)[:4000], needs_memory=True)
        except _LOST as error:
            limit = self.policy.deadline_seconds
            late = "" if limit is None else f", or it ran longer than {limit:g} s"
            what = f"{type(error).__name__}: the worker or its node was lost{late}"
            return Lost(what, str(error)[:4000])
        except failures.RayError as error:
            raise EngineError(
                "a task on Ray",
                wanted="nodes that can run curate's tasks",
                found=str(error).strip().splitlines()[-1][:300],
                todo="install the same versions of curate, Python and Ray on every node",
            ) from error

    def give_up(self, handle: ray.ObjectRef[str]) -> None:
        """End a task, wherever it runs or waits."""
        with contextlib.suppress(Exception):
            ray.cancel(handle, force=True)

    def count(self, name: str, n: float, tags: dict[str, str]) -> None:
        """Add to a counter that Ray's own metrics show, named ``ray_curate_...`` there."""
        if self._remote is None or n <= 0:  # Ray refuses to add nothing
            return
        if name not in self._counters:
            self._counters[name] = Counter(f"curate_{name}", tag_keys=tuple(sorted(tags)))
        self._counters[name].inc(n, tags)

    def close(self) -> None:
        """Disconnect; a private cluster ends with its driver."""
        if self._ours:
            ray.shutdown()
            self._ours = False
        self._remote = None
