"""Run a job on two Ray nodes, say how it went, and keep the cluster until a line comes in.

``python -m tests.faults.frozen_node JOB.yaml FOLDER``: Ray keeps its files in FOLDER.
"""

from __future__ import annotations

import sys
from pathlib import Path

import ray

from curate.config.job import load_job
from curate.engine.ray import RayEngine
from curate.pipeline.run import run_job
from tests.pipeline.two_nodes import Retries, two_nodes


def main(job: Path, folder: str) -> None:
    """The head has no CPU, so that every task runs on a node that may be stopped."""
    with two_nodes(folder, health_check_timeout_ms=1000):
        run_job(load_job(job), engine=RayEngine(), progress=Retries())
        alive = len([n for n in ray.nodes() if n["Alive"]])  # type: ignore[no-untyped-call]
        sys.stdout.write(f"finished with nodes alive: {alive}\n")
        sys.stdout.flush()
        sys.stdin.readline()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
