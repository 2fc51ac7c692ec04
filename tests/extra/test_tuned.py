"""`tune` cuts off the tails of metrics that name one."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import numpy as np
import pytest
import yaml

import curate
from curate.ask.rerun import load_recorded, tune_again
from curate.config.language import LanguageConfig, LanguageConfigs, Threshold
from curate.errors import ConfigError
from curate.pipeline.verify import verify
from curate.tune.fit import Corpus, Fitting, Tail, fit_label
from curate.tune.sketch import Sketch
from tests.extra.test_runs import HERE
from tests.looking import run
from tests.runs import job_of

LABEL = "eng_Latn"
SENTENCE = "The old mill by the river number {} was built by the family of the bridge. "


def fitted(
    values: list[float], tail: Tail, parent: Threshold | None = None, shrinkage: float = 0
) -> LanguageConfig:
    corpus = Corpus("own", {LABEL: {"extra.x": Sketch.of(values)}})
    fitting = Fitting("0", datetime.date(2026, 1, 1), own={"extra.x": tail}, shrinkage=shrinkage)
    parents = {} if parent is None else {"extra.x": parent}
    return fit_label(LABEL, {"own": corpus}, fitting, parent=parents)


def rule(config: LanguageConfig) -> tuple[float | None, float | None] | None:
    threshold = config.threshold("extra.x")
    return None if threshold is None else (threshold.min, threshold.max)


VALUES = [float(x) for x in range(1, 201)]


def test_the_worst_tenth_is_cut_off() -> None:
    assert rule(fitted(VALUES, Tail("max"))) == (None, 180.0)
    assert rule(fitted(VALUES, Tail("min"))) == (20.0, None)
    config = fitted(VALUES, Tail("max"))
    assert "own metrics by 10tail on own documents" in config.provenance.method


def test_a_parent_draws_it_and_keeps_its_other_side() -> None:
    parent = Threshold(metric="extra.x", min=5, max=100)
    assert rule(fitted(VALUES, Tail("max"), parent, shrinkage=200)) == (5.0, 140.0)
    off = Threshold(metric="extra.x", inherit=False)
    assert rule(fitted(VALUES, Tail("max"), off)) is None


@pytest.mark.parametrize(
    ("tail", "parent"),
    [
        (Tail("max", 150.0), None),
        (Tail("min"), Threshold(metric="extra.x", max=10)),
    ],
    ids=["nothing is above it", "nothing would be left"],
)
def test_a_bound_that_says_nothing_is_left_out(tail: Tail, parent: Threshold | None) -> None:
    config = fitted(VALUES, tail, parent)
    assert rule(config) is None
    assert "extra.x inherited: its tail gives no bound" in config.provenance.notes


def test_too_few_documents_are_not_tuned() -> None:
    assert rule(fitted(VALUES[:50], Tail("max"))) is None


def test_a_wrong_tail_is_refused() -> None:
    with pytest.raises(ConfigError, match="OwnMetric 'x'"):
        curate.OwnMetric("x", "A number.", tail="high")  # type: ignore[arg-type]


def test_a_run_tunes_and_decides_by_them(tmp_path: Path) -> None:
    source, work = tmp_path / "in", tmp_path / "work"
    source.mkdir()
    texts = [SENTENCE.format(i) * (3 + i % 7) + f"It has {i} wheels." for i in range(120)]
    lines = [json.dumps({"id": f"<{i}>", "text": text}) for i, text in enumerate(texts)]
    (source / "texts.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    tune = {"min_documents": 20, "shrinkage": 0}
    run(job_of(source, work, annotate={"extra": [f"{HERE}:tuned"]}, tune=tune))
    rows = curate.open(work).rows(["label", "text", "extra.chars", "extra.share"]).read_all()
    assert set(rows["label"].to_pylist()) == {LABEL}
    chars = np.sort(rows["extra.chars"].to_numpy())
    config = LanguageConfigs.load(work / "language_configs").for_label(LABEL)
    high, low = config.threshold("extra.chars"), config.threshold("extra.share")
    assert high is not None
    assert low is not None
    assert (high.min, high.max) == (None, chars[int(0.9 * 120) - 1])
    assert (low.min, low.max) == (round(chars[int(0.1 * 120) - 1] / 1000, 3), None)
    assert config.threshold("extra.left") is None
    verify(work)
    folder, _ = tune_again(load_recorded(str(work)), out=str(tmp_path / "again"))
    again = yaml.safe_load((folder / f"{LABEL}.yaml").read_text(encoding="utf-8"))
    written = yaml.safe_load((work / "language_configs" / f"{LABEL}.yaml").read_text("utf-8"))
    assert again["thresholds"] == written["thresholds"]
