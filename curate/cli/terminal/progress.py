"""Progress on a terminal: the run in a line and its stage in another; plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from typing import Final

from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column

from curate.cli.terminal.shown import VisibleConsole, echo
from curate.cli.terminal.spans import size, span
from curate.engine.protocol import Event
from curate.redact import redact_text
from curate.work.pulse import Moved

PLAIN_EVERY_SECONDS: Final = 60.0
_READS: Final = "extract"
_LEAST_SHARE: Final = 0.02
"""Of a stage's bytes: before so much is done nobody can say how long the rest takes."""


class _Counts:
    """Documents, bytes and quarantine of a stage that is running."""

    def __init__(self, shards: int, done: int, bytes_in: int) -> None:
        self.started = time.monotonic()
        self.shards, self.done, self.bytes_in = shards, done, bytes_in
        self.bytes_done = self.documents = self.retries = self.failed = 0
        self.inside = Moved()
        self.quarantined: Counter[str] = Counter()

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
            self.quarantined.update(value.get("quarantined") or {})

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    @property
    def rows(self) -> int:
        return self.documents + self.inside.rows

    @property
    def share(self) -> float:
        """Of the bytes that were to be done when it began."""
        if not self.bytes_in:
            return self.done / max(self.shards, 1)
        return min(1.0, (self.bytes_done + self.inside.bytes_in) / self.bytes_in)

    def left(self) -> str:
        """The time that the rest takes at this rate, if that can be told."""
        share = self.share
        if not _LEAST_SHARE < share < 1:
            return ""
        return f"{span(self.seconds * (1 - share) / share)} left"

    def read(self) -> str:
        """The bytes of input that are read, and the rate in pages."""
        n_bytes = self.bytes_done + self.inside.bytes_in
        rate = self.rows / max(self.seconds, 1e-3)
        whole = f" of {size(self.bytes_in)}" if n_bytes < self.bytes_in else ""
        return f"{size(n_bytes)}{whole}, {rate:,.0f} pages/s"

    def notes(self) -> str:
        parts = [f"{self.rows:,} rows", f"{self.rows / max(self.seconds, 1e-3):,.0f}/s"]
        parts += _quarantined(self.quarantined)
        parts += [f"{n} {x}" for x in ("retries", "failed") if (n := getattr(self, x))]
        return ", ".join(parts)


