"""Commands about releases: take documents down, compare two of them."""

from __future__ import annotations

import json

import click

from curate.ask.release_diff import put_in_card, read_release
from curate.ask.release_diff import release_diff as compare
from curate.ask.rerun import load_recorded
from curate.ask.scrub import scrub
from curate.ask.withdraw import extent, in_words, is_under_way, read_entries
from curate.ask.withdraw import withdraw as take_down
from curate.cli.terminal.options import engine_option, with_engine, work_argument, workers_option
from curate.cli.terminal.progress import TerminalProgress
from curate.cli.terminal.shown import echo
from curate.report.release import release_lines
from curate.rights.take_down import EntryKind, Scope


@click.command()
@work_argument
@click.option("--urls", metavar="FILE", multiple=True, help="Addresses, one a line.")
@click.option("--hosts", metavar="FILE", multiple=True, help="Hosts; each with all below it.")
@click.option("--ids", metavar="FILE", multiple=True, help="Ids of documents, one a line.")
@click.option(
    "--cluster/--page",
    "with_cluster",
    default=None,
    help="Take near-copies down too (the default where clusters are verified), or these alone.",
)
@click.option("--scrub", "scrubs", is_flag=True, help="Remove the texts from WORK itself too.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and change nothing.")
@engine_option
@workers_option
def withdraw(
    work: str,
    urls: tuple[str, ...],
    hosts: tuple[str, ...],
    ids: tuple[str, ...],
    with_cluster: bool | None,  # noqa: FBT001 - click passes it so
    scrubs: bool,  # noqa: FBT001 - likewise
    dry_run: bool,  # noqa: FBT001 - likewise
    engine: str | None,
    workers: int | None,
) -> None:
    """Take documents down from a work folder and all that it published.

    Says what goes, keeps the lists in WORK, so that no later snapshot brings
    it back, and writes the published files again that hold it, in every view,
    with manifest, card and report. Killed at any time, the same command goes
    on.

    --scrub removes the texts from every other file of WORK, so that
    `curate verify WORK --absent FILE` finds nothing; no other run may be at
    work there.
    """
    if not (urls or hosts or ids):
        raise click.UsageError("name a list: --urls, --hosts or --ids FILE")
    job = with_engine(load_recorded(work), engine, None, workers)
    scope: Scope | None = None if with_cluster is None else ("cluster" if with_cluster else "page")
    given: list[tuple[EntryKind, str]] = [("url", path) for path in urls]
    given += [("host", path) for path in hosts]
    given += [("id", path) for path in ids]
    entries = read_entries(job, given, scope)
    if is_under_way(job) and not dry_run:
        echo("going on with a take-down that was interrupted")
    else:
        for line in in_words(extent(job, entries)):
            echo(line)
    if dry_run:
        echo("nothing was changed")
        return
    for result in take_down(job, entries, progress=TerminalProgress()):
        if result.corpus is not None:
            echo(f"published without them: {result.corpus}")
    if scrubs:
        done = scrub(job, progress=TerminalProgress())
        echo(f"{done.documents:,} texts removed from {done.shards:,} document shards")


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
