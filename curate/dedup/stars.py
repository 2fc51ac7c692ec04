"""Components of a graph of which no machine holds the nodes: edges become stars, round by round.

A *large star* links the larger neighbours of each node to the smallest of its neighbours and
itself; a *small star* links its smaller neighbours, and the node, to the smallest of them. Neither
connects or parts anything nor makes edges more, and in turn they leave a star for each component,
around its smallest node, after a number of rounds that grows with the logarithm of the longest
path (Kiveris et al., Connected Components in MapReduce and Beyond, SoCC 2014).

Nodes are cut into ranges. What a range does to its nodes needs the edges that touch them and one
array of 8 bytes a node; edges come and go some at a time.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from curate.dedup.forest import ALONE, U32
from curate.jit import bare_kernel
from curate.text.hashing import I64, U64

Bools = npt.NDArray[np.bool_]


@bare_kernel
def take_least(least: U64, first: int, nodes: U64, others: U64) -> int:
    """Bring the smallest neighbour of each node of a range up to date with some edges.

    Args:
        least: uint64[n], of node ``first + i`` the smallest smaller neighbour, itself if it has
            none; changed.
        first: the first node of the range.
        nodes: uint64[n_edges], the ends in this range.
        others: uint64[n_edges], the other ends.

    Returns:
        How often a node was met with another smaller neighbour than before.
    """
    n_split = 0
    for i in range(nodes.size):
        place = np.int64(nodes[i]) - first
        if others[i] < nodes[i] and others[i] != least[place]:
            n_split += least[place] != nodes[i]
            if others[i] < least[place]:
                least[place] = others[i]
    return n_split


def large_star(least: U64, first: int, nodes: U64, others: U64) -> tuple[U64, U64, int]:
    """Link the larger neighbours of nodes to the smallest one, as ``least`` says.

    Returns:
        The larger and the smaller end of each edge, and how many are not as they were.
    """
    is_larger = others > nodes
    nodes, others = nodes[is_larger], others[is_larger]
    ends = least[(nodes - np.uint64(first)).astype(np.int64)]
    return others, ends, int(np.count_nonzero(ends != nodes))


def small_star(least: U64, first: int, nodes: U64, others: U64) -> tuple[U64, U64]:
    """Link the smaller neighbours of nodes to the smallest one; nodes by :func:`own_edges`."""
    ends = least[(nodes - np.uint64(first)).astype(np.int64)]
    moved = (others != ends) & (others < nodes)
    return others[moved], ends[moved]


def own_edges(least: U64, first: int) -> tuple[U64, U64]:
    """The edge of each node of a range that has a smaller neighbour to the smallest."""
    nodes = np.arange(first, first + least.size, dtype=np.uint64)
    has = least != nodes
    return nodes[has], least[has]


@bare_kernel
def pack_sizes(members: U64, rows: int, partition: U32, filled: I64, state: I64) -> None:
    """Pack components as :func:`curate.dedup.forest.pack_components` does, some at a time.

    Args:
        members: uint64[n], of each document how many others it is the smallest of.
        rows: documents of a partition.
        partition: uint32[n], written: of the smallest document of each component where it goes,
            of all others :data:`curate.dedup.forest.ALONE`.
        filled: int64[n_partitions], documents of each partition so far; changed.
        state: int64[3], the partition that is being filled, components so far, members of the
            largest; changed.
    """
    for i in range(members.size):
        partition[i] = ALONE
        if members[i] == 0:
            continue
        size = np.int64(members[i]) + 1
        if filled[state[0]] and filled[state[0]] + size > rows:
            state[0] += 1
        partition[i] = state[0]
        filled[state[0]] += size
        state[1] += 1
        state[2] = max(state[2], size)
