"""Progress on a terminal: one bar a stage; plain lines where nobody watches."""

from __future__ import annotations

import sys
import time

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from curate.cli.terminal.shown import VisibleConsole, echo
from curate.engine.base import Event
from curate.redact import redact_text

PLAIN_EVERY_SECONDS = 30.0


class _Counts:
    """Documents, bytes and quarantine of the stage that is running."""

    def __init__(self, shards: int, done: int, bytes_in: int) -> None:
        self.started = time.monotonic()
        self.shards, self.done, self.bytes_in = shards, done, bytes_in
        self.bytes_done = self.documents = self.quarantined = self.retries = self.failed = 0

    def take(self, event: Event) -> None:
        if event.kind in ("retry", "slow"):
            self.retries += 1
            return
        self.bytes_done += event.bytes_in
        self.done += 1
        if event.kind == "failed":
            self.failed += 1
        else:
            value = event.outcome.value or {}
            self.documents += value.get("rows", 0)
            self.quarantined += value.get("quarantined", 0)

    def rate(self) -> float:
        return self.documents / max(time.monotonic() - self.started, 1e-3)

    def notes(self) -> str:
        parts = [f"{self.documents:,} rows", f"{self.rate():,.0f}/s"]
        for name in ("quarantined", "retries", "failed"):
            n = getattr(self, name)
            if n:
                parts.append(f"{n} {name}")
        return ", ".join(parts)


class TerminalProgress:
    """Draws bars on standard error if that is a terminal, else writes plain lines there."""

    def __init__(self) -> None:
        self.console = VisibleConsole(stderr=True, highlight=False)
        self.is_live = sys.stderr.isatty()
        self._bars: Progress | None = None
        self._task = TaskID(0)
        self._counts = _Counts(0, 0, 0)
        self._last_line = 0.0

    def begin(self, stage: str, *, shards: int, done: int, bytes_in: int) -> None:
        """See :class:`curate.work.progress.Progress`."""
        self._counts = _Counts(shards, done, bytes_in)
        self._last_line = time.monotonic()
        if not self.is_live:
            again = f", {done} done before" if done else ""
            self._line(f"{stage}: {shards} shard{'s' * (shards != 1)}{again}")
            return
        self._bars = Progress(
            TextColumn("{task.description:<24}"),
            BarColumn(bar_width=16),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.fields[notes]}"),
            console=self.console,
        )
        self._bars.start()
        self._task = self._bars.add_task(stage, total=shards, completed=done, notes="")

    def event(self, stage: str, event: Event) -> None:
        """See :class:`curate.work.progress.Progress`."""
        self._counts.take(event)
        if event.kind in ("retry", "failed", "slow"):
            first = (event.outcome.failure or "").splitlines()[0]
            self.say(f"{stage}: {event.outcome.key}: {event.kind}: {first}")
        if self._bars is not None:
            self._bars.update(self._task, completed=self._counts.done, notes=self._counts.notes())
        elif time.monotonic() - self._last_line > PLAIN_EVERY_SECONDS:
            self._last_line = time.monotonic()
            share = self._counts.bytes_done / max(self._counts.bytes_in, 1)
            self._line(
                f"{stage}: {self._counts.done} of {self._counts.shards} shards, "
                f"{share:.0%} of bytes, {self._counts.notes()}"
            )

    def end(self, stage: str) -> None:
        """See :class:`curate.work.progress.Progress`."""
        if self._bars is not None:
            self._bars.stop()
            self._bars = None
        else:
            seconds = time.monotonic() - self._counts.started
            ended = "done in" if self._counts.done >= self._counts.shards else "stopped after"
            self._line(f"{stage}: {ended} {seconds:.1f} s, {self._counts.notes()}")

    def say(self, text: str) -> None:
        """See :class:`curate.work.progress.Progress`."""
        text = redact_text(text)
        if self._bars is not None:
            self._bars.console.print(text, markup=False)
        else:
            self._line(text)

    def _line(self, text: str) -> None:
        echo(text, err=True)
