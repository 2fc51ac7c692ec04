"""Weights that need support: no lucky document decides, and with many it is FineWeb2's formula."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.dedup.support import FULL_BENEFIT, pooled, supported_weights
from curate.dedup.weights import distribution_from_counts, repetition_weights, weight_of

PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "rehydration_cases.json.gz"

Counts = dict[str, Any]


def counts(sizes: list[int], n_clusters: list[int], rates: list[float]) -> Counts:
    """Counts of a label in which the share ``rates`` of each size's members is removed."""
    size, n = np.array(sizes, np.int64), np.array(n_clusters, np.int64)
    judged = size * n
    dropped = np.round(judged * np.array(rates)).astype(np.int64)
    return {"sizes": size, "n_judged": judged, "n_dropped": dropped, "n_clusters": n}


def weights(found: Counts, *, most: int = 10, support: int = 500) -> dict[int, int]:
    return supported_weights(**found, max_repetitions=most, min_support=support)


def by_size(found: Counts, table: dict[int, int]) -> list[int]:
    return [weight_of(size, table) for size in found["sizes"].tolist()]


def test_one_lucky_document_is_repeated_as_fineweb2_does_and_not_here() -> None:
    lucky = counts([1, 2, 24], [5000, 800, 1], [0.5, 0.5, 0.0])
    published = distribution_from_counts(
        **lucky, n_kept=lucky["n_clusters"] - (lucky["n_dropped"] > 0)
    )
    assert max(repetition_weights(published, 10).values()) > 5
    assert weights(lucky) == {1: 1}


def test_sizes_are_pooled_until_they_are_enough() -> None:
    assert pooled(np.array([900, 300, 150, 60, 40, 700, 20, 5]), 500).tolist() == [0, 1, 4]
    assert pooled(np.array([3, 2, 1]), 500).tolist() == [0]
    assert pooled(np.array([500, 500]), 500).tolist() == [0, 1]


def test_the_best_bin_is_repeated_most() -> None:
    found = counts([1, 2, 3], [50_000, 20_000, 10_000], [0.6, 0.5, 0.3])
    assert weights(found) == {1: 1, 2: 2, 3: 10}
    assert weights(found, most=3) == {1: 1, 3: 3}
    assert weights(found, most=1) == {1: 1}


def test_a_small_difference_is_worth_few_repetitions() -> None:
    found = counts([1, 2], [5_000_000, 5_000_000], [0.51, 0.49])
    (best,) = {weight_of(2, weights(found))}
    assert best == round(1 + 9 * (0.01 - 0.0004) / FULL_BENEFIT)


def test_nothing_has_no_weight() -> None:
    assert weights(counts([], [], [])) == {1: 1}
    assert weights(counts([1, 2], [0, 0], [0, 0])) == {1: 1}


def test_with_much_support_it_is_fineweb2s_formula() -> None:
    sizes = list(range(1, 12))
    rates = [0.70, 0.62, 0.58, 0.55, 0.52, 0.50, 0.48, 0.47, 0.46, 0.50, 0.58]
    found = counts(sizes, [10**8] * len(sizes), rates)
    published = distribution_from_counts(**found, n_kept=found["n_clusters"])
    assert published.tail_threshold == 11
    assert by_size(found, weights(found)) == by_size(found, repetition_weights(published, 10))


LABELS = st.lists(st.tuples(st.integers(1, 3000), st.floats(0, 1)), min_size=1, max_size=12).map(
    lambda rows: counts(list(range(1, len(rows) + 1)), [n for n, _ in rows], [r for _, r in rows])
)


@settings(max_examples=300, deadline=None)
@given(LABELS, st.data())
def test_one_document_changes_no_weight_by_more_than_one(
    found: Counts, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(found["sizes"]) - 1))
    size = int(found["sizes"][place])
    other = {k: v.copy() for k, v in found.items()}
    if other["n_dropped"][place] >= size:
        other["n_dropped"][place] -= size  # a whole cluster is kept after all
    else:
        other["n_dropped"][place] = min(other["n_dropped"][place] + size, other["n_judged"][place])
    if found["n_clusters"].sum() < 500:
        return  # one bin, which is never better than all
    before, after = by_size(found, weights(found)), by_size(other, weights(other))
    assert max(abs(a - b) for a, b in zip(before, after, strict=True)) <= 1


@settings(deadline=None)
@given(st.lists(st.integers(1, 499), max_size=1), st.floats(0, 1))
def test_too_few_documents_are_never_repeated(n: list[int], rate: float) -> None:
    found = counts(list(range(1, len(n) + 1)), n, [rate] * len(n))
    assert set(weights(found).values()) == {1}


@settings(deadline=None)
@given(st.integers(500, 10**7), st.integers(1, 100), st.floats(0, 0.4))
def test_more_support_for_a_better_rate_is_never_worth_less(
    n: int, times: int, rate: float
) -> None:
    def best(m: int) -> int:
        return weight_of(2, weights(counts([1, 2], [10**9, m], [0.5, rate])))

    assert best(n * times) >= best(n)


@pytest.mark.parametrize("support", [1, 100, 10**9])
def test_weights_lie_between_one_and_the_limit(support: int) -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        n = rng.integers(1, 1000, 20).tolist()
        found = counts(list(range(1, 21)), n, rng.random(20).tolist())
        values = weights(found, most=7, support=support).values()
        assert 1 <= min(values) <= max(values) <= 7


def test_what_chance_could_be_is_no_benefit() -> None:
    assert weights(counts([1, 2], [10**6, 500], [0.5, 0.46])) == {1: 1}
    assert weights(counts([1, 2], [10**6, 50_000], [0.5, 0.46])) == {1: 1, 2: 7}


@pytest.mark.shared
def test_large_languages_get_what_fineweb2_published() -> None:
    if not PUBLISHED.exists():
        pytest.skip("published cases are not beside this checkout")
    factors = []
    for case in json.loads(gzip.decompress(PUBLISHED.read_bytes())).values():
        raw = case["distribution"]
        kept = np.array(
            [*raw["cluster_post_filtering_doc_counts"], raw["tail_post_filtering_doc_counts"]]
        )
        if kept.sum() < 10_000_000:
            continue
        rates = np.array([*raw["cluster_removal_rates"], raw["tail_removal_rate"]]) / 100
        n = np.where(rates < 1, np.round(kept / np.maximum(1 - rates, 1e-9)), 0).astype(np.int64)
        found = {
            "sizes": np.array([*raw["cluster_sizes"], raw["tail_threshold"]]),
            "n_judged": np.maximum(n, 1),
            "n_dropped": np.maximum(n - kept, 0),
            "n_clusters": n,
        }
        ours = int((kept * by_size(found, weights(found))).sum())
        factors.append(ours / case["resulting_docs"]["10"])
    assert len(factors) > 8
    assert factors == pytest.approx([1.0] * len(factors), rel=0.03)
