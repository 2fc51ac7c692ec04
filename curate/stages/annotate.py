"""Annotate: measure each document. Judges nothing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pyarrow as pa

from curate import schema
from curate.metrics import METRICS
from curate.metrics.measure import measure
from curate.stages.stage import Stage, append
from curate.text.split import TokenBatch


def metric_columns() -> tuple[schema.Column, ...]:
    """One column per metric, in the registry's order."""
    return tuple(
        schema.Column(m.name, m.dtype, m.unit, m.doc, m.null_means) for m in METRICS.values()
    )


def metrics_schema() -> pa.Schema:
    """Schema of the metrics sidecar."""
    return pa.schema([pa.field(c.name, c.type) for c in metric_columns()])


def add_metrics(
    batch: pa.Table,
    *,
    stopwords: Mapping[str, frozenset[str]],
    tokens: TokenBatch | None = None,
) -> pa.Table:
    """Add every metric.

    Args:
        batch: has ``text`` and ``label``.
        stopwords: label -> its case-folded stop words.
        tokens: the texts' tokens, if somebody has split them already.
    """
    texts = batch["text"] if tokens is None else tokens.texts
    measured = measure(texts, batch["label"].to_pylist(), stopwords, tokens)
    return append(batch, {name: measured[name] for name in METRICS})


def annotate_stage(stopwords: Mapping[str, frozenset[str]]) -> Stage:
    """The stage, bound to the stop words of the labels."""
    return Stage(
        "annotate",
        partial(add_metrics, stopwords=stopwords),
        reads=(schema.DOCUMENTS.columns[-1], schema.LANGUAGE.columns[0]),
        writes=metric_columns(),
    )
