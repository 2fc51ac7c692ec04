"""The cluster's head dies: so does the driver, and the same command resumes elsewhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest

from tests.pipeline.test_kill import assert_as_if_undisturbed
from tests.runs import attempts_of, curate, environment, write_job


@pytest.mark.fault("head-lost", "ray")
@pytest.mark.exhaustive
def test_a_run_whose_head_was_killed_is_finished_on_one_machine(
    small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    job = write_job(tmp_path / "job.yaml", small_input, work)
    with (
        tempfile.TemporaryDirectory(prefix="ray-", dir="/tmp", ignore_cleanup_errors=True) as home,
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.lost_head", str(job), home],
            env={**environment(), "RAY_gcs_rpc_server_reconnect_timeout_s": "5"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        try:
            out, said = process.communicate(timeout=200)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    assert "killed" in out, said
    assert process.returncode != 0
    before = attempts_of(work)
    assert before
    found = curate("run", job, "--engine", "local")
    assert found.returncode == 0, found.stderr
    assert before.items() <= attempts_of(work).items()
    assert_as_if_undisturbed(work, baseline)
