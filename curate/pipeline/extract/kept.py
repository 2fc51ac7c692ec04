"""Kept columns of the user's own, on their way from document shards to the corpus."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import pyarrow as pa

from curate.io.store import Store
from curate.io.texts.kept import (
    PREFIX,
    agreed_schema,
    packed_schema,
    typed_column,
    unpacked_schema,
)
from curate.pipeline.job_run import JobRun
from curate.work.plan import load_plan
from curate.work.seal import iter_receipts, load_receipt


def kept_schema(store: Store, names: Sequence[str]) -> pa.Schema:
    """The kept columns in the types that all shards of a finished extract agree on.

    Raises:
        InputError: they do not, or no input has one of the columns; it says where.
    """
    plan = load_plan(store, "extract")
    assert plan is not None
    paths = {shard.id: str(shard.payload["path"]) for shard in plan.shards}
    counts = {
        paths[receipt.shard]: receipt.counts.get("kept", {})
        for receipt in iter_receipts(store, "extract")
    }
    return agreed_schema(counts, names)


def kept_of(run: JobRun) -> tuple[dict[str, Any], str | None]:
    """The kept columns: types in words for the plan, and the types themselves for tasks."""
    names = run.job.kept_columns
    if not names:
        return {}, None
    kept = kept_schema(run.store, names)
    words = {field.name: str(field.type) for field in kept}
    return {"kept": words}, packed_schema(kept)


def kept_names(packed: str | None) -> tuple[str, ...]:
    """The columns as document shards call them; ``packed`` as for :class:`Kept`."""
    return () if packed is None else tuple(PREFIX + name for name in schema_of(packed).names)


@lru_cache(maxsize=8)
def schema_of(packed: str) -> pa.Schema:
    """The schema that a task is told."""
    return unpacked_schema(packed)


class Kept:
    """The kept columns of one shard, which stand there under other names and maybe as JSON.

    Args:
        store: the work folder.
        shard: the document shard.
        packed: the columns and their types, as a task is told; None for none.
    """

    def __init__(self, store: Store, shard: str, packed: str | None) -> None:
        self.schema = pa.schema([]) if packed is None else schema_of(packed)
        counts = load_receipt(store, "extract", shard).counts["kept"] if packed is not None else {}
        self._is_json = {name: bool(of["json"]) for name, of in counts.items()}

    def named(self, batch: pa.Table) -> pa.Table:
        """A batch with the columns under their own names, in the types of the corpus."""
        for field in self.schema:
            name = PREFIX + field.name
            column = typed_column(batch[name], field.type, is_json=self._is_json[field.name])
            batch = batch.drop_columns([name]).append_column(field, column)
        return batch
