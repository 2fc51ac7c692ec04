"""Run a job on a Ray cluster whose head is killed once a shard is done.

``python -m tests.faults.lost_head JOB.yaml FOLDER``: Ray keeps its files in FOLDER.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import ray
from ray.cluster_utils import Cluster

from curate.config.job import load_job
from curate.engine.protocol import Event
from curate.engine.ray import RayEngine
from curate.pipeline.run import run_job
from curate.work.progress import Silent


class Killer(Silent):
    """Kills the head at the first shard that is done."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.is_done = False

    def event(self, stage: str, event: Event) -> None:
        """See :class:`curate.work.progress.Progress`."""
        if not self.is_done:
            self.is_done = True
            head: Any = self.cluster.head_node
            head.kill_gcs_server()
            sys.stdout.write("killed\n")
            sys.stdout.flush()


def main(job: Path, folder: str) -> None:
    """Run the job; this process does not live to its end."""
    impatient = {"gcs_rpc_server_reconnect_timeout_s": 5}
    head: dict[str, Any] = {"num_cpus": 1, "temp_dir": folder, "include_dashboard": False}
    head |= {"object_store_memory": 80_000_000, "_system_config": impatient}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    ray.init(address=cluster.address, log_to_driver=False, configure_logging=False)
    run_job(load_job(job), engine=RayEngine(), progress=Killer(cluster))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
