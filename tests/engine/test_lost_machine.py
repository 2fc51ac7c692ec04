"""Tasks that may hang with a lost machine get a second attempt, and only they."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from curate.engine import rounds
from curate.engine.protocol import Event, Policy, Task
from curate.engine.rounds import Lost, Round
from curate.engine.stop import Stop
from tests.engine.test_sandbox import is_gone, wait_until

ANSWER = '{"value": 1, "seconds": 0}'


@dataclass
class Silent:
    """Two machines of one place; the first attempts hang or are lost when the first machine is.

    Attributes:
        tells: whether an attempt is told lost.
        gone: how many machines are.
    """

    tells: bool
    gone: int = 0
    started: list[Task] = field(default_factory=list)
    given_up: list[int] = field(default_factory=list)
    place = "machine"

    def slots(self) -> int:
        return 2

    window = whole = slots

    def lack(self) -> str:
        return ""

    def n_lost(self) -> int:
        return self.gone

    def start(self, task: Task, places: int) -> int:
        self.started.append(task)
        return len(self.started)

    def ended(self, handles: Sequence[int], seconds: float) -> list[tuple[int, str | Lost]]:
        if len(self.started) == 2 and not self.gone:
            self.gone = 1
            return [(1, Lost("the node died"))] if self.tells else []
        last = [handle for handle in handles if handle > 1][-1:]
        return [(handle, ANSWER) for handle in last]

    def give_up(self, handle: int) -> None:
        self.given_up.append(handle)


def test_what_ran_when_a_machine_was_lost_in_silence_is_begun_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rounds, "LOST_SECONDS", 0.0)
    fleet, heard = Silent(tells=False), list[Event]()
    tasks = [Task("a", "m:f", {}), Task("b", "m:f", {})]
    found = Round(fleet, tasks, heard.append, Policy(), Stop()).run()
    assert [o.value for o in found] == [1, 1]
    slow = [e.outcome for e in heard if e.kind == "slow"]
    assert [o.key for o in slow] == ["a", "b"]
    assert "a machine was lost" in str(slow[0].failure)
    assert 1 in fleet.given_up, "the attempt that hangs"


def test_a_loss_that_was_told_begins_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "LOST_SECONDS", 0.0)
    fleet, heard = Silent(tells=True), list[Event]()
    tasks = [Task("a", "m:f", {}), Task("b", "m:f", {})]
    found = Round(fleet, tasks, heard.append, Policy(), Stop()).run()
    assert [o.value for o in found] == [1, 1]
    assert [e.kind for e in heard] == ["retry", "done", "done"]
    assert len(fleet.started) == 3


DRIVER = """
import sys
from curate.engine.protocol import Task
from curate.engine.local import LocalEngine
task = Task("one", "tests.engine.task_functions:sleep_in_c", {"pid": sys.argv[1]})
LocalEngine(workers=1).map_shards([task])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="relies on Linux's signal")
@pytest.mark.fault("driver-killed", "local")
def test_a_worker_inside_c_code_ends_with_its_driver(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    command = [sys.executable, "-c", DRIVER, str(mark)]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2]) as driver:
        wait_until(lambda: mark.exists() and mark.read_text().endswith("\n"))
        driver.kill()
    worker = int(mark.read_text())
    wait_until(lambda: is_gone(worker))
