"""The English that comes with curate."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from curate.errors import InputError
from curate.metrics import METRICS_VERSION
from curate.tune import english
from curate.tune.english import shipped_english, write_english
from curate.tune.fit import Corpus, Fitting, fit_label, replacements
from curate.tune.methods import ENGLISH, quantile
from curate.tune.sketch import Sketch, in_buckets


def test_it_has_what_is_tuned_of_many_manuals() -> None:
    sketches, text = shipped_english()
    assert {rule.metric for rule in ENGLISH} <= sketches.keys()
    assert min(sketch.n for sketch in sketches.values()) > 1000
    assert text.startswith("English technical documentation")
    words = sketches["mean_word_chars"]
    assert 4 < words.median < 6
    assert quantile(words, words, 10.0) == pytest.approx(10.0, rel=0.01)


def test_a_reference_without_english_is_compared_with_it_and_says_so() -> None:
    sketches, text = shipped_english()
    own = {rule.metric: Sketch.of([0.2 + n / 1000 for n in range(200)]) for rule in ENGLISH}
    corpus = Corpus("a reference", {"swh_Latn": own}, sketches, text)
    fitting = Fitting("0", datetime.date(2026, 1, 1))
    config = fit_label("swh_Latn", {"reference": corpus}, fitting, parent={})
    assert "gopher_quality by quantile on the reference" in config.provenance.method
    assert any(f"quantile compares with {text}" == note for note in replacements(config))


def test_statistics_of_other_metrics_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "data" / "tune"
    write_english(target, {"n_words": Sketch.of([1.0, 2.0])}, label="eng_Latn", text="two texts")
    monkeypatch.setattr(english, "files", lambda _: tmp_path)
    shipped_english.cache_clear()
    try:
        found, text = shipped_english()
        assert text == "two texts"
        assert found == {"n_words": in_buckets(Sketch.of([1.0, 2.0]))}
        monkeypatch.setattr(english, "METRICS_VERSION", METRICS_VERSION + "x")
        shipped_english.cache_clear()
        with pytest.raises(InputError, match="make it again"):
            shipped_english()
    finally:
        shipped_english.cache_clear()
