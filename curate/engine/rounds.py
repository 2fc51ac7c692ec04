"""One call of ``map_shards``: what to start, what to start again, and when to give up.

The same for every engine. An engine offers a :class:`Fleet`, which starts attempts and tells how
they ended; the round decides.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from curate.engine import run
from curate.engine.base import Event, Listener, Outcome, Policy, Task
from curate.engine.stop import Stop

TICK_SECONDS = 1.0
ENOUGH_DONE = 5
"""Tasks that must have ended before one of the others is called slow."""

Handle = Any


@dataclass(frozen=True, slots=True)
class Lost:
    """An attempt that ended without an answer: in one line, and in more."""

    failure: str
    detail: str = ""


class Fleet(Protocol):
    """What runs attempts."""

    def slots(self) -> int:
        """How many attempts can run at the same time now."""

    def window(self) -> int:
        """How many attempts should be waiting or running now."""

    def start(self, task: Task) -> Handle:
        """Begin an attempt."""

    def ended(self, handles: Sequence[Handle], seconds: float) -> list[tuple[Handle, str | Lost]]:
        """The attempts that have ended, with the answer; waits up to ``seconds`` for one."""

    def give_up(self, handle: Handle) -> object:
        """End an attempt whose answer nobody wants."""


@dataclass(slots=True)
class _Flight:
    task: Task
    attempt: int
    started: float
    running_since: float | None = None


class Round:
    """Runs tasks on a fleet until each has an outcome.

    Args:
        fleet: what runs attempts.
        tasks: with keys that differ.
        listener: hears of every outcome.
        policy: retries and limits.
        stop: whether to stop.
    """

    def __init__(
        self, fleet: Fleet, tasks: Sequence[Task], listener: Listener, policy: Policy, stop: Stop
    ) -> None:
        self._fleet = fleet
        self._tasks = tasks
        self._listener = listener
        self._policy = policy
        self._stop = stop
        self._todo = deque((task, 1) for task in run.longest_first(list(tasks)))
        self._flying: dict[Handle, _Flight] = {}
        self._done: dict[str, Outcome] = {}
        self._seconds: list[float] = []

    def run(self) -> list[Outcome]:
        """The outcomes, in the order of the tasks.

        Raises:
            CurateError: an error of the whole job.
            StoppedError: asked to stop; what was running has ended.
        """
        try:
            with self._stop.round():
                while len(self._done) < len(self._tasks):
                    if self._stop.asked is not None:
                        self._drain()
                    self._feed()
                    self._collect(TICK_SECONDS)
        except BaseException:
            for handle in self._flying:
                self._fleet.give_up(handle)
            raise
        return [self._done[task.key] for task in self._tasks]

    def _drain(self) -> None:
        """Let running tasks finish, within limits; then stop."""
        began, left = time.monotonic(), self._policy.drain_seconds
        self._todo.clear()
        for handle in [h for h, f in self._flying.items() if f.running_since is None]:
            self._fleet.give_up(handle)  # it waits in a queue and has not begun
            del self._flying[handle]
        while self._flying and left > 0:
            self._collect(min(TICK_SECONDS, left))
            left = self._policy.drain_seconds - (time.monotonic() - began)
            self._todo.clear()
        given_up = f", {len(self._flying)} given up" if self._flying else ""
        raise self._stop.error(f"{len(self._done)} of {len(self._tasks)} shards done{given_up}")

    def _feed(self) -> None:
        window = self._fleet.window()
        while self._todo and len(self._flying) < window:
            self._launch(*self._todo.popleft())
        slots = self._fleet.slots()
        now = time.monotonic()
        for flight in list(self._flying.values())[:slots]:  # the oldest are those that run
            if flight.running_since is None:
                flight.running_since = now
        if not self._todo and len(self._flying) < slots:
            self._help_slow(slots - len(self._flying), now)

    def _launch(self, task: Task, attempt: int) -> None:
        self._flying[self._fleet.start(task)] = _Flight(task, attempt, time.monotonic())

    def _help_slow(self, n: int, now: float) -> None:
        """A second attempt for tasks that take far longer than the others did."""
        if len(self._seconds) < ENOUGH_DONE:
            return
        usual = sorted(self._seconds)[int(0.95 * (len(self._seconds) - 1))]
        limit = max(self._policy.slow_factor * usual, self._policy.slow_seconds)
        flights = list(self._flying.values())
        for flight in flights:
            age = now - (flight.running_since or now)
            alone = sum(f.task.key == flight.task.key for f in flights) == 1
            if n > 0 and alone and age > limit and flight.attempt < self._policy.attempts:
                said = f"runs for {age:.0f} s, others took {usual:.1f} s: a second attempt begins"
                outcome = Outcome(flight.task.key, failure=said, attempts=flight.attempt)
                self._listener(Event("slow", outcome, flight.task.bytes_in))
                self._launch(flight.task, flight.attempt + 1)
                n -= 1

    def _collect(self, seconds: float) -> None:
        for handle, answer in self._fleet.ended(list(self._flying), seconds):
            flight = self._flying.pop(handle, None)
            if flight is not None:  # else its twin has ended in this very moment
                self._settle(flight, *self._judge(flight, answer))

    def _judge(self, flight: _Flight, answer: str | Lost) -> tuple[Outcome, bool]:
        """The outcome of an attempt, and whether to try again."""
        if isinstance(answer, str):
            return run.outcome_of(flight.task, answer, flight.attempt)
        outcome = Outcome(
            key=flight.task.key,
            failure=answer.failure,
            detail=answer.detail,
            attempts=flight.attempt,
            seconds=round(time.monotonic() - flight.started, 3),
        )
        return outcome, flight.attempt < self._policy.attempts

    def _settle(self, flight: _Flight, outcome: Outcome, again: bool) -> None:  # noqa: FBT001
        task = flight.task
        twins = [h for h, f in self._flying.items() if f.task.key == task.key]
        if outcome.failure and (again or twins):
            if not twins:
                self._todo.append((task, outcome.attempts + 1))
            self._listener(Event("retry", outcome, task.bytes_in))
            return
        for handle in twins:
            self._fleet.give_up(handle)
            del self._flying[handle]
        run.stop_if_hopeless(outcome)
        self._done[task.key] = outcome
        self._seconds.append(outcome.seconds)
        self._listener(Event("failed" if outcome.failure else "done", outcome, task.bytes_in))
