"""Stages: pure functions of a batch, in the order of the pipeline."""

from __future__ import annotations

ORDER: tuple[str, ...] = (
    "extract",
    "identify",
    "annotate",
    "sign",
    "pii",
    "score",
    "classify",
    "perplexity",
    "contamination",
    "tune",
    "cluster",
    "screen",
    "select",
    "rebalance",
    "emit",
    "report",
)
"""Every stage, in order; ``--until`` and ``--rerun`` take these names."""
