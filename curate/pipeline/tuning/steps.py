"""The steps that statistics for tuning come from, and tuning within a run."""

from __future__ import annotations

from pathlib import Path

from curate.config.language import LanguageConfigs
from curate.io import layout
from curate.io.folders import writable
from curate.metrics import METRICS_VERSION
from curate.pipeline.job_run import Done, JobRun
from curate.pipeline.tuning.reference import reference_step
from curate.pipeline.tuning.task import TuneSettings, count_shard_words, summarise_shard
from curate.pipeline.tuning.tuning import (
    STOPWORD_FOLDER,
    stopwords_by_label,
    tails_of,
    tune_folder,
)
from curate.pipeline.tuning.write import write_configs
from curate.stage_table import stage_of
from curate.work.configs import config_folder
from curate.work.runner import Step


def count_words(run: JobRun, done: Done) -> Step:
    """Word counts by label."""
    step = Step.of(
        "stopwords",
        [done["identify"]],
        words=f"{METRICS_VERSION} {stage_of('tune').version}",
        lid=run.configs.fingerprint("lid"),
    )
    run.run(step, count_shard_words, TuneSettings(run.folder("lid")))
    return step


def summarise(run: JobRun, done: Done) -> Step:
    """Metric summaries by label."""
    own = tuple(tails_of(run.job))
    step = Step.of(
        "tune",
        [done["identify"], done["annotate"], *([done["extra"]] if own else [])],
        code=stage_of("tune").version,
        lid=run.configs.fingerprint("lid"),
    )
    run.run(step, summarise_shard, TuneSettings(run.folder("lid"), own))
    return step


def tune_stopwords(run: JobRun, done: Done) -> Step | None:
    """Count words by label and let annotate look for this job's own stop words."""
    if run.job.tune is None:
        return None
    reference_step(run.runner, run.job)
    step = count_words(run, done)
    words = stopwords_by_label(run.store, run.job, own=True)
    folder = config_folder(run.job.language_configs)
    base = LanguageConfigs.load(folder)
    changed = {
        label: base.for_label(label).model_copy(update={"stopwords": stopwords.words})
        for label, stopwords in words.items()
    }
    with writable(run.store, STOPWORD_FOLDER) as target:
        write_configs(target, folder, changed)
        run.configs.use(target, ("stopwords",))
    return step


def tune(run: JobRun, done: Done) -> Step | None:
    """Fit thresholds and let cluster and select use them."""
    settings = run.job.tune
    if settings is None:
        return None
    count_words(run, done)
    step = summarise(run, done)
    with writable(run.store, layout.TUNED) as target:
        tune_folder(run.store, run.job, target)
        run.configs.use(target, ("lid", "thresholds"))
    if settings.out is not None:
        tune_folder(run.store, run.job, Path(settings.out))
    return step
