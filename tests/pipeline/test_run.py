"""The pipeline end to end on a small crawl: what it publishes, whatever runs it."""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pytest

from curate.engine.local import LocalEngine
from curate.engine.protocol import Engine, Listener, Outcome, Task, ignore
from curate.pipeline.extract import task as extract_task
from curate.pipeline.run import run_job
from curate.pipeline.verify import verify
from curate.work import tables
from tests.looking import ADDED, document_tables, published, receipts, run, totals
from tests.runs import SETTINGS, SMALLEST, Told, attempts_of, corpus_of, job_of
from tests.small_crawl import COPIES, PAGES, texts, url_of

EngineFactory = Callable[..., Engine]


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
    assert below == paths | {"README.md", "CITATION.cff", "croissant.json", "manifest.json"}


def files_below(work: Path, folder: str) -> list[Path]:
    return [p for p in (work / folder).rglob("*") if p.is_file()]


def test_columns_are_fineweb2s_and_some_more(baseline: Path) -> None:
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
        "warc_offset": pa.int64(),
        "record_bytes": pa.int64(),
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
    rebalance = {**SETTINGS["rebalance"], "repetition": "materialise"}
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


@pytest.mark.fault("completion-order")
@pytest.mark.parametrize("kind", ["local 1", "local 8", "ray"])
def test_every_engine_publishes_the_same_bytes(
    kind: str, make_engine: EngineFactory, small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    run_job(job_of(small_input, tmp_path / "work"), engine=make_engine(kind))
    assert corpus_of(tmp_path / "work") == corpus_of(baseline)


@pytest.mark.fault("completion-order", "local")
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
    memory = settings.memory_mb << 20
    extract_task.page_sandbox(settings.deadline_seconds, memory, extract_task.PAGE_FUNCTION).close()
    extract_task.page_sandbox.cache_clear()
    assert corpus_of(tmp_path / "work") == corpus_of(baseline)


def test_a_work_folder_can_be_moved(small_input: Path, baseline: Path, finished: Path) -> None:
    told = Told()
    run(job_of(small_input, finished), progress=told, rerun="select")
    assert corpus_of(finished) == corpus_of(baseline)
    verify(finished)
