"""Metrics: measured properties of a document, one column each. Nothing here judges."""

from curate.metrics.measure import fold_stopwords, measure, measure_tokens
from curate.metrics.registry import (
    EXAMPLE_STOPWORDS,
    METRICS,
    METRICS_VERSION,
    SCHEMA,
    Metric,
)
from curate.metrics.stopwords import Uses, choose_stopwords, count_words, uses_of

__all__ = [
    "EXAMPLE_STOPWORDS",
    "METRICS",
    "METRICS_VERSION",
    "SCHEMA",
    "Metric",
    "Uses",
    "choose_stopwords",
    "count_words",
    "fold_stopwords",
    "measure",
    "measure_tokens",
    "uses_of",
]
