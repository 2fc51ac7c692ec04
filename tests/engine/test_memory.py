"""A task that runs out of memory is told from one that crashed, and is tried again with more."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.engine import memory
from curate.engine.protocol import Engine, Event, Outcome, Policy, Task, ignore
from curate.engine.rounds import Lost, Round
from curate.engine.stop import Stop
from curate.errors import EngineError
from tests.runs import environment

EngineFactory = Callable[..., Engine]
MIB = 1 << 20
FUNCTIONS = "tests.engine.task_functions"


def needs(n_mib: int, key: str = "big") -> Task:
    return Task(key, f"{FUNCTIONS}:need", {"n_bytes": n_mib * MIB}, bytes_in=1)


def square(n: int) -> Task:
    return Task(f"s{n}", f"{FUNCTIONS}:square", {"n": n})


@pytest.mark.fault("fat-pages", "local")
@pytest.mark.skipif(sys.platform != "linux", reason="no limit of memory")
def test_texts_of_megabytes_leave_nothing_behind_in_a_worker_with_a_limit(
    make_engine: EngineFactory, tmp_path: Path
) -> None:
    """glibc kept up to their size for each: 1.5 GiB had no room for 64 of them."""
    text = pa.array(["kissa istuu katolla. " * 700_000])
    with pq.ParquetWriter(tmp_path / "fat.parquet", pa.schema([("text", pa.string())])) as writer:
        for _ in range(24):
            writer.write_table(pa.table({"text": text}))
    engine = make_engine("local 1", Policy(memory_bytes=1024 * MIB))
    payload = {"path": str(tmp_path / "fat.parquet")}
    (found,) = engine.map_shards([Task("fat", "tests.engine.reading:read_texts", payload)])
    assert found.value is not None, found.failure
    assert len(found.value) == 24
    assert max(found.value) - found.value[0] < 64 * MIB


@pytest.mark.fault("out-of-memory", "local")
@pytest.mark.skipif(sys.platform != "linux", reason="no limit of memory")
def test_a_task_over_its_limit_is_tried_with_twice_the_memory_until_it_fits(
    make_engine: EngineFactory,
) -> None:
    heard: list[Event] = []
    engine = make_engine("local 4", Policy(memory_bytes=256 * MIB))
    big, *rest = engine.map_shards([needs(700), *map(square, range(4))], heard.append)
    assert (big.failure, big.value, big.attempts) == (None, 700 * MIB, 3)
    assert [o.value for o in rest] == [0, 1, 4, 9]
    said = [str(e.outcome.failure) for e in heard if e.kind == "retry"]
    assert said == [
        "MemoryError: ; it had the memory of 1 worker, 256 MiB and is tried with "
        "the memory of 2 workers, 512 MiB",
        "MemoryError: ; it had the memory of 2 workers, 512 MiB and is tried with "
        "the memory of 4 workers, 1024 MiB",
    ]
    small = engine.map_shards([needs(100, f"t{i}") for i in range(4)])
    assert [o.attempts for o in small] == [1] * 4, "no worker kept what the large one held"
    over = engine.map_shards([needs(300, f"t{i}") for i in range(4)])
    assert [o.attempts for o in over] == [2] * 4, "the limit is that of one again"


@pytest.mark.fault("out-of-memory", "local")
@pytest.mark.skipif(sys.platform != "linux", reason="no limit of memory")
@pytest.mark.parametrize(("workers", "attempts"), [(1, 2), (2, 2), (3, 3)])
def test_a_task_for_which_all_memory_is_too_little_fails_in_words(
    workers: int, attempts: int, make_engine: EngineFactory
) -> None:
    engine = make_engine(f"local {workers}", Policy(memory_bytes=256 * MIB))
    big, *rest = engine.map_shards([needs(4000), *map(square, range(3))])
    assert big.needs_memory
    assert big.attempts == attempts
    assert big.failure is not None
    assert f"the memory of {workers} worker" in big.failure
    assert f", {workers * 256} MiB. To do: give it more" in big.failure
    assert "engine.memory_mb" in big.failure
    assert big.detail == ""
    assert [o.value for o in rest] == [0, 1, 4]


@pytest.mark.fault("out-of-memory", "local")
@pytest.mark.skipif(sys.platform != "linux", reason="no limit of memory")
def test_no_room_for_a_thread_is_no_defect_of_the_task(make_engine: EngineFactory) -> None:
    heard: list[Event] = []
    task = Task("thread", f"{FUNCTIONS}:start_thread", {"n_mib": 400})
    engine = make_engine("local 2", Policy(memory_bytes=256 * MIB))
    (found,) = engine.map_shards([task], heard.append)
    assert (found.failure, found.value, found.attempts) == (None, 0, 2)
    assert str(heard[0].outcome.failure).startswith("RuntimeError: can't start new thread; it had")


@pytest.mark.fault("out-of-memory", "local")
def test_a_crash_gets_no_more_memory(make_engine: EngineFactory, tmp_path: Path) -> None:
    heard: list[Event] = []
    killer = Task("k", f"{FUNCTIONS}:die_once", {"token": str(tmp_path / "token")})
    (found,) = make_engine("local 2").map_shards([killer], heard.append)
    assert found.attempts == 2
    (retry,) = [e.outcome for e in heard if e.kind == "retry"]
    assert retry.failure == "worker process died (exit status -9)"
    assert not retry.needs_memory


# ---- the kernel kills ------------------------------------------------------------------------


@pytest.fixture
def group() -> Iterator[Path]:
    """A control group of 400 MiB below this process's own."""
    counted = next((p for p in memory._of_groups() if p.exists()), None)
    if counted is None or not os.access(counted.parent, os.W_OK):
        pytest.skip("no control group may be made here")
    made = counted.parent / f"test-{uuid.uuid4().hex[:8]}"
    names = ("memory.max", "memory.swap.max", "memory.limit_in_bytes")
    try:
        made.mkdir()
        limits = [made / name for name in names if (made / name).exists()]
        if not limits:
            pytest.skip("control groups without a limit of memory")
        for path in limits:
            path.write_text("0" if "swap" in path.name else str(400 * MIB), encoding="ascii")
    except OSError as error:
        pytest.skip(f"no control group may be made here: {error}")
    yield made
    with suppress(OSError):
        made.rmdir()


