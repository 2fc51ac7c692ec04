"""The sections of a job that ask for scores."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from curate.config.sections import Settings


class WdsConfig(Settings):
    """Document scores as HPLT publishes them: docs/scores.md."""

    version: Literal["1.2", "1.3"] = Field(
        default="1.2",
        description="`1.2` is that of HPLT 3.0, marks from 0 to 10; `1.3` has marks from 0 to 1",
    )

    curves: str | None = Field(
        default=None,
        min_length=1,
        description="file of compression curves by script, as `tune.compression` writes it; null "
        "for those that WDS was published with",
    )

    @field_validator("version", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        return str(value) if isinstance(value, float) else value  # YAML reads 1.2 as a number
