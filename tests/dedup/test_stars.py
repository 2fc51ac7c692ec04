"""Components by rounds over ranges equal those of one union-find, whatever the graph."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.dedup.forest import join_edges, no_parents, pack_components
from curate.dedup.stars import large_star, own_edges, pack_sizes, small_star, take_least
from curate.text.hashing import U64

Edges = tuple[U64, U64]


def edges_of(pairs: list[tuple[int, int]]) -> Edges:
    flat = np.array(pairs, np.uint64).reshape(-1, 2)
    return flat[:, 0].copy(), flat[:, 1].copy()


def both(a: U64, b: U64) -> Edges:
    return np.concatenate([a, b]), np.concatenate([b, a])


def one_round(edges: Edges, n: int, size: int, *, is_large: bool) -> tuple[Edges, U64, int]:
    """Every range by itself; the edges they make, smallest neighbours, and what was changed."""
    made: list[Edges] = []
    smallest, changed = [], 0
    for begin in range(0, n, size):
        end = min(n, begin + size)
        mine = (edges[0] >= begin) & (edges[0] < end)
        nodes, others = edges[0][mine], edges[1][mine]
        least = np.arange(begin, end, dtype=np.uint64)
        for at in range(0, len(nodes), 3):  # as they come, some at a time
            changed += take_least(least, begin, nodes[at : at + 3], others[at : at + 3])
        smallest.append(least)
        if is_large:
            a, b, n_moved = large_star(least, begin, nodes, others)
            changed += n_moved
            made.append((a, b))
        else:
            made.append(both(*small_star(least, begin, nodes, others)))
            made.append(both(*own_edges(least, begin)))
    left, right = (np.concatenate(column) for column in zip(*made, strict=True))
    return (left, right), np.concatenate(smallest), changed


def united(edges: Edges, n: int, size: int) -> tuple[U64, int]:
    """The smallest node of each one's component, and the rounds it took."""
    edges = both(*edges)
    for number in range(100):
        edges, _, changed = one_round(edges, n, size, is_large=number % 2 == 0)
        if number % 2 == 0 and not changed:
            return one_round(edges, n, size, is_large=True)[1], number + 1
    raise AssertionError("no end")


def by_union_find(edges: Edges, n: int) -> U64:
    parents = no_parents(n, is_wide=True)
    join_edges(parents, *edges)
    pack_components(parents, n)  # makes it flat
    return parents


@settings(deadline=None)  # the first call compiles
@given(
    st.lists(st.tuples(st.integers(0, 24), st.integers(0, 24)), max_size=60),
    st.integers(1, 30),
)
def test_any_graph_in_any_ranges(pairs: list[tuple[int, int]], size: int) -> None:
    edges = edges_of([pair for pair in pairs if pair[0] != pair[1]])
    found, _ = united(edges, 25, size)
    assert found.tolist() == by_union_find(edges, 25).tolist()


N = 3000
RANDOM = np.random.default_rng(5)
NAMES = RANDOM.permutation(N).astype(np.uint64)
LINE = np.arange(N, dtype=np.uint64)
GRAPHS = {
    "a path": (LINE[:-1], LINE[1:]),
    "a path back": (LINE[1:], LINE[:-1]),
    "a path in random order": (NAMES[:-1], NAMES[1:]),
    "a star around the first": (np.zeros(N - 1, np.uint64), LINE[1:]),
    "a star around the last": (np.full(N - 1, N - 1, np.uint64), LINE[:-1]),
    "a star around any": (np.full(N - 1, NAMES[0]), NAMES[1:]),
    "a tree of pairs": (LINE[1:], (LINE[1:] - 1) // 2),
    "two paths that meet": (NAMES[:-2], NAMES[2:]),
    "as many edges as documents": (NAMES, RANDOM.permutation(NAMES)),
}


@pytest.mark.parametrize("edges", GRAPHS.values(), ids=GRAPHS)
def test_long_paths_and_large_stars_take_few_rounds(edges: Edges) -> None:
    different = edges[0] != edges[1]
    edges = edges[0][different].copy(), edges[1][different].copy()
    found, n_rounds = united(edges, N, 700)
    assert found.tolist() == by_union_find(edges, N).tolist()
    assert n_rounds <= 3 * np.log2(N)


@settings(deadline=None)  # the first call compiles
@given(
    st.lists(st.tuples(st.integers(0, 24), st.integers(0, 24)), max_size=40),
    st.integers(1, 25),
    st.integers(1, 30),
)
def test_components_are_packed_as_all_at_once(
    pairs: list[tuple[int, int]], rows: int, size: int
) -> None:
    parents = by_union_find(edges_of(pairs), 25)
    wanted, filled_at_once, n_components, largest = pack_components(parents.copy(), rows)
    members = np.bincount(parents.astype(np.int64), minlength=25).astype(np.uint64) - np.uint64(1)
    members[parents != np.arange(25)] = 0
    partition = np.empty(25, np.uint32)
    filled, state = np.zeros(2 * (25 // rows) + 2, np.int64), np.zeros(3, np.int64)
    for at in range(0, 25, size):
        part = slice(at, at + size)
        pack_sizes(members[part], rows, partition[part], filled, state)
    assert partition[parents.astype(np.int64)].tolist() == wanted.tolist()
    assert filled[: state[0] + 1][filled[: state[0] + 1] > 0].tolist() == filled_at_once.tolist()
    assert (int(state[1]), int(state[2])) == (n_components, largest)
