"""The pipeline end to end on a small crawl: what it publishes, and what it does when run again."""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate import schema
from curate.config.builtin import builtin_folder
from curate.config.job import JobConfig
from curate.config.language import LanguageConfigs
from curate.engine.base import Engine, Listener, Outcome, Task, ignore
from curate.engine.local import LocalEngine
from curate.errors import ConfigError, InputError, JobMismatchError, StoreError
from curate.io import layout
from curate.io.receipt import Receipt
from curate.io.store import Store
from curate.pipeline import extract_task, tables
from curate.pipeline.again import load_recorded, report_again, select_again, tune_again
from curate.pipeline.explain import explain
from curate.pipeline.run import RunResult, run_job
from curate.pipeline.status import status
from curate.pipeline.verify import verify
from tests.runs import SMALLEST, Told, attempts_of, corpus_of, job_of
from tests.small_crawl import COPIES, PAGES, page_text, texts, url_of
from tests.warc_files import conversion_record, gzip_members

EngineFactory = Callable[..., Engine]
ADDED = ("identify", "annotate", "sign", "cluster", "select", "rebalance")
"""Steps whose tables have a row for every document."""


def run(job: JobConfig, **options: Any) -> RunResult:  # noqa: ANN401 - those of run_job
    with LocalEngine(workers=2) as engine:
        return run_job(job, engine=engine, **options)


def receipts(work: Path, step: str) -> list[Receipt]:
    paths = sorted((work / layout.commits_key(step)).glob("*.json"))
    return [Receipt.from_json(p.read_bytes(), where=str(p)) for p in paths]


def published(work: Path, *, subset: str | None = None) -> dict[str, pa.Table]:
    """Path -> table of every published file, or of one subset."""
    manifest = json.loads((work / layout.MANIFEST).read_bytes())
    return {
        entry["path"]: pq.read_table(work / "corpus" / entry["path"], partitioning=None)
        for entry in manifest["files"]
        if subset is None or entry["subset"] == subset
    }


def document_tables(work: Path) -> Iterator[dict[str, Any]]:
    """Every document with all its columns."""
    store = Store(work)
    for receipt in receipts(work, "extract"):
        wanted = dict.fromkeys(("extract", *ADDED))
        yield from tables.read_columns(store, receipt.shard, wanted).to_pylist()


