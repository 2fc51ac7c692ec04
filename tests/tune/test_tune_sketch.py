from __future__ import annotations

import math
import statistics

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.errors import InputError
from curate.tune.guards import Bounds, loosened
from curate.tune.sketch import (
    EXACT,
    RELATIVE_ERROR,
    Sketch,
    Summaries,
    in_buckets,
    merge,
    summarize,
)
from curate.tune.stored import SCHEMA, from_table, merge_tables, to_table

values = st.lists(
    st.one_of(st.just(0.0), st.floats(1e-6, 1e7), st.integers(0, 50).map(float)), max_size=60
)
labels = st.sampled_from(["tha_Thai", "fuf_Adlm", "cmn_Hani"])
rows = st.lists(
    st.tuples(
        labels, st.one_of(st.none(), st.floats(0, 1)), st.one_of(st.none(), st.integers(0, 9999))
    ),
    max_size=40,
)
Rows = list[tuple[str, float | None, int | None]]


def summary(of: Rows) -> Summaries:
    table = pa.table(
        {
            "alpha_word_fraction": pa.array([r[1] for r in of], pa.float64()),
            "n_words": pa.array([r[2] for r in of], pa.int32()),
            "text": pa.array(["x"] * len(of), pa.string()),
        }
    )
    return summarize([r[0] for r in of], table)


@given(values, st.floats(0, 1))
def test_quantiles_of_some_thousand_values_are_exact(xs: list[float], share: float) -> None:
    sketch = Sketch.of(xs)
    if xs:
        assert sketch.quantile(share) == sorted(xs)[max(1, math.ceil(share * len(xs) - 1e-9)) - 1]
        for x in {*xs, 0.5}:
            assert sketch.cdf(x) == sum(value <= x for value in xs) / len(xs)
            assert sketch.below(x) == sum(value < x for value in xs) / len(xs)


def test_beyond_that_values_are_counted_in_buckets() -> None:
    few, more = Sketch.of([0.25] * EXACT), Sketch.of([0.25] * (EXACT + 1))
    assert few.is_exact
    assert not more.is_exact
    assert not (few + few).is_exact
    assert more.n_bytes < 100
    assert more.quantile(0.5) == 0.25


def test_a_rule_removes_what_is_beyond_its_bound_not_what_ties_with_it() -> None:
    tied = Sketch.of([0.1] * 10 + [0.2] * 85 + [0.3] * 5)
    kept = Bounds(0.2, None)
    assert loosened(kept, [tied], "terminal_punct_line_fraction") == kept
    kept = Bounds(None, 0.2)
    assert loosened(kept, [tied], "dup_line_fraction") == kept
    # what is not known whole is judged as if all in the bound's bucket were removed
    found = loosened(Bounds(0.2, None), [in_buckets(tied)], "terminal_punct_line_fraction")
    assert found is not None
    assert found.low is not None
    assert found.low < 0.2


@given(values, st.floats(0, 1))
def test_quantiles_are_within_the_stated_error(xs: list[float], share: float) -> None:
    sketch = in_buckets(Sketch.of(xs))
    if not xs:
        assert math.isnan(sketch.quantile(share))
        return
    true = sorted(xs)[max(1, math.ceil(share * len(xs) - 1e-9)) - 1]
    assert sketch.quantile(share) == pytest.approx(true, rel=RELATIVE_ERROR * 1.01, abs=1e-9)
    assert min(xs) <= sketch.quantile(share) <= max(xs)


@given(values)
def test_moments_are_those_of_the_values(xs: list[float]) -> None:
    sketch = Sketch.of(xs)
    if not xs:
        assert math.isnan(sketch.mean)
        assert math.isnan(sketch.std)
        return
    assert sketch.mean == pytest.approx(statistics.fmean(xs), rel=1e-9)
    spread = max(abs(x) for x in xs)
    assert sketch.std == pytest.approx(float(np.std(xs)), rel=1e-6, abs=spread * 1e-6)


@given(values, st.floats(1e-6, 1e7))
def test_the_share_below_a_value_counts_what_is_clearly_below_it(
    xs: list[float], at: float
) -> None:
    if not xs:
        assert math.isnan(Sketch.of(xs).cdf(at))
        return
    share = Sketch.of(xs).cdf(at)
    low = sum(x <= at * (1 - 3 * RELATIVE_ERROR) for x in xs) / len(xs)
    high = sum(x <= at * (1 + 3 * RELATIVE_ERROR) for x in xs) / len(xs)
    assert low <= share <= high


def test_the_share_below_a_value_counts_the_value_itself() -> None:
    sketch = Sketch.of([0.3, 0.3, 0.9])
    assert sketch.cdf(0.3) == 2 / 3
    assert sketch.cdf(0.29) == 0.0
    assert sketch.cdf(0.9) == 1.0


