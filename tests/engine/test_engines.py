"""What every engine owes, on all of them: the same outcomes, and no fault of a task is its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from curate.engine.cluster_address import ray_address
from curate.engine.protocol import Engine, Event, Outcome, Policy, Task
from curate.errors import ConfigError, EngineError, InputError
from tests.runs import environment

KINDS = ("in-process", "local 1", "local 2", "local 4", "ray")
KILLABLE = KINDS[1:]

EngineFactory = Callable[..., Engine]
every_engine = pytest.mark.parametrize("kind", KINDS)
every_killable_engine = pytest.mark.parametrize("kind", KILLABLE)


def task(function: str, key: str = "one", bytes_in: int = 0, **payload: Any) -> Task:  # noqa: ANN401
    return Task(key, f"tests.engine.task_functions:{function}", payload, bytes_in)


def squares(n: int) -> list[Task]:
    """Honest tasks; their sizes make the engine start them in another order."""
    return [task("square", f"s{i}", bytes_in=(i * 7) % n, n=i) for i in range(n)]


def values(outcomes: list[Outcome]) -> list[Any]:
    return [outcome.value for outcome in outcomes]


@every_engine
def test_outcomes_come_in_the_order_of_the_tasks(kind: str, make_engine: EngineFactory) -> None:
    tasks = squares(13)
    heard: list[Event] = []
    outcomes = make_engine(kind).map_shards(tasks, heard.append)
    assert [o.key for o in outcomes] == [t.key for t in tasks]
    assert values(outcomes) == [i**2 for i in range(13)]
    assert all(o.failure is None and o.attempts == 1 for o in outcomes)
    assert sorted(e.outcome.key for e in heard) == sorted(t.key for t in tasks)
    assert {e.kind for e in heard} == {"done"}
    assert sum(e.bytes_in for e in heard) == sum(t.bytes_in for t in tasks)


def test_a_task_on_ray_gets_the_gpus_that_it_asks_for(make_engine: EngineFactory) -> None:
    engine = make_engine("ray")  # a Ray that believes in one GPU
    asking = [replace(task("gpus", f"g{i}"), num_gpus=0.5) for i in range(3)]
    assert values(engine.map_shards(asking)) == ["0"] * 3
    assert values(engine.map_shards([task("gpus")])) != ["0"]
    with pytest.raises(EngineError, match="set `num_gpus` to 0"):
        engine.map_shards([replace(task("gpus"), num_gpus=2)])


@every_engine
def test_a_task_that_asks_for_a_gpu_runs_where_there_is_none(
    kind: str, make_engine: EngineFactory
) -> None:
    asking = [replace(task("square", f"s{i}", n=i), num_gpus=0.3) for i in range(4)]
    assert values(make_engine(kind).map_shards(asking)) == [0, 1, 4, 9]


@every_engine
def test_no_task_is_no_work(kind: str, make_engine: EngineFactory) -> None:
    assert make_engine(kind).map_shards([]) == []


@every_engine
def test_an_engine_may_be_used_again_and_closed_twice(
    kind: str, make_engine: EngineFactory
) -> None:
    engine = make_engine(kind)
    assert values(engine.map_shards(squares(3))) == values(engine.map_shards(squares(3)))
    engine.close()
    engine.close()


@every_engine
def test_text_of_any_language_crosses_the_border(
    kind: str, make_engine: EngineFactory, tmp_path: Path
) -> None:
    said = "ไทย हिन्दी العربية 中文 𞤀𞤣𞤤𞤢𞤥 \0\ud800"
    journal = str(tmp_path / "journal")
    # a lone surrogate cannot be written to a file, so the journal gets less than the answer
    (outcome,) = make_engine(kind).map_shards([task("note", journal=journal, say=said[:-1])])
    assert outcome.value == said[:-1]
    (outcome,) = make_engine(kind).map_shards([task("fail", say=said)])
    assert outcome.failure == f"ZeroDivisionError: {said}"


@every_engine
def test_an_exception_is_told_with_its_traceback_and_hurts_no_other(
    kind: str, make_engine: EngineFactory
) -> None:
    heard: list[Event] = []
    tasks = [*squares(4), task("fail", "bad", say="by zero")]
    *good, bad = make_engine(kind).map_shards(tasks, heard.append)
    assert values(good) == [0, 1, 4, 9]
    assert bad.failure == "ZeroDivisionError: by zero"
    assert 'raise ZeroDivisionError(payload["say"])' in bad.detail
    assert bad.value is None
    assert bad.attempts == 1, "a defect does not go away by being run again"
    assert [e.outcome.key for e in heard if e.kind == "failed"] == ["bad"]


@every_engine
def test_a_value_that_is_no_json_is_the_tasks_failure(
    kind: str, make_engine: EngineFactory
) -> None:
    (outcome,) = make_engine(kind).map_shards([task("answer_no_json")])
    assert outcome.failure is not None
    assert outcome.failure.startswith("TypeError: Object of type object is not JSON")


@every_engine
@pytest.mark.parametrize(
    ("function", "found"),
    [
        ("tests.engine.task_functions:no_such", "AttributeError"),
        ("no_such_module:function", "ModuleNotFoundError"),
    ],
)
def test_a_function_that_is_not_there_is_a_failure(
    kind: str, function: str, found: str, make_engine: EngineFactory
) -> None:
    (outcome,) = make_engine(kind).map_shards([Task("one", function, {})])
    assert outcome.failure is not None
    assert outcome.failure.startswith(found)


@every_engine
@pytest.mark.parametrize("error", ["OSError", "EngineError", "StoreError"])
@pytest.mark.fault("machine-blamed")
def test_what_may_be_the_machines_or_the_stores_fault_is_tried_once_more(
    error: str, kind: str, make_engine: EngineFactory, tmp_path: Path
) -> None:
    heard: list[Event] = []
    tasks = [task("fail_once_on_reading", token=str(tmp_path / "token"), kind=error)]
    (outcome,) = make_engine(kind).map_shards(tasks, heard.append)
    assert (outcome.value, outcome.attempts) == ("read", 2)
    assert [e.kind for e in heard] == ["retry", "done"]


@every_engine
def test_an_error_of_one_shard_comes_home_as_itself(kind: str, make_engine: EngineFactory) -> None:
    bad, good = make_engine(kind).map_shards([task("refuse_input", "bad"), task("square", n=3)])
    assert type(bad.error) is InputError
    assert (bad.error.where, bad.error.found) == ("shard.warc", "ไม่มี")
    assert good.value == 9


@every_engine
def test_an_error_of_the_whole_job_ends_the_run(
    kind: str, make_engine: EngineFactory, tmp_path: Path
) -> None:
    engine = make_engine(kind)
    first = task("refuse_job", "first", bytes_in=10**9)
    rest = [
        task("leave_file_slowly", f"t{i}", folder=str(tmp_path), name=f"{i}") for i in range(200)
    ]
    with pytest.raises(ConfigError, match=r"job\.yaml:3"):
        engine.map_shards([first, *rest])
    assert len(list(tmp_path.iterdir())) < 200, "the rest was run all the same"
    assert values(engine.map_shards(squares(2))) == [0, 1], "the engine can go on"


@every_killable_engine
@pytest.mark.fault("worker-killed")
def test_a_task_whose_worker_dies_is_run_again(
    kind: str, make_engine: EngineFactory, tmp_path: Path
) -> None:
    heard: list[Event] = []
    tasks = [*squares(3), task("die_once", "killer", token=str(tmp_path / "token")), *squares(0)]
    *good, killer = make_engine(kind).map_shards(tasks, heard.append)
    assert values(good) == [0, 1, 4]
    assert killer.failure is None
    assert isinstance(killer.value, int)
    assert killer.attempts == 2
    assert [e.outcome.key for e in heard if e.kind == "retry"] == ["killer"]


@every_killable_engine
@pytest.mark.fault("poison")
def test_a_poisonous_task_fails_after_its_attempts(
    kind: str, make_engine: EngineFactory, tmp_path: Path
) -> None:
    journal = tmp_path / "journal"
    heard: list[Event] = []
    tasks = [task("always_die", "poison", journal=str(journal)), *squares(4)]
    engine = make_engine(kind, Policy(attempts=3))
    poison, *good = engine.map_shards(tasks, heard.append)
    assert poison.failure is not None
    assert "died" in poison.failure or "lost" in poison.failure
    assert poison.attempts == 3
    assert journal.read_text().splitlines() == ["died"] * 3
    assert values(good) == [0, 1, 4, 9]
    assert [e.kind for e in heard if e.outcome.key == "poison"] == ["retry", "retry", "failed"]


@every_killable_engine
@pytest.mark.fault("hanging-task")
def test_a_hanging_task_is_killed_at_its_deadline(
    kind: str, make_engine: EngineFactory, tmp_path: Path
) -> None:
    heard: list[Event] = []
    tasks = [task("hang_once", "hangs", token=str(tmp_path / "token")), *squares(3)]
    # On a busy machine the others may pass their deadline too: they have tries to spare.
    engine = make_engine(kind, Policy(attempts=9, deadline_seconds=2.0))
    hangs, *good = engine.map_shards(tasks, heard.append)
    assert hangs.value == "went on"
    assert values(good) == [0, 1, 4]
    retry = next(e for e in heard if e.kind == "retry" and e.outcome.key == "hangs")
    assert "longer than 2 s" in str(retry.outcome.failure)


@pytest.mark.fault("straggler")
@pytest.mark.parametrize("kind", ["local 2", "ray"])
def test_a_task_that_takes_far_longer_than_others_gets_a_second_attempt(
    kind: str, make_engine: EngineFactory, tmp_path: Path
) -> None:
    heard: list[Event] = []
    tasks = [task("hang_once", "slow", 10**9, token=str(tmp_path / "token")), *squares(6)]
    engine = make_engine(kind, Policy(slow_factor=1.0, slow_seconds=0.2))
    slow, *good = engine.map_shards(tasks, heard.append)
    assert slow.value == "went on", "whichever of the two came second; the other hangs"
    assert values(good) == [0, 1, 4, 9, 16, 25]
    assert [e.kind for e in heard if e.outcome.key == "slow"] == ["slow", "done"]
    assert values(engine.map_shards(squares(4))) == [0, 1, 4, 9], "the engine can go on"


@pytest.mark.parametrize("kind", ["local 2", "ray"])
def test_a_slow_task_is_left_alone_while_others_wait_or_were_not_faster(
    kind: str, make_engine: EngineFactory
) -> None:
    heard: list[Event] = []
    tasks = [task("take", "slow", 10**9, seconds=1.2), task("take", "next", 1, seconds=1.0)]
    engine = make_engine(kind, Policy(slow_factor=1.0, slow_seconds=0.2))
    assert values(engine.map_shards(tasks, heard.append)) == ["done"] * 2
    assert [e.kind for e in heard] == ["done"] * 2, "two are too few to tell what is usual"


@pytest.mark.parametrize("kind", ["local 1", "ray"])
def test_waiting_for_a_turn_does_not_count_toward_the_deadline(
    kind: str, make_engine: EngineFactory
) -> None:
    engine = make_engine(kind, Policy(attempts=1, deadline_seconds=1.5))
    outcomes = engine.map_shards([task("take", f"t{i}", seconds=0.6) for i in range(6)])
    assert values(outcomes) == ["done"] * 6


def test_the_largest_task_starts_first(make_engine: EngineFactory, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    tasks = [
        task("note", str(size), bytes_in=size, journal=str(journal), say=size)
        for size in (5, 1, 9, 7)
    ]
    outcomes = make_engine("local 1").map_shards(tasks)
    assert journal.read_text().split() == ["9", "7", "5", "1"]
    assert values(outcomes) == ["5", "1", "9", "7"]


def test_workers_are_used_at_the_same_time_and_kept(
    make_engine: EngineFactory, tmp_path: Path
) -> None:
    engine = make_engine("local 4")
    rounds = []
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        meet = [task("meet", f"t{i}", folder=str(folder), n=4) for i in range(4)]
        rounds.append(set(values(engine.map_shards(meet))))
    assert rounds[0] == rounds[1]
    assert len(rounds[0]) == 4


DRIVER = """
import sys
from curate.engine.protocol import Policy, Task
from curate.engine.local import LocalEngine
engine = LocalEngine(Policy(), workers=1)
payload = {"pid_file": sys.argv[1]}
engine.map_shards([Task("hang", "tests.engine.task_functions:hang", payload)])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.fault("driver-killed", "local")
def test_a_worker_ends_when_its_driver_is_killed(how: int, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    with subprocess.Popen(
        [sys.executable, "-c", DRIVER, str(pid_file)], env=environment()
    ) as driver:
        wait_until(lambda: pid_file.exists() and pid_file.read_text() != "")
        worker = int(pid_file.read_text())
        assert not is_gone(worker)
        driver.send_signal(how)
        driver.wait()
        wait_until(lambda: is_gone(worker))


@pytest.mark.parametrize("address", ["http://head.example:8265", "HTTPS://head.example"])
def test_the_address_of_rays_page_is_none_of_its_cluster(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_ADDRESS", address)
    for given in (address, None):
        with pytest.raises(ConfigError, match=r"ray://HOST:10001"):
            ray_address(given)
    monkeypatch.setenv("RAY_ADDRESS", "head.example:6379")
    assert ray_address(None) == "head.example:6379"
    assert ray_address("ray://head.example:10001") == "ray://head.example:10001"


def test_ray_that_cannot_be_reached_is_told() -> None:
    code = """
from curate.engine.protocol import Task
from curate.engine.ray import RayEngine
RayEngine(address="127.0.0.1:1").map_shards([Task("one", "a:b", {})])
"""
    found = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode != 0
    assert EngineError.__name__ in found.stderr
    assert "check --address" in found.stderr


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        os.sched_yield()


def is_gone(pid: int) -> bool:
    """Dead, or a zombie that whoever inherited it has yet to reap."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True
