"""Gradient-boosted trees as flat arrays, and the kernel that reads them.

A walk down a tree waits at every node for the one above. So many rows walk no tree: every node is
asked for many rows at once, and takes out of each row's set of leaves those that it rules out; the
first leaf that is left is the one that the walk would end in (Lucchese et al., QuickScorer, SIGIR
2015). One row alone walks: it needs a tenth of the nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.jit import bare_inner, bare_kernel, decorator

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]

MAX_LEAVES: Final = 32
"""Leaves that a tree may have: one bit for each, and sixteen rows to a vector of 512 bits."""

_EVERY = np.uint32(0xFFFFFFFF)
_DE_BRUIJN = np.uint32(0x077CB531)
"""Its products with powers of two differ in their first five bits."""
_SHIFT, _ONE = np.uint32(27), np.uint32(1)


def _bits() -> U8:
    places = np.zeros(MAX_LEAVES, np.uint8)
    for bit in range(MAX_LEAVES):
        places[((int(_DE_BRUIJN) << bit) & int(_EVERY)) >> int(_SHIFT)] = bit
    return places


_BITS: Final = _bits()


class Walks(NamedTuple):
    """Trees as they are walked down. T trees, N nodes.

    Attributes:
        roots: int32[T].
        feature: int32[N], the column that the node asks; -1 in a leaf.
        threshold: float32[N]; not above it goes left. In a leaf the value.
        left: int32[N], the child; the right one is the next.
        owner: int32[T], which of several forests tree t is of.
    """

    roots: I32
    feature: I32
    threshold: F32
    left: I32
    owner: I32


@dataclass(frozen=True, slots=True, eq=False)
class Tests:
    """The nodes of a forest without their order. T trees, M nodes that ask, L leaves, U columns.

    Attributes:
        used: int32[U], the columns that are asked for.
        first: int32[T + 1]; nodes of tree t are ``first[t] … first[t + 1] - 1``.
        column: int32[M], place in ``used``.
        threshold: float32[M].
        kept: uint32[M]; a bit for each leaf, 0 if a value above the threshold rules it out.
        first_leaf: int32[T].
        value: float32[L], from left to right.
        owner: int32[T], which of several forests tree t is of.
    """

    used: I32
    first: I32
    column: I32
    threshold: F32
    kept: U32
    first_leaf: I32
    value: F32
    owner: I32


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
    def _alone(self) -> Forests:
        return Forests((self,))

    @property
    def tests(self) -> Tests:
        """These trees, as the kernel reads them; see :attr:`Forests.tests`."""
        return self._alone.tests

    def nodes(self, root: int, leaves: list[int]) -> list[tuple[int, int]]:
        """The nodes of a tree that ask, and what each rules out; its leaves are added to those."""
        begin, removals = len(leaves), []
        rest = [(root, -1)]  # the left child of a node, with it, tells what there is to rule out
        starts: dict[int, int] = {}
        while rest:
            node, parent = rest.pop()
            if parent >= 0:  # all that is left of it has been seen
                bits = (1 << (len(leaves) - begin)) - (1 << starts[parent])
                removals.append((parent, bits))
            if self.feature[node] < 0:
                leaves.append(node)
            else:
                starts[node] = len(leaves) - begin
                left = int(self.left[node])
                rest += [(left + 1, node), (left, -1)]
        return removals

    def predict(self, rows: F32) -> F64:
        """float64[n]: the sum of all trees for each row of float32[n, …]."""
        return self._alone.predict(rows)[:, 0]


@dataclass(frozen=True, eq=False)
class Forests:
    """Several forests that are asked about the same rows, in one call.

    Attributes:
        members: F of them.
    """

    members: tuple[Forest, ...]

    @cached_property
    def tests(self) -> Tests:
        """Their trees, as the kernel reads them.

        Raises:
            ValueError: a tree has more than :data:`MAX_LEAVES` leaves.
        """
        parts = [_taken_apart(forest) for forest in self.members]
        columns = np.concatenate([part.column for part in parts])
        used, column = np.unique(columns, return_inverse=True)
        n_nodes = np.cumsum([0, *(len(part.column) for part in parts)])
        n_leaves = np.cumsum([0, *(len(part.value) for part in parts)])
        firsts = [part.first[:-1] + n for part, n in zip(parts, n_nodes, strict=False)]
        return Tests(
            used.astype(np.int32),
            np.append(np.concatenate(firsts), n_nodes[-1]).astype(np.int32),
            column.astype(np.int32),
            np.concatenate([part.threshold for part in parts]),
            np.concatenate([part.kept for part in parts]),
            np.concatenate(
                [part.first_leaf + n for part, n in zip(parts, n_leaves, strict=False)]
            ).astype(np.int32),
            np.concatenate([part.value for part in parts]),
            np.concatenate([part.owner + number for number, part in enumerate(parts)]),
        )

    @cached_property
    def walks(self) -> Walks:
        """Their trees one behind the other, for rows that come alone."""
        nodes = np.cumsum([0, *(len(forest.left) for forest in self.members)])
        pairs = list(zip(self.members, nodes, strict=False))
        return Walks(
            np.concatenate([forest.roots + n for forest, n in pairs]).astype(np.int32),
            np.concatenate([forest.feature for forest in self.members]),
            np.concatenate([forest.threshold for forest in self.members]),
            np.concatenate([forest.left + n for forest, n in pairs]).astype(np.int32),
            np.repeat(np.arange(len(self.members)), [len(f.roots) for f in self.members]).astype(
                np.int32
            ),
        )

    def predict(self, rows: F32) -> F64:
        """float64[n, F]: the sum of each one's trees for each row of float32[n, …]."""
        out = np.zeros((len(rows), len(self.members)), np.float64)
        if len(rows) == 1:
            walk_trees(self.walks, rows, out)
            return out
        t = self.tests
        columns = np.empty((len(t.used), 64), np.float32)
        add_trees(
            t.used, t.first, t.column, t.threshold, t.kept, t.first_leaf, t.value, t.owner,
            _BITS, rows, columns, out,
        )  # fmt: skip
        return out


