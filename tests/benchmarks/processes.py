"""What a program and all its descendants take: CPU, wall time, memory. Linux alone.

CPU is asked of the kernel when the processes have ended. Those that outlive their parent are
adopted and waited for, so that a killed worker's child is counted too. Memory is looked at five
times a second: the resident size of each process, and of all together the proportional one, which
counts a page that n processes share n times 1/n.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
EVERY_SECONDS = 0.2
ORPHANS_SECONDS = 15.0
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of prctl(2)
_TICK = os.sysconf("SC_CLK_TCK")


class Used(NamedTuple):
    """What one program took.

    Attributes:
        cpu: seconds, user and system, all processes.
        wall: seconds.
        largest_mib: greatest resident size of one process.
        tree_mib: greatest proportional size of all processes at one time.
        told: what it wrote to its result file.
    """

    cpu: float
    wall: float
    largest_mib: float
    tree_mib: float
    told: dict[str, Any]


def run(arguments: Sequence[str], settings: Mapping[str, object]) -> Used:
    """Run a program to its end.

    Args:
        arguments: its command line; the path of a JSON file is appended.
        settings: content of that file; a key ``result`` is added, the path to write to.

    Raises:
        RuntimeError: it failed; with the end of what it said.
    """
    adopt_orphans()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        result, told = folder / "result.json", folder / "settings.json"
        told.write_text(json.dumps({**settings, "result": str(result)}), encoding="utf-8")
        before, start = _reaped_cpu(), time.monotonic()
        with (folder / "said").open("wb") as said:
            process = subprocess.Popen(
                [*arguments, str(told)],
                stdout=said,
                stderr=said,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
            with _Memory(process.pid) as memory:
                code = process.wait()
        wall = time.monotonic() - start
        _wait_for_orphans()
        if code:
            tail = (folder / "said").read_text(encoding="utf-8", errors="replace")[-3000:]
            raise RuntimeError(f"{arguments} ended with {code}:\n{tail}")
        answer = json.loads(result.read_text(encoding="utf-8"))
    cpu = _reaped_cpu() - before
    return Used(cpu, wall, memory.largest / 1024, memory.tree / 1024, answer)


def adopt_orphans() -> None:
    """From now on this process is the parent of all descendants that lose theirs."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def tree_cpu(pid: int) -> float:
    """CPU seconds so far of a process, its living descendants, and all that these waited for."""
    seconds = 0.0
    for one in family(pid):
        with contextlib.suppress(OSError, IndexError):
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            seconds += sum(int(field) for field in fields[11:15]) / _TICK
    return seconds


def family(pid: int) -> list[int]:
    """A process and its living descendants."""
    found, todo = [], [pid]
    while todo:
        found.append(one := todo.pop())
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{one}/task").iterdir():
                todo += [int(child) for child in (task / "children").read_text().split()]
    return found


class _Memory:
    """Looks at a family of processes until it is told to stop; sizes in KiB."""

    def __init__(self, pid: int) -> None:
        self.largest = self.tree = 0
        self._pid = pid
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> _Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            processes = family(self._pid)
            sizes = [_kib(pid, "status", "VmHWM:") for pid in processes]
            self.largest = max(self.largest, *sizes)
            self.tree = max(self.tree, sum(_kib(pid, "smaps_rollup", "Pss:") for pid in processes))
            if self._stop.wait(EVERY_SECONDS):
                return


def _kib(pid: int, file: str, name: str) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1])
    return 0


def _reaped_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _wait_for_orphans() -> None:
    """Adopted processes, which end soon: those that are killed, or see that nobody asks them."""
    deadline = time.monotonic() + ORPHANS_SECONDS
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < deadline:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.02)
