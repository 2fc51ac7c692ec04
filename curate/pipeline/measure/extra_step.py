"""The step of metrics of the user's own."""

from __future__ import annotations

from typing import Any

from curate.extra import address_of, load_function, own_metrics
from curate.pipeline.job_run import Done, JobRun
from curate.pipeline.measure.extra import ExtraSettings, OwnFunction, extra_shard
from curate.stage_table import stage_of
from curate.work.runner import Step
from curate.work.seal import sealed
from curate.work.sidecars import COLUMNS, FUNCTIONS

Json = Any


def extra(run: JobRun, done: Done) -> Step | None:
    """Functions of the user's own over the texts; no step if the job names none.

    The plan says what each declares, its version included: another one gives other numbers.
    """
    section = run.job.annotate
    if section is None:
        return None
    names = list(own_metrics(section.extra))
    step = Step.of(
        "extra",
        [done["identify"]],
        code=stage_of("extra").version,
        deadline_seconds=section.deadline_seconds,
        **{COLUMNS: names, FUNCTIONS: [_declared(name) for name in section.extra]},
    )
    settings = ExtraSettings(
        tuple(_function(name) for name in section.extra), section.deadline_seconds
    )
    was_sealed = sealed(run.store, "extra") is not None
    totals = run.run(step, extra_shard, settings)
    for what, n in ({} if was_sealed else totals.noted).items():
        run.runner.progress.say(f"extra: {n} documents without numbers: {what}")
    return step


def _declared(name: str) -> dict[str, Json]:
    function = load_function(name)
    return {
        "name": name,
        "version": function.version,
        "metrics": [
            {
                "column": metric.column.name,
                "unit": metric.unit,
                "doc": metric.doc,
                "highest": metric.highest,
            }
            for metric in function.metrics
        ],
    }


def _function(name: str) -> OwnFunction:
    metrics = load_function(name).metrics
    return OwnFunction(name, address_of(name), tuple(metric.name for metric in metrics))
