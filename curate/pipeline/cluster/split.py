"""The tasks of the cluster stage that take documents of shards to where they are compared.

Documents below their label's LID threshold are not compared: their cluster is null. A document
without words is a cluster of its own, and so is one that shares no band key with another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from curate.config.identified import LID
from curate.dedup.forest import ALONE, U32
from curate.io import parquet
from curate.io.commit import Attempt
from curate.io.store import Store
from curate.labels import NO_LANGUAGE
from curate.pipeline.cluster.plan import LabelPlan, UnionFiles
from curate.pipeline.cluster.shards import StartedUnit, Unit
from curate.stages.coded import as_floats
from curate.text.hashing import I64, U64
from curate.work.exchange import Ranges, ranges_name, write_grouped
from curate.work.seal import load_receipt
from curate.work.tables import language_configs, read_columns
from curate.work.task import ShardTask, shard_task

Bools = npt.NDArray[np.bool_]
Goals = I64 | U32 | npt.NDArray[np.uint16]
"""integer[n], numbers of partitions."""

ALONE_ROLE = "alone"
BANDS_ROLE = "bands"

ANSWER = pa.schema(
    [
        ("unit", pa.int32()),
        ("origin", pa.int32()),
        ("row", pa.int32()),
        ("cluster_id", pa.uint64()),
        ("cluster_size", pa.int64()),
    ]
)
"""The cluster of a document: its unit, the number of its shard, its row there."""

RECORD = pa.schema([("key", pa.uint64()), ("document", pa.uint32())])
"""A band key and the number of a document among those of its label in its unit."""


@dataclass(frozen=True)
class Compared:
    """The documents of one shard that are compared.

    Attributes:
        table: ``label, n_chars, band_keys, signature, id_hash, unit, origin, row, rank``.
        names: labels that occur.
        codes: int64[n], each row's label as a place in ``names``.
        is_signed: bool[n], False for a text without words.
        n_rows: documents of the shard, compared or not.
    """

    table: pa.Table
    names: list[str]
    codes: I64
    is_signed: Bools
    n_rows: int

    def rows_of(self, label_code: int) -> I64:
        """Signed rows of one label."""
        return np.flatnonzero(self.is_signed & (self.codes == label_code))


def read_unit(store: Store, unit: Unit, lowest: Mapping[str, float]) -> Iterator[Compared]:
    """The shards of one unit, one after the other."""
    for shard, number, rank in unit.shards:
        table = read_columns(
            store,
            shard,
            {
                "extract": ("id",),
                "identify": ("label", "lid_confidence"),
                # a property of the text: other stop words give other metrics, not another length
                "annotate": ("n_chars",),
                "sign": ("band_keys", "signature"),
            },
        )
        chosen = np.flatnonzero(reaches(table, lowest))
        rows = some_rows(table, chosen).combine_chunks()
        hashes = list(map(id_hash, rows["id"].cast(pa.binary()).to_pylist()))
        sent = rows.drop_columns(["lid_confidence", "id"])
        for name, values in (
            ("id_hash", pa.array(hashes, pa.uint64())),
            ("unit", pa.array(np.full(len(chosen), unit.number), pa.int32())),
            ("origin", pa.array(np.full(len(chosen), number), pa.int32())),
            ("row", pa.array(chosen, pa.int32())),
            ("rank", pa.array(np.full(len(chosen), rank), pa.int32())),
        ):
            sent = sent.append_column(name, values)
        labels = pc.dictionary_encode(sent["label"].combine_chunks())
        yield Compared(
            table=sent,
            names=labels.dictionary.to_pylist(),
            codes=labels.indices.to_numpy(zero_copy_only=False).astype(np.int64),
            is_signed=pc.is_valid(sent["signature"]).to_numpy(),
            n_rows=table.num_rows,
        )


def some_rows(table: pa.Table, rows: I64) -> pa.Table:
    """Different rows in their order; the table itself, and no copy, if these are all."""
    return table if len(rows) == table.num_rows else table.take(pa.array(rows))


id_hash = xxhash.xxh3_64_intdigest
"""The hash of a document's id in UTF-8, by which documents of equal length are ordered."""


def is_compared(table: pa.Table, configs: str) -> Bools:
    """bool[n]: documents at or above their label's LID threshold."""
    loaded = language_configs(configs)
    names = pc.unique(table["label"]).to_pylist()
    return reaches(table, {name: loaded.for_label(name).lid_threshold() for name in names})


