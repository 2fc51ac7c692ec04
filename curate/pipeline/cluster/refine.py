"""The tasks that break up components too large for one task, by pairs that are verified.

Band keys meet by chance too, and chains of such pairs can connect a good part of a label. Of the
documents in such components signatures are sent with every key, so that candidates are verified
where keys are compared; what verified pairs connect is a component again, and mostly far smaller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from curate.dedup.components import matches_needed
from curate.dedup.forest import ALONE, U32, number_type
from curate.dedup.graph import edges_of_band
from curate.io import parquet
from curate.pipeline.cluster.group import bytes_of, joined, pack, write_edges, write_partition
from curate.pipeline.cluster.plan import LargePlan, UnionFiles
from curate.pipeline.cluster.shards import LabelPart, LabelRange, LabelUnion, StartedUnit
from curate.pipeline.cluster.split import Compared, Outgoing, keys_of, partitions_of, read_unit
from curate.pipeline.cluster.stars import (
    Packed,
    RangedUnion,
    packed_by_range,
    partition_of_range,
)
from curate.text.hashing import I64, U8, U64
from curate.work.exchange import pieces, read_piece
from curate.work.seal import load_receipt
from curate.work.task import ShardTask, shard_task


@dataclass(frozen=True, slots=True)
class KeysSettings:
    """Which components are large.

    Attributes:
        lowest: label -> LID confidence, 0 to 1, from which its documents are compared.
        unions: label -> where the partitions of its documents are written.
        large: the components, and where their keys go.
    """

    lowest: Mapping[str, float]
    unions: Mapping[str, UnionFiles]
    large: LargePlan


@shard_task(KeysSettings)
def send_keys(task: ShardTask[KeysSettings]) -> int:
    """Send every key of the documents in large components, with the signature."""
    store, settings, unit = task.store, task.settings, task.planned(StartedUnit)
    large = settings.large
    numbered = dict(unit.starts)
    sent = Outgoing()
    n_rows = n_sent = 0
    for part in read_unit(store, unit, settings.lowest):
        for code, name in enumerate(part.names):
            if name not in large.large:
                continue
            rows, union = part.rows_of(code), settings.unions[name]
            partition = partitions_of(store, "cluster.union", union, numbered[name], len(rows))
            at = np.flatnonzero(np.isin(partition, large.large[name]))
            numbers = (numbered[name] + at).astype(np.uint64)
            numbered[name] += len(rows)
            n_rows += len(rows)
            n_sent += len(at)
            if at.size:
                first, n = large.keys[name]
                table = _records(part, rows[at], numbers)
                share = table["key"].to_numpy() >> np.uint64(32)
                goals = first + ((share * np.uint64(n)) >> np.uint64(32)).astype(np.int64)
                sent.add(table, np.arange(table.num_rows), goals)
    with task.attempt() as attempt:
        attempt.commit(
            rows_in=n_rows,
            rows_out=n_sent,
            dropped={"component fits a task": n_rows - n_sent} if n_rows > n_sent else {},
            counts=sent.write(attempt, _RECORD.empty_table().schema),
        )
    return n_rows


_RECORD = pa.schema(
    [
        ("key", pa.uint64()),
        ("document", pa.uint64()),
        ("rank", pa.int32()),
        ("n_chars", pa.int64()),
        ("id_hash", pa.uint64()),
        ("signature", pa.binary()),
    ]
)
"""A key, the number of its document in the label, what orders documents, and the signature."""


def _records(part: Compared, rows: I64, numbers: U64) -> pa.Table:
    """One row for each band of each document."""
    some = part.table.take(pa.array(rows))
    keys = keys_of(some)
    again = pa.array(np.repeat(np.arange(len(rows)), keys.shape[1]))
    wide = some.select(["rank", "n_chars", "id_hash", "signature"]).take(again)
    columns = [pa.array(keys.reshape(-1)), pa.array(np.repeat(numbers, keys.shape[1]))]
    columns += [wide["rank"], wide["n_chars"].cast(pa.int64()), wide["id_hash"], wide["signature"]]
    return pa.table(columns, names=_RECORD.names)


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """Which pairs are alike.

    Attributes:
        min_similarity: least estimated Jaccard similarity, 0 to 1.
    """

    min_similarity: float


@shard_task(CheckSettings)
def check_partition(task: ShardTask[CheckSettings]) -> int:
    """Verify the candidates of one range of keys."""
    part = task.planned(LabelPart)
    keys = pieces(task.store, "cluster.keys", str(part.number))
    tables = [read_piece(task.store, piece) for piece in keys]
    n = sum(len(piece) for piece in keys)
    kind = number_type(is_wide=part.is_wide)
    left = right = np.zeros(0, np.uint64)
    if n:
        table = pa.concat_tables(tables).combine_chunks()
        del tables
        signed = bytes_of(table["signature"].combine_chunks())
        left, right = _verified(table, signed, task.settings.min_similarity)
    with task.attempt() as attempt:
        counts = write_edges(attempt, left.astype(kind), right.astype(kind), part)
        attempt.commit(
            rows_in=n,
            rows_out=len(left),
            dropped={"no verified pair": n - len(left)},
            counts=counts,
        )
    return n


def _verified(table: pa.Table, signed: U8, min_similarity: float) -> tuple[U64, U64]:
    """The ends of each verified star edge, as documents.

    Copies of a document meet in every run as it does and join the same centre, so that they need
    not be united before.
    """
    keys = table["key"].to_numpy()
    n_chars, rank = table["n_chars"].to_numpy(), table["rank"].to_numpy()
    documents, order = table["document"].to_numpy(), table["id_hash"].to_numpy()
    first = np.lexsort((documents, order, -n_chars, rank)).astype(np.int64)
    needed = matches_needed(min_similarity, signed.shape[1])
    counts = np.zeros(3, np.int64)
    column = keys[first]
    left, right = edges_of_band(keys.reshape(-1, 1), 0, column, signed, first, needed, counts)
    return documents[first[left]], documents[first[right]]


@dataclass(frozen=True, slots=True)
class RefineSettings:
    """How components that were broken up are packed.

    Attributes:
        group_rows: documents of a partition.
        large: label -> partitions of components that were broken up.
        ranged: the steps before this one for labels that are united by ranges; None if no label is.
    """

    group_rows: int
    large: Mapping[str, Sequence[int]]
    ranged: RangedUnion | None = None


@shard_task(RefineSettings)
def unite(task: ShardTask[RefineSettings]) -> int:
    """Pack what verified pairs connect; documents of other components stay where they are."""
    store, settings, part = task.store, task.settings, task.planned(LabelPart)
    leads, refined, packed = _refined(task)
    before = load_receipt(store, "cluster.union", task.shard)
    first = load_receipt(store, "cluster.union", leads)
    (entry,) = before.files_of("data")
    old: U32 = parquet.read_table(store.path(entry.key))["partition"].to_numpy()
    rows = [0 if m > settings.group_rows else m for m in first.counts["partitions"]]
    is_large = np.isin(old, settings.large.get(part.label, []))
    moved = is_large & (refined != ALONE)
    partition = np.where(is_large, ALONE, old)
    partition[moved] = refined[moved] + np.uint32(len(rows))
    counts = {
        **before.counts,
        "partitions": rows + packed.partitions if before.counts["partitions"] else [],
        "n_refined": packed.n_components,
        "largest_refined": packed.largest,
    }
    with task.attempt() as attempt:
        write_partition(attempt, partition)
        attempt.commit(rows_in=len(old), rows_out=len(old), counts=counts)
    return len(old)


def _refined(task: ShardTask[RefineSettings]) -> tuple[str, U32, Packed]:
    """The components that verified pairs connect.

    Returns:
        The shard whose receipt has the partitions of the whole label; the partition of each
        document here, counted from the first new one; the new partitions.
    """
    store, shard, settings = task.store, task.shard, task.settings
    if task.planned(LabelPart).is_wide:
        part, ranged = task.planned(LabelRange), settings.ranged
        assert ranged is not None, shard
        partition = partition_of_range(store, shard, part, ranged)
        return part.leads, partition, packed_by_range(store, shard, part, ranged)
    union = task.planned(LabelUnion)
    assert union.checked is not None, shard
    parents, _ = joined(store, "cluster.check", union.checked, union)
    return shard, *pack(parents, settings.group_rows)
