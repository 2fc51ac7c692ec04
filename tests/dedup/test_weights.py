"""Repetition weights against the ones FineWeb2 published, and by hand."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from curate.dedup.weights import (
    SizeDistribution,
    distribution_from_counts,
    repetition_weights,
    resulting_documents,
    weight_of,
)
from curate.errors import ConfigError

PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "rehydration_cases.json.gz"


def published(raw: dict[str, Any]) -> SizeDistribution:
    return SizeDistribution(
        cluster_sizes=tuple(raw["cluster_sizes"]),
        removal_rates=tuple(raw["cluster_removal_rates"]),
        post_filtering_doc_counts=tuple(raw["cluster_post_filtering_doc_counts"]),
        global_removal_rate=raw["global_removal_rate"],
        tail_threshold=raw["tail_threshold"],
        tail_removal_rate=raw["tail_removal_rate"],
        tail_post_filtering_doc_counts=raw["tail_post_filtering_doc_counts"],
    )


@pytest.mark.shared
def test_published_weights_are_reproduced_exactly() -> None:
    if not PUBLISHED.exists():
        pytest.skip("published cases are not beside this checkout")
    cases = json.loads(gzip.decompress(PUBLISHED.read_bytes()))
    assert len(cases) > 100
    for label, case in cases.items():
        distribution = published(case["distribution"])
        for limit, wanted in case["weights"].items():
            weights = repetition_weights(distribution, int(limit))
            assert weights == {int(k): v for k, v in wanted.items()}, (label, limit)
            n = resulting_documents(distribution, weights)
            assert n == case["resulting_docs"][limit], (label, limit)


def test_a_size_that_is_removed_less_is_repeated_more() -> None:
    rates = (60.0, 50.0, 50.0, 50.0, 50.0, 45.0, 40.0)
    found = SizeDistribution((1, 2, 3, 4, 5, 8, 9), rates, (4,) * 7, 55.0)
    assert repetition_weights(found, 10) == {1: 1, 2: 4, 3: 3, 4: 5, 5: 6, 8: 7, 9: 10}


def test_smoothing_leaves_two_values_at_each_end() -> None:
    rates = (50.0, 50.0, 0.0, 50.0, 50.0)
    found = SizeDistribution((1, 2, 3, 4, 5), rates, (1,) * 5, 50.0)
    assert repetition_weights(found, 6) == {1: 1, 3: 2, 4: 1}


@pytest.mark.parametrize(
    ("rates", "overall"),
    [
        pytest.param((50.0,), 50.0, id="one size only"),
        pytest.param((70.0, 60.0), 50.0, id="all above the overall rate"),
        pytest.param((), 0.0, id="no size at all"),
    ],
)
def test_nothing_is_repeated_without_a_better_size(
    rates: tuple[float, ...], overall: float
) -> None:
    sizes = tuple(range(1, len(rates) + 1))
    found = SizeDistribution(sizes, rates, (1,) * len(rates), overall)
    assert set(repetition_weights(found, 10).values()) == {1}


def test_a_size_between_entries_takes_the_one_below() -> None:
    weights = {1: 1, 3: 5, 10: 2}
    assert [weight_of(n, weights) for n in (1, 2, 3, 9, 10, 10_000)] == [1, 1, 5, 5, 2, 2]
    assert weight_of(1, {2: 7}) == 1


COUNTS = {
    "sizes": np.array([1, 2, 50, 90]),
    "n_dropped": np.array([2500, 998, 100, 90]),
    "n_clusters": np.array([5000, 4990, 8, 2]),
    "n_kept": np.array([2500, 4491, 6, 1]),
}


def test_rates_and_tail_come_from_all_members() -> None:
    members = COUNTS["sizes"] * COUNTS["n_clusters"]
    found = distribution_from_counts(**COUNTS, n_judged=members)
    assert found.cluster_sizes == (1, 2)
    assert found.removal_rates == (50.0, 10.0)
    assert found.post_filtering_doc_counts == (2500, 4491)
    assert found.tail_threshold == 50
    # of the 8 clusters of 50 a quarter of the members, so 2 clusters; of the 2 of 90 half, so 1
    assert found.tail_removal_rate == 30.0
    assert found.tail_post_filtering_doc_counts == 7
    assert found.global_removal_rate == pytest.approx(100 * (2500 + 499 + 2 + 1) / 10_000)


def test_rates_and_tail_come_from_one_member_a_cluster() -> None:
    n_clusters, n_kept = COUNTS["n_clusters"], COUNTS["n_kept"]
    found = distribution_from_counts(
        sizes=COUNTS["sizes"],
        n_judged=n_clusters,
        n_dropped=n_clusters - n_kept,
        n_clusters=n_clusters,
        n_kept=n_kept,
    )
    assert found.removal_rates == (50.0, 10.0)
    assert found.tail_removal_rate == 30.0
    assert found.global_removal_rate == pytest.approx(100 * 3002 / 10_000)


def test_one_huge_cluster_does_not_set_the_overall_rate() -> None:
    found = distribution_from_counts(
        sizes=np.array([1, 1_000_000]),
        n_judged=np.array([100, 1_000_000]),
        n_dropped=np.array([40, 1_000_000]),
        n_clusters=np.array([100, 1]),
        n_kept=np.array([60, 0]),
    )
    assert found.global_removal_rate == pytest.approx(100 * 41 / 101)


@pytest.mark.parametrize(
    ("n_clusters", "threshold"),
    [
        pytest.param([998, 1, 1], 3, id="the largest size alone holds a thousandth"),
        pytest.param([1998, 1, 1], 2, id="two sizes are needed"),
        pytest.param([1, 1998, 1], 2, id="a size is not divided"),
        pytest.param([16, 0, 1], 3, id="a small label still has a tail"),
        pytest.param([5000, 1, 1], 2, id="one size always stays outside"),
        pytest.param([17], None, id="one size has no tail"),
        pytest.param([], None, id="no documents"),
    ],
)
def test_where_the_tail_begins(n_clusters: list[int], threshold: int | None) -> None:
    counts = np.array(n_clusters, np.int64)
    found = distribution_from_counts(
        sizes=np.arange(1, len(counts) + 1),
        n_judged=counts,
        n_dropped=counts * 0,
        n_clusters=counts,
        n_kept=counts,
    )
    assert found.tail_threshold == threshold
    assert found.global_removal_rate == 0.0
    assert set(repetition_weights(found, 10).values()) == {1}


@pytest.mark.parametrize(
    ("sizes", "n_dropped"),
    [
        pytest.param([2, 1], [0, 0], id="sizes fall"),
        pytest.param([1, 1], [0, 0], id="a size twice"),
        pytest.param([1, 2], [0, 9], id="more dropped than judged"),
    ],
)
def test_counts_that_cannot_be_are_refused(sizes: list[int], n_dropped: list[int]) -> None:
    ones = np.ones(2, np.int64)
    with pytest.raises(ValueError, match="wanted rising sizes"):
        distribution_from_counts(
            sizes=np.array(sizes),
            n_judged=ones,
            n_dropped=np.array(n_dropped),
            n_clusters=ones,
            n_kept=ones,
        )


@pytest.mark.parametrize(
    ("rates", "wanted"),
    [
        pytest.param((40.0,), {1: 10}, id="one"),
        pytest.param((50.0, 40.0), {1: 4, 2: 10}, id="two"),
        pytest.param((60.0, 50.0, 40.0), {1: 1, 2: 4, 3: 3}, id="three: a fifth of the sum"),
        pytest.param(
            (60.0, 50.0, 40.0, 45.0), {1: 1, 2: 4, 3: 4, 4: 10}, id="four: the third value again"
        ),
    ],
)
def test_fewer_than_five_sizes_as_published(
    rates: tuple[float, ...], wanted: dict[int, int]
) -> None:
    sizes = tuple(range(1, len(rates) + 1))
    found = SizeDistribution(sizes, rates, (1,) * len(rates), 55.0 if len(rates) > 1 else 41.0)
    entries = repetition_weights(found, 10)
    assert {size: weight_of(size, entries) for size in sizes} == wanted


@pytest.mark.parametrize(("max_repetitions", "wanted"), [(4, 2), (6, 4), (8, 4), (10, 6)])
def test_halves_round_to_the_even_number(max_repetitions: int, wanted: int) -> None:
    found = SizeDistribution((1, 2), (25.0, 0.0), (1, 1), 50.0)
    assert weight_of(1, repetition_weights(found, max_repetitions)) == wanted


def test_the_tail_is_one_more_size() -> None:
    found = SizeDistribution((1, 2), (50.0, 50.0), (7, 3), 45.0, 9, 10.0, 5)
    weights = repetition_weights(found, 4)
    assert weights == {1: 1}  # third of three: (1 + 1 + 4) / 5
    longer = SizeDistribution((1, 2, 3, 4), (50.0,) * 4, (7, 3, 2, 1), 45.0, 9, 10.0, 5)
    assert repetition_weights(longer, 4) == {1: 1, 3: 2, 4: 1, 9: 4}
    assert resulting_documents(longer, {1: 1, 9: 4}) == 7 + 3 + 2 + 1 + 20


def test_less_than_one_repetition_is_refused() -> None:
    with pytest.raises(ConfigError, match="max_repetitions"):
        repetition_weights(SizeDistribution((1,), (1.0,), (1,), 2.0), 0)


def test_columns_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="1 rates"):
        repetition_weights(SizeDistribution((1, 2), (1.0,), (1, 1), 2.0), 3)
