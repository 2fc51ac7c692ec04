"""What verification does to clusters of real text, judged by true similarities."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np
import pyarrow as pa
import pytest

from curate.dedup.components import ClusterParams, cluster
from curate.dedup.minhash import DEFAULT_PARAMS
from curate.stages.sign import add_bands
from tests.benchmarks.minhash_clusters import (
    Documents,
    clustered,
    drift,
    nearest_kept,
    score,
    template,
    versions,
    windows,
)
from tests.benchmarks.minhash_pairs import Pool
from tests.dedup.real_texts import LANGUAGES, pool

AS_BUILT = clustered(ClusterParams())
UNVERIFIED = clustered(ClusterParams(verify=False))
NINE = ("Adlam", "Arabic", "Chinese", "English", "Hindi", "Khmer", "Korean", "Thai", "Tibetan")


Maker = Callable[[Random, Pool, int], list[str]]


def partition(owner: np.ndarray) -> list[np.ndarray]:
    return [np.flatnonzero(owner == one) for one in np.unique(owner)]


@pytest.mark.parametrize("language", NINE)
@pytest.mark.parametrize("chain", [drift, windows], ids=["chain of edits", "sliding window"])
def test_members_of_a_cut_chain_are_like_the_longest(language: str, chain: Maker) -> None:
    documents = Documents.of(chain(Random(f"chain {language}"), pool(language), 12))
    assert documents.similarity.min() < 0.3  # the ends have little in common
    for members in partition(AS_BUILT(documents)):
        longest = members[np.argmax(documents.n_chars[members])]
        # 0.7 by the estimate, whose standard error is 0.043
        assert documents.similarity[longest, members].min() > 0.7 - 3.5 * 0.043


@pytest.mark.parametrize("language", NINE)
def test_few_pages_of_one_template_are_taken_for_copies(language: str) -> None:
    documents = Documents.of(template(Random(f"template {language}"), pool(language), 40))
    ours = score(documents, AS_BUILT(documents))
    assert ours.false_merges == 0
    assert ours.removed * 3 <= score(documents, UNVERIFIED(documents)).removed


@pytest.mark.parametrize("language", NINE)
def test_copies_are_found_and_what_is_removed_is_a_copy(language: str) -> None:
    """One draw says little: of some seven copies one or two are near the limit."""
    ours = None
    for draw in range(4):
        drawn = versions(Random(f"versions {language} {draw}"), pool(language), 60)
        documents = Documents.of(drawn)
        found = score(documents, AS_BUILT(documents))
        assert found.worst > 0.5
        ours = ours.plus(found) if ours else found
    assert ours is not None
    assert ours.duplicates >= 20
    assert ours.left * 12 <= ours.duplicates
    assert ours.selected_false_merges == 0


def test_verification_makes_far_fewer_false_merges() -> None:
    ours = theirs = None
    for language in NINE:
        documents = Documents.of(drift(Random(f"fewer {language}"), pool(language), 24))
        mine, other = (score(documents, run(documents)) for run in (AS_BUILT, UNVERIFIED))
        ours = ours.plus(mine) if ours else mine
        theirs = theirs.plus(other) if theirs else other
    assert ours is not None
    assert theirs is not None
    assert ours.false_merges == ours.selected_false_merges == 0
    assert theirs.false_merges * 3 > theirs.removed
    assert ours.left * 10 <= ours.duplicates


@pytest.mark.parametrize("language", NINE)
def test_exact_copies_are_one_cluster_with_and_without_verification(language: str) -> None:
    text, other = (pool(language).document(Random(f"{seed} {language}")) for seed in (1, 2))
    rows = add_bands(pa.table({"text": [text, other, text, text]}), params=DEFAULT_PARAMS)
    keys = np.array(rows["band_keys"].to_pylist(), np.uint64)
    packed = np.frombuffer(b"".join(rows["signature"].to_pylist()), np.uint8).reshape(4, -1)
    for params in (ClusterParams(), ClusterParams(verify=False)):
        found = cluster(keys, packed, np.arange(4, dtype=np.uint64), params)
        assert found.size.tolist() == [3, 1, 3, 3]


# ---- the instruments themselves ----------------------------------------------------------------


def three() -> Documents:
    """B is like A and like C; A and C are not alike; A is the longest. D is alone."""
    similarity = np.array(
        [[1, 0.8, 0.3, 0], [0.8, 1, 0.8, 0], [0.3, 0.8, 1, 0], [0, 0, 0, 1]], np.float32
    )
    keys = np.zeros((4, 14), np.uint64)
    return Documents(np.array([9, 8, 7, 6]), similarity, keys, np.zeros((4, 112), np.uint8))


def test_a_score_counted_by_hand() -> None:
    whole = score(three(), np.array([0, 0, 0, 3]))
    assert (whole.documents, whole.clusters, whole.largest, whole.removed) == (4, 1, 3, 2)
    assert (whole.false_merges, whole.left, whole.duplicates) == (1, 0, 1)
    assert whole.worst == pytest.approx(0.3)
    apart = score(three(), np.arange(4))
    assert (apart.clusters, apart.removed, apart.false_merges) == (0, 0, 0)
    assert (apart.left, apart.duplicates) == (1, 1)
    both = whole.plus(apart)
    assert (both.documents, both.largest, both.false_merges, both.left) == (8, 3, 1, 1)


def test_brute_force_makes_no_false_merge_and_misses_nothing() -> None:
    assert nearest_kept(0.7)(three()).tolist() == [0, 0, 2, 3]
    for language in NINE:
        documents = Documents.of(versions(Random(f"brute {language}"), pool(language), 30))
        best = score(documents, nearest_kept(0.7)(documents))
        assert (best.false_merges, best.left) == (0, 0)


def test_every_language_has_text() -> None:
    assert all(len(pool(language).texts) >= 1 for language in LANGUAGES)
