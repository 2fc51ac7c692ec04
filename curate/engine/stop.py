"""Asked to stop: what SIGTERM and Ctrl-C mean while tasks run.

The first one lets running tasks finish and starts no other; the second, or one that comes between
two rounds of tasks, ends at once. Either way what was committed stays, and the same command
goes on from there.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from curate.errors import StoppedError

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stop:
    """Whether a run has been asked to stop.

    Attributes:
        signal: the signal that asked, None while none has.
        say: is told, in words, when it happens.
    """

    def __init__(self, say: Callable[[str], None] = lambda _: None) -> None:
        self.signal: signal.Signals | None = None
        self.say = say
        self._in_round = False
        self._before: dict[signal.Signals, Any] | None = None

    @contextlib.contextmanager
    def on_signals(self) -> Iterator[None]:
        """Listen to signals within; not in threads, where Python lets nobody listen."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        self._before = {number: signal.getsignal(number) for number in SIGNALS}
        self.listen()
        try:
            yield
        finally:
            for number, handler in self._before.items():
                signal.signal(number, handler)
            self._before = None

    def listen(self) -> None:
        """Take the signals back from a library that has put its own handlers in place."""
        if self._before is not None:
            for number in SIGNALS:
                signal.signal(number, self._heard)

    @contextlib.contextmanager
    def round(self) -> Iterator[None]:
        """A round of tasks, within which being asked to stop does not end it at once."""
        self._in_round = True
        try:
            yield
        finally:
            self._in_round = False

    def _heard(self, number: int, frame: FrameType | None) -> None:
        first = self.signal is None
        self.signal = signal.Signals(number)
        if not first or not self._in_round:
            raise self.error("what was running was given up")
        self.say(
            f"{self.signal.name}: shards that are being made may finish; once more ends at once"
        )

    def error(self, reason: str) -> StoppedError:
        """The error to raise when all is over."""
        assert self.signal is not None
        return StoppedError(
            f"stopped by {self.signal.name}",
            wanted="to run to the end",
            found=reason,
            todo="run the same command again to go on where it stopped",
            exit_code=128 + self.signal,
        )
