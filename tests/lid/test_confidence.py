"""Confidence curves: fitting, reading, and that they say how often answers are right."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.lid.voices.confidence import (
    Curve,
    Kind,
    curves_of,
    expected_calibration_error,
    fit_curve,
    packaged_curves,
    to_json,
)

ANSWERS = st.lists(st.tuples(st.floats(-5, 5, width=16), st.booleans()), min_size=1, max_size=300)


@pytest.mark.parametrize(
    ("strength", "confidence"), [(-1, 0.2), (0, 0.2), (1, 0.5), (2, 0.8), (3, 0.8), (99, 0.8)]
)
def test_a_curve_is_a_line_between_its_points(strength: float, confidence: float) -> None:
    assert Curve((0.0, 2.0), (0.2, 0.8))(strength) == pytest.approx(confidence)


def test_a_fitted_curve_says_how_often_answers_were_right() -> None:
    # 25 answers a bin; one right and one wrong answer are added to each.
    strengths = [0.0] * 25 + [1.0] * 25
    is_right = [True] * 5 + [False] * 20 + [True] * 23 + [False] * 2
    assert fit_curve(strengths, is_right) == Curve(
        (0.0, 1.0), (round(6 / 27, 4), round(24 / 27, 4))
    )


def test_neighbours_that_fall_are_pooled() -> None:
    strengths = [0.0] * 25 + [1.0] * 25
    is_right = [True] * 20 + [False] * 5 + [True] * 10 + [False] * 15
    assert set(fit_curve(strengths, is_right).confidences) == {round(32 / 54, 4)}


def test_answers_count_by_their_weight() -> None:
    heavy = fit_curve([0.0, 0.0], [True, False], [98.0, 2.0])
    assert heavy.confidences == (round(99 / 102, 4),)


def test_nothing_is_certain() -> None:
    assert fit_curve([1.0] * 10_000, [True] * 10_000).confidences == (0.99,)


@given(ANSWERS)
def test_a_fitted_curve_never_falls(answers: list[tuple[float, bool]]) -> None:
    curve = fit_curve(*zip(*answers, strict=True))
    assert list(curve.strengths) == sorted(set(curve.strengths))
    assert list(curve.confidences) == sorted(curve.confidences)
    assert all(0 < confidence <= 0.99 for confidence in curve.confidences)
    places = [curve(strength / 10) for strength in range(-60, 61)]
    assert places == sorted(places)


@given(ANSWERS)
def test_a_fitted_curve_is_right_on_average(answers: list[tuple[float, bool]]) -> None:
    curve = fit_curve(*zip(*answers, strict=True))
    said = np.mean([curve(strength) for strength, _ in answers])
    n_bins = max(1, min(16, len(answers) // 25))
    # Each bin may be off by the two answers added to it, and by what a line cuts across.
    assert abs(said - np.mean([right for _, right in answers])) <= 2 * n_bins / len(answers) + 0.2


def test_curves_are_read_as_they_were_written() -> None:
    curves = {Kind.OWN: Curve((0.0, 1.5), (0.25, 0.9)), Kind.SCRIPT: Curve((1.0,), (0.98,))}
    written = to_json(curves, "a source")
    assert curves_of(written.encode()) == curves
    assert json.loads(written)["source"] == "a source"


def test_the_packaged_curves_are_of_every_kind_and_never_fall() -> None:
    curves = packaged_curves()
    assert set(curves) == set(Kind)
    for curve in curves.values():
        assert list(curve.strengths) == sorted(set(curve.strengths))
        assert list(curve.confidences) == sorted(curve.confidences)
        assert all(0 < confidence <= 0.99 for confidence in curve.confidences)


def test_expected_calibration_error_is_worked_out_by_hand() -> None:
    # Bin 0.6 to 0.7: 3 of 4 right at 0.65, off by 0.1; bin 0.9 to 1: right at 0.95, off by 0.05.
    confidences = np.array([0.65, 0.65, 0.65, 0.65, 0.95, 1.0])
    is_right = np.array([True, True, True, False, True, True])
    assert expected_calibration_error(confidences, is_right) == pytest.approx(
        (4 * 0.1 + 2 * 0.025) / 6
    )
    assert expected_calibration_error(np.zeros(0), np.zeros(0, np.bool_)) == 0.0
