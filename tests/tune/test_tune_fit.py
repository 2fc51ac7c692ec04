from __future__ import annotations

import datetime
import math
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.config.language import LanguageConfig, Provenance, Threshold, range_of
from curate.config.load import build, parse_yaml
from curate.tune.fit import (
    ENGLISH,
    WINNERS,
    Family,
    Method,
    count_documents,
    english_reference,
    fit_label,
    lid_threshold,
    mean_std,
    median_ratio,
    quantile,
    ten_tail,
)
from curate.tune.sketch import Sketch
from curate.tune.write import to_yaml

TODAY = datetime.date(2026, 1, 2)
STOPWORDS = ("ที่", "และ", "ใน", "ของ", "เป็น", "มี", "การ", "ได้")
N = 2000


def spread(low: float, high: float, n: int = N) -> Sketch:
    return Sketch.of(np.linspace(low, high, n))


def sketches(scale: float = 1.0, n: int = N) -> dict[str, Sketch]:
    """Plausible metrics of one label; ``scale`` stretches them."""
    found = {rule.metric: spread(0.0, 0.4 * scale, n) for rule in ENGLISH}
    found["mean_word_chars"] = spread(2.0, 12.0 * scale, n)
    found["alpha_word_fraction"] = spread(0.6, 0.95, n)
    found["lid_confidence"] = spread(0.5, 0.9, n)
    return found


def fit(
    summaries: Mapping[str, Mapping[str, Sketch]],
    methods: Mapping[Family, Method] = WINNERS,
    english: Mapping[str, Sketch] | None = None,
    stopwords: tuple[str, ...] = (),
) -> LanguageConfig:
    return fit_label(
        "tha_Thai",
        summaries,
        stopwords=stopwords,
        methods=methods,
        english=english,
        min_documents=1000,
        reference="this job",
        curate="0.1",
        date=TODAY,
    )


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


@pytest.mark.parametrize("method", ["quantile", "mean_std", "median_ratio"])
def test_english_tuned_on_itself_keeps_its_thresholds(method: Method) -> None:
    english = {rule.metric: spread(0.001, 1.0, 5000) for rule in ENGLISH}
    english["mean_word_chars"] = spread(1.5, 14.0, 5000)
    methods: dict[Family, Method] = dict.fromkeys(WINNERS, method)
    config = fit({"tha_Thai": english}, methods, english)
    for rule in ENGLISH:
        threshold = config.threshold(rule.metric)
        assert threshold is not None
        assert getattr(threshold, rule.side) == pytest.approx(rule.value, rel=0.005), rule


def test_a_label_with_data_gets_every_tuned_rule_and_its_provenance() -> None:
    config = fit({"tha_Thai": sketches(0.9)}, english=sketches(), stopwords=STOPWORDS)
    assert {t.metric for t in config.thresholds} == {
        "lid_confidence",
        "n_stopwords",
        *(rule.metric for rule in ENGLISH),
    }
    assert config.stopwords == STOPWORDS
    assert config.threshold("n_stopwords") == Threshold(metric="n_stopwords", min=2.0)
    assert config.provenance == Provenance(
        method="fineweb_quality by 10tail, gopher_quality by quantile, repetition by mean_std",
        reference="this job",
        documents=N,
        date=TODAY,
        curate="0.1",
    )
    tail = config.threshold("newlines_per_word")
    assert tail is not None
    assert tail.max == pytest.approx(0.9 * 0.36, rel=0.003)


def test_without_an_english_reference_the_tail_is_taken_and_it_says_so() -> None:
    config = fit({"tha_Thai": sketches()})
    assert "repetition by 10tail" in config.provenance.method
    assert config.provenance.notes == (
        "repetition: mean_std needs an English reference; there was none",
        "gopher_quality: quantile needs an English reference; there was none",
    )
    bound = config.threshold("dup_line_fraction")
    assert bound is not None
    assert bound.max == pytest.approx(0.36, rel=0.003)


def test_an_extrapolation_beyond_the_range_leaves_the_parents_rule() -> None:
    own = {**sketches(), "dup_line_fraction": Sketch.of([0.0, 1.0, 1.0, 1.0, 1.0] * N)}
    config = fit({"tha_Thai": own}, english=sketches())
    assert config.threshold("dup_line_fraction") is None
    assert "mean_std gives no usable max of dup_line_fraction: inherited" in config.provenance.notes


def test_an_order_statistic_at_the_end_of_the_range_switches_the_rule_off() -> None:
    own = {**sketches(), "terminal_punct_line_fraction": Sketch.of([0.0] * N)}
    rule = fit({"tha_Thai": own}).threshold("terminal_punct_line_fraction")
    assert rule is not None
    assert not rule.inherit
    assert rule.min is None


def test_one_unusable_side_leaves_the_parents_rule_for_both() -> None:
    methods: dict[Family, Method] = {**WINNERS, "gopher_quality": "mean_std"}
    own = {**sketches(), "mean_word_chars": Sketch.of([1.0, 1.0, 30.0] * N)}
    config = fit({"tha_Thai": own}, methods, sketches())
    assert config.threshold("mean_word_chars") is None


@pytest.mark.parametrize("n", [0, 99, 100, 999])
def test_a_label_with_few_documents_inherits_its_metrics(n: int) -> None:
    config = fit({"tha_Thai": sketches(n=n)}, english=sketches(), stopwords=STOPWORDS)
    assert config.stopwords == ()
    wanted = ["lid_confidence"] if n >= 100 else []
    assert [t.metric for t in config.thresholds] == wanted
    assert f"{n} documents are fewer than the 1000" in config.provenance.notes[-1]
    assert config.provenance.method == "metrics inherited"


def test_a_label_that_was_never_seen_inherits() -> None:
    assert fit({}).thresholds == ()


def test_fewer_than_eight_stop_words_are_no_list() -> None:
    config = fit({"tha_Thai": sketches()}, stopwords=STOPWORDS[:7])
    assert config.stopwords == ()
    assert config.threshold("n_stopwords") is None


def test_the_jobs_english_is_a_reference_if_there_is_enough() -> None:
    english = sketches()
    assert english_reference({"eng_Latn": english}, N) == english
    assert english_reference({"eng_Latn": english}, N + 1) is None
    assert english_reference({}, 1) is None
    assert count_documents({"lid_confidence": spread(0, 1)}) == 0


distributions = st.lists(st.floats(0, 1), min_size=3, max_size=20)


@given(
    distributions,
    distributions,
    st.sampled_from(["10tail", "quantile", "mean_std", "median_ratio"]),
)
@settings(max_examples=40)
def test_whatever_the_data_the_config_is_valid_and_reads_back(
    own: list[float], english: list[float], method: Method
) -> None:
    mine = {rule.metric: Sketch.of(own * 400) for rule in ENGLISH}
    mine["mean_word_chars"] = Sketch.of([1 + 20 * x for x in own] * 400)
    mine["lid_confidence"] = Sketch.of(own * 400)
    theirs = {rule.metric: Sketch.of(english) for rule in ENGLISH}
    methods: dict[Family, Method] = dict.fromkeys(WINNERS, method)
    config = fit({"tha_Thai": mine}, methods, theirs, STOPWORDS)
    for threshold in config.thresholds:
        lowest, highest = range_of(threshold.metric)
        for bound in (threshold.min, threshold.max):
            assert bound is None or lowest < bound < (highest or math.inf) or bound == lowest
    text = to_yaml(config, comment="Thai.")
    data, positions = parse_yaml(text, "a.yaml")
    assert build(LanguageConfig, data, positions, "a.yaml") == config
    assert to_yaml(config, comment="Thai.") == text
