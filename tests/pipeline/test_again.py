"""Parts of a finished run made again: tuning, report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curate.ask.decide_again import decide_again
from curate.ask.rerun import load_recorded, report_again, tune_again
from curate.config.language import LanguageConfigs
from curate.config.sections import TuneConfig
from curate.errors import JobMismatchError
from curate.io import layout
from curate.io.digests import with_digest
from curate.pipeline.verify import verify
from tests.looking import kept_engine, publish, run
from tests.runs import Told, attempts_of, corpus_of, job_of


def steps_made_again(work: Path, before: dict[tuple[str, str], str]) -> set[str]:
    after = attempts_of(work)
    assert after.keys() == before.keys()
    return {step for (step, shard), attempt in after.items() if before[step, shard] != attempt}


def test_a_report_that_is_refused_leaves_the_page(finished: Path) -> None:
    plan = finished / layout.plan_key("cluster.group")
    said = json.loads(plan.read_bytes())
    del said["digest"]
    plan.write_text(json.dumps(with_digest({**said, "fingerprint": f"x{said['fingerprint']}"})))
    page = (finished / layout.REPORT_PAGE).read_bytes()
    with pytest.raises(JobMismatchError, match="cluster"):
        report_again(load_recorded(str(finished)), engine=kept_engine())
    assert (finished / layout.REPORT_PAGE).read_bytes() == page


def test_report_again_leaves_the_corpus_alone(baseline: Path, finished: Path) -> None:
    page = (finished / layout.REPORT_PAGE).read_bytes()
    (finished / layout.REPORT_PAGE).unlink()
    before = attempts_of(finished)
    report_again(load_recorded(str(finished)), engine=kept_engine())
    assert (finished / layout.REPORT_PAGE).read_bytes() == page
    assert corpus_of(finished) == corpus_of(baseline)
    assert steps_made_again(finished, before) <= {"report", "report.sample"}


def test_tuned_configs_load_and_a_second_tuning_changes_nothing(finished: Path) -> None:
    job = load_recorded(str(finished))
    job = job.model_copy(update={"tune": TuneConfig(min_documents=20)})
    folder, found = tune_again(job, engine=kept_engine())
    assert [one.label for one in found if one.is_tuned] == ["eng_Latn"]
    loaded = LanguageConfigs.load(folder)
    assert loaded.for_label("eng_Latn").threshold("newlines_per_word") is not None
    assert loaded.files["eng_Latn"].provenance.reference == "documents of job small"
    texts = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.rglob("*.yaml")}
    tune_again(job, engine=kept_engine())
    again = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.rglob("*.yaml")}
    assert {n for n in texts if texts[n][0] != again[n][0]} == set()
    decide_again(job, str(folder), engine=kept_engine())
    publish(job.work)
    verify(finished)


def test_a_job_may_tune_itself_and_resumes(small_input: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    job = job_of(small_input, work, tune={"min_documents": 20, "out": str(tmp_path / "out")})
    run(job)
    corpus, attempts = corpus_of(work), attempts_of(work)
    assert {"stopwords", "tune"} <= {step for step, _ in attempts}
    assert LanguageConfigs.load(tmp_path / "out").files["eng_Latn"].stopwords
    told = Told()
    run(job, progress=told)
    assert told.begun == []
    assert (corpus_of(work), attempts_of(work)) == (corpus, attempts)
    run(job, rerun="tune")
    assert corpus_of(work) == corpus
    verify(work)
