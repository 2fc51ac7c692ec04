"""A cluster loses every node in the middle of a task: the run ends in words, and can be resumed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faults.holding import Held
from tests.pipeline.test_kill import assert_as_if_undisturbed
from tests.runs import attempts_of, curate, environment, write_job


@pytest.mark.fault("cluster-empty", "ray")
@pytest.mark.exhaustive
@pytest.mark.timeout(900)
def test_a_cluster_that_loses_all_nodes_ends_the_run_with_exit_code_3(
    small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    work, held = tmp_path / "work", Held(tmp_path)
    job = write_job(tmp_path / "job.yaml", small_input, work, engine={"empty_minutes": 0.05})
    with (
        tempfile.TemporaryDirectory(prefix="ray-", dir="/tmp", ignore_cleanup_errors=True) as home,
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.lost_nodes", home],
            env=environment([held.wish("annotate.before_commit", "three")]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as cluster,
    ):
        try:
            assert cluster.stdin is not None
            assert cluster.stdout is not None
            address = cluster.stdout.readline().strip()
            run = ["run", str(job), "--engine", "ray", "--address", address]
            with subprocess.Popen(
                [sys.executable, "-m", "curate", *run],
                env=environment(),
                stderr=subprocess.PIPE,
                text=True,
            ) as driver:
                held.wait(driver)
                cluster.stdin.write("\n")
                cluster.stdin.flush()
                assert "gone\n" in cluster.stdout, "Ray writes of dead nodes there too"
                _, said = driver.communicate(timeout=300)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(cluster.pid, signal.SIGKILL)
    assert driver.returncode == 3, said
    assert "the cluster has no node with a CPU for tasks, for " in said
    assert "run the same command again: finished shards are kept" in said
    assert "Traceback" not in said
    before = attempts_of(work)
    assert before
    found = curate("run", job, "--engine", "local")
    assert found.returncode == 0, found.stderr
    assert before.items() <= attempts_of(work).items()
    assert_as_if_undisturbed(work, baseline)
