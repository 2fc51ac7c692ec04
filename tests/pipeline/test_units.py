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
from curate.pipeline import cluster_plan, emit_plan, exchange
from curate.pipeline.emit_plan import plan_units, published_characters
from curate.pipeline.step import ShardPlan, iter_receipts, load_receipts, planned_shards
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


@given(st.lists(st.lists(st.integers(-5, 5), max_size=5), min_size=1, max_size=8))
def test_tables_are_added_up_whatever_is_held(parts: list[list[int]]) -> None:
    tables = [pa.table({"n": pa.array(part, pa.int64())}) for part in parts]

    def add(table: pa.Table) -> pa.Table:
        return pa.table({"n": pa.array([sum(table["n"].to_pylist())], pa.int64())})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exchange, "ADDED_ROWS", 2)
        found = exchange.added_up(iter(tables), add)
    assert found["n"].to_pylist() == [sum(map(sum, parts))]
