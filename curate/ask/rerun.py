"""Parts of a finished run made again: tuning, report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from curate.config.job import JobConfig
from curate.config.language import LanguageConfigs
from curate.config.load import build
from curate.config.sections import ReportConfig, TuneConfig
from curate.engine.protocol import Engine
from curate.errors import InputError
from curate.io import layout
from curate.io.folders import writable
from curate.io.open_store import open_store
from curate.io.store import Store
from curate.pipeline.extract.steps import extract
from curate.pipeline.job_run import JobRun
from curate.pipeline.measure.extra_step import extra
from curate.pipeline.measure.scored_job import require_measured
from curate.pipeline.measure.steps import annotate, identify
from curate.pipeline.run import RunResult, make_engine, run_job
from curate.pipeline.tuning.reference import reference_step
from curate.pipeline.tuning.steps import count_words, summarise
from curate.pipeline.tuning.tuning import TunedLabel, tune_folder
from curate.stage_table import stage_names
from curate.work.claim import recorded_settings
from curate.work.configs import RunConfigs, config_folder
from curate.work.plan import require_work_folder
from curate.work.progress import Progress, Silent
from curate.work.runner import Runner, made_anew
from curate.work.seal import sealed

_AGAIN = "tuned"


def load_recorded(work: str) -> JobConfig:
    """The job that a work folder belongs to.

    Raises:
        InputError: the folder is no work folder.
    """
    store = open_store(work)
    require_work_folder(store)
    settings = recorded_settings(store) or {}
    where = str(store.path(layout.JOB))
    return build(JobConfig, {**settings, "work": str(store.root)}, {}, where)


def tune_again(
    job: JobConfig,
    *,
    labels: Sequence[str] = (),
    out: str | None = None,
    engine: Engine | None = None,
    progress: Progress | None = None,
) -> tuple[Path, list[TunedLabel]]:
    """Tune configs on a work folder's own statistics, and on the references that ``job`` names.

    Args:
        job: of the work folder.
        labels: those to write; all if there are none.
        out: folder to write, in place of the one in the work folder.
        engine: to run it on; by default the one that the job names.
        progress: is told what happens.

    Returns:
        The folder written, and what was made of each label.
    """
    store = open_store(job.work)
    require_stage(store, "annotate")
    job = job if job.tune is not None else job.model_copy(update={"tune": TuneConfig()})
    with engine or make_engine(job) as running:
        runner = Runner(store, running, progress or Silent())
        run = JobRun(job, runner, RunConfigs(store, config_folder(job.language_configs)))
        done = {"extract": extract(run, {})}
        done["identify"] = identify(run, done)
        done["annotate"] = annotate(run, done)
        if (own := extra(run, done)) is not None:
            done["extra"] = own
        reference_step(runner, job)
        made_anew(runner, "stopwords", lambda: count_words(run, done))
        made_anew(runner, "tune", lambda: summarise(run, done))
        if out:
            target = Path(out).expanduser().absolute()
            return target, tune_folder(store, job, target, only=frozenset(labels))
        with writable(store, _AGAIN) as folder:
            return store.path(_AGAIN), tune_folder(store, job, folder, only=frozenset(labels))


def tune_references(
    job: JobConfig,
    target: Path,
    *,
    labels: Sequence[str] = (),
    progress: Progress | None = None,
) -> list[TunedLabel]:
    """Tune configs on reference corpora alone.

    Args:
        job: names them in ``tune.reference``; ``work`` is where their statistics are kept.
        target: folder to write.
        labels: those to write; all if there are none.
        progress: is told what happens.
    """
    store = open_store(job.work)
    store.check_writable()
    LanguageConfigs.load(config_folder(job.language_configs))
    with make_engine(job) as engine:
        reference_step(Runner(store, engine, progress or Silent()), job)
    return tune_folder(store, job, target, only=frozenset(labels), own=False)


def report_again(
    job: JobConfig,
    *,
    seed: int | None = None,
    sample_documents: int | None = None,
    configs: str | None = None,
    engine: Engine | None = None,
    progress: Progress | None = None,
) -> RunResult:
    """Write the report of a finished run again, and the card of its corpus if that is current.

    After other thresholds were decided and not published, the report is on what was decided.

    Args:
        job: of the work folder.
        seed: of the sample, if it shall be another one; the folder's job then says so.
        sample_documents: likewise, documents of a label in it.
        configs: a folder of other language configs that the page will be compared with; see
            :func:`curate.ask.compare.compare_configs`.
        engine: to run it on; by default the one that the job names.
        progress: is told what happens.
    """
    store = open_store(job.work)
    require_stage(store, "rebalance")
    if configs is not None:
        folder = Path(configs).expanduser().absolute()
        require_measured(job, LanguageConfigs.load(folder), folder)
    options = {"seed": seed, "sample_documents": sample_documents}
    settings_given = {
        **job.report.model_dump(),
        **{k: v for k, v in options.items() if v is not None},
    }
    settings = build(ReportConfig, settings_given, {}, "options --seed, --sample-documents")
    changed = job.model_copy(update={"report": settings})
    # Refuses a folder of other settings or code before its page is set aside.
    run_job(job, engine=engine, until="rebalance", progress=progress)
    return run_job(
        changed,
        engine=engine,
        rerun=stage_names()[-1],
        progress=progress,
        publishes=sealed(store, "emit") is not None,
    )


def require_stage(
    store: Store, stage: str, *, todo: str = "finish the run first: curate run JOB"
) -> None:
    """Check that a work folder has the results of a stage.

    Raises:
        InputError: it has not.
    """
    if sealed(store, stage) is None:
        raise InputError(
            f"work folder {store.root}",
            wanted=f"a run that has finished stage {stage!r}",
            found="it has not",
            todo=todo,
        )
