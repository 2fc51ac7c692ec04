"""The tasks of the cluster stage that compare documents: keys, components, clusters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate import schema
from curate.dedup.components import ClusterParams, cluster
from curate.dedup.forest import (
    U32,
    Numbers,
    join_edges,
    no_parents,
    number_type,
    pack_components,
    star_edges,
)
from curate.io import parquet
from curate.io.commit import Attempt
from curate.io.store import Store
from curate.pipeline.cluster.counts import host_counts
from curate.pipeline.cluster.shards import (
    LabelPart,
    LabelRange,
    LabelUnion,
    Partition,
    PlacedShard,
    Unit,
)
from curate.pipeline.cluster.split import ALONE_ROLE, ANSWER, BANDS_ROLE, keys_of
from curate.pipeline.cluster.stars import (
    Packed,
    RangedUnion,
    packed_by_range,
    partition_of_range,
    send_edges,
)
from curate.text.hashing import I64, U8, U64
from curate.work.exchange import (
    Piece,
    piece_of,
    pieces,
    read_piece,
    receipts_of,
    write_grouped,
)
from curate.work.seal import load_receipt
from curate.work.tables import data_file
from curate.work.task import Nothing, ShardTask, shard_task

COMPACTED_DOCUMENTS = 64_000_000
"""Documents of a label up to which a partition's edges are reduced to a forest, with 4 bytes for
each. In the partitions of a larger label hardly a document is found twice, and the edges of one
band are a forest already."""

UNION_GROUP_ROWS = 65_536


@shard_task(Nothing)
def pair_partition(task: ShardTask[Nothing]) -> int:
    """Join the documents of one label that share a key in one range of keys."""
    part = task.planned(LabelPart)
    keys, documents = _records(task.store, part)
    n_parents = part.documents if part.documents <= COMPACTED_DOCUMENTS else 0
    parents = no_parents(n_parents, is_wide=part.is_wide)
    left, right = star_edges(keys, documents, parents)
    with task.attempt() as attempt:
        counts = write_edges(attempt, left, right, part)
        attempt.commit(
            rows_in=len(keys),
            rows_out=len(left),
            dropped={"no new edge": len(keys) - len(left)},
            counts=counts,
        )
    return len(keys)


def write_edges(
    attempt: Attempt, left: Numbers, right: Numbers, part: LabelPart
) -> dict[str, object]:
    """Write edges for the tasks that unite the label: one, or one for each range of documents.

    Returns:
        The entries of the receipt's counts.
    """
    if part.is_wide:
        return send_edges(attempt, left, right, part.ranges)
    attempt.write(pa.table({"left": left, "right": right}))
    return {}


def _records(store: Store, part: LabelPart) -> tuple[U64, Numbers]:
    """Keys, and numbers of documents among those of the label in all units."""
    starts: list[tuple[Piece, int]] = []
    start = 0
    for receipt in receipts_of(store, "cluster.split"):
        piece = piece_of(receipt, str(part.number), BANDS_ROLE)
        if piece is not None:
            starts.append((piece, start))
        start += receipt.counts["numbered"].get(part.label, 0)
    n = sum(len(piece) for piece, _ in starts)
    kind = number_type(is_wide=part.is_wide)
    keys, documents = np.empty(n, np.uint64), np.empty(n, kind)
    at = 0
    for piece, start in starts:
        table = read_piece(store, piece)
        keys[at : at + len(piece)] = table["key"].to_numpy()
        documents[at : at + len(piece)] = table["document"].to_numpy().astype(kind) + kind(start)
        at += len(piece)
    return keys, documents


def joined(
    store: Store, step: str, shards: Sequence[str], union: LabelUnion
) -> tuple[Numbers, int]:
    """Parents of a label's documents after all edges of some shards, and how many edges."""
    parents, n_edges = no_parents(union.documents, is_wide=union.is_wide), 0
    for shard in shards:
        (entry,) = load_receipt(store, step, shard).files_of("data")
        for edges in parquet.iter_tables(store.path(entry.key), batch_rows=1 << 20):
            join_edges(parents, edges["left"].to_numpy(), edges["right"].to_numpy())
            n_edges += edges.num_rows
    return parents, n_edges


def write_partition(attempt: Attempt, partition: U32) -> None:
    """Write the partition of each document of a label, to be read by ranges of documents."""
    table = pa.table({"partition": partition})
    attempt.writer(table.schema, row_group_rows=UNION_GROUP_ROWS).write(table)


