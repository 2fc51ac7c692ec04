"""An attempt that comes back after its shard was made, and its whole stage, by another driver."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.bucketful import Bucketful
from tests.faults.holding import Held
from tests.faults.test_object_work import assert_as_if_undisturbed as same_in_store
from tests.pipeline.test_kill import assert_as_if_undisturbed
from tests.runs import attempts_of, curate, environment, write_job


@pytest.mark.fault("zombie", "local")
@pytest.mark.fault("two-drivers", "local")
@pytest.mark.parametrize(
    ("step", "shard"),
    [("extract", "three"), pytest.param("emit", "part", marks=pytest.mark.exhaustive)],
)
def test_an_attempt_commits_after_another_driver_has_finished_the_run(
    step: str, shard: str, small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    work, held = tmp_path / "work", Held(tmp_path)
    job = write_job(tmp_path / "job.yaml", small_input, work)
    command = [sys.executable, "-m", "curate", "run", str(job), "--workers", "1"]
    late = environment([held.wish(f"{step}.before_commit", shard)])
    with subprocess.Popen(command, env=late, stderr=subprocess.PIPE, text=True) as process:
        held.wait(process)
        assert curate("run", job, "--workers", 1).returncode == 0
        won = attempts_of(work)
        held.release()
        _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert attempts_of(work) == won, "nothing was made twice"
    assert_as_if_undisturbed(work, baseline)


@pytest.mark.fault("zombie", "s3")
@pytest.mark.fault("two-drivers", "s3")
@pytest.mark.exhaustive
def test_the_same_in_an_object_store(
    bucketful: Bucketful, small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    held = Held(tmp_path)
    job = write_job(tmp_path / "job.yaml", small_input, bucketful.address)
    command = [sys.executable, "-m", "curate", "run", str(job), "--workers", "1"]
    wish = held.wish("annotate.before_commit", "three")
    late = {**environment([wish]), **bucketful.server.environment()}
    with subprocess.Popen(command, env=late, stderr=subprocess.PIPE, text=True) as process:
        held.wait(process)
        assert bucketful.curate("run", job, "--workers", 1).returncode == 0
        before = bucketful.listed()
        held.release()
        _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert bucketful.listed() == before
    same_in_store(bucketful, baseline, tmp_path)
