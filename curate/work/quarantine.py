"""Records that an extract could not turn into documents, from the files that its receipts name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from curate.errors import InputError
from curate.io import parquet
from curate.io.receipt import Receipt
from curate.io.store import Store
from curate.redact import without_userinfo
from curate.work.plan import load_plan
from curate.work.seal import (
    add_counts,
    committed,
    iter_receipts,
    load_receipt,
    sealed,
    sorted_counts,
)

Row = dict[str, Any]


class Lost(NamedTuple):
    """Totals of an extract, whether it is finished or not.

    Attributes:
        rows_in: records that were read.
        quarantined: reason -> rows, each with an address in the quarantine.
        dropped: reason -> records that were no pages, or not wanted; no more than counted.
        is_whole: whether every input has been read.
    """

    rows_in: int
    quarantined: dict[str, int]
    dropped: dict[str, int]
    is_whole: bool


def lost(store: Store) -> Lost:
    """Count what is lost.

    Raises:
        InputError: nothing has been read yet.
    """
    quarantined: dict[str, int] = {}
    dropped: dict[str, int] = {}
    rows_in = 0
    for receipt in _receipts(store):
        rows_in += receipt.rows_in
        add_counts(quarantined, receipt.quarantined)
        add_counts(dropped, receipt.dropped)
    whole = sealed(store, "extract") is not None
    return Lost(rows_in, sorted_counts(quarantined), sorted_counts(dropped), whole)


def quarantined(
    store: Store, *, url: str | None = None, reason: str | None = None
) -> Iterator[Row]:
    """Rows of :data:`curate.schema.QUARANTINE`, by input file, in its order.

    Args:
        store: the work folder.
        url: only those whose URL begins so.
        reason: only those set aside for it.
    """
    for receipt in _receipts(store):
        if reason is not None and reason not in receipt.quarantined:
            continue
        for entry in receipt.files_of("quarantine"):
            for table in parquet.iter_tables(store.path(entry.key)):
                yield from _matching(table, url, reason).to_pylist()


def find_quarantined(store: Store, document: str) -> list[Row]:
    """The rows whose URL or record id is ``document``."""
    ids = {document, f"<{document.strip('<>')}>", document.strip("<>")}
    url = without_userinfo(document)
    return [row for row in quarantined(store) if row["url"] == url or row["id"] in ids]


def _matching(table: pa.Table, url: str | None, reason: str | None) -> pa.Table:
    if reason is not None:
        table = table.filter(pc.equal(table["reason"], reason))
    if url is not None:
        hits = pc.starts_with(table["url"], without_userinfo(url))
        table = table.filter(pc.fill_null(hits, False))
    return table


def _receipts(store: Store) -> Iterator[Receipt]:
    """Of the inputs that have been read, in the order of the plan."""
    plan = load_plan(store, "extract")
    if plan is None:
        raise InputError(
            str(store.root),
            wanted="a work folder of which inputs have been read",
            found="no plan of the stage `extract`",
            todo="run the job first",
        )
    if sealed(store, "extract") is not None:
        yield from iter_receipts(store, "extract")
        return
    done = committed(store, "extract")
    yield from (load_receipt(store, "extract", s.id) for s in plan.shards if s.id in done)
