"""What is decided and published does not depend on how many shards a task takes."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.io.store import Store
from curate.pipeline.cluster import plan as cluster_plan
from curate.pipeline.emit import fineweb2_plan as emit_plan
from curate.pipeline.emit.fineweb2_plan import plan_units, published_characters
from curate.work import exchange
from curate.work.plan import ShardPlan, planned_shards
from curate.work.seal import iter_receipts, load_receipts
from tests.pipeline.made_crawl import finish, make

N_SHARDS = 7


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A job whose text is measured."""
    return make(tmp_path_factory.mktemp("made"), n_shards=N_SHARDS)


@pytest.fixture(scope="module")
def by_unit(made: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The finished work folder with shards by themselves, by twos, and all in one unit."""
    found = {}
    for name, rows, characters in (
        ("apart", 1, 1),
        ("few", 2 * 1500 // N_SHARDS + 2, 500_000),
        ("whole", 10**6, 10**9),
    ):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cluster_plan, "SMALL_UNIT_ROWS", rows)
            patch.setattr(emit_plan, "MANY_UNITS", 1)
            patch.setattr(emit_plan, "UNIT_CHARACTERS", characters)
            patch.setattr(exchange, "ADDED_ROWS", rows)
            found[name] = finish(made, tmp_path_factory.mktemp(name))
    return found


def weights(work: Path) -> list[list[object]]:
    store = Store(work)
    return [
        pq.read_table(store.path(receipt.files_of("data")[0].key)).to_pylist()
        for receipt in load_receipts(store, "rebalance")
    ]


def test_units_are_what_they_are_meant_to_be(by_unit: dict[str, Path]) -> None:
    for step in ("rebalance.split", "rebalance.return", "emit.split"):
        n = [len(planned_shards(Store(work), step)) for work in by_unit.values()]
        assert n[0] == N_SHARDS
        assert 1 < n[1] < N_SHARDS, step
        assert n[2] == 1


def test_decisions_do_not_depend_on_units(by_unit: dict[str, Path]) -> None:
    found = [weights(work) for work in by_unit.values()]
    assert found[0] == found[1] == found[2]
    kinds = {str(row["removal_reason"]) for shard in found[0] for row in shard}  # type: ignore[index]
    assert {"None", "duplicate", "lid_confidence"} < kinds


def test_the_corpus_does_not_depend_on_units(by_unit: dict[str, Path]) -> None:
    found = [json.loads((work / "corpus/manifest.json").read_text()) for work in by_unit.values()]
    for manifest in found:
        del manifest["fingerprint"]  # it covers who compares whom
        del manifest["digest"]  # it covers the fingerprint
    assert found[0] == found[1] == found[2]
    manifest = found[0]
    assert manifest["totals"]["published"] > 100
    assert {"train", "removed"} <= {file["subset"] for file in manifest["files"]}


def test_shards_tell_what_is_published_of_them(by_unit: dict[str, Path]) -> None:
    store = Store(by_unit["few"])
    n_chars = [
        pq.read_table(store.path(r.files_of("data")[0].key), columns=["n_chars"])["n_chars"]
        for r in iter_receipts(store, "annotate")
    ]
    everything = [sum(x for x in column.to_pylist() if x is not None) for column in n_chars]
    assert published_characters(store, "all", repeats=False) == everything
    kept = published_characters(store, "none", repeats=False)
    assert 0 < sum(kept) < sum(published_characters(store, "selection", repeats=False))
    assert sum(kept) <= sum(published_characters(store, "none", repeats=True))


@given(st.lists(st.integers(0, 100), max_size=40), st.integers(1, 200), st.integers(1, 50))
def test_units_hold_every_shard_once_and_not_too_much(
    characters: list[int], most: int, many: int
) -> None:
    documents = [ShardPlan(f"s{i}", 10) for i in range(len(characters))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(emit_plan, "UNIT_CHARACTERS", most)
        patch.setattr(emit_plan, "MANY_UNITS", many)
        units = plan_units(documents, characters)
    names = [unit.payload["shards"] for unit in units]
    assert [name for some in names for name in some] == [d.id for d in documents]
    sizes = [[characters[int(name[1:])] for name in some] for some in names]
    limit = min(most, sum(characters) // many)
    assert all(len(some) == 1 or sum(some) <= limit for some in sizes)
    assert all(sum(a) + b[0] > limit for a, b in pairwise(sizes))
    assert sum(unit.bytes_in for unit in units) == 10 * len(documents)


RANGES = {"range": 40, "edges": 9, "first": 0}


@pytest.fixture
def small_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    """Labels of more than a hundred documents are united by ranges of forty."""
    for name, n in (("NARROW_DOCUMENTS", 100), ("RANGE_DOCUMENTS", 40), ("RANGE_EDGES", 9)):
        monkeypatch.setattr(cluster_plan, name, n)


@pytest.mark.usefixtures("small_ranges")
def test_plans_say_of_a_label_what_they_always_said() -> None:
    """Work folders that were begun before are read by these keys."""
    plan = cluster_plan.LabelPlan({}, {"eng_Latn": (0, 2), "tha_Thai": (2, 1)}, 0)
    totals = {"eng_Latn": 101, "tha_Thai": 30}
    wide = {"label": "eng_Latn", "documents": 101, "is_wide": True, "ranges": RANGES}
    thai = {"label": "tha_Thai", "documents": 30, "is_wide": False}
    narrow = {**thai, "ranges": {**RANGES, "first": 3}}
    bands = cluster_plan.band_shards(plan, totals)
    assert [s.payload for s in bands] == [
        {**x, "number": i} for i, x in enumerate([wide, wide, narrow])
    ]
    of_range = {**wide, "pack": "label-00000", "leads": "label-00000-range-00000"}
    unions = cluster_plan.union_shards(plan, totals)
    payloads = [
        {**of_range, "number": 0, "begin": 0, "end": 40},
        {**of_range, "number": 1, "begin": 40, "end": 80},
        {**of_range, "number": 2, "begin": 80, "end": 101},
        {**narrow, "number": 1, "partitions": ["partition-00002"]},
    ]
    assert [through_json(s.payload) for s in unions] == payloads
    large = cluster_plan.LargePlan({"eng_Latn": [0]}, {"eng_Latn": (0, 1)})
    checked = [["partition-00000"]] * 3 + [[]]
    refined = cluster_plan.refine_shards(unions, large)
    assert [through_json(s.payload) for s in refined] == [
        {**payload, "checked": shards} for payload, shards in zip(payloads, checked, strict=True)
    ]
    (pack,) = cluster_plan.pack_shards(cluster_plan.ranges_of(unions))
    assert pack.id == "label-00000"
    assert through_json(pack.payload) == {"documents": 101, "shards": [s.id for s in unions[:3]]}


def test_plans_say_of_a_unit_what_they_always_said() -> None:
    documents = [
        ShardPlan("a", 7, {"number": 0, "rows": 5, "rank": 2}),
        ShardPlan("b", 8, {"number": 1, "rows": 6}),
    ]
    units = cluster_plan.plan_units(documents)
    unit = {"number": 0, "shards": [["a", 0, 2], ["b", 1, 0]]}
    assert [through_json(u.payload) for u in units] == [unit]
    started = cluster_plan.with_starts(units, {"eng_Latn": [4], "tha_Thai": []})
    assert [through_json(u.payload) for u in started] == [{**unit, "starts": {"eng_Latn": 4}}]
    placed = cluster_plan.with_units(documents, units)
    assert [s.payload for s in placed] == [{**d.payload, "unit": units[0].id} for d in documents]


def through_json(payload: object) -> object:
    """A payload as it is read from a plan."""
    return json.loads(json.dumps(payload))


@given(st.lists(st.lists(st.integers(-5, 5), max_size=5), min_size=1, max_size=8))
def test_tables_are_added_up_whatever_is_held(parts: list[list[int]]) -> None:
    tables = [pa.table({"n": pa.array(part, pa.int64())}) for part in parts]

    def add(table: pa.Table) -> pa.Table:
        return pa.table({"n": pa.array([sum(table["n"].to_pylist())], pa.int64())})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exchange, "ADDED_ROWS", 2)
        found = exchange.added_up(iter(tables), add)
    assert found["n"].to_pylist() == [sum(map(sum, parts))]