def _taken_apart(forest: Forest) -> Tests:
    """A forest's nodes; ``column`` are those of the rows, ``used`` is empty."""
    nodes: list[tuple[int, int]] = []  # node, leaves that it rules out
    leaves: list[int] = []
    first, first_leaf, most = [0], [], 1
    for root in forest.roots.tolist():
        first_leaf.append(len(leaves))
        nodes += forest.nodes(root, leaves)
        first.append(len(nodes))
        most = max(most, len(leaves) - first_leaf[-1])
    if most > MAX_LEAVES:
        raise ValueError(f"a tree has {most} leaves, no more than {MAX_LEAVES} are possible")
    rows = np.array([node for node, _ in nodes], np.int64)
    return Tests(
        np.empty(0, np.int32),
        np.array(first, np.int32),
        forest.feature[rows],
        forest.threshold[rows],
        ~np.array([out for _, out in nodes], np.uint32),
        np.array(first_leaf, np.int32),
        forest.threshold[leaves],
        np.zeros(len(first_leaf), np.int32),
    )


@decorator(cache=True, error_model="numpy", no_cfunc_wrapper=True)
def add_trees(
    used: I32,
    first: I32,
    column: I32,
    threshold: F32,
    kept: U32,
    first_leaf: I32,
    value: F32,
    owner: I32,
    bits: U8,
    rows: F32,
    columns: F32,
    out: F64,
) -> None:
    """Add the value of every tree to ``out`` (float64[n, F]); the others as in :class:`Tests`.

    ``columns`` (float32[U, 64]) is there to work in.
    """
    # Made here, so that the compiler knows that nothing else lies in it, and makes vectors.
    leaves = np.empty(64, np.uint32)
    for low in range(0, len(rows), 64):
        n = min(64, len(rows) - low)
        # Of a length that is not known before, so that the compiler makes vectors of the loop and
        # does not unroll it.
        width = np.uint64((n + 15) & ~15)
        for i in range(n):
            row = rows[low + i]
            for k in range(len(used)):
                columns[k, i] = row[used[k]]
        for tree in range(len(first_leaf)):
            for i in range(width):
                leaves[i] = _EVERY
            for node in range(first[tree], first[tree + 1]):
                border, mask = threshold[node], kept[node]
                value_column = columns[column[node]]
                for i in range(width):
                    before = leaves[i]
                    leaves[i] = before & mask if value_column[i] > border else before
            leaf, of = first_leaf[tree], owner[tree]
            for i in range(n):
                lowest = np.uint32(leaves[i] & (~leaves[i] + _ONE))
                place = np.uint32(lowest * _DE_BRUIJN) >> _SHIFT
                out[low + i, of] += value[leaf + bits[place]]


@bare_inner
def walk_row(walks: Walks, row: F32, out: F64) -> None:
    """Add the value of every tree for one row (float32[…]) to ``out`` (float64[F])."""
    for tree in range(len(walks.roots)):
        node = np.int64(walks.roots[tree])
        while walks.feature[node] >= 0:
            right = row[walks.feature[node]] > walks.threshold[node]
            node = walks.left[node] + right
        out[walks.owner[tree]] += walks.threshold[node]


@bare_kernel
def walk_trees(walks: Walks, rows: F32, out: F64) -> None:
    """Values of all forests for each of some rows (float32[n, …], float64[n, F])."""
    for i in range(len(rows)):
        walk_row(walks, rows[i], out[i])
