"""Metrics: measured properties of a document, one column each. Nothing here judges.

Their names and bounds alone are imported here: whoever reads a job needs no kernel.
"""

from curate.metrics.registry import (
    EXAMPLE_STOPWORDS,
    METRICS,
    METRICS_VERSION,
    SCHEMA,
    Metric,
)

__all__ = ["EXAMPLE_STOPWORDS", "METRICS", "METRICS_VERSION", "SCHEMA", "Metric"]
