"""Clusters against a plain reference, and against what must hold of any clustering."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.dedup.bands import band_keys, compact_signature, estimate_similarity
from curate.dedup.components import ClusterParams, Clusters, cluster, matches_needed
from curate.dedup.graph import MAX_CENTRES, distinct_rows
from curate.dedup.minhash import signatures
from curate.errors import ConfigError
from curate.text.hashing import I64, U8, U64
from tests.dedup.plain_clusters import Plain, Rows

UNVERIFIED = ClusterParams(verify=False)


def partition(found: Clusters) -> set[frozenset[int]]:
    members: dict[int, set[int]] = defaultdict(set)
    for row, owner in enumerate(found.cluster.tolist()):
        members[owner].add(row)
    return {frozenset(rows) for rows in members.values()}


def grow_a_tree(random: np.random.Generator, keys: U64, signed: U8) -> None:
    """Make each document like an earlier one, whose key it shares in one band."""
    keys[:] = random.permutation(keys.size).reshape(keys.shape)
    for i in range(1, len(keys)):
        parent, band = random.integers(0, i), random.integers(0, keys.shape[1])
        is_kept = random.random(signed.shape[1]) < 0.75
        signed[i, is_kept] = signed[parent, is_kept]
        keys[i, band] = keys[parent, band]


@st.composite
def rows_of_few_values(draw: st.DrawFn) -> Rows:
    """Documents that collide, chain, tie and repeat often."""
    n = draw(st.integers(0, 14))
    n_bands = draw(st.integers(1, 3))
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    keys = random.integers(0, draw(st.integers(1, 8)), (n, n_bands), dtype=np.uint64)
    kinds = random.integers(0, 256, (3, 16))
    changed = random.random((n, 16)) < draw(st.sampled_from([0.0, 0.1, 0.3, 0.5]))
    signed = np.where(changed, random.integers(0, 256, (n, 16)), kinds[random.integers(0, 3, n)])
    if draw(st.booleans()):
        grow_a_tree(random, keys, signed)
    order = random.integers(0, draw(st.sampled_from([3, 2**63])), n, dtype=np.uint64)
    if n and draw(st.booleans()):
        source = random.integers(0, n, n)
        keys, signed = keys[source], signed[source]
    n_chars = random.integers(0, draw(st.sampled_from([1, 3, 10_000])), n)
    return keys, signed.astype(np.uint8), order, n_chars


def taken(rows: Rows, which: I64) -> Rows:
    keys, signed, order, n_chars = rows
    return keys[which], signed[which], order[which], n_chars[which]


def clusters_of(rows: Rows, params: ClusterParams | None = None) -> Clusters:
    keys, signed, order, n_chars = rows
    return cluster(keys, signed, order, params, n_chars=n_chars)


PARAMS = st.builds(
    ClusterParams,
    verify=st.booleans(),
    min_similarity=st.sampled_from([0.0, 0.4, 0.7, 1.0]),
    min_representative_similarity=st.sampled_from([0.0, 0.3, 0.5, 0.8]),
)


@settings(deadline=None)  # the first call compiles
@given(rows_of_few_values(), PARAMS)
def test_it_equals_the_plain_reference(rows: Rows, params: ClusterParams) -> None:
    plain = Plain(rows, params)
    wanted = plain.partition()
    found = clusters_of(rows, params)
    assert partition(found) == wanted
    assert found.n_candidate_pairs == plain.n_candidates
    assert found.n_verified_pairs == plain.n_verified
    assert found.n_exact_copies == len(rows[2]) - len(plain.keys)
    sizes = {row: len(part) for part in wanted for row in part}
    assert found.size.tolist() == [sizes[row] for row in range(len(rows[2]))]


@settings(deadline=None)  # the first call compiles
@given(rows_of_few_values(), PARAMS, st.integers(0, 2**32 - 1))
def test_the_order_of_the_rows_does_not_matter(
    rows: Rows, params: ClusterParams, seed: int
) -> None:
    moved = np.random.default_rng(seed).permutation(len(rows[2]))
    found = clusters_of(rows, params)
    again = clusters_of(taken(rows, moved), params)
    # rows of equal order and content are one document, so a partition is compared by content
    content = [(int(n), int(o), k.tobytes(), s.tobytes()) for k, s, o, n in zip(*rows, strict=True)]

    def by_content(parts: set[frozenset[int]]) -> list[list[tuple[int, int, bytes, bytes]]]:
        return sorted(sorted(content[row] for row in part) for part in parts)

    back = {frozenset(int(moved[row]) for row in part) for part in partition(again)}
    assert by_content(back) == by_content(partition(found))
    assert [content[i] for i in moved[again.cluster]] == [content[i] for i in found.cluster[moved]]
    assert again.size.tolist() == found.size[moved].tolist()
    numbers = ("n_candidate_pairs", "n_verified_pairs", "n_exact_copies", "n_uncompared")
    assert [getattr(again, n) for n in numbers] == [getattr(found, n) for n in numbers]


@settings(deadline=None)  # the first call compiles
@given(rows_of_few_values(), PARAMS)
def test_what_holds_of_any_clustering(rows: Rows, params: ClusterParams) -> None:
    keys, signed, order, n_chars = rows
    params = replace(params, verify=True)
    found = clusters_of(rows, params)
    for part in partition(found):
        members = sorted(part)
        owner = found.cluster[members[0]]
        assert owner in part
        assert (-n_chars[owner], order[owner]) == min(
            zip(-n_chars[members], order[members], strict=True)
        )
        floor = params.min_representative_similarity - 1e-9
        to_leader = estimate_similarity(signed[owner], signed[members])
        assert floor <= 0 or min(to_leader) >= floor
        for i in members:  # nobody is here but by a verified edge or as a copy
            others = [j for j in members if j != i and (keys[i] == keys[j]).any()]
            like = [float(estimate_similarity(signed[i], signed[j])) for j in others]
            assert len(members) == 1 or max(like) >= params.min_similarity - 1e-9


@settings(deadline=None)  # the first call compiles
@given(rows_of_few_values(), PARAMS, st.integers(0, 14))
def test_documents_behind_the_others_change_nothing_before_them(
    rows: Rows, params: ClusterParams, n: int
) -> None:
    params = replace(params, verify=True, min_representative_similarity=0.5)
    in_order = np.lexsort((*rows[1].T, *rows[0].T, rows[2], -rows[3]))
    rows = taken(rows, in_order)
    n = min(n, len(in_order))
    some = clusters_of(taken(rows, np.arange(n)), params)
    assert clusters_of(rows, params).cluster[:n].tolist() == some.cluster.tolist()


@settings(deadline=None)  # the first call compiles
@given(rows_of_few_values(), PARAMS, st.integers(0, 2**32 - 1))
def test_a_later_snapshot_changes_no_cluster_of_an_earlier(
    rows: Rows, params: ClusterParams, seed: int
) -> None:
    params = replace(params, verify=True, min_representative_similarity=0.5)
    keys, signed, order, n_chars = rows
    rank = np.sort(np.random.default_rng(seed).integers(0, 3, len(order)))
    for last in (0, 1):
        early = np.flatnonzero(rank <= last)
        some = cluster(*taken(rows, early)[:3], params, n_chars=n_chars[early], rank=rank[early])
        found = cluster(keys, signed, order, params, n_chars=n_chars, rank=rank)
        assert found.cluster[early].tolist() == some.cluster.tolist()
        assert (found.size[early] >= some.size).all()


def documents(n: int, seed: int = 0) -> tuple[U64, U8]:
    """Keys and signatures of documents that share nothing."""
    random = np.random.default_rng(seed)
    keys = random.integers(0, 2**64, (n, 14), dtype=np.uint64)
    return keys, random.integers(0, 256, (n, 112)).astype(np.uint8)


def chain(n: int) -> Rows:
    """Each document is 0.75 like the next and shares one key with it; 0.5 like the one after."""
    random = np.random.default_rng(1)
    keys, signed = documents(n, seed=2)
    for i in range(1, n):
        quarter = (i % 4) * 28
        signed[i] = signed[i - 1]
        signed[i, quarter : quarter + 28] ^= random.integers(1, 256, 28).astype(np.uint8)
        keys[i, i % 14] = keys[i - 1, i % 14]
    return keys, signed, random.permutation(n).astype(np.uint64), np.zeros(n, np.int64)


@pytest.mark.parametrize("longest", [1, 2])
def test_a_chain_does_not_join_its_unrelated_ends(longest: int) -> None:
    keys, signed, order, n_chars = chain(4)
    n_chars[longest] = 1
    assert estimate_similarity(signed[0], signed[3]) < 0.3
    # B or C leads, as the longest; its two neighbours in the chain are like it
    wanted = {1: {frozenset({0, 1, 2}), frozenset({3})}, 2: {frozenset({1, 2, 3}), frozenset({0})}}
    assert partition(cluster(keys, signed, order, n_chars=n_chars)) == wanted[longest]
    whole = {frozenset(range(4))}
    uncut = ClusterParams(min_representative_similarity=0.0)
    assert partition(cluster(keys, signed, order, uncut)) == whole
    assert partition(cluster(keys, signed, order, UNVERIFIED)) == whole


def test_one_joins_the_leader_it_is_most_like() -> None:
    keys, signed = documents(3)
    keys[2, 0], keys[2, 1] = keys[0, 0], keys[1, 1]
    signed[2] = signed[0]
    signed[2, :28] ^= 1
    signed[1] = signed[2]
    signed[1, 28:42] ^= 2
    assert estimate_similarity(signed[0], signed[1]) < 0.7
    found = cluster(keys, signed, np.arange(3, dtype=np.uint64), n_chars=np.array([9, 8, 7]))
    assert found.cluster.tolist() == [0, 1, 1]


def test_one_joins_a_leader_whose_member_it_met() -> None:
    """It shares no band with the leader, but with a document that joined it."""
    keys, signed = documents(3)
    keys[1, 0], keys[2, 1] = keys[0, 0], keys[1, 1]
    signed[1] = signed[2] = signed[0]
    signed[1, :10] ^= 1
    signed[2, :10] ^= 2
    found = cluster(keys, signed, np.arange(3, dtype=np.uint64), n_chars=np.array([9, 8, 7]))
    assert found.cluster.tolist() == [0, 0, 0]


@pytest.mark.timeout(60)
def test_a_chain_of_fifty_thousand_is_cut_in_linear_time() -> None:
    rows = chain(50_000)
    found = clusters_of(rows)
    assert found.size.max() == 3
    assert len(partition(clusters_of(rows, UNVERIFIED))) == 1


def test_who_is_unlike_the_leader_leads_in_turn() -> None:
    keys, signed, _, _ = chain(6)
    order = np.array([9, 0, 9, 9, 1, 9], np.uint64)
    wanted = {frozenset({0, 1, 2}), frozenset({3, 4, 5})}
    assert partition(cluster(keys, signed, order)) == wanted


def test_a_false_collision_hides_no_true_pair() -> None:
    keys, signed = documents(3)
    keys[:, 5] = 77
    signed[2] = signed[1]
    found = cluster(keys, signed, np.arange(3, dtype=np.uint64))
    assert partition(found) == {frozenset({0}), frozenset({1, 2})}
    assert (found.n_candidate_pairs, found.n_verified_pairs) == (3, 1)
    unverified = cluster(keys, signed, np.arange(3, dtype=np.uint64), UNVERIFIED)
    assert partition(unverified) == {frozenset({0, 1, 2})}


def test_like_documents_without_a_common_key_are_never_compared() -> None:
    keys, signed = documents(2)
    signed[1] = signed[0]
    found = cluster(keys, signed, np.arange(2, dtype=np.uint64))
    assert found.size.tolist() == [1, 1]
    assert found.n_candidate_pairs == 0


def test_keys_are_compared_within_a_band_only() -> None:
    keys, signed = documents(2)
    keys[1, 3] = keys[0, 2]
    signed[1] = signed[0]
    assert cluster(keys, signed, np.arange(2, dtype=np.uint64)).size.tolist() == [1, 1]


def test_copies_are_united_and_counted_and_are_no_pairs() -> None:
    keys, signed = documents(2)
    keys, signed = keys[[0, 1, 0, 0]], signed[[0, 1, 0, 0]]
    found = cluster(keys, signed, np.array([4, 3, 2, 5], np.uint64))
    assert found.cluster.tolist() == [2, 1, 2, 2]
    assert found.size.tolist() == [3, 1, 3, 3]
    assert (found.n_exact_copies, found.n_candidate_pairs) == (2, 0)


def test_documents_of_equal_keys_and_other_signatures_are_no_copies() -> None:
    keys, signed = documents(2)
    keys[1] = keys[0]
    assert cluster(keys, signed, np.zeros(2, np.uint64)).size.tolist() == [1, 1]


def test_a_collision_of_row_hashes_makes_no_copy() -> None:
    keys, signed = documents(3)
    keys[1] = keys[0]
    signed[2] = signed[0]
    first, kind = distinct_rows(keys, signed, np.zeros(3, np.uint64), np.array([2, 0, 1]))
    assert first.tolist() == [2, 0, 1]
    assert kind.tolist() == [0, 1, 2]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("alike", [True, False], ids=["all alike", "all unlike"])
def test_one_run_of_a_hundred_thousand_keys_is_not_quadratic(*, alike: bool) -> None:
    n = 100_000
    keys, signed = documents(1)
    keys = np.repeat(keys, n, axis=0)
    if alike:
        signed = np.repeat(signed, n, axis=0)
        signed[:, :4] = np.arange(n, dtype="<u4").view(np.uint8).reshape(n, 4)
    else:
        signed = documents(n)[1]
    found = cluster(keys, signed, np.arange(n, dtype=np.uint64))
    assert found.size[0] == (n if alike else 1)
    assert found.n_uncompared == (0 if alike else 14 * (n - MAX_CENTRES))


def test_planted_clusters_are_found_from_shingles_on() -> None:
    random = np.random.default_rng(8)
    n_clusters, n_members = 150, 4
    shared = random.integers(0, 2**64, (n_clusters, 1, 285), dtype=np.uint64)
    own = random.integers(0, 2**64, (n_clusters, n_members, 15), dtype=np.uint64)
    shingles = np.concatenate((np.repeat(shared, n_members, axis=1), own), axis=2)
    n = n_clusters * n_members
    signed = signatures(shingles.reshape(-1), np.arange(n + 1) * 300)
    order = random.permutation(n).astype(np.uint64)
    found = cluster(band_keys(signed), compact_signature(signed), order)
    wanted = {frozenset(range(i, i + n_members)) for i in range(0, n, n_members)}
    assert partition(found) == wanted  # Jaccard 0.905: all but a 1e-4 of pairs collide


def test_no_documents() -> None:
    found = cluster(
        np.empty((0, 14), np.uint64), np.empty((0, 112), np.uint8), np.empty(0, np.uint64)
    )
    assert found.cluster.dtype == found.size.dtype == np.int64
    assert len(found.cluster) == len(found.size) == 0


def test_arrays_of_unequal_length_are_refused() -> None:
    keys, signed = documents(2)
    with pytest.raises(ValueError, match="rows"):
        cluster(keys, signed, np.zeros(3, np.uint64))


@pytest.mark.parametrize("name", ["min_similarity", "min_representative_similarity"])
@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_a_similarity_out_of_range_is_refused(name: str, value: float) -> None:
    with pytest.raises(ConfigError, match=name):
        ClusterParams(**{name: value})  # type: ignore[arg-type]


def test_the_matches_needed_are_the_fewest_whose_estimate_reaches() -> None:
    for least in (0.0, 0.5, 0.7, 0.9, 1.0):
        needed = matches_needed(least, 112)
        agreed = [np.arange(112) < n for n in (needed, max(needed - 1, 0))]
        zero = np.zeros(112, np.uint8)
        at, below = (float(estimate_similarity(zero, (~a).astype(np.uint8))) for a in agreed)
        assert at >= least - 1e-9
        assert needed == 0 or below < least
