"""SIGKILL at every named point of every step: the same command again gives the same corpus."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from curate import stage_table
from curate.io import layout
from curate.io.store import Store
from curate.pipeline.verify import verify
from tests.runs import (
    SMALLEST,
    attempts_of,
    corpus_of,
    curate,
    environment,
    write_job,
)

IN_WORKER = ("mid_write", "before_commit", "after_commit")
IN_DRIVER = ("after_plan", "after_shard", "before_seal", "after_seal")
SOME_STEPS = ("extract", "sign", "cluster.group", "rebalance", "emit")
"""Where every run of the tests kills workers; the exhaustive ones do it at every step."""
AT_THE_END = ("publish.before_manifest", "publish.before_rename", "publish.before_collect")


class Wishes:
    """Failpoints, each of which kills once, and which of them have."""

    def __init__(self, folder: Path, *points: str) -> None:
        self.folder = folder / "tokens"
        self.folder.mkdir(parents=True)
        self.points = points

    def __call__(self) -> list[str]:
        return [f"{point}::{self._token(point)}" for point in self.points]

    def _token(self, point: str) -> Path:
        return self.folder / point.replace("/", "-")

    def fired(self) -> set[str]:
        return {point for point in self.points if self._token(point).exists()}


def assert_as_if_undisturbed(work: Path, baseline: Path) -> None:
    """The corpus is that of the baseline, byte for byte, and every sum is right."""
    assert corpus_of(work) == corpus_of(baseline)
    assert attempts_of(work).keys() == attempts_of(baseline).keys()
    found = verify(work)
    assert replace(found, notes=()) == replace(verify(baseline), notes=())
    assert all("named by no record" in note for note in found.notes), "what killed runs left"
    again = curate("verify", work)
    assert (again.returncode, again.stderr) == (0, "")


def orphans(work: Path) -> list[str]:
    """Data files that no receipt names."""
    named = {
        entry["key"]
        for step in stage_table.steps()
        for path in (work / layout.commits_key(step)).glob("*.json")
        for entry in json.loads(path.read_bytes())["files"]
    }
    folders = {layout.QUARANTINE, *(f"{folder}/data" for folder in stage_table.steps().values())}
    files = [p for folder in folders for p in (work / folder).glob("*.parquet")]
    return sorted({p.relative_to(work).as_posix() for p in files} - named)


def worker_points() -> list[object]:
    """A kind of point, and the steps that workers are killed in."""
    every = [pytest.param(p, SMALLEST, marks=pytest.mark.exhaustive) for p in IN_WORKER]
    return [pytest.param("before_commit", SOME_STEPS, id="some steps"), *every]


@pytest.mark.parametrize(("point", "steps"), worker_points())
@pytest.mark.fault("worker-killed", "local")
def test_workers_are_killed_at_a_point_of_every_step(
    point: str, steps: tuple[str, ...], small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    job = write_job(tmp_path / "job.yaml", small_input, work)
    wishes = Wishes(tmp_path, *(f"{step}.{point}" for step in steps))
    found = curate("run", job, "--engine", "local", "--workers", 2, failpoints=wishes())
    assert found.returncode == 0, found.stderr
    assert wishes.fired() == set(wishes.points)
    assert found.stderr.count("retry: worker process died (exit status -9)") == len(steps)
    assert "Traceback" not in found.stderr
    assert orphans(work) == [], "files of killed attempts are collected after publication"
    assert_as_if_undisturbed(work, baseline)


def driver_points() -> list[str]:
    """Every point of four steps, and in turn one point of each of the others.

    identify, annotate and sign share a pass, whose shards are told under the first of them.
    """
    points = []
    for number, step in enumerate(SMALLEST):
        if step in ("extract", "identify", "cluster.group", "emit"):
            points += [f"{step}.{point}" for point in IN_DRIVER]
        elif step in ("annotate", "sign"):
            points.append(f"{step}.before_seal")
        else:
            points.append(f"{step}.{IN_DRIVER[number % len(IN_DRIVER)]}")
    return points


@pytest.mark.fault("driver-killed", "local")
@pytest.mark.parametrize(
    "points",
    [
        ("extract.after_shard", "cluster.group.before_seal", *AT_THE_END),
        pytest.param((*driver_points(), *AT_THE_END), marks=pytest.mark.exhaustive),
    ],
    ids=["some steps", "every step"],
)
def test_the_driver_is_killed_at_points_of_every_step(
    points: tuple[str, ...], small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    job = write_job(tmp_path / "job.yaml", small_input, work)
    wishes = Wishes(tmp_path, *points)
    seen: dict[tuple[str, str], str] = {}
    for n_kills in range(len(wishes.points) + 1):
        found = curate("run", job, "--engine", "local", "--workers", 2, failpoints=wishes())
        assert seen.items() <= attempts_of(work).items(), "a finished shard was made again"
        seen = attempts_of(work)
        assert len(wishes.fired()) == min(n_kills + 1, len(wishes.points))
        if found.returncode == 0:
            break
        assert found.returncode == -signal.SIGKILL, found.stderr
    assert found.returncode == 0, found.stderr
    assert_as_if_undisturbed(work, baseline)


@pytest.mark.fault("driver-killed", "local")
def test_what_was_finished_before_a_kill_is_not_run_again(
    small_input: Path, tmp_path: Path
) -> None:
    job = write_job(tmp_path / "job.yaml", small_input, tmp_path / "work")
    wishes = Wishes(tmp_path, "extract.after_shard", "identify.after_shard")
    told = [curate("run", job, "--workers", 1, failpoints=wishes()).stderr for _ in range(3)]
    assert told[0] == "", "it was killed within its first stage"
    assert told[1].splitlines()[0] == "extract: goes on; 1 of 4 shards are done"
    assert told[2].splitlines()[0] == "identify+annotate+sign+pii: goes on; 1 of 4 shards are done"


@pytest.mark.fault("driver-killed", "local")
@pytest.mark.fault("worker-killed", "local")
@pytest.mark.exhaustive
def test_driver_and_workers_are_killed_in_one_run(
    small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    job = write_job(tmp_path / "job.yaml", small_input, work)
    points = ("extract.before_commit", "extract.after_shard", "annotate.after_commit")
    wishes = Wishes(tmp_path, *points, "sign.mid_write", "emit.after_shard")
    codes = [curate("run", job, failpoints=wishes()).returncode for _ in range(3)]
    assert codes == [-signal.SIGKILL, -signal.SIGKILL, 0]
    assert wishes.fired() == set(wishes.points)
    assert_as_if_undisturbed(work, baseline)


@pytest.mark.fault("poison", "local")
def test_a_shard_that_kills_every_worker_fails_alone_and_is_made_later(
    small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    job = write_job(tmp_path / "job.yaml", small_input, work, engine={"attempts": 3})
    poison = [f"extract.before_commit:three:{tmp_path / f'token-{n}'}" for n in range(3)]
    found = curate("run", job, failpoints=poison)
    assert found.returncode == 3
    assert re.search(r"1 failed:\s+three-\w+ after 3 attempts: worker process died", found.stderr)
    assert "run the same command again" in found.stderr
    assert "Traceback" not in found.stderr
    assert len(attempts_of(work)) == 3, "the other shards are committed"
    before = attempts_of(work)
    assert curate("run", job).returncode == 0
    assert before.items() <= attempts_of(work).items()
    assert_as_if_undisturbed(work, baseline)


@pytest.mark.fault("two-drivers", "local")
def test_two_drivers_of_one_job_are_only_wasteful(
    small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    job = write_job(tmp_path / "job.yaml", small_input, work)
    command = [sys.executable, "-m", "curate", "run", str(job), "--workers", "1"]
    drivers = [
        subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for driver in drivers:
        _, errors = driver.communicate()
        assert driver.returncode == 0, errors
    assert_as_if_undisturbed(work, baseline)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_driver_that_is_asked_to_stop_leaves_a_run_that_goes_on(
    how: signal.Signals, small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    job = write_job(tmp_path / "job.yaml", small_input, work)
    command = [sys.executable, "-m", "curate", "run", str(job), "--workers", "1"]
    with subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, text=True) as driver:
        assert driver.stderr is not None
        assert "extract: done" in driver.stderr.readline()
        driver.send_signal(how)
        said = driver.stderr.read()
    assert "Traceback" not in said
    if how == signal.SIGINT:
        assert driver.returncode == 130
        assert "run the same command again" in said
    assert not (work / layout.MANIFEST).exists()
    assert curate("run", job).returncode == 0
    assert_as_if_undisturbed(work, baseline)


@pytest.mark.fault("driver-killed", "local")
@pytest.mark.exhaustive
def test_select_and_emit_go_on_where_they_were_killed(finished: Path, tmp_path: Path) -> None:
    configs = tmp_path / "configs"
    made = curate("tune", finished, "--min-documents", 20, "--out", configs)
    assert made.returncode == 0, made.stderr
    path = configs / "_default.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("n_words, min: 50", "n_words, min: 170"), encoding="utf-8")
    before = corpus_of(finished)
    again = ("select", finished, "--configs", configs)
    wishes = Wishes(tmp_path, "select.after_shard", "rebalance.group.before_seal")
    codes = [curate(*again, failpoints=wishes()).returncode for _ in range(2)]
    assert codes == [-signal.SIGKILL, -signal.SIGKILL]
    seen = attempts_of(finished)
    found = curate(*again)
    assert found.returncode == 0, found.stderr
    assert seen.items() <= attempts_of(finished).items(), "a finished shard was decided again"
    assert corpus_of(finished) == before
    verify(finished)
    wishes = Wishes(tmp_path / "emit", "emit.split.after_shard", *AT_THE_END)
    n_kills = 1 + len(AT_THE_END)
    codes = [curate("emit", finished, failpoints=wishes()).returncode for _ in range(n_kills + 1)]
    assert codes == [-signal.SIGKILL] * n_kills + [0]
    undisturbed = corpus_of(finished)
    assert undisturbed != before
    assert curate(*again, "--publish").returncode == 0
    assert corpus_of(finished) == undisturbed
    verify(finished)


@pytest.mark.fault("driver-killed", "local")
@pytest.mark.exhaustive
def test_rerun_goes_on_where_it_was_killed(
    small_input: Path, baseline: Path, finished: Path, tmp_path: Path
) -> None:
    job = write_job(tmp_path / "job.yaml", small_input, finished)
    wishes = Wishes(tmp_path, "cluster.group.before_seal")
    assert curate("run", job, "--rerun", "cluster", failpoints=wishes()).returncode == -9
    assert not (finished / layout.MANIFEST).exists()
    assert curate("run", job).returncode == 0
    assert_as_if_undisturbed(finished, baseline)


@pytest.mark.fault("worker-killed", "ray")
def test_ray_workers_are_killed(small_input: Path, baseline: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    job = write_job(tmp_path / "job.yaml", small_input, work)
    wishes = Wishes(
        tmp_path,
        "extract.mid_write",
        "annotate.before_commit",
        "cluster.group.after_commit",
        "emit.before_commit",
    )
    found = curate("run", job, "--engine", "ray", "--workers", 2, failpoints=wishes())
    assert found.returncode == 0, found.stderr
    assert wishes.fired() == set(wishes.points)
    assert found.stderr.count(": retry: WorkerCrashedError") == len(wishes.points)
    assert_as_if_undisturbed(work, baseline)


@pytest.mark.fault("driver-killed", "ray")
def test_a_ray_driver_is_killed(small_input: Path, baseline: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    job = write_job(tmp_path / "job.yaml", small_input, work)
    wishes = Wishes(tmp_path, "extract.after_shard")
    found = curate("run", job, "--engine", "ray", "--workers", 2, failpoints=wishes())
    assert found.returncode == -signal.SIGKILL
    # another engine may finish it, while what the dead driver had begun may still commit
    assert curate("run", job, "--engine", "local").returncode == 0
    assert_as_if_undisturbed(work, baseline)


@pytest.mark.timeout(300)
@pytest.mark.fault("node-lost", "ray")
def test_a_ray_node_is_killed_while_tasks_run(
    small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    job = write_job(tmp_path / "job.yaml", small_input, work)
    wishes = Wishes(tmp_path, "parent/annotate.before_commit")
    # Sockets lie in this folder, and their paths may have a hundred characters at most.
    with tempfile.TemporaryDirectory(prefix="ray-", dir="/tmp", ignore_cleanup_errors=True) as home:
        found = subprocess.run(
            [sys.executable, "-m", "tests.pipeline.two_nodes", str(job), home],
            env=environment(wishes()),
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
    assert found.returncode == 0, found.stderr
    assert wishes.fired() == set(wishes.points)
    assert "nodes alive: 2" in found.stdout, "one of three is dead"
    assert "identify+annotate+sign+pii" in found.stdout, "the task was lost with its node"
    assert_as_if_undisturbed(work, baseline)


def test_nothing_but_receipts_makes_a_file_real(baseline: Path, finished: Path) -> None:
    store = Store(finished)
    for step in SMALLEST:
        orphan = store.path(layout.data_key(step, "orphan-0123456789", "0" * 12))
        orphan.write_bytes(b"left behind by an attempt that was killed")
    for folder in (".corpus-0123abcd", ".old-verdict-0123abcd"):
        (finished / folder).mkdir()
    found = curate("run", finished / layout.JOB, "--rerun", "emit")
    assert found.returncode == 0, found.stderr
    assert_as_if_undisturbed(finished, baseline)