@dataclass(frozen=True, slots=True)
class UniteSettings:
    """How components are packed.

    Attributes:
        group_rows: documents of a partition.
        ranged: the steps before this one for labels that are united by ranges; None if no label is.
    """

    group_rows: int
    ranged: RangedUnion | None = None


@shard_task(UniteSettings)
def unite(task: ShardTask[UniteSettings]) -> int:
    """The partition of each document of a label, or of a range of its documents."""
    return _unite_range(task) if task.planned(LabelPart).is_wide else _unite_label(task)


def _unite_range(task: ShardTask[UniteSettings]) -> int:
    """Bring together the results of the rounds before."""
    part, ranged = task.planned(LabelRange), task.settings.ranged
    assert ranged is not None, task.shard
    partition = partition_of_range(task.store, task.shard, part, ranged)
    packed = packed_by_range(task.store, task.shard, part, ranged)
    with task.attempt() as attempt:
        write_partition(attempt, partition)
        counts = {"label": part.label, **asdict(packed)}
        attempt.commit(rows_in=part.rows, rows_out=part.rows, counts=counts)
    return part.rows


def _unite_label(task: ShardTask[UniteSettings]) -> int:
    """Find the components of one label, and pack them into partitions."""
    union = task.planned(LabelUnion)
    parents, n_edges = joined(task.store, "cluster.pairs", union.partitions, union)
    partition, packed = pack(parents, task.settings.group_rows)
    with task.attempt() as attempt:
        write_partition(attempt, partition)
        counts = {"label": union.label, **asdict(packed), "n_edges": n_edges}
        attempt.commit(rows_in=union.documents, rows_out=union.documents, counts=counts)
    return union.documents


def pack(parents: Numbers, group_rows: int) -> tuple[U32, Packed]:
    """The partition of each document of a label by its component, and the partitions."""
    partition, rows, n_components, largest = pack_components(parents, group_rows)
    return partition, Packed(rows.tolist(), n_components, largest)


@dataclass(frozen=True)
class Documents:
    """Documents of one partition, as arrays.

    Args:
        keys: uint64[n, n_bands].
        signatures: uint8[n, n_hashes].
        order: uint64[n], hash of the id.
        n_chars: int64[n].
        rank: int64[n], place of the snapshot.
        codes: int32[n], label as a place in ``names``.
        origin: int32[n, 3], unit, number of the shard, row there.
        names: labels.
    """

    keys: U64
    signatures: U8
    order: U64
    n_chars: I64
    rank: I64
    codes: I64
    origin: I64
    names: list[str]

    @classmethod
    def read(cls, store: Store, parts: Sequence[Piece]) -> Documents:
        """Fill arrays made for all pieces, so that no document is held twice."""
        n, at = sum(len(piece) for piece in parts), 0
        places: dict[str, int] = {}
        arrays: list[npt.NDArray[Any]] = []
        for piece in parts:
            table = read_piece(store, piece)
            labels = pc.dictionary_encode(table["label"].combine_chunks())
            place = [places.setdefault(x, len(places)) for x in labels.dictionary.to_pylist()]
            columns = (
                keys_of(table),
                bytes_of(table["signature"].combine_chunks()),
                table["id_hash"].to_numpy(),
                table["n_chars"].to_numpy().astype(np.int64),
                table["rank"].to_numpy().astype(np.int64),
                np.array(place, np.int32)[labels.indices.to_numpy(zero_copy_only=False)],
                np.stack([table[name].to_numpy() for name in ANSWER.names[:3]], axis=1),
            )
            arrays = arrays or [np.empty((n, *c.shape[1:]), c.dtype) for c in columns]
            for whole, column in zip(arrays, columns, strict=True):
                whole[at : at + len(piece)] = column
            at += len(piece)
        keys, signatures, order, n_chars, rank, codes, origin = arrays
        return cls(keys, signatures, order, n_chars, rank, codes, origin, list(places))

    def of_label(self, code: int) -> tuple[I64, Documents]:
        """The rows of one label, and their documents."""
        rows = np.flatnonzero(self.codes == code)
        if len(rows) == len(self.codes):
            return rows, self
        return rows, Documents(
            self.keys[rows],
            self.signatures[rows],
            self.order[rows],
            self.n_chars[rows],
            self.rank[rows],
            self.codes[rows],
            self.origin[rows],
            self.names,
        )


def bytes_of(column: pa.FixedSizeBinaryArray) -> U8:
    """uint8[n, width] of values none of which is null, without a copy."""
    width = column.type.byte_width
    flat = np.frombuffer(column.buffers()[1], np.uint8)
    return flat[column.offset * width : (column.offset + len(column)) * width].reshape(-1, width)


