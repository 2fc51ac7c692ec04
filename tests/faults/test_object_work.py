"""A whole run whose work folder is in an object store, undisturbed and disturbed."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from curate.io import layout
from tests.faults.bucketful import Bucketful
from tests.object_server import BREAK, LOSE_REPLY, Trouble
from tests.pipeline.test_kill import IN_DRIVER, Wishes, driver_points, worker_points
from tests.runs import attempts_of, corpus_of, write_job


def assert_as_if_undisturbed(found: Bucketful, baseline: Path, tmp_path: Path) -> None:
    """What another client fetches is the corpus of a run on disk; curate finds it sound."""
    here = found.download(tmp_path / "fetched")
    assert corpus_of(here) == corpus_of(baseline)
    assert attempts_of(here).keys() == attempts_of(baseline).keys()
    said = found.curate("verify", found.address)
    assert (said.returncode, said.stderr) == (0, "")
    assert "files are whole" in said.stdout


def test_a_run_in_an_object_store_publishes_the_bytes_of_one_on_disk(
    bucketful: Bucketful, small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    job = write_job(tmp_path / "job.yaml", small_input, bucketful.address)
    found = bucketful.curate("run", job, "--workers", 2)
    assert found.returncode == 0, found.stderr
    assert f"{bucketful.address}/corpus" in found.stdout
    assert_as_if_undisturbed(bucketful, baseline, tmp_path)
    assert not [key for key in bucketful.listed() if key.startswith((".", "_probe"))]
    before = bucketful.listed()
    assert bucketful.curate("run", job).stderr == "", "a finished run has nothing to do"
    assert bucketful.listed() == before
    status = bucketful.curate("status", bucketful.address)
    assert status.returncode == 0, status.stderr
    assert "done" in status.stdout
    assert f"corpus: {bucketful.address}/corpus" in status.stdout
    document = bucketful.curate("explain", bucketful.address, "https://eng.example.org/0")
    assert document.returncode == 0, document.stderr
    assert "margin" in document.stdout
    assert "verdict         removed as a duplicate" in document.stdout
    doctor = bucketful.curate("doctor", bucketful.address)
    assert "put-if-absent works (conditional PUT)" in doctor.stdout


@pytest.mark.exhaustive
def test_a_view_is_published_in_the_bucket_and_out_of_it(
    bucketful: Bucketful, small_input: Path, tmp_path: Path
) -> None:
    wds = {"wds": {"version": "1.2"}, "emit": {"hplt": {"min_bin": None, "chars_above": None}}}
    job = write_job(tmp_path / "job.yaml", small_input, bucketful.address, **wds)
    for command in (
        ("run", job),
        ("emit", bucketful.address, "--view", "hplt"),
        ("emit", bucketful.address, "--view", "hplt", "--out", tmp_path / "out"),
        ("emit", bucketful.address, "--view", "hplt", "--out", f"{bucketful.address}/deep/copy"),
        ("verify", f"{bucketful.address}/corpus-hplt"),
        ("verify", tmp_path / "out"),
    ):
        found = bucketful.curate(*command)
        assert found.returncode == 0, found.stderr
    here = bucketful.download(tmp_path / "fetched")
    views = [here / "corpus-hplt", here / "deep/copy", tmp_path / "out"]
    trees = [{p.relative_to(x): p.read_bytes() for p in x.rglob("*") if p.is_file()} for x in views]
    assert trees[0] == trees[1] == trees[2]
    assert len(trees[0]) > 30
    assert not [key for key in bucketful.listed() if "/." in f"/{key}" and ".jsonl.md5" not in key]


@pytest.mark.exhaustive
def test_a_stage_is_made_again_and_another_job_refused(
    bucketful: Bucketful, small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    job = write_job(tmp_path / "job.yaml", small_input, bucketful.address)
    assert bucketful.curate("run", job).returncode == 0
    again = bucketful.curate("run", job, "--rerun", "cluster")
    assert again.returncode == 0, again.stderr
    assert again.stderr.startswith("cluster.split: 4 shards")
    assert_as_if_undisturbed(bucketful, baseline, tmp_path)
    other = write_job(tmp_path / "other.yaml", small_input, bucketful.address, name="other")
    refused = bucketful.curate("run", other)
    assert refused.returncode == 1
    assert "another job" in refused.stderr


@pytest.mark.fault("worker-killed", "s3")
@pytest.mark.parametrize(("point", "steps"), worker_points())
def test_workers_are_killed_at_a_point_of_every_step(
    point: str,
    steps: tuple[str, ...],
    bucketful: Bucketful,
    small_input: Path,
    baseline: Path,
    tmp_path: Path,
) -> None:
    job = write_job(tmp_path / "job.yaml", small_input, bucketful.address)
    wishes = Wishes(tmp_path, *(f"{step}.{point}" for step in steps))
    found = bucketful.curate("run", job, "--workers", 2, failpoints=wishes())
    assert found.returncode == 0, found.stderr
    assert wishes.fired() == set(wishes.points)
    assert_as_if_undisturbed(bucketful, baseline, tmp_path)


@pytest.mark.fault("worker-killed", "s3")
@pytest.mark.fault("worker-killed", "ray")
@pytest.mark.exhaustive
def test_ray_workers_are_killed(
    bucketful: Bucketful, small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    job = write_job(tmp_path / "job.yaml", small_input, bucketful.address)
    wishes = Wishes(tmp_path, "extract.mid_write", "sign.before_commit", "emit.after_commit")
    found = bucketful.curate("run", job, "--engine", "ray", "--workers", 2, failpoints=wishes())
    assert found.returncode == 0, found.stderr
    assert wishes.fired() == set(wishes.points)
    assert_as_if_undisturbed(bucketful, baseline, tmp_path)


@pytest.mark.fault("driver-killed", "s3")
@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "points",
    [
        ("identify.before_seal",),
        pytest.param(
            (*driver_points(), "publish.before_manifest", "publish.before_rename"),
            marks=pytest.mark.exhaustive,
        ),
    ],
    ids=["one point", "every point"],
)
def test_the_driver_is_killed(
    points: tuple[str, ...],
    bucketful: Bucketful,
    small_input: Path,
    baseline: Path,
    tmp_path: Path,
) -> None:
    assert {p.rpartition(".")[2] for p in points} & set(IN_DRIVER)
    job = write_job(tmp_path / "job.yaml", small_input, bucketful.address)
    wishes = Wishes(tmp_path, *points)
    for _ in range(len(points) + 1):
        before = set(bucketful.receipts())
        found = bucketful.curate("run", job, "--workers", 2, failpoints=wishes())
        assert before <= set(bucketful.receipts())
        if found.returncode == 0:
            break
        assert found.returncode == -signal.SIGKILL, found.stderr
        assert layout.MANIFEST not in bucketful.listed()
    assert found.returncode == 0, found.stderr
    assert wishes.fired() == set(points)
    assert_as_if_undisturbed(bucketful, baseline, tmp_path)


@pytest.mark.fault("reply-lost", "s3")
@pytest.mark.fault("store-refuses", "s3")
def test_a_whole_run_with_lost_replies_and_a_busy_store(
    bucketful: Bucketful, small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    job = write_job(tmp_path / "job.yaml", small_input, bucketful.address)
    below = bucketful.prefix
    with bucketful.server.trouble(
        Trouble("PUT", f"{below}/documents/_commits", LOSE_REPLY, times=3),
        Trouble("PUT", f"{below}/clusters/.*_plan", LOSE_REPLY, times=2),
        Trouble("PUT", f"{below}/.*_SEALED", LOSE_REPLY, times=4),
        Trouble("PUT", f"{below}/metrics/_commits", 409, times=2),
        Trouble("PUT", f"{below}/verdict/_commits", 412, times=2),
        Trouble("PUT", f"{below}/bands/data", 503, times=3),
        Trouble("GET", f"{below}/documents/data", BREAK, times=2),
        Trouble("GET", f"{below}/clusters/.*_commits", 500, times=2),
    ):
        found = bucketful.curate("run", job, "--workers", 2)
    assert found.returncode == 0, found.stderr
    assert "retry" not in found.stderr
    assert_as_if_undisturbed(bucketful, baseline, tmp_path)


@pytest.mark.fault("store-refuses", "s3")
@pytest.mark.exhaustive
def test_a_store_that_forbids_writing_ends_the_run_in_words_and_it_goes_on_later(
    bucketful: Bucketful, small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    job = write_job(tmp_path / "job.yaml", small_input, bucketful.address)
    forbidden = Trouble("PUT", f"{bucketful.prefix}/bands/data", 403, times=10**6)
    with bucketful.server.trouble(forbidden):
        found = bucketful.curate("run", job, "--workers", 2)
    assert found.returncode == 1
    assert f"{bucketful.address}/bands/data/" in found.stderr
    assert "credentials" in found.stderr
    assert "Traceback" not in found.stderr
    assert bucketful.curate("run", job, "--workers", 2).returncode == 0
    assert_as_if_undisturbed(bucketful, baseline, tmp_path)
