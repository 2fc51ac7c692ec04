"""The tasks of the rebalance stage: one representative per cluster, and weights.

Like those of ``cluster`` they take document shards in units, so that row ranges stay few.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.pipeline.cluster.shards import Partition, PlacedShard, Unit
from curate.pipeline.decide.blocked import (
    PAGE,
    Chosen,
    alone_blocked,
    bars,
    chosen,
    read_for,
    scopes_of,
)
from curate.pipeline.decide.outcomes import count_outcomes
from curate.pipeline.decide.taken_rows import concerned_rows
from curate.stages.rebalance import decide
from curate.work.exchange import piece_of, read_grouped, read_piece, write_grouped
from curate.work.seal import load_receipt
from curate.work.tables import read_columns
from curate.work.task import Nothing, ShardTask, shard_task

PARTITION_ROWS = 4_000_000

SIZES = pa.schema(
    [
        ("label", pa.string()),
        ("cluster_size", pa.int64()),
        ("n_members", pa.int64()),
        ("n_dropped", pa.int64()),
        ("n_clusters", pa.int64()),
        ("n_kept", pa.int64()),
    ]
)
"""Per (label, cluster size): members, members that fail selection, clusters, clusters kept."""

AMOUNTS = pa.schema(
    [
        ("label", pa.string()),
        ("cluster_size", pa.int64()),
        ("characters", pa.int64()),
        ("words", pa.int64()),
    ]
)
"""Per (label, cluster size): characters and words of the representatives that are kept."""


READ = {
    "extract": ("id",),
    "identify": ("label",),
    "annotate": ("n_chars", "n_words", "mean_word_chars", "upper_case_fraction"),
    "cluster": ("cluster_id", "cluster_size"),
    "select": ("drop_reason",),
}

ANSWER = pa.schema(
    [
        ("origin", pa.int32()),
        ("row", pa.int64()),
        ("is_representative", pa.bool_()),
        ("stood", pa.bool_()),
        ("blocked", pa.int8()),
        ("barred", pa.int8()),
    ]
)
"""Of a member of a cluster: the number of its shard, its row there, and the answer; see
:class:`curate.pipeline.decide.blocked.Chosen`."""


@dataclass(frozen=True, slots=True)
class SplitSettings:
    """Where members of clusters go.

    Attributes:
        n_partitions: by the cluster's number modulo this.
        closes: which blocked pages close their clusters.
        lists: digest of what was taken down; empty for nothing.
        screened: whether there is a stage `screen`.
    """

    n_partitions: int
    closes: str = PAGE
    lists: str = ""
    screened: bool = False


@dataclass(frozen=True, slots=True)
class GroupSettings:
    """How a representative is chosen.

    Attributes:
        regardless: whether its verdict does not matter, as in FineWeb2.
    """

    regardless: bool


@dataclass(frozen=True, slots=True)
class WeightSettings:
    """How often each document is published.

    Attributes:
        weights: label -> {smallest cluster size, in digits: repetitions}.
        factors: label -> what the mixture multiplies its weights by, where that is not 1.
        limit: repetitions of a document at most.
        lists: digest of what was taken down; empty for nothing.
    """

    weights: Mapping[str, Mapping[str, int]]
    factors: Mapping[str, float]
    limit: int
    lists: str = ""


@shard_task(SplitSettings)
def split_unit(task: ShardTask[SplitSettings]) -> int:
    """Send members of clusters of two and more to their cluster's partition; count sizes."""
    unit, how = task.planned(Unit), task.settings
    columns = read_for(READ, how.closes, how.lists, screened=how.screened)
    coded = ("label", "drop_reason", "url_filter")
    sent: list[pa.Table] = []
    sizes: list[pa.Table] = []
    amounts: list[pa.Table] = []
    n_rows = n_single = 0
    for shard, number, rank in unit.shards:
        table = read_columns(task.store, shard, columns, coded=coded)
        table = table.append_column("bar", pa.array(bars(table, how.closes)))
        table = table.append_column("scope", pa.array(scopes_of(task.store, table, how.lists)))
        table = table.drop_columns([x for x in ("url", "url_filter") if x in table.column_names])
        n_rows += table.num_rows
        single = table.filter(pc.equal(table["cluster_size"], 1))
        n_single += single.num_rows
        alone = pc.is_null(single["drop_reason"]).to_numpy(zero_copy_only=False)
        shared = _members(table, unit=unit.number, origin=number, rank=rank)
        sizes += _sizes_of(single, alone, shared)
        amounts.append(count_amounts(single.filter(pa.array(alone))))
        sent.append(shared)
    shared = pa.concat_tables(sent).unify_dictionaries()
    goal = shared["cluster_id"].to_numpy() % np.uint64(task.settings.n_partitions)
    with task.attempt() as attempt:
        ranges = write_grouped(attempt, shared, goal.astype(np.int64))
        attempt.write(sum_sizes(pa.concat_tables(sizes)), role="sizes", part="-sizes")
        summed = sum_sizes(pa.concat_tables(amounts), AMOUNTS)
        attempt.write(summed, role="amounts", part="-amounts")
        attempt.commit(
            rows_in=n_rows,
            rows_out=shared.num_rows,
            dropped={
                "cluster of one": n_single,
                "not compared": n_rows - (shared.num_rows + n_single),
            },
            counts={"ranges": ranges},
        )
    return n_rows