def reaches(table: pa.Table, lowest: Mapping[str, float]) -> Bools:
    """bool[n]: documents whose confidence is at least their label's.

    Text without letters has no language, so there is nothing to compare it within.
    """
    labels = pc.dictionary_encode(table["label"].combine_chunks())
    names = labels.dictionary.to_pylist()
    if not names:
        return np.zeros(0, dtype=bool)
    codes = labels.indices.to_numpy(zero_copy_only=False)
    least = np.array([np.inf if n == NO_LANGUAGE else lowest[n] for n in names], dtype=np.float64)
    reached: Bools = as_floats(table["lid_confidence"]) >= least[codes]
    return reached


@dataclass
class Outgoing:
    """Rows on their way, with the number of the partition that each goes to."""

    tables: list[pa.Table] = field(default_factory=list)
    goals: list[I64] = field(default_factory=list)

    def add(self, table: pa.Table, rows: I64, goals: I64) -> None:
        """Send some rows of a table."""
        if rows.size:
            self.tables.append(some_rows(table, rows))
            self.goals.append(goals)

    def write(self, attempt: Attempt, schema: pa.Schema, role: str = "data") -> dict[str, Ranges]:
        """Write them grouped by partition; the entry of the receipt's counts."""
        table = pa.concat_tables(self.tables) if self.tables else schema.empty_table()
        self.tables = []
        goals = np.concatenate(self.goals) if self.goals else np.zeros(0, np.int64)
        return {ranges_name(role): _written(attempt, table, goals, role)}


@dataclass
class _Alone:
    """Answers for documents that are clusters of their own, and how many each label has."""

    tables: list[pa.Table] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=dict)

    def add(self, part: Compared, rows: I64) -> None:
        """Some rows of a shard."""
        some = part.table.take(pa.array(rows))
        ones = pa.array(np.ones(rows.size, np.int64))
        columns = (some["unit"], some["origin"], some["row"], some["id_hash"], ones)
        self.tables.append(pa.table(list(columns), schema=ANSWER))
        numbers = np.bincount(part.codes[rows], minlength=len(part.names)).tolist()
        for name, n in zip(part.names, numbers, strict=True):
            if n:
                self.counted[name] = self.counted.get(name, 0) + n

    def write(self, attempt: Attempt) -> dict[str, object]:
        """Write them as they are; the entries of the receipt's counts."""
        table = pa.concat_tables([ANSWER.empty_table(), *self.tables])
        ranges = _written(attempt, table, np.zeros(table.num_rows, np.int64), ALONE_ROLE)
        return {ranges_name(ALONE_ROLE): ranges, "alone": dict(sorted(self.counted.items()))}


@dataclass(frozen=True, slots=True)
class SplitSettings:
    """Which documents are compared, and where.

    Attributes:
        lowest: label -> LID confidence, 0 to 1, from which its documents are compared.
        labels: the partitions that labels go to.
    """

    lowest: Mapping[str, float]
    labels: LabelPlan


@shard_task(SplitSettings)
def split_unit(task: ShardTask[SplitSettings]) -> int:
    """Send documents of small labels whole, and the band keys of those of large labels."""
    direct = task.settings.labels.direct
    whole, lonely, records = Outgoing(), _Alone(), _Records(task.settings.labels.banded)
    n_rows = n_compared = 0
    sent_schema = None
    for part in read_unit(task.store, task.planned(Unit), task.settings.lowest):
        n_rows += part.n_rows
        n_compared += part.table.num_rows
        sent_schema = part.table.schema
        goals = np.array([direct.get(name, -1) for name in part.names], np.int64)[part.codes]
        rows = np.flatnonzero(part.is_signed & (goals >= 0))
        whole.add(part.table, rows, goals[rows])
        lonely.add(part, np.flatnonzero(~part.is_signed))
        for code, name in enumerate(part.names):
            if name not in direct:
                records.add(name, part, part.rows_of(code))
    assert sent_schema is not None
    with task.attempt() as attempt:
        counts: dict[str, object] = {**whole.write(attempt, sent_schema)}
        counts |= lonely.write(attempt)
        counts |= records.write(attempt)
        below = n_rows - n_compared
        attempt.commit(
            rows_in=n_rows,
            rows_out=n_compared,
            dropped={LID: below} if below else {},
            counts={**counts, "numbered": records.counted},
        )
    return n_rows


def _written(attempt: Attempt, table: pa.Table, goals: Goals, role: str) -> Ranges:
    """Rows that are mostly hashes, grouped."""
    return write_grouped(attempt, table.combine_chunks(), goals, role, compression="none")


