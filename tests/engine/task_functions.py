"""Tasks that do right, wrong, or die, for engines to run. Each takes the payload of its task."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

from curate import errors
from curate.errors import ConfigError, InputError

Payload = dict[str, Any]


def square(payload: Payload) -> int:
    """An honest task."""
    return int(payload["n"]) ** 2


def gpus(payload: Payload) -> str | None:
    """The GPUs that this process may see."""
    return os.environ.get("CUDA_VISIBLE_DEVICES")


def process_id(payload: Payload) -> int:
    """Of the worker."""
    return os.getpid()


def note(payload: Payload) -> str:
    """Leave a line that says when it ran, and give back what it was told."""
    with Path(payload["journal"]).open("a") as journal:
        journal.write(f"{payload['say']}\n")
    return str(payload["say"])


def leave_file(payload: Payload) -> list[str]:
    """Leave a file, and tell which there are in the folder."""
    folder = Path(payload["folder"])
    (folder / payload["name"]).touch()
    return sorted(p.name for p in folder.iterdir())


def leave_file_slowly(payload: Payload) -> list[str]:
    """The same, not so fast that all are left before another process has begun."""
    time.sleep(0.05)
    return leave_file(payload)


def meet(payload: Payload) -> int:
    """Wait for others that run at the same time; the process id."""
    folder, until = Path(payload["folder"]), time.monotonic() + 30
    (folder / str(os.getpid())).touch()
    while len(list(folder.iterdir())) < payload["n"]:
        assert time.monotonic() < until, "the others never came"
        os.sched_yield()
    return os.getpid()


def meet_on_device(payload: Payload) -> list[Any]:
    """The same, with the GPUs that it sees."""
    return [os.environ.get("CUDA_VISIBLE_DEVICES"), meet(payload)]


def die_once(payload: Payload) -> int:
    """Kill the process that runs it, but for the second time."""
    try:
        Path(payload["token"]).touch(exist_ok=False)
    except FileExistsError:
        return os.getpid()
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def always_die(payload: Payload) -> None:
    """Kill the process that runs it, and count how often."""
    with Path(payload["journal"]).open("a") as journal:
        journal.write("died\n")
    os.kill(os.getpid(), signal.SIGKILL)


def fail(payload: Payload) -> None:
    """Raise an exception that is a defect."""
    raise ZeroDivisionError(payload["say"])


def fail_once_on_reading(payload: Payload) -> str:
    """An I/O error that is gone when it is tried again."""
    try:
        Path(payload["token"]).touch(exist_ok=False)
    except FileExistsError:
        return "read"
    kind = payload.get("kind", "OSError")
    if kind == "OSError":
        raise OSError(5, "Input/output error")
    raise getattr(errors, kind)("x", wanted="an answer", found="none", todo="look again")


def refuse_input(payload: Payload) -> None:
    """A mistake that concerns one shard."""
    raise InputError("shard.warc", wanted="a file", found="ไม่มี", todo="look again")


def refuse_job(payload: Payload) -> None:
    """A mistake that every other task would meet as well."""
    raise ConfigError("job.yaml:3", wanted="a label", found="'français'", todo="correct it")


def answer_no_json(payload: Payload) -> object:
    """A value that cannot cross the border."""
    return object()


def hang_once(payload: Payload) -> str:
    """Hang, but for the second time."""
    try:
        Path(payload["token"]).touch(exist_ok=False)
    except FileExistsError:
        return "went on"
    while True:
        time.sleep(60)


def sleep_in_c(payload: Payload) -> None:
    """Stand still where no other thread of the process can run."""
    Path(payload["pid"]).write_text(f"{os.getpid()}\n")
    ctypes.PyDLL(None).sleep(1000)


def hang(payload: Payload) -> None:
    """Tell the process id, and hang."""
    Path(payload["pid_file"]).write_text(str(os.getpid()))
    while True:
        time.sleep(60)


def take(payload: Payload) -> str:
    """Take as many seconds as told; the only way to be a slow task."""
    time.sleep(payload["seconds"])
    return "done"


def need(payload: Payload) -> int:
    """Take so much memory, which nobody touches, and give it back."""
    return len(bytearray(payload["n_bytes"]))


def start_thread(payload: Payload) -> int:
    """Hold so much memory, or all but one MiB of what there is, and start a thread."""
    held: list[bytearray] = []
    try:
        while len(held) < payload["n_mib"]:
            held.append(bytearray(1 << 20))
    except MemoryError:
        held.pop()
    thread = threading.Thread(target=held.clear)
    thread.start()
    thread.join()
    return len(held)


def fill_together(payload: Payload) -> int:
    """Fill so much memory, the first time beside others, until one of them is gone."""
    folder = Path(payload["folder"])
    token = folder / payload["name"]
    first = not token.exists()
    with (folder / f"{payload['name']}-alive").open("w") as alive:
        fcntl.flock(alive, fcntl.LOCK_EX)
        if first:
            meet(payload)
            token.touch()
        held = bytearray(payload["n_bytes"])
        held[:: os.sysconf("SC_PAGE_SIZE")] = b"x" * len(held[:: os.sysconf("SC_PAGE_SIZE")])
        if first:
            _until_gone(folder / f"{payload['other']}-alive")
    return len(held)


def _until_gone(alive: Path) -> None:
    """Wait until no process holds the lock: the kernel frees what a killed one held."""
    until = time.monotonic() + 90
    with alive.open("a") as lock:
        while True:
            try:
                return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                assert time.monotonic() < until, "both fit"
                os.sched_yield()


def fill_with_one_cpu(payload: Payload) -> float:
    """On Ray: fill memory until killed, unless several CPUs are ours; how many are."""
    import ray

    has = float(ray.get_runtime_context().get_assigned_resources()["CPU"])  # type: ignore[no-untyped-call]
    held: list[bytearray] = []
    while has < payload["cpus"]:
        held.append(bytearray(b"x" * (16 << 20)))
    return has
