"""SIGKILL inside a take-down, on both engines and in an object store: the same command goes on."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import pytest

from curate.io.store import Store
from curate.pipeline.verify import verify
from tests.faults.bucketful import Bucketful
from tests.pipeline.test_kill import Wishes
from tests.runs import corpus_of, curate, write_job
from tests.small_crawl import url_of

URLS = (url_of("eng_Latn", 0), url_of("rus_Cyrl", 0, 1), url_of("tha_Thai", 2))

DRIVER = (
    *("rebalance.split.after_plan", "rebalance.group.before_seal", "rebalance.after_seal"),
    *("emit.withdraw-01.after_plan", "emit.withdraw-01.after_shard"),
    *("emit.withdraw-01.before_seal", "emit.withdraw-01.after_seal", "report.before_seal"),
    *("publish.before_manifest", "publish.before_rename", "publish.before_collect"),
)
WORKER = (
    *("rebalance.split.before_commit", "rebalance.mid_write", "emit.withdraw-01.mid_write"),
    *("emit.withdraw-01.before_commit", "emit.withdraw-01.after_commit"),
)


@pytest.fixture
def urls(tmp_path: Path) -> Path:
    path = tmp_path / "letter.txt"
    path.write_text("".join(f"{url}\n" for url in URLS), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def taken_down(baseline: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The baseline after an undisturbed take-down."""
    folder = tmp_path_factory.mktemp("down")
    work = Path(shutil.copytree(baseline, folder / "work"))
    (folder / "letter.txt").write_text("".join(f"{url}\n" for url in URLS), encoding="utf-8")
    found = curate("withdraw", work, "--urls", folder / "letter.txt", "--workers", 2)
    assert found.returncode == 0, found.stderr
    assert "documents on the list: 3" in found.stdout
    return work


def assert_taken_down(work: Path, taken_down: Path) -> None:
    assert corpus_of(work) == corpus_of(taken_down)
    verify(work)
    leftovers = [e.key for e in Store(work).entries() if "/emit/data/" in e.key]
    assert leftovers == []


@pytest.mark.fault("driver-killed", "local")
def test_the_driver_is_killed_at_every_point_of_a_take_down(
    finished: Path, urls: Path, taken_down: Path, tmp_path: Path
) -> None:
    wishes = Wishes(tmp_path, *DRIVER)
    for _ in range(len(DRIVER) + 1):
        found = curate("withdraw", finished, "--urls", urls, "--workers", 1, failpoints=wishes())
        if found.returncode == 0:
            break
        assert found.returncode == -signal.SIGKILL, found.stderr
    assert found.returncode == 0, found.stderr
    assert wishes.fired() == set(DRIVER)
    assert_taken_down(finished, taken_down)


@pytest.mark.fault("worker-killed", "local")
def test_workers_are_killed_inside_a_take_down(
    finished: Path, urls: Path, taken_down: Path, tmp_path: Path
) -> None:
    wishes = Wishes(tmp_path, *WORKER)
    found = curate("withdraw", finished, "--urls", urls, "--workers", 2, failpoints=wishes())
    assert found.returncode == 0, found.stderr
    assert wishes.fired() == set(WORKER)
    assert_taken_down(finished, taken_down)


@pytest.mark.fault("driver-killed", "local")
def test_the_run_itself_goes_on_where_a_take_down_was_killed(
    finished: Path, small_input: Path, urls: Path, taken_down: Path, tmp_path: Path
) -> None:
    wishes = Wishes(tmp_path, "emit.withdraw-01.after_plan")
    found = curate("withdraw", finished, "--urls", urls, failpoints=wishes())
    assert found.returncode == -signal.SIGKILL, found.stderr
    assert curate("emit", finished).returncode == 0
    assert_taken_down(finished, taken_down)


def test_ray_gives_the_same_files(
    finished: Path, urls: Path, taken_down: Path, ray_here: None
) -> None:
    del ray_here
    found = curate("withdraw", finished, "--urls", urls, "--engine", "ray")
    assert found.returncode == 0, found.stderr
    assert_taken_down(finished, taken_down)


@pytest.mark.fault("driver-killed", "s3")
def test_a_bucket_is_mended_like_a_disk(
    bucketful: Bucketful, small_input: Path, urls: Path, taken_down: Path, tmp_path: Path
) -> None:
    job = write_job(tmp_path / "job.yaml", small_input, bucketful.address)
    assert bucketful.curate("run", job, "--workers", 2).returncode == 0
    wishes = Wishes(tmp_path, "emit.withdraw-01.before_seal", "publish.before_rename")
    for _ in range(3):
        found = bucketful.curate(
            "withdraw", bucketful.address, "--urls", urls, "--workers", 2, failpoints=wishes()
        )
        if found.returncode == 0:
            break
    assert found.returncode == 0, found.stderr
    assert wishes.fired() == set(wishes.points)
    assert corpus_of(bucketful.download(tmp_path / "fetched")) == corpus_of(taken_down)
    checked = bucketful.curate("verify", bucketful.address)
    assert (checked.returncode, checked.stderr) == (0, "")
