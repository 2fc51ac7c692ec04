"""The registry: what every metric owes."""

from __future__ import annotations

import pyarrow as pa
import pytest

from curate.metrics import EXAMPLE_STOPWORDS, METRICS, SCHEMA, Metric
from curate.metrics.measure import measure

NAMES = """
n_chars n_lines
dup_paragraph_fraction dup_paragraph_char_fraction dup_line_fraction dup_line_char_fraction
top_2gram_char_fraction top_3gram_char_fraction top_4gram_char_fraction
dup_5gram_char_fraction dup_6gram_char_fraction dup_7gram_char_fraction
dup_8gram_char_fraction dup_9gram_char_fraction dup_10gram_char_fraction
terminal_punct_line_fraction fineweb2_terminal_punct_line_fraction short_line_fraction
dup_nonblank_line_char_fraction newlines_per_word
n_words mean_word_chars hashes_per_word ellipses_per_word
bullet_line_fraction fineweb2_bullet_line_fraction
ellipsis_line_fraction fineweb2_ellipsis_line_fraction alpha_word_fraction n_stopwords
upper_case_fraction
c4_long_word_line_fraction c4_unterminated_line_fraction c4_few_word_line_fraction
c4_javascript_line_fraction c4_policy_line_fraction c4_kept_line_fraction
datatrove_c4_unterminated_line_fraction datatrove_c4_kept_line_fraction
n_c4_sentences n_lorem_ipsum_lines n_curly_bracket_lines n_long_lines
"""

PARAMETERS = pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)


def test_holds_these_metrics_in_the_order_in_which_they_are_checked() -> None:
    assert list(METRICS) == NAMES.split()
    assert SCHEMA.names == NAMES.split()


@PARAMETERS
def test_example_measures_what_it_says(metric: Metric) -> None:
    text, expected = metric.example
    table = measure([text], ["hin_Deva"], {"hin_Deva": EXAMPLE_STOPWORDS})
    assert table[metric.name].to_pylist() == [pytest.approx(expected, abs=1e-12)]


@PARAMETERS
def test_example_is_not_in_latin_script(metric: Metric) -> None:
    assert not metric.example[0].isascii()


@PARAMETERS
def test_counts_are_integers_and_the_rest_floats(metric: Metric) -> None:
    assert metric.dtype == (pa.int32() if metric.name.startswith("n_") else pa.float64())


@PARAMETERS
def test_every_metric_is_explained(metric: Metric) -> None:
    assert metric.unit
    assert metric.doc.endswith(".")
    assert metric.null_means
    assert metric.highest is None or metric.lowest < metric.highest


def test_registry_cannot_be_changed() -> None:
    with pytest.raises(TypeError, match="does not support item assignment"):
        METRICS["n_chars"] = METRICS["n_words"]  # type: ignore[index]
