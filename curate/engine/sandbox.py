"""Run a function on hostile input in a child process that can be killed at any moment.

    parent --socket--> zygote --fork--> child
       `------------- socket -------------'

The *zygote* is a fresh interpreter that has imported the function's module once. For each *child*
the parent makes a pair of sockets and hands one end to the zygote, which forks; the fork costs
milliseconds, so killing a child at a document's deadline does too. Only the zygote signals and
reaps children: a process id is never used after it was reaped, so no stranger is ever killed.
If the parent dies by SIGKILL, the zygote sees it and takes its child down, hanging or not.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Any, Self

from curate.engine import sandbox_frames as frames
from curate.errors import EngineError

_START_SECONDS = 120.0
_FORK_SECONDS = 30.0

_KEPT_VARIABLES = (
    "HOME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "LD_LIBRARY_PATH",
    "PATH",
    "PYTHONHOME",
    "SYSTEMROOT",
    "TMPDIR",
    "TZ",
    "VIRTUAL_ENV",
)


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


@dataclass(slots=True)
class _Zygote:
    process: subprocess.Popen[bytes]
    control: socket.socket


class Sandbox:
    """A function in a killable child process; one call at a time, from one thread.

    Args:
        function: ``"module:function"``, importable by name. Arguments may be None, bool, int,
            float, str, bytes, and lists and dicts of them; the result must be JSON. If the module
            has a function ``warm_up``, it runs once before any child is forked.
        deadline_s: wall time each call may take, in seconds.
        memory_bytes: limit of the child's private writable memory (``RLIMIT_DATA``), libraries
            included; None: no limit. macOS does not enforce it.
        calls_per_child: a child is replaced after so many calls, which bounds what leaks.

    Raises:
        EngineError: from :meth:`call`, when no child process can be started.
    """

    def __init__(
        self,
        function: str,
        *,
        deadline_s: float,
        memory_bytes: int | None,
        calls_per_child: int = 2000,
    ) -> None:
        self._function = function
        self._deadline_s = deadline_s
        self._memory_bytes = memory_bytes
        self._calls_per_child = calls_per_child
        self._calls_left = 0
        self._zygote: _Zygote | None = None
        self._child: socket.socket | None = None

    def call(self, *args: Any) -> Outcome:  # noqa: ANN401 - plain values
        """Run the function on ``args``; whatever it does, this returns soon after the deadline."""
        request = frames.encode_call(args)
        if self._child is None or self._calls_left <= 0:
            self._fork()
        child = self._child
        assert child is not None
        self._calls_left -= 1
        until = time.monotonic() + self._deadline_s
        try:
            frames.send(child, frames.CALL, *request, until=until)
            kind, body = frames.receive(child, until=until)
            value = frames.decode_answer(body)
        except TimeoutError:
            self._drop_child(wait=False)
            return Outcome("timeout", detail=f"killed after {self._deadline_s:g} s")
        except frames.Closed:
            return Outcome("crash", detail=self._bury())
        if kind == frames.OK:
            return Outcome("ok", value=value)
        if kind == frames.MEMORY:
            self._drop_child(wait=False)
            return Outcome("memory", detail=str(value))
        return Outcome("error", detail=str(value))

    def close(self) -> None:
        """Kill the child and end the zygote; a later call would start them again."""
        self._drop_child()
        if self._zygote is not None:
            self._zygote.control.close()  # the zygote takes this as its order to end
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._zygote.process.wait(timeout=5)
        self._drop_zygote()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _drop_child(self, *, wait: bool = True) -> int | None:
        """Have the child killed, and reaped before this returns if ``wait``.

        Returns:
            Its wait status; None if that cannot be known.
        """
        if self._child is None:
            return None
        self._child.close()
        self._child = None
        try:
            return self._order(frames.FORK if wait else frames.KILL, None)
        except (frames.Closed, TimeoutError):
            self._drop_zygote()
            return None

    def _drop_zygote(self) -> None:
        """Kill the zygote; Linux then kills its child, elsewhere the closed socket ends it."""
        zygote, self._zygote = self._zygote, None
        if zygote is not None:
            zygote.control.close()
            zygote.process.kill()
            zygote.process.wait()

    def _bury(self) -> str:
        """Forget a child that died, and say how."""
        status = self._drop_child()
        if status is None:
            return "the sandbox died, and its zygote with it"
        if os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            return f"died of signal {number} ({signal.strsignal(number)})"
        return f"exited with status {os.waitstatus_to_exitcode(status)}"

    def _fork(self) -> None:
        """Make a fresh child; a zygote that has died is started once more."""
        for last_attempt in (False, True):
            if self._zygote is None:
                self._zygote = self._start_zygote()
            ours, theirs = socket.socketpair()
            try:
                with theirs:
                    self._order(frames.FORK, theirs)
            except (frames.Closed, TimeoutError) as error:
                ours.close()
                self._drop_zygote()
                if last_attempt:
                    raise self._cannot_start("the zygote died when told to fork") from error
                continue
            if self._child is not None:
                self._child.close()
            frames.widen(ours)
            self._child = ours
            self._calls_left = self._calls_per_child
            return

    def _order(self, order: bytes, theirs: socket.socket | None) -> int:
        """Have the last child killed, and a new one forked if a socket is given.

        ``FORK`` waits until the last child is gone, ``KILL`` does not.

        Returns:
            Wait status of the last child.
        """
        if self._zygote is None:
            raise frames.Closed
        control = self._zygote.control
        until = time.monotonic() + _FORK_SECONDS
        try:
            control.settimeout(_FORK_SECONDS)
            socket.send_fds(control, [order], [] if theirs is None else [theirs.fileno()])
        except OSError as error:
            raise frames.Closed from error
        kind, body = frames.receive(control, until=until)
        if kind != frames.FORKED:
            raise frames.Closed
        return int.from_bytes(body, "big")

    def _start_zygote(self) -> _Zygote:
        ours, theirs = socket.socketpair()
        limit = str(self._memory_bytes or 0)
        command = [sys.executable, "-P", "-m", "curate.engine.sandbox_child"]
        with theirs, tempfile.TemporaryFile() as noise:
            process = subprocess.Popen(
                [*command, self._function, str(theirs.fileno()), limit],
                stdin=subprocess.DEVNULL,
                stdout=noise,
                stderr=noise,
                pass_fds=[theirs.fileno()],
                env=_environment(),
                cwd="/",
            )
            theirs.close()
            with _killed_on_error(process, ours):
                try:
                    kind, body = frames.receive(ours, until=time.monotonic() + _START_SECONDS)
                except (frames.Closed, TimeoutError) as error:
                    raise self._cannot_start(_tail(noise)) from error
                if kind != frames.READY:
                    raise self._cannot_start(str(frames.decode_answer(body)))
        return _Zygote(process, ours)

    def _cannot_start(self, found: str) -> EngineError:
        return EngineError(
            f"sandbox for {self._function}",
            wanted="a child process that imports the module and answers",
            found=found or "no answer",
            todo="run `curate doctor`; the function's module must import in a fresh interpreter",
        )


@contextlib.contextmanager
def _killed_on_error(process: subprocess.Popen[bytes], control: socket.socket) -> Iterator[None]:
    try:
        yield
    except BaseException:
        control.close()
        process.kill()
        process.wait()
        raise


def _tail(noise: IO[bytes]) -> str:
    """The last line that a process wrote before it died."""
    noise.seek(0)
    lines = noise.read().decode("utf-8", errors="replace").strip().splitlines()
    return lines[-1][:500] if lines else ""


def _environment() -> dict[str, str]:
    """A small environment: where code is found, and no credentials for it to leak."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    # Threads do not survive a fork, and one core is all that a child may use.
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    path = os.pathsep.join(os.path.realpath(entry or ".") for entry in sys.path)
    return {**kept, **single, "PYTHONPATH": path, "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}
