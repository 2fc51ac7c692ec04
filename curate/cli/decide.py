"""Commands that decide again: select, emit."""

from __future__ import annotations

import time

import click

from curate.ask.decide_again import Decision, decide_again, publish_decided
from curate.ask.rerun import load_recorded
from curate.cli.run import show_paths, show_yields
from curate.cli.terminal.options import engine_option, with_engine, work_argument, workers_option
from curate.cli.terminal.progress import TerminalProgress
from curate.cli.terminal.shown import echo
from curate.pipeline.emit.views import NAMES, Form
from curate.report.change import label_table


@click.command()
@work_argument
@click.option(
    "--configs",
    "folder",
    required=True,
    metavar="DIR",
    help="Language configs to apply; `builtin` for those that come with curate.",
)
@click.option("--publish", is_flag=True, help="Publish the corpus again, as `curate emit` does.")
@engine_option
@workers_option
def select(
    work: str,
    folder: str,
    publish: bool,  # noqa: FBT001 - a flag
    engine: str | None,
    workers: int | None,
) -> None:
    """Apply other thresholds to a finished work folder.

    Decides again from the sidecars, without reading text, and shows what that
    changes. The corpus stays as it was published until `curate emit WORK`. A
    changed LID threshold also makes the clusters again; changed stop words make
    the metrics again.
    """
    job = with_engine(load_recorded(work), engine, None, workers)
    started = time.monotonic()
    decision = decide_again(job, folder, progress=TerminalProgress())
    _show(decision, time.monotonic() - started)
    if publish:
        _publish(work, engine, workers)
    elif not decision.is_published:
        echo(
            f"\nNothing is published yet: `curate emit {work}` does that."
            if decision.is_published is None
            else "\nThe corpus is still the one that was published before: "
            f"`curate emit {work}`\npublishes what is decided now."
        )


def _show(decision: Decision, seconds: float) -> None:
    for line in decision.made_again:
        echo(line)
    documents = sum(n.documents for label in decision.after.values() for n in label.values())
    echo(f"{documents:,} documents decided in {seconds:.1f} s\n")
    before = decision.after if decision.before is None else decision.before
    echo(label_table(before, decision.after))


@click.command()
@work_argument
@click.option(
    "--view",
    type=click.Choice(NAMES),
    help="Publish in this form; another than the job's own goes to corpus-VIEW beside corpus.",
)
@click.option("--out", metavar="DIR", help="Publish here, not in the work folder.")
@click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="With --view: put a setting of `emit` over the job's; may be repeated.",
)
@engine_option
@workers_option
def emit(
    work: str,
    view: str | None,
    out: str | None,
    overrides: tuple[str, ...],
    engine: str | None,
    workers: int | None,
) -> None:
    """Publish what has been decided.

    Writes the corpus, its card and the report again, after `curate select`. The
    corpus that stands is replaced when the new one is whole; the same command
    again goes on where it was interrupted.

    --view publishes the same documents in another form too, from the same
    verdicts; --set changes settings of `emit` for it, such as
    emit.hplt.max_file_mb=1024.
    """
    _publish(work, engine, workers, Form(view, out, overrides))


def _publish(work: str, engine: str | None, workers: int | None, form: Form | None = None) -> None:
    job = with_engine(load_recorded(work), engine, None, workers)
    result = publish_decided(job, progress=TerminalProgress(), form=form)
    show_yields(result)
    show_paths(result)
