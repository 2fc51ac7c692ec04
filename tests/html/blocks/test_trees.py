"""Trees as flat arrays give what the library that grew them gives."""

from __future__ import annotations

import numpy as np
import pytest

from curate.html.blocks.trees import Forest


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
    none = Forest(*(np.zeros(0, t) for t in (np.int32, np.int32, np.float32, np.int32)))
    assert none.predict(np.ones((3, 2), np.float32)).tolist() == [0.0, 0.0, 0.0]


def test_flat_trees_are_those_of_the_library() -> None:
    lightgbm = pytest.importorskip("lightgbm", reason="the extra train is not installed")
    from jobs.extractor_fit import forest_of

    rng = np.random.default_rng(5)
    rows = rng.normal(size=(800, 6)).astype(np.float32).round(2)  # ties with thresholds
    wanted = ((rows[:, 0] > 0) ^ (rows[:, 1] > 0.5)).astype(np.float64)
    settings = {"objective": "binary", "num_leaves": 12, "verbose": -1, "num_threads": 1}
    booster = lightgbm.train(settings, lightgbm.Dataset(rows, wanted), 25)
    forest = forest_of([t["tree_structure"] for t in booster.dump_model()["tree_info"]])
    expected = booster.predict(rows, raw_score=True)
    np.testing.assert_allclose(forest.predict(rows), expected, rtol=1e-5, atol=1e-6)
