"""How much memory a worker takes: a rule from measurements, for docs and `curate doctor`.

Measured with pages of 15 MB of text each under ``engine.memory_mb=1536``, and with crawled pages:
see docs/ray.md#sizing.
"""

from __future__ import annotations

from typing import Final

from curate.pipeline.measure.task import SHARE

BASE_BYTES: Final = 500_000_000
"""A worker at rest with its libraries and tables, and its sandbox with a page of usual size."""

BYTES_PER_TEXT_BYTE: Final = 55
"""Bytes that the pass over the text holds for each byte that it works on at once."""


def worker_bytes(batch_mb: int, largest_text_bytes: int = 0) -> int:
    """Memory to plan for a worker.

    Args:
        batch_mb: ``engine.batch_mb``.
        largest_text_bytes: of the input, in UTF-8, if that is known to be more than a part of a
            batch: a text is never divided.
    """
    at_once = max((batch_mb << 20) // SHARE, largest_text_bytes)
    return BASE_BYTES + BYTES_PER_TEXT_BYTE * at_once
