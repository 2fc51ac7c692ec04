"""Settings that only say how a job is run, told from those that decide its result."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from curate.config.problems import problem
from curate.config.sections import Settings

Json = Any

_HOW = ("engine", "io", "work")
"""Sections that say how a job is run, and where: they change no result."""

_HOW_TO_CLASSIFY = ("batch", "num_gpus")


def deciding(settings: dict[str, Json]) -> dict[str, Json]:
    """Of the settings of a resolved job as plain data those that decide its result."""
    kept = {name: value for name, value in settings.items() if name not in _HOW}
    if isinstance(kept.get("classify"), list):
        kept["classify"] = [
            {k: v for k, v in one.items() if k not in _HOW_TO_CLASSIFY}
            if isinstance(one, dict)
            else one
            for one in kept["classify"]
        ]
    return kept


class IoConfig(Settings):
    """How inputs and stores are read and written. Nothing here changes a result."""

    retry_seconds: float = Field(
        default=30.0,
        ge=0,
        le=3600,
        description="seconds for which a store or server that does not answer is asked again",
    )


class EngineConfig(Settings):
    """The engine that runs the job. Nothing here changes a result."""

    kind: Literal["local", "ray"] | None = Field(
        default=None, description="`local` or `ray`; null: ray if an address is known, else local"
    )
    workers: int | None = Field(default=None, ge=1, description="processes; null for one per core")
    address: str | None = Field(default=None, min_length=1, description="address of a Ray cluster")
    attempts: int = Field(default=4, ge=1, le=100, description="how often a shard may be started")
    shard_deadline_minutes: float | None = Field(
        default=None, gt=0, description="minutes a shard may take; null for no limit"
    )
    empty_minutes: float = Field(
        default=10.0,
        ge=0,
        description="minutes for which a Ray cluster may have no node that could run a task, "
        "before the run ends with exit code 3",
    )
    batch_mb: int = Field(
        default=64,
        ge=1,
        le=4096,
        description="MiB of text that are worked on at once: a batch ends there, or at 256 rows",
    )
    memory_mb: int | None = Field(
        default=None,
        ge=512,
        description="MiB of memory a shard is given at first: the limit of a local worker, beside "
        "what `extract.memory_mb` gives a page; on Ray reserved; null: no limit of its own",
    )

    @model_validator(mode="after")
    def _address_needs_ray(self) -> Self:
        if self.address is not None and self.kind == "local":
            raise problem(
                "`engine.kind: ray`, or no address",
                f"`engine.kind: local` with the Ray address {self.address!r}",
                "remove one of the two",
            )
        return self