def _members(table: pa.Table, **places: int) -> pa.Table:
    """Rows in clusters of two and more, with where they come from and whether they pass."""
    rows = pa.array(np.arange(table.num_rows, dtype=np.int64))
    table = table.append_column("row", rows)
    shared = table.filter(pc.greater(table["cluster_size"], 1))
    for name, number in places.items():
        column = pa.array(np.full(shared.num_rows, number), pa.int32())
        shared = shared.append_column(name, column)
    passes = pc.is_null(shared["drop_reason"])
    return shared.drop_columns(["drop_reason"]).append_column("passes", passes)


def _sizes_of(
    single: pa.Table, alone: npt.NDArray[np.bool_], shared: pa.Table
) -> tuple[pa.Table, pa.Table]:
    """:data:`SIZES` of clusters of one, and the members of larger ones."""
    n = np.ones(len(alone), dtype=np.int64)
    counted = count_sizes(single, members=n, dropped=~alone, clusters=n, kept=alone)
    failed = ~shared["passes"].to_numpy(zero_copy_only=False)
    zero = np.zeros(shared.num_rows, dtype=np.int64)
    some = count_sizes(shared, members=zero + 1, dropped=failed, clusters=zero, kept=zero)
    return counted, some


def count_sizes(
    table: pa.Table,
    *,
    members: npt.NDArray[Any],
    dropped: npt.NDArray[Any],
    clusters: npt.NDArray[Any],
    kept: npt.NDArray[Any],
) -> pa.Table:
    """Sums by (label, cluster size), sorted; :data:`SIZES`."""
    raw = pa.table(
        [
            table["label"],
            table["cluster_size"],
            *(pa.array(np.asarray(x), pa.int64()) for x in (members, dropped, clusters, kept)),
        ],
        names=SIZES.names,
    )
    return sum_sizes(raw)


def count_amounts(kept: pa.Table) -> pa.Table:
    """Characters and words by (label, cluster size); :data:`AMOUNTS`."""
    amounts = [pc.cast(pc.fill_null(kept[name], 0), pa.int64()) for name in ("n_chars", "n_words")]
    labels = pc.cast(kept["label"], pa.string())
    raw = pa.table([labels, kept["cluster_size"], *amounts], names=AMOUNTS.names)
    return sum_sizes(raw, AMOUNTS)


def sum_sizes(table: pa.Table, kind: pa.Schema = SIZES) -> pa.Table:
    """Add up rows of equal label and cluster size, of :data:`SIZES` or :data:`AMOUNTS`."""
    sums = [(name, "sum") for name in kind.names[2:]]
    added = table.group_by(["label", "cluster_size"]).aggregate(sums)
    added = added.select(["label", "cluster_size", *(f"{n}_sum" for n, _ in sums)])
    added = added.rename_columns(kind.names).cast(kind)
    return added.sort_by([("label", "ascending"), ("cluster_size", "ascending")])


@shard_task(GroupSettings)
def group_partition(task: ShardTask[GroupSettings]) -> int:
    """Choose the representative of every cluster of one partition."""
    number = task.planned(Partition).number
    parts = list(read_grouped(task.store, "rebalance.split", str(number)))
    with task.attempt() as attempt:
        n = sum(p.num_rows for p in parts)
        if parts:
            table = pa.concat_tables(parts)
            choice = chosen(table, regardless=task.settings.regardless)
            passes = table["passes"].to_numpy(zero_copy_only=False)
            columns = (choice.stands, choice.stood, choice.blocked, choice.barred)
            answer = pa.table([table["origin"], table["row"], *map(pa.array, columns)], ANSWER)
            unit = table["unit"].to_numpy().astype(np.int64)
            zero = np.zeros(n, dtype=np.int64)
            kept = choice.stood & passes  # as if nothing had been taken down
            sizes = count_sizes(table, members=zero, dropped=zero, clusters=choice.stood, kept=kept)
            ranges = write_grouped(attempt, answer, unit)
            attempt.write(sizes, role="sizes", part="-sizes")
            amounts = count_amounts(table.filter(pa.array(kept)))
            attempt.write(amounts, role="amounts", part="-amounts")
        else:
            ranges = {}
        attempt.commit(rows_in=n, rows_out=n, counts={"ranges": ranges})
    return int(n)


