"""The compiled parts of clustering: copies, edges of a band, components, leaders.

Distinct documents are numbered 0 to m - 1 in canonical order; ``first[i]`` is the row of number i
in the arrays of keys and signatures, which are never copied.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from curate.jit import bare_inner, inner, kernel
from curate.text.hashing import I64, U8, U64

I32 = npt.NDArray[np.int32]

MAX_CENTRES = 32
"""Centres tried in one run of equal keys, so that a run of n costs at most 32 n comparisons."""

SPREAD = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio: Knuth's multiplicative hashing
_64 = np.uint64(64)


@inner
def slots(n: int) -> tuple[I32, np.uint64]:
    """An empty table of at least 2 n slots, and the shift from a hash to its slot."""
    n_bits = 1
    while (1 << n_bits) < 2 * n:
        n_bits += 1
    return _nobody(1 << n_bits), _64 - np.uint64(n_bits)


@inner
def _nobody(n: int) -> I32:
    """int32[n] of -1. Numba takes a third of a second to compile its own ``full``."""
    nobody = np.empty(n, np.int32)
    for i in range(n):
        nobody[i] = -1
    return nobody


@kernel
def mix_keys(keys: U64, seeds: U64) -> U64:
    """One hash per row of ``keys``: uint64[n, n_bands], uint64[n] -> uint64[n]."""
    hashes = seeds.copy()
    for i in range(keys.shape[0]):
        h = hashes[i]
        for band in range(keys.shape[1]):
            h = (h ^ keys[i, band]) * SPREAD
            h ^= h >> np.uint64(29)
        hashes[i] = h
    return hashes


@kernel
def distinct_rows(keys: U64, signatures: U8, hashes: U64, rows: I64) -> tuple[I64, I64]:
    """Number the rows that differ in keys or signature.

    Args:
        keys: uint64[n, n_bands].
        signatures: uint8[n, n_hashes].
        hashes: uint64[n], equal where keys and signature are.
        rows: int64[n], the rows in canonical order.

    Returns:
        int64[m], the first row of each kind, in canonical order; int64[n], the kind of each
        entry of ``rows``.
    """
    table, shift = slots(rows.size)
    mask = table.size - 1
    first = np.empty(rows.size, np.int64)
    kind = np.empty(rows.size, np.int64)
    n_kinds = 0
    for i in range(rows.size):
        row = rows[i]
        slot = np.int64((hashes[row] * SPREAD) >> shift)
        while table[slot] >= 0 and not _same(keys, signatures, hashes, row, first[table[slot]]):
            slot = (slot + 1) & mask
        if table[slot] < 0:
            table[slot] = n_kinds
            first[n_kinds] = row
            n_kinds += 1
        kind[i] = table[slot]
    return first[:n_kinds].copy(), kind


@bare_inner
def _same(keys: U64, signatures: U8, hashes: U64, a: int, b: int) -> bool:
    if hashes[a] != hashes[b]:
        return False
    n_equal = 0
    for band in range(keys.shape[1]):
        n_equal += keys[a, band] == keys[b, band]
    return bool(n_equal == keys.shape[1] and _n_matches(signatures, a, b) == signatures.shape[1])


@bare_inner
def _n_matches(signatures: U8, a: int, b: int) -> int:
    """Equal values of two rows."""
    n = 0
    for k in range(signatures.shape[1]):
        n += signatures[a, k] == signatures[b, k]
    return n


@inner
def _runs(column: U64) -> tuple[I32, npt.NDArray[np.bool_]]:
    """Link documents of equal key: the next of the same key or -1; True for the first of a key."""
    table, shift = slots(column.size)
    mask = table.size - 1
    following = _nobody(column.size)
    last = np.empty(column.size, np.int32)
    is_first = np.zeros(column.size, np.bool_)
    for i in range(column.size):
        slot = np.int64((column[i] * SPREAD) >> shift)
        while table[slot] >= 0 and column[table[slot]] != column[i]:
            slot = (slot + 1) & mask
        head = table[slot]
        if head < 0:
            table[slot] = i
            is_first[i] = True
            last[i] = i
        else:
            following[last[head]] = i
            last[head] = i
    return following, is_first


@kernel
def edges_of_band(
    keys: U64, band: int, column: U64, signatures: U8, first: I64, needed: int, counts: I64
) -> tuple[I32, I32]:
    """Edges among documents that share a key in one band.

    In each run of equal keys the first document is compared with all others; those that fail form
    a smaller run with a first of its own, so that a false collision hides no true pair.

    Args:
        keys: uint64[n, n_bands].
        band: which band.
        column: uint64[m], its key of each distinct document.
        signatures: uint8[n, n_hashes].
        first: int64[m], rows of the distinct documents.
        needed: equal values that make an edge; 0 makes one of every candidate.
        counts: int64[3], added to: pairs compared, pairs that are edges, members left over.

    Returns:
        Two int32 arrays, the centre and the other end of each edge.
    """
    following, is_first = _runs(column)
    left = np.empty(column.size, np.int32)
    right = np.empty(column.size, np.int32)
    rest = np.empty(column.size, np.int32)
    n_edges = 0
    for head in range(column.size):
        if not is_first[head] or following[head] < 0:
            continue
        n_rest, member = 0, head
        while member >= 0:
            rest[n_rest] = member
            n_rest += 1
            member = following[member]
        for _ in range(MAX_CENTRES):
            centre, n_failed = rest[0], 0
            for i in range(1, n_rest):
                a, b = first[centre], first[rest[i]]
                is_edge = needed == 0 or _n_matches(signatures, a, b) >= needed
                if not _share_before(keys, a, b, band):
                    counts[0] += 1
                    counts[1] += is_edge
                if is_edge:
                    left[n_edges] = centre
                    right[n_edges] = rest[i]
                    n_edges += 1
                else:
                    rest[n_failed] = rest[i]
                    n_failed += 1
            n_rest = n_failed
            if n_rest < 2:
                break
        if n_rest > 1:
            counts[2] += n_rest
    return left[:n_edges].copy(), right[:n_edges].copy()


@bare_inner
def _share_before(keys: U64, a: int, b: int, band: int) -> bool:
    earlier = 0
    while earlier < band and keys[a, earlier] != keys[b, earlier]:
        earlier += 1
    return earlier < band


@bare_inner
def join(parents: npt.NDArray[Any], a: np.integer[Any], b: np.integer[Any]) -> bool:
    """Unite two trees of a union-find below the smaller root; False if they were one."""
    while parents[a] != a:
        parents[a] = parents[parents[a]]
        a = parents[a]
    while parents[b] != b:
        parents[b] = parents[parents[b]]
        b = parents[b]
    if a < b:
        parents[b] = a
    else:
        parents[a] = b
    return bool(a != b)


@kernel
def unite(m: int, left: I32, right: I32) -> I64:
    """Union-find: int64[m], the smallest number in each one's connected component."""
    parents = np.arange(m).astype(np.int32)
    for i in range(left.size):
        join(parents, left[i], right[i])
    owner = np.empty(m, np.int64)
    for i in range(m):
        owner[i] = i if parents[i] == i else owner[parents[i]]  # a parent is never the larger
    return owner


