"""Models that a worker process loads once."""

from __future__ import annotations

from functools import lru_cache

from curate.lid import load_identifier

identifier_of = lru_cache(maxsize=2)(load_identifier)
"""The identifier that a job's ``identify.model`` names."""
