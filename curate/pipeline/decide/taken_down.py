"""Documents that were taken down, between the lists and the views.

The lists are no setting of the job: they belong to the work folder, and the fingerprints of plans
say nothing of them. A stage notes with which lists it was made, and is made again for others.
"""

from __future__ import annotations

import pyarrow as pa

from curate.io import layout, parquet
from curate.io.digests import bytes_with_digest, read_bytes
from curate.io.folders import remove_tree
from curate.io.store import Store
from curate.pipeline.decide.taken_rows import TAKEN_DOWN
from curate.pipeline.job_run import JobRun
from curate.stage_table import stage_of
from curate.work.exchange import read_all
from curate.work.plan import load_plan
from curate.work.take_down import keep_entries, listed_for, note_listed, take_down_of

_TODO = "make the stage again: curate run JOB --rerun rebalance"
_GROUP_ROWS = 16_384


def use_lists(run: JobRun) -> str:
    """The digest of all lists, once verdicts that were made with others are set aside."""
    store, lists = run.store, take_down_of(run.store)
    digest = lists.digest
    if digest:
        keep_entries(store, lists)
    if load_plan(store, "rebalance.split") is not None:
        if listed_for(store, "rebalance") == digest:
            return digest
        # what rests on them first, and the views not at all: they are mended
        for stage in ("report", "rebalance"):
            for folder in reversed(stage_of(stage).steps().values()):
                remove_tree(store.move_away(folder))
        store.delete(layout.REPORT_COMPARED)  # it shows texts, and nothing draws it anew
    note_listed(store, "rebalance", digest)
    return digest


def keep_taken_down(store: Store, digest: str) -> None:
    """Keep which documents these lists concern, for the views that were published before."""
    if digest:
        parts = read_all(store, "rebalance", "taken_down")
        table = pa.concat_tables([TAKEN_DOWN.empty_table(), *parts])
        data = bytes_with_digest(parquet.to_bytes(table, group_rows=_GROUP_ROWS))
        if store.get(layout.taken_down_key(digest)) != data:
            store.put(layout.taken_down_key(digest), data)


def taken_down(store: Store, digest: str) -> pa.Table:
    """The documents that the lists of a digest concern: :data:`TAKEN_DOWN`."""
    if not digest:
        return TAKEN_DOWN.empty_table()
    key = layout.taken_down_key(digest)
    where = str(store.path(key))
    data = read_bytes(store.get(key) or b"# digest: none\n", where=where, todo=_TODO)
    return parquet.from_bytes(data)
