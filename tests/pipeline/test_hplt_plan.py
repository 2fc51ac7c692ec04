"""Which file of HPLT's view takes which lines."""

from __future__ import annotations

from itertools import groupby, pairwise

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from curate.pipeline.emit.hplt_plan import BLOCKS, FILES, PIECES, plan_files

LABELS = ("arb_Arab", "cmn_Hani", "ful_Adlm", "tha_Thai")
Block = tuple[str, int, int, int]
"""Label, steps, shard, bytes of its lines."""

blocks_strategy = st.lists(
    st.tuples(st.sampled_from(LABELS), st.integers(0, 100), st.integers(0, 3), st.integers(1, 400)),
    max_size=40,
)


def table_of(blocks: list[Block]) -> pa.Table:
    """Blocks as the split writes them, each 10 bytes long, one behind the other in its shard."""
    seen: dict[int, int] = {}
    rows = []
    for label, steps, shard, size in blocks:
        offset = seen.get(shard, 0)
        seen[shard] = offset + 10
        rows.append((label, steps, shard, offset, 10, size, 2, 7, size // 2))
    columns = list(zip(*rows, strict=True)) or [()] * len(BLOCKS)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, BLOCKS, strict=True)], BLOCKS)


def test_bins_are_cut_where_the_next_block_would_be_too_much() -> None:
    blocks = [
        ("tha_Thai", 95, 1, 60),
        ("tha_Thai", 100, 0, 10),
        ("tha_Thai", 91, 0, 30),
        ("tha_Thai", 95, 0, 40),
        ("arb_Arab", 50, 0, 500),
        ("arb_Arab", 59, 0, 100),
    ]
    pieces, files = plan_files(table_of(blocks), max_file_bytes=100)
    assert files.schema == FILES
    assert pieces.schema == PIECES
    named = [
        (f["label"], f["bin"], f["index"], f["text_bytes"], f["rows"]) for f in files.to_pylist()
    ]
    assert named == [
        ("arb_Arab", 5, 1, 100, 2),
        ("arb_Arab", 5, 2, 500, 2),
        ("tha_Thai", 10, 1, 10, 2),
        ("tha_Thai", 9, 1, 100, 4),
        ("tha_Thai", 9, 2, 30, 2),
    ]
    assert [p["line_bytes"] for p in pieces.to_pylist()] == [100, 500, 10, 40, 60, 30]


@given(blocks_strategy, st.integers(1, 1000))
def test_every_block_is_in_one_file_in_order_and_no_file_is_too_large(
    blocks: list[Block], limit: int
) -> None:
    table = table_of(blocks)
    pieces, files = plan_files(table, max_file_bytes=limit)
    known = {(b["shard"], b["offset"]): b for b in table.to_pylist()}
    placed = [known[p["shard"], p["offset"]] for p in pieces.to_pylist()]
    assert len(placed) == len({id(b) for b in placed}) == len(blocks)
    keys = [(b["label"], -b["steps"], b["shard"], b["offset"]) for b in placed]
    assert keys == sorted(keys)
    numbers = pieces["file"].to_numpy()
    assert (np.diff(numbers) >= 0).all()
    rows = files.to_pylist()
    assert sorted(set(numbers.tolist())) == list(range(len(rows)))
    for number, file in enumerate(rows):
        first, n = file["first_piece"], file["n_pieces"]
        mine = placed[first : first + n]
        assert set(numbers[first : first + n].tolist()) == {number}
        assert {b["label"] for b in mine} == {file["label"]}
        assert {b["steps"] // 10 for b in mine} == {file["bin"]}
        assert file["text_bytes"] == sum(b["line_bytes"] for b in mine)
        assert file["n_chars"] == sum(b["n_chars"] for b in mine)
        assert file["rows"] == 2 * n
        assert file["segments"] == 7 * n
        assert file["text_bytes"] <= limit or n == 1
    for _, group in groupby(rows, key=lambda f: (f["label"], f["bin"])):
        those = list(group)
        assert [f["index"] for f in those] == list(range(1, len(those) + 1))
        for one, other in pairwise(those):
            next_block = placed[other["first_piece"]]["line_bytes"]
            assert one["text_bytes"] + next_block > limit, "cut too early"