def totals(work: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((work / layout.MANIFEST).read_bytes())["totals"]
    return found


# ---- what a run publishes ------------------------------------------------------------------


def test_rows_add_up_at_every_step(baseline: Path) -> None:
    for step in SMALLEST:
        for receipt in receipts(baseline, step):
            data = [f for f in receipt.files if f.role in ("data", "corpus")]
            if step == "report":
                continue  # counts documents and writes counts
            assert sum(f.rows for f in data) == receipt.rows_out, (step, receipt.shard)
            aside = sum(f.rows for f in receipt.files_of("quarantine"))
            assert aside == sum(receipt.quarantined.values())
    n_documents = sum(r.rows_out for r in receipts(baseline, "extract"))
    for step in ADDED:
        assert sum(r.rows_in for r in receipts(baseline, step)) == n_documents
        assert sum(r.rows_out for r in receipts(baseline, step)) == n_documents
    said = totals(baseline)
    assert said["documents"] == n_documents == len(texts()) + 1
    assert said["skipped"] == {"not_a_response": 6, "http_status": 1, "not_html": 1}
    assert said["quarantined"] == {"corrupt": 1}
    rows = [row for table in published(baseline).values() for row in table.to_pylist()]
    kept = [row for row in rows if "filter_reason" not in row]
    assert len(kept) == said["published"] > 30
    assert said["published"] + sum(said["removed"].values()) == n_documents
    removed = Counter(row["filter_reason"] for row in rows if "filter_reason" in row)
    assert removed == {
        reason: n
        for reason, n in said["removed"].items()
        if reason not in ("duplicate", "lid_confidence")
    }
    assert removed


def test_verify_agrees(baseline: Path) -> None:
    found = verify(baseline)
    assert found.documents == totals(baseline)["documents"]
    assert found.files == len(published(baseline))
    assert found.receipts == len(attempts_of(baseline))


def test_the_layout_is_fineweb2s(baseline: Path) -> None:
    paths = set(published(baseline))
    assert {f"data/{label}/train/000_00000.parquet" for label in PAGES} <= paths
    assert "data/eng_Latn/test/000_00000.parquet" in paths
    assert "data/eng_Latn_removed/train/000_00000.parquet" in paths
    below = {p.relative_to(baseline / "corpus").as_posix() for p in files_below(baseline, "corpus")}
    assert below == paths | {"README.md", "manifest.json"}


def files_below(work: Path, folder: str) -> list[Path]:
    return [p for p in (work / folder).rglob("*") if p.is_file()]


def test_columns_are_fineweb2s_and_one_more(baseline: Path) -> None:
    wanted = {
        "text": pa.string(),
        "id": pa.string(),
        "dump": pa.string(),
        "url": pa.string(),
        "date": pa.string(),
        "file_path": pa.string(),
        "language": pa.string(),
        "language_score": pa.float64(),
        "language_script": pa.string(),
        "minhash_cluster_size": pa.int64(),
        "top_langs": pa.string(),
    }
    for subset, extra in (
        ("train", {"weight": pa.int32()}),
        ("test", {"weight": pa.int32()}),
        ("removed", {"filter_reason": pa.string()}),
    ):
        for table in published(baseline, subset=subset).values():
            assert dict(zip(table.schema.names, table.schema.types, strict=True)) == wanted | extra
    (row,) = published(baseline)["data/tha_Thai/train/000_00000.parquet"].slice(0, 1).to_pylist()
    assert (row["language"], row["language_script"]) == ("tha", "Thai")
    assert row["dump"] == "CC-MAIN-2024-10"
    assert row["date"] == "2024-02-21T10:00:00Z"
    assert json.loads(row["top_langs"])["tha_Thai"] == row["language_score"] > 0.9


def test_every_document_is_in_its_labels_folder_with_its_text(baseline: Path) -> None:
    wanted = {url: (label, text) for label, url, text in texts()}
    found = {}
    for path, table in published(baseline).items():
        for row in table.to_pylist():
            assert row["url"] not in found, "published twice"
            found[row["url"]] = (path.split("/")[1].removesuffix("_removed"), row["text"])
    assert len(found) > 40
    for url, (label, text) in found.items():
        assert label == wanted[url][0]
        assert wanted[url][1] in text or url.endswith("/repeated")


def test_near_duplicates_are_one_cluster_and_one_document(baseline: Path) -> None:
    by_cluster: defaultdict[int, set[str]] = defaultdict(set)
    rows = {row["url"]: row for row in document_tables(baseline)}
    for row in rows.values():
        if row["cluster_id"] is not None:
            by_cluster[row["cluster_id"]].add(row["url"])
    for label, copies in COPIES.items():
        for number, n in enumerate(copies):
            urls = {url_of(label, number, copy) for copy in range(n + 1)}
            assert urls in by_cluster.values()
            assert {rows[url]["cluster_size"] for url in urls} == {n + 1}
            kept = [url for url in urls if rows[url]["weight"] > 0]
            assert len(kept) == 1
            assert len(rows[kept[0]]["text"]) == max(len(rows[url]["text"]) for url in urls)
    wanted = sum(n for copies in COPIES.values() for n in copies)
    assert totals(baseline)["removed"]["duplicate"] == wanted


def test_weights_follow_cluster_sizes(baseline: Path) -> None:
    weights = defaultdict(set)
    for table in (
        published(baseline, subset="train") | published(baseline, subset="test")
    ).values():
        for row in table.to_pylist():
            weights[row["minhash_cluster_size"]].add(row["weight"])
    assert weights[1] == {1}
    assert max(max(found) for found in weights.values()) == 3
    assert all(min(found) >= 1 for found in weights.values())


def test_removed_documents_say_why(baseline: Path) -> None:
    found = {
        row["url"]: row["filter_reason"]
        for table in published(baseline, subset="removed").values()
        for row in table.to_pylist()
    }
    rows = {row["url"]: row for row in document_tables(baseline)}
    assert rows["https://eng.example.org/short"]["drop_reason"] is not None
    assert "https://eng.example.org/repeated" in found
    assert {url: rows[url]["removal_reason"] for url in found} == found


@pytest.mark.parametrize(
    ("setting", "reasons"),
    [("none", set()), ("all", {"duplicate", "lid_confidence"})],
)
def test_which_removed_documents_are_published_can_be_set(
    setting: str, reasons: set[str], small_input: Path, finished: Path
) -> None:
    emit = {"test_min_documents": 5, "test_fraction": 0.3, "removed": setting}
    run(job_of(small_input, finished, emit=emit), rerun="emit")
    tables = published(finished, subset="removed").values()
    found = {r["filter_reason"] for t in tables for r in t.to_pylist()}
    assert found >= reasons
    assert bool(found) == bool(reasons)
    assert sum(t.num_rows for t in tables) in (0, sum(totals(finished)["removed"].values()))


def test_the_test_split_goes_by_content(baseline: Path) -> None:
    test = {
        row["text"]
        for table in published(baseline, subset="test").values()
        for row in table.to_pylist()
    }
    train = {
        row["text"]
        for table in published(baseline, subset="train").values()
        for row in table.to_pylist()
    }
    assert test
    assert not test & train
    share = len(test) / (len(test) + len(train))
    assert 0.05 < share < 0.5


def test_materialise_repeats_rows_as_their_weight_says(
    small_input: Path, baseline: Path, finished: Path
) -> None:
    rebalance = {"min_documents": 1, "max_repetitions": 3, "repetition": "materialise"}
    run(job_of(small_input, finished, rebalance=rebalance), rerun="rebalance")
    weighted = published(baseline, subset="train")
    n_more = 0
    for path, table in published(finished, subset="train").items():
        assert "weight" not in table.column_names
        wanted = Counter({row["id"]: row["weight"] for row in weighted[path].to_pylist()})
        assert Counter(table["id"].to_pylist()) == wanted
        n_more += table.num_rows - weighted[path].num_rows
    assert n_more > 0
    tests = {p: t["id"] for p, t in published(finished, subset="test").items()}
    assert tests == {p: t["id"] for p, t in published(baseline, subset="test").items()}
    verify(finished)


# ---- the same corpus whatever runs it ------------------------------------------------------


class Shuffled(LocalEngine):
    """Runs tasks in this process, in an order drawn by a seed."""

    seed = 0

    def map_shards(self, tasks: Sequence[Task], listener: Listener = ignore) -> list[Outcome]:
        """See :meth:`Engine.map_shards`."""
        order = random.Random(self.seed).sample(range(len(tasks)), len(tasks))
        self.seed += 1
        outcomes = super().map_shards([tasks[i] for i in order], listener)
        by_key = {outcome.key: outcome for outcome in outcomes}
        return [by_key[task.key] for task in tasks]


@pytest.mark.parametrize("kind", ["local 1", "local 4", "ray"])
def test_every_engine_publishes_the_same_bytes(
    kind: str, make_engine: EngineFactory, small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    run_job(job_of(small_input, tmp_path / "work"), engine=make_engine(kind))
    assert corpus_of(tmp_path / "work") == corpus_of(baseline)


@pytest.mark.parametrize("rows", [1, 7])
def test_batches_and_order_of_tasks_do_not_matter(
    rows: int,
    small_input: Path,
    baseline: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    defaults = tables.iter_columns.__kwdefaults__
    assert defaults is not None
    assert defaults["batch_rows"] == tables.BATCH_ROWS
    monkeypatch.setitem(defaults, "batch_rows", rows)
    monkeypatch.setattr(extract_task, "ROWS", rows)
    engine = Shuffled(workers=0)
    engine.seed = rows
    run_job(job_of(small_input, tmp_path / "work"), engine=engine)
    settings = job_of(small_input, tmp_path).extract
    assert settings.memory_mb is not None
    extract_task.page_sandbox(settings.deadline_seconds, settings.memory_mb << 20).close()
    extract_task.page_sandbox.cache_clear()
    assert corpus_of(tmp_path / "work") == corpus_of(baseline)


def test_a_work_folder_can_be_moved(small_input: Path, baseline: Path, finished: Path) -> None:
    told = Told()
    run(job_of(small_input, finished), progress=told, rerun="select")
    assert corpus_of(finished) == corpus_of(baseline)
    verify(finished)


# ---- running again -------------------------------------------------------------------------


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
        ("tune", "sign"),
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
        ("identify", {"sign"}),
        ("annotate", {"sign", "cluster.split", "cluster.group", "cluster"}),
        ("cluster", set()),
        ("select", set()),
        ("emit", set()),
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
    assert {step for step, _ in kept} == {"extract", "identify", "annotate", "sign"}
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


# ---- parts made again ----------------------------------------------------------------------


@pytest.fixture
def configs(tmp_path: Path) -> Path:
    """A copy of the shipped language configs which a test may change."""
    return Path(shutil.copytree(builtin_folder("language_configs"), tmp_path / "configs"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def steps_made_again(work: Path, before: dict[tuple[str, str], str]) -> set[str]:
    after = attempts_of(work)
    assert after.keys() == before.keys()
    return {step for (step, shard), attempt in after.items() if before[step, shard] != attempt}


def test_select_again_changes_verdicts_and_what_follows(
    small_input: Path, finished: Path, configs: Path, tmp_path: Path
) -> None:
    edit(configs / "_default.yaml", "n_words, min: 50", "n_words, min: 170")
    before = attempts_of(finished)
    result = select_again(load_recorded(str(finished)), str(configs))
    assert steps_made_again(finished, before) == set(SMALLEST[SMALLEST.index("select") :])
    assert totals(finished)["removed"]["n_words"] > 5
    assert result.data is not None
    run(job_of(small_input, tmp_path / "fresh", language_configs=str(configs)))
    assert corpus_of(finished) == corpus_of(tmp_path / "fresh")
    verify(finished)


def test_select_again_with_the_same_configs_changes_nothing(
    baseline: Path, finished: Path, configs: Path
) -> None:
    select_again(load_recorded(str(finished)), str(configs))
    assert corpus_of(finished) == corpus_of(baseline)


def test_select_again_with_another_lid_threshold_makes_clusters_again(
    finished: Path, configs: Path
) -> None:
    edit(configs / "_default.yaml", "lid_confidence, min: 0.3", "lid_confidence, min: 0.97")
    before = attempts_of(finished)
    select_again(load_recorded(str(finished)), str(configs))
    again = set(SMALLEST[SMALLEST.index("cluster.split") :])
    assert steps_made_again(finished, before) == again
    assert totals(finished)["removed"]["lid_confidence"] > 1


def test_select_again_with_other_stop_words_makes_metrics_again(
    small_input: Path, finished: Path, configs: Path, tmp_path: Path
) -> None:
    path = configs / "eng_Latn.yaml"
    words = LanguageConfigs.load(configs).for_label("eng_Latn").stopwords
    lines = path.read_text(encoding="utf-8").replace("stopwords:", "stopwords: [zzzz, yyyy]\nold:")
    loose = [x for x in lines.splitlines() if not x.startswith("old:") or "[" not in x]
    path.write_text("\n".join(loose) + "\n", encoding="utf-8")
    assert LanguageConfigs.load(configs).for_label("eng_Latn").stopwords != words
    before = attempts_of(finished)
    select_again(load_recorded(str(finished)), str(configs))
    again = {"annotate", *SMALLEST[SMALLEST.index("select") :]}
    assert steps_made_again(finished, before) == again
    assert totals(finished)["removed"]["n_stopwords"] > 5
    run(job_of(small_input, tmp_path / "fresh", language_configs=str(configs)))
    assert corpus_of(finished) == corpus_of(tmp_path / "fresh")


def test_select_again_refuses_a_wrong_folder_before_it_changes_anything(
    finished: Path, configs: Path
) -> None:
    before, corpus = attempts_of(finished), corpus_of(finished)
    edit(configs / "_default.yaml", "metric: n_words", "metric: n_wurds")
    with pytest.raises(ConfigError, match="n_wurds"):
        select_again(load_recorded(str(finished)), str(configs))
    assert (attempts_of(finished), corpus_of(finished)) == (before, corpus)


def test_select_again_needs_a_run_that_came_so_far(
    small_input: Path, tmp_path: Path, configs: Path
) -> None:
    run(job_of(small_input, tmp_path / "work"), until="extract")
    with pytest.raises(InputError, match="finish the run first"):
        select_again(load_recorded(str(tmp_path / "work")), str(configs))


def test_report_again_leaves_the_corpus_alone(baseline: Path, finished: Path) -> None:
    page = (finished / layout.REPORT_PAGE).read_bytes()
    (finished / layout.REPORT_PAGE).unlink()
    before = attempts_of(finished)
    report_again(load_recorded(str(finished)))
    assert (finished / layout.REPORT_PAGE).read_bytes() == page
    assert corpus_of(finished) == corpus_of(baseline)
    assert steps_made_again(finished, before) <= {"report"}


def test_tuned_configs_load_and_a_second_tuning_changes_nothing(finished: Path) -> None:
    job = load_recorded(str(finished))
    folder, written = tune_again(job, min_documents=20)
    assert written == ["eng_Latn"]
    loaded = LanguageConfigs.load(folder)
    assert loaded.for_label("eng_Latn").threshold("newlines_per_word") is not None
    assert loaded.files["eng_Latn"].provenance.reference == "documents of job small"
    texts = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.rglob("*.yaml")}
    tune_again(job, min_documents=20)
    again = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.rglob("*.yaml")}
    assert {n for n in texts if texts[n][0] != again[n][0]} == set()
    result = select_again(job, str(folder))
    assert result.data is not None
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


# ---- other inputs --------------------------------------------------------------------------


def rows_of_documents(baseline: Path) -> dict[str, list[dict[str, Any]]]:
    """Input file -> its documents, as an input of text would give them."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in document_tables(baseline):
        kept = {name: row[name] for name in schema.DOCUMENTS.names()}
        found.setdefault(Path(row["warc_path"]).name.split(".")[0], []).append(kept)
    return found


def test_jsonl_and_parquet_give_the_same_corpus(baseline: Path, tmp_path: Path) -> None:
    for kind in ("jsonl", "parquet"):
        folder = tmp_path / kind
        folder.mkdir()
        for name, rows in rows_of_documents(baseline).items():
            if kind == "parquet":
                table = pa.Table.from_pylist(rows, schema.DOCUMENTS.schema())
                pq.write_table(table, folder / f"{name}.parquet", row_group_size=3)
                continue
            lines = [json.dumps(row, ensure_ascii=False) for row in rows]
            (folder / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
        run(job_of(folder, tmp_path / f"{kind}-work"))
    one, other = (published(tmp_path / f"{kind}-work") for kind in ("jsonl", "parquet"))
    assert one == other
    assert totals(tmp_path / "jsonl-work") == totals(tmp_path / "parquet-work")
    wanted = {i for t in published(baseline).values() for i in t["id"].to_pylist()}
    assert {i for t in one.values() for i in t["id"].to_pylist()} == wanted


def test_columns_may_have_other_names(tmp_path: Path) -> None:
    line = {"who": "x-1", "content": page_text("deu_Latn", 0)}
    (tmp_path / "a.jsonl").write_text(json.dumps(line), encoding="utf-8")
    columns = {"id": "who", "text": "content"}
    run(job_of(tmp_path / "*.jsonl", tmp_path / "work", columns=columns))
    (table,) = published(tmp_path / "work").values()
    assert table["id"].to_pylist() == ["x-1"]
    assert table["dump"].to_pylist() == ["CC-MAIN-2024-10"]


def test_wet_files_are_read(tmp_path: Path) -> None:
    records = [
        conversion_record(url_of(label, n), page_text(label, n), ordinal=100 * i + n)
        for i, label in enumerate(PAGES)
        for n in range(3)
    ]
    (tmp_path / "a.warc.wet.gz").write_bytes(gzip_members(records))
    run(job_of(tmp_path / "*.wet.gz", tmp_path / "work"))
    assert totals(tmp_path / "work")["documents"] == 3 * len(PAGES)
    assert {p.split("/")[1] for p in published(tmp_path / "work", subset="train")} == set(PAGES)


def test_explain_finds_a_document_by_id_and_by_url(baseline: Path) -> None:
    store, loaded = Store(baseline), LanguageConfigs.load(builtin_folder("language_configs"))
    url = url_of("cmn_Hani", 0, 1)
    (by_url,) = explain(store, url, loaded)
    assert by_url.columns["label"] == "cmn_Hani"
    assert by_url.columns["cluster_size"] == 2
    assert by_url.config is not None
    for name in (by_url.columns["id"], by_url.columns["id"].strip("<>")):
        (by_id,) = explain(store, name, loaded)
        assert by_id.columns == by_url.columns
    with pytest.raises(InputError, match="no document has it"):
        explain(store, "https://nowhere.example.org/", loaded)


def test_compat_fineweb2_runs_and_verifies(small_input: Path, tmp_path: Path) -> None:
    run(job_of(small_input, tmp_path / "work", compat="fineweb2"))
    verify(tmp_path / "work")
    assert published(tmp_path / "work", subset="train")
