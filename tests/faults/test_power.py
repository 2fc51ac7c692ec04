"""Power is lost: what was synced by then is consistent, and the same command goes on with it."""

from __future__ import annotations

import hashlib
import json
import resource
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from curate import stage_table
from curate.engine.local import LocalEngine
from curate.io import layout
from curate.io.store import Store
from curate.pipeline.run import run_job
from curate.work.plan import load_plan
from tests.faults.power import Disk
from tests.looking import run
from tests.pipeline.test_kill import assert_as_if_undisturbed
from tests.runs import job_of

pytestmark = [
    pytest.mark.fault("power-lost", "local"),
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
]


class Checker:
    """Checks after every sync, and keeps what is left at some."""

    def __init__(self, kept: range) -> None:
        self.kept = kept
        self.states: list[dict[str, bytes]] = []
        self.n_receipts = self.n_manifests = 0
        self._sound: set[tuple[str, bytes]] = set()

    def __call__(self, disk: Disk) -> None:
        left = disk.left(deleted=False)
        for key, data in left.items():
            if (key, data) not in self._sound:
                self._check(key, data, left)
                self._sound.add((key, data))
        if disk.n_synced in self.kept:
            self.states.append(disk.left(deleted=len(self.states) % 2 == 0))

    def _check(self, key: str, data: bytes, left: Mapping[str, bytes]) -> None:
        name = key.rpartition("/")[2]
        if "/_commits/" in key and not name.startswith("."):
            self.n_receipts += 1
            for file in json.loads(data)["files"]:
                assert digest(left.get(file["key"])) == file["sha256"], (key, file["key"])
        elif name == "_SEALED.json":
            folder = key.rpartition("/")[0]
            plan = json.loads(left[f"{folder}/_plan.json"])
            for shard in plan["shards"]:
                assert f"{folder}/_commits/{shard['id']}.json" in left
            assert f"{folder}/_receipts-{json.loads(data)['receipts']}.jsonl.zst" in left
        elif key == layout.MANIFEST:
            self.n_manifests += 1
            for file in json.loads(data)["files"]:
                assert digest(left.get(f"corpus/{file['path']}")) == file["sha256"], file["path"]


def digest(data: bytes | None) -> str:
    return "nothing" if data is None else hashlib.sha256(data).hexdigest()


def left_after(states: dict[str, bytes], folder: Path) -> Path:
    """A folder of what is left."""
    for key, data in states.items():
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def many_files() -> Iterator[None]:
    """Every file that is synced is held open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize(
    ("first", "step"),
    [(150, 200), pytest.param(1, 30, marks=pytest.mark.exhaustive)],
    ids=["some points", "many points"],
)
@pytest.mark.usefixtures("many_files")
def test_what_is_left_after_a_loss_of_power_is_sound_and_goes_on(
    first: int, step: int, small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    checker = Checker(range(first, 10_000, step))
    with Disk(work, checker).watched() as disk:
        run_job(job_of(small_input, work), engine=LocalEngine(workers=0))
        assert disk.n_synced > 300
    assert_as_if_undisturbed(work, baseline)
    store = Store(baseline)
    n_shards = sum(
        len(plan.shards)
        for step_name in stage_table.steps()
        if (plan := load_plan(store, step_name)) is not None
    )
    assert checker.n_receipts == n_shards
    assert checker.n_manifests == 1
    assert len(checker.states) >= 2
    for number, state in enumerate(checker.states):
        after = left_after(state, tmp_path / f"after-{number}")
        run(job_of(small_input, after))
        assert_as_if_undisturbed(after, baseline)
