"""Pages that hang, crash and eat memory cost themselves and nothing else."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.engine import sandbox_frames as frames
from curate.engine.sandbox import Outcome, Sandbox
from curate.errors import EngineError

ACT = "tests.engine.sandbox_functions:act"
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="relies on Linux's limits and /proc")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(ACT, deadline_s=20, memory_bytes=1 << 30) as it:
        yield it


@pytest.fixture
def hasty() -> Iterator[Sandbox]:
    with Sandbox(ACT, deadline_s=0.1, memory_bytes=1 << 30) as it:
        yield it


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


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        1.5,
        "",
        "สวัสดี नमस्ते مرحبا 你好 𐌰𐌻 𞤀𞤣",
        "a\0b\ud800",
        [1, {"x": []}],
        "x" * 5_000_000,
    ],
    ids=["none", "true", "float", "empty", "scripts", "surrogate", "nested", "5 MB"],
)
def test_values_come_back_as_they_went(sandbox: Sandbox, value: Any) -> None:  # noqa: ANN401
    assert sandbox.call("echo", value) == Outcome("ok", value)


@pytest.mark.parametrize("n_bytes", [0, 1, 300_000, 3_000_000])
def test_bytes_go_in(sandbox: Sandbox, n_bytes: int) -> None:
    assert sandbox.call("length", bytes(n_bytes)) == Outcome("ok", n_bytes)


@given(st.lists(st.one_of(st.binary(), st.none(), st.text(), st.integers(-(2**40), 2**40))))
def test_arguments_arrive_as_they_were_given(args: list[object]) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        frames.send(ours, frames.CALL, *frames.encode_call(tuple(args)))
        assert frames.receive_call(theirs, lambda: None) == (frames.CALL, args)


@pytest.mark.parametrize(
    ("what", "by"),
    [
        ("loop", "0.1 s of its own processor time"),
        ("swallow", "0.1 s of its own processor time"),
        ("regex", "0.1 s of its own processor time"),
        ("hash", "0.1 s of its own processor time"),
        ("sleep in C", "1 s on the clock"),
    ],
)
@pytest.mark.fault("page-hangs", "local")
def test_a_hanging_call_is_killed_and_the_next_one_is_fine(
    hasty: Sandbox, what: str, by: str
) -> None:
    assert hasty.call("echo", 1).status == "ok"
    assert hasty.call(what) == Outcome("timeout", detail=f"killed after {by}")
    assert hasty.call("echo", 2) == Outcome("ok", 2)


@pytest.mark.fault("busy-machine", "local")
def test_a_deadline_counts_the_calls_own_time_and_not_what_the_machine_does() -> None:
    """It waits ten times as long as it may compute: as on a machine that does other things."""
    with Sandbox(ACT, deadline_s=0.05, memory_bytes=None, wall_s=60) as box:
        assert box.call("nap", 0.5) == Outcome("ok", None)
        assert box.call("loop").status == "timeout"


@LINUX
@pytest.mark.fault("machine-blamed", "local")
def test_a_call_whose_child_was_killed_from_outside_is_tried_once_more(tmp_path: Path) -> None:
    with Sandbox(ACT, deadline_s=20, memory_bytes=None) as box:
        once = box.submit("killed from outside", [str(tmp_path / "once"), 1])
        assert once.outcome() == Outcome("ok", 1)
        always = box.submit("killed from outside", [str(tmp_path / "always"), 9])
        behind = box.submit("echo", "behind")
        assert always.outcome() == Outcome("crash", detail="died of signal 9 (Killed)")
        assert (tmp_path / "always").read_text() == "kk"
        assert behind.outcome() == Outcome("ok", "behind")


@LINUX
@pytest.mark.fault("machine-blamed", "local")
def test_a_zygote_that_is_killed_while_it_starts_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n_kills, starts in ((1, True), (2, False)):
        mark = tmp_path / f"kills-{n_kills}"
        mark.write_text("k" * n_kills)
        monkeypatch.setenv("TZ", f"{mark}")  # one of the few variables that reach it
        with Sandbox("tests.engine.dies_at_start:act", deadline_s=20, memory_bytes=None) as box:
            if starts:
                assert box.call() == Outcome("ok", "alive")
            else:
                with pytest.raises(EngineError, match="a child process that imports"):
                    box.call()


@LINUX
def test_a_killed_child_is_gone_at_once(hasty: Sandbox) -> None:
    child, _ = hasty.call("pid").value
    assert hasty.call("loop").status == "timeout"
    wait_until(lambda: is_gone(child))


@LINUX
def test_killed_children_are_reaped(hasty: Sandbox) -> None:
    _, zygote = hasty.call("pid").value
    for _ in range(8):  # faster than the zygote gets bored and looks around
        assert hasty.call("loop").status == "timeout"
    assert _n_children(zygote) <= 4
    wait_until(lambda: _n_children(zygote) == 0)


def _n_children(pid: int) -> int:
    return len(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


@LINUX
def test_the_next_call_does_not_wait_for_memory_to_be_given_back() -> None:
    """A gigabyte takes the kernel 40 ms and more; a warm zygote forks in 2 ms."""
    with Sandbox(ACT, deadline_s=60, memory_bytes=3 << 30, wall_s=1.5) as box:
        box.call("echo", 0)
        waits = []
        for i in range(3):
            start = time.monotonic()
            assert box.call("hang with memory", 1 << 30).status == "timeout"
            assert box.call("echo", i) == Outcome("ok", i)
            waits.append(time.monotonic() - start - 1.5)
    assert min(waits) < 0.03


@pytest.mark.parametrize(
    ("what", "detail"),
    [
        ("abort", "died of signal 6 (Aborted)"),
        ("segfault", "died of signal 11 (Segmentation fault)"),
        ("exit", "exited with status 7"),
    ],
)
@pytest.mark.fault("page-crashes", "local")
def test_a_crash_is_told_with_its_cause(sandbox: Sandbox, what: str, detail: str) -> None:
    assert sandbox.call(what) == Outcome("crash", detail=detail)
    assert sandbox.call("echo", 2) == Outcome("ok", 2)


@LINUX
@pytest.mark.parametrize("what", ["memory", "memory in steps"])
@pytest.mark.fault("page-eats-memory", "local")
def test_a_call_that_eats_memory_ends_at_the_limit(sandbox: Sandbox, what: str) -> None:
    assert sandbox.call(what).status == "memory"
    assert sandbox.call("echo", 2) == Outcome("ok", 2)


def test_no_limit_is_a_choice() -> None:
    with Sandbox(ACT, deadline_s=20, memory_bytes=None) as sandbox:
        assert sandbox.call("length", bytes(10)).status == "ok"


@pytest.mark.parametrize(
    ("what", "detail"),
    [
        ("raise", "ValueError: ภาษา two lines \ud800"),
        ("sys.exit", "SystemExit: leaving"),
        ("recurse", "RecursionError"),
        ("not json", "TypeError"),
    ],
)
def test_an_exception_is_told_and_the_child_goes_on(
    sandbox: Sandbox, what: str, detail: str
) -> None:
    child = sandbox.call("pid").value
    outcome = sandbox.call(what)
    assert outcome.status == "error"
    assert outcome.detail.startswith(detail)
    assert sandbox.call("pid").value == child


def test_what_libraries_print_disturbs_nobody(
    sandbox: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    assert sandbox.call("noise") == Outcome("ok", None)
    assert capfd.readouterr() == ("", "")


def test_200_calls_after_kills(hasty: Sandbox) -> None:
    for _ in range(10):
        assert hasty.call("loop").status == "timeout"
        assert hasty.call("abort").status == "crash"
    zygotes = set()
    for i in range(200):
        assert hasty.call("echo", i) == Outcome("ok", i)
        zygotes.add(hasty.call("pid").value[1])
    assert len(zygotes) == 1


def test_warm_up_runs_once_and_children_start_equal(hasty: Sandbox) -> None:
    for _ in range(3):
        assert hasty.call("state").value == {"warm": 1, "calls": 1}
        assert hasty.call("loop").status == "timeout"


def test_a_child_is_replaced_after_its_calls() -> None:
    with Sandbox(ACT, deadline_s=20, memory_bytes=None, calls_per_child=3) as sandbox:
        children = [sandbox.call("pid").value[0] for _ in range(9)]
    assert [children.count(child) for child in dict.fromkeys(children)] == [3, 3, 3]


@LINUX
def test_a_zygote_that_dies_is_replaced(sandbox: Sandbox) -> None:
    child, zygote = sandbox.call("pid").value
    os.kill(zygote, signal.SIGKILL)
    wait_until(lambda: is_gone(child))  # it dies with the zygote
    assert sandbox.call("echo", 1) == Outcome("ok", 1)


@LINUX
def test_close_leaves_no_process_and_may_be_repeated() -> None:
    sandbox = Sandbox(ACT, deadline_s=20, memory_bytes=None)
    child, zygote = sandbox.call("pid").value
    sandbox.close()
    sandbox.close()
    assert is_gone(child)
    assert is_gone(zygote)
    assert sandbox.call("echo", 1).value == 1
    sandbox.close()


PARENT = f"""
import os, sys
from curate.engine.sandbox import Sandbox
sandbox = Sandbox({ACT!r}, deadline_s=1000, memory_bytes=None)
print(*sandbox.call("pid").value, flush=True)
if sys.argv[1:] == ["heir"] and os.fork() == 0:
    sys.stdin.read()  # a process that holds the parent's sockets open
    os._exit(0)