@dataclass(frozen=True, slots=True)
class GroupSettings:
    """How documents are clustered.

    Attributes:
        cluster: which are near-duplicates.
        n_direct: partitions that ``cluster.split`` sent; ``cluster.send`` sent those after them.
    """

    cluster: ClusterParams
    n_direct: int


@shard_task(GroupSettings)
def group_partition(task: ShardTask[GroupSettings]) -> int:
    """Cluster every label of one partition and send the answers back to their units."""
    number = task.planned(Partition).number
    source = "cluster.split" if number < task.settings.n_direct else "cluster.send"
    parts = pieces(task.store, source, str(number))
    counts: dict[str, dict[str, int]] = {}
    answers = []
    if parts:
        documents = Documents.read(task.store, parts)
        answers = list(_answers(documents, task.settings.cluster, counts))
    answer = pa.concat_tables(answers) if answers else ANSWER.empty_table()
    with task.attempt() as attempt:
        ranges = write_grouped(attempt, answer, answer["unit"].to_numpy())
        attempt.commit(
            rows_in=answer.num_rows,
            rows_out=answer.num_rows,
            counts={"labels": counts, "ranges": ranges},
        )
    return int(answer.num_rows)


def _answers(
    documents: Documents, params: ClusterParams, counts: dict[str, dict[str, int]]
) -> Iterator[pa.Table]:
    """The answers for each label; its counts are added to ``counts``."""
    for code, name in enumerate(documents.names):
        _, some = documents.of_label(code)
        clusters = cluster(
            some.keys,
            some.signatures,
            some.order,
            params,
            n_chars=some.n_chars,
            rank=some.rank,
        )
        counts[name] = {
            "n_documents": len(some.order),
            "n_clusters": int(np.count_nonzero(clusters.cluster == np.arange(len(some.order)))),
            "n_candidate_pairs": clusters.n_candidate_pairs,
            "n_verified_pairs": clusters.n_verified_pairs,
            "n_exact_copies": clusters.n_exact_copies,
            "n_uncompared": clusters.n_uncompared,
        }
        columns = (*some.origin.T, some.order[clusters.cluster], clusters.size)
        yield pa.table([pa.array(c) for c in columns], schema=ANSWER)


@dataclass(frozen=True, slots=True)
class ReturnSettings:
    """Where answers are.

    Attributes:
        alone: steps that answered for documents that are clusters of their own.
    """

    alone: tuple[str, ...]


@shard_task(ReturnSettings)
def return_unit(task: ShardTask[ReturnSettings]) -> int:
    """Bring the answers for one unit together, grouped by shard."""
    store, unit = task.store, task.planned(Unit)
    parts = [
        piece
        for step in task.settings.alone
        if (piece := piece_of(load_receipt(store, step, task.shard), "0", ALONE_ROLE)) is not None
    ]
    parts += pieces(store, "cluster.group", str(unit.number))
    tables = [read_piece(store, piece) for piece in parts]
    answer = pa.concat_tables(tables) if tables else ANSWER.empty_table()
    with task.attempt() as attempt:
        ranges = write_grouped(attempt, answer.combine_chunks(), answer["origin"].to_numpy())
        attempt.commit(rows_in=answer.num_rows, rows_out=answer.num_rows, counts={"ranges": ranges})
    return int(answer.num_rows)


@shard_task(Nothing)
def gather_shard(task: ShardTask[Nothing]) -> int:
    """Write the clusters sidecar of one document shard."""
    store, document_shard = task.store, task.planned(PlacedShard)
    rows = document_shard.rows
    ids = np.zeros(rows, dtype=np.uint64)
    sizes = np.zeros(rows, dtype=np.int64)
    receipt = load_receipt(store, "cluster.return", document_shard.unit)
    piece = piece_of(receipt, str(document_shard.number))
    if piece is not None:
        part = read_piece(store, piece)
        position = part["row"].to_numpy()
        ids[position] = part["cluster_id"].to_numpy()
        sizes[position] = part["cluster_size"].to_numpy()
    blank = sizes == 0
    table = pa.table(
        [pa.array(ids, mask=blank), pa.array(sizes, mask=blank)], schema=schema.CLUSTERS.schema()
    )
    with task.attempt() as attempt:
        attempt.write(table)
        extracted = store.path(data_file(store, "extract", task.shard).key)
        hosts = host_counts(parquet.read_table(extracted, ["url"])["url"], sizes)
        attempt.commit(rows_in=rows, rows_out=rows, counts={"hosts": hosts})
    return rows
