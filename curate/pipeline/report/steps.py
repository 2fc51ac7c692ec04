"""The steps of the report stage: counts, and the sample."""

from __future__ import annotations

from dataclasses import asdict

from curate.pipeline.job_run import Done, JobRun
from curate.pipeline.report.count import count_shard, outcome_counts
from curate.pipeline.report.sample import limits, sample_shard
from curate.report.data import SampleSettings
from curate.stage_table import stage_of
from curate.work.runner import Step


def sample_of(run: JobRun) -> SampleSettings:
    """The sample that the report of a job rests on."""
    report = run.job.report
    return SampleSettings(seed=report.seed, n_documents=report.sample_documents)


def report(run: JobRun, done: Done) -> Step:
    """Counts by label, and some documents of each."""
    code, settings = stage_of("report").version, sample_of(run)
    counts = Step.of("report", [done["annotate"], done["rebalance"]], code=code)
    run.run(counts, count_shard)
    sample = Step.of("report.sample", [counts], code=code, **asdict(settings))
    run.run(sample, sample_shard, limits(outcome_counts(run.store), settings))
    return counts
