"""Standard output and error that are closed, full or unread: nothing that is written is changed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.runs import corpus_of, environment, write_job

CURATE = f"{sys.executable} -m curate"


def shell(command: str) -> int:
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], env=environment(), check=False
    ).returncode


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize(
    ("streams", "code"),
    [
        (">/dev/null", 0),
        (">/dev/full", 4),
        (">&-", 4),
        (">/dev/null 2>&-", 0),
        ("2>&1 >/dev/null | true", 0),
        ("labels --nonsense >&- 2>/dev/full", 1),
    ],
)
def test_what_could_not_be_printed_is_told_by_the_exit_code(streams: str, code: int) -> None:
    command = "" if "labels" in streams else "metrics "
    assert shell(f"{CURATE} {command}{streams}") == code


@pytest.mark.fault("unheard", "local")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("streams", [">/dev/full 2>&-", ">&- 2>/dev/full"])
def test_a_run_that_nobody_can_hear_publishes_the_same(
    baseline: Path, small_input: Path, tmp_path: Path, streams: str
) -> None:
    """With a closed one, the next file that is opened would get its number."""
    job = write_job(tmp_path / "job.json", small_input, tmp_path / "work")
    assert shell(f"{CURATE} run {job} --workers 1 {streams}") == 4
    assert corpus_of(tmp_path / "work") == corpus_of(baseline)
