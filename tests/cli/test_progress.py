"""What a run shows while it runs, on a terminal and without one."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from curate.cli.terminal import progress as shown
from curate.cli.terminal.progress import TerminalProgress
from curate.cli.terminal.spans import size, span
from curate.engine.local import LocalEngine
from curate.engine.protocol import Event, Outcome
from curate.io.store import Store
from curate.pipeline.run import run_job
from curate.work import pulse
from curate.work.progress import Silent
from curate.work.pulse import Moved, Pulse, moved_in, watched
from tests.runs import environment, job_of, write_job


def done(rows: int, quarantined: dict[str, int], bytes_in: int) -> Event:
    value = {"rows": rows, "quarantined": quarantined}
    return Event("done", Outcome("s", value), bytes_in)


def test_without_a_terminal_a_stage_has_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    progress = TerminalProgress()
    progress.plan(["extract", "cluster", "emit"])
    progress.begin("extract", shards=2, done=1, bytes_in=100)
    progress.event("extract", done(7, {"timeout": 2}, 100))
    progress.end("extract")
    for step in ("cluster.split", "cluster.union", "cluster"):
        progress.begin(step, shards=1, done=0, bytes_in=0)
        progress.event(step, done(5, {}, 0))
        progress.end(step)
    first, extract, cluster = capsys.readouterr().err.splitlines()
    assert first == "extract: goes on; 1 of 2 shards are done"
    assert re.fullmatch(
        r"\[1/3\] extract: done in [\d.]+ s, 7 rows, [\d,]+/s, 2 quarantined as timeout", extract
    )
    assert re.fullmatch(r"\[2/3\] cluster: done in [\d.]+ s, 5 rows, [\d,]+/s", cluster)


def test_a_long_stage_says_how_far_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown, "PLAIN_EVERY_SECONDS", 0.001)
    progress = TerminalProgress()
    progress.begin("extract", shards=9, done=0, bytes_in=1000)
    progress.moved("extract", Moved(40, 500))
    said = ""
    while "50%, 40 rows" not in said:
        said += capsys.readouterr().err
    assert re.search(r"extract: 0 of 9 shards, 50%, 40 rows, [\d,]+/s, \d+ s left", said)
    progress.end("extract")
    assert "extract: stopped after" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "value"),
    [("40 s", 40), ("12 min", 720), ("3.5 h", 12_600), ("2.1 days", 181_440)],
)
def test_spans(words: str, value: float) -> None:
    assert span(value) == words


def test_sizes() -> None:
    assert [size(n) for n in (0, 999, 3200, 4_100_000, 10**12)] == [
        *("0 B", "999 B", "3.2 kB", "4.1 MB", "1.0 TB")
    ]


# ---- inside a shard ------------------------------------------------------------------------


def test_tasks_say_how_far_they_are_and_take_it_back(tmp_path: Path) -> None:
    store = Store(tmp_path)
    one, other, unseen = (Pulse(store, s, seconds) for s, seconds in (("a", 1), ("b", 1), ("c", 0)))
    for each in (one, other):
        each.moved(3, 30)
    assert moved_in(store) == Moved(0, 0), "not before a second has passed"
    one._next = other._next = 0.0
    for each in (one, other, unseen):
        each.moved(4, 90)
    assert moved_in(store) == Moved(14, 180)
    (tmp_path / pulse.FOLDER / "torn").write_bytes(b"[1")
    assert moved_in(store) == Moved(14, 180)
    one.end()
    assert moved_in(store) == Moved(7, 90)


def test_the_driver_hears_of_them_and_sweeps_up(tmp_path: Path) -> None:
    store = Store(tmp_path)
    left = Pulse(store, "killed", 1)
    left._next = 0.0
    left.moved(5, 50)
    heard: list[Moved] = []
    with watched(store, 0.001, heard.append):
        while not heard:
            os.sched_yield()
    assert heard[0] == Moved(5, 50)
    assert not (tmp_path / pulse.FOLDER).exists()


def test_a_watched_run_hears_rows_and_bytes_of_open_shards(
    tmp_path: Path, small_input: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Watching(Silent):
        watches = True

        def __init__(self) -> None:
            self.put: list[Moved] = []

    def put(store: Store, key: str, data: bytes, *, is_private: bool = False) -> None:
        whole(store, key, data, is_private=is_private)
        if key.startswith(pulse.FOLDER):
            watching.put.append(Moved(*json.loads(data)))

    watching, whole = Watching(), Store.put
    monkeypatch.setattr(Store, "put", put)
    monkeypatch.setattr(pulse, "SECONDS", 1e-9)
    with LocalEngine(workers=0) as engine:
        run_job(job_of(small_input, tmp_path / "work"), engine=engine, progress=watching)
    assert max(moved.bytes_in for moved in watching.put) > 1000
    assert max(moved.rows for moved in watching.put) > 10
    assert not (tmp_path / "work" / pulse.FOLDER).exists()


# ---- a terminal ----------------------------------------------------------------------------


def test_a_terminal_shows_the_run_above_its_stage(tmp_path: Path, small_input: Path) -> None:
    job = write_job(tmp_path / "job.json", f"{small_input}/*", tmp_path / "work")
    ours, theirs = pty.openpty()
    seen = bytearray()
    with subprocess.Popen(
        [sys.executable, "-m", "curate", "run", str(job)],
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env={**environment(), "TERM": "xterm", "COLUMNS": "80"},
    ) as run:
        os.close(theirs)
        try:
            while part := os.read(ours, 1 << 16):
                seen += part
        except OSError:  # Linux ends a terminal that nobody has open so
            pass
        finally:
            os.close(ours)
    assert run.returncode == 0
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", seen.decode())
    assert re.search(r"whole run .*step 1 of \d+ .*\d+ pages/s", plain)
    assert re.search(r"extract +\S+ +4/4 shards", plain)
    assert "1 quarantined as corrupt" in plain
    assert max(map(len, re.split(r"[\r\n]+", plain))) <= 80
