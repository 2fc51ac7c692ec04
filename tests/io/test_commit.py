"""Attempts and receipts: what is not committed is nothing, and what is adds up."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.errors import StoreError
from curate.io import layout, parquet
from curate.io.commit import Attempt, file_sha256
from curate.io.receipt import FileEntry, Receipt
from curate.io.store import Store

TABLE = pa.table({"id": ["a", "b"], "text": ["ไทย", "𞤀𞤣𞤤𞤢𞤥"]})

counts = st.dictionaries(st.text(max_size=8), st.integers(0, 2**40), max_size=4)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def attempt_at(store: Store, shard: str = "one") -> Attempt:
    return Attempt(store, step="extract", shard=shard, fingerprint="f")


def files_in(store: Store) -> list[str]:
    return sorted(
        p.relative_to(store.root).as_posix() for p in store.root.rglob("*") if p.is_file()
    )


def test_a_committed_attempt_is_its_receipt_and_the_files_it_names(store: Store) -> None:
    with attempt_at(store) as attempt:
        attempt.write(TABLE)
        attempt.write(TABLE.slice(0, 1), role="quarantine")
        receipt = attempt.commit(
            rows_in=5, rows_out=2, dropped={"no": 2}, quarantined={"bad": 1}, bytes_in=10
        )
    assert receipt is not None
    assert [(f.role, f.rows) for f in receipt.files] == [("data", 2), ("quarantine", 1)]
    for entry in receipt.files:
        path = store.path(entry.key)
        assert (entry.bytes, entry.sha256) == (path.stat().st_size, file_sha256(path))
    assert parquet.read_table(store.path(receipt.files_of("data")[0].key)).equals(TABLE)
    key = layout.receipt_key("extract", "one")
    assert files_in(store) == sorted([key, *(f.key for f in receipt.files)])
    stored = store.get(key)
    assert stored is not None
    assert Receipt.from_json(stored, where=key) == receipt


@pytest.mark.parametrize("how", ["left", "raised", "interrupted"])
def test_an_attempt_that_is_not_committed_leaves_nothing(store: Store, how: str) -> None:
    def work() -> None:
        with attempt_at(store) as attempt:
            attempt.write(TABLE)
            writer = attempt.writer(TABLE.schema, role="quarantine")
            writer.write(TABLE)
            if how == "raised":
                raise ZeroDivisionError
            if how == "interrupted":
                raise KeyboardInterrupt

    if how == "left":
        work()
    else:
        with pytest.raises((ZeroDivisionError, KeyboardInterrupt)):
            work()
    assert files_in(store) == []


@pytest.mark.fault("zombie", "local")
def test_a_late_twin_deletes_its_files_and_the_first_receipt_stays(store: Store) -> None:
    with attempt_at(store) as first, attempt_at(store) as twin:
        first.write(TABLE)
        twin.write(TABLE.slice(1))
        assert first.commit(rows_in=2, rows_out=2) is not None
        before = files_in(store)
        assert len(before) == 3
        assert twin.commit(rows_in=1, rows_out=1) is None
    stored = store.get(layout.receipt_key("extract", "one"))
    assert stored is not None
    receipt = Receipt.from_json(stored, where="")
    assert receipt.attempt == first.name
    assert files_in(store) == sorted([layout.receipt_key("extract", "one"), receipt.files[0].key])


@pytest.mark.fault("disk-full", "local")
def test_an_attempt_whose_receipt_may_be_there_keeps_its_files(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(folder: Path) -> None:
        if folder.name == "_commits":  # the receipt has its name by then
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("curate.io.store.sync_path", full)
    with attempt_at(store) as attempt:
        attempt.write(TABLE)
        with pytest.raises(StoreError, match="No space left"):
            attempt.commit(rows_in=2, rows_out=2)
    stored = store.get(layout.receipt_key("extract", "one"))
    assert stored is not None
    (entry,) = Receipt.from_json(stored, where="here").files
    assert parquet.read_table(store.path(entry.key)).equals(TABLE)


def test_an_attempt_whose_sum_is_wrong_is_not_committed(store: Store) -> None:
    def work() -> None:
        with attempt_at(store) as attempt:
            attempt.write(TABLE)
            attempt.commit(rows_in=3, rows_out=2)

    with pytest.raises(StoreError, match=r"2 \+ 0 \+ 0 = 2"):
        work()
    assert files_in(store) == []


def test_an_io_error_of_another_file_is_not_blamed_on_the_work_folder(store: Store) -> None:
    def work() -> None:
        with attempt_at(store) as attempt:
            attempt.write(TABLE)
            raise OSError(5, "Input/output error", "/data/input.warc.gz")

    with pytest.raises(OSError, match="input") as caught:
        work()
    assert not isinstance(caught.value, StoreError)
    assert files_in(store) == []


def test_a_folder_that_cannot_be_written_is_told(store: Store) -> None:
    (store.root / "documents").write_text("in the way")
    with pytest.raises(StoreError) as caught, attempt_at(store) as attempt:
        attempt.write(TABLE)
    assert "documents/data" in caught.value.where
    assert caught.value.todo


def receipt_of(
    rows_out: int, dropped: dict[str, int], quarantined: dict[str, int], *, more: int = 0
) -> Receipt:
    rows_in = rows_out + sum(dropped.values()) + sum(quarantined.values()) + more
    return Receipt(
        step="extract",
        shard="one-0123456789",
        attempt="abc",
        fingerprint="0123",
        rows_in=rows_in,
        rows_out=rows_out,
        dropped=dropped,
        quarantined=quarantined,
        files=(FileEntry("documents/data/x.parquet", rows_out, 10, "00ff"),),
        counts={"labels": {"tha_Thai": 3}},
        seconds=1.25,
        bytes_in=7,
    )


@given(st.integers(0, 2**40), counts, counts)
def test_json_gives_back_the_same_receipt(
    rows_out: int, dropped: dict[str, int], quarantined: dict[str, int]
) -> None:
    receipt = receipt_of(rows_out, dropped, quarantined)
    assert Receipt.from_json(receipt.to_json(), where="") == receipt
    assert b"\n" not in receipt.to_json()


@given(st.integers(0, 2**40), counts, counts, st.integers(-(2**40), 2**40).filter(bool))
def test_a_receipt_that_does_not_add_up_is_refused(
    rows_out: int, dropped: dict[str, int], quarantined: dict[str, int], more: int
) -> None:
    with pytest.raises(StoreError, match="nothing may be lost silently"):
        receipt_of(rows_out, dropped, quarantined, more=more)


def test_a_receipt_that_was_changed_by_hand_is_refused_when_read() -> None:
    raw = json.loads(receipt_of(5, {"no": 2}, {}).to_json())
    changed = {**raw, "rows_out": 6}
    with pytest.raises(StoreError, match="it is damaged, or was edited"):
        Receipt.from_json(json.dumps(changed).encode(), where="")
    del changed["digest"]
    with pytest.raises(StoreError, match="nothing may be lost silently"):
        Receipt.from_json(json.dumps(changed).encode(), where="")
    consistent = {**changed, "rows_in": raw["rows_in"] + 1}
    assert Receipt.from_json(json.dumps(consistent).encode(), where=""), "of an old version"
    with pytest.raises(StoreError, match="it is damaged, or was edited"):
        Receipt.from_json(json.dumps(consistent).encode(), where="", needs_digest=True)


GOOD = receipt_of(5, {"no": 2}, {"bad": 1}).to_json()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"3",
        b"\xff\xfe",
        GOOD[:-20],
        GOOD.replace(b'"shard"', b'"shart"'),
        GOOD.replace(b'{"bad": 1}', b"[1]"),
        GOOD.replace(b'{"bad": 1}', b'{"bad": "1"}'),
        GOOD.replace(b'{"bad": 1}', b"null"),
        GOOD.replace(b'"files": [', b'"files": [3, '),
    ],
)
@pytest.mark.fault("damaged-receipt", "local")
def test_a_corrupt_receipt_is_told_with_its_file(data: bytes) -> None:
    assert data != GOOD
    with pytest.raises(StoreError) as caught:
        Receipt.from_json(data, where="/work/documents/_commits/one.json")
    assert caught.value.where == "/work/documents/_commits/one.json"
    assert "the next run makes the shard again" in caught.value.todo


def committed_file(store: Store, rows: int) -> Path:
    table = pa.table({"id": [str(i) for i in range(rows)], "text": ["ข้อความ" * 20] * rows})
    with attempt_at(store) as attempt:
        attempt.writer(table.schema, row_group_rows=7).write(table)
        receipt = attempt.commit(rows_in=rows, rows_out=rows)
    assert receipt is not None
    return store.path(receipt.files[0].key)


@pytest.mark.parametrize(
    ("batch", "n_batches", "groups"),
    [(3, 5, [9, 6]), (4, 4, [9, 3, 4]), (20, 1, [9, 9, 2]), (1, 2, [2]), (3, 0, [])],
)
def test_batches_are_gathered_into_full_row_groups(
    batch: int, n_batches: int, groups: list[int], store: Store
) -> None:
    table = pa.table({"n": pa.array(range(batch * n_batches), pa.int32())})
    with attempt_at(store) as attempt:
        writer = attempt.writer(table.schema, row_group_rows=9, gather=True)
        for start in range(0, table.num_rows, batch):
            writer.write(table.slice(start, batch))
        assert writer.rows == table.num_rows
        receipt = attempt.commit(rows_in=table.num_rows, rows_out=table.num_rows)
    assert receipt is not None
    path = store.path(receipt.files[0].key)
    with pq.ParquetFile(path) as file:
        found = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
    assert found == groups
    assert parquet.read_table(path).equals(table)


def test_a_dictionary_is_written_as_what_it_stands_for(store: Store) -> None:
    codes = pa.array([0, None, 1, 0], pa.int8())
    column = pa.DictionaryArray.from_arrays(codes, pa.array(["ที่", "और", "never"]))
    table = pa.table({"reason": column, "n": pa.array([1, 2, 3, 4], pa.uint64())})
    with attempt_at(store) as attempt:
        attempt.write(table)
        receipt = attempt.commit(rows_in=4, rows_out=4)
    assert receipt is not None
    path = store.path(receipt.files[0].key)
    plain = pa.table({"reason": ["ที่", None, "और", "ที่"], "n": table["n"]})
    assert parquet.read_table(path).equals(plain)
    coded = parquet.read_table(path, ["reason"], coded=["reason"])
    assert pa.types.is_dictionary(coded.schema.field("reason").type)
    assert coded["reason"].to_pylist() == plain["reason"].to_pylist()


@pytest.mark.parametrize("rows", [0, 1, 6, 7, 8, 40])
@pytest.mark.parametrize("batch_rows", [1, 5, 7, 100])
def test_files_are_read_in_tables_of_exactly_the_size_asked_for(
    store: Store, rows: int, batch_rows: int
) -> None:
    path = committed_file(store, rows)
    parts = list(parquet.iter_tables(path, ["id"], batch_rows=batch_rows))
    assert all(part.num_rows == batch_rows for part in parts[:-1])
    assert all(part.num_rows for part in parts)
    found = [i for part in parts for i in part["id"].to_pylist()]
    assert found == [str(i) for i in range(rows)]
    assert parquet.count_rows(path) == rows


@given(st.integers(0, 45), st.integers(0, 45))
def test_any_range_of_rows_can_be_read(range_file: Path, start: int, stop: int) -> None:
    found = parquet.read_rows(range_file, start, stop)["id"].to_pylist()
    assert found == [str(i) for i in range(40)][start : max(start, stop)]


@pytest.fixture(scope="module")
def range_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return committed_file(Store(tmp_path_factory.mktemp("ranges")), 40)


def read_all(path: Path) -> Any:  # noqa: ANN401 - whatever is read
    return list(parquet.iter_tables(path)), parquet.read_table(path), parquet.count_rows(path)


@pytest.mark.parametrize("damage", ["gone", "cut", "empty", "foot", "inside"])
@pytest.mark.fault("damaged-file", "local")
def test_a_damaged_file_is_told_with_its_name(store: Store, damage: str) -> None:
    path = committed_file(store, 40)
    data = path.read_bytes()
    inside = pq.read_metadata(path).row_group(2).column(1).data_page_offset
    spoilt = {
        "cut": data[:100],
        "empty": b"",
        "foot": data[:-8] + b"\xff" * 8,
        "inside": data[:inside] + b"\xff" * 60 + data[inside + 60 :],
    }
    path.unlink()
    if damage != "gone":
        path.write_bytes(spoilt[damage])
    with pytest.raises(StoreError) as caught:
        read_all(path)
    assert caught.value.where == str(path)
    assert "--rerun" in caught.value.todo
