"""A job run again: what is resumed, refused, made again and told."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from curate.errors import ConfigError, JobMismatchError, StoreError
from curate.io import layout
from curate.io.store import Store
from curate.pipeline.run import run_job
from curate.pipeline.verify import verify
from curate.work.status import status
from tests.looking import receipts, run
from tests.runs import SMALLEST, Told, attempts_of, corpus_of, job_of


def test_a_finished_job_runs_nothing_again(small_input: Path, finished: Path) -> None:
    attempts, corpus = attempts_of(finished), corpus_of(finished)
    stamp = (finished / layout.MANIFEST).stat().st_mtime_ns
    told = Told()
    result = run(job_of(small_input, finished), progress=told)
    assert told.begun == []
    assert attempts_of(finished) == attempts
    assert corpus_of(finished) == corpus
    assert (finished / layout.MANIFEST).stat().st_mtime_ns == stamp
    assert result.data is not None


def test_until_stops_and_the_next_run_goes_on(
    small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    seen: dict[tuple[str, str], str] = {}
    for until, last in (
        ("extract", "extract"),
        ("identify", "identify"),
        ("annotate", "annotate"),
        ("sign", "sign"),
        ("pii", "pii"),
        ("tune", "pii"),
        ("cluster", "cluster"),
        ("select", "select"),
        ("rebalance", "rebalance"),
        ("emit", "emit"),
    ):
        told = Told()
        result = run(job_of(small_input, work), until=until, progress=told)
        assert result.data is None
        assert result.corpus is None
        steps = status(Store(work))
        assert [s.step for s in steps] == list(SMALLEST[: SMALLEST.index(last) + 1])
        assert all(s.is_sealed and s.n_done == s.n_shards for s in steps)
        assert seen.items() <= attempts_of(work).items()
        seen = attempts_of(work)
    assert not (work / layout.MANIFEST).exists()
    run(job_of(small_input, work))
    assert corpus_of(work) == corpus_of(baseline)


@pytest.mark.parametrize(
    ("stage", "untouched"),
    [
        ("identify", {"sign", "pii"}),
        ("annotate", {"sign", "pii", *(s for s in SMALLEST if s.split(".")[0] == "cluster")}),
        ("cluster", {"select"}),
        ("select", set()),
        ("emit", {"report", "report.sample"}),
        ("report", set()),
    ],
)
def test_rerun_makes_that_stage_and_what_follows_again(
    stage: str, untouched: set[str], small_input: Path, baseline: Path, finished: Path
) -> None:
    before = attempts_of(finished)
    run(job_of(small_input, finished), rerun=stage)
    after = attempts_of(finished)
    assert before.keys() == after.keys()
    first = next(i for i, s in enumerate(SMALLEST) if s.split(".")[0] == stage)
    for (step, shard), attempt in after.items():
        again = SMALLEST.index(step) >= first and step not in untouched
        assert (attempt != before[step, shard]) == again, (step, shard)
    assert corpus_of(finished) == corpus_of(baseline)
    verify(finished)
    assert [p.name for p in finished.iterdir() if p.name.startswith(".")] == []


@pytest.mark.parametrize("option", ["until", "rerun"])
def test_an_unknown_stage_is_refused_before_anything_is_written(
    option: str, small_input: Path, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="extract, identify"):
        run(job_of(small_input, tmp_path / "work"), **{option: "dedup"})
    assert not (tmp_path / "work").exists()


@pytest.mark.parametrize(
    ("changes", "said", "stage"),
    [
        ({"cluster": {"min_similarity": 0.8}}, "cluster.min_similarity: 0.7 -> 0.8", "cluster"),
        ({"compat": "fineweb2"}, "compat: None -> 'fineweb2'", "extract"),
        ({"snapshot": "CC-MAIN-2025-01"}, "snapshot: 'CC-MAIN-2024-10' -> 'CC-MAIN-2", "extract"),
        ({"minhash": {"ngram_words": 4}}, "minhash.ngram_words: 5 -> 4", "sign"),
        ({"emit": {}}, "emit.test_fraction: 0.3 -> 0.01", "emit"),
        (
            {"rebalance": {"min_documents": 2, "max_repetitions": 3}},
            "rebalance.min_documents: 1 -> 2",
            "rebalance",
        ),
    ],
)
@pytest.mark.fault("config-changed", "local")
def test_another_job_in_the_folder_is_refused_with_the_fields_and_the_stage(
    changes: dict[str, Any], said: str, stage: str, small_input: Path, finished: Path
) -> None:
    before = attempts_of(finished), (finished / layout.JOB).read_bytes()
    with pytest.raises(JobMismatchError) as caught:
        run(job_of(small_input, finished, **changes))
    assert said in caught.value.found
    assert f"--rerun {stage}" in caught.value.todo
    later = {"emit": "report", "rebalance": "emit", "cluster": "select"}.get(stage, "cluster")
    with pytest.raises(JobMismatchError):
        run(job_of(small_input, finished, **changes), rerun=later)
    assert before == (attempts_of(finished), (finished / layout.JOB).read_bytes())


def test_a_changed_job_runs_once_the_stage_is_named(
    small_input: Path, finished: Path, tmp_path: Path
) -> None:
    changes = {"cluster": {"min_similarity": 1.0}}
    before = attempts_of(finished)
    run(job_of(small_input, finished, **changes), rerun="cluster")
    run(job_of(small_input, tmp_path / "fresh", **changes))
    assert corpus_of(finished) == corpus_of(tmp_path / "fresh")
    kept = {k for k, v in attempts_of(finished).items() if before[k] == v}
    assert {step for step, _ in kept} == {
        *("extract", "identify", "annotate", "sign", "pii", "select")
    }
    run(job_of(small_input, finished, **changes))


@pytest.mark.parametrize(
    ("changes", "rerun"),
    [({"minhash": {"seed": 2}}, "identify"), ({"cluster": {"min_similarity": 1.0}}, "annotate")],
    ids=["signatures do not read labels", "clusters read no metric"],
)
def test_a_change_is_made_whatever_earlier_stage_is_named(
    changes: dict[str, Any], rerun: str, small_input: Path, finished: Path, tmp_path: Path
) -> None:
    run(job_of(small_input, finished, **changes), rerun=rerun)
    run(job_of(small_input, tmp_path / "fresh", **changes))
    assert corpus_of(finished) == corpus_of(tmp_path / "fresh")


@pytest.mark.parametrize("text", ["", "- a", "just text", "{", "a: [1"])
def test_a_spoilt_job_record_is_told(text: str, small_input: Path, finished: Path) -> None:
    (finished / layout.JOB).write_text(text)
    with pytest.raises((StoreError, ConfigError, JobMismatchError)) as caught:
        run(job_of(small_input, finished))
    assert str(finished) in caught.value.where


def test_what_the_engine_is_told_is_no_other_job(small_input: Path, finished: Path) -> None:
    told = Told()
    job = job_of(small_input, finished, engine={"kind": "local", "workers": 1, "attempts": 2})
    run_job(job, progress=told)
    assert told.begun == []


def test_input_files_that_came_later_are_told(small_input: Path, tmp_path: Path) -> None:
    source = Path(shutil.copytree(small_input, tmp_path / "in"))
    work = tmp_path / "work"
    run(job_of(source, work), until="extract")
    shutil.copy(source / "one.warc.gz", source / "zero.warc.gz")
    told = Told()
    run(job_of(source, work), until="extract", progress=told)
    (line,) = told.said
    assert str(source / "zero.warc.gz") in line
    assert "--rerun extract" in line
    assert len(receipts(work, "extract")) == 4
    run(job_of(source, work), until="extract", rerun="extract")
    assert len(receipts(work, "extract")) == 5


def test_input_files_that_are_gone_are_not_needed_again(small_input: Path, tmp_path: Path) -> None:
    source = Path(shutil.copytree(small_input, tmp_path / "in"))
    run(job_of(source, tmp_path / "work"), until="extract")
    shutil.rmtree(source)
    run(job_of(source, tmp_path / "work"))
    verify(tmp_path / "work")


@pytest.mark.parametrize("key", ["plan", "seal", "receipt"])
@pytest.mark.fault("damaged-receipt", "local")
def test_a_damaged_record_is_told_with_its_file(
    key: str, small_input: Path, finished: Path
) -> None:
    path = (
        finished
        / {
            "plan": layout.plan_key("select"),
            "seal": layout.seal_key("select"),
            "receipt": layout.receipt_key("select", receipts(finished, "select")[0].shard),
        }[key]
    )
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(StoreError) as caught:
        run(job_of(small_input, finished), rerun="rebalance")
    assert caught.value.where == str(path)
    assert caught.value.todo


def test_a_deleted_receipt_is_made_again_with_its_stage(
    small_input: Path, baseline: Path, finished: Path
) -> None:
    shard = receipts(finished, "select")[0].shard
    (finished / layout.receipt_key("select", shard)).unlink()
    (finished / layout.seal_key("select")).unlink()
    before = attempts_of(finished)
    run(job_of(small_input, finished))
    after = attempts_of(finished)
    assert after.keys() - before.keys() == {("select", shard)}
    assert before.items() <= after.items()
    assert corpus_of(finished) == corpus_of(baseline)
