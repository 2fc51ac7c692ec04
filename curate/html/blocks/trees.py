"""Gradient-boosted trees as flat arrays, and the kernel that reads them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from curate.html.blocks.jit import kernel

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
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

    def predict(self, rows: F32) -> F64:
        """float64[n]: the sum of all trees for each row of float32[n, …]."""
        out = np.zeros(len(rows), np.float64)
        add_trees(self.roots, self.feature, self.threshold, self.left, rows, out)
        return out


@kernel
def add_trees(roots: I32, feature: I32, threshold: F32, left: I32, rows: F32, out: F64) -> None:
    """Add the value of every tree to ``out`` (float64[n])."""
    for low in range(0, len(rows), 16):  # so that rows and tree stay in the nearest cache
        high = min(len(rows), low + 16)
        for tree in range(len(roots)):
            root = roots[tree]
            for i in range(low, high):
                node = root
                column = feature[node]
                while column >= 0:
                    node = left[node] + (rows[i, column] > threshold[node])
                    column = feature[node]
                out[i] += threshold[node]
