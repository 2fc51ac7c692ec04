"""The step that writes the files of a view; publishing them comes after."""

from __future__ import annotations

from curate.pipeline.emit.rewrite import begin, rewrite
from curate.pipeline.emit.view import View
from curate.pipeline.job_run import Done, JobRun
from curate.work.runner import Step, made_anew


def emit(run: JobRun, done: Done, view: View) -> Step:
    """Write the files of a view; those of another than the job's own anew if it was other ones.

    What was taken down since they were written is taken out of them.
    """
    begin(run, view)
    if view.is_own:
        step = view.write(run, done)
    else:
        step = made_anew(run.runner, view.stage, lambda: _written(run, done, view))
    return rewrite(run, done, view, step)


def _written(run: JobRun, done: Done, view: View) -> Step:
    begin(run, view)  # it may have been set aside, with the note on its lists
    return view.write(run, done)
