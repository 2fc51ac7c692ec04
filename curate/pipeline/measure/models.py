"""Models that a worker process loads once."""

from __future__ import annotations

from functools import lru_cache

from curate.lid import load_identifier

identifier_of = lru_cache(maxsize=8)(load_identifier)
"""The identifier that ``identify.model``, or one of ``identify.others``, names."""
