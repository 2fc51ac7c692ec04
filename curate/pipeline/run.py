"""Run a job: every stage in order, resuming what an earlier run of the same job left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from curate.config.job import JobConfig
from curate.config.language import LanguageConfigs
from curate.engine.address import ray_address
from curate.engine.base import Engine, Policy
from curate.engine.local import LocalEngine
from curate.errors import ConfigError
from curate.io import layout
from curate.io.process import limits
from curate.io.process.scratch import clean_scratch
from curate.io.store import Store
from curate.pipeline import hplt_run, results
from curate.pipeline.claim import claim
from curate.pipeline.configs import RunConfigs, config_folder, require_measured
from curate.pipeline.measure_task import identifier_of
from curate.pipeline.model_run import check_models
from curate.pipeline.progress import Progress, Silent
from curate.pipeline.publish import is_current, publish
from curate.pipeline.reference import made_anew
from curate.pipeline.reporting import Reporting
from curate.pipeline.runner import Runner
from curate.pipeline.score_run import read_curves
from curate.pipeline.screening import screens_of
from curate.pipeline.sidecars import scored_columns
from curate.pipeline.snapshots import plan_snapshots
from curate.pipeline.step import load_plan, sealed
from curate.pipeline.task import limits_of
from curate.pipeline.tuning import tune_stopwords, tune_thresholds
from curate.pipeline.views import HPLT, Form, Target, View, target_of, view_of
from curate.report.card import Published, render_card
from curate.report.model import ReportData, SampleSettings
from curate.report.page import render_page
from curate.stages import ORDER


@dataclass(frozen=True)
class RunResult:
    """What a run made.

    Attributes:
        work: the work folder.
        data: the numbers; None if it stopped before the report.
        corpus: the published folder; None likewise, or if another decision was published.
        report: the HTML page; None likewise.
    """

    work: Path
    data: ReportData | None = None
    corpus: Path | None = None
    report: Path | None = None


def make_engine(job: JobConfig) -> Engine:
    """The engine of a job. ``ray`` if asked for, or if an address is known; else ``local``."""
    settings = job.engine
    minutes = settings.shard_deadline_minutes
    policy = Policy(
        settings.attempts,
        None if minutes is None else minutes * 60,
        memory_bytes=None if settings.memory_mb is None else settings.memory_mb << 20,
        empty_seconds=settings.empty_minutes * 60,
    )
    address = ray_address(settings.address)
    if settings.kind == "ray" or (settings.kind is None and address is not None):
        from curate.engine.ray import RayEngine  # Ray takes a second to import

        return RayEngine(policy, address=address, workers=settings.workers)
    if settings.workers is None:
        return LocalEngine(policy)
    return LocalEngine(policy, workers=settings.workers)


def run_job(
    job: JobConfig,
    *,
    engine: Engine | None = None,
    progress: Progress | None = None,
    until: str | None = None,
    rerun: str | None = None,
    against: Path | None = None,
    publishes: bool = True,
    form: Form | None = None,
) -> RunResult:
    """Run a job to its end, or to a stage.

    Args:
        job: the resolved job.
        engine: to run it on; by default the one that the job names.
        progress: is told what happens.
        until: the last stage to run.
        rerun: a stage to make again, with what follows from it.
        against: a folder of language configs to count outcomes under as well, for the report.
        publishes: False to report on what was decided and leave the corpus as it stands.
        form: another view to publish, or another place, than the job says.

    Raises:
        CurateError: with what to do; what was committed stays.
    """
    if until is not None and until not in ORDER:
        raise ConfigError(
            f"--until {until}",
            wanted=f"a stage: {', '.join(ORDER)}",
            found=repr(until),
            todo="name one of these",
        )
    progress = progress or Silent()
    limits.use(limits_of(job), progress.say)
    clean_scratch()
    store, form = Store(job.work), form or Form()
    asked = form.applied(job)
    view = view_of(asked, form.view)
    target = target_of(store, view, form.out)
    _check_before_writing(store, job)
    claim(store, job, rerun=rerun)
    job = asked
    last = ORDER.index(until or ORDER[-1])
    with engine or make_engine(job) as running, running.stop.on_signals():
        running.stop.say = progress.say
        runner = Runner(store, running, progress)
        stages = Reporting(job, runner, RunConfigs(store, config_folder(job.language_configs)))
        if last >= ORDER.index("contamination"):
            stages.index_sets()
        _measure(stages, last)
        for name in ("cluster", "screen", "select", "rebalance", "emit"):
            if last >= ORDER.index(name) and (publishes or name != "emit"):
                emit_view(stages, view) if name == "emit" else getattr(stages, name)()
        if until is not None and until != ORDER[-1]:
            return RunResult(store.root)
        stages.count()
        stages.sample(sample_of(job))
        if against is not None:
            stages.count_against(against)
    return finish(store, job, stages, (view, target) if publishes else None)


def _check_before_writing(store: Store, job: JobConfig) -> None:
    """Find a user's mistakes before the work folder becomes this job's.

    Raises:
        CurateError: a language config, a model, a list or the input is missing or wrong.
    """
    folder = config_folder(job.language_configs)
    require_measured(job, LanguageConfigs.load(folder), folder)
    if sealed(store, "identify") is None:
        for model in (job.identify.model, *job.identify.others):
            identifier_of(model)
    plan = load_plan(store, "extract")
    plan_snapshots(job, () if plan is None else plan.shards)
    screens_of(job)
    if job.wds is not None and job.wds.curves is not None:
        read_curves(job.wds.curves)
    check_models(store, job)


def _measure(stages: Reporting, last: int) -> None:
    """Extract, identify, annotate, sign and tune, with one pass over the text if possible."""
    stages.extract()
    if last < ORDER.index("identify"):
        return
    steps = [stages.identify_step()]
    if stages.job.tune is not None and last >= ORDER.index("annotate"):
        stages.measure(steps)  # stop words are counted by label before they are looked for
        steps = []
        tune_stopwords(stages)
    if last >= ORDER.index("annotate"):
        steps.append(stages.annotate_step())
    if last >= ORDER.index("sign"):
        steps.append(stages.sign_step())
    if last >= ORDER.index("pii") and stages.masks_sidecar:
        steps.append(stages.pii_step())
    steps += stages.joining_steps(ORDER[: last + 1])
    if steps:
        stages.measure(steps)
    stages.score_apart(ORDER[: last + 1])
    if stages.job.tune is not None and last >= ORDER.index("tune"):
        tune_thresholds(stages)


def emit_view(stages: Reporting, view: View) -> None:
    """Write the files of a view; those of another than the job's own anew if it was other ones."""
    if view.is_own:
        stages.emit(view)
    else:
        made_anew(stages.runner, view.stage, lambda: stages.emit(view))
    if view.name == HPLT:
        stages.runner.progress.say(hplt_run.told(stages.runner.store, view.stage))