@dataclass
class _Records:
    """Band keys of large labels, with the partition each goes to by its label and value."""

    banded: Mapping[str, tuple[int, int]]
    keys: list[U64] = field(default_factory=list)
    documents: list[U32] = field(default_factory=list)
    goals: list[U32] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=dict)

    def add(self, label: str, part: Compared, rows: I64) -> None:
        """Number documents in the order in which they come, and take their keys."""
        if not rows.size:
            return
        keys = keys_of(part.table.take(pa.array(rows)))
        first, n = self.banded[label]
        begin = self.counted.get(label, 0)
        self.counted[label] = begin + len(rows)
        numbers = np.arange(begin, begin + len(rows), dtype=np.uint32)
        flat = keys.reshape(-1)
        self.keys.append(flat)
        self.documents.append(np.repeat(numbers, keys.shape[1]))
        shares = ((flat >> np.uint64(32)) * np.uint64(n)) >> np.uint64(32)
        self.goals.append(shares.astype(np.uint32) + np.uint32(first))

    def write(self, attempt: Attempt) -> dict[str, Ranges]:
        """Write them grouped by partition; nothing at all where every label is small."""
        if not self.banded:
            return {}
        columns = [np.concatenate([np.zeros(0, np.uint64), *self.keys])]
        columns += [np.concatenate([np.zeros(0, np.uint32), *self.documents])]
        goals: Goals = np.concatenate([np.zeros(0, np.uint32), *self.goals])
        self.keys, self.documents, self.goals = [], [], []
        if goals.size and int(goals.max()) < 2**16:
            goals = goals.astype(np.uint16)  # sorted four times faster
        table = pa.table([pa.array(c) for c in columns], schema=RECORD)
        return {ranges_name(BANDS_ROLE): _written(attempt, table, goals, BANDS_ROLE)}


def keys_of(table: pa.Table) -> U64:
    """uint64[n, n_bands] of the column ``band_keys``, none of which is null."""
    n_bands = table.schema.field("band_keys").type.list_size
    keys: U64 = table["band_keys"].combine_chunks().flatten().to_numpy().reshape(-1, n_bands)
    return keys


@dataclass(frozen=True, slots=True)
class SendSettings:
    """Where the components of large labels go.

    Attributes:
        lowest: label -> LID confidence, 0 to 1, from which its documents are compared.
        unions: label -> where the partitions of its documents are written.
        source: the step that wrote them.
        first: label -> number of the first partition of its components.
    """

    lowest: Mapping[str, float]
    unions: Mapping[str, UnionFiles]
    source: str
    first: Mapping[str, int]


@shard_task(SendSettings)
def send_unit(task: ShardTask[SendSettings]) -> int:
    """Send documents of large labels to the partition of their component."""
    store, settings, unit = task.store, task.settings, task.planned(StartedUnit)
    numbered = dict(unit.starts)
    whole, lonely = Outgoing(), _Alone()
    n_rows = n_sent = 0
    schema = None
    for part in read_unit(store, unit, settings.lowest):
        schema = part.table.schema
        for code, name in enumerate(part.names):
            if name not in settings.first:
                continue
            rows, union = part.rows_of(code), settings.unions[name]
            goals = partitions_of(store, settings.source, union, numbered[name], len(rows))
            numbered[name] += len(rows)
            in_company = goals != ALONE
            places = goals[in_company].astype(np.int64) + settings.first[name]
            whole.add(part.table, rows[in_company], places)
            lonely.add(part, rows[~in_company])
            n_rows += len(rows)
            n_sent += len(places)
    assert schema is not None
    with task.attempt() as attempt:
        counts: dict[str, object] = {**whole.write(attempt, schema), **lonely.write(attempt)}
        attempt.commit(
            rows_in=n_rows,
            rows_out=n_sent,
            dropped={"shares no band key": n_rows - n_sent} if n_rows > n_sent else {},
            counts=counts,
        )
    return n_rows


def partitions_of(store: Store, step: str, union: UnionFiles, start: int, n: int) -> U32:
    """uint32[n]: partitions of the documents of a label numbered from ``start``."""
    rows = union.rows
    parts = [np.zeros(0, np.uint32)]
    for number in range(start // rows, -(-(start + n) // rows)):
        (entry,) = load_receipt(store, step, union.shards[number]).files_of("data")
        begin = max(0, start - number * rows)
        end = min(rows, start + n - number * rows)
        table = parquet.read_rows(store.path(entry.key), begin, end)
        parts.append(table["partition"].to_numpy())
    partitions: U32 = np.concatenate(parts)
    return partitions
