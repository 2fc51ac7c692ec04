"""The command that says how far a work folder is."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table

from curate.cli.terminal.options import work_argument
from curate.cli.terminal.shown import console, echo
from curate.cli.terminal.spans import span
from curate.io import layout
from curate.io.open_store import open_store
from curate.pipeline.emit.publish import is_current
from curate.work.status import StepStatus, prometheus
from curate.work.status import status as folder_status


@click.command()
@work_argument
@click.option("--prometheus", "as_metrics", is_flag=True, help="Print metrics in Prometheus' form.")
def status(work: str, as_metrics: bool) -> None:  # noqa: FBT001 - click passes it so
    """Show how far a work folder is.

    From plans and receipts alone: works while a job runs and after it died,
    from any machine that sees the folder. `rows/s` is one worker's rate.
    `running` counts shards that have files and no receipt yet, of a run that
    is on or was cut off; `lost` counts other attempts that left files.

    With --prometheus the same as metrics, for a node exporter's textfile
    collector: curate status WORK --prometheus > curate.prom
    """
    store = open_store(work)
    steps = folder_status(store)
    if as_metrics:
        echo(prometheus(steps), nl=False)
        return
    table = Table(box=None, pad_edge=False)
    for name in (
        "step",
        "shards",
        "rows in",
        "rows out",
        "set aside",
        "rows/s",
        "running",
        "lost",
        "",
    ):
        table.add_column(name, justify="left" if name in ("step", "") else "right")
    for step in steps:
        aside = sum(step.totals.quarantined.values())
        table.add_row(
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
    out = console()
    out.print(table)
    for step in steps:
        _show_open(out, step)
    current = is_current(store)
    corpus = store.root / layout.CORPUS
    out.print(f"\ncorpus: {'not published yet' if current is None else corpus}")
    if current is False:
        out.print("  older than what is decided: `curate emit` publishes that", markup=False)


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
