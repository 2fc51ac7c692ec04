"""Take documents out of a view that is published: only the files that they touch are written.

Each time is a step of its own, ``emit.withdraw-01`` and so on, planned from the files as they stand
and sealed like any other. Until it is, the view is what it was; a step that was begun for lists
that have grown since is set aside.
"""

from __future__ import annotations

from typing import Any

from curate.io import layout
from curate.io.folders import remove_tree
from curate.io.store import Store
from curate.pipeline.emit.changes import changes
from curate.pipeline.emit.current import current_files, finished_rewrites, state_of
from curate.pipeline.emit.rewrite_fineweb2 import LabelFiles
from curate.pipeline.emit.view import View
from curate.pipeline.job_run import Done, JobRun
from curate.work.plan import ShardPlan, load_plan
from curate.work.runner import Step
from curate.work.seal import sealed
from curate.work.take_down import note_listed, take_down_of
from curate.work.task import to_json

CODE = "1"
"""Raised by hand when other files are written for the same lists."""


def begin(run: JobRun, view: View) -> None:
    """Set a view aside that was begun with other lists and cannot be mended, before it is written.

    One that is finished can be, if its kind knows how.
    """
    store, digest = run.store, take_down_of(run.store).digest
    stage = view.stage
    if load_plan(store, f"{stage}.split") is not None:
        is_mended = sealed(store, stage) is not None and view.rewriting(run, digest) is not None
        if is_mended or state_of(store, stage) == digest:
            return
        run.runner.progress.say(f"{stage}: more was taken down; made again")
        remove_tree(store.move_away(layout.folder_of(stage)))
    note_listed(store, stage, digest)


def rewrite(run: JobRun, done: Done, view: View, step: Step) -> Step:
    """Write the files again that a take-down touches, if any is not in the view yet."""
    store, stage = run.store, view.stage
    digest, before = take_down_of(store).digest, state_of(run.store, stage)
    if digest == before:
        return step
    rewriting = view.rewriting(run, digest)
    assert rewriting is not None, stage
    number = 1 + len(finished_rewrites(store, stage))
    name = layout.rewrite_of(stage, number)
    plan = load_plan(store, name)
    if plan is not None and plan.fields["lists"] != digest:
        remove_tree(store.move_away(layout.folder_of(name)))
    fields: dict[str, Any] = {"before": before, "lists": digest, "code": CODE}
    mending = Step.of(name, [step], **fields)
    run.run(mending, rewriting.function, rewriting.settings, lambda: _labels(store, stage, before))
    return step


def _labels(store: Store, stage: str, before: str) -> list[ShardPlan]:
    """The labels that a take-down touches, with their files."""
    digest = take_down_of(store).digest
    touched = {change.label for change in changes(store, before, digest)}
    files: dict[str, list[dict[str, Any]]] = {label: [] for label in sorted(touched)}
    for current in current_files(store, stage):
        if current.file["label"] in touched:
            described = {**current.file, "key": current.entry.key, "rows": current.entry.rows}
            files[current.file["label"]].append(described)
    return [
        ShardPlan(label, sum(f["rows"] for f in some), to_json(LabelFiles(label, tuple(some))))
        for label, some in files.items()
    ]
