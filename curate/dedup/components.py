"""Band keys and signatures -> clusters, for one label held in memory.

Documents that share a band key are candidates. With verification a candidate pair becomes an edge
when the similarity estimated from the signatures reaches ``min_similarity``. The longest document
leads, and others join the leader they are most like, if an edge joins them to somebody in its
cluster; a chain (A~B~C~D) therefore gives several clusters and not one with unlike ends. Without
verification every shared key is an edge and a cluster is what edges connect, as in datatrove and
FineWeb2.

All choices follow one canonical order of the documents, so the clusters do not depend on the
order of the rows. It begins with the snapshot, so a later one changes no cluster of an earlier.
Time and memory are linear in the documents.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from curate.dedup.bands import similarity_of_matches
from curate.dedup.graph import (
    I32,
    distinct_rows,
    edges_of_band,
    follow,
    mix_keys,
    unite,
)
from curate.errors import ConfigError
from curate.text.hashing import I64, U8, U64, hash_spans, read_only

CLUSTER_VERSION = "4"
"""Raise it when the same rows and parameters would give other clusters."""


@dataclass(frozen=True)
class ClusterParams:
    """The parameters of near-duplicates.

    Args:
        verify: compare candidates by signature; False: every shared band key counts, and the
            two similarities are not used.
        min_similarity: least estimated Jaccard similarity of an edge, 0 to 1.
        min_representative_similarity: least estimated similarity of a member to the longest of
            its cluster, which stands for it unless selection drops it, 0 to 1; 0 leaves chains
            whole.

    Raises:
        ConfigError: a similarity is not within 0 to 1.
    """

    verify: bool = True
    min_similarity: float = 0.7
    min_representative_similarity: float = 0.7

    def __post_init__(self) -> None:
        """Refuse what is no similarity."""
        for name in ("min_similarity", "min_representative_similarity"):
            value = getattr(self, name)
            if not 0.0 <= value <= 1.0:
                raise ConfigError(
                    f"cluster.{name}",
                    wanted="a Jaccard similarity, 0 to 1",
                    found=repr(value),
                    todo=f"set cluster.{name} to a number in that range; 0.7 is usual",
                )


@dataclass(frozen=True)
class Clusters:
    """The clusters of n documents.

    A pair of documents is counted once, in the first band that they share; copies are not pairs.

    Attributes:
        cluster: int64[n], the row of the first member, in canonical order, of each row's cluster.
        size: int64[n], members of each row's cluster, copies included.
        n_candidate_pairs: pairs compared.
        n_verified_pairs: those of them that became edges.
        n_exact_copies: rows equal in keys and signature to a row before them; united unseen.
        n_uncompared: members of very large runs of one key left over after the last centre,
            added up over bands.
    """

    cluster: I64
    size: I64
    n_candidate_pairs: int
    n_verified_pairs: int
    n_exact_copies: int = 0
    n_uncompared: int = 0


def cluster(
    keys: U64,
    signatures: U8,
    order: U64,
    params: ClusterParams | None = None,
    *,
    n_chars: I64 | None = None,
    rank: I64 | None = None,
) -> Clusters:
    """Cluster documents by band keys and signatures.

    Every row must have a signature: documents without words would all be equal.

    Args:
        keys: uint64[n, n_bands], from :func:`curate.dedup.bands.band_keys`.
        signatures: uint8[n, n_hashes], from :func:`curate.dedup.bands.compact_signature`.
        order: uint64[n], a hash of each document's id; ties go by keys and signature.
        params: see :class:`ClusterParams`.
        n_chars: int64[n], lengths: longer documents come before ``order`` counts. Equal if None.
        rank: int64[n], snapshots: earlier ones come before lengths count. Equal if None.

    Returns:
        The clusters; as a partition of the documents the same for every order of the rows.

    Raises:
        ValueError: the arrays differ in rows, or there are 2**31 rows or more.
    """
    params = params or ClusterParams()
    n = order.size
    lengths = np.zeros(n, np.int64) if n_chars is None else n_chars
    ranks = np.zeros(n, np.int64) if rank is None else rank
    if not len(keys) == len(signatures) == len(lengths) == len(ranks) == n or n >= 2**31:
        counts_of = f"{len(keys)} keys, {len(signatures)} signatures, {len(lengths)} lengths"
        raise ValueError(f"{counts_of}, {n} rows (< 2**31)")
    if n == 0:
        return Clusters(np.empty(0, np.int64), np.empty(0, np.int64), 0, 0)
    keys = read_only(np.ascontiguousarray(keys))
    signatures = read_only(np.ascontiguousarray(signatures))
    rows = _canonical(keys, signatures, order, lengths, ranks)
    hashes = mix_keys(keys, _hash_rows(signatures))
    first, kind = distinct_rows(keys, signatures, hashes, rows)
    owner, counts = _cluster_distinct(keys, signatures, first, params)
    owner_of_row = np.empty(n, np.int64)
    owner_of_row[rows] = owner[kind]
    sizes = np.bincount(owner_of_row, minlength=first.size)
    return Clusters(
        first[owner_of_row],
        sizes[owner_of_row].astype(np.int64),
        n_candidate_pairs=int(counts[0]),
        n_verified_pairs=int(counts[1]),
        n_exact_copies=n - first.size,
        n_uncompared=int(counts[2]),
    )


def _hash_rows(signatures: U8) -> U64:
    """XXH64 of each signature: uint8[n, n_hashes] -> uint64[n]."""
    n, n_hashes = signatures.shape
    starts = np.arange(n, dtype=np.int64) * n_hashes
    return hash_spans(signatures.reshape(-1), starts, starts + n_hashes)


def _canonical(keys: U64, signatures: U8, order: U64, lengths: I64, ranks: I64) -> I64:
    """Rows by snapshot, then longest first, then ``order``, then content: int64[n].

    Rows equal in all of them are the same document.
    """
    rows = np.lexsort((order, -lengths, ranks)).astype(np.int64)
    is_same = np.ones(max(rows.size - 1, 0), bool)
    for column in (order, lengths, ranks):
        is_same &= column[rows[1:]] == column[rows[:-1]]
    is_tied = np.zeros(rows.size, bool)
    is_tied[1:] = is_same
    is_tied[:-1] |= is_same
    tied = rows[is_tied]
    if tied.size:
        columns = (*signatures[tied].T, *keys[tied].T, order[tied], -lengths[tied], ranks[tied])
        rows[is_tied] = tied[np.lexsort(columns)]
    return rows


def _cluster_distinct(
    keys: U64, signatures: U8, first: I64, params: ClusterParams
) -> tuple[I64, I64]:
    """Cluster the distinct documents, which are numbered in canonical order.

    Returns:
        int64[n_distinct], number of the first member of each one's cluster; and the counts of
        pairs compared, pairs that are edges, members left uncompared.
    """
    n_hashes = signatures.shape[1]
    needed = matches_needed(params.min_similarity, n_hashes) if params.verify else 0
    left, right, counts = _edges(keys, signatures, first, needed)
    if not params.verify or params.min_representative_similarity == 0:
        return unite(first.size, left, right), counts
    enough = matches_needed(params.min_representative_similarity, n_hashes)
    return follow(first.size, left, right, signatures, first, enough), counts


def _edges(keys: U64, signatures: U8, first: I64, needed: int) -> tuple[I32, I32, I64]:
    """The edges of all bands, one entry per band in which a pair is verified; and the counts."""
    counts = np.zeros(3, np.int64)
    edges_of_bands = [
        edges_of_band(keys, band, keys[:, band][first], signatures, first, needed, counts)
        for band in range(keys.shape[1])
    ]
    left = np.concatenate([edges[0] for edges in edges_of_bands])
    right = np.concatenate([edges[1] for edges in edges_of_bands])
    return left, right, counts


def matches_needed(similarity: float, n_hashes: int) -> int:
    """Smallest number of equal 8-bit values whose estimate reaches ``similarity``."""
    estimates = similarity_of_matches(np.arange(n_hashes + 1), n_hashes)
    return int(np.searchsorted(estimates, similarity - 1e-12))  # a rounding error is no miss
