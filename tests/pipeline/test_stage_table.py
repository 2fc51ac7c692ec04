"""The table of stages: what a rerun makes again is what plans say that they read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curate import stage_table
from curate.errors import StoreError
from curate.io import layout
from curate.io.store import Store
from curate.pipeline.stages import BOUND
from curate.pipeline.verify import verify
from curate.work.claim import resting_on, set_aside
from curate.work.plan import AFTER, load_plan, planned_steps
from tests.hplt_view import job_for
from tests.looking import run
from tests.runs import attempts_of, corpus_of, job_of


def read_by_plans(store: Store) -> set[tuple[str, str]]:
    """(stage, stage that it read), by the plans of a work folder."""
    found = set()
    for step in planned_steps(store):
        plan = load_plan(store, step)
        for field in plan.fields if plan is not None else ():
            if field.startswith(AFTER):
                found.add((step.split(".")[0], field.removeprefix(AFTER).split(".")[0]))
    return {(a, b) for a, b in found if a != b}


def test_every_stage_has_its_function() -> None:
    bound = {stage.name for stage in BOUND} | {"emit", *stage_table.other_views(), "reference"}
    assert bound == {stage.name for stage in stage_table.STAGES}
    order = [stage.name for stage in stage_table.STAGES]
    assert [s.name for s in BOUND] == [name for name in order if name in {s.name for s in BOUND}]


def test_plans_read_what_the_table_says(baseline: Path, small_input: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    run(job_for(small_input, work, tune={"min_documents": 20}))
    recorded = read_by_plans(Store(work)) | read_by_plans(Store(baseline))
    declared = {(s.name, read) for s in stage_table.STAGES for read in stage_table.may_read(s)}
    assert recorded <= declared
    asked_for = {"classify", "perplexity", "contamination", "rights", "screen", "tune", "extra"}
    views = {"emit", *stage_table.other_views()}
    missing = {(a, b) for a, b in declared - recorded if a not in views and b not in asked_for}
    assert {(a, b) for a, b in missing if a not in asked_for} == set()


@pytest.mark.parametrize(
    ("stage", "kept"),
    [
        ("sign", {"identify", "annotate", "pii", "select"}),
        ("cluster", {"identify", "annotate", "sign", "pii", "select"}),
        ("annotate", {"identify", "sign", "pii", "cluster"}),
        ("pii", {"identify", "annotate", "sign", "cluster", "select", "rebalance"}),
        ("select", {"identify", "annotate", "sign", "pii", "cluster"}),
    ],
)
def test_a_rerun_leaves_what_does_not_rest_on_it(
    stage: str, kept: set[str], small_input: Path, finished: Path
) -> None:
    before = attempts_of(finished)
    run(job_of(small_input, finished), rerun=stage)
    after = attempts_of(finished)
    assert after.keys() == before.keys()
    again = {key[0].split(".")[0] for key, attempt in after.items() if before[key] != attempt}
    assert again.isdisjoint(kept)
    assert again == {s.name for s in resting_on(Store(finished), stage)} & {k[0] for k in after}


def test_a_stage_that_was_not_asked_for_before_reaches_those_that_may_read_it(
    finished: Path,
) -> None:
    names = {stage.name for stage in resting_on(Store(finished), "screen")}
    assert {"screen", "select", "rebalance", "emit", "report"} <= names
    assert names.isdisjoint({"extract", "identify", "annotate", "sign", "cluster"})


def test_a_rerun_mends_a_damaged_plan(small_input: Path, baseline: Path, finished: Path) -> None:
    plan = finished / layout.plan_key("cluster")
    plan.write_bytes(plan.read_bytes()[:40])
    with pytest.raises(StoreError, match="--rerun"):
        run(job_of(small_input, finished))
    run(job_of(small_input, finished), rerun="cluster")
    assert corpus_of(finished) == corpus_of(baseline)


def test_what_was_published_goes_with_what_it_rests_on_although_its_steps_are_gone(
    finished: Path,
) -> None:
    store = Store(finished)
    set_aside(store, "select", keep_published=True)
    assert (finished / layout.MANIFEST).exists()
    set_aside(store, "extract")
    assert not (finished / layout.CORPUS).exists()


def test_tuning_anew_makes_clusters_anew_which_rest_on_lid_thresholds(
    small_input: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    run(job_of(small_input, work, tune={"min_documents": 20}))
    run(job_of(small_input, work), rerun="annotate")
    run(job_of(small_input, work, tune={"min_documents": 30}), rerun="annotate")


def test_a_shard_without_documents_between_others_is_nothing_to_the_views(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    text = "All human beings are born free and equal in dignity and rights. "
    for name, n in (("a", 60), ("b", 0), ("c", 2)):
        lines = [json.dumps({"text": f"{name} {i} {text * (i + 3)}"}) for i in range(n)]
        (source / f"{name}.jsonl").write_text("\n".join(lines))
    (source / "b.jsonl").write_text(json.dumps({"text": ""}) + "\n")
    work = tmp_path / "work"
    result = run(job_of(source, work, emit={"removed": "all"}))
    assert result.corpus is not None
    verify(work)
