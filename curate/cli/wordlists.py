"""The command that makes wordlists from a reference corpus."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from curate.cli.terminal.shown import echo
from curate.lid.wordlists import FREQUENT_QUANTILE, MIN_AFFINITY
from curate.pipeline.tuning.wordlists import make_wordlists


@click.command()
@click.argument("references", metavar="REFERENCE...", nargs=-1, required=True)
@click.option("--out", required=True, metavar="DIR", help="Folder to write to.")
@click.option(
    "--min-affinity",
    type=click.FloatRange(0, 1),
    default=MIN_AFFINITY,
    show_default=True,
    metavar="FRACTION",
    help="Least share of a word's occurrences that are in the label.",
)
@click.option(
    "--quantile",
    type=click.FloatRange(0, 1),
    default=FREQUENT_QUANTILE,
    show_default=True,
    metavar="FRACTION",
    help="Leave out words rarer than this quantile of the label's.",
)
def wordlists(references: Sequence[str], out: str, min_affinity: float, quantile: float) -> None:
    """Make wordlists for small languages from a reference corpus.

    REFERENCE is a file or folder of JSON Lines, Parquet, WET or text (a
    document a line) whose documents have a label, in a column or as the name
    of the file or its folder; or a work folder, for its corpus. A label's list
    has the frequent words that hardly any other label has; a job uses the
    lists by `identify.wordlists`. Made again, a list keeps what people added.
    """
    folder = Path(out).expanduser().absolute()
    lists = make_wordlists(list(references), folder, min_affinity=min_affinity, quantile=quantile)
    empty = [one.label for one in lists if not one.n_words]
    documents = sum(one.n_documents for one in lists)
    echo(f"{documents:,} documents in {len(lists)} labels; lists: {len(lists) - len(empty)}")
    if empty:
        echo(f"no word of their own, no list: {', '.join(empty)}")
    echo(f"wordlists: {folder}")
