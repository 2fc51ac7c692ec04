"""What scores a job makes, as far as its thresholds may be about them."""

from __future__ import annotations

from curate.config.job import JobConfig
from curate.config.measured import Range
from curate.scores.registry import highest_in, names_in


def made_by(job: JobConfig) -> dict[str, Range]:
    """Score columns that a job makes, and where each can lie."""
    found: dict[str, Range] = {}
    if job.wds is not None:
        highest = highest_in(job.wds.version)
        found |= {name: Range(0.0, highest) for name in names_in(job.wds.version)}
    return found
