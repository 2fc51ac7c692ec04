from __future__ import annotations

import datetime

import pytest

from curate.config.language import LanguageConfig, Provenance, Threshold
from curate.tune.fit import Fitting
from curate.tune.parents import fit_parent

FITTING = Fitting("0.1", datetime.date(2026, 1, 2))
SAID = Provenance(method="by hand", reference="none", documents=10)
LINE_ENDS = "terminal_punct_line_fraction"


def config(label: str, *thresholds: Threshold) -> LanguageConfig:
    return LanguageConfig(label=label, thresholds=thresholds, provenance=SAID)


def words(low: float | None, high: float | None) -> Threshold:
    return Threshold(metric="mean_word_chars", min=low, max=high)


def off(metric: str) -> Threshold:
    return Threshold(metric=metric, inherit=False)


def pooled(*configs: LanguageConfig, before: LanguageConfig | None = None) -> LanguageConfig:
    found = fit_parent("_script/Ethi", {c.label: c for c in configs}, before, FITTING)
    assert found is not None
    return found


def test_a_bound_is_the_median_over_labels_each_side_for_itself() -> None:
    found = pooled(
        config("amh_Ethi", words(2, 8)),
        config("tir_Ethi", words(3, 9)),
        config("tig_Ethi", words(7, 40)),
    )
    assert found.threshold("mean_word_chars") == words(3, 9)
    assert found.provenance.method == "median of what 3 labels give alone"
    assert found.provenance.reference == "amh_Ethi, tig_Ethi, tir_Ethi"
    assert found.provenance.documents == 30


@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_labels_make_no_parent(n: int) -> None:
    configs = {f"a{'abc'[i]}a_Ethi": config(f"a{'abc'[i]}a_Ethi", words(2, 8)) for i in range(n)}
    assert fit_parent("_script/Ethi", configs, None, FITTING) is None


def test_a_rule_that_most_labels_have_off_is_off() -> None:
    found = pooled(
        config("amh_Ethi", off(LINE_ENDS)),
        config("tir_Ethi", off(LINE_ENDS)),
        config("tig_Ethi", Threshold(metric=LINE_ENDS, min=0.2)),
    )
    threshold = found.threshold(LINE_ENDS)
    assert threshold is not None
    assert not threshold.inherit


def test_a_rule_that_few_labels_have_is_not_pooled() -> None:
    found = pooled(
        config("amh_Ethi", words(2, None)), config("tir_Ethi"), config("tig_Ethi", words(4, 9))
    )
    assert found.threshold("mean_word_chars") is None


def test_what_the_file_switches_off_or_nobody_tunes_stays() -> None:
    before = config(
        "_script/Ethi",
        Threshold(metric="lid_confidence", min=0.4),
        off(LINE_ENDS),
        Threshold(metric="n_words", min=30),
        words(1.5, 20),
    )
    some = [
        config(label, words(2, 8), Threshold(metric=LINE_ENDS, min=0.2))
        for label in ("amh_Ethi", "tir_Ethi", "tig_Ethi")
    ]
    found = pooled(*some, before=before)
    assert found.threshold(LINE_ENDS) == off(LINE_ENDS)
    assert found.threshold("n_words") == Threshold(metric="n_words", min=30)
    assert found.threshold("mean_word_chars") == words(2, 8)
    assert found.thresholds[0].metric == "lid_confidence"
    note = "not pooled: lid_confidence, terminal_punct_line_fraction, n_words; by hand"
    assert found.provenance.notes == (note,)
