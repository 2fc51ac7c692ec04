"""Clusters through storage equal clusters in memory, however they are cut, run and killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from curate.dedup.components import ClusterParams, cluster
from curate.engine.local import LocalEngine
from curate.engine.protocol import Engine, Listener, Outcome, Task, ignore
from curate.engine.ray import RayEngine
from curate.io.store import Store
from curate.pipeline.cluster import split as cluster_task
from curate.pipeline.cluster.counts import label_counts
from curate.work.exchange import read_all
from curate.work.seal import load_receipts
from tests.benchmarks.cluster_data import Planted, label_shares, write_sidecars
from tests.pipeline.cut_labels import CUT, VERIFIED, WHOLE, Found, clusters_of, make, run
from tests.runs import LARGE_COMPONENTS, LARGE_LABELS, SMALLEST, Told, attempts_of, environment

CLUSTER_STEPS = (
    *(s for s in SMALLEST if s.startswith("cluster")),
    *LARGE_LABELS,
    *LARGE_COMPONENTS,
)


def in_memory(store: Store, params: ClusterParams) -> Found:
    """Every label at once with :func:`cluster`, from the same sidecars."""
    parts = {
        step: pa.concat_tables(list(read_all(store, step, "data")))
        for step in ("extract", "identify", "annotate", "sign")
    }
    order = np.array(
        [cluster_task.id_hash(i.encode()) for i in parts["extract"]["id"].to_pylist()], np.uint64
    )
    keys = cluster_task.keys_of(parts["sign"])
    packed = np.frombuffer(b"".join(parts["sign"]["signature"].to_pylist()), np.uint8)
    signed = packed.reshape(len(keys), -1)
    n_chars = parts["annotate"]["n_chars"].to_numpy()
    ids, sizes = np.zeros(len(keys), np.uint64), np.zeros(len(keys), np.int64)
    labels = parts["identify"]["label"]
    for label in pc.unique(labels).to_pylist():
        rows = np.flatnonzero(pc.equal(labels, label).to_numpy())
        found = cluster(keys[rows], signed[rows], order[rows], params, n_chars=n_chars[rows])
        ids[rows], sizes[rows] = order[rows][found.cluster], found.size
    return {"cluster_id": ids, "cluster_size": sizes}


def same(a: Found, b: Found) -> bool:
    return all((a[name] == b[name]).all() for name in a)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """Clusters of the made crawl where no label is cut."""
    store = Store(tmp_path_factory.mktemp("whole"))
    run(store, make(store), LocalEngine(workers=0), sizes=WHOLE)
    return clusters_of(store)


CUTS = {
    "as small as can be": {**CUT, "group_rows": 25, "band_records": 500},
    "one band partition": {**CUT, "band_records": 10**6},
    "one unit": {**CUT, "unit_rows": 10**6, "small_unit_rows": 10**6},
    "a unit a shard": {**CUT, "unit_rows": 1},
    "some labels whole": {**CUT, "group_rows": 300},
}


@pytest.mark.parametrize("sizes", CUTS.values(), ids=CUTS)
def test_however_labels_are_cut_the_clusters_are_the_same(
    sizes: dict[str, int], whole: Found, tmp_path: Path
) -> None:
    store = Store(tmp_path)
    run(store, make(store, n_shards=5), LocalEngine(workers=0), sizes=sizes)
    assert same(clusters_of(store), whole)
    assert load_receipts(store, "cluster.union")
    assert (whole["cluster_size"] > 1).sum() > 500


@pytest.mark.parametrize(
    "params",
    [
        VERIFIED,
        replace(VERIFIED, verify=False),
        replace(VERIFIED, min_representative_similarity=0.0),
        replace(VERIFIED, min_similarity=0.85),
    ],
    ids=["as built", "unverified", "chains whole", "more alike"],
)
@pytest.mark.parametrize("seed", [1, 2])
def test_it_equals_clustering_in_memory(seed: int, params: ClusterParams, tmp_path: Path) -> None:
    store = Store(tmp_path)
    run(store, make(store, seed=seed), LocalEngine(workers=0), sizes=CUT, params=params)
    assert same(clusters_of(store), in_memory(store, params))


class AnyOrder(LocalEngine):
    """Runs tasks in an order of its own."""

    def __init__(self, seed: int) -> None:
        super().__init__(workers=0)
        self.random = np.random.default_rng(seed)

    def map_shards(self, tasks: Sequence[Task], listener: Listener = ignore) -> list[Outcome]:
        order = self.random.permutation(len(tasks))
        done = super().map_shards([tasks[i] for i in order], listener)
        back = {outcome.key: outcome for outcome in done}
        return [back[task.key] for task in tasks]


@pytest.mark.parametrize("seed", [1, 2])
def test_no_order_of_completion_changes_a_cluster(seed: int, whole: Found, tmp_path: Path) -> None:
    store = Store(tmp_path)
    run(store, make(store), AnyOrder(seed), sizes=CUT)
    assert same(clusters_of(store), whole)


def engine_of(name: str) -> Engine:
    kind, _, n = name.partition(" ")
    return RayEngine() if kind == "ray" else LocalEngine(workers=int(n))


@pytest.mark.parametrize(
    "name",
    [
        "local 1",
        "local 2",
        pytest.param("local 8", marks=pytest.mark.exhaustive),
        "ray",
    ],
)
@pytest.mark.timeout(300)  # several runs
def test_any_number_of_workers_on_any_engine_gives_the_same_files(
    name: str, whole: Found, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if name == "ray":
        request.getfixturevalue("ray_here")
    store, alone = Store(tmp_path / "work"), Store(tmp_path / "alone")
    with engine_of(name) as engine:
        run(store, make(store), engine, sizes=CUT)
    assert same(clusters_of(store), whole)
    run(alone, make(alone), LocalEngine(workers=0), sizes=CUT)
    assert sums_of(store) == sums_of(alone)


def sums_of(store: Store) -> dict[tuple[str, str], list[str]]:
    """Checksums of every file of every step."""
    return {
        (step, receipt.shard): [f.sha256 for f in receipt.files]
        for step in CLUSTER_STEPS
        for receipt in load_receipts(store, step)
    }


def command(work: Path, points: Sequence[str], *how: str) -> int:
    """The driver in a process of its own, which may be killed; its exit status."""
    return subprocess.run(
        [sys.executable, "-m", "tests.pipeline.cut_labels", str(work), "2", *how],
        env=environment(points),
        check=False,
        timeout=120,
    ).returncode


@pytest.mark.timeout(300)  # several runs
@pytest.mark.exhaustive
def test_workers_and_drivers_are_killed_in_every_step(whole: Found, tmp_path: Path) -> None:
    in_worker = [
        f"{step}.{point}"
        for number, step in enumerate(CLUSTER_STEPS)
        for point in (("mid_write", "before_commit", "after_commit")[number % 3],)
    ]
    in_driver = [
        f"{step}.{point}"
        for number, step in enumerate(LARGE_LABELS)
        for point in (("after_plan", "after_shard", "before_seal", "after_seal")[number],)
    ]
    points = [*in_worker, *in_driver]
    wishes = [f"{point}::{tmp_path / point}" for point in points]
    work = tmp_path / "work"
    seen: dict[tuple[str, str], str] = {}
    codes: list[int] = []
    while not codes or codes[-1]:
        codes.append(command(work, wishes))
        now = attempts_of(work)
        assert seen.items() <= now.items(), "a finished shard was made again"
        seen = now
        assert len(codes) <= len(in_driver) + 1
    assert codes == [-signal.SIGKILL] * len(in_driver) + [0]
    assert all((tmp_path / point).exists() for point in points)
    assert same(clusters_of(Store(work)), whole)


def test_two_thousand_small_labels_share_a_few_tasks(tmp_path: Path) -> None:
    store = Store(tmp_path)
    documents = write_sidecars(store, Planted(6000, label_shares(2000)), 3)
    told = Told()
    run(store, documents, LocalEngine(workers=0), sizes=WHOLE, progress=told)
    assert told.begun == [
        ("cluster.split", 1, 0),
        ("cluster.group", 1, 0),
        ("cluster.return", 1, 0),
        ("cluster", 3, 0),
    ]
    assert same(clusters_of(store), in_memory(store, ClusterParams()))


def test_edges_of_one_partition_are_a_spanning_forest(tmp_path: Path) -> None:
    store = Store(tmp_path)
    sizes = {**CUT, "band_records": 10**6}
    run(store, make(store), LocalEngine(workers=0), sizes=sizes)
    for receipt in load_receipts(store, "cluster.union"):
        in_company = sum(receipt.counts["partitions"])
        n_components = receipt.counts["n_components"]
        assert receipt.counts["n_edges"] == in_company - n_components


def test_counts_of_the_labels_add_up(tmp_path: Path) -> None:
    cut, plain = Store(tmp_path / "cut"), Store(tmp_path / "plain")
    for store, sizes in ((cut, CUT), (plain, WHOLE)):
        run(store, make(store), LocalEngine(workers=0), sizes=sizes)
    counts, others = label_counts(cut), label_counts(plain)
    for label, one in counts.items():
        assert one.n_candidate_pairs <= others[label].n_candidate_pairs
        assert replace(one, n_candidate_pairs=0) == replace(others[label], n_candidate_pairs=0)
    assert sum(c.n_documents for c in counts.values()) == 2000
    found = clusters_of(cut)
    assert sum(c.n_clusters for c in counts.values()) == len(np.unique(found["cluster_id"]))
    assert all(0 <= c.removed_share < 1 for c in counts.values())


def test_components_too_large_for_a_task_are_broken_up_by_verified_pairs(
    whole: Found, tmp_path: Path
) -> None:
    store = Store(tmp_path)
    run(store, make(store), LocalEngine(workers=0), sizes={**CUT, "group_rows": 150})
    unions, refined = (load_receipts(store, f"cluster.{x}") for x in ("union", "refine"))
    before, after = ([sum(r.counts["partitions"]) for r in found] for found in (unions, refined))
    assert max(max(r.counts["partitions"]) for r in unions) > 150
    assert sum(after) < sum(before), "nobody was left without a verified pair"
    assert all(one >= other for one, other in zip(before, after, strict=True))
    assert same(clusters_of(store), whole)
