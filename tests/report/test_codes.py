"""Codes of metric values: their order is that of the values, and given bounds decide exactly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.report.value_codes import EXEMPT, GREATEST_BOUND, UNMEASURED, decode, encode

VALUES = st.one_of(
    st.floats(0, 1),
    st.floats(0, 1e9),
    st.integers(0, 10**7).map(float),
    st.sampled_from([0.0, 0.1, 0.2, 0.3, 50.0, 1e-9, 1e12, 3.2e13]),
)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (0.0, 0),
        (1e-30, 1),
        (1.0, 21505),
        (2.0, 22529),
        (1e300, GREATEST_BOUND),
        (float("inf"), GREATEST_BOUND),
        (-0.0, 0),
        (-3.5, 0),
        (1e-300, 1),
        (float("nan"), UNMEASURED),
    ],
)
def test_golden_codes(value: float, code: int) -> None:
    assert encode(np.array([value])).tolist() == [code]


def test_whole_numbers_up_to_2048_are_exact() -> None:
    numbers = np.arange(2049, dtype=np.float64)
    assert decode(encode(numbers)).tolist() == numbers.tolist()


def test_codes_of_no_value_are_nan() -> None:
    assert np.isnan(decode(np.array([EXEMPT, UNMEASURED], np.uint16))).all()


@given(st.lists(VALUES, min_size=2))
def test_order_is_kept(values: list[float]) -> None:
    ordered = np.sort(np.array(values))
    assert (np.diff(encode(ordered).astype(int)) >= 0).all()


@given(st.floats(5e-7, 8e12))
def test_a_value_comes_back_within_a_twothousandth(value: float) -> None:
    assert decode(encode(np.array([value])))[0] == pytest.approx(value, rel=1 / 2000)


@given(st.lists(VALUES, min_size=1), VALUES, VALUES)
def test_given_bounds_decide_as_the_values_do(values: list[float], a: float, b: float) -> None:
    low, high = min(a, b), max(a, b)
    near = [np.nextafter(low, 0), np.nextafter(high, 1e300), low, high]
    found = np.array([*values, *near])
    codes = encode(found, [(low, high)]).astype(int)
    least, most = encode(np.array([low, high])).astype(int)
    inside = (codes >= least) & (codes <= most)
    assert inside.tolist() == ((found >= low) & (found <= high)).tolist()
