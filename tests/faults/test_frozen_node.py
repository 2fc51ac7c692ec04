"""A node stands still in the middle of a task, is given up, and wakes when all is done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faults.holding import Held
from tests.pipeline.test_kill import assert_as_if_undisturbed
from tests.runs import attempts_of, environment, write_job


@pytest.mark.fault("partition", "ray")
@pytest.mark.exhaustive
@pytest.mark.timeout(400)
def test_a_node_that_wakes_after_the_run_changes_nothing(
    small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    work, held = tmp_path / "work", Held(tmp_path)
    job = write_job(tmp_path / "job.yaml", small_input, work)
    with (
        tempfile.TemporaryDirectory(prefix="ray-", dir="/tmp", ignore_cleanup_errors=True) as home,
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.frozen_node", str(job), home],
            env=environment([held.wish("annotate.before_commit", "three")]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        assert process.stdout is not None
        try:
            held.wait(process)
            worker, raylet = held.who()
            os.kill(raylet, signal.SIGSTOP)
            said = []
            for line in process.stdout:
                said.append(line)
                if line.startswith("finished"):
                    break
            won = attempts_of(work)
            assert said[-1] == "finished with nodes alive: 2\n", "the head and one of two"
            assert any("a machine was lost" in line for line in said), "its task has moved"
            held.release()
            _wait_until_idle(worker)
            assert attempts_of(work) == won, "what it committed late has lost"
            os.kill(raylet, signal.SIGCONT)
            process.communicate("go on\n", timeout=120)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    assert_as_if_undisturbed(work, baseline)


def _wait_until_idle(pid: int) -> None:
    """Until a process that was released has ended, or has not computed for a second."""
    until, before, since = time.monotonic() + 60, -1, time.monotonic()
    while time.monotonic() < until and time.monotonic() - since < 1:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return
        now = int(fields[11]) + int(fields[12])
        if now != before:
            before, since = now, time.monotonic()
        os.sched_yield()
