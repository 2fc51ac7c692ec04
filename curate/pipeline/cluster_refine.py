"""The tasks that break up components too large for one task, by pairs that are verified.

Band keys meet by chance too, and chains of such pairs can connect a good part of a label. Of the
documents in such components signatures are sent with every key, so that candidates are verified
where keys are compared; what verified pairs connect is a component again, and mostly far smaller.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from curate.dedup.components import matches_needed
from curate.dedup.forest import ALONE, U32, number_type, pack_components
from curate.dedup.graph import edges_of_band
from curate.io import parquet
from curate.io.commit import Attempt
from curate.io.store import Store
from curate.pipeline.cluster_group import bytes_of, joined, write_edges, write_partition
from curate.pipeline.cluster_stars import counts_of_range, partition_of_range
from curate.pipeline.cluster_task import Compared, Outgoing, keys_of, partitions_of, read_unit
from curate.pipeline.exchange import pieces, read_piece
from curate.pipeline.step import load_receipt
from curate.text.hashing import I64, U8, U64


def send_keys(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Send every key of the documents in large components, with the signature."""
    store, settings = Store(payload["work"]), payload["settings"]
    numbered: dict[str, int] = dict(payload["starts"])
    sent = Outgoing()
    n_rows = n_sent = 0
    for part in read_unit(store, payload, settings["lowest"]):
        for code, name in enumerate(part.names):
            if name not in settings["large"]:
                continue
            rows = part.rows_of(code)
            found = partitions_of(store, "cluster.union", settings["unions"][name],
                                  numbered[name], len(rows))  # fmt: skip
            at = np.flatnonzero(np.isin(found, settings["large"][name]))
            numbers = (numbered[name] + at).astype(np.uint64)
            numbered[name] += len(rows)
            n_rows += len(rows)
            n_sent += len(at)
            if at.size:
                first, n = settings["keys"][name]
                table = _records(part, rows[at], numbers)
                share = table["key"].to_numpy() >> np.uint64(32)
                goals = first + ((share * np.uint64(n)) >> np.uint64(32)).astype(np.int64)
                sent.add(table, np.arange(table.num_rows), goals)
    with Attempt(
        store,
        step="cluster.keys",
        shard=payload["shard"],
        fingerprint=payload["due"]["cluster.keys"],
    ) as attempt:
        counts = sent.write(attempt, _RECORD.empty_table().schema)
        attempt.commit(
            rows_in=n_rows,
            rows_out=n_sent,
            dropped={"component fits a task": n_rows - n_sent} if n_rows > n_sent else {},
            counts=counts,
            bytes_in=payload["bytes_in"],
        )
    return {"rows": n_rows}


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


def check_partition(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Verify the candidates of one range of keys."""
    store, settings = Store(payload["work"]), payload["settings"]
    found = pieces(store, "cluster.keys", str(payload["number"]))
    tables = [read_piece(store, piece) for piece in found]
    n = sum(table.num_rows for table in tables)
    kind = number_type(is_wide=payload["is_wide"])
    left = right = np.zeros(0, np.uint64)
    if n:
        table = pa.concat_tables(tables).combine_chunks()
        del tables
        signed = bytes_of(table["signature"].combine_chunks())
        left, right = _verified(table, signed, settings["min_similarity"])
    with Attempt(
        store,
        step="cluster.check",
        shard=payload["shard"],
        fingerprint=payload["due"]["cluster.check"],
    ) as attempt:
        counts = write_edges(attempt, left.astype(kind), right.astype(kind), payload)
        attempt.commit(
            rows_in=n,
            rows_out=len(left),
            dropped={"no verified pair": n - len(left)},
            counts=counts,
            bytes_in=payload["bytes_in"],
        )
    return {"rows": n}


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


def unite(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Pack what verified pairs connect; documents of other components stay where they are."""
    store, settings = Store(payload["work"]), payload["settings"]
    if payload["is_wide"]:
        found, counts = partition_of_range(payload), counts_of_range(payload)
    else:
        parents, _ = joined(store, "cluster.check", payload["checked"], payload)
        found, filled, n, largest = pack_components(parents, settings["group_rows"])
        counts = {"partitions": filled.tolist(), "n_components": n, "largest": largest}
    before = load_receipt(store, "cluster.union", payload["shard"])
    leads = load_receipt(store, "cluster.union", payload.get("leads", payload["shard"]))
    (entry,) = before.files_of("data")
    old: U32 = parquet.read_table(store.path(entry.key))["partition"].to_numpy()
    rows = [0 if m > settings["group_rows"] else m for m in leads.counts["partitions"]]
    is_large = np.isin(old, settings["large"].get(payload["label"], []))
    moved = is_large & (found != ALONE)
    partition = np.where(is_large, ALONE, old)
    partition[moved] = found[moved] + np.uint32(len(rows))
    counted = {
        **before.counts,
        "partitions": rows + counts["partitions"] if before.counts["partitions"] else [],
        "n_refined": counts["n_components"],
        "largest_refined": counts["largest"],
    }
    with Attempt(
        store,
        step="cluster.refine",
        shard=payload["shard"],
        fingerprint=payload["due"]["cluster.refine"],
    ) as attempt:
        write_partition(attempt, partition)
        attempt.commit(
            rows_in=len(old), rows_out=len(old), counts=counted, bytes_in=payload["bytes_in"]
        )
    return {"rows": len(old)}
