"""Components of documents that share band keys, for labels too large for one task's memory.

Sharing a key in any band puts two documents in one *component*, verified or not. Clusters lie
within components, so a component can be clustered apart from all others with the same result.
Here documents of a label are numbered from 0 and nothing but keys and numbers is held: 12 bytes a
band and document where keys are compared, 8 bytes a document where components are found.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from curate.dedup.graph import SPREAD, join, slots
from curate.jit import bare_kernel, kernel
from curate.text.hashing import I64, U64

U32 = npt.NDArray[np.uint32]
Numbers = npt.NDArray[np.unsignedinteger[Any]]

NARROW_DOCUMENTS = 2**32
"""Documents of a label up to which their numbers have 32 bits; more have 64."""

ALONE = np.uint32(2**32 - 1)
"""The partition of a document that shares no key with another: it needs none."""


def number_type(*, is_wide: bool) -> type[np.uint32] | type[np.uint64]:
    """The type of numbers of documents: uint32, or uint64 where a label is wide."""
    return np.uint64 if is_wide else np.uint32


def no_parents(n: int, *, is_wide: bool = False) -> Numbers:
    """uint32[n] or uint64[n], each document its own parent."""
    return np.arange(n, dtype=number_type(is_wide=is_wide))


@kernel
def star_edges(keys: U64, documents: Numbers, parents: Numbers) -> tuple[Numbers, Numbers]:
    """A spanning forest of the documents that share a key.

    Each record is joined to the first record of its key. An edge between two documents that
    earlier edges connect already is left out, if there are ``parents`` to tell.

    Args:
        keys: uint64[m]; keys of different bands are taken to differ.
        documents: uint32[m] or uint64[m], number of the document that has the key.
        parents: of the same type, [n], from :func:`no_parents`, changed; of no length: keep every
            edge.

    Returns:
        Two arrays of the same type, the ends of each edge; with parents fewer than n.
    """
    table, shift = slots(keys.size)
    mask = table.size - 1
    left = np.empty(keys.size, documents.dtype)
    right = np.empty(keys.size, documents.dtype)
    n_edges = 0
    for i in range(keys.size):
        slot = np.int64((keys[i] * SPREAD) >> shift)
        while table[slot] >= 0 and keys[table[slot]] != keys[i]:
            slot = (slot + 1) & mask
        if table[slot] < 0:
            table[slot] = i
            continue
        a, b = documents[table[slot]], documents[i]
        if a == b or (parents.size and not join(parents, a, b)):
            continue
        left[n_edges] = a
        right[n_edges] = b
        n_edges += 1
    return left[:n_edges].copy(), right[:n_edges].copy()


@bare_kernel
def join_edges(parents: Numbers, left: Numbers, right: Numbers) -> int:
    """Unite the ends of all edges; the number of edges that united something."""
    n = 0
    for i in range(left.size):
        n += join(parents, left[i], right[i])
    return n


@bare_kernel
def _pack(parents: Numbers, rows: int, partition: U32, filled: I64) -> tuple[int, int, int]:
    """See :func:`pack_components`; returns partitions, components, members of the largest."""
    n = parents.size
    for i in range(n):
        parents[i] = parents[parents[i]]  # a parent is never the larger: it is a root by now
        partition[i] = 0
        partition[parents[i]] += np.uint32(1)
    number = n_components = largest = 0
    for i in range(n):
        root = parents[i]
        if root != np.uint64(i):
            partition[i] = partition[root]
            continue
        size = int(partition[i])
        if size < 2:
            partition[i] = ALONE
            continue
        if filled[number] and filled[number] + size > rows:
            number += 1
        partition[i] = number
        filled[number] += size
        n_components += 1
        if size > largest:
            largest = int(size)
    return number + (filled[number] > 0), n_components, largest


def pack_components(parents: Numbers, rows: int) -> tuple[U32, I64, int, int]:
    """Pack whole components into partitions of up to ``rows`` documents.

    A component of more than ``rows`` documents has a partition of its own.

    Args:
        parents: uint32[n] or uint64[n], a forest whose parents are smaller numbers; becomes flat.
        rows: documents of a partition.

    Returns:
        uint32[n], each document's partition, :data:`ALONE` for one that shares no key;
        int64[n_partitions], documents of each; components of two and more; members of the
        largest of them.
    """
    partition = np.empty(parents.size, np.uint32)
    filled = np.zeros(2 * (parents.size // rows) + 2, np.int64)
    n, n_components, largest = _pack(parents, rows, partition, filled)
    return partition, filled[:n].copy(), int(n_components), int(largest)
