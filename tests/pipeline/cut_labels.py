"""Run the cluster stage on made sidecars with tiny partitions: python -m tests.pipeline.cut_labels

Every label of more than a few documents is then cut into components, as one of millions is.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import numpy.typing as npt

from curate.dedup.components import ClusterParams
from curate.engine.local import LocalEngine
from curate.engine.protocol import Engine
from curate.io.store import Store
from curate.pipeline.cluster import plan as cluster_plan
from curate.pipeline.cluster.run import ClusterRun
from curate.work.configs import config_folder
from curate.work.exchange import read_all
from curate.work.plan import ShardPlan, fingerprint
from curate.work.progress import Progress, Silent
from curate.work.runner import Runner, Step
from tests.benchmarks.cluster_data import Planted, label_shares, write_sidecars

WHOLE = {
    "group_rows": 10**6,
    "band_records": 10**7,
    "check_records": 10**7,
    "unit_rows": 10**6,
    "small_unit_rows": 10**6,
}
CUT = {
    "group_rows": 60,
    "band_records": 1500,
    "check_records": 400,
    "unit_rows": 400,
    "small_unit_rows": 400,
}
RANGED = {**CUT, "group_rows": 150, "narrow_documents": 300, "range_documents": 200}
RANGED["range_edges"] = 150
"""The largest labels are united by ranges of their documents, and so are their components."""

VERIFIED = ClusterParams(verify=True, min_similarity=0.7, min_representative_similarity=0.7)

Found = dict[str, npt.NDArray[Any]]


def crawl(seed: int = 1) -> Planted:
    """Two thousand documents in nine labels, of which five are cut.

    Clusters are large and loose, so that some components are too large for a task.
    """
    return Planted(2000, label_shares(9), least=0.55, largest=200, seed=seed)


def make(store: Store, *, seed: int = 1, n_shards: int = 7) -> list[ShardPlan]:
    """Its sidecars."""
    return write_sidecars(store, crawl(seed), n_shards)


def run(
    store: Store,
    documents: Sequence[ShardPlan],
    engine: Engine,
    *,
    sizes: dict[str, int],
    params: ClusterParams = VERIFIED,
    progress: Progress | None = None,
    warn_removed_share: float = 0.8,
) -> None:
    """The cluster stage, planned with other sizes of partitions."""
    marks: dict[str, str] = {}

    def step(name: str, /, *, reads: Sequence[str] = (), **fields: object) -> Step:
        fields |= {f"after {x}": marks[x] for x in reads}
        marks[name] = fingerprint(fields)
        return Step(name, fields)

    constants = {name.upper(): n for name, n in sizes.items()}
    with ExitStack() as patches:
        for name, n in constants.items():
            patches.enter_context(mock.patch.object(cluster_plan, name, n))
        ClusterRun(
            runner=Runner(store, engine, progress or Silent()),
            documents=documents,
            configs=str(config_folder("builtin")),
            n_bands=14,
            params=params,
            warn_removed_share=warn_removed_share,
        ).run(step("cluster.split"), step)


def clusters_of(store: Store) -> Found:
    """The sidecar's columns, all shards in order."""
    tables = list(read_all(store, "cluster", "data"))
    return {
        name: np.concatenate([t[name].to_numpy() for t in tables])
        for name in ("cluster_id", "cluster_size")
    }


def main() -> None:
    """Resume or begin in the work folder named first, with so many workers, by ranges or not."""
    store = Store(Path(sys.argv[1]))
    documents = make(store)
    with LocalEngine(workers=int(sys.argv[2])) as engine:
        run(store, documents, engine, sizes=RANGED if "ranges" in sys.argv else CUT)


if __name__ == "__main__":
    main()
