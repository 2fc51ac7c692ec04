"""The protocol of engines: run named functions over shard payloads, and report what happened.

An engine knows one verb and nothing about documents. A *task* names a module-level function
and gives it one JSON payload; the function does its own reading, writing and committing and
returns a small JSON value. Nothing else crosses the border, so an engine never moves data, never
pickles, and a task that runs twice is only wasteful.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from curate.engine.stop import Stop
from curate.errors import CurateError

Json = Any
State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Task:
    """A unit of work and of restart.

    Attributes:
        key: shard id, unique within one call.
        function: ``"module:function"``; takes the payload, returns a JSON value.
        payload: JSON object.
        bytes_in: size of its input in bytes; larger tasks start first.
        num_gpus: GPUs it is to have to itself, or the fraction of one.
    """

    key: str
    function: str
    payload: dict[str, Json]
    bytes_in: int = 0
    num_gpus: float = 0.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a task ended.

    Attributes:
        key: the task's key.
        value: what the function returned; None if it failed.
        failure: one line, None if it succeeded.
        detail: traceback or exit status of a failure.
        error: the exception of the user's tree that the function raised, if it did.
        attempts: how often it was started.
        seconds: wall time of the last attempt.
        needs_memory: it failed because memory ran out.
    """

    key: str
    value: Json = None
    failure: str | None = None
    detail: str = ""
    error: CurateError | None = None
    attempts: int = 1
    seconds: float = 0.0
    needs_memory: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """Something to show: ``done``, ``retry``, ``failed`` or ``slow``, with the outcome so far."""

    kind: str
    outcome: Outcome
    bytes_in: int = 0


Listener = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Policy:
    """Retries: a crash of the process is retried up to ``attempts``, an I/O error once.

    A task that takes far longer than the others gets a second attempt beside the first, once there
    is nothing else to do; whichever commits first counts.

    A task that runs out of memory is tried again with twice the memory: in the place of two tasks,
    then of four, up to all that the machine has. One that had all of it, and failed before, has
    failed.

    Attributes:
        attempts: how often a task may be started in all.
        deadline_seconds: a task that runs longer is killed and counts as a crash; None: no limit.
        drain_seconds: after being asked to stop, running tasks have so long to finish.
        slow_factor: a task is slow that takes so many times as long as 95 in 100 others ...
        slow_seconds: ... and at least so long.
        memory_bytes: of one task's place: a limit to local workers, reserved on Ray; None: no
            limit, then what the machine has is the limit.
        empty_seconds: a cluster on which no task can run for so long ends the run; None: never.
    """

    attempts: int = 4
    deadline_seconds: float | None = None
    drain_seconds: float = 20.0
    slow_factor: float = 3.0
    slow_seconds: float = 60.0
    memory_bytes: int | None = None
    empty_seconds: float | None = 600.0


def most_gpus(tasks: Sequence[Task]) -> float:
    """The GPUs that any one of some tasks asks for."""
    return max((task.num_gpus for task in tasks), default=0.0)


def ignore(event: Event) -> None:
    """A listener that listens to nothing."""


@dataclass
class Engine(ABC):
    """Runs tasks; use as a context manager."""

    policy: Policy = field(default_factory=Policy)
    stop: Stop = field(default_factory=Stop)

    name = "engine"

    @abstractmethod
    def map_shards(self, tasks: Sequence[Task], listener: Listener = ignore) -> list[Outcome]:
        """Run every task; outcomes come back in the order of the tasks.

        Raises:
            CurateError: a task raised one that concerns the whole job, such as ConfigError.
            StoppedError: a signal asked to stop.
        """

    def count(self, name: str, n: float, tags: dict[str, str]) -> None:  # noqa: B027 - may be left
        """Add to a metric where the engine has a place for metrics; elsewhere nothing."""

    @abstractmethod
    def close(self) -> None:
        """End workers and connections; safe to call twice."""

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
