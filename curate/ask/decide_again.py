"""Other thresholds for a finished run: decide from the sidecars, publish when asked."""

from __future__ import annotations

from dataclasses import dataclass

from curate.ask.rerun import require_stage
from curate.config.job import BUILTIN, JobConfig
from curate.config.language import Aspect, LanguageConfigs, aspect_of
from curate.engine.protocol import Engine
from curate.io import layout
from curate.io.digests import json_with_digest, read_json
from curate.io.open_store import open_store
from curate.io.store import Store
from curate.pipeline.decide.outcomes import decided_outcomes, outcomes_from_json, outcomes_to_json
from curate.pipeline.emit.current import is_current
from curate.pipeline.emit.views import Form
from curate.pipeline.measure.scored_job import require_measured
from curate.pipeline.run import RunResult, run_job
from curate.report.change import Outcomes
from curate.stage_table import stage_of
from curate.work.claim import record, recorded_settings, set_aside
from curate.work.configs import config_folder, configs_in_use
from curate.work.plan import load_plan
from curate.work.progress import Progress
from curate.work.seal import iter_receipts, sealed

SHOWN_LABELS = 4

_RESTS_ON: tuple[tuple[str, str, Aspect, str], ...] = (
    ("annotate", "annotate", "stopwords", "metrics are made again: stop words differ"),
    ("cluster", "cluster.split", "lid", "clusters are made again: LID thresholds differ"),
    ("select", "select", "thresholds", ""),
)
"""Stage, the step whose plan names the configs it rests on, their aspect, and what to say."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of deciding with other thresholds.

    Attributes:
        before: what the verdicts before decided; None if there were none.
        after: what these decide.
        made_again: what was made again besides verdicts and weights, and why.
        is_published: whether the corpus that stands is of these verdicts; None: there is none.
    """

    before: Outcomes | None
    after: Outcomes
    made_again: tuple[str, ...]
    is_published: bool | None


def decide_again(
    job: JobConfig,
    folder: str,
    *,
    engine: Engine | None = None,
    progress: Progress | None = None,
) -> Decision:
    """Apply the language configs of ``folder``, or of ``builtin``, to a work folder.

    Only what the change concerns is made again: the metrics if stop words differ, the clusters if
    an LID threshold differs, else verdicts and weights alone. The corpus stays as it was published;
    :func:`publish_decided` publishes what is decided here. Killed at any time, the same call goes
    on.

    Args:
        job: of the work folder.
        folder: of language configs.
        engine: to run it on; by default the one that the job names.
        progress: is told what happens.

    Raises:
        CurateError: the configs are wrong or need what the job does not measure, or the work folder
            has not been annotated. Nothing has changed then.
    """
    store = open_store(job.work)
    require_stage(store, "identify")  # and no more, so that it can go on where it was interrupted
    target = config_folder(folder).expanduser().absolute()
    after = LanguageConfigs.load(target)
    require_measured(job, after, target)
    stale = _stale(store, after)
    made_again = tuple(_why(store, job, after, stage) for stage in stale if stage != "select")
    if stale and sealed(store, "rebalance") is not None:
        body = {"outcomes": outcomes_to_json(decided_outcomes(store))}
        store.put(layout.DECIDED_BEFORE, json_with_digest(body))
    for stage in stale:
        set_aside(store, stage, keep_published=True)
    named = folder if folder == BUILTIN else str(target)
    changed = job.model_copy(update={"language_configs": named, "tune": None})
    if recorded_settings(store) != changed.result_settings():
        record(store, changed)
    run_job(changed, engine=engine, progress=progress, until="rebalance")
    after_outcomes = decided_outcomes(store)
    return Decision(
        before=_before(store) if stale or not is_current(store) else after_outcomes,
        after=after_outcomes,
        made_again=made_again,
        is_published=is_current(store),
    )


def _stale(store: Store, after: LanguageConfigs) -> list[str]:
    """Stages whose results rest on other configs than these, first ones first."""
    stages = []
    for stage, step, aspect, _ in _RESTS_ON:
        plan = load_plan(store, step)
        if plan is None:
            continue
        is_other = plan.fields[aspect] != after.fingerprint(aspect)
        if is_other or (stage == "select" and plan.fields["code"] != stage_of("select").version):
            stages.append(stage)
    return stages


def _why(store: Store, job: JobConfig, after: LanguageConfigs, stage: str) -> str:
    """Why a stage is made again, and for which labels of the work folder it makes a difference."""
    (what, aspect) = next((why, aspect) for name, _, aspect, why in _RESTS_ON if name == stage)
    before = configs_in_use(store, job)
    labels = [
        label
        for label in labels_in(store)
        if aspect_of(before.for_label(label), aspect) != aspect_of(after.for_label(label), aspect)
    ]
    if not labels:
        return f"{what}, though of no label that occurs here"
    more = f" and {len(labels) - SHOWN_LABELS} more" if len(labels) > SHOWN_LABELS else ""
    return f"{what} for {', '.join(labels[:SHOWN_LABELS])}{more}"


def labels_in(store: Store) -> dict[str, int]:
    """label -> documents that were given it, most first."""
    counts: dict[str, int] = {}
    for receipt in iter_receipts(store, "identify"):
        for label, n in receipt.counts["labels"].items():
            counts[label] = counts.get(label, 0) + n
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _before(store: Store) -> Outcomes | None:
    data = store.get(layout.DECIDED_BEFORE)
    if data is None:
        return None
    todo = "delete this file: then what was decided before is not shown"
    where = str(store.path(layout.DECIDED_BEFORE))
    stored = read_json(data, where=where, todo=todo, keys=("outcomes",))
    return outcomes_from_json(stored.get("outcomes", stored))


def publish_decided(
    job: JobConfig,
    *,
    engine: Engine | None = None,
    progress: Progress | None = None,
    form: Form | None = None,
) -> RunResult:
    """Publish what has been decided, with report and card; goes on where it was interrupted.

    Args:
        job: of the work folder.
        engine: to run it on; by default the one that the job names.
        progress: is told what happens.
        form: another view, or another place, than the job's own.

    Raises:
        InputError: nothing has been decided.
    """
    require_stage(
        open_store(job.work),
        "rebalance",
        todo="finish the run (curate run JOB), or decide (curate select WORK --configs DIR)",
    )
    return run_job(job, engine=engine, progress=progress, form=form)
