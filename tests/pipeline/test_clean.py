"""What killed runs leave is found and deleted, and nothing that a receipt names or a run needs."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pyarrow as pa
import pytest

from curate.errors import InputError
from curate.io import layout
from curate.io.commit import Attempt
from curate.io.open_store import open_store
from curate.io.store import Store
from curate.pipeline.verify import verify
from curate.work import clean as cleaning
from curate.work.clean import (
    LOST,
    PUBLISHING,
    SET_ASIDE,
    TEMPORARY,
    UNFINISHED,
    find_leftovers,
    remove_leftovers,
)
from curate.work.plan import ShardPlan, ensure_plan
from tests.cli.conftest import (
    Call,
    call,  # noqa: F401 - a fixture
)
from tests.object_server import ObjectServer
from tests.runs import attempts_of, corpus_of

TABLE = pa.table({"x": [1, 2, 3]})
DAY = 24.0
LATER = 25 * 3600


def kinds(store: Store, hours: float = 0.0, now: float | None = None) -> dict[str, int]:
    found: dict[str, int] = {}
    for leftover in find_leftovers(store, hours, now).removable:
        found[leftover.kind] = found.get(leftover.kind, 0) + leftover.files
    return found


def attempt(store: Store, shard: str, *, commits: bool = True) -> Attempt:
    """An attempt that has written; one that does not commit is killed."""
    it = Attempt(store, step="sign", shard=shard, fingerprint="f")
    with it:
        it.write(TABLE)
        it.write(TABLE, role="more", part="-more")
        if commits:
            it.commit(rows_in=3, rows_out=3)
        else:
            for key, _, writer in it._writers:
                writer.close()
                store.end_file(key, writer.path)
            it._won = True  # as if killed: nothing is tidied up
    return it


@pytest.fixture(params=["disk", "bucket"])
def store(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    objects: ObjectServer,
    monkeypatch: pytest.MonkeyPatch,
) -> Store:
    """A work folder with one stage of two shards, of which one is done."""
    for name, value in objects.environment().items():
        monkeypatch.setenv(name, value)
    address = tmp_path / "work" if request.param == "disk" else f"s3://bucket/{tmp_path.name}"
    store = open_store(address)
    store.put(layout.JOB, b"name: x\n")
    ensure_plan(store, "sign", {}, lambda: [ShardPlan("a"), ShardPlan("b")])
    attempt(store, "a")
    return store


def names(store: Store) -> set[str]:
    return {entry.key for entry in store.entries() if not entry.is_folder}


def test_nothing_is_left_where_nothing_was_killed(store: Store) -> None:
    assert kinds(store) == {}


def test_files_of_killed_attempts_go_when_they_are_old(store: Store) -> None:
    before = names(store)
    attempt(store, "a", commits=False)
    attempt(store, "b", commits=False)
    assert kinds(store, DAY) == {LOST: 2}, "a run may be at work on b"
    found = find_leftovers(store, DAY)
    assert (len(found.young), found.is_quiet) == (2, False)
    later = find_leftovers(store, DAY, time.time() + LATER)
    assert later.is_quiet
    assert sum(x.bytes for x in later.removable) > 4 * TABLE.nbytes
    assert remove_leftovers(store, later.removable) == 4
    assert names(store) == before


def test_a_zombie_that_commits_meanwhile_keeps_its_files(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put(layout.JOB, b"")
    ensure_plan(store, "sign", {}, lambda: [ShardPlan("b")])
    with Attempt(store, step="sign", shard="b", fingerprint="f") as late:
        late.write(TABLE)
        found = find_leftovers(store, 0.0)
        assert [x.kind for x in found.removable] == [UNFINISHED]
        assert late.commit(rows_in=3, rows_out=3) is not None
    before = names(store)
    assert remove_leftovers(store, found.removable) == 0
    assert names(store) == before
    assert kinds(store) == {}


def test_a_zombie_that_comes_late_finds_its_files_gone_and_ends_well(store: Store) -> None:
    late = Attempt(store, step="sign", shard="b", fingerprint="f")
    with late:
        late.write(TABLE)
        winner = attempt(store, "b")
        remove_leftovers(store, find_leftovers(store, 0.0).removable)
        for _, _, writer in late._writers:
            writer.path.parent.mkdir(parents=True, exist_ok=True)
            writer.path.touch()  # on disk, where it is still open, its name is gone
        assert late.commit(rows_in=3, rows_out=3) is None
    assert kinds(store) == {}
    assert sum(winner.name in key for key in names(store)) == 2


def test_folders_out_of_sight_go_whole(store: Store) -> None:
    before = names(store)
    for key in (".corpus-0123abcd/data/eng_Latn/train/000_00000.parquet", ".corpus-0123abcd/x"):
        store.put(key, b"12345")
    store.put(".corpus-hplt-0123abcd/eng_Latn.map", b"1")
    for key in (".old-language-89abcdef/data/y.parquet", "clusters/.old-_group-89abcdef/z"):
        store.put(key, b"123")
    found = find_leftovers(store, 0.0).removable
    assert {(x.key, x.kind, x.files, x.bytes) for x in found} == {
        (".corpus-0123abcd", PUBLISHING, 2, 10),
        (".corpus-hplt-0123abcd", PUBLISHING, 1, 1),
        (".old-language-89abcdef", SET_ASIDE, 1, 3),
        ("clusters/.old-_group-89abcdef", SET_ASIDE, 1, 3),
    }
    assert kinds(store, DAY) == {}
    assert remove_leftovers(store, found) == 5
    assert names(store) == before


def test_what_is_named_like_nothing_of_ours_stays(store: Store) -> None:
    before = names(store)
    mine = ("notes.txt", "bands/data/notes.parquet", "my/data/a-0123456789ab.parquet")
    for key in (*mine, "corpus/data/a-0123456789ab.parquet", "report/.corpus"):
        store.put(key, b"1")
    for key in ("_probe-0123456789ab", "bands/_commits/.b.json-0123456789ab.tmp"):
        store.put(key, b"1")
    assert kinds(store) == {TEMPORARY: 2}
    remove_leftovers(store, find_leftovers(store, 0.0).removable)
    assert names(store) == before | {*mine, "corpus/data/a-0123456789ab.parquet", "report/.corpus"}


def test_a_second_name_frees_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put(layout.JOB, b"")
    store.put("emit/data/a", b"12345")
    store.copy("emit/data/a", ".corpus-01234567/a")
    (found,) = find_leftovers(store, 0.0).removable
    assert (found.files, found.bytes) == (1, 0)


def test_a_finished_run_has_no_leftovers_and_stays_sound(
    finished: Path,
    call: Call,  # noqa: F811 - the fixture
) -> None:
    before, corpus = attempts_of(finished), corpus_of(finished)
    assert kinds(Store(finished)) == {}
    data = finished / layout.data_folder("sign")
    shard = next(iter(data.iterdir())).name[:-21]
    for name in (f"{shard}-0123456789ab.parquet", "no-such-shard-0123456789ab.parquet"):
        (data / name).write_bytes(b"12345678")
    shown = call("clean", finished)
    assert (shown[0], shown[2]) == (0, "")
    assert "files of attempts that came late             1 files" in shown[1]
    assert "a run may be at work" in shown[1]
    assert "nothing was deleted; add --delete" in shown[1]
    assert (data / f"{shard}-0123456789ab.parquet").exists()
    assert "deleted 2 files" in call("clean", finished, "--older-than", "0", "--delete")[1]
    assert "nothing to delete" in call("clean", finished)[1]
    assert (attempts_of(finished), corpus_of(finished)) == (before, corpus)
    verify(finished)


def test_a_folder_that_is_no_work_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"job\.yaml"):
        find_leftovers(Store(tmp_path))


def test_age_is_that_of_the_youngest_file(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put(layout.JOB, b"")
    for name, hours in (("a", 50), ("b", 2)):
        store.put(f"bands/data/{name}-0123456789ab.parquet", b"1")
        when = time.time() - 3600 * hours
        os.utime(store.path(f"bands/data/{name}-0123456789ab.parquet"), (when, when))
    os.utime(store.path(layout.JOB), (0, 0))
    assert kinds(store, 24) == {}, "whoever wrote b may have written a"
    assert kinds(store, 1) == {UNFINISHED: 2}
    assert cleaning.OLDER_THAN_HOURS == DAY
