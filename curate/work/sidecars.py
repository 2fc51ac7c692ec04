"""Which scores a work folder has: columns of the steps that a job has to ask for."""

from __future__ import annotations

from dataclasses import replace

from curate.columns import Column
from curate.config.measured import column_of, in_order
from curate.io.store import Store
from curate.stage_table import scored
from curate.work.plan import load_plan
from curate.work.seal import sealed

COLUMNS = "columns"
"""The field of a step's plan that names the columns it writes."""


FUNCTIONS = "functions"
"""The field of the plan of `extra` that says what its functions declare."""


def scored_columns(store: Store) -> dict[str, tuple[str, ...]]:
    """Step -> its columns, for the stages of scores that have been made, in order."""
    columns = {}
    for step in scored():
        plan = load_plan(store, step)
        if plan is not None and sealed(store, step) is not None:
            columns[step] = tuple(plan.fields[COLUMNS])
    return columns


def own_columns(store: Store) -> dict[str, Column]:
    """Name -> the column as its function declares it, of the metrics of the user's own."""
    plan = load_plan(store, "extra")
    declared = [] if plan is None else plan.fields[FUNCTIONS]
    return {
        metric["column"]: replace(
            column_of(metric["column"]), unit=metric["unit"], doc=metric["doc"]
        )
        for function in declared
        for metric in function["metrics"]
    }


def scored_metrics(store: Store) -> dict[str, tuple[str, ...]]:
    """Step -> those of its columns that thresholds may be about; steps without any are left out."""
    metrics = {step: in_order(columns) for step, columns in scored_columns(store).items()}
    return {step: thresholded for step, thresholded in metrics.items() if thresholded}
