"""The index of a split says what its receipts say, and is read in small parts."""

from __future__ import annotations

import gc
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.errors import StoreError
from curate.io import layout
from curate.io.receipt import FileEntry, Packer, Receipt
from curate.io.store import Store
from curate.work import ranges
from curate.work.plan import Plan, ShardPlan, ensure_plan
from curate.work.ranges import index_of, iter_ranges
from curate.work.seal import iter_receipts, seal

STEP = "cluster.split"
Ranges = dict[str, list[int]]

some_ranges = st.dictionaries(
    st.integers(0, 12).map(str), st.tuples(st.integers(0, 99), st.integers(0, 99)).map(list)
)


def split(store: Store, counted: list[tuple[Ranges, Ranges]], *, indexed: bool) -> Plan:
    """A sealed step whose receipts count these ranges, for the roles ``data`` and ``b``."""
    names = [f"s{i}" for i in range(len(counted))]
    plan = ensure_plan(store, STEP, {}, lambda: [ShardPlan(n) for n in names])
    for name, (first, second) in zip(names, counted, strict=True):
        files = tuple(
            FileEntry(f"clusters/_split/data/{name}-{r}.parquet", 0, 0, "", r)
            for r in ("data", "b")
        )
        receipt = Receipt(
            step=STEP,
            shard=name,
            attempt="a",
            fingerprint=plan.fingerprint,
            rows_in=0,
            rows_out=0,
            files=files,
            counts={"ranges": first, "ranges of b": second, "other": {"1": 2}},
        )
        assert store.create(layout.receipt_key(STEP, name), receipt.to_json())
    seal(store, plan, index_of if indexed else None)
    return plan


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(some_ranges, some_ranges), max_size=6), st.integers(1, 5))
def test_the_index_says_what_the_receipts_say(
    tmp_path_factory: pytest.TempPathFactory,
    counted: list[tuple[Ranges, Ranges]],
    group_rows: int,
) -> None:
    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranges, "GROUP_ROWS", group_rows)
        for indexed in (True, False):
            store = Store(tmp_path_factory.mktemp("work"))
            split(store, counted, indexed=indexed)
            found.append(
                [
                    list(iter_ranges(store, STEP, str(destination), role))
                    for destination in range(14)
                    for role in ("data", "b")
                ]
            )
    assert found[0] == found[1]
    n_ranges = sum(len(a) + len(b) for a, b in counted)
    assert sum(map(len, found[0])) == n_ranges


def test_a_sealed_step_is_read_without_its_receipts(tmp_path: Path) -> None:
    store = Store(tmp_path)
    plan = split(store, [({"1": [0, 5]}, {}), ({"1": [2, 3]}, {"7": [1, 2]})], indexed=True)
    before = list(iter_receipts(store, STEP))
    for shard in plan.shards:
        store.delete(layout.receipt_key(STEP, shard.id))
    assert list(iter_receipts(store, STEP)) == before
    assert [r[1:] for r in iter_ranges(store, STEP, "1")] == [(0, 5), (2, 3)]


@pytest.mark.fault("damaged-receipt", "local")
@pytest.mark.parametrize("damage", ["gone", "cut", "other"])
def test_a_damaged_file_of_receipts_is_named_with_the_remedy(damage: str, tmp_path: Path) -> None:
    store = Store(tmp_path)
    plan = split(store, [({"1": [0, 5]}, {})], indexed=True)
    digest = json.loads(store.get(layout.seal_key(STEP)) or b"")["receipts"]
    path = store.path(layout.receipts_key(STEP, digest))
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-5] if damage == "cut" else b"x")
    with pytest.raises(StoreError, match="_SEALED") as caught:
        list(iter_receipts(store, STEP))
    assert caught.value.where == str(path)
    store.delete(layout.seal_key(STEP))
    seal(store, plan)
    assert len(list(iter_receipts(store, STEP))) == 1, "the remedy helps"


def test_sealing_and_reading_hold_few_receipts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    n = 60
    alive: list[int] = []

    def look(receipt: Receipt) -> Receipt:
        alive.append(sum(isinstance(x, Receipt) for x in gc.get_objects()))
        return receipt

    monkeypatch.setattr(ranges, "GATHERED", 10)
    monkeypatch.setattr(Packer, "add", lambda self, r, add=Packer.add: add(self, look(r)))
    store = Store(tmp_path)
    split(store, [({"1": [i, i + 1]}, {}) for i in range(n)], indexed=True)
    assert len(alive) == n
    n_read = len([look(receipt).shard for receipt in iter_receipts(store, STEP)])
    assert n_read == n
    assert max(alive) < 10
    assert [start for _, start, _ in iter_ranges(store, STEP, "1")] == list(range(n))
