"""The steps of the cluster stage, from a job."""

from __future__ import annotations

from collections.abc import Sequence

from curate.dedup.components import CLUSTER_VERSION
from curate.pipeline.cluster.plan import partition_sizes
from curate.pipeline.cluster.run import ClusterRun
from curate.pipeline.job_run import Done, JobRun
from curate.work.runner import Step


def cluster(run: JobRun, done: Done) -> Step:
    """Near-duplicates within a label."""
    steps: dict[str, Step] = {}

    def after(name: str, /, *, reads: Sequence[str], **fields: object) -> Step:
        steps[name] = Step.of(name, [steps[step] for step in reads], **fields)
        return steps[name]

    split = Step.of(
        "cluster.split",
        [done["identify"], done["sign"]],
        lid=run.configs.fingerprint("lid"),
        code=CLUSTER_VERSION,
        partitions=partition_sizes(),
    )
    steps[split.name] = split
    ClusterRun.of(run.job, run.runner, run.documents(), run.folder("lid")).run(split, after)
    return steps["cluster"]
