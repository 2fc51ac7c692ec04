"""The step that writes the files of a view; publishing them comes after."""

from __future__ import annotations

from curate.pipeline.emit.view import View
from curate.pipeline.job_run import Done, JobRun
from curate.work.runner import Step, made_anew


def emit(run: JobRun, done: Done, view: View) -> Step:
    """Write the files of a view; those of another than the job's own anew if it was other ones."""
    if view.is_own:
        return view.write(run, done)
    return made_anew(run.runner, view.stage, lambda: view.write(run, done))
