"""The engine for one machine: killable worker processes, one task at a time each.

With ``workers=0`` tasks run in this process, which is what a debugger and most tests want.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path

from curate.engine import run
from curate.engine.base import Engine, Event, Listener, Outcome, Task, ignore


def import_path() -> str:
    """PYTHONPATH under which child processes find this very package."""
    root = str(Path(__file__).resolve().parents[2])
    rest = os.environ.get("PYTHONPATH")
    return f"{root}{os.pathsep}{rest}" if rest else root


class _Worker:
    """One child process and what it is doing."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "curate.engine.worker", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": import_path()},
            )
        self.connection = Connection(ours.detach())
        self.task: Task | None = None
        self.attempt = 0
        self.started = 0.0

    def start(self, task: Task, attempt: int) -> None:
        self.task, self.attempt, self.started = task, attempt, time.monotonic()
        with contextlib.suppress(OSError):  # a dead worker shows as EOF when we wait for it
            self.connection.send_bytes(run.request_of(task).encode())

    def kill(self) -> int:
        self.process.kill()
        self.connection.close()
        return self.process.wait()


@dataclass
class LocalEngine(Engine):
    """Worker processes on this machine.

    Attributes:
        workers: how many; 0 runs tasks in the calling process.
    """

    workers: int = field(default_factory=lambda: os.cpu_count() or 1)
    _pool: list[_Worker] = field(default_factory=list, repr=False)

    name = "local"

    def map_shards(self, tasks: Sequence[Task], listener: Listener = ignore) -> list[Outcome]:
        """See :meth:`Engine.map_shards`."""
        if self.workers == 0:
            return [self._run_here(task, listener) for task in tasks]
        return _Round(self, tasks, listener).run()

    def _run_here(self, task: Task, listener: Listener) -> Outcome:
        outcome, again = run.outcome_of(task, run.run_json(run.request_of(task)), 1)
        if again:
            listener(Event("retry", outcome, task.bytes_in))
            outcome, _ = run.outcome_of(task, run.run_json(run.request_of(task)), 2)
        run.stop_if_hopeless(outcome)
        listener(Event("failed" if outcome.failure else "done", outcome, task.bytes_in))
        return outcome

    def idle(self, wanted: int) -> list[_Worker]:
        """Up to ``wanted`` workers without a task, started as needed."""
        while len(self._pool) < min(self.workers, wanted):
            self._pool.append(_Worker())
        return [w for w in self._pool if w.task is None]

    def discard(self, worker: _Worker) -> int:
        """Kill a worker and forget it; its exit status."""
        self._pool.remove(worker)
        return worker.kill()

    def busy(self) -> list[_Worker]:
        """Workers with a task."""
        return [w for w in self._pool if w.task is not None]

    def close(self) -> None:
        """Kill all workers; what they were doing was not committed and is done again."""
        for worker in list(self._pool):
            self.discard(worker)


class _Round:
    """One call of map_shards."""

    def __init__(self, engine: LocalEngine, tasks: Sequence[Task], listener: Listener) -> None:
        self.engine = engine
        self.tasks = tasks
        self.listener = listener
        self.todo = deque((task, 1) for task in run.longest_first(list(tasks)))
        self.done: dict[str, Outcome] = {}

    def run(self) -> list[Outcome]:
        """Feed workers until every task has an outcome."""
        try:
            while len(self.done) < len(self.tasks):
                self._feed()
                self._collect()
        except BaseException:
            self.engine.close()
            raise
        return [self.done[task.key] for task in self.tasks]

    def _feed(self) -> None:
        if not self.todo:
            return
        for worker in self.engine.idle(len(self.todo) + len(self.engine.busy())):
            if not self.todo:
                return
            worker.start(*self.todo.popleft())

    def _collect(self) -> None:
        busy = self.engine.busy()
        ready = wait([w.connection for w in busy], timeout=1.0)
        now = time.monotonic()
        limit = self.engine.policy.deadline_seconds
        for worker in busy:
            if worker.connection in ready:
                self._receive(worker)
            elif limit is not None and now - worker.started > limit:
                self._lost(worker, f"ran longer than {limit:g} s")

    def _receive(self, worker: _Worker) -> None:
        task = worker.task
        assert task is not None
        try:
            answer = worker.connection.recv_bytes().decode()
        except (EOFError, OSError):
            self._lost(worker, "worker process died")
            return
        attempt, worker.task = worker.attempt, None
        outcome, again = run.outcome_of(task, answer, attempt)
        self._settle(task, outcome, again=again)

    def _lost(self, worker: _Worker, why: str) -> None:
        task, attempt = worker.task, worker.attempt
        assert task is not None
        seconds = time.monotonic() - worker.started
        status = self.engine.discard(worker)
        outcome = Outcome(
            key=task.key,
            failure=f"{why} (exit status {status})",
            attempts=attempt,
            seconds=round(seconds, 3),
        )
        self._settle(task, outcome, again=attempt < self.engine.policy.attempts)

    def _settle(self, task: Task, outcome: Outcome, *, again: bool) -> None:
        if outcome.failure and again:
            self.todo.append((task, outcome.attempts + 1))
            self.listener(Event("retry", outcome, task.bytes_in))
            return
        run.stop_if_hopeless(outcome)
        self.done[task.key] = outcome
        self.listener(Event("failed" if outcome.failure else "done", outcome, task.bytes_in))
