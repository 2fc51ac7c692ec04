"""Metrics: measured properties of a document, one column each. Nothing here judges."""

from curate.metrics.measure import fold_stopwords, measure, measure_tokens
from curate.metrics.registry import (
    EXAMPLE_STOPWORDS,
    METRICS,
    METRICS_VERSION,
    SCHEMA,
    Metric,
)
from curate.metrics.stopwords import choose_stopwords, count_words, of_letters

__all__ = [
    "EXAMPLE_STOPWORDS",
    "METRICS",
    "METRICS_VERSION",
    "SCHEMA",
    "Metric",
    "choose_stopwords",
    "count_words",
    "fold_stopwords",
    "measure",
    "measure_tokens",
    "of_letters",
]
