"""The tasks that find the components of a label by ranges of its documents.

Each round is a step of its own: a task reads the edges at the documents of its range, some at a
time, and sends those that it makes to the ranges of their ends; see :mod:`curate.dedup.stars`. When
no round changes an edge any more, sizes are counted, components packed in order, and each range
asks once for each component in it where that goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.dedup.forest import U32, Numbers
from curate.dedup.stars import large_star, own_edges, pack_sizes, small_star, take_least
from curate.io import parquet
from curate.io.commit import Attempt
from curate.io.store import Store
from curate.pipeline.cluster.shards import LabelPack, LabelPart, LabelRange, Ranges
from curate.text.hashing import I64, U64
from curate.work.exchange import DATA, Piece, pieces, ranges_name, read_piece, write_grouped
from curate.work.exchange import Ranges as RowRanges
from curate.work.seal import load_receipt
from curate.work.task import ShardTask, from_json, shard_task, to_json

RANGE_GROUP_ROWS = 65_536

EDGE = ("node", "other")
"""A document of a range, and one that it is connected with."""

ROOT = ("root", "asker", "members")
"""The smallest document of a component, a range that has others of it, and how many."""

PLACE = ("root", "partition")


@dataclass(frozen=True, slots=True)
class Sent:
    """A step whose tasks sent rows to ranges.

    Attributes:
        step: its name.
        files: how many files one of its tasks wrote, at most.
    """

    step: str
    files: int


class Sender:
    """Writes rows to ranges as they come: a file grouped by range whenever there are enough.

    Args:
        attempt: writes the files.
        names: of the columns.
        most: rows held at once.
    """

    def __init__(self, attempt: Attempt, names: Sequence[str], most: int) -> None:
        self._attempt = attempt
        self._names = names
        self._most = most
        self._held: list[tuple[pa.Table, I64]] = []
        self._n_held = 0
        self.rows = 0
        self.files = 0
        self._row_ranges: dict[str, RowRanges] = {}

    @property
    def counts(self) -> dict[str, object]:
        """The entries of the receipt's counts."""
        return {"files": self.files, **self._row_ranges}

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
        role = role_of(self.files)
        table = pa.concat_tables(tables).combine_chunks()
        goal = np.concatenate(goals)
        self._row_ranges[ranges_name(role)] = write_grouped(
            self._attempt, table, goal, role, compression="none"
        )
        self.files += 1


def role_of(number: int) -> str:
    """The role of a file among those that one task sends."""
    return f"sent-{number}"


def send_edges(
    attempt: Attempt, left: Numbers, right: Numbers, ranges: Ranges
) -> dict[str, object]:
    """Send edges to the ranges of both ends.

    Returns:
        The entries of the receipt's counts.
    """
    sender = Sender(attempt, EDGE, ranges.edges)
    _send_both(sender, left.astype(np.uint64), right.astype(np.uint64), ranges)
    sender.flush()
    return sender.counts


def _send_both(sender: Sender, a: U64, b: U64, ranges: Ranges) -> None:
    for node, other in ((a, b), (b, a)):
        sender.send(_goals(node, ranges), node, other)


