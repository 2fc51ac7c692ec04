"""Messages of a driver while nothing happens, and the end of its patience with an empty cluster."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

TELL_SECONDS = 60.0
"""A driver that has heard of nothing for so long says what it waits for, and then as often."""

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Running:
    """A task that was given to the engine: its key, and since when it runs; None if it does not."""

    key: str
    since: float | None


class Silence:
    """Since when nothing has happened; times are those of one clock, in seconds.

    Args:
        now: the time.
    """

    def __init__(self, now: float) -> None:
        self._heard = now
        self._empty_since = math.inf

    def heard(self, now: float) -> None:
        """A task began or ended."""
        self._heard = now

    def is_due(self, now: float) -> bool:
        """Whether to say now what is waited for; then not before the next minute is over."""
        if now - self._heard < TELL_SECONDS:
            return False
        self._heard = now
        return True

    def empty_for(self, now: float, *, is_empty: bool) -> float:
        """For how long, without a break, there was no place for any task."""
        self._empty_since = min(self._empty_since, now) if is_empty else math.inf
        return max(now - self._empty_since, 0.0)


def said(tasks: Sequence[Running], now: float, lack: str) -> str:
    """The lack that tasks wait for, on one line.

    Args:
        tasks: those without an outcome that were given to the engine.
        now: the time.
        lack: why none can run; empty if some can.
    """
    running = sorted((t for t in tasks if t.since is not None), key=lambda t: (t.since, t.key))
    n_queued = len(tasks) - len(running)
    parts = [f"{t.key} (for {now - (t.since or now):.0f} s)" for t in running[:_SHOWN]]
    if len(running) > _SHOWN:
        parts.append(f"{len(running) - _SHOWN} more that run")
    if n_queued:
        parts.append(f"{n_queued} that have not begun" + (f": {lack}" if lack else ""))
    return f"waiting for {', '.join(parts)}"
