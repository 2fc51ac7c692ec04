"""Commands that run stages: demo, run, report."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import click

from curate.cli.terminal.options import (
    address_option,
    engine_option,
    set_option,
    with_engine,
    workers_option,
)
from curate.cli.terminal.progress import TerminalProgress
from curate.cli.terminal.shown import echo
from curate.config.builtin import builtin_folder, job_file
from curate.config.job import load_job
from curate.pipeline.run import RunResult, run_job
from curate.report.terminal_tables import shown_example, yields_table
from curate.stage_table import stage_names


@click.command()
@click.option("--work", default="curate-demo", show_default=True, help="Work folder to make.")
@engine_option
@workers_option
def demo(work: str, engine: str | None, workers: int | None) -> None:
    """Run every stage over the sample that ships with curate.

    Real pages in many languages, no network. Seven seconds on two cores; half a
    minute the first time, since kernels are compiled once on each machine. Ends
    with what became of them, and where corpus and report are.
    """
    sample = Path(str(files("curate"))) / "data" / "sample" / "*.warc.gz"
    job = load_job(builtin_folder("jobs") / "demo.yaml", [f"input={sample}", f"work={work}"])
    result = run_job(with_engine(job, engine, None, workers), progress=TerminalProgress())
    show_yields(result)
    _show_examples(result)
    show_paths(result)


@click.command()
@click.argument("job", metavar="JOB.yaml")
@set_option
@engine_option
@address_option
@workers_option
@click.option("--until", metavar="STAGE", help=f"Last stage to run: {', '.join(stage_names())}.")
@click.option("--rerun", metavar="STAGE", help="Make this stage and what follows from it again.")
def run(
    job: str,
    overrides: tuple[str, ...],
    engine: str | None,
    address: str | None,
    workers: int | None,
    until: str | None,
    rerun: str | None,
) -> None:
    """Run a job, or go on with one that was interrupted.

    JOB.yaml is a job file; names of the shipped ones, such as
    jobs/snapshot.yaml, work from any folder. Quote patterns, so that the shell
    leaves them to curate: --set 'input=/data/**/*.warc.gz'.

    The same command again resumes: finished shards are not run again.
    """
    loaded = with_engine(load_job(job_file(job), overrides), engine, address, workers)
    result = run_job(loaded, progress=TerminalProgress(), until=until, rerun=rerun)
    show_yields(result)
    show_paths(result)


def show_yields(result: RunResult) -> None:
    """Print the yields table: documents of each label by outcome."""
    if result.data is None:
        echo(f"stopped as asked; `curate status {result.work}` shows how far it is")
        return
    echo()
    echo(yields_table(result.data))


def _show_examples(result: RunResult) -> None:
    assert result.data is not None
    for title, examples in (("kept", result.data.kept), ("dropped", result.data.dropped)):
        echo(f"\n{len(examples)} {title}:\n")
        for example in examples:
            echo(shown_example(example))
            echo()


def show_paths(result: RunResult) -> None:
    """Where corpus and report are, and what was quarantined."""
    if result.data is None:
        return
    for reason, n in result.data.quarantined.items():
        echo(f"quarantined: {n} {reason} (see `curate quarantine {result.work}`)")
    if result.corpus is None:
        echo(f"\nnot published yet: `curate emit {result.work}`")
    else:
        echo(f"\ncorpus  {short_path(result.corpus)}")
    echo(f"report  {short_path(result.report)}")


def short_path(path: Path | None) -> str:
    """Relative to the current folder if it lies below it, so that it can be clicked or copied."""
    assert path is not None
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
