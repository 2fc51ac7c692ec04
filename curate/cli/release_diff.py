"""The command that compares two releases."""

from __future__ import annotations

import json

import click

from curate.ask.release_diff import put_in_card, read_release
from curate.ask.release_diff import release_diff as compare
from curate.cli.terminal.shown import echo
from curate.report.release import release_lines


@click.command(name="release-diff")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON.")
@click.option("--card", metavar="NAME", help="Put them into NEW's card, as changes since NAME.")
def release_diff(old: str, new: str, as_json: bool, card: str | None) -> None:  # noqa: FBT001
    """Compare two releases of a corpus.

    OLD and NEW are corpora, work folders that hold one, or manifests. Says by
    label which documents were added, removed and changed, and why, as far as
    NEW's folder or the work folder around it knows. Manifests alone tell rows
    and removal reasons.
    """
    before, now = read_release(old), read_release(new)
    diff = compare(before, now)
    if as_json:
        echo(json.dumps(diff.to_json(), ensure_ascii=False, indent=1))
    else:
        for line in release_lines(diff):
            echo(line)
    if card is not None:
        put_in_card(now, diff, since=card)
