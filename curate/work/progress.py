"""Messages of a run while it runs: a listener per stage."""

from __future__ import annotations

from typing import Protocol

from curate.engine.base import Event


class Progress(Protocol):
    """Receives what happens; the command line shows it, tests may count it."""

    def begin(self, stage: str, *, shards: int, done: int, bytes_in: int) -> None:
        """A stage has work to do: so many shards in all, so many committed before."""

    def event(self, stage: str, event: Event) -> None:
        """A shard is done, is tried again, or has failed."""

    def end(self, stage: str) -> None:
        """All its shards have ended."""

    def say(self, text: str) -> None:
        """A line the user should see."""


class Silent:
    """Shows nothing."""

    def begin(self, stage: str, *, shards: int, done: int, bytes_in: int) -> None:
        """See :class:`Progress`."""

    def event(self, stage: str, event: Event) -> None:
        """See :class:`Progress`."""

    def end(self, stage: str) -> None:
        """See :class:`Progress`."""

    def say(self, text: str) -> None:
        """See :class:`Progress`."""