if "busy" in sys.argv:
    calls = [sandbox.submit("sleep in C") for _ in range(20)]
    while True:
        pass
sandbox.call("sleep in C")
"""


@LINUX
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["KILL", "TERM"])
@pytest.mark.parametrize(
    "how", [[], ["heir"], ["busy"]], ids=["alone", "with another child", "with calls in flight"]
)
def test_a_parent_killed_in_a_hanging_call_takes_all_down(
    how: list[str], number: signal.Signals
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, *how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    ) as parent:
        assert parent.stdout is not None
        child, zygote = map(int, parent.stdout.readline().split())
        parent.send_signal(number)
        wait_until(lambda: is_gone(child) and is_gone(zygote))


def _in_worker() -> None:
    with Sandbox(ACT, deadline_s=0.1, memory_bytes=None) as sandbox:
        assert sandbox.call("loop").status == "timeout"
        assert sandbox.call("echo", 1).status == "ok"


def test_it_works_inside_a_daemonic_worker_process() -> None:
    worker = multiprocessing.get_context("spawn").Process(target=_in_worker, daemon=True)
    worker.start()
    worker.join(60)
    assert worker.exitcode == 0


def test_the_child_sees_no_credentials(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    environment = sandbox.call("environment").value
    assert "AWS_SECRET_ACCESS_KEY" not in environment
    assert "PATH" in environment


@LINUX
def test_the_child_dumps_no_core(sandbox: Sandbox) -> None:
    line = next(x for x in sandbox.call("cores").value.splitlines() if x.startswith("Max core"))
    assert line.split()[4:6] == ["0", "0"]


@pytest.mark.parametrize(
    ("function", "found"),
    [
        ("curate.no_such_module:f", "ModuleNotFoundError"),
        ("curate.errors:no_such_function", "AttributeError"),
    ],
)
def test_a_function_that_cannot_be_loaded_is_told(function: str, found: str) -> None:
    with (
        Sandbox(function, deadline_s=1, memory_bytes=None) as sandbox,
        pytest.raises(EngineError, match=found),
    ):
        sandbox.call()
