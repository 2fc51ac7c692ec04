"""What becomes of each document, and how often it is repeated."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from curate.stages.rebalance import decide

WEIGHTS = {"fra_Latn": {1: 1, 3: 5, 10: 2}}


@pytest.mark.parametrize(
    ("label", "size", "drop_reason", "chosen", "row"),
    [
        pytest.param("fra_Latn", 1, None, True, (True, 1, None), id="alone and kept"),
        pytest.param("fra_Latn", 3, None, True, (True, 5, None), id="stands for three"),
        pytest.param("fra_Latn", 99, None, True, (True, 2, None), id="a very large cluster"),
        pytest.param("fra_Latn", 3, None, False, (False, 0, "duplicate"), id="a duplicate"),
        pytest.param(
            "fra_Latn", 3, "n_words", False, (False, 0, "duplicate"), id="a failing duplicate"
        ),
        pytest.param(
            "fra_Latn", 3, "n_words", True, (True, 0, "n_words"), id="all of its cluster fail"
        ),
        pytest.param(
            "fra_Latn", None, "lid_confidence", False, (False, 0, "lid_confidence"), id="not sure"
        ),
        pytest.param("amh_Ethi", 7, None, True, (True, 1, None), id="a label without weights"),
    ],
)
def test_outcome(
    label: str,
    size: int | None,
    drop_reason: str | None,
    chosen: bool,  # noqa: FBT001 - a row of a table of cases
    row: tuple[bool, int, str | None],
) -> None:
    batch = pa.table(
        {
            "label": [label],
            "cluster_size": pa.array([size], pa.int64()),
            "drop_reason": pa.array([drop_reason], pa.string()),
        }
    )
    found = decide(batch, np.array([chosen]), weights=WEIGHTS).to_pylist()[0]
    assert tuple(found.values()) == row
