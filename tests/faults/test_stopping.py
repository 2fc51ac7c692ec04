"""SIGTERM and Ctrl-C: what runs may finish, the end comes soon, and the same command goes on."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from curate.io import layout
from tests.faults.holding import Held
from tests.pipeline.test_kill import assert_as_if_undisturbed
from tests.runs import attempts_of, curate, environment, write_job

HELD_SHARD = "three"


@contextmanager
def driver(job: Path, held: Held, *options: str) -> Iterator[subprocess.Popen[str]]:
    """A run whose one worker waits before the commit of a shard of ``extract``."""
    command = [sys.executable, "-m", "curate", "run", str(job), *options]
    environment_ = environment([held.wish("extract.before_commit", HELD_SHARD)])
    with subprocess.Popen(command, env=environment_, stderr=subprocess.PIPE, text=True) as process:
        try:
            held.wait(process)
            yield process
        finally:
            process.kill()


def wait_for_line(process: subprocess.Popen[str], pattern: str) -> str:
    """Read standard error up to a line; all of it."""
    assert process.stderr is not None
    said = ""
    while not re.search(pattern, said):
        line = process.stderr.readline()
        assert line, said
        said += line
    return said


@pytest.mark.fault("sigterm", "local")
@pytest.mark.parametrize(
    "how", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.exhaustive)]
)
def test_who_is_asked_to_stop_finishes_what_runs(
    how: signal.Signals, small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    work, held = tmp_path / "work", Held(tmp_path)
    job = write_job(tmp_path / "job.yaml", small_input, work)
    with driver(job, held, "--workers", "1") as process:
        process.send_signal(how)
        said = wait_for_line(process, "may finish")
        held.release()
        assert process.stderr is not None
        said += process.stderr.read()
        assert process.wait(timeout=30) == 128 + how
    assert f"{how.name}: shards that are being made may finish" in said
    assert "of 4 shards done" in said
    assert "run the same command again" in said
    assert "Traceback" not in said
    done = {shard.split("-")[0] for step, shard in attempts_of(work) if step == "extract"}
    assert HELD_SHARD in done, "it was let finish"
    assert len(done) < 4, "and no other was begun"
    assert curate("run", job).returncode == 0
    assert_as_if_undisturbed(work, baseline)


@pytest.mark.fault("sigterm", "local")
@pytest.mark.exhaustive
def test_what_does_not_finish_in_time_is_given_up(
    small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    work, held = tmp_path / "work", Held(tmp_path)
    job = write_job(tmp_path / "job.yaml", small_input, work)
    with driver(job, held, "--workers", "1") as process:
        asked = time.monotonic()
        process.terminate()
        assert process.wait(timeout=60) == 128 + signal.SIGTERM
        assert time.monotonic() - asked < 30
        assert process.stderr is not None
        assert "1 given up" in process.stderr.read()
    assert curate("run", job).returncode == 0
    assert_as_if_undisturbed(work, baseline)


@pytest.mark.fault("sigterm", "ray")
@pytest.mark.exhaustive
def test_a_ray_driver_that_is_asked_to_stop_finishes_what_runs(
    small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    work, held = tmp_path / "work", Held(tmp_path)
    job = write_job(tmp_path / "job.yaml", small_input, work)
    with driver(job, held, "--engine", "ray", "--workers", "1") as process:
        process.terminate()
        said = wait_for_line(process, "may finish")
        held.release()
        assert process.stderr is not None
        said += process.stderr.read()
        assert process.wait(timeout=60) == 128 + signal.SIGTERM
    assert "Traceback" not in said
    assert HELD_SHARD in {s.split("-")[0] for step, s in attempts_of(work) if step == "extract"}
    assert curate("run", job, "--engine", "local").returncode == 0
    assert_as_if_undisturbed(work, baseline)


@pytest.mark.fault("ctrl-c", "local")
@pytest.mark.parametrize("times", [pytest.param(1, marks=pytest.mark.exhaustive), 2])
def test_ctrl_c_on_a_terminal(
    times: int, small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    work, held = tmp_path / "work", Held(tmp_path)
    job = write_job(tmp_path / "job.yaml", small_input, work)
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "curate", "run", str(job), "--workers", "1"]
    with subprocess.Popen(
        command,
        env={**environment([held.wish("extract.before_commit", HELD_SHARD)]), "TERM": "xterm"},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    ) as process:
        try:
            os.close(slave)
            held.wait(process)
            os.write(master, b"\x03")
            said = read_until(master, b"may finish")
            if times == 1:
                held.release()
            else:
                os.write(master, b"\x03")
            said += read_until(master, None)
            assert process.wait(timeout=30) == 130
        finally:
            process.kill()
            os.close(master)
    assert b"run the same command again" in said
    assert b"Traceback" not in said
    done = {shard.split("-")[0] for step, shard in attempts_of(work) if step == "extract"}
    assert (HELD_SHARD in done) == (times == 1)
    assert not (work / layout.MANIFEST).exists()
    assert curate("run", job).returncode == 0
    assert_as_if_undisturbed(work, baseline)


def read_until(master: int, wanted: bytes | None) -> bytes:
    """What a terminal shows up to some words, or to the end of its process."""
    said = b""
    with suppress(OSError):  # on Linux, the end
        while wanted is None or wanted not in said:
            part = os.read(master, 4096)
            if not part:
                break
            said += part
    assert wanted is None or wanted in said, said
    return said