DRIVER = """
import os, sys
from pathlib import Path
from curate.engine.protocol import Policy, Task
from curate.engine.local import LocalEngine
group, folder = sys.argv[1:]
Path(group, "cgroup.procs").write_text(str(os.getpid()))
def hog(name, other):
    payload = {"folder": folder, "name": name, "other": other, "n": 4, "n_bytes": 250 << 20}
    return Task(name, "tests.engine.task_functions:fill_together", payload)
def told(event):
    print(event.kind, event.outcome.needs_memory, event.outcome.failure)
with LocalEngine(Policy(), workers=2) as engine:
    found = engine.map_shards([hog("a", "b"), hog("b", "a")], told)
print(sorted(o.attempts for o in found), {o.value for o in found})
"""


@pytest.mark.fault("out-of-memory", "local")
def test_whom_the_kernel_kills_for_memory_runs_again_with_less_company(
    group: Path, tmp_path: Path
) -> None:
    found = subprocess.run(
        [sys.executable, "-c", DRIVER, str(group), str(tmp_path)],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert found.returncode == 0, found.stderr
    lines = found.stdout.splitlines()
    killed = [line for line in lines if line.startswith("retry")]
    assert killed, lines
    assert killed[0] == (
        "retry True worker process was killed for memory by the kernel; it had the memory of "
        "1 worker and is tried with the memory of 2 workers"
    )
    assert lines[-1].endswith(f"{{{250 * MIB}}}"), "both fit when they run one after the other"


@pytest.mark.fault("out-of-memory", "ray")
@pytest.mark.exhaustive
def test_whom_ray_kills_for_memory_runs_again_with_the_cpus_of_two() -> None:
    with tempfile.TemporaryDirectory(prefix="ray-", dir="/tmp", ignore_cleanup_errors=True) as home:
        found = subprocess.run(
            [sys.executable, "-m", "tests.engine.little_memory", home],
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
    assert found.returncode == 0, found.stderr
    assert found.stdout.splitlines() == [
        "retry OutOfMemoryError: the worker was killed for memory; it had the memory of 1 CPU and "
        "is tried with the memory of 2 CPUs",
        "done None",
        "2.0 after 2",
        "retry OutOfMemoryError: the worker was killed for memory; it had the memory of 1 CPU and "
        "is tried with the memory of 2 CPUs",
        "failed OutOfMemoryError: the worker was killed for memory; it had the memory of 2 CPUs. "
        "To do: give it more: a larger machine, fewer workers for it, or a larger "
        "engine.memory_mb",
        "None after 2",
    ]


@pytest.mark.fault("out-of-memory", "ray")
def test_memory_that_ray_does_not_have_is_not_waited_for(make_engine: EngineFactory) -> None:
    with pytest.raises(EngineError, match=r"engine\.memory_mb"):
        make_engine("ray", Policy(memory_bytes=1 << 50)).map_shards([square(2)])
    (found,) = make_engine("ray", Policy(memory_bytes=1 << 20)).map_shards([square(2)])
    assert found.value == 4


# ---- laws ------------------------------------------------------------------------------------


@dataclass
class Simulated:
    """A fleet of so many places, whose tasks need so many; the oldest attempt ends first."""

    places: int
    need: dict[str, int]
    running: dict[int, tuple[Task, int]] = field(default_factory=dict)
    n_started: int = 0
    place = "place"

    def slots(self) -> int:
        return self.places

    window = whole = slots

    def lack(self) -> str:
        return ""

    def n_lost(self) -> int:
        return 0

    def start(self, task: Task, places: int) -> int:
        self.n_started += 1
        self.running[self.n_started] = task, places
        assert sum(n for _, n in self.running.values()) <= self.places, "more than there is"
        return self.n_started

    def ended(self, handles: Sequence[int], seconds: float) -> list[tuple[int, str | Lost]]:
        handle = min(handles)
        task, places = self.running.pop(handle)
        enough = places >= self.need[task.key]
        answer = '{"value": 1, "seconds": 0}'
        return [(handle, answer if enough else Lost("killed", needs_memory=True))]

    def give_up(self, handle: int) -> None:
        del self.running[handle]


@given(
    places=st.integers(1, 9),
    needed=st.lists(st.integers(1, 12), max_size=20),
    attempts=st.integers(1, 6),
)
def test_no_more_is_given_than_there_is_and_what_can_fit_does(
    places: int, needed: list[int], attempts: int
) -> None:
    need = {f"t{i}": n for i, n in enumerate(needed)}
    tasks = [Task(key, "a:b", {"key": key}) for key in need]
    fleet = Simulated(places, need)
    outcomes: list[Outcome] = Round(fleet, tasks, ignore, Policy(attempts), Stop()).run()
    assert fleet.running == {}
    for outcome, n in zip(outcomes, needed, strict=True):
        most = min(places, 2 ** (attempts - 1))
        assert (outcome.failure is None) == (n <= most)
        assert outcome.attempts <= attempts
