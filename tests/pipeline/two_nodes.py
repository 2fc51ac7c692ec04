"""Run a job on a Ray cluster of one head and two nodes on this machine.

``python -m tests.pipeline.two_nodes JOB.yaml FOLDER``: the head has no CPU, so that every task runs
on a node that may be killed. Ray keeps its files in FOLDER, whose path must be short.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ray
from ray.cluster_utils import Cluster

from curate.config.job import load_job
from curate.engine.protocol import Event
from curate.engine.ray import RayEngine
from curate.pipeline.run import run_job
from curate.work.progress import Silent


class Retries(Silent):
    """Tells which shards were tried again, and why."""

    def event(self, stage: str, event: Event) -> None:
        """See :class:`curate.work.progress.Progress`."""
        if event.kind in ("retry", "slow"):
            sys.stdout.write(f"{stage} {event.outcome.key}: {event.outcome.failure}\n")


def _alive_once_noticed() -> int:
    """Nodes alive, once the head has noticed that one is not; all three after a minute."""
    pause, end = threading.Event(), time.monotonic() + 60
    while True:
        alive = len([n for n in ray.nodes() if n["Alive"]])  # type: ignore[no-untyped-call]
        if alive < 3 or time.monotonic() > end:
            return alive
        pause.wait(0.2)


@contextmanager
def two_nodes(folder: str, **health: int) -> Iterator[Cluster]:
    """Connect to a cluster of a head without a CPU, so that every task runs on a node, and two.

    Args:
        folder: for Ray's files.
        health: settings of Ray's checks whether a node lives, in ms, beside those that are quick.
    """
    small: dict[str, Any] = {"object_store_memory": 80_000_000, "include_dashboard": False}
    quick = {"health_check_period_ms": 500, "health_check_failure_threshold": 3, **health}
    cluster = Cluster(
        initialize_head=True,
        head_node_args={"num_cpus": 0, "_system_config": quick, "temp_dir": folder, **small},
    )
    try:
        for _ in range(2):
            cluster.add_node(num_cpus=1, **small)
        cluster.wait_for_nodes()
        ray.init(address=cluster.address, log_to_driver=False, configure_logging=False)
        yield cluster
        ray.shutdown()
    finally:
        cluster.shutdown()  # type: ignore[no-untyped-call]


def main(job: Path, folder: str) -> None:
    """Run the job; the environment says which node dies when."""
    with two_nodes(folder):
        run_job(load_job(job), engine=RayEngine(), progress=Retries())
        sys.stdout.write(f"nodes alive: {_alive_once_noticed()}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
