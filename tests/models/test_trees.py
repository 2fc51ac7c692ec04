"""Trees as flat arrays give what the library that grew them gives."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from curate.models.trees import Forest


def test_a_tree_by_hand() -> None:
    forest = Forest(
        roots=np.array([0, 3], np.int32),
        feature=np.array([1, -1, -1, -1], np.int32),
        threshold=np.array([0.5, -1.0, 2.0, 0.25], np.float32),
        left=np.array([1, 0, 0, 0], np.int32),
    )
    rows = np.array([[9.0, 0.5], [9.0, 0.6]], np.float32)
    assert forest.predict(rows).tolist() == [-0.75, 2.25]  # the threshold itself goes left


def test_no_trees_give_nothing() -> None:
    ints, floats = np.zeros(0, np.int32), np.zeros(0, np.float32)
    none = Forest(ints, ints, floats, ints)
    assert none.predict(np.ones((3, 2), np.float32)).tolist() == [0.0, 0.0, 0.0]


def _grown(n_leaves: int, n_trees: int) -> Forest:
    """Trees of any shape with so many leaves each, over five columns."""
    rng = np.random.default_rng(n_leaves)
    feature: list[int] = []
    left: list[int] = []
    roots = []
    for _ in range(n_trees):
        roots.append(len(feature))
        leaves = [len(feature)]
        feature.append(-1)
        left.append(0)
        while len(leaves) < n_leaves:
            node = leaves.pop(int(rng.integers(len(leaves))))
            feature[node], left[node] = int(rng.integers(5)), len(feature)
            leaves += [len(feature), len(feature) + 1]
            feature += [-1, -1]
            left += [0, 0]
    threshold = rng.normal(size=len(feature)).astype(np.float32)
    columns = (np.array(column, np.int32) for column in (roots, feature, left))
    first, asked, child = columns
    return Forest(first, asked, threshold, child)


def _walked(forest: Forest, row: npt.NDArray[np.float32]) -> float:
    total = 0.0
    for root in forest.roots.tolist():
        node = root
        while forest.feature[node] >= 0:
            is_above = row[forest.feature[node]] > forest.threshold[node]
            node = int(forest.left[node]) + int(is_above)
        total += float(forest.threshold[node])
    return total


@pytest.mark.parametrize("n_leaves", [1, 2, 7, 31, 32])
@pytest.mark.parametrize("n_rows", [1, 9, 64, 130])
def test_what_is_left_is_where_a_walk_ends(n_leaves: int, n_rows: int) -> None:
    forest = _grown(n_leaves, 12)
    rows = np.random.default_rng(n_rows).normal(size=(n_rows, 5)).astype(np.float32)
    rows[0, 0], rows[-1, 1] = np.nan, np.inf
    assert forest.predict(rows).tolist() == [_walked(forest, row) for row in rows]


def test_too_many_leaves_are_told() -> None:
    with pytest.raises(ValueError, match="33 leaves"):
        _grown(33, 1).predict(np.zeros((2, 5), np.float32))


def test_flat_trees_are_those_of_the_library() -> None:
    lightgbm = pytest.importorskip("lightgbm", reason="the extra train is not installed")
    from jobs.extractor_trees import forest_of

    rng = np.random.default_rng(5)
    rows = rng.normal(size=(800, 6)).astype(np.float32).round(2)  # ties with thresholds
    wanted = ((rows[:, 0] > 0) ^ (rows[:, 1] > 0.5)).astype(np.float64)
    settings = {"objective": "binary", "num_leaves": 12, "verbose": -1, "num_threads": 1}
    booster = lightgbm.train(settings, lightgbm.Dataset(rows, wanted), 25)
    forest = forest_of([t["tree_structure"] for t in booster.dump_model()["tree_info"]])
    expected = booster.predict(rows, raw_score=True)
    np.testing.assert_allclose(forest.predict(rows), expected, rtol=1e-5, atol=1e-6)
