"""Run a job: every stage in order, resuming what an earlier run of the same job left."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from curate.config.job import JobConfig
from curate.config.language import LanguageConfigs
from curate.engine.cluster_address import ray_address
from curate.engine.local import LocalEngine
from curate.engine.protocol import Engine, Policy
from curate.errors import ConfigError
from curate.io import layout
from curate.io.open_store import open_store
from curate.io.process import limits
from curate.io.process.limits import Limits
from curate.io.process.scratch import clean_scratch
from curate.io.store import Store
from curate.pipeline.compile_ahead import compile_ahead
from curate.pipeline.decide.screens import screens_of
from curate.pipeline.decide.steps import Decided
from curate.pipeline.emit.current import is_current
from curate.pipeline.emit.forms import note_published
from curate.pipeline.emit.publish import publish
from curate.pipeline.emit.steps import emit
from curate.pipeline.emit.view import View
from curate.pipeline.emit.views import Form, Target, target_of, view_of
from curate.pipeline.job_run import JobRun
from curate.pipeline.measure.model_steps import check_models, index_sets
from curate.pipeline.measure.score_steps import read_curves
from curate.pipeline.measure.scored_job import require_measured
from curate.pipeline.measure.steps import measure
from curate.pipeline.measure.task import identifier_of
from curate.pipeline.papers.describe import papers_of, publisher_of, row_schemas
from curate.pipeline.report import results
from curate.pipeline.report.steps import sample_of
from curate.pipeline.rights.steps import sites_of
from curate.pipeline.stages import BOUND
from curate.report.card import Published, render_card
from curate.report.data import ReportData
from curate.report.page import render_page
from curate.stage_table import stage_names, stage_of
from curate.work.claim import claim
from curate.work.configs import RunConfigs, config_folder
from curate.work.plan import load_plan
from curate.work.progress import Progress, Silent
from curate.work.runner import Runner, Step
from curate.work.seal import sealed
from curate.work.sidecars import scored_columns
from curate.work.snapshots import plan_snapshots


@dataclass(frozen=True)
class RunResult:
    """The result of a run.

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


def limits_of(job: JobConfig) -> Limits:
    """The limits of a process that a job sets."""
    return Limits(job.engine.batch_mb << 20, job.io.retry_seconds)


def run_job(
    job: JobConfig,
    *,
    engine: Engine | None = None,
    progress: Progress | None = None,
    until: str | None = None,
    rerun: str | None = None,
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
        publishes: False to report on what was decided and leave the corpus as it stands.
        form: another view to publish, or another place, than the job says.

    Raises:
        CurateError: with what to do; what was committed stays.
    """
    order = _stages_until(until)
    progress = progress or Silent()
    limits.use(limits_of(job), progress.say)
    clean_scratch()
    store, form = open_store(job.work), form or Form()
    formed = form.applied(job)
    view = view_of(formed, form.view)
    target = target_of(store, view, form.out)
    _check_before_writing(store, job)
    claim(store, job, rerun=rerun)
    job = formed
    with engine or make_engine(job) as running, running.stop.on_signals():
        running.stop.say = progress.say
        compile_ahead()
        runner = Runner(store, running, progress)
        run = JobRun(job, runner, RunConfigs(store, config_folder(job.language_configs)))
        to_run = set(order)
        progress.plan(_asked_for(job, order))
        if "contamination" in to_run:
            index_sets(run)
        done = _measured(run, to_run)
        for stage in BOUND:
            if stage.name in to_run and not (stage.joins or stage.is_between):
                if stage.name == "report" and publishes:
                    done["emit"] = emit(run, done, view)
                _put(done, stage.name, stage.step(run, done))
        if "emit" in to_run and "report" not in to_run and publishes:
            emit(run, done, view)
        if "report" not in to_run:
            return RunResult(store.root)
    result = finish(run, (view, target) if publishes else None)
    if publishes:
        note_published(store, view.stage, form)
    return result


def _asked_for(job: JobConfig, order: Iterable[str]) -> list[str]:
    """The stages that the job asks for, or that every job has, in order."""
    sections = ((name, stage_of(name).asked_by) for name in order)
    return [name for name, section in sections if section is None or job.asks_for(section)]


def _stages_until(until: str | None) -> tuple[str, ...]:
    """The stages from the first to this one; all for None."""
    order = tuple(stage_names())
    if until is None:
        return order
    if until not in order:
        raise ConfigError(
            f"--until {until}",
            wanted=f"a stage: {', '.join(order)}",
            found=repr(until),
            todo="name one of these",
        )
    return order[: order.index(until) + 1]


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
    if job.rights is not None:
        sites_of(job.rights)
    if job.wds is not None and job.wds.curves is not None:
        read_curves(job.wds.curves)
    check_models(store, job)


def _measured(run: JobRun, to_run: Container[str]) -> dict[str, Step]:
    """Run the stages of the pass over the text, and those that it waits for, in one or two passes.

    Returns:
        Stage -> its step.
    """
    done: dict[str, Step] = {}
    waiting: list[Step] = []
    for stage in BOUND:
        if stage.name not in to_run and not (stage.name == "stopwords" and "annotate" in to_run):
            continue
        if stage.is_between and waiting and run.job.tune is not None:
            measure(run, waiting)
            waiting = []
        if stage.joins or stage.is_between:
            step = stage.step(run, done)
            _put(done, stage.name, step)
            if stage.joins and step is not None:
                waiting.append(step)
    if waiting:
        measure(run, waiting)
    return done


def _put(done: dict[str, Step], stage: str, step: Step | None) -> None:
    if step is not None:
        done[stage] = step


def _scores(store: Store) -> tuple[str, ...]:
    """The columns of scores in the corpus, in its order."""
    return tuple(name for columns in scored_columns(store).values() for name in columns)


def finish(run: JobRun, publishes: tuple[View, Target] | None) -> RunResult:
    """Publish a view of the corpus, unless what stands shall stay, and write the report.

    The report is about the job's own view; another one leaves it as it is.
    """
    store, job = run.store, run.job
    view, target = publishes or (view_of(job), None)
    decided = Decided(store, job)
    data = results.collect(
        store,
        job.name,
        run.configs,
        decided.sizes,
        decided.weights,
        sample_of(run),
        view,
    )
    data = replace(data, mixture=decided.mixture(), mixture_unit=job.mixture.unit)
    if target is not None:
        settings = job.emit
        how = Published(
            license=settings.license if isinstance(settings.license, str) else None,
            format=settings.format,
            pii=settings.pii,
            scores=_scores(store),
            form=view.card,
            pii_kinds=settings.pii_kinds,
            removed=settings.removed,
            kept=job.kept_columns,
            places=not run.is_compat,
            publisher=publisher_of(job),
            schemas=row_schemas(store, job, view),
            own=data.own,
        )
        publish(
            store,
            totals=results.totals_of(data),
            card=render_card(data, how),
            view=view,
            target=target,
            job=job,
            papers=papers_of(store, data, how),
        )
    if view.is_own:
        page = render_page(data)
        store.put(layout.REPORT_STATS, results.stats_json(data, page))
        store.put(layout.REPORT_PAGE, page.encode())
    elsewhere = target is not None and target.path != store.path(layout.CORPUS)
    return RunResult(
        work=store.root,
        data=data,
        corpus=target.path
        if target is not None and elsewhere
        else (store.path(layout.CORPUS) if is_current(store) else None),
        report=store.path(layout.REPORT_PAGE),
    )
