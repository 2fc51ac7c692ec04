"""Messages of a run while it runs: a listener per stage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from curate.engine.protocol import Event
from curate.work.pulse import Moved


class Progress(Protocol):
    """Receives what happens; the command line shows it, tests may count it.

    Attributes:
        watches: whether tasks shall say how far they are inside their shards.
    """

    watches: bool

    def plan(self, stages: Sequence[str]) -> None:
        """The stages of the run, in order; some may have nothing to do."""

    def begin(self, stage: str, *, shards: int, done: int, bytes_in: int) -> None:
        """A stage has work to do: so many shards in all, so many committed before."""

    def moved(self, stage: str, so_far: Moved) -> None:
        """So much is read of shards that are not done; told from another thread."""

    def event(self, stage: str, event: Event) -> None:
        """A shard is done, is tried again, or has failed."""

    def end(self, stage: str) -> None:
        """All its shards have ended."""

    def say(self, text: str) -> None:
        """A line the user should see."""


class Silent:
    """Shows nothing."""

    watches = False

    def plan(self, stages: Sequence[str]) -> None:
        """See :class:`Progress`."""

    def begin(self, stage: str, *, shards: int, done: int, bytes_in: int) -> None:
        """See :class:`Progress`."""

    def moved(self, stage: str, so_far: Moved) -> None:
        """See :class:`Progress`."""

    def event(self, stage: str, event: Event) -> None:
        """See :class:`Progress`."""

    def end(self, stage: str) -> None:
        """See :class:`Progress`."""

    def say(self, text: str) -> None:
        """See :class:`Progress`."""
