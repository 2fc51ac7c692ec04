"""Metrics of the user's own: functions that a job names, and the columns that they declare.

A column is called ``extra.<name>``, and a threshold may be about it as about any metric.
"""

from curate.extra.declare import PREFIX, MetricFunction, OwnMetric, metric_function
from curate.extra.load import GROUP, address_of, load_function, own_metrics

__all__ = [
    "GROUP",
    "PREFIX",
    "MetricFunction",
    "OwnMetric",
    "address_of",
    "load_function",
    "metric_function",
    "own_metrics",
]
