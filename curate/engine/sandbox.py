"""Run a function on hostile input in a child process that can be killed at any moment.

    parent --socket--> zygote --fork--> child
       `------- socket, bell --------'

The *zygote* is a fresh interpreter that has imported the function's module once. For each *child*
the parent makes two pairs of sockets and hands one end of each to the zygote, which forks; the
fork costs milliseconds, so killing a child at a document's deadline does too. Only the zygote
signals and reaps children: a process id is never used after it was reaped, so no stranger is ever
killed. If the parent dies by SIGKILL, the zygote sees it and takes its child down, hanging or not.

Calls may be handed over before the last one has been answered. The child begins them in order and
answers in order, so the first one without an answer is at fault when it dies; those behind it are
handed to the next child, as if for the first time.

A call's deadline counts the processor time that it used itself, so that a busy machine takes
nothing from a page: the kernel ends the child there (``ITIMER_PROF``). Wall time, several times as
long and counted from when the child begins the call, is the last line, for what waits and uses no
processor. A child that somebody else killed says nothing about its call, which is tried once more.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import time
from collections import deque
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from curate.engine import sandbox_frames as frames
from curate.engine.sandbox_zygote import Service, Zygote

AHEAD_CALLS = 16
"""So many calls without an answer are enough for the child never to wait for the parent."""

AHEAD_BYTES = 8 << 20
"""Most bytes of pages that are handed over ahead."""

WALL_TIMES = 10
"""So many times its processor time a call may take on the clock, unless a limit is given: with ten
busy processes on one core each has a tenth of it."""

_BELL_BYTES = 4096

# A kernel short of memory, a batch system and an operator kill with these; faulty code does not.
_FROM_OUTSIDE = (signal.SIGKILL, signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended.

    Attributes:
        status: ``ok``; ``timeout``: killed at the deadline; ``crash``: the child died;
            ``memory``: it reached its memory limit; ``error``: the function raised.
        value: what the function returned, if ``ok``.
        detail: one line on what happened, if not ``ok``.
    """

    status: str
    value: Any = None
    detail: str = ""


class Call:
    """A call that was handed over, and its outcome once that is known."""

    __slots__ = ("_sandbox", "known", "request", "was_lost")

    def __init__(self, sandbox: Sandbox, request: list[bytes]) -> None:
        self._sandbox = sandbox
        self.request = request
        self.known: Outcome | None = None
        self.was_lost = False

    def outcome(self) -> Outcome:
        """How it ended, once it has; that is soon after its deadline, whatever it does."""
        return self._sandbox.wait(self)


@dataclass(slots=True)
class _Child:
    """The parent's ends of a child's sockets.

    Attributes:
        sock: for calls and answers; never waited on for answers.
        bell: rung by the child when there is reason to look for them.
        calls_left: how many more it may be given.
        n_handed_over: of the calls without an answer, how many it was given, counting the one
            that is being sent.
        sending: what is left to send of that one.
        n_since_ring: calls since the last one after which the child is to ring, and their bytes.
        began: when it began the first call without an answer, as far as is known.
        is_gone: nothing more can be sent.
    """

    sock: socket.socket
    bell: socket.socket
    reader: frames.Reader
    calls_left: int
    n_handed_over: int = 0
    sending: list[memoryview] | None = None
    n_since_ring: int = 0
    bytes_since_ring: int = 0
    began: float = 0.0
    is_gone: bool = False

    def close(self) -> None:
        self.sock.close()
        self.bell.close()


