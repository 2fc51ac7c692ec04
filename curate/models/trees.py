"""Gradient-boosted trees as flat arrays, and the kernel that reads them.

A walk down a tree waits at every node for the one above. So no tree is walked: every node is asked
for many rows at once, and takes out of each row's set of leaves those that it rules out; the first
leaf that is left is the one that the walk would end in (Lucchese et al., QuickScorer, SIGIR 2015).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
from numba import njit

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]
U8 = npt.NDArray[np.uint8]
U64 = npt.NDArray[np.uint64]

MAX_LEAVES: Final = 64
"""Leaves that a tree may have: one bit for each."""

_EVERY = np.uint64(0xFFFFFFFFFFFFFFFF)
_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
"""Its products with powers of two differ in their first six bits."""


def _bits() -> U8:
    found = np.zeros(64, np.uint8)
    for bit in range(64):
        found[((int(_DE_BRUIJN) << bit) & int(_EVERY)) >> 58] = bit
    return found


_BITS: Final = _bits()


@dataclass(frozen=True, slots=True, eq=False)
class Tests:
    """The nodes of a forest without their order. T trees, M nodes that ask, L leaves, U columns.

    Attributes:
        used: int32[U], the columns that are asked for.
        first: int32[T + 1]; nodes of tree t are ``first[t] … first[t + 1] - 1``.
        column: int32[M], place in ``used``.
        threshold: float32[M].
        kept: uint64[M]; a bit for each leaf, 0 if a value above the threshold rules it out.
        first_leaf: int32[T].
        value: float32[L], from left to right.
    """

    used: I32
    first: I32
    column: I32
    threshold: F32
    kept: U64
    first_leaf: I32
    value: F32


@dataclass(frozen=True, eq=False)
class Forest:
    """Trees whose values are added up.

    Attributes:
        roots: int32[T], first node of each tree.
        feature: int32[N], the column that the node asks; -1 in a leaf.
        threshold: float32[N]; not above it goes left. In a leaf the value.
        left: int32[N], the child; the right one is the next.
    """

    roots: I32
    feature: I32
    threshold: F32
    left: I32

    @cached_property
    def tests(self) -> Tests:
        """The same trees, as the kernel reads them.

        Raises:
            ValueError: a tree has more than :data:`MAX_LEAVES` leaves.
        """
        nodes: list[tuple[int, int]] = []  # node, leaves that it rules out
        leaves: list[int] = []
        first, first_leaf, most = [0], [], 1
        for root in self.roots.tolist():
            first_leaf.append(len(leaves))
            nodes += self._nodes(root, leaves)
            first.append(len(nodes))
            most = max(most, len(leaves) - first_leaf[-1])
        if most > MAX_LEAVES:
            raise ValueError(f"a tree has {most} leaves, no more than {MAX_LEAVES} are possible")
        asked = np.array([node for node, _ in nodes], np.int64)
        used, column = np.unique(self.feature[asked], return_inverse=True)
        return Tests(
            used.astype(np.int32),
            np.array(first, np.int32),
            column.astype(np.int32),
            self.threshold[asked],
            ~np.array([out for _, out in nodes], np.uint64),
            np.array(first_leaf, np.int32),
            self.threshold[leaves],
        )

    def _nodes(self, root: int, leaves: list[int]) -> list[tuple[int, int]]:
        """The nodes of a tree that ask, and what each rules out; its leaves are added to those."""
        begin, found = len(leaves), []
        rest = [(root, -1)]  # the left child of a node, with it, tells what there is to rule out
        starts: dict[int, int] = {}
        while rest:
            node, parent = rest.pop()
            if parent >= 0:  # all that is left of it has been seen
                bits = (1 << (len(leaves) - begin)) - (1 << starts[parent])
                found.append((parent, bits))
            if self.feature[node] < 0:
                leaves.append(node)
            else:
                starts[node] = len(leaves) - begin
                left = int(self.left[node])
                rest += [(left + 1, node), (left, -1)]
        return found

    def predict(self, rows: F32) -> F64:
        """float64[n]: the sum of all trees for each row of float32[n, …]."""
        out = np.zeros(len(rows), np.float64)
        t = self.tests
        add_trees(
            t.used, t.first, t.column, t.threshold, t.kept, t.first_leaf, t.value, _BITS, rows, out
        )
        return out


@njit(cache=True, nogil=True, error_model="numpy")
def add_trees(
    used: I32,
    first: I32,
    column: I32,
    threshold: F32,
    kept: U64,
    first_leaf: I32,
    value: F32,
    bits: U8,
    rows: F32,
    out: F64,
) -> None:
    """Add the value of every tree to ``out`` (float64[n]); the others as in :class:`Tests`."""
    columns = np.empty((len(used), 64), np.float32)
    leaves = np.empty(64, np.uint64)
    for low in range(0, len(rows), 64):
        n = min(64, len(rows) - low)
        # Of a length that is not known before, so that the compiler makes vectors of the loop and
        # does not unroll it.
        width = np.uint64((n + 7) & ~7)
        for i in range(n):
            row = rows[low + i]
            for k in range(len(used)):
                columns[k, i] = row[used[k]]
        for tree in range(len(first_leaf)):
            leaves[:] = _EVERY
            for node in range(first[tree], first[tree + 1]):
                border, mask = threshold[node], kept[node]
                asked = columns[column[node]]
                for i in range(width):
                    before = leaves[i]
                    leaves[i] = before & mask if asked[i] > border else before
            leaf = first_leaf[tree]
            for i in range(n):
                lowest = leaves[i] & (~leaves[i] + np.uint64(1))
                out[low + i] += value[leaf + bits[(lowest * _DE_BRUIJN) >> np.uint64(58)]]
