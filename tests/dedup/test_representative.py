"""One representative a cluster: who, and that there is exactly one."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.dedup.representative import choose, is_in_capitals, n_word_chars

MEMBERS = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.booleans(),
        st.sampled_from([0, 5, 5_000_000_000]),
        st.text("aé漢𞤀ก", max_size=3),
    ),
    max_size=20,
    unique_by=lambda member: member[3],
)
Member = tuple[int, bool, int, str]


def chosen_rows(members: list[Member], *, regardless: bool = False) -> list[int]:
    cluster, passes, n_chars, ids = zip(*members, strict=True) if members else ((),) * 4
    found = choose(
        np.array(cluster, np.uint64),
        np.array(passes, bool),
        np.array(n_chars, np.int64),
        pa.array(ids, pa.string()),
        regardless=regardless,
    )
    assert found.dtype == np.bool_
    return np.flatnonzero(found).tolist()


def rank(member: Member, *, regardless: bool) -> tuple[object, ...]:
    _, passes, n_chars, name = member
    by_id = name.encode()
    return (by_id,) if regardless else (not passes, -n_chars, by_id)


@given(MEMBERS, st.booleans())
def test_it_is_the_first_by_verdict_length_and_id(
    members: list[Member],
    regardless: bool,  # noqa: FBT001
) -> None:
    rows: dict[int, list[int]] = defaultdict(list)
    for row, member in enumerate(members):
        rows[member[0]].append(row)
    best = [
        min(group, key=lambda row: rank(members[row], regardless=regardless))
        for group in rows.values()
    ]
    assert chosen_rows(members, regardless=regardless) == sorted(best)


@pytest.mark.parametrize(
    ("members", "row"),
    [
        pytest.param([(1, False, 9, "a"), (1, True, 2, "b")], 1, id="a pass beats more text"),
        pytest.param([(1, True, 2, "a"), (1, True, 3, "b")], 1, id="more text beats the id"),
        pytest.param([(1, True, 3, "b"), (1, True, 3, "a")], 1, id="the id breaks a tie"),
        pytest.param([(1, False, 3, "a"), (1, False, 4, "b")], 1, id="none passes: most text"),
        pytest.param([(1, True, 3, "𞤀"), (1, True, 3, "ﬀ")], 1, id="by code point, not UTF-16"),
        pytest.param([(1, True, 3, "a"), (1, True, 3, "a")], 0, id="equal ids: the first row"),
    ],
)
def test_who_is_chosen(members: list[Member], row: int) -> None:
    assert chosen_rows(members) == [row]


def test_regardless_of_selection_it_is_the_smallest_id() -> None:
    members = [(1, True, 9, "b"), (1, False, 1, "a"), (2**63, True, 1, "c")]
    assert chosen_rows(members, regardless=True) == [1, 2]


def test_chunked_ids() -> None:
    ids = pa.chunked_array([["b"], ["a"]])
    found = choose(np.array([1, 1]), np.ones(2, bool), np.ones(2, np.int64), ids)
    assert found.tolist() == [False, True]


def test_columns_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="1 ids"):
        choose(np.array([1, 1]), np.ones(2, bool), np.ones(2, np.int64), pa.array(["a"]))


def test_an_earlier_snapshot_stands_where_any_of_it_passes() -> None:
    cluster = np.array([0, 0, 0, 1, 1, 2, 2])
    passes = np.array([True, True, False, False, True, False, False])
    n_chars = np.array([10, 99, 50, 9, 8, 3, 4])
    rank = np.array([0, 1, 0, 0, 1, 1, 0])
    ids = pa.array(list("abcdefg"))
    chosen = choose(cluster, passes, n_chars, ids, rank=rank)
    assert np.flatnonzero(chosen).tolist() == [0, 4, 6]
    assert np.flatnonzero(choose(cluster, passes, n_chars, ids)).tolist() == [1, 4, 6]


def test_ordinary_case_represents_before_the_longest() -> None:
    shares = pa.array([0.9, 0.1, None, 1.0])
    in_capitals = is_in_capitals(shares)
    assert in_capitals.tolist() == [True, False, False, True]
    chosen = choose(
        np.array([1, 1, 2, 3]),
        np.ones(4, bool),
        np.array([500, 400, 10, 20]),
        pa.array(["a", "b", "c", "d"]),
        in_capitals=in_capitals,
    )
    assert chosen.tolist() == [False, True, True, True]


def test_a_published_document_in_capitals_stays_the_representative() -> None:
    chosen = choose(
        np.array([1, 1]),
        np.ones(2, bool),
        np.array([5, 5]),
        pa.array(["a", "b"]),
        rank=np.array([0, 1]),
        in_capitals=np.array([True, False]),
    )
    assert chosen.tolist() == [True, False]


def test_marks_of_words_count_and_decoration_does_not() -> None:
    found = n_word_chars(pa.chunked_array([[2, 0]]), pa.chunked_array([[4.5, None]]))
    assert found.tolist() == [9, 0]