class TerminalProgress:
    """Draws on standard error if that is a terminal, else writes a line a stage there.

    A stage that takes longer than a minute has a line a minute. Its inner steps, such as
    ``cluster.union``, have none of their own unless they take that long too.
    """

    watches = True

    def __init__(self) -> None:
        self.console = VisibleConsole(stderr=True, highlight=False)
        self.is_live = sys.stderr.isatty()
        self._stages: Sequence[str] = ()
        self._run_began = time.monotonic()
        self._began: dict[str, float] = {}
        self._quarantined: Counter[str] = Counter()
        self._read = ""
        self._bars: Progress | None = None
        self._run: TaskID | None = None
        self._task = TaskID(0)
        self._reads = False
        self._counts = _Counts(0, 0, 0)
        self._ended: threading.Event | None = None

    def plan(self, stages: Sequence[str]) -> None:
        """See :class:`curate.work.progress.Progress`."""
        self._stages = stages
        self._run_began = time.monotonic()

    def begin(self, stage: str, *, shards: int, done: int, bytes_in: int) -> None:
        """See :class:`curate.work.progress.Progress`."""
        self._counts = _Counts(shards, done, bytes_in)
        self._reads = stage == _READS
        self._began.setdefault(_whole(stage), time.monotonic())
        if self.is_live:
            return self._draw(stage)
        if done:
            self._line(f"{stage}: goes on; {done} of {shards} shards are done")
        self._ended = threading.Event()
        timer = threading.Thread(target=self._every_minute, args=(stage, self._ended), daemon=True)
        timer.start()
        return None

    def moved(self, stage: str, so_far: Moved) -> None:
        """See :class:`curate.work.progress.Progress`."""
        self._counts.inside = so_far
        self._redraw()

    def event(self, stage: str, event: Event) -> None:
        """See :class:`curate.work.progress.Progress`."""
        self._counts.take(event)
        if event.kind in ("retry", "failed", "slow"):
            first = (event.outcome.failure or "").splitlines()[0]
            self.say(f"{stage}: {event.outcome.key}: {event.kind}: {first}")
        self._redraw()

    def end(self, stage: str) -> None:
        """See :class:`curate.work.progress.Progress`."""
        counts, self._counts.inside = self._counts, Moved()
        self._quarantined += counts.quarantined
        self._read = counts.read() if self._reads else self._read
        if self._bars is not None:
            self._bars.stop()
            self._bars = None
        if self._ended is not None:
            self._ended.set()
            self._ended = None
        is_done = counts.done >= counts.shards
        if is_done and "." in stage and counts.seconds < PLAIN_EVERY_SECONDS:
            return
        seconds = time.monotonic() - self._began.pop(_whole(stage), counts.started)
        ended = "done in" if is_done else "stopped after"
        self._line(f"{self._number(stage)}{stage}: {ended} {seconds:.1f} s, {counts.notes()}")

    def say(self, text: str) -> None:
        """See :class:`curate.work.progress.Progress`."""
        text = redact_text(text)
        if self._bars is not None:
            self._bars.console.print(text, markup=False)
        else:
            self._line(text)

    def _draw(self, stage: str) -> None:
        self._bars = Progress(
            TextColumn("{task.description}", table_column=Column(no_wrap=True, width=16)),
            BarColumn(bar_width=8),
            TextColumn("{task.fields[count]}", table_column=Column(no_wrap=True)),
            TimeElapsedColumn(),
            TextColumn(
                "{task.fields[notes]}",
                markup=False,
                table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1),
            ),
            console=self.console,
            expand=True,
            transient=True,
        )
        self._bars.start()
        place, n = self._place(stage)
        self._run = None
        if n:
            self._run = self._bars.add_task(
                "whole run", total=n, completed=place - 1, count=f"step {place} of {n}", notes=""
            )
            self._bars.tasks[0].start_time = self._run_began
        self._task = self._bars.add_task(stage, total=1.0, count="", notes="")
        self._redraw()

    def _redraw(self) -> None:
        if self._bars is not None:
            counts = self._counts
            if self._run is not None:
                said = [counts.read() if self._reads else self._read]
                said += _quarantined(self._quarantined + counts.quarantined)
                self._bars.update(self._run, notes=", ".join(filter(None, said)))
            left = counts.left()
            notes = f"{left}, {counts.notes()}" if left else counts.notes()
            self._bars.update(
                self._task,
                completed=counts.share,
                count=f"{counts.done}/{counts.shards} shards",
                notes=notes,
            )

    def _every_minute(self, stage: str, ended: threading.Event) -> None:
        counts = self._counts
        while not ended.wait(PLAIN_EVERY_SECONDS):
            left = f", {words}" if (words := counts.left()) else ""
            self._line(
                f"{self._number(stage)}{stage}: {counts.done} of {counts.shards} shards, "
                f"{counts.share:.0%}, {counts.notes()}{left}"
            )

    def _place(self, stage: str) -> tuple[int, int]:
        """The place of a stage in the run, from 1, and how many there are; 0, 0 if not known."""
        names = list(self._stages)
        last = _whole(stage).split("+")[-1]
        return (names.index(last) + 1, len(names)) if last in names else (0, 0)

    def _number(self, stage: str) -> str:
        place, n = self._place(stage)
        return f"[{place}/{n}] " if n else ""

    def _line(self, text: str) -> None:
        echo(text, err=True)


def _whole(stage: str) -> str:
    """``cluster`` for ``cluster.union``."""
    return stage.partition(".")[0]


def _quarantined(counts: Counter[str]) -> list[str]:
    return [f"{n:,} quarantined as {reason}" for reason, n in counts.items()]
