"""Its section of a job."""

from __future__ import annotations

from pydantic import Field

from curate.config.sections import Settings


class VowelsConfig(Settings):
    """Letters to count."""

    letters: str = Field(default="aeiou", min_length=1, description="what is a vowel")
