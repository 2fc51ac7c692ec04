"""The command that lists what did not become a document, with its address."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from curate.cli.terminal.options import work_argument
from curate.cli.terminal.shown import console, echo, plain_text
from curate.errors import InputError
from curate.io.open_store import open_store
from curate.io.store import Store
from curate.report.terminal_tables import escaped
from curate.work.plan import require_work_folder
from curate.work.quarantine import Lost, lost, quarantined

SHOWN = 3
"""Rows of each reason that are shown if nothing is asked for."""


@click.command()
@work_argument
@click.option("--url", metavar="URL", help="Only pages whose address is this or begins so.")
@click.option("--reason", metavar="REASON", help="Only what was set aside for this reason.")
@click.option("--limit", type=click.IntRange(min=0), help="Rows of each reason to show.")
@click.option("--json", "as_json", is_flag=True, help="Print each row as a line of JSON.")
def quarantine(
    work: str, url: str | None, reason: str | None, limit: int | None, *, as_json: bool
) -> None:
    """List what did not become a document, by reason.

    Each row says in which file it is and where: the offset in bytes, for
    Parquet the number of the row. All rows of what --url and --reason name are
    shown, else the first three of each reason. Records that are no pages are
    only counted.
    """
    store = open_store(work)
    require_work_folder(store)
    set_aside = lost(store)
    _check_reason(set_aside, reason)
    if as_json:
        for row in quarantined(store, url=url, reason=reason):
            echo(json.dumps(row))
        return
    if limit is None and url is None and reason is None:
        limit = SHOWN
    out = console()
    if url is None and reason is None:
        _show_counts(out, set_aside)
    _show_rows(out, store, url, reason, limit)
    _show_dropped(out, set_aside)


def _check_reason(set_aside: Lost, reason: str | None) -> None:
    if reason is None or reason in set_aside.quarantined:
        return
    listed = ", ".join(set_aside.quarantined) or "nothing was set aside"
    raise InputError(
        f"--reason {reason}",
        wanted=f"a reason for which something was set aside: {listed}",
        found="counted only: these records are no pages" if reason in set_aside.dropped else "none",
        todo="name one of these, or none to see all",
    )


def _show_counts(out: Console, set_aside: Lost) -> None:
    total = sum(set_aside.quarantined.values())
    open_ = "" if set_aside.is_whole else "; not every input has been read yet"
    out.print(f"{total:,} of {set_aside.rows_in:,} records were set aside{open_}", markup=False)
    if not total:
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("reason")
    table.add_column("rows", justify="right")
    table.add_column("share", justify="right")
    for name, n in set_aside.quarantined.items():
        table.add_row(name, f"{n:,}", f"{n / set_aside.rows_in:.2%}")
    out.print()
    out.print(table)


def _show_rows(
    out: Console, store: Store, url: str | None, reason: str | None, limit: int | None
) -> None:
    """The rows as they come, so that any number of them needs no memory."""
    shown: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for row in quarantined(store, url=url, reason=reason):
        name = row["reason"]
        if limit is not None and shown[name] >= limit:
            left[name] += 1
            continue
        shown[name] += 1
        show_row(out, row)
    if left:
        more = ", ".join(f"{n:,} {name}" for name, n in left.most_common())
        _fold(out, f"\nand {more}: --reason REASON shows all of one")
    if not shown and not left and (url or reason):
        out.print("nothing of that kind was set aside")


def show_row(out: Console, row: Mapping[str, Any]) -> None:
    """One row: reason, URL, what was found, and where."""
    out.print()
    _fold(out, f"{row['reason']}  {escaped(row['url'] or row['id'] or '')}".rstrip())
    _fold(out, f"  {escaped(row['detail'])}")
    where = "" if row["warc_offset"] is None else f" at {row['warc_offset']}"
    size = "" if not row["n_bytes"] else f", {row['n_bytes']:,} bytes"
    _fold(out, f"  {escaped(row['warc_path'] or row['shard'])}{where}{size}")


def _fold(out: Console, text: str) -> None:
    out.print(plain_text(text), overflow="fold", soft_wrap=False)


def _show_dropped(out: Console, set_aside: Lost) -> None:
    if set_aside.dropped:
        listed = ", ".join(f"{n:,} {reason}" for reason, n in set_aside.dropped.items())
        _fold(out, f"\ncounted only, since they are no pages or not wanted: {listed}")
