"""The command that shows a mixture without writing it."""

from __future__ import annotations

import click

from curate.ask.mixture import look_at_mixture
from curate.cli.terminal.options import set_option, work_argument
from curate.cli.terminal.shown import echo
from curate.report.mixture import mixture_table


@click.command()
@work_argument
@set_option
@click.option("--limit", type=click.IntRange(min=1), default=30, help="Labels to show.")
def mixture(work: str, overrides: tuple[str, ...], limit: int) -> None:
    """Show what a mixture would publish, without writing anything.

    From the counts of a run that has reached `rebalance`: seconds. Try settings
    with --set, such as

    \b
        curate mixture WORK --set mixture.temperature_alpha=0.3
        curate mixture WORK --set mixture.budget=200000000

    and then apply them: `curate run JOB --set KEY=VALUE --rerun rebalance`.
    """
    lines, unit = look_at_mixture(work, overrides)
    echo(mixture_table(lines, unit, limit=limit))
