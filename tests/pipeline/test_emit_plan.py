"""Which file takes which rows: evenly, in order, and planned before one is written."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.pipeline.emit.fineweb2_plan import BLOCKS, FILES, PIECES, plan_files

Row = tuple[str, str, int, int, int, int, int]


def blocks(rows: list[Row]) -> tuple[pa.Table, np.ndarray]:
    """(label, subset, pass, shard, start, stop, bytes) as the plan takes them."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * 7
    names = ("label", "subset", "pass", "shard", "start", "stop", "text_bytes")
    by_name = dict(zip(names, columns, strict=True))
    table = pa.table([pa.array(by_name[f.name], f.type) for f in BLOCKS], schema=BLOCKS)
    table = table.append_column("shard", pa.array(by_name["shard"], pa.int32()))
    return table, np.array(by_name["text_bytes"], np.int64)


def planned(rows: list[Row], size: int) -> tuple[list[tuple[int, ...]], list[dict[str, Any]]]:
    pieces, files = plan_files(*blocks(rows), max_file_bytes=size)
    assert (pieces.schema, files.schema) == (PIECES, FILES)
    return [tuple(row.values()) for row in pieces.to_pylist()], files.to_pylist()


def test_a_label_is_divided_evenly() -> None:
    rows = [("eng_Latn", "train", 0, shard, 0, 10, 100) for shard in range(11)]
    _, files = planned(rows, 512)
    assert [f["text_bytes"] for f in files] == [400, 300, 400]
    assert [f["index"] for f in files] == [0, 1, 2]
    assert sum(f["rows"] for f in files) == 110


def test_labels_and_subsets_have_files_of_their_own() -> None:
    rows: list[Row] = [
        ("tha_Thai", "train", 0, 1, 0, 3, 30),
        ("tha_Thai", "test", 0, 0, 5, 6, 10),
        ("amh_Ethi", "train", 0, 1, 3, 5, 20),
        ("tha_Thai", "train", 0, 0, 0, 5, 50),
    ]
    pieces, files = planned(rows, 1000)
    assert [(f["label"], f["subset"], f["rows"]) for f in files] == [
        ("amh_Ethi", "train", 2),
        ("tha_Thai", "test", 1),
        ("tha_Thai", "train", 8),
    ]
    assert pieces == [(0, 1, 3, 5), (1, 0, 5, 6), (2, 0, 0, 5), (2, 1, 0, 3)]


def test_passes_of_a_repeated_label_follow_each_other() -> None:
    rows: list[Row] = [
        ("eng_Latn", "train", p, shard, 10 * p, 10 * p + 10, 100)
        for shard in range(2)
        for p in range(2)
    ]
    pieces, _ = planned(rows, 10_000)
    assert [piece[1:3] for piece in pieces] == [(0, 0), (1, 0), (0, 10), (1, 10)]


def test_nothing_to_publish_is_no_file() -> None:
    assert planned([], 10) == ([], [])


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["eng_Latn", "fuv_Adlm", "tha_Thai"]),
        st.sampled_from(["train", "test", "removed"]),
        st.integers(1, 20),
        st.integers(0, 200),
    ),
    max_size=30,
)


@settings(deadline=None)
@given(ROWS, st.integers(1, 2000), st.randoms(use_true_random=False))
def test_every_row_is_in_one_file_and_files_are_not_too_large(
    raw: list[tuple[str, str, int, int]], size: int, chance: Random
) -> None:
    rows: list[Row] = []
    at = 0
    for label, subset, n, n_bytes in raw:
        rows.append((label, subset, 0, at % 3, at, at + n, n_bytes))
        at += n
    pieces, files = planned(rows, size)
    assert sorted(p[1:] for p in pieces) == sorted((r[3], r[4], r[5]) for r in rows)
    assert [p[0] for p in pieces] == sorted(p[0] for p in pieces)
    largest = max((r[6] for r in rows), default=0)
    for number, file in enumerate(files):
        mine = [p for p in pieces if p[0] == number]
        assert len(mine) == file["n_pieces"] > 0
        assert sum(p[3] - p[2] for p in mine) == file["rows"]
        assert file["text_bytes"] <= size + largest
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert planned(shuffled, size) == (pieces, files)


@pytest.mark.parametrize("n_labels", [2000])
def test_two_thousand_small_labels_are_two_thousand_files(n_labels: int) -> None:
    rows: list[Row] = [
        (f"label-{i:04d}", "train", 0, shard, i, i + 1, 100)
        for i in range(n_labels)
        for shard in range(5)
    ]
    _, files = planned(rows, 512 << 20)
    assert len(files) == n_labels
