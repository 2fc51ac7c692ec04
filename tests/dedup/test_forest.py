"""Components by shared keys, against a plain reference, and how they are packed."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.dedup.forest import (
    ALONE,
    U32,
    join_edges,
    no_parents,
    pack_components,
    star_edges,
)

Records = list[tuple[int, int]]

RECORDS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 19)), max_size=60)
"""Pairs of a key and a document of twenty."""


def plain_components(records: Records, n: int) -> set[frozenset[int]]:
    """By repeated merging of sets."""
    parts = [{i} for i in range(n)]
    by_key: dict[int, set[int]] = defaultdict(set)
    for key, document in records:
        by_key[key].add(document)
    for members in by_key.values():
        touched = [part for part in parts if part & members]
        parts = [part for part in parts if not part & members] + [set().union(*touched)]
    return {frozenset(part) for part in parts}


def edges_of(records: Records, parents: U32) -> tuple[U32, U32]:
    keys = np.array([key for key, _ in records], np.uint64)
    documents = np.array([document for _, document in records], np.uint32)
    return star_edges(keys, documents, parents)


def components_of(parents: U32) -> set[frozenset[int]]:
    members: dict[int, set[int]] = defaultdict(set)
    for i, parent in enumerate(parents.tolist()):
        while parents[parent] != parent:
            parent = parents[parent]
        members[parent].add(i)
    return {frozenset(part) for part in members.values()}


@settings(deadline=None)  # the first call compiles
@given(RECORDS, st.integers(1, 5), st.booleans())
def test_edges_of_any_partition_of_the_keys_give_the_components(
    records: Records,
    n_partitions: int,
    is_compacted: bool,  # noqa: FBT001 - drawn
) -> None:
    wanted = plain_components(records, 20)
    parents = no_parents(20)
    n_edges = 0
    for number in range(n_partitions):
        mine = [r for r in records if r[0] % n_partitions == number]
        left, right = edges_of(mine, no_parents(20 if is_compacted else 0))
        n_edges += left.size
        if is_compacted:  # no more than a spanning forest has
            assert left.size == 20 - len(plain_components(mine, 20))
        join_edges(parents, left, right)
    assert components_of(parents) == wanted
    assert n_edges >= 20 - len(wanted)


@settings(deadline=None)  # the first call compiles
@given(RECORDS, st.randoms(use_true_random=False))
def test_the_order_of_the_edges_does_not_matter(records: Records, random: object) -> None:
    left, right = edges_of(records, no_parents(0))
    moved = np.arange(left.size)
    random.shuffle(moved)  # type: ignore[attr-defined]
    found = []
    for order in (np.arange(left.size), moved):
        parents = no_parents(20)
        join_edges(parents, left[order], right[order])
        partition, _, _, _ = pack_components(parents, 4)
        found.append((parents.tolist(), partition.tolist()))
    assert found[0] == found[1]
    flat = found[0][0]
    assert all(flat[parent] == parent <= i for i, parent in enumerate(flat))


@settings(deadline=None)  # the first call compiles
@given(RECORDS, st.integers(1, 25))
def test_components_are_packed_whole(records: Records, rows: int) -> None:
    parents = no_parents(20)
    join_edges(parents, *edges_of(records, no_parents(0)))
    partition, filled, n_components, largest = pack_components(parents, rows)
    shared = [part for part in plain_components(records, 20) if len(part) > 1]
    assert n_components == len(shared)
    assert largest == max(map(len, shared), default=0)
    for part in shared:
        assert len({int(partition[i]) for i in part}) == 1
    together = {i for part in shared for i in part}
    assert [i for i in range(20) if partition[i] == ALONE] == sorted(set(range(20)) - together)
    counted = [int((partition == number).sum()) for number in range(len(filled))]
    assert filled.tolist() == counted
    assert all(counted)
    for number, n in enumerate(counted):  # too full only where one component is
        inside = [part for part in shared if int(partition[min(part)]) == number]
        assert n <= rows or len(inside) == 1


def test_no_records_make_no_edges() -> None:
    left, right = edges_of([], no_parents(3))
    assert (left.size, right.size) == (0, 0)
    partition, filled, n_components, largest = pack_components(no_parents(3), 2)
    assert partition.tolist() == [ALONE] * 3
    assert (filled.tolist(), n_components, largest) == ([], 0, 0)
    assert pack_components(no_parents(0), 2)[1].size == 0


@pytest.mark.timeout(60)
@pytest.mark.parametrize("seed", [0, 1])
def test_a_chain_of_a_million_in_random_order_is_joined_in_time(seed: int) -> None:
    """Labels that spread along edges, round by round, would need a million rounds."""
    n = 1_000_000
    names = np.random.default_rng(seed).permutation(n).astype(np.uint32)
    parents = no_parents(n)
    assert join_edges(parents, names[:-1].copy(), names[1:].copy()) == n - 1
    assert parents.dtype == np.uint32
    partition, filled, _, largest = pack_components(parents, 1000)
    assert (largest, filled.tolist(), int(partition.max())) == (n, [n], 0)


def test_numbers_of_64_bits_give_the_same() -> None:
    random = np.random.default_rng(3)
    n, m = 3000, 3000
    keys = random.integers(0, 2000, m, dtype=np.uint64)
    documents = random.integers(0, n, m)
    found = []
    for is_wide in (False, True):
        parents = no_parents(n, is_wide=is_wide)
        left, right = star_edges(keys, documents.astype(parents.dtype), parents)
        assert left.dtype == right.dtype == (np.uint64 if is_wide else np.uint32)
        again = no_parents(n, is_wide=is_wide)
        assert join_edges(again, left, right) == left.size
        packed = pack_components(again, 50)
        found.append((left.tolist(), right.tolist(), *(np.asarray(x).tolist() for x in packed)))
    assert found[0] == found[1]
    assert len(found[0][3]) > 5
