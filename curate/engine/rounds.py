"""One call of ``map_shards``: what to start, what to start again, and when to give up.

The same for every engine. An engine offers a :class:`Fleet`, which starts attempts and tells how
they ended; the round decides.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from curate.engine import run_task
from curate.engine.protocol import Event, Listener, Outcome, Policy, Task
from curate.engine.stop import Stop
from curate.engine.waiting import Running, Silence, said
from curate.errors import EngineError

TICK_SECONDS = 1.0
LOST_SECONDS = 15.0
"""If a machine was lost and no attempt so much later, what ran then may have run on it."""
TOLD_SECONDS = 60.0
"""Attempts may end with their machine so long before it is known to be lost."""
ENOUGH_DONE = 5
"""Tasks that must have ended before one of the others is called slow."""

Handle = Any


@dataclass(frozen=True, slots=True)
class Lost:
    """An attempt that ended without an answer: in one line, in more, and if memory was why."""

    failure: str
    detail: str = ""
    needs_memory: bool = False


class Fleet(Protocol):
    """A set of places that run attempts, each in one place or, for its memory, in several."""

    @property
    def place(self) -> str:
        """The word for a place."""

    def slots(self) -> int:
        """How many places there are now."""

    def window(self) -> int:
        """For how many places attempts should be waiting or running now."""

    def whole(self) -> int:
        """How many places one attempt can have: all of one machine."""

    def start(self, task: Task, places: int) -> Handle:
        """Begin an attempt that has the memory of so many places."""

    def ended(self, handles: Sequence[Handle], seconds: float) -> list[tuple[Handle, str | Lost]]:
        """The attempts that have ended, with the answer; waits up to ``seconds`` for one."""

    def lack(self) -> str:
        """Why no task can run anywhere now, in words; empty if one can."""

    def n_lost(self) -> int:
        """How many machines have been lost so far; not those that were sent away."""

    def give_up(self, handle: Handle) -> object:
        """End an attempt whose answer nobody wants."""


@dataclass(slots=True)
class _Flight:
    task: Task
    attempt: int
    places: int
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
        self._todo = deque((task, 1, 1) for task in run_task.longest_first(list(tasks)))
        self._flying: dict[Handle, _Flight] = {}
        self._done: dict[str, Outcome] = {}
        self._seconds: list[float] = []
        self._n_lost = fleet.n_lost()
        self._lost_at: float | None = None
        self._told_at = -math.inf
        self._silence = Silence(time.monotonic())

    def run(self) -> list[Outcome]:
        """The outcomes, in the order of the tasks.

        Raises:
            CurateError: an error of the whole job.
            StoppedError: asked to stop; what was running has ended.
        """
        try:
            with self._stop.round():
                while len(self._done) < len(self._tasks):
                    if self._stop.signal is not None:
                        self._drain()
                    self._feed()
                    self._collect(TICK_SECONDS)
                    self._watch(time.monotonic())
        except BaseException:
            for handle in self._flying:
                self._fleet.give_up(handle)
            raise
        return [self._done[task.key] for task in self._tasks]

    def _watch(self, now: float) -> None:
        """Say what is waited for; give up on a cluster where nothing could run for long.

        Raises:
            EngineError: there was no place for any task for ``empty_seconds``.
        """
        lack = self._fleet.lack()
        empty = self._silence.empty_for(now, is_empty=bool(lack))
        limit = self._policy.empty_seconds
        if lack and limit is not None and empty >= limit:
            raise EngineError(
                "the cluster",
                wanted="a node that can run a task",
                found=f"{lack}, for {empty:.0f} s",
                todo="start nodes and run the same command again: finished shards are kept; "
                "`engine.empty_minutes` says how long to wait for the first one",
            )
        if self._silence.is_due(now):
            flights = self._flying.values()
            tasks = [Running(f.task.key, None if lack else f.running_since) for f in flights]
            self._stop.say(said(tasks, now, lack))

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
        # What needs several places comes last in line, and waits there until they are free.
        while self._todo and (not self._flying or self._taken() + self._todo[0][2] <= window):
            self._launch(*self._todo.popleft())
        slots = self._fleet.slots()
        now = time.monotonic()
        taken = 0
        for flight in self._flying.values():  # the oldest are those that run
            taken += flight.places
            if flight.running_since is None and taken <= max(slots, flight.places):
                flight.running_since = now
        self._help_lost(now)
        if not self._todo and taken < slots:
            self._help_slow(slots - taken, now)

    def _taken(self) -> int:
        return sum(flight.places for flight in self._flying.values())

    def _launch(self, task: Task, attempt: int, places: int) -> None:
        handle = self._fleet.start(task, places)
        self._silence.heard(time.monotonic())
        self._flying[handle] = _Flight(task, attempt, places, time.monotonic())

    def _help_lost(self, now: float) -> None:
        """A second attempt for tasks that may hang with a machine that was lost.

        One that stands still, but keeps its connections, is told of by nothing else.
        """
        n_lost = self._fleet.n_lost()
        if n_lost > self._n_lost:
            self._n_lost = n_lost
            if now - self._told_at > TOLD_SECONDS:  # else what ran there has noticed its end
                self._lost_at = now
        if self._lost_at is None or now - self._lost_at < LOST_SECONDS:
            return
        doubtful = [
            flight
            for flight in self._flying.values()
            if flight.running_since is not None and flight.running_since < self._lost_at
        ]
        said = f"a machine was lost {now - self._lost_at:.0f} s ago: a second attempt begins"
        self._lost_at = None
        for flight in doubtful:
            if self._is_alone(flight) and flight.attempt < self._policy.attempts:
                self._help(flight, said)

    def _is_alone(self, flight: _Flight) -> bool:
        return sum(f.task.key == flight.task.key for f in self._flying.values()) == 1

    def _help(self, flight: _Flight, said: str) -> None:
        outcome = Outcome(flight.task.key, failure=said, attempts=flight.attempt)
        self._listener(Event("slow", outcome, flight.task.bytes_in))
        self._launch(flight.task, flight.attempt + 1, flight.places)

    def _help_slow(self, n: int, now: float) -> None:
        """A second attempt for tasks that take far longer than the others did."""
        if len(self._seconds) < ENOUGH_DONE:
            return
        usual = sorted(self._seconds)[int(0.95 * (len(self._seconds) - 1))]
        limit = max(self._policy.slow_factor * usual, self._policy.slow_seconds)
        for flight in list(self._flying.values()):
            age = now - (flight.running_since or now)
            late = age > limit and flight.attempt < self._policy.attempts
            if late and flight.places <= n and self._is_alone(flight):
                said = f"runs for {age:.0f} s, others took {usual:.1f} s: a second attempt begins"
                self._help(flight, said)
                n -= flight.places

    def _collect(self, seconds: float) -> None:
        for handle, answer in self._fleet.ended(list(self._flying), seconds):
            flight = self._flying.pop(handle, None)
            self._silence.heard(time.monotonic())
            if flight is not None:  # else its twin has ended in this very moment
                self._settle(flight, *self._judge(flight, answer))

    def _judge(self, flight: _Flight, answer: str | Lost) -> tuple[Outcome, bool]:
        """The outcome of an attempt, and whether to try again."""
        if isinstance(answer, str):
            outcome, again = run_task.outcome_of(flight.task, answer, flight.attempt)
            if outcome.needs_memory:
                outcome = replace(outcome, detail="")  # where it ran out says little
        else:
            self._lost_at, self._told_at = None, time.monotonic()
            again = flight.attempt < self._policy.attempts
            outcome = Outcome(
                key=flight.task.key,
                failure=answer.failure,
                detail=answer.detail,
                attempts=flight.attempt,
                seconds=round(time.monotonic() - flight.started, 3),
                needs_memory=answer.needs_memory,
            )
        return self._with_more(flight, outcome) if outcome.needs_memory else (outcome, again)

    def _with_more(self, flight: _Flight, outcome: Outcome) -> tuple[Outcome, bool]:
        """The outcome of an attempt that had too little memory, and whether more would help."""
        more = self._more(flight.places)
        again = flight.attempt < self._policy.attempts and (
            more > flight.places or flight.attempt == 1  # a neighbour may have taken the memory
        )
        had = f"{outcome.failure}; it had {self._memory_of(flight.places)}"
        if again:
            return replace(
                outcome, failure=f"{had} and is tried with {self._memory_of(more)}"
            ), True
        todo = "give it more: a larger machine, fewer workers for it, or a larger engine.memory_mb"
        return replace(outcome, failure=f"{had}. To do: {todo}"), False

    def _more(self, places: int) -> int:
        return max(min(2 * places, self._fleet.whole()), places)

    def _memory_of(self, places: int) -> str:
        n_bytes, name = self._policy.memory_bytes, self._fleet.place
        limit = "" if n_bytes is None else f", {places * n_bytes >> 20} MiB"
        return f"the memory of {places} {name}{'s' * (places > 1)}{limit}"

    def _settle(self, flight: _Flight, outcome: Outcome, again: bool) -> None:  # noqa: FBT001
        task = flight.task
        twins = [h for h, f in self._flying.items() if f.task.key == task.key]
        if outcome.failure and (again or twins):
            if not twins:
                places = self._more(flight.places) if outcome.needs_memory else flight.places
                self._todo.append((task, outcome.attempts + 1, places))
            self._listener(Event("retry", outcome, task.bytes_in))
            return
        for handle in twins:
            self._fleet.give_up(handle)
            del self._flying[handle]
        run_task.stop_if_hopeless(outcome)
        self._done[task.key] = outcome
        self._seconds.append(outcome.seconds)
        self._listener(Event("failed" if outcome.failure else "done", outcome, task.bytes_in))
