"""The tasks of the cluster stage that compare documents: keys, components, clusters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
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
from curate.pipeline.cluster_counts import host_counts
from curate.pipeline.cluster_stars import counts_of_range, partition_of_range, send_edges
from curate.pipeline.cluster_task import ALONE_ROLE, ANSWER, BANDS_ROLE, keys_of
from curate.pipeline.exchange import (
    Piece,
    piece_of,
    pieces,
    read_piece,
    receipts_of,
    write_grouped,
)
from curate.pipeline.step import load_receipt
from curate.pipeline.tables import data_file
from curate.text.hashing import I64, U8, U64

COMPACTED_DOCUMENTS = 64_000_000
"""Documents of a label up to which a partition's edges are reduced to a forest, with 4 bytes for
each. In the partitions of a larger label hardly a document is found twice, and the edges of one
band are a forest already."""

UNION_GROUP_ROWS = 65_536


def pair_partition(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Join the documents of one label that share a key in one range of keys."""
    store, n_documents = Store(payload["work"]), payload["documents"]
    is_wide = payload["is_wide"]
    keys, documents = _records(store, payload["label"], str(payload["number"]), is_wide=is_wide)
    n_parents = n_documents if n_documents <= COMPACTED_DOCUMENTS else 0
    parents = no_parents(n_parents, is_wide=is_wide)
    left, right = star_edges(keys, documents, parents)
    with Attempt(
        store,
        step="cluster.pairs",
        shard=payload["shard"],
        fingerprint=payload["due"]["cluster.pairs"],
    ) as attempt:
        counts = write_edges(attempt, left, right, payload)
        attempt.commit(
            rows_in=len(keys),
            rows_out=len(left),
            dropped={"no new edge": len(keys) - len(left)},
            counts=counts,
            bytes_in=payload["bytes_in"],
        )
    return {"rows": len(keys)}


def write_edges(
    attempt: Attempt, left: Numbers, right: Numbers, payload: Mapping[str, Any]
) -> dict[str, Any]:
    """Write edges for whoever unites the label: one task, or one for each range of documents.

    Returns:
        What the receipt counts of it.
    """
    if payload["is_wide"]:
        return send_edges(attempt, left, right, payload)
    attempt.write(pa.table({"left": left, "right": right}))
    return {}


def _records(store: Store, label: str, partition: str, *, is_wide: bool) -> tuple[U64, Numbers]:
    """Keys, and numbers of documents among those of the label in all units."""
    found: list[tuple[Piece, int]] = []
    start = 0
    for receipt in receipts_of(store, "cluster.split"):
        piece = piece_of(receipt, partition, BANDS_ROLE)
        if piece is not None:
            found.append((piece, start))
        start += receipt.counts["numbered"].get(label, 0)
    n = sum(len(piece) for piece, _ in found)
    kind = number_type(is_wide=is_wide)
    keys, documents = np.empty(n, np.uint64), np.empty(n, kind)
    at = 0
    for piece, start in found:
        table = read_piece(store, piece)
        keys[at : at + len(piece)] = table["key"].to_numpy()
        documents[at : at + len(piece)] = table["document"].to_numpy().astype(kind) + kind(start)
        at += len(piece)
    return keys, documents


def joined(
    store: Store, step: str, shards: Sequence[str], payload: Mapping[str, Any]
) -> tuple[Numbers, int]:
    """Parents of a label's documents after all edges of some shards, and how many edges."""
    parents, n_edges = no_parents(payload["documents"], is_wide=payload["is_wide"]), 0
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


