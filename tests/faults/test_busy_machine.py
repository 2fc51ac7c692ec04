"""What else a machine does changes no corpus: pages are judged by the time that they use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from curate.engine.local import LocalEngine
from curate.pipeline.run import run_job
from tests.runs import job_of

N_LOOPS = 8


@pytest.mark.exhaustive
@pytest.mark.fault("busy-machine", "local")
def test_eight_busy_processes_beside_a_run_change_no_byte(
    small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(N_LOOPS)]
    try:
        with LocalEngine(workers=2) as engine:
            run_job(job_of(small_input, tmp_path / "work"), engine=engine)
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()
    manifest = (tmp_path / "work" / "corpus" / "manifest.json").read_bytes()
    assert manifest == (baseline / "corpus" / "manifest.json").read_bytes()
