"""The command that draws the page of a finished run."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from curate.ask.compare import compare_configs, compare_works
from curate.ask.rerun import load_recorded, report_again
from curate.cli.run import short_path, show_paths, show_yields
from curate.cli.terminal.options import work_argument
from curate.cli.terminal.progress import TerminalProgress
from curate.cli.terminal.shown import echo
from curate.errors import StoreError
from curate.io.layout import REPORT_COMPARED
from curate.io.open_store import open_store
from curate.io.whole import write_whole


@click.command()
@work_argument
@click.option("--seed", type=int, help="Draws the sample.  [default: that of the job]")
@click.option(
    "--sample-documents",
    type=int,
    help="Documents of a label in the sample.  [default: those of the job]",
)
@click.option(
    "--against",
    metavar="WORK2",
    help="Another finished work folder to show beside it.",
)
@click.option(
    "--configs",
    metavar="DIR",
    help="Other language configs to show beside those of the run.",
)
@click.option(
    "--out",
    metavar="FILE",
    help="Where to write the page.  [default: WORK/report/index.html; compare.html if it compares]",
)
def report(
    work: str,
    seed: int | None,
    sample_documents: int | None,
    against: str | None,
    configs: str | None,
    out: str | None,
) -> None:
    """Draw the page of a finished run, and write its card again.

    One HTML file that needs no network: the funnel, every label, and for each
    label its metrics with thresholds to drag. What a moved threshold would do is
    computed in the page from a sample of the documents, and saved as YAML for
    `curate select WORK --configs DIR`.

    --against shows another run beside this one; --configs shows this run as
    other language configs would decide it, without changing it.
    """
    if against is not None and configs is not None:
        raise click.UsageError("--against and --configs exclude each other: the page has two sides")
    beside = None if against is None else load_recorded(against)
    again = partial(
        report_again, seed=seed, sample_documents=sample_documents, progress=TerminalProgress()
    )
    result = again(load_recorded(work), configs=configs)
    assert result.report is not None
    page, target = None, result.report
    if beside is not None:
        page = compare_works(result, again(beside))
    elif configs is not None:
        page = compare_configs(result, configs)
    show_yields(result)
    show_paths(result)
    if page is not None:
        target = result.work / REPORT_COMPARED
        open_store(str(result.work)).put(REPORT_COMPARED, page.encode())
        echo(f"compare {short_path(target)}")
    if out is not None:
        _copy(target, Path(out))
        echo(f"copy    {out}")


def _copy(page: Path, out: Path) -> None:
    if not out.parent.is_dir():
        raise StoreError(
            str(out),
            wanted="a file in a folder that exists",
            found=f"no folder {out.parent}",
            todo="make the folder, or name another one",
        )
    write_whole(out, page.read_bytes())
