"""LightGBM's trees as the flat arrays that the extractor reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import lightgbm
import numpy as np

from curate.models.trees import Forest

COMMON: Final = {
    "num_threads": 1,
    "seed": 7,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
}
PAGE_SETTINGS: Final = {
    **COMMON,
    "num_leaves": 7,
    "learning_rate": 0.05,
    "min_data_in_leaf": 12,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.8,
}
"""Of the forests about whole pages."""


def trees_of(booster: lightgbm.Booster) -> list[dict[str, Any]]:
    """The trees of a model as LightGBM tells them."""
    return [tree["tree_structure"] for tree in booster.dump_model()["tree_info"]]


def forest_of(trees: Sequence[dict[str, Any]]) -> Forest:
    """LightGBM's trees as flat arrays; siblings are neighbours."""
    roots: list[int] = []
    feature: list[int] = []
    threshold: list[float] = []
    left: list[int] = []

    def add() -> int:
        feature.append(-1)
        threshold.append(0.0)
        left.append(0)
        return len(feature) - 1

    for tree in trees:
        roots.append(add())
        open_ = [(tree, roots[-1])]
        while open_:
            node, place = open_.pop()
            if "leaf_value" in node:
                threshold[place] = node["leaf_value"]
                continue
            feature[place] = node["split_feature"]
            threshold[place] = _not_above(node["threshold"])
            first, second = add(), add()
            left[place] = first
            open_ += [(node["left_child"], first), (node["right_child"], second)]
    return Forest(
        np.array(roots, np.int32),
        np.array(feature, np.int32),
        np.array(threshold, np.float32),
        np.array(left, np.int32),
    )


def _not_above(threshold: float) -> float:
    """The greatest float32 that is not above: float32 values compare with both alike."""
    near = np.float32(threshold)
    if float(near) > threshold:
        near = np.nextafter(near, np.float32(-np.inf))
    return float(near)
