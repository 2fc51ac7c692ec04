"""Parts of a finished run made again: selection, tuning, report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from curate.config.job import JobConfig
from curate.config.language import LanguageConfigs
from curate.config.load import build
from curate.config.sections import TuneConfig
from curate.errors import InputError
from curate.io import layout
from curate.io.store import Store
from curate.pipeline.claim import claim, recorded_settings, set_aside
from curate.pipeline.configs import RunConfigs, config_folder, require_measured
from curate.pipeline.progress import Progress, Silent
from curate.pipeline.reference import made_anew, reference_step
from curate.pipeline.run import RunResult, make_engine, run_job
from curate.pipeline.runner import Runner
from curate.pipeline.stages_run import Stages
from curate.pipeline.step import sealed
from curate.pipeline.tuning import TunedLabel, tune_folder
from curate.stages import ORDER


def load_recorded(work: str) -> JobConfig:
    """The job that a work folder belongs to.

    Raises:
        InputError: the folder is no work folder.
    """
    store = Store(work)
    settings = recorded_settings(store)
    if settings is None:
        raise InputError(
            str(store.root),
            wanted="a work folder, which has a job.yaml",
            found="a folder without one" if store.root.is_dir() else "no such folder",
            todo="name the folder that the job's `work` says",
        )
    where = str(store.path(layout.JOB))
    return build(JobConfig, {**settings, "work": str(store.root)}, {}, where)


def select_again(job: JobConfig, folder: str, *, progress: Progress | None = None) -> RunResult:
    """Apply the language configs of ``folder`` and publish again.

    Only what the change concerns is made again: the metrics if stop words differ, the clusters
    if an LID threshold differs, else selection and what follows.
    """
    store = Store(job.work)
    _require(store, "identify")  # and no more, so that it can go on where it was interrupted
    before = LanguageConfigs.load(config_folder(job.language_configs))
    target = Path(folder).expanduser().absolute()
    after = LanguageConfigs.load(target)
    require_measured(job, after, target)
    changed = job.model_copy(update={"language_configs": str(target), "tune": None})
    rerun = ["select"]
    if job.tune is not None or before.fingerprint("lid") != after.fingerprint("lid"):
        rerun.append("cluster")
    if job.tune is not None or before.fingerprint("stopwords") != after.fingerprint("stopwords"):
        rerun.append("annotate")
    first = min(rerun, key=ORDER.index)
    for stage in rerun:
        if stage != first:
            set_aside(store, stage)
    return run_job(changed, progress=progress, rerun=first)


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
    _require(store, "annotate")
    job = job if job.tune is not None else job.model_copy(update={"tune": TuneConfig()})
    target = Path(out).expanduser().absolute() if out else store.root / "tuned"
    with make_engine(job) as engine:
        runner = Runner(store, engine, progress or Silent())
        stages = Stages(job, runner, RunConfigs(store, config_folder(job.language_configs)))
        stages.extract()
        stages.identify_step()
        stages.annotate_step()
        reference_step(runner, job)
        made_anew(runner, "stopwords", stages.stopwords_step)
        made_anew(runner, "tune", stages.tune_step)
        found = tune_folder(store, job, target, only=frozenset(labels))
    return target, found


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


def report_again(job: JobConfig) -> RunResult:
    """Write report and card of a finished run again, without running a stage."""
    store = Store(job.work)
    _require(store, "emit")
    claim(store, job)
    return run_job(job, rerun=ORDER[-1])


def _require(store: Store, stage: str) -> None:
    if sealed(store, stage) is None:
        raise InputError(
            f"work folder {store.root}",
            wanted=f"a run that has finished stage {stage!r}",
            found="it has not",
            todo="finish the run first: curate run JOB",
        )
