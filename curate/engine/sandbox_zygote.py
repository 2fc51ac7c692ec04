"""The parent's hold on a zygote: starts it, has it fork and kill children, ends it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

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
    "NUMBA_CACHE_DIR",
    "PATH",
    "PYTHONHOME",
    "SYSTEMROOT",
    "TMPDIR",
    "TZ",
    "VIRTUAL_ENV",
    "XDG_CACHE_HOME",
)


@dataclass(frozen=True, slots=True)
class Service:
    """The service of a zygote's children; see :class:`curate.engine.sandbox.Sandbox`."""

    function: str
    deadline_s: float
    wall_s: float
    memory_bytes: int | None


@dataclass(slots=True)
class _Running:
    process: subprocess.Popen[bytes]
    control: socket.socket


class Zygote:
    """A process that forks children, one living at a time, and alone signals and reaps them."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._running: _Running | None = None

    def fork(self, *sockets: socket.socket) -> None:
        """Replace the child, if there is one, by a fresh one that holds these sockets.

        A zygote that has died is started once more.

        Raises:
            EngineError: no child can be started.
        """
        for last_attempt in (False, True):
            reason = ""
            try:
                if self._running is None:
                    self._running = self._start()
                reason = "the zygote died when told to fork"
                self._order(frames.FORK, sockets)
            except (frames.Closed, TimeoutError) as error:
                self._kill()
                if last_attempt:
                    raise self._cannot_start(reason or str(error)) from error
            else:
                return

    def end_child(self, *, wait: bool) -> int | None:
        """Have the child killed, and reaped before this returns if ``wait``.

        Returns:
            Its wait status; None if that cannot be known.
        """
        try:
            return self._order(frames.FORK if wait else frames.KILL, ())
        except (frames.Closed, TimeoutError):
            self._kill()
            return None

    def close(self) -> None:
        """End the zygote; a later fork would start it again."""
        if self._running is not None:
            self._running.control.close()  # the zygote takes this as its order to end
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._running.process.wait(timeout=5)
        self._kill()

    def _kill(self) -> None:
        """Kill the zygote; Linux then kills its child, elsewhere the closed socket ends it."""
        running, self._running = self._running, None
        if running is not None:
            running.control.close()
            running.process.kill()
            running.process.wait()

    def _order(self, order: bytes, sockets: tuple[socket.socket, ...]) -> int:
        """Have the last child killed, and a new one forked if there are sockets for it.

        ``FORK`` waits until the last child is gone, ``KILL`` does not.

        Returns:
            Wait status of the last child.
        """
        if self._running is None:
            raise frames.Closed
        control = self._running.control
        until = time.monotonic() + _FORK_SECONDS
        try:
            control.settimeout(_FORK_SECONDS)
            socket.send_fds(control, [order], [one.fileno() for one in sockets])
        except OSError as error:
            raise frames.Closed from error
        answer = frames.receive(control, until=until)
        if answer.kind != frames.FORKED:
            raise frames.Closed
        return int.from_bytes(answer.body, "big")

    def _start(self) -> _Running:
        """A new process.

        Raises:
            EngineError: it cannot import the function.
            Closed: it died before it could say so, which may be the machine's fault.
            TimeoutError: it said nothing for two minutes.
        """
        service = self._service
        ours, theirs = socket.socketpair()
        times = [repr(float(seconds)) for seconds in (service.deadline_s, service.wall_s)]
        limits = [str(service.memory_bytes or 0), *times]
        command = [sys.executable, "-P", "-m", "curate.engine.sandbox_child", service.function]
        with theirs, tempfile.TemporaryFile() as noise:
            process = subprocess.Popen(
                [*command, str(theirs.fileno()), *limits],
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
                    answer = frames.receive(ours, until=time.monotonic() + _START_SECONDS)
                except frames.Closed as error:
                    raise frames.Closed(_tail(noise)) from error
                if answer.kind != frames.READY:
                    raise self._cannot_start(str(frames.decode_answer(answer.body)))
        return _Running(process, ours)

    def _cannot_start(self, reason: str) -> EngineError:
        return EngineError(
            f"sandbox for {self._service.function}",
            wanted="a child process that imports the module and answers",
            found=reason or "no answer",
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
