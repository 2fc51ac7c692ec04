"""The clock jumps, process ids repeat, every machine has one name, files have no sensible date."""

from __future__ import annotations

import itertools
import os
import random
import socket
import time
from pathlib import Path

import pytest

from curate.engine.local import LocalEngine
from curate.pipeline.run import run_job
from tests.pipeline.test_kill import assert_as_if_undisturbed
from tests.runs import attempts_of, job_of

CENTURY = 3_155_760_000.0


@pytest.fixture
def mad_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every look at the calendar is another date, back and forth; all processes are number 7."""
    jumps = itertools.cycle((0.0, 2 * CENTURY, 1.0, -CENTURY / 2, CENTURY))
    monkeypatch.setattr(time, "time", lambda: next(jumps))
    monkeypatch.setattr(time, "time_ns", lambda: int(next(jumps) * 1e9))
    monkeypatch.setattr(os, "getpid", lambda: 7)
    monkeypatch.setattr(socket, "gethostname", lambda: "localhost")


@pytest.mark.fault("clock-jump", "local")
@pytest.mark.usefixtures("mad_clock")
def test_a_run_that_goes_on_with_another_clock_publishes_the_same(
    small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    job = job_of(small_input, work)
    run_job(job, engine=LocalEngine(workers=0), until="annotate")
    before = attempts_of(work)
    chance = random.Random(24)
    paths = sorted(work.rglob("*"))
    for path in paths:
        when = chance.uniform(0, CENTURY)
        os.utime(path, (when, when))
    assert len(paths) > 20
    run_job(job, engine=LocalEngine(workers=0))
    assert before.items() <= attempts_of(work).items(), "a finished shard was made again"
    assert_as_if_undisturbed(work, baseline)
