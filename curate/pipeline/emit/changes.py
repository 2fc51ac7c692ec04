"""The changes of a take-down to a view: which documents go, and which come in their place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from curate.io import parquet
from curate.io.store import Store
from curate.pipeline.decide.taken_down import taken_down
from curate.pipeline.emit.view import Doc
from curate.pipeline.extract.kept import Kept
from curate.work.plan import load_plan
from curate.work.tables import beside, data_file, read_columns


@dataclass(frozen=True, slots=True)
class Change:
    """A document of which another thing becomes than before.

    Attributes:
        shard: number of its shard.
        row: its row there.
        id: its identity.
        url: its address.
        label: its label.
        before: its removal reason before; None if it was selected.
        after: its removal reason now.
        weights: how often it was and is repeated.
    """

    shard: int
    row: int
    id: str
    url: str | None
    label: str
    before: str | None
    after: str | None
    weights: tuple[int, int]

    @property
    def place(self) -> int:
        """A number that rises in the order of the documents."""
        return place_of(self.shard, self.row)


def place_of(shard: int, row: int) -> int:
    """A number that rises in the order of the documents."""
    return (shard << 32) + row


def changes(store: Store, before: str, after: str) -> list[Change]:
    """The documents that become another thing between two states of the lists, in their order.

    A document that the lists of one state do not concern is there what it is without any.
    """
    old, new = (_rows(taken_down(store, digest)) for digest in (before, after))
    changed = []
    for key in sorted(old.keys() | new.keys()):
        row = new.get(key) or old[key]
        was = _state(old[key], "") if key in old else _state(row, "before_")
        now = _state(new[key], "") if key in new else _state(row, "before_")
        if was != now:
            names = {name: row[name] for name in ("shard", "row", "id", "url", "label")}
            changed.append(Change(**names, before=was[0], after=now[0], weights=(was[1], now[1])))
    return changed


def _rows(table: pa.Table) -> dict[tuple[int, int], dict[str, Any]]:
    return {(row["shard"], row["row"]): row for row in table.to_pylist()}


def _state(row: Mapping[str, Any], prefix: str) -> tuple[str | None, int]:
    return row[f"{prefix}reason"], row[f"{prefix}weight"]


def rows_of(
    store: Store,
    which: Iterable[Change],
    columns: Mapping[str, Sequence[str]],
    kept: str | None,
) -> Iterator[tuple[list[Change], pa.Table]]:
    """The rows of documents with columns of several steps, shard by shard.

    Args:
        store: the work folder.
        which: documents, in order.
        columns: step -> columns.
        kept: kept columns of the input, as a task is told; None for none.
    """
    plan = load_plan(store, "extract")
    assert plan is not None
    by_shard: dict[int, list[Change]] = {}
    for change in which:
        by_shard.setdefault(change.shard, []).append(change)
    for number, those in by_shard.items():
        shard = plan.shards[number].id
        at = np.array([change.row for change in those], np.int64)
        joined: pa.Table | None = None
        for step, names in columns.items():
            path = store.path(data_file(store, step, shard).key)
            part = parquet.take_rows(path, at, names)
            joined = part if joined is None else beside(joined, part)
        assert joined is not None
        yield those, Kept(store, shard, kept).named(joined)


def places_in(
    store: Store,
    label: str,
    columns: Mapping[str, Sequence[str]],
    name: Callable[[Mapping[str, Any]], Doc],
) -> dict[Doc, int]:
    """Document -> its place, of all documents of a label.

    Args:
        store: the work folder.
        label: the label.
        columns: step -> columns that ``name`` reads.
        name: how a published row of a document is known.
    """
    plan = load_plan(store, "extract")
    assert plan is not None
    places: dict[Doc, int] = {}
    for number, shard in enumerate(plan.shards):
        labels = read_columns(store, shard.id, {"identify": ("label",)})["label"]
        at = np.flatnonzero(np.array(labels.to_pylist(), dtype=object) == label)
        if not at.size:
            continue
        joined: pa.Table | None = None
        for step, names in columns.items():
            path = store.path(data_file(store, step, shard.id).key)
            part = parquet.take_rows(path, at, names)
            joined = part if joined is None else beside(joined, part)
        assert joined is not None
        for row, document in zip(at.tolist(), joined.to_pylist(), strict=True):
            places.setdefault(name(document), place_of(number, row))
    return places
