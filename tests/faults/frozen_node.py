"""Run a job on two Ray nodes, say how it went, and keep the cluster until a line comes in.

``python -m tests.faults.frozen_node JOB.yaml FOLDER``: Ray keeps its files in FOLDER.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import ray
from ray.cluster_utils import Cluster

from curate.config.job import load_job
from curate.engine.ray import RayEngine
from curate.pipeline.run import run_job
from tests.pipeline.two_nodes import Retries


def main(job: Path, folder: str) -> None:
    """The head has no CPU, so that every task runs on a node that may be stopped."""
    small: dict[str, Any] = {"object_store_memory": 80_000_000, "include_dashboard": False}
    quick = {"health_check_period_ms": 500, "health_check_failure_threshold": 3}
    quick |= {"health_check_timeout_ms": 1000}
    cluster = Cluster(
        initialize_head=True,
        head_node_args={"num_cpus": 0, "_system_config": quick, "temp_dir": folder, **small},
    )
    try:
        for _ in range(2):
            cluster.add_node(num_cpus=1, **small)
        cluster.wait_for_nodes()
        ray.init(address=cluster.address, log_to_driver=False, configure_logging=False)
        run_job(load_job(job), engine=RayEngine(), progress=Retries())
        alive = len([n for n in ray.nodes() if n["Alive"]])  # type: ignore[no-untyped-call]
        sys.stdout.write(f"finished with nodes alive: {alive}\n")
        sys.stdout.flush()
        sys.stdin.readline()
        ray.shutdown()
    finally:
        cluster.shutdown()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
