"""Remove the text of documents that were taken down from the document shards.

A row stays, with its id, address and numbers, so that every sum holds and a later snapshot is
compared with it; its texts go. A shard's new file and receipt are put in the place of the old ones,
and the stage is sealed anew before the old files are deleted: a reader sees one or the other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.io import layout, parquet
from curate.io.commit import Attempt
from curate.io.folders import remove_tree
from curate.io.store import Store
from curate.pipeline.job_run import JobRun
from curate.rights.removal import Kind, kind_of
from curate.stages.coded import coded
from curate.work.plan import ShardPlan, load_plan
from curate.work.ranges import index_of
from curate.work.runner import Step
from curate.work.seal import iter_receipts, load_receipt, seal, seal_field
from curate.work.tables import data_file, read_columns
from curate.work.task import Nothing, ShardTask, shard_task

STEP: Final = "extract.scrub"
BEFORE: Final = "attempts"
"""Under which name a receipt keeps the attempts that wrote its other files."""

_KEPT: Final = frozenset(("id", "url", "date", "snapshot", "warc_path", "content_type"))
_ROWS: Final = 256


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """How much text was removed: document shards, and documents."""

    shards: int
    documents: int


def scrub_documents(run: JobRun) -> Scrubbed:
    """Remove the text of everything that was taken down; killed at any time, it goes on."""
    store = run.store
    rows = {
        receipt.shard: len(_to_scrub(store, receipt.shard))
        for receipt in iter_receipts(store, "extract")
    }
    due = [ShardPlan(shard, n) for shard, n in rows.items() if n]
    if due:
        step = Step.of(STEP, (), shards=[shard.id for shard in due])
        if (plan := load_plan(store, STEP)) is not None and plan.fingerprint != step.mark:
            remove_tree(store.move_away(layout.folder_of(STEP)))
        run.run(step, scrub_shard, Nothing(), lambda: due)
    _seal_again(store)
    remove_tree(store.move_away(layout.folder_of(STEP)))
    return Scrubbed(len(due), sum(rows.values()))


def _seal_again(store: Store) -> None:
    """Seal `extract` with the receipts that stand, and delete the files that none names."""
    plan = load_plan(store, "extract")
    assert plan is not None
    now = {shard.id: load_receipt(store, "extract", shard.id) for shard in plan.shards}
    digest = seal_field(store, "extract", "receipts")
    if digest is None or any(r != now[r.shard] for r in iter_receipts(store, "extract")):
        store.delete(layout.seal_key("extract"))
        if digest is not None:
            store.delete(layout.receipts_key("extract", digest))
        seal(store, plan, index_of)
    named = {file.key for receipt in now.values() for file in receipt.files}
    for name in store.names(layout.data_folder("extract")):
        key = f"{layout.data_folder('extract')}/{name}"
        if key not in named:
            store.delete(key)


def _to_scrub(store: Store, shard: str) -> npt.NDArray[np.int64]:
    """int64[n]: rows of a shard that were taken down and have a text still."""
    reasons = read_columns(
        store, shard, {"rebalance": ("removal_reason",)}, coded=("removal_reason",)
    )["removal_reason"]
    codes, names = coded(reasons)
    is_down = np.array([*(kind_of(name) is Kind.WITHDRAWN for name in names), False], np.bool_)
    rows = np.flatnonzero(is_down[codes])
    if not rows.size:
        return rows
    path = store.path(data_file(store, "extract", shard).key)
    return rows[_has_text(parquet.take_rows(path, rows, _texts(path)))]


def _texts(path: Path) -> list[str]:
    with parquet.open_parquet(path) as file:
        return [name for name in file.schema_arrow.names if _is_text(file.schema_arrow.field(name))]


def _is_text(field: pa.Field) -> bool:
    holds_numbers = pa.types.is_integer(field.type) or pa.types.is_floating(field.type)
    return field.name not in _KEPT and not holds_numbers and not pa.types.is_boolean(field.type)


def _has_text(table: pa.Table) -> npt.NDArray[np.bool_]:
    has = pa.array(np.zeros(table.num_rows, np.bool_))
    for name in table.column_names:
        column = table[name]
        some = pc.not_equal(column, "") if pa.types.is_string(column.type) else pc.is_valid(column)
        has = pc.or_(has, pc.fill_null(some, False).combine_chunks())
    there: npt.NDArray[np.bool_] = has.to_numpy(zero_copy_only=False)
    return there


@shard_task(Nothing)
def scrub_shard(task: ShardTask[Nothing]) -> int:
    """Write a document shard again without those texts, and its receipt in the place of the old."""
    store, shard = task.store, task.shard
    rows = _to_scrub(store, shard)
    if rows.size:
        _replace(store, shard, rows)
    with task.attempt() as attempt:
        attempt.commit(rows_in=rows.size, rows_out=rows.size)
    return int(rows.size)


def _replace(store: Store, shard: str, rows: npt.NDArray[np.int64]) -> None:
    plan = load_plan(store, "extract")
    assert plan is not None
    old = load_receipt(store, "extract", shard)
    path = store.path(data_file(store, "extract", shard).key)
    down = np.zeros(old.rows_out, np.bool_)
    down[rows] = True
    attempt = Attempt(store, step="extract", shard=shard, fingerprint=plan.fingerprint)
    with attempt:
        with parquet.open_parquet(path) as file:
            writer = attempt.writer(file.schema_arrow)
        start = 0
        for table in parquet.iter_tables(path, batch_rows=_ROWS):
            writer.write(_blanked(table, down[start : start + table.num_rows]))
            start += table.num_rows
        (entry,) = attempt.finish_files()
        others = tuple(file for file in old.files if file.role != "data")
        before = sorted({*old.counts.get(BEFORE, ()), old.attempt} if others else set())
        counts = {**old.counts, **({BEFORE: before} if before else {})}
        new = replace(old, attempt=attempt.name, files=(entry, *others), counts=counts)
        # First: a put that fails may have taken effect, and what no receipt names goes later.
        attempt.keep_files()
        store.put(layout.receipt_key("extract", shard), new.to_json())


def _blanked(table: pa.Table, down: npt.NDArray[np.bool_]) -> pa.Table:
    """A table in which some rows have no texts."""
    mask = pa.array(down)
    for number, field in enumerate(table.schema):
        if _is_text(field):
            nothing = pa.scalar("" if field.name == "text" else None, field.type)
            column = pc.if_else(mask, nothing, table[field.name])
            table = table.set_column(number, field, column)
    return table
