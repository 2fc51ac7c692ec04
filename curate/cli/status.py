"""The command that says how far a work folder is."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any, Final

import click
from rich.console import Console
from rich.table import Table

from curate.cli.terminal.options import work_argument
from curate.cli.terminal.shown import console, echo
from curate.cli.terminal.spans import size, span
from curate.io import layout
from curate.io.open_store import open_store
from curate.io.store import Store
from curate.pipeline.emit.current import is_current
from curate.redact import redact
from curate.work.pulse import moved_in
from curate.work.status import StepStatus, prometheus
from curate.work.status import status as folder_status

EVERY_SECONDS: Final = 2.0
"""Between two looks of ``--watch``."""

HEAD: Final = (
    *("step", "shards", "rows in", "rows out", "set aside", "rows/s", "running", "lost", ""),
)

_SELDOM: Final = ("set aside", "running", "lost")
"""Columns that are left out where they would be empty."""


@click.command()
@work_argument
@click.option("--watch", is_flag=True, help="Look again every two seconds, until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON.")
@click.option("--prometheus", "as_metrics", is_flag=True, help="Print metrics in Prometheus' form.")
def status(work: str, watch: bool, as_json: bool, as_metrics: bool) -> None:  # noqa: FBT001 - click
    """Show how far a work folder is.

    From plans and receipts alone: works while a job runs and after it died,
    from any machine that sees the folder. `rows/s` is one worker's rate.
    `running` counts shards that have files and no receipt yet, of a run that
    is on or was cut off; `lost` counts other attempts that left files.

    With --prometheus the same as metrics, for a node exporter's textfile
    collector: curate status WORK --prometheus > curate.prom
    """
    if watch + as_json + as_metrics > 1:
        raise click.UsageError("--watch, --json and --prometheus exclude one another")
    store = open_store(work)
    if as_metrics:
        echo(prometheus(folder_status(store)), nl=False)
    elif as_json:
        echo(json.dumps(_as_json(store), indent=2))
    elif watch:
        _watch(store)
    else:
        _shown(console(), store)


def _watch(store: Store) -> None:
    out = console()
    while True:
        steps = folder_status(store)  # asked before the screen is empty
        if out.is_terminal:
            out.clear()
        _shown(out, store, steps)
        time.sleep(EVERY_SECONDS)


def _as_json(store: Store) -> dict[str, Any]:
    inside = moved_in(store)
    return {
        "work": redact(str(store.root)),
        "steps": [_step_as_json(step) for step in folder_status(store)],
        "open_shards": {"rows": inside.rows, "bytes_in": inside.bytes_in},
        "is_published": is_current(store),
    }


def _step_as_json(step: StepStatus) -> dict[str, Any]:
    totals = step.totals
    return {
        "step": step.step,
        "is_done": step.is_sealed,
        "shards": step.n_shards,
        "shards_done": step.n_done,
        "shards_running": step.n_running,
        "attempts_lost": step.n_lost,
        "bytes_in": step.bytes_in,
        "bytes_done": step.bytes_done,
        "rows_in": totals.rows_in,
        "rows_out": totals.rows_out,
        "dropped": dict(totals.dropped),
        "quarantined": dict(totals.quarantined),
        "noted": dict(totals.noted),
        "task_seconds": round(step.seconds, 3),
        "seconds_left": step.seconds_left,
    }


def _shown(out: Console, store: Store, steps: Sequence[StepStatus] | None = None) -> None:
    steps = folder_status(store) if steps is None else steps
    rows = [_row(step) for step in steps]
    used = [i for i, name in enumerate(HEAD) if name not in _SELDOM or any(r[i] for r in rows)]
    table = Table(box=None, pad_edge=False)
    for i in used:
        is_left = HEAD[i] in ("step", "")
        table.add_column(HEAD[i], justify="left" if is_left else "right", no_wrap=is_left)
    for row in rows:
        table.add_row(*(row[i] for i in used))
    out.print(table)
    for step in steps:
        _show_open(out, step)
    inside = moved_in(store)
    if inside.rows:
        read = f" and {size(inside.bytes_in)}" if inside.bytes_in else ""
        out.print(f"open shards: {inside.rows:,} rows{read} are read", markup=False)
    current = is_current(store)
    corpus = store.root / layout.CORPUS
    out.print(f"\ncorpus: {'not published yet' if current is None else corpus}")
    if current is False:
        out.print("  older than what is decided: `curate emit` publishes that", markup=False)


def _row(step: StepStatus) -> tuple[str, ...]:
    aside = sum(step.totals.quarantined.values())
    return (
        step.step,
        f"{step.n_done}/{step.n_shards}",
        f"{step.totals.rows_in:,}",
        f"{step.totals.rows_out:,}",
        f"{aside:,}" if aside else "",
        f"{step.rows_per_second:,.0f}" if step.n_done else "",
        f"{step.n_running:,}" if step.n_running else "",
        f"{step.n_lost:,}" if step.n_lost else "",
        "done" if step.is_sealed else "open",
    )


def _show_open(out: Console, step: StepStatus) -> None:
    for reason, n in step.totals.quarantined.items():
        out.print(f"{step.step}: quarantined {n} {reason}", markup=False)
    for what, n in step.totals.noted.items():
        out.print(f"{step.step}: noted {n} {what}", markup=False)
    if step.is_sealed:
        return
    share = step.bytes_done / step.bytes_in if step.bytes_in else 0.0
    left = "" if step.seconds_left is None else f", about {span(step.seconds_left)} left"
    out.print(f"{step.step}: {share:.0%} of its bytes are done{left}", markup=False)
    for shard, seconds in step.slowest:
        out.print(f"  slowest so far: {shard} {seconds:.1f} s", markup=False)