@given(values, values)
def test_adding_sketches_is_sketching_all_values(a: list[float], b: list[float]) -> None:
    both, whole = Sketch.of(a) + Sketch.of(b), Sketch.of(a + b)
    assert both.buckets.tolist() == whole.buckets.tolist()
    assert both.counts.tolist() == whole.counts.tolist()
    assert (both.n, both.lowest, both.highest) == (whole.n, whole.lowest, whole.highest)
    assert both.total == pytest.approx(whole.total, rel=1e-12)
    assert Sketch.of(b) + Sketch.of(a) == both


@given(rows, st.integers(0, 40))
def test_a_summary_does_not_depend_on_the_shards(of: Rows, cut: int) -> None:
    halves = merge(summary(of[:cut]), summary(of[cut:]))
    whole = summary(of)
    assert list(halves) == list(whole)
    for label, sketches in halves.items():
        for metric, sketch in sketches.items():
            other = whole[label][metric]
            assert (sketch.n, sketch.n_null) == (other.n, other.n_null)
            assert sketch.buckets.tolist() == other.buckets.tolist()
            assert sketch.counts.tolist() == other.counts.tolist()
            assert sketch.total == pytest.approx(other.total, rel=1e-12)


@given(rows)
def test_a_table_keeps_everything(of: Rows) -> None:
    found = summary(of)
    table = to_table(found)
    assert from_table(table, where="x") == found
    assert to_table(from_table(table, where="x")) == table


@given(rows, st.permutations(range(5)))
def test_tables_merge_in_any_order_and_however_many(of: Rows, order: list[int]) -> None:
    parts = [to_table(summary(of[i::5])) for i in order]
    merged = merge_tables((parts * 20)[:65], where="x")
    whole = summary([row for part in order for row in of[part::5]] * 13)
    assert list(merged) == list(whole)
    for label, sketches in merged.items():
        for metric, sketch in sketches.items():
            other = whole[label][metric]
            assert (sketch.n, sketch.n_null) == (other.n, other.n_null)
            assert sketch.counts.tolist() == other.counts.tolist()


def test_nulls_are_counted_apart_and_other_columns_passed_over() -> None:
    found = summary([("tha_Thai", None, 3), ("tha_Thai", 0.5, 0), ("fuf_Adlm", 1.0, None)])
    assert list(found) == ["fuf_Adlm", "tha_Thai"]
    thai = found["tha_Thai"]
    assert sorted(thai) == ["alpha_word_fraction", "n_words"]
    assert (thai["alpha_word_fraction"].n, thai["alpha_word_fraction"].n_null) == (1, 1)
    assert thai["n_words"].quantile(0) == 0.0
    assert thai["n_words"].quantile(1) == 3.0
    assert found["fuf_Adlm"]["n_words"].n_null == 1


def test_labels_may_come_as_a_column() -> None:
    table = pa.table({"lid_confidence": [0.25, 0.75]})
    column = pa.chunked_array([["tha_Thai"], ["tha_Thai"]])
    assert summarize(column, table)["tha_Thai"]["lid_confidence"].mean == 0.5


def test_a_sketch_is_bounded_by_its_buckets_not_by_its_values() -> None:
    sketch = Sketch.of(np.random.default_rng(1).random(50_000))
    assert sketch.n == 50_000
    assert len(sketch.buckets) < 5_000
    assert sketch.median == pytest.approx(0.5, abs=0.01)


def test_a_share_outside_0_to_1_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="share"):
        Sketch.of([1.0]).quantile(1.1)


@given(values, st.floats(0, 1))
def test_a_quantile_surely_lies_between_its_two_neighbours(xs: list[float], share: float) -> None:
    low, high = Sketch.of(xs).around(share)
    if not xs:
        assert math.isnan(low)
        assert math.isnan(high)
        return
    true = sorted(xs)[max(1, math.ceil(share * len(xs) - 1e-9)) - 1]
    assert low <= true <= high
    assert high <= low * (1 + 3 * RELATIVE_ERROR) + 1e-9


@given(values, st.floats(1e-6, 1e7))
def test_what_is_below_a_value_and_what_does_not_exceed_it(xs: list[float], at: float) -> None:
    sketch = Sketch.of(xs)
    if xs:
        assert sketch.below(at) <= sketch.cdf(at)
        assert sketch.below(at) <= sum(x < at for x in xs) / len(xs) + 1e-12
        assert sketch.cdf(at) >= sum(x <= at for x in xs) / len(xs) - 1e-12


def test_values_beyond_what_a_metric_can_be_share_the_last_bucket() -> None:
    sketch = in_buckets(Sketch.of([1e20, 1e13, 0.0, 1e-30]))
    assert len(sketch.buckets) == 2
    assert sketch.quantile(0) == 0.0
    assert sketch.quantile(1) == pytest.approx(1e12, rel=0.01)


@pytest.mark.parametrize("table", [pa.table({}), pa.table({"label": ["tha_Thai"]})])
def test_what_is_no_summary_is_refused(table: pa.Table) -> None:
    with pytest.raises(InputError, match="summaries of metrics"):
        from_table(table, where="work/tune")
    assert SCHEMA.names[0] == "label"
