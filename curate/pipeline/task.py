"""What every task begins with: the limits that its job sets, in the process that runs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from importlib import import_module
from typing import Any

from curate.config.job import JobConfig
from curate.io.process import limits
from curate.io.process.limits import Limits

Json = Any

FUNCTION = "curate.pipeline.task:run_task"


def limits_of(job: JobConfig) -> Limits:
    """Those that a job sets."""
    return Limits(job.engine.batch_mb << 20, job.io.retry_seconds)


def payload_of(function: str, payload: Mapping[str, Json]) -> dict[str, Json]:
    """What :func:`run_task` is given for a function and its payload, with the limits of now."""
    return {"function": function, "payload": payload, "limits": asdict(limits.limits())}


def run_task(told: Mapping[str, Json]) -> Json:
    """Run a task's function under the limits that came with it."""
    limits.use(Limits(**told["limits"]))
    module, _, name = told["function"].partition(":")
    return getattr(import_module(module), name)(told["payload"])
