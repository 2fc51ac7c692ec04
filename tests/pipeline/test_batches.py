"""Batches end at bytes of text, wherever text is held, and nothing that is published shows it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.engine.local import LocalEngine
from curate.io.parquet import RowReader
from curate.io.process.limits import Limits
from curate.io.store import Store
from curate.pipeline import run as runs
from curate.pipeline.emit import fineweb2_files as emit_task
from curate.pipeline.run import run_job
from curate.stages.halves import in_halves
from curate.work.quarantine import quarantined
from tests.looking import published, receipts
from tests.runs import job_of
from tests.warc_files import gzip_members, response_record


@given(
    sizes=st.lists(st.integers(0, 400), max_size=40),
    group=st.integers(1, 9),
    most_rows=st.integers(1, 12),
    most_bytes=st.integers(1, 900),
)
def test_rows_come_in_order_and_no_batch_is_larger_than_both_limits_allow(
    tmp_path_factory: pytest.TempPathFactory,
    sizes: list[int],
    group: int,
    most_rows: int,
    most_bytes: int,
) -> None:
    path = tmp_path_factory.mktemp("rows") / "x.parquet"
    table = pa.table({"n": range(len(sizes)), "text": ["ก" * n for n in sizes]})
    pq.write_table(table, path, row_group_size=group)
    found = []
    with RowReader.of(path, ["text", "n"]) as reader:
        while n := reader.at_hand(most_rows, most_bytes):
            batch = reader.take(n)
            assert batch.num_rows == n <= most_rows
            assert batch.nbytes <= most_bytes or n == 1
            found += batch["n"].to_pylist()
    assert found == list(range(len(sizes)))


@given(rows=st.integers(0, 40), room=st.integers(1, 50))
def test_a_batch_without_memory_is_done_in_halves_in_order(rows: int, room: int) -> None:
    def double(batch: pa.Table) -> list[int]:
        if batch.num_rows > room:
            raise MemoryError
        return [2 * n for n in batch["n"].to_pylist()]

    parts = list(in_halves(double, pa.table({"n": range(rows)})))
    assert [n for part, _ in parts for n in part["n"].to_pylist()] == list(range(rows))
    assert [n for _, found in parts for n in found] == [2 * n for n in range(rows)]
    assert all(part.num_rows <= room for part, _ in parts)


def test_one_row_without_memory_is_an_error() -> None:
    def never(batch: pa.Table) -> None:
        raise MemoryError(batch.num_rows)

    with pytest.raises(MemoryError, match="1"):
        list(in_halves(never, pa.table({"n": [1, 2, 3]})))


def test_small_batches_and_runs_publish_the_same(
    baseline: Path, small_input: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as there would be of texts of megabytes: a few kilobytes at a time, in every step."""
    monkeypatch.setattr(runs, "limits_of", lambda _: Limits(batch_bytes=6000))
    monkeypatch.setattr(emit_task, "RUN_BYTES", 9000)
    monkeypatch.setattr(emit_task, "PORTION_BYTES", 2500)
    work = tmp_path / "work"
    with LocalEngine(workers=0) as engine:
        run_job(job_of(small_input, work), engine=engine)
    groups = [
        pq.ParquetFile(work / entry.key).num_row_groups
        for receipt in receipts(work, "extract")
        for entry in receipt.files_of("data")
    ]
    assert max(groups) > 1
    assert len(receipts(work, "emit.split")) < sum(groups)
    assert {k: t.to_pylist() for k, t in published(work).items()} == {
        k: t.to_pylist() for k, t in published(baseline).items()
    }


def test_a_text_above_the_most_is_quarantined_and_told(tmp_path: Path) -> None:
    """Of a page, of a text of others, and of one that grows as it is normalised."""
    source = tmp_path / "in"
    source.mkdir()
    pages = [f"<article><p>{'kissa istuu katolla. ' * n}</p></article>" for n in (30, 100)]
    (source / "a.warc.gz").write_bytes(
        gzip_members([response_record(f"http://a.example/{i}", p) for i, p in enumerate(pages)])
    )
    texts = ["x" * 1000, "x" * 1001, "𞤀" * 1000]
    (source / "b.jsonl").write_text("\n".join(json.dumps({"text": t}) for t in texts))
    work = tmp_path / "work"
    job = job_of(source, work, extract={"max_text_chars": 1000})
    with LocalEngine(workers=0) as engine:
        run_job(job, engine=engine, until="extract")
    found = receipts(work, "extract")
    assert sum((Counter(r.quarantined) for r in found), Counter()) == {"too_large": 2}
    assert sum(r.rows_out for r in found) == 3
    details = [row["detail"] for row in quarantined(Store(work), reason="too_large")]
    assert len(details) == 2
    assert all("characters of text, of at most 1000" in detail for detail in details)


@pytest.mark.exhaustive
@pytest.mark.fault("fat-pages", "local")
def test_sixty_four_pages_of_fifteen_megabytes_finish_in_one_and_a_half_gigabytes(
    tmp_path: Path,
) -> None:
    sentence = " ".join(f"sana{n % 97}" for n in range(3000)) + ".\n"
    page = f"<article><p>{sentence * (15_000_000 // len(sentence))}</p></article>"
    with (tmp_path / "fat.warc.gz").open("wb") as file:
        for n in range(64):
            unlike = page.replace("sana1 ", f"sana{n}x ")
            file.write(gzip_members([response_record(f"http://h{n}.example/", unlike)]))
    work = tmp_path / "work"
    engine = {"kind": "local", "workers": 1, "memory_mb": 1536}
    run_job(job_of(str(tmp_path / "fat.warc.g*"), work, engine=engine), until="pii")
    assert sum(r.rows_out for r in receipts(work, "pii")) == 64
