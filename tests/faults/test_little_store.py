"""Ray with an object store of 75 MiB outside of shared memory: nothing is put there anyway."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.pipeline.test_kill import assert_as_if_undisturbed
from tests.runs import environment, write_job


@pytest.mark.fault("little-store", "ray")
@pytest.mark.exhaustive
def test_a_run_does_not_need_the_object_store(
    small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    job = write_job(tmp_path / "job.yaml", small_input, work)
    with tempfile.TemporaryDirectory(prefix="ray-", dir="/tmp", ignore_cleanup_errors=True) as home:
        found = subprocess.run(
            [sys.executable, "-m", "tests.faults.little_store", str(job), home],
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
    assert found.returncode == 0, found.stderr
    looked, most, spilled = found.stdout.splitlines()
    assert looked == "looked often: True"
    assert int(most.removeprefix("most bytes: ")) < 1 << 20
    assert spilled == "spilled files: 0"
    assert_as_if_undisturbed(work, baseline)
