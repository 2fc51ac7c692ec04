"""The engine for one machine: killable worker processes, one task at a time each.

With ``workers=0`` tasks run in this process, which is what a debugger and most tests want.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path

from curate.engine import devices, memory, run_task
from curate.engine.devices import Seat, seats
from curate.engine.protocol import Engine, Event, Listener, Outcome, Task, ignore, most_gpus
from curate.engine.rounds import Lost, Round


def import_path() -> str:
    """PYTHONPATH under which child processes find this very package."""
    root = str(Path(__file__).resolve().parents[2])
    rest = os.environ.get("PYTHONPATH")
    return f"{root}{os.pathsep}{rest}" if rest else root


_FRUGAL = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_MMAP_THRESHOLD_": str(4 << 20)}
"""For a worker with a limit. Arrow's own allocator asks for a gigabyte of addresses at once, all of
which a limit counts; and glibc, once it has freed an array of megabytes, keeps the next ones in its
heaps, where each text of 15 MB that a thread of Arrow decoded left its size behind."""


class _Worker:
    """One child process and what it is doing."""

    def __init__(self, environment: Mapping[str, str], seat: Seat | None = None) -> None:
        self.seat = seat
        ours, theirs = socket.socketpair()
        with theirs:
            arguments = (theirs.fileno(), os.getpid())
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "curate.engine.worker", *map(str, arguments)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                process_group=0,  # Ctrl-C goes to the driver, which decides
                env={**os.environ, "PYTHONPATH": import_path(), **environment},
            )
        self.connection = Connection(ours.detach())
        self.is_busy = False
        self.started = 0.0
        self.places = 1
        self.kills = 0

    def start(self, task: Task, places: int, memory_bytes: int | None) -> None:
        self.is_busy, self.started = True, time.monotonic()
        self.places, self.kills = places, memory.kills()
        request = run_task.request_of(task, memory_bytes=memory_bytes and memory_bytes * places)
        with contextlib.suppress(OSError):  # a dead worker shows as EOF when we wait for it
            self.connection.send_bytes(request.encode())

    def kill(self) -> int:
        self.process.kill()
        self.connection.close()
        return self.process.wait()


@dataclass
class LocalEngine(Engine):
    """Worker processes on this machine.

    Tasks that ask for GPUs share those that are visible, as many at a time as fit by what they ask
    for, and each sees its own alone; where there is none, they run as others do, which is told.
    Their workers end with the last of them, and hold no device longer.

    Attributes:
        workers: how many; 0 runs tasks in the calling process.
    """

    workers: int = field(default_factory=lambda: os.cpu_count() or 1)
    _seats: list[Seat] = field(default_factory=list, repr=False)
    _pool: list[_Worker] = field(default_factory=list, repr=False)

    name = "local"
    place = "worker"

    def map_shards(self, tasks: Sequence[Task], listener: Listener = ignore) -> list[Outcome]:
        """See :meth:`Engine.map_shards`."""
        if self.workers == 0:
            return [self._run_here(task, listener) for task in tasks]  # a signal ends it at once
        num_gpus = most_gpus(tasks)
        self._seats = seats(devices.visible(), num_gpus) if num_gpus else []
        if num_gpus and not self._seats:
            self.stop.say(f"no GPU is to be seen here: what asks for {num_gpus:g} runs on the CPU")
        try:
            return Round(self, tasks, listener, self.policy, self.stop).run()
        except BaseException:
            self.close()
            raise
        finally:
            for worker in [w for w in self._pool if w.seat is not None]:
                self.give_up(worker)

    def _run_here(self, task: Task, listener: Listener) -> Outcome:
        outcome, again = run_task.outcome_of(task, run_task.run_json(run_task.request_of(task)), 1)
        if again:
            listener(Event("retry", outcome, task.bytes_in))
            outcome, _ = run_task.outcome_of(task, run_task.run_json(run_task.request_of(task)), 2)
        run_task.stop_if_hopeless(outcome)
        listener(Event("failed" if outcome.failure else "done", outcome, task.bytes_in))
        return outcome

    def slots(self) -> int:
        """See :meth:`curate.engine.rounds.Fleet.slots`."""
        return min(self.workers, len(self._seats)) if self._seats else self.workers

    def window(self) -> int:
        """As many as can run: a task that waits here would only wait elsewhere."""
        return self.slots()

    def whole(self) -> int:
        """All workers' memory is what one task can have at most."""
        return self.workers

    def lack(self) -> str:
        """There is this machine."""
        return ""

    def n_lost(self) -> int:
        """There is this machine alone."""
        return 0

    def start(self, task: Task, places: int) -> _Worker:
        """Give a task to an idle worker, or to a new one."""
        seat = self._free_seat() if task.num_gpus else None
        worker = next((w for w in self._pool if not w.is_busy and w.seat == seat), None)
        if worker is None:
            environment = {} if self.policy.memory_bytes is None else _FRUGAL
            if seat is not None:
                environment = {**environment, devices.VARIABLE: ",".join(seat)}
            worker = _Worker(environment, seat)
            self._pool.append(worker)
        worker.start(task, places, self.policy.memory_bytes)
        return worker

    def _free_seat(self) -> Seat | None:
        """One that no running task has; the first where all are taken, as by a second attempt."""
        taken = Counter(w.seat for w in self._pool if w.is_busy)
        for seat in self._seats:
            if not taken[seat]:
                return seat
            taken[seat] -= 1
        return self._seats[0] if self._seats else None

    def ended(self, handles: Sequence[_Worker], seconds: float) -> list[tuple[_Worker, str | Lost]]:
        """See :meth:`curate.engine.rounds.Fleet.ended`; late ones are killed and lost."""
        ready = wait([w.connection for w in handles], timeout=seconds)
        now = time.monotonic()
        limit = self.policy.deadline_seconds
        ended: list[tuple[_Worker, str | Lost]] = []
        for worker in handles:
            if worker.connection in ready:
                ended.append((worker, self._receive(worker)))
            elif limit is not None and now - worker.started > limit:
                ended.append((worker, self._lost(worker, f"ran longer than {limit:g} s")))
        return ended

    def _receive(self, worker: _Worker) -> str | Lost:
        try:
            answer = worker.connection.recv_bytes().decode()
        except (EOFError, OSError):
            return self._died(worker)
        worker.is_busy = False
        if worker.places > 1 or run_task.needs_memory(answer):
            self.give_up(worker)  # it may hold on to more than one task's memory
        return answer

    def _died(self, worker: _Worker) -> Lost:
        status = self.give_up(worker)
        if status == -signal.SIGKILL and memory.kills() > worker.kills:
            return Lost("worker process was killed for memory by the kernel", needs_memory=True)
        return Lost(f"worker process died (exit status {status})")

    def _lost(self, worker: _Worker, why: str) -> Lost:
        return Lost(f"{why} (exit status {self.give_up(worker)})")

    def give_up(self, handle: _Worker) -> int:
        """Kill a worker and forget it; its exit status."""
        if handle in self._pool:
            self._pool.remove(handle)
        return handle.kill()

    def close(self) -> None:
        """Kill all workers; what they were doing was not committed and is done again."""
        for worker in list(self._pool):
            self.give_up(worker)
