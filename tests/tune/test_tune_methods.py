from __future__ import annotations

import math

import numpy as np
import pytest

from curate.tune.methods import lid_threshold, mean_std, median_ratio, quantile, ten_tail
from curate.tune.sketch import Sketch


def spread(low: float, high: float, n: int) -> Sketch:
    return Sketch.of(np.linspace(low, high, n))


@pytest.mark.parametrize(
    ("confidences", "wanted"),
    [
        pytest.param([0.99, 1.0, 0.98], 0.9, id="at-most-0.9"),
        pytest.param([0.1, 0.2, 0.3], 0.3, id="at-least-0.3"),
        pytest.param([0.6, 0.7, 0.8], round(0.7 - np.std([0.6, 0.7, 0.8]), 3), id="median-std"),
        pytest.param([0.5], 0.5, id="one-document"),
    ],
)
def test_the_lid_threshold_is_the_median_less_a_deviation(
    confidences: list[float], wanted: float
) -> None:
    assert lid_threshold(Sketch.of(confidences)) == pytest.approx(wanted, abs=0.001)


def test_no_confidences_have_no_threshold() -> None:
    with pytest.raises(ValueError, match="no confidences"):
        lid_threshold(Sketch.of([None]))


def test_ten_tail_drops_a_tenth_on_the_side_of_the_bound() -> None:
    own = spread(0.0, 1.0, 1001)
    assert ten_tail(own, "max") == pytest.approx(0.9, rel=0.002)
    assert ten_tail(own, "min") == pytest.approx(0.1, rel=0.002)


def test_quantile_drops_the_share_that_english_loses() -> None:
    english, own = spread(0.0, 0.4, 4001), spread(0.0, 0.8, 4001)
    assert quantile(own, english, 0.3) == pytest.approx(0.6, rel=0.005)


def test_mean_std_is_as_many_deviations_from_the_mean() -> None:
    english, own = Sketch.of([0.1, 0.2, 0.3]), Sketch.of([1.0, 3.0, 5.0])
    deviations = (0.35 - 0.2) / np.std([0.1, 0.2, 0.3])
    assert mean_std(own, english, 0.35) == pytest.approx(3.0 + deviations * np.std([1, 3, 5]))
    assert math.isnan(mean_std(own, Sketch.of([0.1, 0.1]), 0.3))


def test_median_ratio_scales_by_the_medians() -> None:
    assert median_ratio(Sketch.of([4.0]), Sketch.of([5.0]), 10.0) == pytest.approx(8.0, rel=0.003)
    assert math.isnan(median_ratio(Sketch.of([4.0]), Sketch.of([0.0]), 10.0))


def test_quantile_gives_english_its_own_bound_where_no_document_is() -> None:
    english = Sketch.of(np.linspace(4, 8, 400))
    assert quantile(english, english, 3.0) == pytest.approx(3.0, rel=0.005)
    assert quantile(english, english, 10.0) == pytest.approx(10.0, rel=0.005)


def test_quantile_does_not_follow_one_odd_document() -> None:
    english = Sketch.of(np.linspace(4, 8, 400))
    own = np.linspace(6, 12, 400)
    odd = Sketch.of([*own[:-1], 500.0])
    assert quantile(odd, english, 10.0) == pytest.approx(15.0, rel=0.01)
    assert quantile(Sketch.of(own), english, 3.0) == pytest.approx(4.5, rel=0.01)


def test_documents_that_are_all_alike_say_nothing_to_mean_std() -> None:
    english = Sketch.of([0.0, 0.05, 0.1])
    assert math.isnan(mean_std(Sketch.of([0.0] * 30), english, 0.1))
