"""Memory of worker processes: a limit of their own, and how the kernel tells whom it killed.

A process that is killed because memory ran out dies as any other, by SIGKILL. What tells the two
apart is the kernel's count of such kills, in this process's control group: one that has gone up
while the process ran. Where there is no control group, the whole machine's count is taken.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

try:
    import resource
except ImportError:  # not on POSIX; there is no limit then
    resource = None  # type: ignore[assignment]

CONTROL_GROUPS = Path("/sys/fs/cgroup")
OWN_GROUPS = Path("/proc/self/cgroup")
MACHINE = Path("/proc/vmstat")


def kills() -> int:
    """How many processes near this one the kernel has killed for memory so far; 0 if unknown."""
    for path in (*_of_groups(), MACHINE):
        with contextlib.suppress(OSError, ValueError):
            for line in path.read_text(encoding="ascii").splitlines():
                name, _, number = line.partition(" ")
                if name == "oom_kill":
                    return int(number)
    return 0


def _of_groups() -> Iterator[Path]:
    """Where the count may be: version 2 of control groups, then version 1.

    Within a container a process's group may be mounted as the root, whatever it is called.
    """
    with contextlib.suppress(OSError):
        for line in OWN_GROUPS.read_text(encoding="utf-8").splitlines():
            _, controllers, own = line.split(":", 2)
            if controllers == "":
                root, name = CONTROL_GROUPS, "memory.events"
            elif "memory" in controllers.split(","):
                root, name = CONTROL_GROUPS / "memory", "memory.oom_control"
            else:
                continue
            yield root / own.lstrip("/") / name
            yield root / name


def most_bytes() -> int | None:
    """The memory of this machine, or of the control group that holds us; None if unknown."""
    limits = []
    with contextlib.suppress(ValueError, OSError):
        limits.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    for path in _of_groups():
        name = "memory.max" if path.name == "memory.events" else "memory.limit_in_bytes"
        with contextlib.suppress(ValueError, OSError):
            limits.append(int(path.with_name(name).read_text(encoding="ascii")))
    return min(limits, default=None)


def limit(n_bytes: int | None) -> None:
    """Let this process have so much private memory from now on; None: as much as there is.

    More is refused with MemoryError at the very allocation, which no neighbour notices. Only the
    soft limit is moved, so that it can be raised again.
    """
    if resource is None:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    soft = hard if n_bytes is None else n_bytes
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard) if soft != resource.RLIM_INFINITY else hard
    with contextlib.suppress(OSError, ValueError):  # macOS counts otherwise and may refuse
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
