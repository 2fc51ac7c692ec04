"""Scores of the test's choice in the work folder of a job, in the place of those of the text.

They lie there as the step `score` would have written them, so every later command of any process
takes them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from curate.config.job import JobConfig
from curate.engine.local import LocalEngine
from curate.io.commit import Attempt
from curate.io.store import Store
from curate.pipeline.extract.steps import extract
from curate.pipeline.job_run import JobRun
from curate.pipeline.measure.score_steps import score
from curate.pipeline.measure.scores import sidecar_schema
from curate.pipeline.measure.steps import identify
from curate.work.configs import RunConfigs, config_folder
from curate.work.plan import ensure_plan
from curate.work.progress import Silent
from curate.work.runner import Runner
from curate.work.seal import seal
from curate.work.tables import read_columns
from tests.looking import run

ScoreOf = Callable[[dict[str, Any]], float | None]
"""A document's row, with its label -> its score."""


def give_scores(job: JobConfig, score_of: ScoreOf) -> None:
    """Run a job up to its scores and write those; each line has the label of its document."""
    run(job, until="sign")
    store = Store(job.work)
    with LocalEngine(workers=1) as engine:
        configs = RunConfigs(store, config_folder(job.language_configs))
        of_job = JobRun(job, Runner(store, engine, Silent()), configs)
        done = {"extract": extract(of_job, {})}
        done["identify"] = identify(of_job, done)
        step = score(of_job, done)
        assert step is not None
        plan = ensure_plan(store, step.name, step.fields, of_job.documents)
    for shard in plan.shards:
        _write(store, shard.id, plan.fingerprint, list(step.fields["columns"]), score_of)
    seal(store, plan)


def _write(
    store: Store, shard: str, fingerprint: str, columns: list[str], score_of: ScoreOf
) -> None:
    rows = read_columns(store, shard, {"extract": None, "identify": ("label",)}).to_pylist()
    marks = [score_of(row) for row in rows]
    found: dict[str, list[object]] = {
        name: [None if x is None else 10.0 for x in marks] for name in columns
    }
    found["wds"] = [*marks]
    found["seg_langs"] = [[row["label"]] * (row["text"].count("\n") + 1) for row in rows]
    kind = sidecar_schema(columns)
    table = pa.table([pa.array(found[name], kind.field(name).type) for name in columns], kind)
    with Attempt(store, step="score", shard=shard, fingerprint=fingerprint) as attempt:
        attempt.write(table)
        attempt.commit(rows_in=len(rows), rows_out=len(rows))
