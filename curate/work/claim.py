"""The work folder and its job: one folder, one job, and what ``--rerun`` sets aside."""

from __future__ import annotations

import json
from typing import Any

from curate.config.deciding import deciding
from curate.config.job import FieldChange, JobConfig, diff_jobs
from curate.config.load import dump_yaml, load_yaml
from curate.errors import ConfigError, JobMismatchError, StoreError
from curate.io import layout
from curate.io.digests import check_text, text_with_digest
from curate.io.folders import remove_tree
from curate.io.store import Store
from curate.stage_table import (
    STAGES,
    Stage,
    goes_with,
    may_read,
    other_views,
    stage_names,
    stage_of,
    steps,
)
from curate.work.plan import AFTER, load_plan, planned_steps
from curate.work.seal import committed
from curate.work.snapshots import is_growth, take_in

_REMEDY = (
    "restore the file; if the change is your own, undo it and give the other job to `curate run`, "
    "which says what would be made again"
)


def claim(store: Store, job: JobConfig, *, rerun: str | None = None) -> None:
    """Make the work folder this job's, or check that it is.

    Args:
        store: the work folder.
        job: the resolved job.
        rerun: a stage to make again, with what follows from it and from the changes of the job.

    Raises:
        StoreError: the folder cannot be written or its job not be read.
        JobMismatchError: the folder belongs to a job with other settings.
        ConfigError: ``rerun`` is no stage.
    """
    order = stage_names()
    if rerun is not None and rerun not in order:
        raise ConfigError(
            f"--rerun {rerun}",
            wanted=f"a stage: {', '.join(order)}",
            found=repr(rerun),
            todo="name one of these",
        )
    store.check_writable()
    before = recorded_settings(store)
    if before is not None and not committed(store, "extract"):
        set_aside(store, "extract")  # nothing was done yet, so nothing speaks against another job
        before = None
    changes = [] if before is None else diff_jobs(before, job.result_settings())
    grown = [c for c in changes if c.path == "snapshots" and is_growth(c.old, c.new)]
    if grown and rerun != order[0]:
        changes = [c for c in changes if c not in grown]
    stages = _stages(changes)
    first = min(stages, key=order.index, default=order[-1])
    if changes and (rerun is None or order.index(rerun) > order.index(first)):
        raise JobMismatchError(
            f"work folder {store.root}",
            wanted="the job it was begun with (job.yaml there)",
            found="another job:\n          " + "\n          ".join(str(c) for c in changes),
            todo=f"use another work folder, or add `--rerun {first}` to make that stage and "
            "what follows again",
        )
    if rerun is not None:
        for stage in sorted({rerun, *stages}, key=order.index, reverse=True):
            set_aside(store, stage)
    if grown:
        take_in(store, job.result_settings())
    if before is None or changes or grown:
        record(store, job)


def _stages(changes: list[FieldChange]) -> set[str]:
    """The stages that the changes concern.

    A folder of language configs is named late here: the fingerprints of its parts decide whether
    `annotate` or `cluster` must be made again too.
    """
    return {"select" if c.path == "language_configs" else c.stage or "extract" for c in changes}


def recorded_settings(store: Store) -> dict[str, Any] | None:
    """Settings of the job that the folder belongs to; None if it is new."""
    written = store.get(layout.JOB)
    if written is None:
        return None
    check_text(written, where=str(store.path(layout.JOB)), todo=_REMEDY)
    data, positions = load_yaml(store.path(layout.JOB))
    if not isinstance(data, dict):
        raise StoreError(
            positions[()],
            wanted="the job that this work folder was begun with",
            found=f"{data!r}"[:80],
            todo="restore the file, or use another work folder",
        )
    return deciding(data)


def record(store: Store, job: JobConfig) -> None:
    """Write the resolved job into the folder."""
    plain: dict[str, Any] = json.loads(json.dumps(job.recorded()))
    head = "# The resolved job of this work folder, written by curate. Do not edit.\n"
    store.put(layout.JOB, text_with_digest(head + dump_yaml(plain)), is_private=True)


def resting_on(store: Store, name: str) -> list[Stage]:
    """A stage and those that follow from it, in the order of the table.

    What a stage rests on is what its plans say that it read. Of a stage that has not been planned
    in this folder no plan can speak: those rest on it that may read it.
    """
    changed = {stage.name for stage in goes_with(name)}
    if name == "tune":
        changed.discard("stopwords")  # found before `annotate`, whose fingerprint has them
        changed.add("cluster")  # by the LID thresholds, whose fingerprint its plan has
    reads = {stage.name: _read_by(store, stage) for stage in STAGES}
    while more := {x for x, read in reads.items() if not changed.isdisjoint(read)} - changed:
        changed |= more
    return [stage for stage in STAGES if stage.name in changed or stage.part_of == name]


def _read_by(store: Store, stage: Stage) -> set[str]:
    """The stages that the results of a stage rest on; all that it may read, if no plan can say."""
    try:
        plans = [
            plan
            for step in planned_steps(store)
            if step.split(".")[0] == stage.name and (plan := load_plan(store, step)) is not None
        ]
    except StoreError:
        return set(may_read(stage))  # damaged: to make it again is the remedy
    if not plans:
        return set(may_read(stage))  # what it published may stand without it
    recorded = {
        field.removeprefix(AFTER).split(".")[0]
        for plan in plans
        for field in plan.fields
        if field.startswith(AFTER)
    }
    unplanned = {name for name in may_read(stage) if not _is_planned(store, name)}
    if "tune" in may_read(stage) and _is_planned(store, "tune"):
        unplanned.add("tune")  # by the thresholds, whose fingerprint the plan has
    return recorded | unplanned


def _is_planned(store: Store, name: str) -> bool:
    return any(store.exists(layout.plan_key(step)) for step in stage_of(name).steps())


def set_aside(store: Store, stage: str, *, keep_published: bool = False) -> None:
    """Remove the results of a stage and of what follows from it, each folder in one step.

    Args:
        store: the work folder.
        stage: the first stage.
        keep_published: leave the corpus and the report that stand, and remove only what they were
            made from.
    """
    published = {layout.CORPUS, *other_views().values(), layout.REPORT}
    for row in reversed(resting_on(store, stage)):
        for folder in row.results:
            if keep_published and folder in published:
                inner = [x for x in steps().values() if x.startswith(f"{folder}/")]
                for step in inner:
                    remove_tree(store.move_away(step))
            else:
                remove_tree(store.move_away(folder))
