from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.tune.guards import MAX_REMOVED, Bounds, clamped, loosened, shrunk, weight
from curate.tune.methods import ENGLISH, English, useful_range
from curate.tune.sketch import Sketch

fractions = st.floats(0, 1)
rules = st.sampled_from(ENGLISH)
documents = st.integers(0, 10**9)


# ---- shrinkage -------------------------------------------------------------------------------


@given(documents, documents, st.floats(1, 1e6))
def test_more_documents_weigh_more_and_none_nothing(a: int, b: int, k: float) -> None:
    low, high = sorted((a, b))
    assert 0.0 <= weight(low, k) <= weight(high, k) <= 1.0
    assert weight(0, k) == 0.0
    assert weight(round(k), round(k)) == 0.5
    assert weight(10**15, k) == pytest.approx(1.0)


@given(rules, fractions, fractions)
def test_without_documents_a_bound_is_the_parents_and_with_many_its_own(
    rule: English, own: float, parent: float
) -> None:
    side, metric = rule.side, rule.metric
    assert shrunk(own, parent, 0.0, metric=metric, side=side) == parent
    assert shrunk(own, parent, 1.0, metric=metric, side=side) == own
    assert shrunk(None, parent, 0.0, metric=metric, side=side) == parent
    assert shrunk(None, parent, 1.0, metric=metric, side=side) is None
    assert shrunk(own, None, 1.0, metric=metric, side=side) == own


@given(rules, fractions, fractions, fractions, fractions)
def test_a_bound_lies_between_its_own_and_the_parents_nearer_the_heavier(
    rule: English, own: float, parent: float, a: float, b: float
) -> None:
    side, metric = rule.side, rule.metric
    light, heavy = sorted((a, b))
    less = shrunk(own, parent, light, metric=metric, side=side)
    more = shrunk(own, parent, heavy, metric=metric, side=side)
    assert less is not None
    assert more is not None
    assert min(own, parent) - 1e-12 <= less <= max(own, parent) + 1e-12
    assert abs(more - own) <= abs(less - own) + 1e-12


@given(rules, st.floats(0.01, 1), st.floats(0.01, 0.99))
def test_where_the_parent_has_no_bound_little_data_makes_a_bound_laxer(
    rule: English, own: float, share: float
) -> None:
    side = rule.side
    own = useful_range(rule.metric)[0] + own
    found = shrunk(own, None, share, metric=rule.metric, side=side)
    assert found is not None
    assert found <= own if side == "min" else found >= own
    assert shrunk(1.0, None, 0.0, metric="newlines_per_word", side="max") is None


# ---- ranges ----------------------------------------------------------------------------------


@given(rules, st.one_of(st.none(), st.floats(-5, 5), st.just(float("nan"))))
def test_a_clamped_bound_is_inside_the_range_and_can_be_broken(
    rule: English, value: float | None
) -> None:
    side, metric = rule.side, rule.metric
    found = clamped(value, metric, side)
    lowest, highest = useful_range(metric)
    if found is None:
        return
    assert lowest <= found
    assert highest is None or found <= highest
    assert found != (lowest if side == "min" else highest)
    assert clamped(found, metric, side) == found


# ---- three quarters --------------------------------------------------------------------------

samples = st.lists(
    st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.1, 0.1004, 0.5, 0.5001, 1.0])),
    min_size=1,
    max_size=60,
)


def removed(xs: list[float], n_null: int, bounds: Bounds) -> float:
    low = -np.inf if bounds.low is None else bounds.low
    high = np.inf if bounds.high is None else bounds.high
    return (n_null + sum(not low <= x <= high for x in xs)) / (len(xs) + n_null)


bounds_of = st.builds(
    Bounds, low=st.one_of(st.none(), fractions), high=st.one_of(st.none(), fractions)
).filter(lambda bounds: not bounds.is_contradiction)


@given(samples, st.integers(0, 30), bounds_of)
def test_no_rule_removes_more_than_three_quarters(
    xs: list[float], n_null: int, bounds: Bounds
) -> None:
    sample = Sketch.of([*xs, *[None] * n_null])
    found = loosened(bounds, [sample], "alpha_word_fraction")
    if found is None:
        assert n_null / (len(xs) + n_null) > MAX_REMOVED
        return
    assert removed(xs, n_null, found) <= MAX_REMOVED
    for now, was, wider in ((found.low, bounds.low, -1), (found.high, bounds.high, 1)):
        assert now is None or (was is not None and (now - was) * wider >= 0)


@given(samples, samples, bounds_of)
def test_it_holds_for_every_sample(a: list[float], b: list[float], bounds: Bounds) -> None:
    found = loosened(bounds, [Sketch.of(a), Sketch.of(b)], "alpha_word_fraction")
    assert found is not None
    assert max(removed(a, 0, found), removed(b, 0, found)) <= MAX_REMOVED


def test_bounds_that_remove_little_are_left_alone() -> None:
    sample = Sketch.of(np.linspace(0.0, 1.0, 1001))
    bounds = Bounds(0.2, 0.9)
    assert loosened(bounds, [sample], "alpha_word_fraction") == bounds
    assert loosened(Bounds(), [sample], "alpha_word_fraction") == Bounds()


def test_a_bound_is_loosened_to_three_quarters_and_no_further() -> None:
    sample = Sketch.of(np.linspace(0.0, 1.0, 1001))
    found = loosened(Bounds(high=0.01), [sample], "dup_line_fraction")
    assert found is not None
    assert found.high == pytest.approx(0.25, abs=0.003)
    found = loosened(Bounds(low=0.99), [sample], "alpha_word_fraction")
    assert found is not None
    assert found.low == pytest.approx(0.75, abs=0.003)


def test_two_bounds_share_what_one_rule_may_remove() -> None:
    sample = Sketch.of(np.linspace(1.0, 21.0, 2001))
    found = loosened(Bounds(10.0, 12.0), [sample], "mean_word_chars")
    assert found is not None
    assert found.low == pytest.approx(1 + 0.375 * 20, abs=0.03)
    assert found.high == pytest.approx(21 - 0.375 * 20, abs=0.03)
