"""The command that says what other thresholds would change."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import click

from curate.ask.rerun import load_recorded, require_stage
from curate.ask.whatif import SAMPLE, SideChange, WhatIf, configs_to_try, what_if
from curate.cli.terminal.options import work_argument
from curate.cli.terminal.shown import echo
from curate.config.diff import ConfigChange, in_words
from curate.io.open_store import open_store
from curate.report.change import label_table, reason_table, summary_table
from curate.report.data import DUPLICATE
from curate.report.terminal_tables import WIDTH, plain, wrapped
from curate.work.configs import configs_in_use

MAX_CHANGES = 8

label_option = click.option(
    "--label",
    "labels",
    multiple=True,
    metavar="LABEL",
    help="Only this label; may be repeated.  [default: all]",
)


@click.command()
@work_argument
@label_option
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="METRIC.BOUND=VALUE",
    help="A bound to try, such as mean_word_chars.max=12 or n_words.min=off; may be repeated.",
)
@click.option("--configs", "folder", metavar="DIR", help="Language configs to try.")
@click.option(
    "--n",
    type=click.IntRange(min=0),
    default=SAMPLE,
    show_default=True,
    help="Documents to show of those that change sides.",
)
@click.option("--seed", type=click.IntRange(0, 65535), default=0, help="Another choice of these.")
def whatif(
    work: str,
    labels: tuple[str, ...],
    changes: tuple[str, ...],
    folder: str | None,
    n: int,
    seed: int,
) -> None:
    """Show what other thresholds would change.

    In documents, characters and drop reasons of what is published, and some
    documents that change sides. Reads the sidecars and writes nothing.
    """
    store, job = open_store(work), load_recorded(work)
    require_stage(store, "rebalance")
    before = configs_in_use(store, job)
    after = configs_to_try(store, job, before, labels, changes, folder)
    answer = what_if(store, job, before, [after], labels=labels, n=n, seed=seed)
    _show(answer)


def _show(answer: WhatIf) -> None:
    before, after = answer.before, answer.after[0]
    for line in changed_lines(answer.changes, limit=MAX_CHANGES):
        echo(line)
    is_one = len(answer.changes) == 1
    echo(f"\n{summary_table(before, after) if is_one else label_table(before, after)}")
    echo(f"\n{reason_table(before, after)}")
    for note in answer.notes:
        echo("\n" + textwrap.fill(note, WIDTH))
    for title, total, some in (
        ("would no longer be published", answer.n_lost, answer.lost),
        ("would be published as well", answer.n_gained, answer.gained),
    ):
        if total:
            more = f", {len(some)} of them" if len(some) < total else ""
            echo(f"\n{total:,} document{'s' * (total > 1)} {title}{more}:\n")
        for document in some:
            echo(shown(document) + "\n")


def changed_lines(changes: Sequence[ConfigChange], *, limit: int | None = None) -> list[str]:
    """Each change in words after the labels it is for; labels with the same change once.

    Args:
        changes: what differs.
        limit: kinds of change to show at most.
    """
    groups: dict[tuple[str, ...], list[str]] = {}
    for change in changes:
        if change.decides:
            groups.setdefault(tuple(change.lines()), []).append(change.name)
    lines_of_all: list[str] = []
    for lines, names in list(groups.items())[:limit]:
        lines_of_all += _group(lines, names)
    rest = sum(len(names) for names in list(groups.values())[limit:]) if limit else 0
    if rest:
        lines_of_all.append(f"and other changes for {rest} more labels")
    return lines_of_all or ["no difference in thresholds or stop words"]


def _group(lines: Sequence[str], names: Sequence[str]) -> list[str]:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    head = ", ".join(names[:5]) + more
    if len(lines) == 1 and len(head) + len(lines[0]) + 2 <= WIDTH:
        return [f"{head}: {lines[0]}"]
    text_lines = [f"{head}:"]
    for line in lines:
        text_lines += textwrap.wrap(line, WIDTH, initial_indent="  ", subsequent_indent="    ")
    return text_lines


def shown(document: SideChange) -> str:
    """One document in a few lines: why, from where, how it begins."""
    columns = document.columns
    head = f"{columns['label']}  {_because(document)}"
    url = plain(str(columns["url"] or columns["id"]))
    lines = [head, f"  {url if len(url) <= WIDTH - 2 else url[: WIDTH - 3] + '…'}"]
    return "\n".join(lines + wrapped(plain(columns["text"]), WIDTH, 3))


def _because(document: SideChange) -> str:
    """``mean_word_chars 12.3, at most 12``; what decided it before, if it comes in."""
    tense = "" if document.now else "was "
    reason, threshold = document.reason, document.threshold
    if threshold is None:
        if reason == DUPLICATE and document.now:
            return "duplicate: another of its cluster would be published in its place"
        if reason == DUPLICATE:
            return "was duplicate, would be published for its cluster"
        return f"{tense}{reason}"
    value = document.columns.get(reason)
    number = "not measurable" if value is None else f"{value:.4g}"
    return f"{tense}{reason} {number}, allowed {in_words(threshold)}"
