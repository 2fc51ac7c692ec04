"""Remove what was taken down from the work folder itself, and prove that it is gone."""

from __future__ import annotations

from curate.config.job import JobConfig
from curate.io import layout
from curate.io.open_store import open_store
from curate.pipeline.emit.forms import published_forms
from curate.pipeline.extract.scrub import Scrubbed, scrub_documents
from curate.pipeline.job_run import JobRun
from curate.pipeline.run import make_engine
from curate.work.clean import find_leftovers, remove_leftovers
from curate.work.collect import collect
from curate.work.configs import RunConfigs, config_folder
from curate.work.progress import Progress, Silent
from curate.work.runner import Runner


def scrub(job: JobConfig, *, progress: Progress | None = None) -> Scrubbed:
    """Remove the text of what was taken down from every file of a work folder.

    Published files and the report are without it already. Here it goes from the document shards,
    from inner files and from what killed runs left, whatever its age: nobody else may be at work
    in the folder.

    Args:
        job: of the work folder, after :func:`curate.ask.withdraw.withdraw`.
        progress: is told what happens.
    """
    store = open_store(job.work)
    with make_engine(job) as engine:
        runner = Runner(store, engine, progress or Silent())
        configs = RunConfigs(store, config_folder(job.language_configs))
        scrubbed = scrub_documents(JobRun(job, runner, configs))
    if published_forms(store, job):
        collect(store)
    store.delete(layout.REPORT_COMPARED)
    remove_leftovers(store, find_leftovers(store, 0.0).removable)
    return scrubbed
