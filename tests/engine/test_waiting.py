"""What a driver says while nothing happens, and an empty cluster that ends the run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.engine import waiting
from curate.engine.protocol import Policy, Task, ignore
from curate.engine.rounds import Lost, Round
from curate.engine.stop import Stop
from curate.engine.waiting import Running, Silence, said
from curate.errors import EngineError

ANSWER = '{"value": 1, "seconds": 0}'


@given(st.lists(st.tuples(st.floats(0, 90), st.booleans()), max_size=60))
def test_every_minute_of_silence_is_told_once(steps: list[tuple[float, bool]]) -> None:
    """At each step so many seconds have passed, and something was heard or not."""
    silence, now, quiet_since = Silence(0.0), 0.0, 0.0
    for seconds, heard in steps:
        now += seconds
        if heard:
            silence.heard(now)
            quiet_since = now
        due = silence.is_due(now)
        assert due == (now - quiet_since >= waiting.TELL_SECONDS)
        quiet_since = now if due else quiet_since


def test_emptiness_counts_without_a_break() -> None:
    silence = Silence(0.0)
    assert silence.empty_for(5.0, is_empty=True) == 0
    assert silence.empty_for(65.0, is_empty=True) == 60
    assert silence.empty_for(66.0, is_empty=False) == 0
    assert silence.empty_for(70.0, is_empty=True) == 0
    assert silence.empty_for(71.0, is_empty=True) == 1


def test_what_is_waited_for_is_named_the_oldest_first() -> None:
    tasks = [Running(f"shard-{n}", 100.0 - n) for n in range(5)] + [Running("late", None)] * 2
    assert said(tasks, 160.0, "") == (
        "waiting for shard-4 (for 64 s), shard-3 (for 63 s), shard-2 (for 62 s), "
        "2 more that run, 2 that have not begun"
    )
    assert said([Running("a", None)], 9.0, "no node has a CPU") == (
        "waiting for 1 that have not begun: no node has a CPU"
    )


@dataclass
class Cluster:
    """One that has no node until it was asked so many times for what has ended."""

    comes_after: int
    asked: int = 0
    started: list[Task] = field(default_factory=list)
    given_up: list[int] = field(default_factory=list)
    place = "CPU"

    def slots(self) -> int:
        return 1

    window = whole = slots

    def n_lost(self) -> int:
        return 0

    def lack(self) -> str:
        return "" if self.asked > self.comes_after else "the cluster has no node with a CPU"

    def start(self, task: Task, places: int) -> int:
        self.started.append(task)
        return len(self.started)

    def ended(self, handles: Sequence[int], seconds: float) -> list[tuple[int, str | Lost]]:
        self.asked += 1
        return [] if self.lack() else [(handle, ANSWER) for handle in handles]

    def give_up(self, handle: int) -> None:
        self.given_up.append(handle)


@pytest.mark.fault("cluster-empty", "ray")
def test_a_cluster_that_stays_empty_ends_the_run_with_exit_code_3() -> None:
    fleet = Cluster(comes_after=10**9)
    policy = Policy(empty_seconds=0.0)
    with pytest.raises(EngineError, match="no node with a CPU") as caught:
        Round(fleet, [Task("a", "m:f", {})], ignore, policy, Stop()).run()
    assert caught.value.exit_code == 3
    assert "same command again" in caught.value.todo
    assert fleet.given_up == [1]


@pytest.mark.fault("cluster-empty", "ray")
def test_a_cluster_whose_nodes_come_late_runs_and_was_told_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(waiting, "TELL_SECONDS", 0.0)
    told: list[str] = []
    fleet = Cluster(comes_after=3)
    found = Round(fleet, [Task("a", "m:f", {})], ignore, Policy(), Stop(told.append)).run()
    assert [outcome.value for outcome in found] == [1]
    assert told[0] == "waiting for 1 that have not begun: the cluster has no node with a CPU"
