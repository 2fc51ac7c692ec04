from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.config.language import LanguageConfig, LanguageConfigs, Provenance, Threshold, range_of
from curate.config.load import build, parse_yaml
from curate.config.sections import Method, Source
from curate.tune.config_yaml import to_yaml
from curate.tune.fit import Corpus, Fitting, Stopwords, count_documents, english_of, fit_label
from curate.tune.methods import ENGLISH, WINNERS, Family
from curate.tune.sketch import Sketch

TODAY = datetime.date(2026, 1, 2)
STOPWORDS = ("ที่", "และ", "ใน", "ของ", "เป็น", "มี", "การ", "ได้")
N = 2000
DEFAULT = {t.metric: t for t in LanguageConfigs.load("builtin").files["_default"].thresholds}
Sketches = Mapping[str, Sketch]


def spread(low: float, high: float, n: int = N) -> Sketch:
    return Sketch.of(np.linspace(low, high, n))


def sketches(scale: float = 1.0, n: int = N) -> dict[str, Sketch]:
    """Plausible metrics of one label; ``scale`` stretches them."""
    found = {rule.metric: spread(0.0, 0.4 * scale, n) for rule in ENGLISH}
    found["mean_word_chars"] = spread(2.0, 12.0 * scale, n)
    found["alpha_word_fraction"] = spread(0.6, 0.95, n)
    found["lid_confidence"] = spread(0.5, 0.9, n)
    return found


def corpus(
    mine: Sketches | None, english: Sketches | None = None, name: str = "this job"
) -> Corpus:
    return Corpus(name, {} if mine is None else {"tha_Thai": mine}, english)


def fit(
    own: Corpus | None = None,
    reference: Corpus | None = None,
    *,
    parent: Mapping[str, Threshold] = DEFAULT,
    stopwords: tuple[str, ...] = (),
    notes: Sequence[str] = (),
    **how: Any,  # noqa: ANN401 - fields of Fitting
) -> LanguageConfig:
    both: dict[Source, Corpus | None] = {"reference": reference, "own": own}
    corpora = {source: found for source, found in both.items() if found is not None}
    fitting = Fitting("0.1", TODAY, **{"min_documents": 1000, "shrinkage": 0, **how})
    return fit_label(
        "tha_Thai",
        corpora,
        fitting,
        parent=parent,
        stopwords=Stopwords(stopwords),
        notes=notes,
    )


def bound(config: LanguageConfig, metric: str, side: str) -> float:
    threshold = config.threshold(metric)
    assert threshold is not None
    found: float | None = getattr(threshold, side)
    assert found is not None
    return found


@pytest.mark.parametrize("method", ["quantile", "mean_std", "median_ratio"])
def test_english_tuned_on_itself_keeps_its_thresholds(method: Method) -> None:
    english = {rule.metric: spread(0.001, 1.0, 5000) for rule in ENGLISH}
    english["mean_word_chars"] = spread(1.5, 14.0, 5000)
    english["alpha_word_fraction"] = spread(0.3, 1.0, 5000)
    methods: dict[Family, Method] = dict.fromkeys(WINNERS, method)
    config = fit(corpus(english, english), methods=methods)
    for rule in ENGLISH:
        if rule.value > 0.25:  # others are loosened: they would drop three quarters of this
            assert bound(config, rule.metric, rule.side) == pytest.approx(rule.value, rel=0.005)


def test_a_label_with_data_gets_every_tuned_rule_and_its_provenance() -> None:
    config = fit(corpus(sketches(0.9), sketches()), stopwords=STOPWORDS, notes=("read me",))
    assert {t.metric for t in config.thresholds} == {
        "lid_confidence",
        "n_stopwords",
        *(rule.metric for rule in ENGLISH),
    }
    assert config.stopwords == STOPWORDS
    assert config.threshold("n_stopwords") == Threshold(metric="n_stopwords", min=2.0)
    assert config.provenance == Provenance(
        method="fineweb_quality by 10tail on own documents, gopher_quality by quantile on own "
        "documents, repetition by mean_std on own documents, stop words by frequency in own "
        "documents",
        reference="this job",
        documents=N,
        sources={"own": N},
        weight=1.0,
        shrinkage=0,
        date=TODAY,
        curate="0.1",
        notes=("read me",),
    )
    assert bound(config, "newlines_per_word", "max") == pytest.approx(0.9 * 0.36, rel=0.003)