def _goals(nodes: U64, ranges: Ranges) -> I64:
    """int64[n]: the number of each document's range among those of all labels."""
    goals: I64 = (nodes // np.uint64(ranges.range)).astype(np.int64) + ranges.first
    return goals


def _received(
    store: Store, part: LabelPart, sent: Sent, names: Sequence[str]
) -> Iterator[list[npt.NDArray[Any]]]:
    """The rows that a step sent to this range, some at a time, as columns."""
    most = part.ranges.edges
    for number in range(sent.files):
        for piece in pieces(store, sent.step, str(part.number), role_of(number)):
            for start in range(piece.start, piece.stop, most):
                some = Piece(piece.key, start, min(start + most, piece.stop))
                table = read_piece(store, some)
                yield [table[name].to_numpy() for name in names]


def _least(store: Store, part: LabelRange, sent: Sent) -> tuple[U64, int, int]:
    """Smallest neighbours of the documents of a range, documents with several, and edges."""
    least = np.arange(part.begin, part.end, dtype=np.uint64)
    n_split = n_edges = 0
    for nodes, others in _received(store, part, sent, EDGE):
        n_split += take_least(least, part.begin, nodes, others)
        n_edges += len(nodes)
    return least, n_split, n_edges


@dataclass(frozen=True, slots=True)
class StarSettings:
    """A round.

    Attributes:
        source: the step that made the edges.
        is_large: it is one of large stars; else one of small stars.
    """

    source: Sent
    is_large: bool


@shard_task(StarSettings)
def star(task: ShardTask[StarSettings]) -> int:
    """One round for one range."""
    store, part, source = task.store, task.planned(LabelRange), task.settings.source
    least, n_split, n_edges = _least(store, part, source)
    first, ranges = part.begin, part.ranges
    n_changed = 0
    with task.attempt() as attempt:
        sender = Sender(attempt, EDGE, ranges.edges)
        for nodes, others in _received(store, part, source, EDGE):
            if task.settings.is_large:
                a, b, n = large_star(least, first, nodes, others)
                n_changed += n
                sender.send(_goals(a, ranges), a, b)
            else:
                _send_both(sender, *small_star(least, first, nodes, others), ranges)
        if not task.settings.is_large:
            _send_both(sender, *own_edges(least, first), ranges)
        sender.flush()
        counts = {**sender.counts, "changed": n_changed + n_split}
        attempt.commit(rows_in=n_edges, rows_out=n_edges, counts=counts)
    return n_edges


@shard_task(Sent)
def send_roots(task: ShardTask[Sent]) -> int:
    """Say of each component in a range how many of its documents, but for the first, are there."""
    part = task.planned(LabelRange)
    parents, _, _ = _least(task.store, part, task.settings)
    _, roots = own_edges(parents, part.begin)
    roots.sort()
    begins = np.flatnonzero(np.diff(roots, prepend=roots[:1] + np.uint64(1)))
    members = np.diff(begins, append=len(roots)).astype(np.uint64)
    roots = roots[begins]
    asker = np.full(len(roots), part.number, np.int64)
    most = part.ranges.edges
    with task.attempt() as attempt:
        _write_dense(attempt, "parent", parents)
        sender = Sender(attempt, ROOT, most)
        for at in range(0, len(roots), most):
            some = slice(at, at + most)
            goals = _goals(roots[some], part.ranges)
            sender.send(goals, roots[some], asker[some], members[some])
        sender.flush()
        attempt.commit(rows_in=part.rows, rows_out=part.rows, counts=sender.counts)
    return part.rows


@shard_task(Sent)
def add_members(task: ShardTask[Sent]) -> int:
    """Of each document of a range, how many others it is the smallest of."""
    part = task.planned(LabelRange)
    members = np.zeros(part.rows, np.uint64)
    for roots, others in _received(task.store, part, task.settings, ROOT[::2]):
        np.add.at(members, (roots - np.uint64(part.begin)).astype(np.int64), others)
    with task.attempt() as attempt:
        _write_dense(attempt, "members", members)
        attempt.commit(rows_in=part.rows, rows_out=part.rows)
    return part.rows


@dataclass(frozen=True, slots=True)
class PackSettings:
    """How components are packed.

    Attributes:
        source: the step that counted the members of components.
        group_rows: documents of a partition.
    """

    source: str
    group_rows: int


@dataclass(frozen=True, slots=True)
class Packed:
    """The partitions that the components of a label were packed into.

    Attributes:
        partitions: documents of each partition.
        n_components: components of two documents and more.
        largest: documents of the largest.
    """

    partitions: list[int]
    n_components: int
    largest: int


@shard_task(PackSettings)
def pack_label(task: ShardTask[PackSettings]) -> int:
    """Pack the components of one label into partitions, in the order of their first documents."""
    label, most = task.planned(LabelPack), task.settings.group_rows
    filled = np.zeros(2 * (label.documents // most) + 2, np.int64)
    state = np.zeros(3, np.int64)
    with task.attempt() as attempt:
        schema = pa.schema([("partition", pa.uint32())])
        writer = attempt.writer(schema, row_group_rows=RANGE_GROUP_ROWS)
        for shard in label.shards:
            (entry,) = load_receipt(task.store, task.settings.source, shard).files_of(DATA)
            for table in parquet.iter_tables(task.store.path(entry.key), batch_rows=1 << 20):
                members = table["members"].to_numpy()
                partition = np.empty(len(members), np.uint32)
                pack_sizes(members, most, partition, filled, state)
                writer.write(pa.table({"partition": partition}))
        n = int(state[0]) + bool(filled[state[0]])
        packed = Packed(filled[:n].tolist(), n_components=int(state[1]), largest=int(state[2]))
        attempt.commit(rows_in=label.documents, rows_out=label.documents, counts=to_json(packed))
    return label.documents


@dataclass(frozen=True, slots=True)
class AnswerSettings:
    """Where questions and answers are.

    Attributes:
        source: the step that sent the components of each range to where their firsts are.
        packs: the step that packed the components of each label.
    """

    source: Sent
    packs: str


@shard_task(AnswerSettings)
def answer_roots(task: ShardTask[AnswerSettings]) -> int:
    """Tell the ranges that asked in which partition a component is."""
    store, part = task.store, task.planned(LabelRange)
    partition = _packed(store, part, task.settings.packs)
    n = 0
    with task.attempt() as attempt:
        sender = Sender(attempt, PLACE, part.ranges.edges)
        for roots, askers in _received(store, part, task.settings.source, ROOT[:2]):
            at = (roots - np.uint64(part.begin)).astype(np.int64)
            sender.send(askers, roots, partition[at])
            n += len(roots)
        sender.flush()
        attempt.commit(rows_in=n, rows_out=n, counts=sender.counts)
    return n


def _packed(store: Store, part: LabelRange, packs: str) -> U32:
    """uint32[n]: partitions of the components whose first documents are in this range."""
    (entry,) = load_receipt(store, packs, part.pack).files_of(DATA)
    table = parquet.read_rows(store.path(entry.key), part.begin, part.end)
    partition: U32 = table["partition"].to_numpy()
    return partition


@dataclass(frozen=True, slots=True)
class RangedUnion:
    """The steps in which the labels that are united by ranges were.

    Attributes:
        roots: the step that wrote the first document of each one's component.
        packs: the step that packed the components of each label.
        answers: the step that told each range where its components are.
    """

    roots: str
    packs: str
    answers: Sent


def partition_of_range(store: Store, shard: str, part: LabelRange, ranged: RangedUnion) -> U32:
    """uint32[n]: the partition of each document of a range, ALONE if it is connected with none."""
    (entry,) = load_receipt(store, ranged.roots, shard).files_of(DATA)
    parents: U64 = parquet.read_table(store.path(entry.key))["parent"].to_numpy()
    partition = _packed(store, part, ranged.packs).copy()
    answers = list(_received(store, part, ranged.answers, PLACE))
    if answers:
        roots = np.concatenate([roots for roots, _ in answers])
        places = np.concatenate([places for _, places in answers])
        order = np.argsort(roots, kind="stable")
        roots, places = roots[order], places[order]
        is_own = parents == np.arange(part.begin, part.end, dtype=np.uint64)
        partition[~is_own] = places[np.searchsorted(roots, parents[~is_own])]
    return partition


def packed_by_range(store: Store, shard: str, part: LabelRange, ranged: RangedUnion) -> Packed:
    """How a label was packed, if this is its first range; else nothing, as all are added up."""
    if shard != part.leads:
        return Packed([], n_components=0, largest=0)
    return from_json(Packed, load_receipt(store, ranged.packs, part.pack).counts)


def _write_dense(attempt: Attempt, name: str, values: U64) -> None:
    table = pa.table({name: values})
    attempt.writer(table.schema, row_group_rows=RANGE_GROUP_ROWS).write(table)
