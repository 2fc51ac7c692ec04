"""Pages without main text are counted, and what the page says of itself is in the table."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from curate.engine.local import LocalEngine
from curate.io.store import Store
from curate.pipeline.run import run_job
from curate.work.seal import load_receipts
from tests.runs import job_of
from tests.small_crawl import page_text
from tests.warc_files import gzip_members, response_record

MENU = "".join(f"<li><a href=/{n}>หน้า {n}</a>" for n in range(60))
ERROR = "<html><head><title>404</title></head><body><h1>404</h1><p>ไม่พบหน้านี้</p></body></html>"
HEAD = """<title>บทความ</title><link rel=canonical href=/canonical>
<link rel=alternate hreflang=lo href="//x.example.org/lo"><link rel=alternate hreflang=km href="x:">
<meta property="article:published_time" content="{date}">"""


def article(text: str, date: str) -> str:
    body = "".join(f"<p>{line}</p>" for line in text.split("\n"))
    return (
        f"<html><head>{HEAD.format(date=date)}</head><body><article>{body}</article></body></html>"
    )


def test_no_main_text_and_what_pages_declare(tmp_path: Path) -> None:
    text = page_text("tha_Thai", 0)
    pages = [
        article(text, "2019-05-04"),
        article(page_text("tha_Thai", 1), "2098-01-01"),
        f"<html><body><nav><ul>{MENU}</ul></nav></body></html>",
        ERROR,
    ]
    records = [
        response_record(f"https://x.example.org/{n}", html, ordinal=n + 1)
        for n, html in enumerate(pages)
    ]
    (tmp_path / "a.warc.gz").write_bytes(gzip_members(records))
    with LocalEngine(workers=0) as engine:
        job = job_of(tmp_path / "*.gz", tmp_path / "work")
        run_job(job, engine=engine, until="extract")
    store = Store(tmp_path / "work")
    (receipt,) = load_receipts(store, "extract")
    assert receipt.dropped["no_main_text"] == 2
    assert receipt.rows_in == receipt.rows_out + sum(receipt.dropped.values())
    rows = pq.read_table(store.path(receipt.files_of("data")[0].key)).to_pylist()
    first, second = rows
    assert [row["extraction"] for row in rows] == ["blocks", "blocks"]
    assert all(0 < row["extraction_confidence"] <= 1 and row["page_kind"] for row in rows)
    assert first["text"].split("\n") == text.split("\n")
    assert (first["title"], first["published"]) == ("บทความ", "2019-05-04")
    assert second["published"] is None  # after it was fetched
    assert first["canonical_url"] == "https://x.example.org/canonical"
    assert first["alternates"] == [{"hreflang": "lo", "url": "https://x.example.org/lo"}]
    assert first["license_url"] is None
