"""Pages that kill, hang or starve the extractor cost themselves; the shard goes on and adds up."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from curate.engine.local import LocalEngine
from curate.engine.sandbox import Sandbox
from curate.io import layout
from curate.io.store import Store
from curate.io.warc import MAX_RECORD_BYTES
from curate.pipeline.extract import task as extract_task
from curate.pipeline.run import run_job
from curate.work.seal import load_receipts
from tests.runs import job_of
from tests.small_crawl import page_html, page_text
from tests.warc_files import gzip_member, gzip_members, response_record, warc_record

MISDEEDS = {
    "abort": ("crash", "died of signal 6"),
    "exit": ("crash", "exited with status 0"),
    "kill": ("crash", "died of signal 9"),
    "memory": ("memory", "memory limit reached"),
    "raise": ("error", "ValueError: ไม่ดี second line"),
    "hang": ("timeout", "killed after 2 s of its own processor time"),
}
"""What a page asks for -> why it is set aside, and with what detail."""


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """The extract task's sandbox, with an extractor that obeys the pages."""
    function = "tests.pipeline.page_functions:extract_payload"
    with Sandbox(function, deadline_s=2.0, memory_bytes=2 << 30) as made:
        monkeypatch.setattr(extract_task, "page_sandbox", lambda *_: made)
        yield made


