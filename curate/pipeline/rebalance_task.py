"""The tasks of the rebalance stage: one representative per cluster, and weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.dedup.representative import choose
from curate.io.commit import Attempt
from curate.io.store import Store
from curate.pipeline.exchange import read_grouped, write_grouped
from curate.pipeline.outcomes import count_outcomes
from curate.pipeline.tables import read_columns
from curate.stages.rebalance import decide

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


def split_shard(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Send members of clusters of two and more to their cluster's partition; count sizes."""
    store, shard, settings = Store(payload["work"]), payload["shard"], payload["settings"]
    table = read_columns(
        store,
        shard,
        {
            "extract": ("id",),
            "identify": ("label",),
            "annotate": ("n_chars",),
            "cluster": ("cluster_id", "cluster_size"),
            "select": ("drop_reason",),
        },
        coded=("label", "drop_reason"),
    )
    rows = np.arange(table.num_rows, dtype=np.int64)
    table = table.append_column("row", pa.array(rows))
    table = table.append_column(
        "origin", pa.array(np.full(len(rows), payload["number"]), pa.int32())
    )
    rank = np.full(len(rows), payload.get("rank", 0))
    table = table.append_column("rank", pa.array(rank, pa.int32()))
    single = table.filter(pc.equal(table["cluster_size"], 1))
    shared = table.filter(pc.greater(table["cluster_size"], 1))
    passes = pc.is_null(shared["drop_reason"])
    sent = shared.drop_columns(["drop_reason"]).append_column("passes", passes)
    goal = shared["cluster_id"].to_numpy() % np.uint64(settings["n_partitions"])
    with Attempt(
        store, step="rebalance.split", shard=shard, fingerprint=payload["due"]["rebalance.split"]
    ) as attempt:
        ranges = write_grouped(attempt, sent, goal.astype(np.int64))
        alone = pc.is_null(single["drop_reason"]).to_numpy(zero_copy_only=False)
        n = np.ones(len(alone), dtype=np.int64)
        counted = count_sizes(single, members=n, dropped=~alone, clusters=n, kept=alone)
        failed = np.asarray(pc.is_valid(shared["drop_reason"]))
        zero = np.zeros(shared.num_rows, dtype=np.int64)
        some = count_sizes(shared, members=zero + 1, dropped=failed, clusters=zero, kept=zero)
        attempt.write(pa.concat_tables([counted, some]), role="sizes", part="-sizes")
        attempt.commit(
            rows_in=table.num_rows,
            rows_out=shared.num_rows,
            dropped={
                "cluster of one": single.num_rows,
                "not compared": table.num_rows - (single.num_rows + shared.num_rows),
            },
            counts={"ranges": ranges},
            bytes_in=payload["bytes_in"],
        )
    return {"rows": table.num_rows}


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


def sum_sizes(table: pa.Table) -> pa.Table:
    """Add up rows of equal label and cluster size."""
    sums = [(name, "sum") for name in SIZES.names[2:]]
    added = table.group_by(["label", "cluster_size"]).aggregate(sums)
    added = added.select(["label", "cluster_size", *(f"{n}_sum" for n, _ in sums)])
    added = added.rename_columns(SIZES.names).cast(SIZES)
    return added.sort_by([("label", "ascending"), ("cluster_size", "ascending")])


def group_partition(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Choose the representative of every cluster of one partition."""
    store, partition, settings = Store(payload["work"]), payload["shard"], payload["settings"]
    parts = list(read_grouped(store, "rebalance.split", str(payload["number"])))
    with Attempt(
        store,
        step="rebalance.group",
        shard=partition,
        fingerprint=payload["due"]["rebalance.group"],
    ) as attempt:
        n = sum(p.num_rows for p in parts)
        if parts:
            table = pa.concat_tables(parts)
            chosen = _chosen(table, regardless=settings["regardless"])
            passes = table["passes"].to_numpy(zero_copy_only=False)
            answer = pa.table({"row": table["row"], "is_representative": pa.array(chosen)})
            origin = table["origin"].to_numpy().astype(np.int64)
            zero = np.zeros(n, dtype=np.int64)
            sizes = count_sizes(
                table, members=zero, dropped=zero, clusters=chosen, kept=chosen & passes
            )
            ranges = write_grouped(attempt, answer, origin)
            attempt.write(sizes, role="sizes", part="-sizes")
        else:
            ranges = {}
        attempt.commit(
            rows_in=n, rows_out=n, counts={"ranges": ranges}, bytes_in=payload["bytes_in"]
        )
    return {"rows": n}


def _chosen(table: pa.Table, *, regardless: bool) -> npt.NDArray[np.bool_]:
    chosen: npt.NDArray[np.bool_] = choose(
        table["cluster_id"].to_numpy(),
        table["passes"].to_numpy(zero_copy_only=False),
        table["n_chars"].to_numpy().astype(np.int64),
        table["id"].combine_chunks(),
        rank=table["rank"].to_numpy().astype(np.int64),
        regardless=regardless,
    )
    return chosen


def gather_shard(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write the weights sidecar of one document shard."""
    store, shard = Store(payload["work"]), payload["shard"]
    table = read_columns(
        store,
        shard,
        {
            "identify": ("label",),
            "annotate": ("n_chars",),
            "cluster": ("cluster_size",),
            "select": ("drop_reason",),
        },
        coded=("label", "drop_reason"),
    )
    chosen = pc.fill_null(pc.equal(table["cluster_size"], 1), False)
    stands = chosen.to_numpy(zero_copy_only=False).copy()
    for part in read_grouped(store, "rebalance.group", str(payload["number"])):
        stands[part["row"].to_numpy()] = part["is_representative"].to_numpy(zero_copy_only=False)
    weights = {
        label: {int(size): n for size, n in table_.items()}
        for label, table_ in payload["settings"]["weights"].items()
    }
    decided = decide(table, stands, weights=weights)
    with Attempt(
        store, step="rebalance", shard=shard, fingerprint=payload["due"]["rebalance"]
    ) as attempt:
        attempt.write(decided)
        outcomes = count_outcomes(
            table["label"], decided["removal_reason"], table["n_chars"], decided["weight"]
        )
        attempt.write(outcomes, role="outcomes", part="-outcomes")
        attempt.commit(
            rows_in=table.num_rows, rows_out=table.num_rows, bytes_in=payload["bytes_in"]
        )
    return {"rows": table.num_rows}
