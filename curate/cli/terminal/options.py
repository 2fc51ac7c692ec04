"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from curate.config.job import JobConfig

Command = TypeVar("Command", bound=Callable[..., Any])

work_argument = click.argument("work", metavar="WORK")
set_option = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="Override a setting of the job, such as work=/data/work; may be repeated.",
)
engine_option = click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    help="Where to run.  [default: ray if an address is known, else local]",
)
address_option = click.option(
    "--address", metavar="ADDRESS", help="Ray cluster to use.  [env: RAY_ADDRESS]"
)
workers_option = click.option(
    "--workers", type=click.IntRange(min=1), help="Tasks at once.  [default: one a core]"
)


def with_engine(
    job: JobConfig, engine: str | None, address: str | None, workers: int | None
) -> JobConfig:
    """The job with what the command line says of the engine put over it."""
    # Most commands have options and no job: they start a fifth of a second sooner without these.
    from curate.config.deciding import EngineConfig
    from curate.config.load import build

    options: dict[str, Any] = {"kind": engine, "address": address, "workers": workers}
    changes = {k: v for k, v in options.items() if v is not None}
    settings_given = {**job.engine.model_dump(), **changes}
    settings = build(EngineConfig, settings_given, {}, "options --engine, --address, --workers")
    return job.model_copy(update={"engine": settings})
