"""Overlap of texts with evaluation sets: word n-grams that both have."""

from __future__ import annotations

from curate.contamination.ngram_index import (
    CONTAMINATION_VERSION,
    Built,
    NgramIndex,
    Overlaps,
    build,
)

__all__ = ["CONTAMINATION_VERSION", "Built", "NgramIndex", "Overlaps", "build"]
