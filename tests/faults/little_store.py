"""Run a job on a Ray whose object store is as small as Ray allows, and is in a folder.

``python -m tests.faults.little_store JOB.yaml FOLDER``: Ray keeps its files in FOLDER.
"""

from __future__ import annotations

import sys
from pathlib import Path

import ray

from curate.config.job import load_job
from curate.engine.protocol import Event
from curate.engine.ray import RayEngine
from curate.pipeline.run import run_job
from curate.work.progress import Silent

LEAST = 75 << 20
NAME = "object_store_memory"


class Looking(Silent):
    """Looks at how much of the store is taken whenever a task has ended."""

    def __init__(self) -> None:
        self.most = 0.0
        self.n_events = 0

    def event(self, stage: str, event: Event) -> None:
        """See :class:`curate.work.progress.Progress`."""
        free = ray.available_resources().get(NAME, 0.0)  # type: ignore[no-untyped-call]
        whole = ray.cluster_resources()[NAME]  # type: ignore[no-untyped-call]
        self.most = max(self.most, whole - free)
        self.n_events += 1


def main(job: Path, folder: Path) -> None:
    """Run the job; tells what the store held at most, and what was spilled."""
    store = folder / "store"
    store.mkdir()
    ray.init(
        address="local",
        num_cpus=2,
        include_dashboard=False,
        object_store_memory=LEAST,
        log_to_driver=False,
        configure_logging=False,
        _temp_dir=str(folder),
        _plasma_directory=str(store),
    )
    looking = Looking()
    run_job(load_job(job), engine=RayEngine(), progress=looking)
    spilled = [p for p in folder.rglob("ray_spilled_objects*/*") if p.is_file()]
    ended = looking.n_events > 20
    sys.stdout.write(f"looked often: {ended}\nmost bytes: {looking.most:.0f}\n")
    sys.stdout.write(f"spilled files: {len(spilled)}\n")
    ray.shutdown()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
