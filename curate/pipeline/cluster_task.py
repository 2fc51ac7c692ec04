"""The tasks of the cluster stage: rows to their label's partition, clusters, and back.

Documents below their label's LID threshold are not compared: their cluster is null.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from curate import schema
from curate.dedup.components import ClusterParams, Clusters, cluster
from curate.io.commit import Attempt
from curate.io.store import Store
from curate.labels import NO_LANGUAGE
from curate.pipeline.exchange import read_grouped, write_grouped
from curate.pipeline.tables import language_configs, read_columns
from curate.stages.rebalance import LID
from curate.stages.select import as_floats

PARTITION_ROWS = 2_000_000
"""Documents a cluster task takes: about 3 GB at the measured 1.5 GB a million."""


def pack_labels(histogram: Mapping[str, int], rows: int = PARTITION_ROWS) -> dict[str, int]:
    """label -> partition: large labels alone, small ones together up to ``rows`` documents.

    A label is never split, since clusters lie within a label.
    """
    partitions: dict[str, int] = {}
    filled = number = 0
    for label, n in sorted(histogram.items(), key=lambda item: (-item[1], item[0])):
        if filled and filled + n > rows:
            number, filled = number + 1, 0
        partitions[label] = number
        filled += n
    return partitions


def split_shard(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Send each document that is to be compared to its label's partition."""
    store, shard, settings = Store(payload["work"]), payload["shard"], payload["settings"]
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
    compared = np.flatnonzero(is_compared(table, settings["configs"]))
    rows = table.take(pa.array(compared))
    hashes = [xxhash.xxh3_64_intdigest(i.encode()) for i in rows["id"].to_pylist()]
    sent = rows.drop_columns(["lid_confidence", "id"])
    sent = sent.append_column("id_hash", pa.array(hashes, pa.uint64()))
    sent = sent.append_column(
        "origin", pa.array(np.full(len(compared), payload["number"]), pa.int32())
    )
    sent = sent.append_column("row", pa.array(compared, pa.int64()))
    partitions: Mapping[str, int] = settings["partitions"]
    goal = np.array([partitions[x] for x in rows["label"].to_pylist()], dtype=np.int64)
    with Attempt(
        store, step="cluster.split", shard=shard, fingerprint=payload["due"]["cluster.split"]
    ) as attempt:
        ranges = write_grouped(attempt, sent, goal)
        below = table.num_rows - len(compared)
        attempt.commit(
            rows_in=table.num_rows,
            rows_out=len(compared),
            dropped={LID: below} if below else {},
            counts={"ranges": ranges},
            bytes_in=payload["bytes_in"],
        )
    return {"rows": table.num_rows}


def is_compared(table: pa.Table, configs: str) -> npt.NDArray[np.bool_]:
    """bool[n]: documents at or above their label's LID threshold.

    Text without letters has no language, so there is nothing to compare it within.
    """
    loaded = language_configs(configs)
    labels = pc.dictionary_encode(table["label"].combine_chunks())
    names = labels.dictionary.to_pylist()
    lowest = np.array([loaded.for_label(n).lid_threshold() for n in names], dtype=np.float64)
    codes = labels.indices.to_numpy(zero_copy_only=False)
    spoken = np.array([n != NO_LANGUAGE for n in names], dtype=bool)
    if not names:
        return np.zeros(0, dtype=bool)
    reached = as_floats(table["lid_confidence"]) >= lowest[codes]
    compared: npt.NDArray[np.bool_] = reached & spoken[codes]
    return compared