class Sandbox:
    """A function in a killable child process; to be used from one thread.

    Args:
        function: ``"module:function"``, importable by name. Arguments may be None, bool, int,
            float, str, bytes, and lists and dicts of them; the result must be JSON. If the module
            has a function ``warm_up``, it runs once before any child is forked.
        deadline_s: processor time that each call may use, in seconds.
        memory_bytes: limit of the child's private writable memory (``RLIMIT_DATA``), libraries
            included; None: no limit. macOS does not enforce it.
        calls_per_child: a child is replaced after so many calls, which bounds what leaks.
        wall_s: time on the clock that each call may take, in seconds; ``WALL_TIMES`` times
            ``deadline_s`` if not given.

    Raises:
        EngineError: when no child process can be started.
    """

    def __init__(
        self,
        function: str,
        *,
        deadline_s: float,
        memory_bytes: int | None,
        calls_per_child: int = 2000,
        wall_s: float | None = None,
    ) -> None:
        self._deadline_s = deadline_s
        self._wall_s = WALL_TIMES * deadline_s if wall_s is None else wall_s
        self._calls_per_child = calls_per_child
        self._zygote = Zygote(Service(function, deadline_s, self._wall_s, memory_bytes))
        self._child: _Child | None = None
        self._calls: deque[Call] = deque()
        """Calls without an outcome, in the order in which they were handed over."""

    def call(self, *args: Any) -> Outcome:  # noqa: ANN401 - plain values
        """Run the function on ``args``; whatever it does, this returns soon after the deadline."""
        return self.submit(*args).outcome()

    def submit(self, *args: Any) -> Call:  # noqa: ANN401 - plain values
        """Hand a call over and do not wait for it."""
        call = Call(self, frames.encode_call(args))
        self._calls.append(call)
        self._hand_over(self._child_at_hand())
        return call

    def wait(self, call: Call) -> Outcome:
        """The outcome of a call that was submitted here."""
        since = time.monotonic()
        while call.known is None:
            child = self._child_at_hand()
            try:
                if not self._take_answers(child, since):
                    self._hand_over(child)
                    self._listen(child, since)
            except TimeoutError:
                self._drop_child(wait=False)
                self._settle(self._over_wall())
            except frames.Closed:
                first = self._calls[0] if child.n_handed_over else None
                how, was_killed = self._bury()
                if first is not None and was_killed and not first.was_lost:
                    first.was_lost = True  # by no deed of its own, as far as is known
                elif first is not None:
                    self._settle(how)
        return call.known

    def discard(self) -> None:
        """Give up the calls that have no outcome yet; they are said to have crashed."""
        if self._calls:
            self._drop_child()
            while self._calls:
                self._settle(Outcome("crash", detail="given up by the caller"))

    def close(self) -> None:
        """Kill the child and end the zygote; a later call would start them again."""
        self.discard()
        self._drop_child()
        self._zygote.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _child_at_hand(self) -> _Child:
        """The child, or a fresh one if there is none or its calls are used up and answered."""
        child = self._child
        if child is None or (child.calls_left <= 0 and child.n_handed_over == 0):
            child = self._child = self._fork()
        return child

    def _hand_over(self, child: _Child) -> None:
        """Send as many calls as fit without waiting."""
        try:
            while not child.is_gone and (child.sending or self._begin_next(child)):
                assert child.sending is not None
                frames.send_some(child.sock, child.sending)
        except BlockingIOError:
            return
        except frames.Closed:
            child.is_gone = True  # there may be answers yet

    def _begin_next(self, child: _Child) -> bool:
        """Make the next call the one to send; False if there is none, or none for this child."""
        if child.n_handed_over == len(self._calls) or child.calls_left <= 0:
            return False
        request = self._calls[child.n_handed_over].request
        if child.n_handed_over == 0:
            child.began = time.monotonic()
        child.n_handed_over += 1
        child.calls_left -= 1
        child.n_since_ring += 1
        child.bytes_since_ring += sum(map(len, request))
        # When half of what is ahead was answered is early enough to be woken for more.
        is_half = 2 * child.n_since_ring >= AHEAD_CALLS or 2 * child.bytes_since_ring >= AHEAD_BYTES
        if is_half:
            child.n_since_ring = child.bytes_since_ring = 0
        child.sending = frames.parts_of(frames.CALL_AND_RING if is_half else frames.CALL, *request)
        return True

    def _take_answers(self, child: _Child, since: float) -> bool:
        """Settle the calls whose answers have come; True if there was one.

        Args:
            child: whose.
            since: the child is watched without a break since then. Before, it may have waited
                for us to read, so a call's time is not counted from any time before.

        Raises:
            Closed: no more will come.
        """
        n_before = len(self._calls)
        while True:
            while (frame := child.reader.next()) is not None:
                if child.n_handed_over == 0:
                    raise frames.Closed
                value = frames.decode_answer(frame.body)
                child.n_handed_over -= 1
                # The child's word counts no further than to between what we know.
                child.began = min(max(child.began, frame.at, since), time.monotonic())
                if frame.kind == frames.MEMORY:
                    self._drop_child(wait=False)
                    self._settle(Outcome("memory", detail=str(value)))
                    return True
                is_ok = frame.kind == frames.OK
                self._settle(Outcome("ok", value) if is_ok else Outcome("error", detail=str(value)))
            try:
                if not child.reader.fill():
                    return len(self._calls) < n_before
            except frames.Closed:
                child.is_gone = True
                if len(self._calls) < n_before:
                    return True
                raise

    def _listen(self, child: _Child, since: float) -> None:
        """Wait until the child rings, has died or can be sent more.

        Raises:
            TimeoutError: the first call without an answer is past its time on the clock.
        """
        left = max(child.began, since) + self._wall_s - time.monotonic()
        if left <= 0:
            raise TimeoutError
        poll = select.poll()
        poll.register(child.bell, select.POLLIN)
        if child.sending and not child.is_gone:
            poll.register(child.sock, select.POLLOUT)
        poll.poll(left * 1000)
        with contextlib.suppress(BlockingIOError, ConnectionError):
            child.bell.recv(_BELL_BYTES)

    def _settle(self, outcome: Outcome) -> None:
        call = self._calls.popleft()
        call.known = outcome
        call.request = []

    def _fork(self) -> _Child:
        """A fresh child, in the place of the one there is."""
        (sock, its_sock), (bell, its_bell) = socket.socketpair(), socket.socketpair()
        child = _Child(sock, bell, frames.Reader(sock), self._calls_per_child)
        try:
            with its_sock, its_bell:
                self._zygote.fork(its_sock, its_bell)
        except BaseException:
            child.close()
            raise
        if self._child is not None:
            self._child.close()
        frames.widen(sock)
        sock.setblocking(False)
        bell.setblocking(False)
        return child

    def _drop_child(self, *, wait: bool = True) -> int | None:
        """Have the child killed, and reaped before this returns if ``wait``.

        Returns:
            Its wait status; None if that cannot be known.
        """
        child, self._child = self._child, None
        if child is None:
            return None
        child.close()
        return self._zygote.end_child(wait=wait)

    def _bury(self) -> tuple[Outcome, bool]:
        """Forget a child that died: how, and whether somebody else may have killed it."""
        status = self._drop_child()
        if status is None:
            detail = "the sandbox died, and its zygote with it"
            return Outcome("crash", detail=detail), True
        if not os.WIFSIGNALED(status):
            code = os.waitstatus_to_exitcode(status)
            return Outcome("crash", detail=f"exited with status {code}"), False
        number = os.WTERMSIG(status)
        if number == signal.SIGPROF:
            detail = f"killed after {self._deadline_s:g} s of its own processor time"
            return Outcome("timeout", detail=detail), False
        if number == signal.SIGALRM:
            return self._over_wall(), False
        detail = f"died of signal {number} ({signal.strsignal(number)})"
        return Outcome("crash", detail=detail), number in _FROM_OUTSIDE

    def _over_wall(self) -> Outcome:
        return Outcome("timeout", detail=f"killed after {self._wall_s:g} s on the clock")