def sample_of(job: JobConfig) -> SampleSettings:
    """The sample that a job's report rests on."""
    return SampleSettings(seed=job.report.seed, n_documents=job.report.sample_documents)


def _scores(store: Store) -> tuple[str, ...]:
    """The columns of scores in the corpus, in its order."""
    return tuple(name for columns in scored_columns(store).values() for name in columns)


def finish(
    store: Store, job: JobConfig, stages: Reporting, publishes: tuple[View, Target] | None
) -> RunResult:
    """Publish a view of the corpus, unless what stands shall stay, and write the report.

    The report is about the job's own view; another one leaves it as it is.
    """
    view, target = publishes or (view_of(job), None)
    data = results.collect(
        store,
        job.name,
        stages.configs,
        stages.sizes(),
        stages.weights(),
        sample_of(job),
        view.stage,
    )
    data = replace(data, mixture=stages.mixture(), mixture_unit=job.mixture.unit)
    if target is not None:
        emit = job.emit
        how = Published(
            license=emit.license,
            format=emit.format,
            pii=emit.pii,
            scores=_scores(store),
            view=view.name,
            pii_kinds=emit.pii_kinds,
            removed=emit.removed,
            kept=job.kept_columns,
        )
        publish(
            store,
            totals=results.totals_of(data),
            card=render_card(data, how),
            view=view,
            target=target,
            base_url=emit.hplt.base_url,
        )
    if view.is_own:
        store.put(layout.REPORT_STATS, results.stats_json(data))
        store.put(layout.REPORT_PAGE, render_page(data).encode())
    elsewhere = target is not None and target.path != store.path(layout.CORPUS)
    return RunResult(
        work=store.root,
        data=data,
        corpus=target.path
        if target is not None and elsewhere
        else (store.path(layout.CORPUS) if is_current(store) else None),
        report=store.path(layout.REPORT_PAGE),
    )
