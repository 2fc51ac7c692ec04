"""One verdict a document: the first broken threshold, in order; unmeasured is not passed."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pytest

from curate.config.language import LanguageConfig, Provenance, Threshold
from curate.stages.select import mark_drop_reason

MADE_UP = Provenance(method="by hand", reference="none")


def config(label: str, *thresholds: Threshold) -> LanguageConfig:
    return LanguageConfig(label=label, thresholds=thresholds, provenance=MADE_UP)


@dataclass
class Configs:
    known: dict[str, LanguageConfig]
    scores: tuple[str, ...] = ()

    def for_label(self, label: str) -> LanguageConfig:
        return self.known[label]


ENGLISH = config(
    "eng_Latn",
    Threshold(metric="lid_confidence", min=0.5),
    Threshold(metric="n_words", min=10, max=100),
    Threshold(metric="mean_word_chars", min=2.0, max=11.0),
)
KHMER = config("khm_Khmr", Threshold(metric="mean_word_chars", max=20.0))
CONFIGS = Configs({"eng_Latn": ENGLISH, "khm_Khmr": KHMER})


def verdict(label: str, confidence: float | None, n_words: int, mean: float | None) -> str | None:
    batch = pa.table(
        {
            "label": [label],
            "lid_confidence": pa.array([confidence], pa.float64()),
            "n_words": pa.array([n_words], pa.int32()),
            "mean_word_chars": pa.array([mean], pa.float64()),
        }
    )
    reason: str | None = mark_drop_reason(batch, configs=CONFIGS)["drop_reason"][0].as_py()
    return reason


@pytest.mark.parametrize(
    ("mean", "reason"),
    [
        pytest.param(1.9, "mean_word_chars", id="below min"),
        pytest.param(2.0, None, id="at min is kept"),
        pytest.param(11.0, None, id="at max is kept"),
        pytest.param(11.1, "mean_word_chars", id="above max"),
        pytest.param(None, "mean_word_chars", id="unmeasured is not passed"),
        pytest.param(float("nan"), "mean_word_chars", id="NaN is not passed"),
    ],
)
def test_select_names_the_broken_threshold(mean: float | None, reason: str | None) -> None:
    assert verdict("eng_Latn", 0.9, 50, mean) == reason


def test_the_first_broken_threshold_is_the_reason() -> None:
    assert verdict("eng_Latn", 0.4, 5, 99.0) == "lid_confidence"
    assert verdict("eng_Latn", 0.6, 5, 99.0) == "n_words"
    assert verdict("eng_Latn", None, 50, 5.0) == "lid_confidence"


def test_each_label_has_its_own_thresholds() -> None:
    assert verdict("khm_Khmr", None, 1, 19.0) is None
    assert verdict("khm_Khmr", None, 1, 21.0) == "mean_word_chars"


def test_labels_may_be_mixed_in_a_batch() -> None:
    batch = pa.table(
        {
            "label": ["khm_Khmr", "eng_Latn", "khm_Khmr", "eng_Latn"],
            "lid_confidence": [0.1, 0.1, 0.1, 0.9],
            "n_words": pa.array([50] * 4, pa.int32()),
            "mean_word_chars": [15.0, 5.0, 25.0, 15.0],
        }
    )
    reasons = mark_drop_reason(batch, configs=CONFIGS)["drop_reason"].to_pylist()
    assert reasons == [None, "lid_confidence", "mean_word_chars", "mean_word_chars"]


@pytest.mark.parametrize(
    ("fraction", "named", "reason"),
    [
        pytest.param(0.01, False, None, id="a word is enough"),
        pytest.param(0.0, False, "own_word_fraction", id="no word"),
        pytest.param(0.0, True, None, id="the address is enough"),
        pytest.param(None, True, None, id="the address of a text without words"),
        pytest.param(None, False, "own_word_fraction", id="unmeasured is not passed"),
        pytest.param(None, None, "own_word_fraction", id="nor is what nobody asked for"),
    ],
)
def test_words_of_the_language_or_an_address_that_names_it(
    fraction: float | None, *, named: bool | None, reason: str | None
) -> None:
    pidgin = config("pcm_Latn", Threshold(metric="own_word_fraction", min=0.001))
    batch = pa.table(
        {
            "label": ["pcm_Latn"],
            "own_word_fraction": pa.array([fraction], pa.float64()),
            "url_names_language": pa.array([named], pa.bool_()),
        }
    )
    found = mark_drop_reason(batch, configs=Configs({"pcm_Latn": pidgin}))["drop_reason"]
    assert found.to_pylist() == [reason]


def test_an_address_rescues_from_no_other_threshold() -> None:
    strict = config(
        "pcm_Latn",
        Threshold(metric="n_words", min=10),
        Threshold(metric="own_word_fraction", min=0.001),
    )
    batch = pa.table(
        {
            "label": ["pcm_Latn", "pcm_Latn"],
            "own_word_fraction": [0.0, 0.0],
            "url_names_language": [True, True],
            "n_words": pa.array([5, 50], pa.int32()),
        }
    )
    found = mark_drop_reason(batch, configs=Configs({"pcm_Latn": strict}))["drop_reason"]
    assert found.to_pylist() == ["n_words", None]
