"""The command that says what killed runs left behind, and deletes it."""

from __future__ import annotations

import time
from collections.abc import Sequence

import click

from curate.cli.terminal.options import work_argument
from curate.cli.terminal.shown import echo
from curate.io.open_store import open_store
from curate.work.clean import (
    KINDS,
    OLDER_THAN_HOURS,
    Leftover,
    Leftovers,
    find_leftovers,
    remove_leftovers,
)


@click.command()
@work_argument
@click.option(
    "--older-than",
    "hours",
    type=click.FloatRange(min=0),
    default=OLDER_THAN_HOURS,
    show_default=True,
    metavar="HOURS",
    help="Only what is older, and only if nothing in WORK has been written for as long.",
)
@click.option("--delete", "is_asked_to", is_flag=True, help="Delete it; else it is only shown.")
def clean(work: str, hours: float, is_asked_to: bool) -> None:  # noqa: FBT001 - click's
    """Show what killed runs left in a work folder, or delete it.

    Files that no receipt names, folders that were to become a corpus or were
    set aside, temporary files: nobody reads them. What a run may still be at
    work on stays: while anything in WORK is younger than --older-than, only
    files go of attempts that another attempt has beaten.
    """
    store = open_store(work)
    leftovers = find_leftovers(store, hours)
    for line in _table(leftovers.removable):
        echo(line)
    if leftovers.young:
        echo(_young(leftovers, hours))
    if not leftovers.removable:
        echo("nothing to delete")
    elif is_asked_to:
        echo(f"deleted {remove_leftovers(store, leftovers.removable):,} files")
    else:
        echo("nothing was deleted; add --delete")


def _table(leftovers: Sequence[Leftover]) -> list[str]:
    lines = []
    for kind in KINDS:
        some = [leftover for leftover in leftovers if leftover.kind == kind]
        if some:
            n, size = sum(x.files for x in some), sum(x.bytes for x in some)
            lines.append(f"{kind:<36}{n:>10,} files{size:>18,} bytes")
    return lines


def _young(leftovers: Leftovers, hours: float) -> str:
    n, size = sum(x.files for x in leftovers.young), sum(x.bytes for x in leftovers.young)
    why = f"younger than {hours:g} hours"
    if not leftovers.is_quiet:
        ago = max(0.0, time.time() - leftovers.last_write) / 60
        why = f"a run may be at work: the last write was {ago:,.0f} minutes ago"
    return f"kept: {n:,} files, {size:,} bytes ({why})"