def unite(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The partition of each document of a label, or of a range of its documents."""
    return _unite_range(payload) if payload["is_wide"] else _unite_label(payload)


def _unite_range(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Bring together what the rounds before found."""
    store, n = Store(payload["work"]), payload["end"] - payload["begin"]
    partition = partition_of_range(payload)
    with Attempt(
        store,
        step="cluster.union",
        shard=payload["shard"],
        fingerprint=payload["due"]["cluster.union"],
    ) as attempt:
        write_partition(attempt, partition)
        attempt.commit(
            rows_in=n, rows_out=n, counts=counts_of_range(payload), bytes_in=payload["bytes_in"]
        )
    return {"rows": n}


def _unite_label(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Find the components of one label, and pack them into partitions."""
    store, n = Store(payload["work"]), payload["documents"]
    parents, n_edges = joined(store, "cluster.pairs", payload["partitions"], payload)
    partition, rows, n_components, largest = pack_components(
        parents, payload["settings"]["group_rows"]
    )
    with Attempt(
        store,
        step="cluster.union",
        shard=payload["shard"],
        fingerprint=payload["due"]["cluster.union"],
    ) as attempt:
        write_partition(attempt, partition)
        attempt.commit(
            rows_in=n,
            rows_out=n,
            counts={
                "label": payload["label"],
                "partitions": rows.tolist(),
                "n_components": n_components,
                "largest": largest,
                "n_edges": n_edges,
            },
            bytes_in=payload["bytes_in"],
        )
    return {"rows": n}


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
    def read(cls, store: Store, found: Sequence[Piece]) -> Documents:
        """Fill arrays made for all pieces, so that no document is held twice."""
        n, at = sum(len(piece) for piece in found), 0
        places: dict[str, int] = {}
        made: list[Any] = []
        for piece in found:
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
            made = made or [np.empty((n, *c.shape[1:]), c.dtype) for c in columns]
            for whole, column in zip(made, columns, strict=True):
                whole[at : at + len(piece)] = column
            at += len(piece)
        keys, signatures, order, n_chars, rank, codes, origin = made
        return cls(keys, signatures, order, n_chars, rank, codes, origin, list(places))

    def of_label(self, code: int) -> tuple[I64, Documents]:
        """The rows of one label, and the same as documents."""
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


def group_partition(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Cluster every label of one partition and send the answers back to their units."""
    store, settings, number = Store(payload["work"]), payload["settings"], payload["number"]
    source = "cluster.split" if number < settings["n_direct"] else "cluster.send"
    found = pieces(store, source, str(number))
    counts: dict[str, Any] = {}
    answers = []
    if found:
        documents = Documents.read(store, found)
        answers = list(_answers(documents, ClusterParams(**settings["cluster"]), counts))
    answer = pa.concat_tables(answers) if answers else ANSWER.empty_table()
    with Attempt(
        store,
        step="cluster.group",
        shard=payload["shard"],
        fingerprint=payload["due"]["cluster.group"],
    ) as attempt:
        ranges = write_grouped(attempt, answer, answer["unit"].to_numpy())
        attempt.commit(
            rows_in=answer.num_rows,
            rows_out=answer.num_rows,
            counts={"labels": counts, "ranges": ranges},
            bytes_in=payload["bytes_in"],
        )
    return {"rows": answer.num_rows}


def _answers(
    documents: Documents, params: ClusterParams, counts: dict[str, Any]
) -> Iterator[pa.Table]:
    for code, name in enumerate(documents.names):
        _, some = documents.of_label(code)
        found = cluster(
            some.keys,
            some.signatures,
            some.order,
            params,
            n_chars=some.n_chars,
            rank=some.rank,
        )
        counts[name] = {
            "n_documents": len(some.order),
            "n_clusters": int(np.count_nonzero(found.cluster == np.arange(len(some.order)))),
            "n_candidate_pairs": found.n_candidate_pairs,
            "n_verified_pairs": found.n_verified_pairs,
            "n_exact_copies": found.n_exact_copies,
            "n_uncompared": found.n_uncompared,
        }
        columns = (*some.origin.T, some.order[found.cluster], found.size)
        yield pa.table([pa.array(c) for c in columns], schema=ANSWER)


def return_unit(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Bring the answers for one unit together, grouped by shard."""
    store, unit = Store(payload["work"]), payload["shard"]
    found = [
        piece
        for step in payload["settings"]["alone"]
        if (piece := piece_of(load_receipt(store, step, unit), "0", ALONE_ROLE)) is not None
    ]
    found += pieces(store, "cluster.group", str(payload["number"]))
    tables = [read_piece(store, piece) for piece in found]
    answer = pa.concat_tables(tables) if tables else ANSWER.empty_table()
    with Attempt(
        store,
        step="cluster.return",
        shard=unit,
        fingerprint=payload["due"]["cluster.return"],
    ) as attempt:
        ranges = write_grouped(attempt, answer.combine_chunks(), answer["origin"].to_numpy())
        attempt.commit(
            rows_in=answer.num_rows,
            rows_out=answer.num_rows,
            counts={"ranges": ranges},
            bytes_in=payload["bytes_in"],
        )
    return {"rows": answer.num_rows}


def gather_shard(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write the clusters sidecar of one document shard."""
    store, shard = Store(payload["work"]), payload["shard"]
    rows = payload["rows"]
    ids = np.zeros(rows, dtype=np.uint64)
    sizes = np.zeros(rows, dtype=np.int64)
    receipt = load_receipt(store, "cluster.return", payload["unit"])
    piece = piece_of(receipt, str(payload["number"]))
    if piece is not None:
        part = read_piece(store, piece)
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
        urls = parquet.read_table(store.path(data_file(store, "extract", shard).key), ["url"])
        hosts = host_counts(urls["url"], sizes)
        attempt.commit(
            rows_in=rows, rows_out=rows, counts={"hosts": hosts}, bytes_in=payload["bytes_in"]
        )
    return {"rows": rows}
