"""curate's side: one job from WARC to report, with the CPU time of each stage.

    python -m tests.benchmarks.end_to_end_curate SETTINGS.json

A job is run as ``curate run`` runs it, in worker processes. CPU time is that of the whole family
of processes, read when a stage begins.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from curate.config.job import load_job
from curate.pipeline.run import run_job
from curate.work.progress import Silent
from tests.benchmarks.processes import adopt_orphans, tree_cpu


class Stages(Silent):
    """CPU and wall seconds at each border between stages."""

    def __init__(self) -> None:
        self.cpu: dict[str, float] = {}
        self.wall: dict[str, float] = {}
        self._name, self._cpu, self._wall = "start", 0.0, time.monotonic()

    def begin(self, stage: str, *, shards: int, done: int, bytes_in: int) -> None:
        """The stage before ends here, with what its result needed of this process."""
        self._turn(stage)

    def stop(self) -> None:
        """The job is done; what followed the last stage is counted with it."""
        self._turn("")

    def _turn(self, stage: str) -> None:
        cpu, wall = tree_cpu(os.getpid()), time.monotonic()
        self.cpu[self._name] = self.cpu.get(self._name, 0.0) + cpu - self._cpu
        self.wall[self._name] = self.wall.get(self._name, 0.0) + wall - self._wall
        self._name, self._cpu, self._wall = stage, cpu, wall


def main(path: str) -> None:
    """Run the job that the settings say, and write what it took and made."""
    settings: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    os.sched_setaffinity(0, settings["cpus"])
    adopt_orphans()  # a killed worker leaves its sandbox behind, whose time counts
    stages = Stages()
    result = run_job(load_job(Path(settings["job"])), progress=stages)
    stages.stop()
    assert result.data is not None
    told = {
        "cpu": stages.cpu,
        "wall": stages.wall,
        "counts": {
            "documents": sum(one.documents for one in result.data.yields),
            "identified": sum(one.identified for one in result.data.yields),
            "one a cluster": sum(one.deduplicated for one in result.data.yields),
            "kept": sum(one.kept for one in result.data.yields),
        },
    }
    Path(settings["result"]).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
