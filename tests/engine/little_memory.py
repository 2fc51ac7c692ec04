"""Run tasks on a Ray that kills when a little more memory than now is in use.

``python -m tests.engine.little_memory FOLDER``: Ray keeps its files in FOLDER.
"""

from __future__ import annotations

import sys
from pathlib import Path

import ray

from curate.engine.protocol import Event, Task
from curate.engine.ray import RayEngine

ROOM = 1_500_000_000


def tell(event: Event) -> None:
    """One line on how an attempt ended."""
    sys.stdout.write(f"{event.kind} {event.outcome.failure}\n")


def main(folder: str) -> None:
    """A task that fits once it has two CPUs, and one that never does."""
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    now = {line.split(":")[0]: int(line.split()[1]) << 10 for line in lines}
    total = now["MemTotal"]
    threshold = min((total - now["MemAvailable"] + ROOM) / total, 0.97)
    monitor = {"memory_usage_threshold": threshold, "memory_monitor_refresh_ms": 50}
    ray.init(
        address="local",
        num_cpus=2,
        include_dashboard=False,
        object_store_memory=80_000_000,
        log_to_driver=False,
        configure_logging=False,
        _temp_dir=folder,
        _system_config=monitor,
    )
    for cpus in (2, 3):
        task = Task("big", "tests.engine.task_functions:fill_with_one_cpu", {"cpus": cpus})
        (found,) = RayEngine().map_shards([task], tell)
        sys.stdout.write(f"{found.value} after {found.attempts}\n")


if __name__ == "__main__":
    main(sys.argv[1])
