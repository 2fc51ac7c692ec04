"""The work folder's promises: one writer wins, a reader sees all or nothing, no key leads out."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.errors import StoreError
from curate.io.store import Store
from tests.runs import environment

ROUNDS = 50


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "work")


def at_once(*actions: Callable[[], None]) -> None:
    """Run all actions in threads that begin together; re-raise what one raises."""
    gate = threading.Barrier(len(actions))
    raised: list[BaseException] = []

    def run(action: Callable[[], None]) -> None:
        gate.wait()
        try:
            action()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]


def test_of_two_threads_one_wins_and_its_value_stays(store: Store) -> None:
    for n in range(ROUNDS):
        won: list[bytes] = []

        def writer(value: bytes, n: int = n, won: list[bytes] = won) -> Callable[[], None]:
            def write() -> None:
                if store.create(f"a/{n}", value):
                    won.append(value)

            return write

        at_once(writer(b"first" * 100), writer(b"second" * 100))
        assert len(won) == 1
        assert store.get(f"a/{n}") == won[0]


RACER = """
import sys
from curate.io.store import Store
store, name = Store(sys.argv[1]), sys.argv[2].encode()
print("ready", flush=True)
sys.stdin.readline()
for n in range(int(sys.argv[3])):
    if store.create(f"race/{n}", name * 1000):
        print(n)
"""


@pytest.mark.fault("two-drivers", "local")
def test_of_three_processes_one_wins_every_key(store: Store) -> None:
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, str(store.root), name, str(ROUNDS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        for name in "abc"
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    wins = {}
    for name, racer in zip("abc", racers, strict=True):
        out, _ = racer.communicate()
        assert racer.returncode == 0
        wins[name] = {int(n) for n in out.split()}
    assert sorted(n for won in wins.values() for n in won) == list(range(ROUNDS))
    for name, won in wins.items():
        assert all(store.get(f"race/{n}") == name.encode() * 1000 for n in won)


def test_a_reader_never_sees_part_of_a_value(store: Store) -> None:
    values = [bytes([65 + n]) * (1 << 20) for n in range(4)]
    store.put("value", values[0])
    seen: list[bytes | None] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.append(store.get("value"))

    def write() -> None:
        for n in range(20):
            store.put("value", values[n % 4])
        done.set()

    at_once(read, write)
    assert seen
    assert all(value in values for value in seen)


def test_a_new_value_is_seen_whole_or_not_at_all(store: Store) -> None:
    size = 1 << 20
    for n in range(10):
        seen: list[bytes | None] = []

        def read(n: int = n, seen: list[bytes | None] = seen) -> None:
            while not seen or seen[-1] is None:
                seen.append(store.get(f"new/{n}"))

        def write(n: int = n) -> None:
            assert store.create(f"new/{n}", b"x" * size)

        at_once(read, write)
        assert seen[-1] == b"x" * size


def test_create_keeps_and_put_replaces(store: Store) -> None:
    assert store.get("k") is None
    assert store.create("k", b"1")
    assert not store.create("k", b"2")
    assert store.get("k") == b"1"
    store.put("k", b"3")
    assert store.get("k") == b"3"
    store.delete("k")
    store.delete("k")
    assert not store.exists("k")
    assert store.create("k", b"4")


def test_values_leave_nothing_beside_them(store: Store) -> None:
    store.create("a/b", b"1")
    store.create("a/b", b"2")
    store.put("a/c", b"3")
    store.check_writable()
    assert sorted(p.name for p in store.root.rglob("*")) == ["a", "b", "c"]
    assert store.names("a") == ["b", "c"]
    assert store.names("nowhere") == []


def test_names_hide_what_is_being_written(store: Store) -> None:
    store.create("a/b", b"1")
    (store.root / "a" / ".b-0123.tmp").touch()
    assert store.names("a") == ["b"]


def test_a_folder_is_moved_out_of_sight_in_one_step(store: Store) -> None:
    store.create("a/b", b"1")
    aside = store.move_away("a")
    assert aside is not None
    assert (aside / "b").read_bytes() == b"1"
    assert aside.name.startswith(".old-a-")
    assert store.move_away("a") is None
    assert store.create("a/b", b"2")
    assert not store.rename(aside.name, "a")
    assert store.get("a/b") == b"2"
    assert store.rename(aside.name, "c")
    assert store.get("c/b") == b"1"


@pytest.mark.parametrize(
    "key",
    [
        "..",
        "../x",
        "a/../../x",
        "a/..",
        "/etc/passwd",
        "",
        "/",
        "a//b",
        "a/",
        "a\0b",
        "a\n",
        "a b",
        "~/x",
        "a\\b",
        "fra_Latn/\u2025/x",
        "\uff0e\uff0e/x",
        "ไทย",
    ],
)
@pytest.mark.fault("labels-as-paths", "local")
def test_keys_that_could_lead_out_are_refused(store: Store, key: str) -> None:
    for use in (
        lambda: store.create(key, b""),
        lambda: store.put(key, b""),
        lambda: store.get(key),
        lambda: store.exists(key),
        lambda: store.delete(key),
        lambda: store.names(key),
        lambda: store.make_folder(key),
        lambda: store.move_away(key),
    ):
        with pytest.raises(StoreError, match="not safe as a path"):
            use()
    assert not store.root.exists()


@given(st.text(st.sampled_from("ab./\\\0 ~"), max_size=12))
@pytest.mark.fault("labels-as-paths", "local")
def test_no_key_leads_out(key: str) -> None:
    store = Store("/work-folder")
    try:
        path = store.path(key)
    except StoreError:
        return
    assert Path(os.path.normpath(path)).is_relative_to(store.root)


def test_a_home_folder_is_found() -> None:
    assert Store("~/x").root == Path.home() / "x"


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = Store(tmp_path / "file" / "work")
    with pytest.raises(StoreError) as caught:
        store.check_writable()
    assert str(tmp_path / "file" / "work") in caught.value.where
    assert caught.value.found.startswith(("Not a directory", "File exists"))
    assert caught.value.todo
    assert store.get("a") is None


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a /proc that nobody can write")
def test_a_folder_that_cannot_be_made_is_told() -> None:
    with pytest.raises(StoreError) as caught:
        Store("/proc/curate-work").check_writable()
    assert "/proc/curate-work" in caught.value.where
    assert caught.value.wanted == "to write here"
    assert "free on this file system" in caught.value.found


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError) as caught:
        Store(tmp_path / "work").check_writable()
    assert "Permission denied" in caught.value.found
    assert "choose another work folder" in caught.value.todo


@pytest.mark.fault("store-without-create", "local")
def test_a_file_system_that_lets_two_writers_win_is_refused(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overwrite(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes())

    monkeypatch.setattr(os, "link", overwrite)
    with pytest.raises(StoreError, match="a second writer of one name was not refused"):
        store.check_writable()
    assert list(store.root.iterdir()) == []


@pytest.mark.parametrize("use", ["create", "put"])
@pytest.mark.fault("disk-full", "local")
def test_a_value_that_could_not_be_written_leaves_no_part_of_itself(store: Store, use: str) -> None:
    store.put("before", b"1")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(StoreError, match="File too large"):
            getattr(store, use)("large", b"x" * 20_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [p.name for p in store.root.iterdir()] == ["before"]


SMALL_DISK = """
set -e
mount -t tmpfs -o size={size} tmpfs "$1"
exec "$2" -c "$3" "$1"
"""

FILL = """
import sys
from hashlib import sha256
from pathlib import Path
import pyarrow as pa
from curate.errors import StoreError
from curate.io.commit import Attempt
from curate.io.store import Store