@pytest.mark.fault("page-hangs", "local")
@pytest.mark.fault("page-crashes", "local")
@pytest.mark.fault("page-eats-memory", "local")
def test_every_misdeed_is_quarantined_with_its_reason_and_place(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    pages = []
    for n, misdeed in enumerate(MISDEEDS):
        good = page_html(page_text("eng_Latn", n))
        bad = page_html(f"MISDEED {misdeed}")
        pages += [
            response_record(f"https://x.example.org/good/{n}", good, ordinal=2 * n + 1),
            response_record(f"https://x.example.org/{misdeed}", bad, ordinal=2 * n + 2),
        ]
    source = tmp_path / "a.warc.gz"
    source.write_bytes(gzip_members(pages))
    with LocalEngine(workers=0) as engine:
        run_job(job_of(tmp_path / "*.gz", tmp_path / "work"), engine=engine, until="extract")

    store = Store(tmp_path / "work")
    (receipt,) = load_receipts(store, "extract")
    assert (receipt.rows_in, receipt.rows_out) == (len(pages), len(MISDEEDS))
    assert receipt.quarantined == {"crash": 3, "memory": 1, "error": 1, "timeout": 1}
    (entry,) = receipt.files_of("quarantine")
    assert entry.key.startswith(layout.QUARANTINE)
    offset = 0
    places = {}
    for page in pages:
        places[offset] = page
        offset += len(gzip_member(page))
    for row in pq.read_table(store.path(entry.key)).to_pylist():
        reason, detail = MISDEEDS[row["url"].rsplit("/", 1)[1]]
        assert row["reason"] == reason
        assert row["detail"].startswith(detail)
        assert row["warc_path"] == str(source)
        assert row["id"].encode() in places[row["warc_offset"]]
        assert row["n_bytes"] > 0
        assert row["shard"] == receipt.shard


def test_good_pages_among_bad_ones_give_the_text_they_always_give(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    texts = [page_text("tha_Thai", n) for n in range(3)]
    pages = []
    for n, text in enumerate(texts):
        pages.append(response_record("https://x.example.org/a", page_html(text), ordinal=n + 1))
        pages.append(response_record("https://x.example.org/b", "MISDEED kill", ordinal=n + 11))
    (tmp_path / "a.warc.gz").write_bytes(gzip_members(pages))
    with LocalEngine(workers=0) as engine:
        run_job(job_of(tmp_path / "*.gz", tmp_path / "work"), engine=engine, until="extract")
    store = Store(tmp_path / "work")
    (receipt,) = load_receipts(store, "extract")
    (entry,) = receipt.files_of("data")
    found = pq.read_table(store.path(entry.key))["text"].to_pylist()
    assert [text.removeprefix("Page\n") for text in found] == texts


@pytest.mark.fault("bomb", "local")
def test_pages_in_flight_behind_a_bad_one_are_neither_lost_nor_counted_twice(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """Bad pages close to each other, copies of them, and records that are no pages between."""
    asks = ["", "abort", "", "memory", "kill", "", "image", "abort", "", "raise", "", "", "exit"]
    records, texts, bad = [], [], []
    for n, ask in enumerate(asks * 3):
        url = f"https://x.example.org/{n}"
        if ask == "image":
            png = {"Content-Type": "image/png"}
            records.append(response_record(url, "a picture", http_headers=png, ordinal=n + 1))
        elif ask:
            bad.append((url, MISDEEDS[ask][0]))
            records.append(response_record(url, page_html(f"MISDEED {ask}"), ordinal=n + 1))
        else:
            text = page_text(["tha_Thai", "arb_Arab", "cmn_Hani"][n % 3], n)
            texts.append((url, text))
            records.append(response_record(url, page_html(text), ordinal=n + 1))
    (tmp_path / "a.warc.gz").write_bytes(gzip_members(records))
    with LocalEngine(workers=0) as engine:
        run_job(job_of(tmp_path / "*.gz", tmp_path / "work"), engine=engine, until="extract")
    store = Store(tmp_path / "work")
    (receipt,) = load_receipts(store, "extract")
    rows = pq.read_table(store.path(receipt.files_of("data")[0].key)).to_pylist()
    assert [(row["url"], row["text"].removeprefix("Page\n")) for row in rows] == texts
    aside = pq.read_table(store.path(receipt.files_of("quarantine")[0].key)).to_pylist()
    assert [(row["url"], row["reason"]) for row in aside] == bad
    assert receipt.rows_in == len(records)
    assert sum(receipt.dropped.values()) == 3
    # Each misdeed is seen once: its copies are the same page, and so are those of one more in asks.
    assert receipt.counts["noted"] == {"repeated_page": len(bad) - 5}


def test_a_gzip_bomb_is_quarantined_with_its_place(sandbox: Sandbox, tmp_path: Path) -> None:
    good = response_record("https://x.example.org/a", page_html(page_text("hin_Deva", 1)))
    bomb = response_record(
        "https://x.example.org/bomb",
        gzip.compress(bytes(MAX_RECORD_BYTES + 1), compresslevel=9),
        http_headers={"Content-Encoding": "gzip"},
        ordinal=2,
    )
    (tmp_path / "a.warc.gz").write_bytes(gzip_members([good, bomb, good]))
    with LocalEngine(workers=0) as engine:
        run_job(job_of(tmp_path / "*.gz", tmp_path / "work"), engine=engine, until="extract")
    store = Store(tmp_path / "work")
    (receipt,) = load_receipts(store, "extract")
    assert (receipt.rows_in, receipt.rows_out) == (3, 2)
    assert receipt.quarantined == {"too_large": 1}
    (row,) = pq.read_table(store.path(receipt.files_of("quarantine")[0].key)).to_pylist()
    assert row["url"] == "https://x.example.org/bomb"
    assert row["warc_offset"] == len(gzip_member(good))
    assert row["n_bytes"] > 0


def test_what_was_meant_to_be_a_page_has_an_address_and_the_rest_is_counted(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    page = page_html(page_text("hin_Deva", 1)).encode()
    cut = gzip.compress(page, mtime=0)[:-30]
    record = response_record
    records = [
        record("https://me:secret@x.example.org/good", page, ordinal=1),
        record("https://x.example.org/cut", cut, http_headers={"Content-Encoding": "gzip"}),
        record("https://x.example.org/br", bytes(99), http_headers={"Content-Encoding": "br"}),
        warc_record("response", b"\x16\x03\x01", url="https://me:secret@x.example.org/tls"),
        record("https://x.example.org/404", page, status=404),
        record("https://x.example.org/png", page, content_type="image/png"),
        record("https://x.example.org/day", page, headers={"WARC-Date": "2024-02-31T00:00:00Z"}),
        record("https://x.example.org/length", page, headers={"Content-Length": None}),
        record("https://me:secret@x.example.org/gone", page),
    ]
    content = gzip_members(records)
    (tmp_path / "a.warc.gz").write_bytes(content[:-30])
    with LocalEngine(workers=0) as engine:
        run_job(job_of(tmp_path / "*.gz", tmp_path / "work"), engine=engine, until="extract")
    store = Store(tmp_path / "work")
    (receipt,) = load_receipts(store, "extract")
    rows = pq.read_table(store.path(receipt.files_of("data")[0].key)).to_pylist()
    found = {row["url"].rpartition("/")[2]: row for row in rows}
    assert list(found) == ["good", "cut", "day", "length"]
    assert [row["truncated"] for row in rows] == [False, True, False, False]
    assert found["day"]["date"] is None
    assert found["good"]["url"] == "https://x.example.org/good"
    assert receipt.dropped == {"http_status": 1, "not_html": 1}
    assert receipt.counts["noted"] == {
        "repaired date_impossible": 1,
        "repaired content_length_missing": 1,
        "repeated_page": 2,
        "truncated_page": 1,
    }
    aside = pq.read_table(store.path(receipt.files_of("quarantine")[0].key)).to_pylist()
    assert [(row["url"], row["reason"]) for row in aside] == [
        ("https://x.example.org/br", "content_encoding"),
        ("https://x.example.org/tls", "not_http"),
        ("https://x.example.org/gone", "truncated"),
    ]
    assert all(row["detail"] and row["warc_offset"] for row in aside)
    assert [row["id"] is None for row in aside] == [False, False, True]
    for file in (tmp_path / "work").rglob("*"):
        assert not file.is_file() or b"secret" not in file.read_bytes()
