"""The tasks that find the components of a label by ranges of its documents.

Each round is a step of its own: a task reads the edges at the documents of its range, some at a
time, and sends those that it makes to the ranges of their ends; see :mod:`curate.dedup.stars`. When
no round changes an edge any more, sizes are counted, components packed in order, and each range
asks once for each component in it where that goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from curate.dedup.forest import U32, Numbers
from curate.dedup.stars import large_star, own_edges, pack_sizes, small_star, take_least
from curate.io import parquet
from curate.io.commit import Attempt
from curate.io.store import Store
from curate.pipeline.exchange import DATA, Piece, pieces, ranges_name, read_piece, write_grouped
from curate.pipeline.step import load_receipt
from curate.text.hashing import I64, U64

RANGE_GROUP_ROWS = 65_536

EDGE = ("node", "other")
"""A document of a range, and one that it is connected with."""

ROOT = ("root", "asker", "members")
"""The smallest document of a component, a range that has others of it, and how many."""

PLACE = ("root", "partition")


class Sender:
    """Writes rows to ranges as they come: a file grouped by range whenever there are enough.

    Args:
        attempt: writes the files.
        names: of the columns.
        settings: ``range``, documents of a range, and ``edges``, rows held at once.
    """

    def __init__(self, attempt: Attempt, names: Sequence[str], settings: Mapping[str, int]) -> None:
        self._attempt = attempt
        self._names = names
        self._most = settings["edges"]
        self._held: list[tuple[pa.Table, I64]] = []
        self._n_held = 0
        self.rows = 0
        self.counts: dict[str, Any] = {"files": 0}

    def send(self, goals: I64, *columns: Numbers | I64) -> None:
        """Rows, and the range that each goes to."""
        table = pa.table([pa.array(column) for column in columns], names=list(self._names))
        self._held.append((table, goals))
        self._n_held += len(goals)
        self.rows += len(goals)
        if self._n_held >= self._most:
            self.flush()

    def flush(self) -> None:
        """Write what is held; to be called at the end."""
        if not self._n_held:
            return
        tables, goals = zip(*self._held, strict=True)
        self._held, self._n_held = [], 0
        role = role_of(self.counts["files"])
        table = pa.concat_tables(tables).combine_chunks()
        goal = np.concatenate(goals)
        self.counts[ranges_name(role)] = write_grouped(
            self._attempt, table, goal, role, compression="none"
        )
        self.counts["files"] += 1


def role_of(number: int) -> str:
    """The role of a file among those that one task sends."""
    return f"sent-{number}"


def send_edges(
    attempt: Attempt, left: Numbers, right: Numbers, payload: Mapping[str, Any]
) -> dict[str, Any]:
    """Send edges to the ranges of both ends; what a receipt counts of it."""
    sender = Sender(attempt, EDGE, payload["ranges"])
    _send_both(sender, left.astype(np.uint64), right.astype(np.uint64), payload["ranges"])
    sender.flush()
    return sender.counts


def _send_both(sender: Sender, a: U64, b: U64, ranges: Mapping[str, int]) -> None:
    for node, other in ((a, b), (b, a)):
        sender.send(_goals(node, ranges), node, other)


def _goals(nodes: U64, ranges: Mapping[str, int]) -> I64:
    """int64[n]: the number of each document's range among those of all labels."""
    found: I64 = (nodes // np.uint64(ranges["range"])).astype(np.int64) + ranges["first"]
    return found


def _sent(
    store: Store, payload: Mapping[str, Any], step: str, names: Sequence[str]
) -> Iterator[list[Any]]:
    """What a step sent to this range, some rows at a time, as columns."""
    most = payload["ranges"]["edges"]
    for number in range(payload["settings"]["files"][step]):
        for piece in pieces(store, step, str(payload["number"]), role_of(number)):
            for start in range(piece.start, piece.stop, most):
                part = Piece(piece.key, start, min(start + most, piece.stop))
                table = read_piece(store, part)
                yield [table[name].to_numpy() for name in names]


def _least(store: Store, payload: Mapping[str, Any], source: str) -> tuple[U64, int, int]:
    """Smallest neighbours of the documents of a range, documents with several, and edges."""
    least = np.arange(payload["begin"], payload["end"], dtype=np.uint64)
    n_split = n_edges = 0
    for nodes, others in _sent(store, payload, source, EDGE):
        n_split += take_least(least, payload["begin"], nodes, others)
        n_edges += len(nodes)
    return least, n_split, n_edges


def star(payload: Mapping[str, Any]) -> dict[str, Any]:
    """One round for one range."""
    store, settings = Store(payload["work"]), payload["settings"]
    least, n_split, n_edges = _least(store, payload, settings["source"])
    first, ranges = payload["begin"], payload["ranges"]
    n_changed = 0
    with _attempt(store, payload) as attempt:
        sender = Sender(attempt, EDGE, ranges)
        for nodes, others in _sent(store, payload, settings["source"], EDGE):
            if settings["is_large"]:
                a, b, n = large_star(least, first, nodes, others)
                n_changed += n
                sender.send(_goals(a, ranges), a, b)
            else:
                _send_both(sender, *small_star(least, first, nodes, others), ranges)
        if not settings["is_large"]:
            _send_both(sender, *own_edges(least, first), ranges)
        sender.flush()
        _commit(attempt, payload, n_edges, {**sender.counts, "changed": n_changed + n_split})
    return {"rows": n_edges}


def send_roots(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Say of each component in a range how many of its documents, but for the first, are there."""
    store, ranges = Store(payload["work"]), payload["ranges"]
    parents, _, _ = _least(store, payload, payload["settings"]["source"])
    _, roots = own_edges(parents, payload["begin"])
    roots.sort()
    begins = np.flatnonzero(np.diff(roots, prepend=roots[:1] + np.uint64(1)))
    members = np.diff(begins, append=len(roots)).astype(np.uint64)
    roots = roots[begins]
    asker = np.full(len(roots), payload["number"], np.int64)
    with _attempt(store, payload) as attempt:
        _write_dense(attempt, "parent", parents)
        sender = Sender(attempt, ROOT, ranges)
        for at in range(0, len(roots), ranges["edges"]):
            part = slice(at, at + ranges["edges"])
            goals = _goals(roots[part], ranges)
            sender.send(goals, roots[part], asker[part], members[part])
        sender.flush()
        _commit(attempt, payload, len(parents), sender.counts)
    return {"rows": len(parents)}


def add_members(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Of each document of a range, how many others it is the smallest of."""
    store = Store(payload["work"])
    found = np.zeros(payload["end"] - payload["begin"], np.uint64)
    for roots, members in _sent(store, payload, payload["settings"]["source"], ROOT[::2]):
        np.add.at(found, (roots - np.uint64(payload["begin"])).astype(np.int64), members)
    with _attempt(store, payload) as attempt:
        _write_dense(attempt, "members", found)
        _commit(attempt, payload, len(found), {})
    return {"rows": len(found)}


def pack_label(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Pack the components of one label into partitions, in the order of their first documents."""
    store, rows = Store(payload["work"]), payload["settings"]["group_rows"]
    filled = np.zeros(2 * (payload["documents"] // rows) + 2, np.int64)
    state = np.zeros(3, np.int64)
    with _attempt(store, payload) as attempt:
        schema = pa.schema([("partition", pa.uint32())])
        writer = attempt.writer(schema, row_group_rows=RANGE_GROUP_ROWS)
        for shard in payload["shards"]:
            (entry,) = load_receipt(store, payload["settings"]["source"], shard).files_of(DATA)
            for table in parquet.iter_tables(store.path(entry.key), batch_rows=1 << 20):
                members = table["members"].to_numpy()
                partition = np.empty(len(members), np.uint32)
                pack_sizes(members, rows, partition, filled, state)
                writer.write(pa.table({"partition": partition}))
        n = int(state[0]) + bool(filled[state[0]])
        found = {
            "partitions": filled[:n].tolist(),
            "n_components": int(state[1]),
            "largest": int(state[2]),
        }
        _commit(attempt, payload, payload["documents"], found)
    return {"rows": payload["documents"]}


def answer_roots(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Tell the ranges that asked in which partition a component is."""
    store, settings = Store(payload["work"]), payload["settings"]
    packed = _packed(store, payload)
    n = 0
    with _attempt(store, payload) as attempt:
        sender = Sender(attempt, PLACE, payload["ranges"])
        for roots, askers in _sent(store, payload, settings["source"], ROOT[:2]):
            at = (roots - np.uint64(payload["begin"])).astype(np.int64)
            sender.send(askers, roots, packed[at])
            n += len(roots)
        sender.flush()
        _commit(attempt, payload, n, sender.counts)
    return {"rows": n}


def _packed(store: Store, payload: Mapping[str, Any]) -> U32:
    """uint32[n]: partitions of the components whose first documents are in this range."""
    (entry,) = load_receipt(store, payload["settings"]["packs"], payload["pack"]).files_of(DATA)
    table = parquet.read_rows(store.path(entry.key), payload["begin"], payload["end"])
    found: U32 = table["partition"].to_numpy()
    return found


def partition_of_range(payload: Mapping[str, Any]) -> U32:
    """uint32[n]: the partition of each document of a range, ALONE if it is connected with none."""
    store, settings = Store(payload["work"]), payload["settings"]
    (entry,) = load_receipt(store, settings["roots"], payload["shard"]).files_of(DATA)
    parents: U64 = parquet.read_table(store.path(entry.key))["parent"].to_numpy()
    found = _packed(store, payload).copy()
    told = list(_sent(store, payload, settings["answers"], PLACE))
    if told:
        roots = np.concatenate([roots for roots, _ in told])
        partition = np.concatenate([places for _, places in told])
        order = np.argsort(roots, kind="stable")
        roots, partition = roots[order], partition[order]
        is_own = parents == np.arange(payload["begin"], payload["end"], dtype=np.uint64)
        found[~is_own] = partition[np.searchsorted(roots, parents[~is_own])]
    return found


def counts_of_range(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What the receipt of a range counts: its label, and of the first range, what was packed."""
    found: dict[str, Any] = {"partitions": [], "n_components": 0, "largest": 0}
    if payload["shard"] == payload["leads"]:
        store = Store(payload["work"])
        found |= load_receipt(store, payload["settings"]["packs"], payload["pack"]).counts
    return {"label": payload["label"], **found}


def _write_dense(attempt: Attempt, name: str, values: U64) -> None:
    table = pa.table({name: values})
    attempt.writer(table.schema, row_group_rows=RANGE_GROUP_ROWS).write(table)


def _attempt(store: Store, payload: Mapping[str, Any]) -> Attempt:
    """At the one step that the payload is due for."""
    ((step, fingerprint),) = payload["due"].items()
    return Attempt(store, step=step, shard=payload["shard"], fingerprint=fingerprint)


def _commit(
    attempt: Attempt, payload: Mapping[str, Any], rows: int, counts: Mapping[str, Any]
) -> None:
    attempt.commit(rows_in=rows, rows_out=rows, counts=counts, bytes_in=payload["bytes_in"])