def group_partition(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Cluster every label of one partition and send the answers back to their shards."""
    store, partition, settings = Store(payload["work"]), payload["shard"], payload["settings"]
    parts = list(read_grouped(store, "cluster.split", str(payload["number"])))
    counts = {"n_candidate_pairs": 0, "n_verified_pairs": 0, "n_clusters": 0}
    with Attempt(
        store, step="cluster.group", shard=partition, fingerprint=payload["due"]["cluster.group"]
    ) as attempt:
        found = list(_clusters(parts, ClusterParams(**settings["cluster"]), counts))
        answer = pa.concat_tables(found) if found else _ANSWER.empty_table()
        origin = answer["origin"].to_numpy().astype(np.int64)
        ranges = write_grouped(attempt, answer.drop_columns(["origin"]), origin)
        attempt.commit(
            rows_in=answer.num_rows,
            rows_out=answer.num_rows,
            counts={**counts, "ranges": ranges},
            bytes_in=payload["bytes_in"],
        )
    return {"rows": answer.num_rows}


_ANSWER = pa.schema(
    [
        ("origin", pa.int32()),
        ("row", pa.int64()),
        ("cluster_id", pa.uint64()),
        ("cluster_size", pa.int64()),
    ]
)


def _clusters(
    parts: Sequence[pa.Table], params: ClusterParams, counts: dict[str, int]
) -> Iterator[pa.Table]:
    if not parts:
        return
    table = pa.concat_tables(parts)
    labels = pc.dictionary_encode(table["label"].combine_chunks())
    codes = labels.indices.to_numpy(zero_copy_only=False)
    for code in range(len(labels.dictionary)):
        rows = table.take(pa.array(np.flatnonzero(codes == code)))
        order = rows["id_hash"].to_numpy()
        result = _cluster_label(rows, order, params)
        counts["n_candidate_pairs"] += result.n_candidate_pairs
        counts["n_verified_pairs"] += result.n_verified_pairs
        counts["n_clusters"] += len(np.unique(result.cluster))
        yield pa.table(
            [rows["origin"], rows["row"], _cluster_ids(result, order), result.size],
            schema=_ANSWER,
        )


def _cluster_label(
    rows: pa.Table, order: npt.NDArray[np.uint64], params: ClusterParams
) -> Clusters:
    """Cluster one label; a document without words is a cluster of its own."""
    signed = np.flatnonzero(pc.is_valid(rows["signature"]).to_numpy())
    some = rows.take(pa.array(signed))
    n_bands = rows.schema.field("band_keys").type.list_size
    n_bytes = rows.schema.field("signature").type.byte_width
    keys = some["band_keys"].combine_chunks().flatten().to_numpy().reshape(-1, n_bands)
    packed = b"".join(some["signature"].to_pylist())
    signatures = np.frombuffer(packed, dtype=np.uint8).reshape(-1, n_bytes)
    n_chars = some["n_chars"].to_numpy().astype(np.int64)
    found = cluster(keys, signatures, order[signed], params, n_chars=n_chars)
    which = np.arange(rows.num_rows, dtype=np.int64)
    size = np.ones(rows.num_rows, dtype=np.int64)
    which[signed] = signed[found.cluster]
    size[signed] = found.size
    return Clusters(which, size, found.n_candidate_pairs, found.n_verified_pairs)


def _cluster_ids(result: Clusters, order: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """uint64[n]: the smallest id hash among the members of each row's cluster."""
    _, which = np.unique(result.cluster, return_inverse=True)
    lowest = np.full(which.max() + 1 if len(which) else 0, np.iinfo(np.uint64).max, np.uint64)
    np.minimum.at(lowest, which, order)
    ids: npt.NDArray[np.uint64] = lowest[which]
    return ids


def gather_shard(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write the clusters sidecar of one document shard."""
    store, shard = Store(payload["work"]), payload["shard"]
    rows = payload["rows"]
    ids = np.zeros(rows, dtype=np.uint64)
    sizes = np.zeros(rows, dtype=np.int64)
    for part in read_grouped(store, "cluster.group", str(payload["number"])):
        position = part["row"].to_numpy()
        ids[position] = part["cluster_id"].to_numpy()
        sizes[position] = part["cluster_size"].to_numpy()
    blank = sizes == 0
    table = pa.table(
        [pa.array(ids, mask=blank), pa.array(sizes, mask=blank)], schema=schema.CLUSTERS.schema()
    )
    with Attempt(
        store, step="cluster", shard=shard, fingerprint=payload["due"]["cluster"]
    ) as attempt:
        attempt.write(table)
        attempt.commit(rows_in=rows, rows_out=rows, bytes_in=payload["bytes_in"])
    return {"rows": rows}
