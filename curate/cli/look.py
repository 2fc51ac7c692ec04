"""Commands that look at a work folder or a corpus: status, explain, verify."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from curate.cli.options import work_argument
from curate.io.store import Store
from curate.pipeline.publish import is_current
from curate.pipeline.status import StepStatus
from curate.pipeline.status import status as folder_status
from curate.pipeline.verify import verify as verify_corpus

WIDTH = 80
PREVIEW_CHARS = 400
SHOWN_LABELS = 8


def console() -> Console:
    """Standard output, never wider than 80 columns when it is no terminal."""
    out = Console(highlight=False)
    return out if out.is_terminal else Console(highlight=False, width=WIDTH)


@click.command()
@work_argument
def status(work: str) -> None:
    """Show how far a work folder is.

    From plans and receipts alone: works while a job runs and after it died.
    """
    steps = folder_status(Store(work))
    table = Table(box=None, pad_edge=False)
    for name in ("step", "shards", "rows in", "rows out", "set aside", "task s", ""):
        table.add_column(name, justify="left" if name in ("step", "") else "right")
    for step in steps:
        aside = sum(step.totals.quarantined.values())
        table.add_row(
            step.step,
            f"{step.n_done}/{step.n_shards}",
            f"{step.totals.rows_in:,}",
            f"{step.totals.rows_out:,}",
            f"{aside:,}" if aside else "",
            f"{step.seconds:,.1f}",
            "done" if step.is_sealed else "open",
        )
    out = console()
    out.print(table)
    for step in steps:
        _show_open(out, step)
    current = is_current(Store(work))
    out.print(f"\ncorpus: {'not published yet' if current is None else Path(work) / 'corpus'}")
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
    out.print(f"{step.step}: {share:.0%} of its bytes are done", markup=False)
    for shard, seconds in step.slowest:
        out.print(f"  slowest so far: {shard} {seconds:.1f} s", markup=False)


@click.command()
@click.argument("corpus", metavar="CORPUS")
def verify(corpus: str) -> None:
    """Check a corpus: checksums, row counts, sums of receipts.

    CORPUS is the corpus folder or the work folder around it.
    """
    found = verify_corpus(Path(corpus).expanduser().absolute())
    click.echo(
        f"{found.files} files, {found.rows:,} rows, {found.bytes:,} bytes: checksums and counts "
        f"agree with the manifest"
    )
    if found.receipts:
        click.echo(
            f"{found.receipts} receipts: files are whole and {found.documents:,} documents add up"
        )
