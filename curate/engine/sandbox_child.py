"""The far side of a sandbox: the zygote that imports once and forks, and the child that serves.

Run as
``python -m curate.engine.sandbox_child MODULE:FUNCTION SOCKET_FD MEMORY_BYTES CPU_S WALL_S``.

A child reads requests ahead and sends answers without waking the parent, which looks at nothing
but the *bell*, a socket beside the one for calls: waking another process for every page, and
finding its caches cold, would cost more than handing the page over.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import resource
import select
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any, NoReturn

from curate.engine import sandbox_frames as frames
from curate.engine.parent import die_with
from curate.importing import uncollected

_LOOK_FOR_PARENT_SECONDS = 1.0
_DETAIL_CHARS = 500


@dataclass(frozen=True, slots=True)
class _Work:
    """The work of a child, and its limits; 0 bytes for no limit."""

    function: Callable[..., Any]
    memory_bytes: int
    deadline_s: float
    wall_s: float


def _serve_forks(control: socket.socket, work: _Work) -> None:
    """The zygote: fork, kill and reap on order, until the parent closes the socket or is gone."""
    parent = os.getppid()
    child = 0
    dying: list[int] = []
    while True:
        while not select.select([control], [], [], _LOOK_FOR_PARENT_SECONDS)[0]:
            # A process that the parent forked may hold the socket open: look for ourselves.
            if os.getppid() != parent:
                _end(child)
                return
            dying = [pid for pid in dying if not os.waitpid(pid, os.WNOHANG)[0]]
        try:
            order, descriptors, _, _ = socket.recv_fds(control, 1, 2)
        except ConnectionError:
            order, descriptors = b"", []
        dying = [pid for pid in dying if not os.waitpid(pid, os.WNOHANG)[0]]
        status = 0
        if order == frames.KILL and child:
            # The kernel needs a tenth of a second to take back gigabytes: nobody waits for it.
            os.kill(child, signal.SIGKILL)
            dying.append(child)
        else:
            status = _end(child)
        child = 0
        if not order:
            return
        if descriptors:
            child = os.fork()
            if child == 0:
                control.close()
                _serve_calls(*(socket.socket(fileno=one) for one in descriptors), work=work)
            for descriptor in descriptors:
                os.close(descriptor)
        frames.send(control, frames.FORKED, status.to_bytes(4, "big"))


def _end(child: int) -> int:
    """Kill and reap a child; its wait status. SIGKILL changes nothing for one that has died."""
    if not child:
        return 0
    os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def _serve_calls(sock: socket.socket, bell: socket.socket, *, work: _Work) -> NoReturn:
    """The child: answer calls until the parent closes the socket or one call took all memory."""
    _confine(work.memory_bytes)
    frames.widen(sock)
    answered = frames.OK
    try:
        while answered != frames.MEMORY:
            kind, args = frames.receive_call(sock, lambda: _ring(bell))
            # Whatever a page does, in whatever library: the kernel ends it at its deadline.
            signal.setitimer(signal.ITIMER_PROF, work.deadline_s)
            signal.setitimer(signal.ITIMER_REAL, work.wall_s)
            answered, answer = _answer(work.function, args)
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)
            del args
            _send(sock, bell, frames.parts_of(answered, *answer))
            if kind == frames.CALL_AND_RING:
                _ring(bell)
    finally:
        os._exit(0)


def _send(sock: socket.socket, bell: socket.socket, parts: list[memoryview]) -> None:
    """Send an answer; the parent, which does not look at this socket, is rung for if it is full."""
    while parts:
        try:
            frames.send_some(sock, parts, socket.MSG_DONTWAIT)
        except BlockingIOError:
            _ring(bell)
            select.select([], [sock], [])


def _ring(bell: socket.socket) -> None:
    """Wake the parent; a bell that is full of rings will do so already."""
    with contextlib.suppress(BlockingIOError):
        bell.send(b"!", socket.MSG_DONTWAIT)


def _answer(function: Callable[..., Any], args: list[Any]) -> tuple[bytes, list[bytes]]:
    """(kind, body) of the answer to one call."""
    try:
        return frames.OK, frames.encode_answer(function(*args))
    except MemoryError:
        return frames.MEMORY, frames.encode_answer("memory limit reached")
    except BaseException as error:
        # SystemExit and the like come from the library under test too, and end nothing here.
        detail = f"{type(error).__name__}: {error}"
        return frames.ERROR, frames.encode_answer(detail.replace("\n", " ")[:_DETAIL_CHARS])


def _confine(memory_bytes: int) -> None:
    """Limits of the child; whatever the platform lacks is left out."""
    die_with(os.getppid())
    for timer in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(timer, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGALRM, signal.SIGPROF])
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, ValueError):
        _, most = resource.getrlimit(resource.RLIMIT_DATA)  # the worker's own limit is not ours
        ours = memory_bytes or most
        resource.setrlimit(resource.RLIMIT_DATA, (ours, ours))
    with contextlib.suppress(OSError):
        # If the machine runs out of memory, the page goes and not the worker.
        Path("/proc/self/oom_score_adj").write_text("1000")


def _load(name: str) -> Callable[..., Any]:
    """Import the function and run its module's ``warm_up``, if there is one."""
    module_name, _, function_name = name.partition(":")
    with uncollected():
        module = importlib.import_module(module_name)
    function: Callable[..., Any] = attrgetter(function_name)(module)
    warm_up = getattr(module, "warm_up", None)
    if callable(warm_up):
        warm_up()
    return function


def _silence() -> None:
    """Let nothing that libraries print reach anybody."""
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)


def main(arguments: list[str]) -> None:
    """Become the zygote: import, report, serve."""
    name, descriptor, memory_bytes, deadline_s, wall_s = arguments
    # A terminal's Ctrl-C goes to the whole group; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=int(descriptor))
    try:
        function = _load(name)
    except BaseException as error:
        detail = f"{type(error).__name__}: {error}"
        frames.send(control, frames.ERROR, *frames.encode_answer(detail[:_DETAIL_CHARS]))
        return
    _silence()
    gc.collect()
    gc.freeze()  # pages shared with the children stay shared
    frames.send(control, frames.READY)
    with contextlib.suppress(frames.Closed):
        _serve_forks(control, _Work(function, int(memory_bytes), float(deadline_s), float(wall_s)))


if __name__ == "__main__":
    main(sys.argv[1:])