root = Path(sys.argv[1])
store = Store(root)
table = pa.table({"text": [sha256(bytes([i % 256, i // 256])).hexdigest() for i in range(400)]})
done = 0
try:
    for n in range(50):
        with Attempt(store, step="extract", shard=f"s{n}", fingerprint="f") as attempt:
            attempt.write(table)
            if attempt.commit(rows_in=400, rows_out=400):
                done += 1
except StoreError as error:
    print(error)
names = {p.name.split("-")[0].split(".")[0] for p in (root / "documents/data").iterdir()}
receipts = {p.stem for p in (root / "documents/_commits").glob("*.json")}
hidden = [str(p) for p in root.rglob(".*")]
print("done", done, "same", names == receipts, "hidden", hidden)
(root / "documents/data").rename(root / "away")
for path in (root / "away").iterdir():
    path.unlink()
with Attempt(store, step="extract", shard="again", fingerprint="f") as attempt:
    attempt.write(table)
    print("again", attempt.commit(rows_in=400, rows_out=400) is not None)
"""


def on_small_disk(folder: Path, code: str, size: str) -> subprocess.CompletedProcess[str]:
    """Run code with a small file system mounted, which only it can see, at ``folder``."""
    folder.mkdir()
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", SMALL_DISK.format(size=size)]
    try:
        return subprocess.run(
            [*command, "sh", str(folder), sys.executable, code],
            capture_output=True,
            text=True,
            env=environment(),
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("needs Linux's `unshare` to mount a small file system")


@pytest.mark.fault("disk-full", "local")
def test_a_full_disk_is_told_and_leaves_only_whole_shards(tmp_path: Path) -> None:
    found = on_small_disk(tmp_path / "disk", FILL, "400k")
    if "unshare" in found.stderr or "mount" in found.stderr:
        pytest.skip(f"may not mount a small file system: {found.stderr.strip()}")
    assert found.stderr == ""
    assert "No space left on device" in found.stdout
    assert "free some space, then run the same command again" in found.stdout
    assert "same True hidden []" in found.stdout
    assert "again True" in found.stdout
    done = int(found.stdout.split("done ")[1].split()[0])
    assert 1 <= done < 50
