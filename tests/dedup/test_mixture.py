"""Amounts of a mixture: temperature, budgets, and documents chosen by hash and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.dedup.mixture import amount, factor_for, position, repetitions, shares

SUPPLIES = {"eng_Latn": {1: 900.0, 3: 100.0}, "tha_Thai": {1: 100.0}, "fuv_Adlm": {1: 1.0}}


def test_without_settings_nothing_changes() -> None:
    found = shares(SUPPLIES, max_repetitions=10)
    assert {k: (x.before, x.after, x.factor) for k, x in found.items()} == {
        "eng_Latn": (1200.0, 1200.0, 1.0),
        "tha_Thai": (100.0, 100.0, 1.0),
        "fuv_Adlm": (1.0, 1.0, 1.0),
    }


@pytest.mark.parametrize(
    ("alpha", "wanted"),
    [
        pytest.param(1.0, (1301 * 1000 / 1101, 1301 * 100 / 1101, 1301 / 1101), id="as found"),
        pytest.param(0.0, (1301 / 3, 1301 / 3, 1301 / 3), id="all alike"),
    ],
)
def test_temperature(alpha: float, wanted: tuple[float, ...]) -> None:
    found = shares(SUPPLIES, max_repetitions=10, temperature_alpha=alpha)
    assert [x.target for x in found.values()] == pytest.approx(wanted)


def test_a_label_that_is_too_small_says_so() -> None:
    small = shares(SUPPLIES, max_repetitions=10, temperature_alpha=0.0)["fuv_Adlm"]
    assert (small.after, small.factor) == (10.0, 10.0)
    assert small.target > 400


def test_a_budget_is_a_limit_and_labels_have_the_last_word() -> None:
    found = shares(SUPPLIES, max_repetitions=5, budget=150, labels={"tha_Thai": 250, "xxx_Latn": 9})
    assert {k: x.after for k, x in found.items()} == pytest.approx(
        {"eng_Latn": 150, "tha_Thai": 250, "fuv_Adlm": 1}
    )


def test_total_is_that_of_the_temperature() -> None:
    found = shares(SUPPLIES, max_repetitions=10, temperature_alpha=0.5, total=100)
    assert sum(x.target for x in found.values()) == pytest.approx(100)


def test_a_label_without_documents_gets_nothing() -> None:
    found = shares({"eng_Latn": {1: 0.0}}, max_repetitions=3, temperature_alpha=0.3, total=10)
    assert found["eng_Latn"].after == 0
    assert factor_for({}, 5, 3) == 0.0


SUPPLY = st.dictionaries(st.integers(1, 10), st.floats(1, 1e9), min_size=1)


@settings(deadline=None)
@given(SUPPLY, st.floats(0, 1e11), st.integers(10, 20))
def test_the_factor_gives_what_is_wanted_or_all(
    supply: dict[int, float], wanted: float, limit: int
) -> None:
    factor = factor_for(supply, wanted, limit)
    most = limit * sum(supply.values())
    assert amount(supply, factor, limit) == pytest.approx(min(wanted, most), rel=1e-6, abs=1e-3)


IDS = [f"<urn:uuid:{i}>" for i in range(20_000)]


@pytest.mark.parametrize("factor", [0.1, 0.5, 1.3, 2.0, 7.9])
def test_repetitions_add_up_to_the_factor(factor: float) -> None:
    weights = np.full(len(IDS), 2)
    found = repetitions(IDS, weights, np.full(len(IDS), factor), 20)
    assert found.mean() == pytest.approx(2 * factor, rel=0.02)
    assert set(found.tolist()) <= {int(2 * factor), int(2 * factor) + 1}


def test_a_smaller_amount_is_part_of_a_larger_whatever_the_order() -> None:
    weights = np.ones(len(IDS), np.int64)
    few = repetitions(IDS, weights, np.full(len(IDS), 0.2), 10)
    more = repetitions(IDS, weights, np.full(len(IDS), 0.3), 10)
    assert np.all(few <= more)
    assert few.sum() < more.sum()
    turned = repetitions(IDS[::-1], weights, np.full(len(IDS), 0.2), 10)
    assert np.array_equal(turned[::-1], few)


def test_a_factor_of_one_and_what_is_not_published_stay() -> None:
    weights = np.array([0, 3, 0, 1])
    found = repetitions(IDS[:4], weights, np.array([5.0, 1.0, 0.1, 1.0]), 10)
    assert found.tolist() == [0, 3, 0, 1]


def test_the_limit_holds() -> None:
    assert repetitions(IDS[:1], np.array([4]), np.array([9.0]), 10).tolist() == [10]


def test_places_stay_what_they_are() -> None:
    assert position("<urn:uuid:1>") == pytest.approx(0.568862, abs=1e-6)
    assert position("𞤀") != position("𞤁")
