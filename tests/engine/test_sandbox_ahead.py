"""Calls handed over ahead of the answers: the one at fault pays, and the others lose nothing."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curate.engine.sandbox import AHEAD_BYTES, AHEAD_CALLS, Outcome, Sandbox

ACT = "tests.engine.sandbox_functions:act"
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="relies on Linux's limits and /proc")
DEADLINE_S = 0.3
WALL_S = 20.0
SHORT_WALL_S = 1.0

ENDS = {
    "loop": ("timeout", f"killed after {DEADLINE_S:g} s of its own processor time"),
    "sleep in C": ("timeout", f"killed after {SHORT_WALL_S:g} s on the clock"),
    "abort": ("crash", "died of signal 6 (Aborted)"),
    "exit": ("crash", "exited with status 7"),
    "segfault": ("crash", "died of signal 11 (Segmentation fault)"),
    "memory": ("memory", "memory limit reached"),
    "raise": ("error", "ValueError: ภาษา two lines \ud800"),
    "not json": ("error", "TypeError: Object of type object is not JSON serializable"),
}
"""What a call does -> how it ends."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(ACT, deadline_s=DEADLINE_S, memory_bytes=1 << 30, wall_s=WALL_S) as it:
        yield it


@pytest.fixture(scope="module")
def short() -> Iterator[Sandbox]:
    with Sandbox(ACT, deadline_s=60, memory_bytes=1 << 30, wall_s=SHORT_WALL_S) as it:
        yield it


@pytest.fixture(scope="module")
def patient() -> Iterator[Sandbox]:
    with Sandbox(ACT, deadline_s=60, memory_bytes=1 << 30) as it:
        yield it


def outcomes_of(sandbox: Sandbox, acts: Sequence[Sequence[Any]]) -> list[Outcome]:
    """All handed over before the first is waited for."""
    return [call.outcome() for call in [sandbox.submit(*act) for act in acts]]


def expected(acts: Sequence[Sequence[Any]]) -> list[Outcome]:
    found = []
    for what, *values in acts:
        if what == "echo":
            found.append(Outcome("ok", values[0]))
        else:
            status, detail = ENDS[what]
            found.append(Outcome(status, detail=detail))
    return found


@LINUX
@pytest.mark.parametrize("what", ENDS)
@pytest.mark.parametrize("position", [0, 1, AHEAD_CALLS // 2 - 1, AHEAD_CALLS // 2, AHEAD_CALLS])
def test_a_bad_call_costs_itself_wherever_it_stands(
    sandbox: Sandbox, short: Sandbox, what: str, position: int
) -> None:
    box = short if what == "sleep in C" else sandbox
    acts = [("echo", f"ข้อความ {n}") for n in range(AHEAD_CALLS + 1)]
    acts[position] = (what, "")
    assert outcomes_of(box, acts) == [
        Outcome(*_end(what)) if n == position else Outcome("ok", f"ข้อความ {n}")
        for n in range(AHEAD_CALLS + 1)
    ]


def _end(what: str) -> tuple[str, None, str]:
    status, detail = ENDS[what]
    return status, None, detail


GOOD = st.tuples(st.just("echo"), st.sampled_from(["", "नमस्ते", "𞤀𞤣", "y" * 300, "x" * 400_000]))
BAD = st.tuples(st.sampled_from([what for what in ENDS if ENDS[what][0] != "timeout"]))


@LINUX
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.one_of(GOOD, GOOD, GOOD, BAD), max_size=24))
def test_any_sequence_gives_what_its_calls_give_one_by_one(
    patient: Sandbox, acts: list[tuple[Any, ...]]
) -> None:
    """But for time, which a busy machine takes from good calls too."""
    assert outcomes_of(patient, acts) == expected(acts)


def test_outcomes_may_be_asked_for_in_any_order(sandbox: Sandbox) -> None:
    calls = [sandbox.submit("echo", n) for n in range(20)]
    last = calls[-1].outcome()
    assert last.value == 19
    assert [call.outcome().value for call in calls] == list(range(20))


def test_no_call_is_made_twice_but_those_behind_a_kill_by_the_next_child(
    sandbox: Sandbox,
) -> None:
    sandbox.call("loop")
    acts = ["state", "state", "abort", "state", "state", "raise", "state"]
    calls = [sandbox.submit(act) for act in acts]
    counts = [call.outcome().value and call.outcome().value["calls"] for call in calls]
    assert counts == [1, 2, None, 1, 2, None, 4]


