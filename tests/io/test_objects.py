"""The work folder in an object store keeps the promises of one on disk, whatever goes wrong."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from curate.errors import StoreError
from curate.io import layout, parquet
from curate.io.commit import Attempt, file_sha256
from curate.io.object_path import ObjectPath, local_folder, place_of
from curate.io.open_store import open_store
from curate.io.receipt import Receipt
from curate.io.store import Store
from tests.object_server import (
    BREAK,
    IGNORE_CONDITION,
    LOSE_REPLY,
    ObjectServer,
    Trouble,
)

TABLE = pa.table({"id": [str(i) for i in range(1000)], "text": ["ไทย हिन्दी 𞤀𞤣𞤤𞤢𞤥"] * 1000})


pytestmark = pytest.mark.usefixtures("at_the_server")


def attempt_at(store: Store, shard: str = "one") -> Attempt:
    return Attempt(store, step="extract", shard=shard, fingerprint="f")


def test_values_come_back(store: Store) -> None:
    assert store.get("a/b") is None
    assert not store.exists("a/b")
    store.put("a/b", "ไทย 𞤀𞤣𞤤𞤢𞤥".encode())
    store.put("a/c", b"2")
    store.put("a/.hidden", b"3")
    assert store.get("a/b") == "ไทย 𞤀𞤣𞤤𞤢𞤥".encode()
    assert store.exists("a/b")
    assert store.names("a") == ["b", "c"]
    assert store.names("none") == []
    store.delete("a/b")
    store.delete("a/b")
    assert store.get("a/b") is None


def test_create_keeps_and_put_replaces(store: Store) -> None:
    assert store.create("k", b"1")
    assert not store.create("k", b"2")
    assert store.get("k") == b"1"
    store.put("k", b"3")
    assert store.get("k") == b"3"


@pytest.mark.fault("two-drivers", "s3")
def test_of_four_writers_one_wins_every_key(store: Store) -> None:
    for n in range(25):
        won: list[bytes] = []
        gate = threading.Barrier(4)

        def write(
            value: bytes, n: int = n, won: list[bytes] = won, gate: threading.Barrier = gate
        ) -> None:
            gate.wait()
            if store.create(f"race/{n}", value):
                won.append(value)

        threads = [threading.Thread(target=write, args=(b"%d" % i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert won == [store.get(f"race/{n}")]


@pytest.mark.fault("reply-lost", "s3")
def test_a_commit_whose_reply_was_lost_is_won(store: Store, objects: ObjectServer) -> None:
    with objects.trouble(Trouble("PUT", "receipt", LOSE_REPLY)):
        assert store.create("receipt", b"attempt one")
    assert store.get("receipt") == b"attempt one"
    with objects.trouble(Trouble("PUT", "receipt", LOSE_REPLY)):
        assert not store.create("receipt", b"attempt two"), "the first one's stands"
    assert store.get("receipt") == b"attempt one"


@pytest.mark.fault("store-refuses", "s3")
@pytest.mark.parametrize("how", [409, 412, 500, 503, BREAK])
def test_a_refusal_that_passes_is_passed_over(
    how: int | str, store: Store, objects: ObjectServer
) -> None:
    with objects.trouble(Trouble("PUT", "receipt", how, times=2)):
        assert store.create("receipt", b"attempt one")
    assert store.get("receipt") == b"attempt one"
    with objects.trouble(Trouble("PUT", "receipt", how)):
        assert not store.create("receipt", b"attempt two")
    assert store.get("receipt") == b"attempt one"


@pytest.mark.fault("store-refuses", "s3")
@pytest.mark.parametrize("method", ["PUT", "GET"])
def test_a_store_that_stays_ill_is_named(method: str, store: Store, objects: ObjectServer) -> None:
    with (
        objects.trouble(Trouble(method, "receipt", 503, times=10**6)),
        pytest.raises(StoreError) as caught,
    ):
        store.create("receipt", b"1") if method == "PUT" else store.get("receipt")
    assert f"{store.root}/receipt" in caught.value.where
    assert "503" in caught.value.found
    assert "run the same command again" in caught.value.todo


@pytest.mark.fault("store-without-create", "s3")
def test_a_store_that_lets_two_writers_win_is_refused(store: Store, objects: ObjectServer) -> None:
    with (
        objects.trouble(Trouble("PUT", "_probe", IGNORE_CONDITION, times=10)),
        pytest.raises(StoreError, match="a second writer of one key was not refused"),
    ):
        store.check_writable()


@pytest.mark.fault("store-without-create", "s3")
def test_a_store_that_does_not_know_the_condition_is_refused(
    store: Store, objects: ObjectServer
) -> None:
    with (
        objects.trouble(Trouble("PUT", "_probe", 501, times=100)),
        pytest.raises(StoreError, match="conditional PUT"),
    ):
        store.check_writable()


def test_a_probe_leaves_nothing(store: Store, objects: ObjectServer) -> None:
    store.check_writable()
    assert "conditional PUT" in store.ability()
    assert objects.keys(f"{store.root.name}/") == []


def test_a_bucket_that_is_not_there_and_a_scheme_that_is_none() -> None:
    with pytest.raises(StoreError, match="bucket") as caught:
        open_store("s3://no-such-bucket/work").check_writable()
    assert "s3://no-such-bucket/work" in caught.value.where
    for address in ("memory://x/y", "ftp://host/x", "s3:///x", "hdfs://n/x"):
        with pytest.raises(StoreError, match="object store") as caught:
            open_store(address)
        assert address in caught.value.where


@pytest.mark.fault("labels-as-paths", "s3")
@pytest.mark.parametrize("key", ["..", "a/../b", "/a", "", "a//b", "a b", "ไทย", "a\0"])
def test_keys_that_could_lead_out_are_refused(key: str, store: Store) -> None:
    uses: list[Callable[[], object]] = [
        lambda: store.create(key, b""),
        lambda: store.put(key, b""),
        lambda: store.get(key),
        lambda: store.delete(key),
        lambda: store.names(key),
        lambda: store.move_away(key),
        lambda: store.begin_file(key),
    ]
    for use in uses:
        with pytest.raises(StoreError, match="not safe as a path"):
            use()


def test_an_attempt_is_its_receipt_and_the_files_it_names(
    store: Store, objects: ObjectServer
) -> None:
    with attempt_at(store) as attempt:
        attempt.write(TABLE)
        receipt = attempt.commit(rows_in=1000, rows_out=1000)
    assert receipt is not None
    (entry,) = receipt.files
    path = store.path(entry.key)
    assert (entry.bytes, entry.sha256) == (path.stat().st_size, file_sha256(path))
    assert parquet.read_table(path).equals(TABLE)
    assert parquet.read_table(path, ["id"]).equals(TABLE.select(["id"]))
    assert parquet.read_rows(path, 10, 20).equals(TABLE.slice(10, 10))
    assert pa.concat_tables(parquet.iter_tables(path, batch_rows=64)).equals(TABLE)
    assert parquet.count_rows(path) == 1000
    receipt_key = layout.receipt_key("extract", "one")
    assert objects.keys(f"{store.root.name}/") == sorted([receipt_key, entry.key])


@pytest.mark.fault("zombie", "s3")
def test_a_late_twin_deletes_its_files(store: Store, objects: ObjectServer) -> None:
    with attempt_at(store) as first, attempt_at(store) as late:
        first.write(TABLE)
        late.write(TABLE)
        assert first.commit(rows_in=1000, rows_out=1000) is not None
        before = objects.keys(f"{store.root.name}/")
        assert late.commit(rows_in=1000, rows_out=1000) is None
    assert objects.keys(f"{store.root.name}/") == before


@pytest.mark.fault("reply-lost", "s3")
def test_an_attempt_whose_reply_was_lost_keeps_its_files(
    store: Store, objects: ObjectServer
) -> None:
    with attempt_at(store) as attempt:
        attempt.write(TABLE)
        with objects.trouble(Trouble("PUT", "_commits", LOSE_REPLY)):
            receipt = attempt.commit(rows_in=1000, rows_out=1000)
    assert receipt is not None
    assert parquet.read_table(store.path(receipt.files[0].key)).equals(TABLE)


@pytest.mark.fault("reply-lost", "s3")
def test_an_attempt_that_never_learns_whether_it_won_keeps_its_files(
    store: Store, objects: ObjectServer
) -> None:
    troubles = [Trouble("PUT", "_commits", LOSE_REPLY), Trouble("GET", "_commits", 503, 10**6)]
    with objects.trouble(*troubles), attempt_at(store) as attempt:
        attempt.write(TABLE)
        with pytest.raises(StoreError):
            attempt.commit(rows_in=1000, rows_out=1000)
    stored = store.get(layout.receipt_key("extract", "one"))
    assert stored is not None
    (entry,) = Receipt.from_json(stored, where="here").files
    assert parquet.read_table(store.path(entry.key)).equals(TABLE)


def test_an_attempt_that_is_not_committed_leaves_nothing(
    store: Store, objects: ObjectServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with attempt_at(store) as attempt:
        attempt.write(TABLE)
    assert objects.keys(f"{store.root.name}/") == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.fault("damaged-file", "s3")
@pytest.mark.parametrize("damage", ["gone", "cut"])
def test_a_damaged_file_is_told_with_its_address(
    damage: str, store: Store, objects: ObjectServer
) -> None:
    with attempt_at(store) as attempt:
        attempt.write(TABLE)
        receipt = attempt.commit(rows_in=1000, rows_out=1000)
    assert receipt is not None
    key = receipt.files[0].key
    data = store.get(key)
    assert data is not None
    if damage == "gone":
        store.delete(key)
    else:
        store.put(key, data[:-20])
    with pytest.raises(StoreError) as caught:
        parquet.read_table(store.path(key))
    assert f"{store.root}/{key}" in caught.value.where
    assert "--rerun" in caught.value.todo


def test_what_makes_a_stage_real_is_deleted_first(store: Store, objects: ObjectServer) -> None:
    for key in ("_plan.json", "_SEALED.json", "_commits/a.json", "data/a.parquet", "_g/_plan.json"):
        store.put(f"verdict/{key}", b"{}")
    store.put("verdicts/x", b"another folder")
    objects.requests.clear()
    store.move_away("verdict")
    assert objects.keys(f"{store.root.name}/") == ["verdicts/x"]
    with objects.trouble():
        for key in ("_plan.json", "_SEALED.json", "_commits/a.json"):
            store.put(f"verdict/{key}", b"{}")
    with objects.trouble(Trouble("POST", "", 403, times=1)), pytest.raises(StoreError):
        store.move_away("verdict")
    assert store.exists("verdict/_plan.json"), "who deletes no seal deletes no plan"


def test_a_folder_gets_its_final_name_once(store: Store) -> None:
    for name in ("one", "two"):
        store.put(f".{name}/data/x", name.encode())
        store.put(f".{name}/manifest.json", name.encode())
    assert store.rename(".one", "corpus")
    assert not store.rename(".two", "corpus")
    assert store.get("corpus/data/x") == b"one"
    assert store.names(".one") == []


def test_an_address_is_shown_joined_and_read_like_a_path(store: Store) -> None:
    store.put("a/b.txt", b"text")
    root = place_of(str(store.root))
    assert isinstance(root, ObjectPath)
    path = root / "a" / "b.txt"
    assert str(path) == f"{store.root}/a/b.txt" == str(store.path("a/b.txt"))
    assert (path.name, path.suffix, str(path.parent)) == ("b.txt", ".txt", f"{store.root}/a")
    assert path.is_file()
    assert path.parent.is_dir()
    assert not (root / "none").exists()
    assert path.read_text() == "text"
    assert path.absolute() == path.expanduser() == path
    assert [p.name for p in root.rglob("*.txt")] == ["b.txt"]
    assert str((root / "a" / ".." / "c").resolve()) == f"{store.root}/c"
    with path.open("rb") as file:
        assert (file.read(2), file.seek(-1, 2), file.read()) == (b"te", 3, b"t")
    with pytest.raises(FileNotFoundError):
        (root / "none").read_bytes()


def test_an_address_is_never_taken_for_a_local_file(store: Store) -> None:
    path = store.path("a/b")
    uses: list[Callable[[], object]] = [
        lambda: path.write_bytes(b""),
        lambda: path.mkdir(),
        lambda: path.open("wb"),
        lambda: open(path, "wb"),  # noqa: PTH123, SIM115 - what must not work
    ]
    for use in uses:
        with pytest.raises(StoreError, match="address in an object store"):
            use()
    assert not Path("s3:").exists()


def test_a_folder_is_copied_here_once(
    store: Store, objects: ObjectServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    store.put("configs/_default.yaml", b"a: 1")
    store.put("configs/_script/Thai.yaml", b"b: 2")
    folder = local_folder(f"{store.root}/configs")
    assert (folder / "_script" / "Thai.yaml").read_bytes() == b"b: 2"
    objects.requests.clear()
    assert local_folder(f"{store.root}/configs") == folder
    assert objects.requests == []
    assert local_folder(tmp_path) == tmp_path


@pytest.mark.parametrize("damage", ["changed", "missing", "added"])
@pytest.mark.fault("temporary-folder", "s3")
def test_a_copy_of_a_folder_that_differs_from_the_store_is_not_used(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    store.put(f"configs-{damage}/_default.yaml", b"a: 1")
    store.put(f"configs-{damage}/fra_Latn.yaml", b"b: 2")
    address = f"{store.root}/configs-{damage}"
    copy = local_folder(address)
    match damage:
        case "changed":
            (copy / "fra_Latn.yaml").write_bytes(b"b: 3")
        case "missing":
            (copy / "fra_Latn.yaml").unlink()
        case _:
            (copy / "deu_Latn.yaml").write_bytes(b"c: 4")
    local_folder.cache_clear()  # as in another process
    other = local_folder(address)
    assert {path.name: path.read_bytes() for path in other.iterdir()} == {
        "_default.yaml": b"a: 1",
        "fra_Latn.yaml": b"b: 2",
    }


@pytest.mark.parametrize("trap", ["open to all", "link", "file"])
@pytest.mark.fault("temporary-folder", "s3")
def test_a_temporary_folder_that_others_may_have_filled_is_not_used(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trap: str
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    usual = tmp_path / f"curate-{os.getuid()}"
    match trap:
        case "open to all":
            usual.mkdir()
            usual.chmod(0o777)
        case "link":
            (tmp_path / "theirs").mkdir(mode=0o700)
            usual.symlink_to(tmp_path / "theirs")
        case _:
            usual.write_bytes(b"")
    store.put(f"configs-{trap[:4]}/_default.yaml", b"a: 1")
    folder = local_folder(f"{store.root}/configs-{trap[:4]}")
    assert (folder / "_default.yaml").read_bytes() == b"a: 1"
    assert not folder.resolve().is_relative_to(usual.resolve())
    assert folder.parent.stat().st_mode & 0o077 == 0
