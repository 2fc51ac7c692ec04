"""The GPUs that are found, who sees which, and for how long; on device files of the test's own."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.engine import devices
from curate.engine.devices import seats, visible
from curate.engine.local import LocalEngine
from curate.engine.protocol import Policy, Task
from curate.engine.ray import RayEngine
from tests.conftest import EngineFactory

MEET = "tests.engine.task_functions:meet_on_device"


def dev(folder: Path, *names: str) -> Path:
    for name in ("null", "nvidiactl", "nvidia-uvm", *names):
        (folder / name).touch()
    return folder


@pytest.mark.parametrize(
    ("names", "told", "expected"),
    [
        ((), None, ()),
        ((), "0", ()),
        (("nvidia0",), None, ("0",)),
        (("nvidia3", "nvidia7", "nvidia10"), None, ("0", "1", "2")),
        (("nvidia0", "nvidia1"), "1", ("1",)),
        (("nvidia0", "nvidia1"), "", ()),
        (("nvidia0", "nvidia1"), "1, 0,-1,2", ("1", "0")),
        (("nvidia0",), "MIG-3f2c,GPU-8e", ("MIG-3f2c", "GPU-8e")),
        (("kfd",), None, ("0",)),
    ],
)
def test_every_visible_device_is_found(
    tmp_path: Path, names: tuple[str, ...], told: str | None, expected: tuple[str, ...]
) -> None:
    environment = {} if told is None else {devices.VARIABLE: told}
    assert visible(environment, dev(tmp_path, *names)) == expected
    assert visible(environment, tmp_path / "none") == ()


@given(
    n=st.integers(0, 9), num_gpus=st.sampled_from([0.1, 0.25, 0.3, 0.5, 0.6, 0.7, 1, 1.5, 2, 3, 8])
)
def test_seats_use_every_device_and_none_too_much(n: int, num_gpus: float) -> None:
    found = seats(tuple(map(str, range(n))), num_gpus)
    used = Counter(device for seat in found for device in seat)
    assert bool(found) == (n > 0)
    if num_gpus <= 1:
        assert all(n * num_gpus <= 1 < (n + 1) * num_gpus for n in used.values())
        assert len(used) == n
    elif n >= num_gpus:
        assert set(used.values()) <= {1}
        assert all(len(seat) >= num_gpus for seat in found)
        assert n - len(used) < len(found[0])


def test_each_task_sees_its_own_device_and_no_worker_keeps_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "visible", lambda: ("0", "3"))
    told: list[str] = []
    engine = LocalEngine(Policy(), workers=4)
    with engine:
        engine.stop.say = told.append
        payload = {"folder": str(tmp_path), "n": 4}
        tasks = [Task(f"t{i}", MEET, payload, num_gpus=0.5) for i in range(4)]
        found = [outcome.value for outcome in engine.map_shards(tasks)]
        assert sorted(device for device, _ in found) == ["0", "0", "3", "3"]
        assert engine._pool == []
        (plain,) = engine.map_shards([Task("p", "tests.engine.task_functions:gpus", {})])
        assert plain.value is None or plain.value not in ("0", "3")
    assert told == []


def test_a_gpu_that_is_not_there_is_told_and_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "visible", tuple)
    told: list[str] = []
    with LocalEngine(Policy(), workers=2) as engine:
        engine.stop.say = told.append
        task = Task("s", "tests.engine.task_functions:square", {"n": 3}, num_gpus=1)
        assert [outcome.value for outcome in engine.map_shards([task])] == [9]
    assert told == ["no GPU is to be seen here: what asks for 1 runs on the CPU"]


def test_a_worker_of_ray_ends_with_its_task_on_a_gpu(make_engine: EngineFactory) -> None:
    """Ray's own default, which an explicit ``max_calls`` would undo."""
    engine = make_engine("ray")
    assert isinstance(engine, RayEngine)
    pid = "tests.engine.task_functions:process_id"
    found = [engine.map_shards([Task(f"g{i}", pid, {}, num_gpus=1)])[0].value for i in range(3)]
    assert len(set(found)) == 3