@kernel
def follow(m: int, left: I32, right: I32, signatures: U8, first: I64, needed: int) -> I64:
    """Clusters with a leader: each document joins the leader it is most like, or leads.

    Documents are taken in order. One may join the leaders of the earlier documents that it has
    an edge to, if it agrees with them in ``needed`` values; ties go to the earlier leader. What
    comes later in order changes nothing that was decided, so a document that is added behind the
    others leaves their clusters as they are. A document is compared at most once per edge.

    Args:
        m: how many documents.
        left: int32[n_edges], the earlier end of each edge.
        right: int32[n_edges], the later end; an edge may be there more than once.
        signatures: uint8[n, n_hashes].
        first: int64[m], rows of the documents.
        needed: equal values that a member has with its leader, at least.

    Returns:
        int64[m], the leader of each one's cluster, which is its first member.
    """
    starts = np.zeros(m + 1, np.int64)
    for i in range(left.size):
        starts[right[i] + 1] += 1
    for i in range(m):
        starts[i + 1] += starts[i]
    free = starts[:-1].copy()
    earlier = np.empty(left.size, np.int32)
    for i in range(left.size):
        earlier[free[right[i]]] = left[i]
        free[right[i]] += 1
    leader_of = np.arange(m)
    for i in range(m):
        best, most = i, needed - 1
        for at in range(starts[i], starts[i + 1]):
            leader = leader_of[earlier[at]]
            if leader == best:
                continue
            agreed = _n_matches(signatures, first[leader], first[i])
            if agreed > most or (agreed == most and best != i and leader < best):
                best, most = leader, agreed
        leader_of[i] = best
    return leader_of