# ---- sources ---------------------------------------------------------------------------------


def test_each_family_has_its_source() -> None:
    own, reference = sketches(0.5), sketches(1.0, N // 2)
    config = fit(corpus(own, own), corpus(reference, reference, "wiki"))
    assert config.provenance.method.startswith(
        "fineweb_quality by 10tail on the reference, gopher_quality by quantile on the reference, "
        "repetition by mean_std on own documents"
    )
    assert config.provenance.reference == "wiki; this job"
    assert config.provenance.sources == {"own": N, "reference": N // 2}
    assert bound(config, "newlines_per_word", "max") == pytest.approx(0.36, rel=0.003)
    assert bound(config, "dup_line_fraction", "max") == pytest.approx(0.3, rel=0.003)
    assert bound(config, "lid_confidence", "min") == pytest.approx(0.7 - 0.4 / math.sqrt(12), 0.01)


def test_sources_can_be_chosen() -> None:
    own, reference = sketches(0.5), sketches()
    sources: dict[Family, Source] = {**dict.fromkeys(WINNERS, "own")}
    config = fit(corpus(own), corpus(reference), sources=sources)
    assert bound(config, "newlines_per_word", "max") == pytest.approx(0.18, rel=0.003)


def test_a_source_with_too_little_gives_way_to_the_other() -> None:
    config = fit(corpus(sketches(0.5)), corpus(sketches(n=999)))
    assert "fineweb_quality by 10tail on own documents" in config.provenance.method
    assert "fineweb_quality on own documents: the reference has only 999" in config.provenance.notes
    alone = fit(None, corpus(sketches(), sketches()))
    assert "repetition by mean_std on the reference" in alone.provenance.method
    assert alone.threshold("lid_confidence") is None


def test_without_english_to_compare_with_the_tail_is_taken_and_it_says_so() -> None:
    config = fit(corpus(sketches()))
    assert "repetition by 10tail" in config.provenance.method
    assert config.provenance.notes == (
        "repetition: 10tail in place of mean_std, which needs English to compare with; "
        "there was none",
        "gopher_quality: 10tail in place of quantile, which needs English to compare with; "
        "there was none",
    )
    assert bound(config, "dup_line_fraction", "max") == pytest.approx(0.36, rel=0.003)


# ---- shrinkage and guards --------------------------------------------------------------------


def test_a_bound_moves_toward_the_parents_by_the_stated_weight() -> None:
    own = {rule.metric: s for rule in ENGLISH for s in [spread(0.0, 0.4, 1000)]}
    config = fit(corpus(own), shrinkage=250)
    assert config.provenance.weight == 0.8
    assert config.provenance.shrinkage == 250
    parent = DEFAULT["dup_line_fraction"].max
    assert parent is not None
    wanted = 0.8 * 0.36 + 0.2 * parent
    assert bound(config, "dup_line_fraction", "max") == pytest.approx(wanted, abs=0.002)


@pytest.mark.parametrize("shrinkage", [0, 10**12])
def test_the_limits_of_shrinkage_are_the_own_bound_and_the_parents(shrinkage: int) -> None:
    config = fit(corpus(sketches()), shrinkage=shrinkage)
    for rule in ENGLISH:
        parent = getattr(DEFAULT[rule.metric], rule.side)
        if shrinkage and rule.metric not in ("mean_word_chars", "dup_10gram_char_fraction"):
            assert bound(config, rule.metric, rule.side) == parent, rule
    if not shrinkage:
        assert bound(config, "dup_line_fraction", "max") == pytest.approx(0.36, rel=0.003)


def test_a_rule_that_the_parent_has_switched_off_stays_off() -> None:
    off = Threshold(metric="terminal_punct_line_fraction", inherit=False, why="a space ends them")
    config = fit(corpus(sketches()), parent={**DEFAULT, off.metric: off})
    assert config.threshold(off.metric) is None
    note = "terminal_punct_line_fraction is off in the parent and stays off"
    assert note in config.provenance.notes


def test_what_the_parent_does_not_name_is_tuned() -> None:
    config = fit(corpus(sketches()), parent={}, shrinkage=N)
    assert bound(config, "newlines_per_word", "max") == pytest.approx(2 * 0.36, rel=0.003)
    assert bound(config, "dup_line_fraction", "max") == pytest.approx((0.36 + 1) / 2, abs=0.002)
    flat = {**sketches(), "terminal_punct_line_fraction": Sketch.of([0.0] * N)}
    assert fit(corpus(flat), parent={}).threshold("terminal_punct_line_fraction") is None


def test_an_extrapolation_beyond_the_range_leaves_the_parents_rule() -> None:
    own = {**sketches(), "dup_line_fraction": Sketch.of([0.0, 1.0, 1.0] * N)}
    config = fit(corpus(own, sketches()))
    assert config.threshold("dup_line_fraction") is None
    note = "mean_std gives nothing usable, so the parent's are kept: max of dup_line_fraction"
    assert note in config.provenance.notes


def test_an_extrapolation_below_the_range_says_nothing_either() -> None:
    own = {**sketches(), "dup_5gram_char_fraction": Sketch.of([0.0] * N)}
    english = {**sketches(), "dup_5gram_char_fraction": spread(0.1, 0.9)}
    config = fit(corpus(own, english))
    assert config.threshold("dup_5gram_char_fraction") is None
    assert "max of dup_5gram_char_fraction" in config.provenance.notes[-1]


def test_a_parents_rule_that_would_remove_nearly_all_is_loosened_too() -> None:
    own = {**sketches(), "dup_line_fraction": Sketch.of([0.0, 1.0, 1.0, 1.0, 1.0] * N)}
    config = fit(corpus(own, sketches()))
    threshold = config.threshold("dup_line_fraction")
    assert threshold is not None
    assert not threshold.inherit
    assert any("loosened from 0.3 to none" in note for note in config.provenance.notes)


def test_an_order_statistic_at_the_end_of_the_range_switches_the_rule_off() -> None:
    own = {**sketches(), "terminal_punct_line_fraction": Sketch.of([0.0] * N)}
    rule = fit(corpus(own)).threshold("terminal_punct_line_fraction")
    assert rule is not None
    assert not rule.inherit
    assert rule.min is None


def test_with_little_weight_such_a_rule_is_the_parents() -> None:
    own = {**sketches(), "terminal_punct_line_fraction": Sketch.of([0.0] * N + [0.5] * 9 * N)}
    config = fit(corpus(own), shrinkage=10**9)
    parent = DEFAULT["terminal_punct_line_fraction"].min
    assert bound(config, "terminal_punct_line_fraction", "min") == parent


def test_no_rule_removes_more_than_three_quarters_of_what_it_was_tuned_on() -> None:
    own = {**sketches(), "dup_line_fraction": Sketch.of([0.05] * 100 + [0.6] * 1900)}
    config = fit(corpus(own), shrinkage=10**9)
    assert bound(config, "dup_line_fraction", "max") == pytest.approx(0.6, abs=0.002)
    assert "max of dup_line_fraction loosened from 0.3 to 0.6" in " ".join(config.provenance.notes)


def test_nor_of_the_reference() -> None:
    reference = {**sketches(), "dup_line_fraction": Sketch.of([0.8] * N)}
    config = fit(corpus(sketches()), corpus(reference))
    assert bound(config, "dup_line_fraction", "max") == pytest.approx(0.8, abs=0.002)


def test_a_metric_that_most_documents_have_not_is_no_rule() -> None:
    own = {**sketches(), "alpha_word_fraction": Sketch.of([0.5] * 400 + [None] * 1600)}
    rule = fit(corpus(own)).threshold("alpha_word_fraction")
    assert rule is not None
    assert not rule.inherit


# ---- few documents ---------------------------------------------------------------------------


@pytest.mark.parametrize("n", [0, 99, 100, 999])
def test_a_label_with_few_documents_inherits_its_metrics(n: int) -> None:
    config = fit(corpus(sketches(n=n), sketches()), stopwords=STOPWORDS)
    assert config.stopwords == ()
    wanted = ["lid_confidence"] if n >= 100 else []
    assert [t.metric for t in config.thresholds] == wanted
    assert f"{n} documents are fewer than the 1000" in config.provenance.notes[-1]
    assert config.provenance.method == "metrics inherited"


def test_a_label_that_was_never_seen_inherits() -> None:
    assert fit(corpus(None)).thresholds == ()
    assert fit().thresholds == ()


def test_fewer_than_eight_stop_words_are_no_list() -> None:
    config = fit(corpus(sketches()), stopwords=STOPWORDS[:7])
    assert config.stopwords == ()
    assert config.threshold("n_stopwords") is None


def test_the_english_of_a_source_is_compared_with_if_there_is_enough() -> None:
    english = sketches()
    assert english_of({"eng_Latn": english}, N) == english
    assert english_of({"eng_Latn": english}, N + 1) is None
    assert english_of({}, 1) is None
    assert count_documents({"lid_confidence": spread(0, 1)}) == 0


# ---- whatever the data -----------------------------------------------------------------------

distributions = st.lists(st.floats(0, 1), min_size=3, max_size=20)
bounds = st.one_of(st.none(), st.floats(0.001, 0.999).map(lambda x: round(x, 3)))
methods = st.sampled_from(["10tail", "quantile", "mean_std", "median_ratio"])


def removed(xs: Sequence[float], threshold: Threshold) -> float:
    low = -math.inf if threshold.min is None else threshold.min
    high = math.inf if threshold.max is None else threshold.max
    return sum(not low <= x <= high for x in xs) / len(xs)


@given(distributions, distributions, bounds, st.integers(0, 10_000), methods)
@settings(max_examples=60, deadline=None)
def test_whatever_the_data_the_config_is_valid_reads_back_and_keeps_a_quarter(
    own: list[float], english: list[float], parent: float | None, shrinkage: int, method: Method
) -> None:
    words = [1 + 20 * x for x in own]
    mine = {rule.metric: Sketch.of(own * 400) for rule in ENGLISH}
    mine["mean_word_chars"] = Sketch.of(words * 400)
    mine["lid_confidence"] = Sketch.of(own * 400)
    theirs = {rule.metric: Sketch.of(english) for rule in ENGLISH}
    methods: dict[Family, Method] = dict.fromkeys(WINNERS, method)
    above = {
        rule.metric: Threshold.model_validate({"metric": rule.metric, rule.side: parent})
        for rule in ENGLISH
        if parent is not None and rule.metric != "mean_word_chars"
    }
    config = fit(
        corpus(mine, theirs),
        methods=methods,
        parent=above,
        stopwords=STOPWORDS,
        shrinkage=shrinkage,
    )
    for threshold in config.thresholds:
        lowest, highest = range_of(threshold.metric)
        for found in (threshold.min, threshold.max):
            assert found is None or lowest < found < (highest or math.inf) or found == lowest
        if threshold.metric not in ("lid_confidence", "n_stopwords"):
            values = words if threshold.metric == "mean_word_chars" else own
            assert removed(values, threshold) <= 0.75
    text = to_yaml(config, comment="Thai.")
    data, positions = parse_yaml(text, "a.yaml")
    assert build(LanguageConfig, data, positions, "a.yaml") == config
    assert to_yaml(config, comment="Thai.") == text
