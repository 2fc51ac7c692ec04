"""The sections of a job that ask for scores."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from curate.config.problems import problem
from curate.config.sections import Settings
from curate.extra.load import is_name


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


class AnnotateConfig(Settings):
    """Metrics of your own: docs/own-metrics.md."""

    extra: tuple[Annotated[str, Field(min_length=1)], ...] = Field(
        min_length=1,
        strict=False,
        description="functions that measure each document: `module:function`, or the name of an "
        "entry point of the group `curate.metrics`",
    )
    deadline_seconds: float = Field(
        default=10.0,
        gt=0,
        le=3600,
        description="seconds of processor time a function may use for a document before it is "
        "given up, and its columns are null; ten times as many on the clock",
    )

    @field_validator("extra")
    @classmethod
    def _names(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [name for name in names if not is_name(name)]
        twice = [name for name in names if names.count(name) > 1]
        if wrong or twice:
            raise problem(
                "functions, each once, as `module:function` or an entry point's name",
                f"`{(wrong or twice)[0]}`" + ("" if wrong else " twice"),
                "such as `mypackage.metrics:readability`",
            )
        return names