def test_more_than_the_sockets_hold_goes_both_ways(sandbox: Sandbox) -> None:
    texts = [f"{n} " + "字" * 500_000 for n in range(8)]
    with Sandbox(ACT, deadline_s=20, memory_bytes=1 << 30) as slow:
        assert [one.value for one in outcomes_of(slow, [("echo", t) for t in texts])] == texts
        sizes = [0, 1, 3 << 20, 10, AHEAD_BYTES, 5]
        found = outcomes_of(slow, [("length", bytes(size)) for size in sizes])
        assert [one.value for one in found] == sizes


def test_each_call_has_its_own_time() -> None:
    with Sandbox(ACT, deadline_s=9, memory_bytes=None, wall_s=0.5) as box:
        calls = [box.submit("nap", 0.2) for _ in range(6)]
        calls[-1].outcome()  # all of them while we look
        assert {call.outcome().status for call in calls} == {"ok"}


def test_time_is_counted_from_when_a_call_begins_and_not_from_when_we_look() -> None:
    with Sandbox(ACT, deadline_s=9, memory_bytes=None, wall_s=0.3) as box:
        box.call("echo", 0)
        calls = [box.submit("nap", 0.2), box.submit("echo", 1), box.submit("loop")]
        behind = box.submit("echo", 2)
        busy_until = time.monotonic() + 1.0
        while time.monotonic() < busy_until:  # we are busy with something else
            pass
        start = time.monotonic()
        assert [call.outcome().status for call in calls] == ["ok", "ok", "timeout"]
        assert behind.outcome().value == 2
        assert time.monotonic() - start < 0.3  # it was killed while nobody looked


def test_an_answer_that_nobody_takes_for_long_is_not_too_late() -> None:
    with Sandbox(ACT, deadline_s=9, memory_bytes=None, wall_s=1) as box:
        text = "y" * 8_000_000  # fills the socket, so that the child waits for us
        calls = [box.submit("echo", text), box.submit("echo", text), box.submit("echo", 3)]
        box.wait(calls[0])
        busy_until = time.monotonic() + 1.5
        while time.monotonic() < busy_until:
            pass
        assert [call.outcome().status for call in calls] == ["ok"] * 3


@LINUX
def test_the_call_after_a_kill_with_others_behind_it_is_served_within_50_milliseconds(
    sandbox: Sandbox,
) -> None:
    waits = []
    for _ in range(5):
        calls = [sandbox.submit(what) for what in ("loop", "pid", "pid", "pid")]
        assert calls[0].outcome().status == "timeout"
        start = time.monotonic()
        assert calls[1].outcome().status == "ok"
        waits.append(time.monotonic() - start)
    assert min(waits) < 0.05


def test_a_child_has_its_number_of_calls_whatever_is_ahead() -> None:
    with Sandbox(ACT, deadline_s=20, memory_bytes=None, calls_per_child=3) as box:
        children = [one.value[0] for one in outcomes_of(box, [("pid",)] * 9)]
    assert [children.count(child) for child in dict.fromkeys(children)] == [3, 3, 3]


@LINUX
def test_a_child_that_is_killed_between_calls_costs_none_of_them() -> None:
    with Sandbox(ACT, deadline_s=20, memory_bytes=None) as box:
        child, _ = box.call("pid").value
        os.kill(child, 9)
        statuses = [one.status for one in outcomes_of(box, [("echo", n) for n in range(5)])]
    assert statuses == ["ok"] * 5


def test_calls_given_up_are_not_made() -> None:
    with Sandbox(ACT, deadline_s=60, memory_bytes=None) as box:
        calls = [box.submit("loop"), box.submit("echo", 1)]
        box.discard()
        assert [call.outcome().status for call in calls] == ["crash", "crash"]
        assert box.call("state").value["calls"] == 1


@pytest.mark.parametrize(
    ("what", "status"),
    [
        ("garbage", "crash"),
        ("empty answers", "crash"),
        ("forged answers", "ok"),
        ("ring and hang", "timeout"),
        ("close the bell", "timeout"),
    ],
)
def test_a_child_that_breaks_the_protocol_is_cut(what: str, status: str) -> None:
    with Sandbox(ACT, deadline_s=0.5, memory_bytes=None, wall_s=1) as box:
        calls = [box.submit("echo", 0), box.submit("betray", what)]
        assert calls[0].outcome() == Outcome("ok", 0)
        assert calls[1].outcome().status == status
        assert outcomes_of(box, [("echo", n) for n in range(3)])[1:] == [
            Outcome("ok", 1),
            Outcome("ok", 2),
        ]
        assert box.call("state").value["calls"] <= 4  # by another child
