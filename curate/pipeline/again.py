"""Parts of a finished run made again: tuning, report."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from curate.config.job import JobConfig
from curate.config.language import LanguageConfigs
from curate.config.load import build
from curate.config.sections import ReportConfig, TuneConfig
from curate.errors import InputError
from curate.io import layout
from curate.io.folders import writable
from curate.io.store import Store
from curate.pipeline.claim import recorded_settings
from curate.pipeline.compare_task import under
from curate.pipeline.configs import RunConfigs, config_folder, require_measured
from curate.pipeline.progress import Progress, Silent
from curate.pipeline.reference import made_anew, reference_step
from curate.pipeline.run import RunResult, make_engine, run_job
from curate.pipeline.runner import Runner
from curate.pipeline.stages_run import Stages
from curate.pipeline.step import require_work_folder, sealed
from curate.pipeline.tuning import TunedLabel, tune_folder
from curate.report.page import render_page
from curate.stages import ORDER

_AGAIN = "tuned"


def load_recorded(work: str) -> JobConfig:
    """The job that a work folder belongs to.

    Raises:
        InputError: the folder is no work folder.
    """
    store = Store(work)
    require_work_folder(store)
    settings = recorded_settings(store) or {}
    where = str(store.path(layout.JOB))
    return build(JobConfig, {**settings, "work": str(store.root)}, {}, where)


def tune_again(
    job: JobConfig,
    *,
    labels: Sequence[str] = (),
    out: str | None = None,
    progress: Progress | None = None,
) -> tuple[Path, list[TunedLabel]]:
    """Tune configs on a work folder's own statistics, and on the references that ``job`` names.

    Returns:
        The folder written, and what was made of each label.
    """
    store = Store(job.work)
    require_stage(store, "annotate")
    job = job if job.tune is not None else job.model_copy(update={"tune": TuneConfig()})
    with make_engine(job) as engine:
        runner = Runner(store, engine, progress or Silent())
        stages = Stages(job, runner, RunConfigs(store, config_folder(job.language_configs)))
        stages.extract()
        stages.identify_step()
        stages.annotate_step()
        reference_step(runner, job)
        made_anew(runner, "stopwords", stages.stopwords_step)
        made_anew(runner, "tune", stages.tune_step)
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
    store = Store(job.work)
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
    progress: Progress | None = None,
) -> RunResult:
    """Write the report of a finished run again, and the card of its corpus if that is current.

    After other thresholds were decided and not published, the report is on what was decided.

    Args:
        job: of the work folder.
        seed: of the sample, if it shall be another one; the folder's job then says so.
        sample_documents: likewise, documents of a label in it.
        configs: a folder of other language configs; their outcomes are counted too, for
            :func:`compare_configs`.
        progress: is told what happens.
    """
    store = Store(job.work)
    require_stage(store, "rebalance")
    against = None if configs is None else Path(configs).expanduser().absolute()
    if against is not None:
        require_measured(job, LanguageConfigs.load(against), against)
    asked = {"seed": seed, "sample_documents": sample_documents}
    told = {**job.report.model_dump(), **{k: v for k, v in asked.items() if v is not None}}
    settings = build(ReportConfig, told, {}, "options --seed, --sample-documents")
    changed = job.model_copy(update={"report": settings})
    # Refuses a folder of other settings or code before its page is set aside.
    run_job(job, until="rebalance", progress=progress)
    return run_job(
        changed,
        rerun=ORDER[-1],
        against=against,
        progress=progress,
        publishes=sealed(store, "emit") is not None,
    )


def compare_configs(result: RunResult, configs: str) -> str:
    """The page of a run beside the same documents under other configs.

    Args:
        result: of :func:`report_again`, told of the same folder.
        configs: the folder.
    """
    assert result.data is not None
    folder = Path(configs).expanduser().absolute()
    other = under(result.data, Store(str(result.work)), LanguageConfigs.load(folder), folder)
    return render_page(result.data, against=other)


def compare_works(result: RunResult, other: RunResult) -> str:
    """The page of two runs side by side, both as :func:`report_again` gives them."""
    assert result.data is not None
    assert other.data is not None
    names = [
        x.work.name if result.work.name != other.work.name else str(x.work) for x in (result, other)
    ]
    one, two = (
        dataclasses.replace(data, title=f"{data.job} ({name})")
        for data, name in zip((result.data, other.data), names, strict=True)
    )
    return render_page(one, against=two)


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
