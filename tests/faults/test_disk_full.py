"""No space left in the middle of a run: it ends in words, and goes on when there is space."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from curate.config.job import JobConfig
from curate.engine.local import LocalEngine
from curate.errors import StoreError
from curate.pipeline.extract import task as extract_task
from curate.pipeline.run import run_job
from tests.pipeline.test_kill import assert_as_if_undisturbed
from tests.runs import environment, job_of, write_job

SCRIPT = """
mount -t tmpfs -o size=$3 tmpfs "$1" || exit 77
"$4" -m curate run "$2" --workers 1; echo "first: $?"
mount -o remount,size=64m "$1"
"$4" -m curate run "$2" --workers 1; echo "second: $?"
cp -r "$1/work" "$5"
"""


@pytest.mark.fault("disk-full", "local")
@pytest.mark.exhaustive
@pytest.mark.parametrize("size", ["120k", "300k", "420k"])
def test_a_run_on_a_disk_that_fills_up_goes_on_when_it_has_grown(
    size: str, small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    disk, copy = tmp_path / "disk", tmp_path / "copy"
    disk.mkdir()
    job = write_job(tmp_path / "job.yaml", small_input, disk / "work")
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", SCRIPT, "sh"]
    try:
        found = subprocess.run(
            [*command, str(disk), str(job), size, sys.executable, str(copy)],
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("needs Linux's `unshare` to mount a small file system")
    if found.returncode == 77 or "Operation not permitted" in found.stderr:
        pytest.skip("may not mount a small file system here")
    assert "first: 1" in found.stdout, found.stderr
    assert "No space left on device" in found.stderr
    assert "free on this file system" in found.stderr
    assert "free some space, then run the same command again" in found.stderr
    assert "Traceback" not in found.stderr
    assert "second: 0" in found.stdout, found.stderr
    assert_as_if_undisturbed(copy, baseline)


class Failing:
    """Lets a function of ``os`` fail at its n-th call, once."""

    def __init__(self, real: Callable[..., Any], n: int, number: int) -> None:
        self.real, self.n, self.number, self.calls = real, n, number, 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - any function
        self.calls += 1
        if self.calls == self.n:
            raise OSError(self.number, os.strerror(self.number))
        return self.real(*args, **kwargs)


def failure_of(job: JobConfig) -> str | None:
    """Run it in this process; what was found wrong, if anything was."""
    try:
        run_job(job, engine=LocalEngine(workers=0))
    except StoreError as error:
        return error.found
    return None


@pytest.mark.fault("disk-full", "local")
@pytest.mark.exhaustive
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
@pytest.mark.parametrize("call", ["fsync", "link"])
def test_any_write_of_a_run_may_fail(
    call: str, number: int, small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    job = job_of(small_input, tmp_path / "work")
    failures, n = 0, 1 + number % 3
    while True:
        with pytest.MonkeyPatch.context() as patch:
            failing = Failing(getattr(os, call), n, number)
            patch.setattr(os, call, failing)
            found = failure_of(job)
        if found is None:
            break
        failures += 1
        assert os.strerror(number) in found
        n = 1 + n * 5 // 3  # further and further into the run
    settings = job.extract  # the sandbox lives as long as the process that ran the tasks: this one
    assert settings.memory_mb is not None
    memory = settings.memory_mb << 20
    extract_task.page_sandbox(settings.deadline_seconds, memory, extract_task.PAGE_FUNCTION).close()
    extract_task.page_sandbox.cache_clear()
    assert failures >= 3
    assert_as_if_undisturbed(tmp_path / "work", baseline)
