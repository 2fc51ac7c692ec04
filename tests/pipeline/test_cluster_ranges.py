"""A label that is united by ranges of its documents gives what one task gives."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from curate.engine.local import LocalEngine
from curate.io import layout, parquet
from curate.io.store import Store
from curate.work.plan import load_plan, planned_steps
from curate.work.seal import load_receipts
from tests.pipeline.cut_labels import CUT, RANGED, clusters_of, make, run
from tests.pipeline.test_cluster_stage import AnyOrder, command, engine_of, same
from tests.runs import attempts_of

ROUNDED = ("cluster.union", "cluster.refine")


def partitions_of(store: Store, step: str) -> dict[str, tuple[list[int], list[int]]]:
    """label -> partition of each document, and documents of each partition."""
    found: dict[str, tuple[list[int], list[int]]] = {}
    for receipt in load_receipts(store, step):
        of_documents, sizes = found.setdefault(receipt.counts["label"], ([], []))
        (entry,) = receipt.files_of("data")
        of_documents += parquet.read_table(store.path(entry.key))["partition"].to_pylist()
        sizes += receipt.counts["partitions"]
    return found


def rounds_of(store: Store, step: str) -> list[str]:
    return [name for name in planned_steps(store) if name.startswith(f"{step}.round-")]


def sums_of(store: Store) -> dict[tuple[str, str], list[str]]:
    """Checksums of every file."""
    return {
        (step, receipt.shard): [f.sha256 for f in receipt.files]
        for step in planned_steps(store)
        if load_plan(store, step) is not None and step != "extract"
        for receipt in load_receipts(store, step)
        if step.split(".")[0] == "cluster"
    }


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Labels cut, each united in one task."""
    store = Store(tmp_path_factory.mktemp("plain"))
    run(store, make(store), LocalEngine(workers=0), sizes={**CUT, "group_rows": 150})
    return store


@pytest.fixture(scope="module")
def ranged(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The same by ranges, in an order of its own."""
    store = Store(tmp_path_factory.mktemp("ranged"))
    run(store, make(store), AnyOrder(3), sizes=RANGED)
    return store


@pytest.mark.timeout(300)  # two runs
def test_partitions_are_those_of_one_task_to_the_document(plain: Store, ranged: Store) -> None:
    for step in ROUNDED:
        assert partitions_of(ranged, step) == partitions_of(plain, step)
        per_label = [receipt.counts["label"] for receipt in load_receipts(ranged, step)]
        assert 2 <= max(map(per_label.count, per_label)) <= 4
        assert 3 <= len(rounds_of(ranged, step)) <= 9
    assert same(clusters_of(ranged), clusters_of(plain))
    several = [r.counts["files"] for r in load_receipts(ranged, "cluster.union.round-00")]
    assert max(several) > 1, "all edges of a task were held at once"


@pytest.mark.timeout(300)
def test_every_round_is_a_step_that_is_known(ranged: Store) -> None:
    names = [step for step in planned_steps(ranged) if load_plan(ranged, step) is not None]
    for step in ROUNDED:
        mine = [name for name in names if name.startswith(f"{step}.")]
        assert mine == [*rounds_of(ranged, step), *(f"{step}.{x}" for x in layout.UNION_ENDS)]
        assert names.index(mine[-1]) < names.index(step)
        folders = {layout.folder_of(name) for name in mine}
        assert len(folders) == len(mine)
        assert all(folder.startswith("clusters/_") for folder in folders)


@pytest.mark.parametrize(
    "name",
    [
        "local 2",
        pytest.param("local 1", marks=pytest.mark.exhaustive),
        pytest.param("local 8", marks=pytest.mark.exhaustive),
        pytest.param("ray", marks=pytest.mark.exhaustive),
    ],
)
@pytest.mark.timeout(300)
def test_any_number_of_workers_gives_the_same_files(
    name: str, ranged: Store, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if name == "ray":
        request.getfixturevalue("ray_here")
    store = Store(tmp_path)
    with engine_of(name) as engine:
        run(store, make(store), engine, sizes=RANGED)
    assert sums_of(store) == sums_of(ranged)


@pytest.mark.timeout(600)
@pytest.mark.exhaustive
def test_workers_and_drivers_are_killed_in_every_round(plain: Store, tmp_path: Path) -> None:
    inner = [f"{u}.{x}" for u in ROUNDED for x in ("round-00", "round-01", *layout.UNION_ENDS)]
    in_worker = [
        f"{step}.{('mid_write', 'before_commit', 'after_commit')[i % 3]}"
        for i, step in enumerate(inner)
    ]
    in_driver = [
        f"{step}.{('after_plan', 'after_shard', 'before_seal', 'after_seal')[i % 4]}"
        for i, step in enumerate(inner)
    ]
    wishes = [f"{point}::{tmp_path / point}" for point in (*in_worker, *in_driver)]
    work = tmp_path / "work"
    seen: dict[tuple[str, str], str] = {}
    codes: list[int] = []
    while not codes or codes[-1]:
        codes.append(command(work, wishes, "ranges"))
        now = attempts_of(work)
        assert seen.items() <= now.items(), "a finished shard was made again"
        seen = now
        assert len(codes) <= len(in_driver) + 1
    assert codes == [-signal.SIGKILL] * len(in_driver) + [0]
    assert all((tmp_path / point).exists() for point in (*in_worker, *in_driver))
    assert same(clusters_of(Store(work)), clusters_of(plain))