@shard_task(Nothing)
def return_unit(task: ShardTask[Nothing]) -> int:
    """Bring the answers for one unit together, grouped by shard."""
    parts = read_grouped(task.store, "rebalance.group", str(task.planned(Unit).number))
    answer = pa.concat_tables([ANSWER.empty_table(), *parts]).combine_chunks()
    n = int(answer.num_rows)
    with task.attempt() as attempt:
        ranges = write_grouped(attempt, answer, answer["origin"].to_numpy())
        attempt.commit(rows_in=n, rows_out=n, counts={"ranges": ranges})
    return n


@shard_task(WeightSettings)
def gather_shard(task: ShardTask[WeightSettings]) -> int:
    """Write the weights sidecar of one document shard."""
    store, settings, place = task.store, task.settings, task.planned(PlacedShard)
    columns: dict[str, tuple[str, ...]] = {
        "identify": ("label",),
        "annotate": ("n_chars", "n_words"),
        "cluster": ("cluster_size",),
        "select": ("drop_reason",),
    }
    if settings.factors or settings.lists:
        columns["extract"] = ("id", "url") if settings.lists else ("id",)
    table = read_columns(store, task.shard, columns, coded=("label", "drop_reason"))
    answer = _answer(task, table)
    decided = _decided(table, answer.stands, answer.blocked, settings)
    with task.attempt() as attempt:
        attempt.write(decided)
        if settings.lists:
            before = _decided(table, answer.stood, answer.barred, settings)
            concerned = concerned_rows(place.number, table, before, decided)
            attempt.write(concerned, role="taken_down", part="-taken-down")
        outcomes = count_outcomes(
            table["label"], decided["removal_reason"], table["n_chars"], decided["weight"]
        )
        attempt.write(outcomes, role="outcomes", part="-outcomes")
        attempt.commit(
            rows_in=table.num_rows,
            rows_out=table.num_rows,
            counts={
                "mixture": count_mixture(table, decided["weight"]),
                "characters": characters_of(outcomes),
            },
        )
    return int(table.num_rows)


def _answer(task: ShardTask[WeightSettings], table: pa.Table) -> Chosen:
    """The documents of a shard that stand for their clusters, those that are alone among them."""
    place = task.planned(PlacedShard)
    alone = pc.fill_null(pc.equal(table["cluster_size"], 1), False)
    stood = alone.to_numpy(zero_copy_only=False).copy()
    blocked = alone_blocked(scopes_of(task.store, table, task.settings.lists))
    barred = np.zeros(table.num_rows, np.int8)
    stands = stood & (blocked == 0)
    piece = piece_of(load_receipt(task.store, "rebalance.return", place.unit), str(place.number))
    if piece is not None:
        part = read_piece(task.store, piece)
        rows = part["row"].to_numpy()
        names = ("is_representative", "stood", "blocked", "barred")
        for values, name in zip((stands, stood, blocked, barred), names, strict=True):
            values[rows] = part[name].to_numpy(zero_copy_only=False)
    return Chosen(stood, stands, blocked, barred)


def _decided(
    table: pa.Table,
    stands: npt.NDArray[np.bool_],
    blocked: npt.NDArray[np.int8],
    settings: WeightSettings,
) -> pa.Table:
    weights = {
        label: {int(size): n for size, n in steps.items()}
        for label, steps in settings.weights.items()
    }
    return decide(
        table,
        stands,
        weights=weights,
        factors=settings.factors,
        limit=settings.limit,
        blocked=blocked,
    )


def characters_of(outcomes: pa.Table) -> dict[str, int]:
    """Removal reason ('' kept) -> characters, of a table of what became of documents."""
    characters: dict[str, int] = {}
    columns = (outcomes[name].to_pylist() for name in ("outcome", "n_chars"))
    for reason, n in zip(*columns, strict=True):
        characters[reason] = characters.get(reason, 0) + n
    return dict(sorted(characters.items()))


def count_mixture(table: pa.Table, weights: pa.ChunkedArray) -> dict[str, list[int]]:
    """label -> documents published, their repetitions, and repeated characters and words."""
    weight = pc.cast(weights, pa.int64())
    columns = {
        "label": pc.cast(table["label"], pa.string()),
        "documents": pc.cast(pc.greater(weight, 0), pa.int64()),
        "repeated": weight,
    }
    for metric in ("n_chars", "n_words"):
        amount = pc.cast(pc.fill_null(table[metric], 0), pa.int64())
        columns[metric] = pc.multiply(amount, weight)
    sums = [(name, "sum") for name in columns if name != "label"]
    summed = pa.table(columns).group_by("label").aggregate(sums).to_pylist()
    rows = {row["label"]: [row[f"{name}_sum"] for name, _ in sums] for row in summed}
    return {label: rows[label] for label in sorted(rows) if rows[label][0]}
