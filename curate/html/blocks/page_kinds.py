"""Kinds of pages that the model tells apart."""

from typing import Final

KINDS: Final = (
    "article",
    "forum",
    "product",
    "listing",
    "collection",
    "documentation",
    "service",
)
"""Of the Web Content Extraction Benchmark's. A kind sets the threshold, and on which pages what
users wrote is the content."""
