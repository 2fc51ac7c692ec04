"""Which step makes a metric, and names of scores that only a job knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from curate.config.language import LanguageConfig, LanguageConfigs, Provenance, Threshold
from curate.config.measured import (
    THRESHOLD_METRICS,
    Range,
    by_step,
    column_of,
    in_order,
    is_metric,
    is_score,
    range_of,
    step_of,
)
from curate.config.override import Override, parse_override
from curate.config.required import require_scores
from curate.errors import ConfigError
from curate.metrics import METRICS
from curate.scores.registry import WDS_METRICS
from curate.stage_table import scored, stage_names, stage_of, steps


def configs_with(*thresholds: Threshold) -> LanguageConfigs:
    made_up = Provenance(method="by hand", reference="none")
    files = {
        "_default": LanguageConfig(label="_default", provenance=made_up),
        "tha_Thai": LanguageConfig(label="tha_Thai", thresholds=thresholds, provenance=made_up),
    }
    return LanguageConfigs(files)


@pytest.mark.parametrize(
    ("metric", "step"),
    [
        ("lid_confidence", "identify"),
        ("own_word_fraction", "identify"),
        ("identifiers_agree_fraction", "identify"),
        ("n_chars", "annotate"),
        ("wds", "score"),
        ("wds_short_segments", "score"),
        ("perplexity", "perplexity"),
        ("contamination_fraction", "contamination"),
        ("register.HI", "classify"),
        ("edu_2.__label__hq", "classify"),
    ],
)
def test_every_metric_is_made_by_one_step(metric: str, step: str) -> None:
    assert is_metric(metric)
    assert step_of(metric) == step


@pytest.mark.parametrize(
    "name",
    [
        *("register", "Register.HI", "register.HI.min", "register.", ".HI", "n_words.max", "wds.x"),
        *("a.min", "a.max", "register.H I", "1a.b", "n_chars.HI", "รายการ.HI"),
    ],
)
def test_what_is_no_name_of_a_score_is_none(name: str) -> None:
    assert not is_score(name)
    assert not is_metric(name)
    with pytest.raises(KeyError):
        step_of(name)


def test_the_order_is_that_of_the_registry_and_named_scores_come_last_by_name() -> None:
    names = ["b.z", "wds_url", "n_words", "b.A", "lid_confidence", "a.x", "no metric", "n_words"]
    assert in_order(names) == ("lid_confidence", "n_words", "wds_url", "a.x", "b.A", "b.z")
    assert THRESHOLD_METRICS[4 : 4 + len(METRICS)] == tuple(METRICS)
    assert THRESHOLD_METRICS[4 + len(METRICS) :][: len(WDS_METRICS)] == tuple(WDS_METRICS)
    assert by_step(("n_words", "wds", "n_chars", "a.x")) == {
        "annotate": ("n_words", "n_chars"),
        "score": ("wds",),
        "classify": ("a.x",),
    }


def test_every_step_of_scores_is_a_stage_with_a_folder_and_a_section() -> None:
    assert set(scored()) <= set(stage_names())
    assert set(scored()) <= set(steps())
    assert all(stage_of(name).asked_by for name in scored())


def test_a_named_score_is_a_float_that_may_be_null() -> None:
    column = column_of("register.HI")
    assert str(column.type) == "float"
    assert column.null_means
    assert "`register`" in column.doc
    assert column_of("seg_langs").unit == "labels"
    assert range_of("register.HI") == Range(0.0, None)
    with pytest.raises(KeyError):
        column_of("no_column")


def test_a_threshold_of_a_named_score_is_taken_and_one_of_a_misspelt_metric_is_not() -> None:
    assert Threshold(metric="register.HI", min=0.4).min == 0.4
    with pytest.raises(ValueError, match="the name of a metric"):
        Threshold(metric="n_word", min=3)
    with pytest.raises(ValueError, match="from 0 on"):
        Threshold(metric="register.HI", min=-0.4)


def test_configs_know_the_scores_they_ask_for() -> None:
    found = configs_with(
        Threshold(metric="register.HI", min=0.4),
        Threshold(metric="n_words", min=10),
        Threshold(metric="wds", min=5),
    )
    assert found.scores == ("wds", "register.HI")


def test_bounds_of_named_scores_are_changed_by_their_name() -> None:
    assert parse_override("register.HI.min=0.5") == Override("register.HI", ("min",), 0.5)
    assert parse_override("register.HI=off") == Override("register.HI", ("min", "max"), None)
    assert parse_override("wds.min=5") == Override("wds", ("min",), 5.0)
    assert parse_override("n_words=off") == Override("n_words", ("min", "max"), None)
    with pytest.raises(ConfigError, match="mean_word_chars"):
        parse_override("mean_word_char.max=12")
    with pytest.raises(ConfigError, match=r"METRIC\.min"):
        parse_override("register.HI=0.5")


def test_a_score_that_the_job_does_not_make_is_refused_by_file_and_name() -> None:
    asked = configs_with(Threshold(metric="register.HI", min=0.4))
    require_scores(asked, Path("configs"), {"register.HI": Range(0.0, None)})
    with pytest.raises(ConfigError) as caught:
        require_scores(asked, Path("configs"), {"register.NA": Range(0.0, None)})
    said = str(caught.value)
    assert "configs/tha_Thai.yaml" in said
    assert "`register.HI`" in said
    assert "register.NA" in said
    assert "`classify`" in said
    off = configs_with(Threshold(metric="register.HI", inherit=False))
    require_scores(off, Path("configs"), {})


def test_a_bound_beyond_the_range_that_the_job_gives_a_score_is_refused() -> None:
    asked = configs_with(Threshold(metric="wds", min=5))
    require_scores(asked, Path("configs"), {"wds": Range(0.0, 10.0)})
    with pytest.raises(ConfigError, match="from 0 to 1"):
        require_scores(asked, Path("configs"), {"wds": Range(0.0, 1.0)})
