"""Equal pages of a shard are extracted once, are documents each, and take bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from curate.engine.local import LocalEngine
from curate.engine.sandbox import Call, Outcome, Sandbox
from curate.io.store import Store
from curate.pipeline.extract import task as extract_task
from curate.pipeline.extract.repeated import RepeatedPages
from curate.pipeline.run import run_job
from curate.work.seal import load_receipts
from curate.work.status import status
from tests.runs import job_of
from tests.small_crawl import page_html, page_text
from tests.warc_files import gzip_members, response_record


class Told:
    """A page whose outcome is known."""

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome

    def outcome(self) -> Outcome:
        return self._outcome


class Counted:
    """An extractor that gives the page back in capitals and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[bytes, str | None]] = []

    def __call__(self, payload: bytes, http_content_type: str | None) -> Told:
        self.asked.append((payload, http_content_type))
        if payload == b"hang":
            return Told(Outcome("timeout", detail="killed"))
        return Told(Outcome("ok", {"text": payload.decode().upper()}))


def test_equal_pages_are_asked_about_once() -> None:
    asked = Counted()
    pages = RepeatedPages(asked)
    found = [pages("สวัสดี a".encode(), "text/html").outcome() for _ in range(5)]
    assert [outcome.value["text"] for outcome in found] == ["สวัสดี A"] * 5
    assert len(asked.asked) == 1
    assert pages.n_repeated == 4


@pytest.mark.parametrize(
    "other",
    [(b"pagf", "text/html"), (b"page ", "text/html"), (b"page", None), (b"page", "text/html;x")],
    ids=["another byte", "longer", "no header", "another header"],
)
def test_pages_that_differ_are_not_taken_for_equal(other: tuple[bytes, str | None]) -> None:
    asked = Counted()
    pages = RepeatedPages(asked)
    pages(b"page", "text/html")
    pages(*other)
    assert len(asked.asked) == 2
    assert pages.n_repeated == 0


def test_a_page_that_hangs_costs_one_deadline_however_often_it_comes() -> None:
    asked = Counted()
    pages = RepeatedPages(asked)
    assert {pages(b"hang", None).outcome().status for _ in range(9)} == {"timeout"}
    assert len(asked.asked) == 1


def test_a_page_is_asked_about_once_while_its_answer_is_still_to_come() -> None:
    asked = Counted()
    pages = RepeatedPages(asked)
    waiting = [pages(b"page", None) for _ in range(5)]
    assert {one.outcome().value["text"] for one in waiting} == {"PAGE"}
    assert len(asked.asked) == 1
    assert pages.n_repeated == 4


def test_a_page_that_was_forgotten_before_its_answer_came_still_has_one() -> None:
    asked = Counted()
    pages = RepeatedPages(asked, max_bytes=2 * 1024)
    waiting = [pages(page, None) for page in (b"a", b"b", b"c", b"a")]
    assert [one.outcome().value["text"] for one in waiting] == ["A", "B", "C", "A"]
    assert len(asked.asked) == 4


def test_memory_is_bounded_and_the_least_recently_used_goes_first() -> None:
    asked = Counted()
    pages = RepeatedPages(asked, max_bytes=3 * (1024 + 4 * 100))
    a, b, c, d = (letter * 100 for letter in (b"a", b"b", b"c", b"d"))
    for page in (a, b, c, a, d):  # d drives out b, since a was used after it
        pages(page, None).outcome()
    asked.asked.clear()
    for page in (a, c, d):
        pages(page, None).outcome()
    assert asked.asked == []
    pages(b, None).outcome()
    assert asked.asked == [(b, None)]


def test_a_page_above_the_bound_is_not_remembered_and_drives_nothing_out() -> None:
    asked = Counted()
    pages = RepeatedPages(asked, max_bytes=3000)
    pages(b"small", None).outcome()
    pages(b"x" * 1000, None).outcome()
    pages(b"x" * 1000, None).outcome()
    pages(b"small", None).outcome()
    assert len(asked.asked) == 3


@pytest.fixture(autouse=True)
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The extract task's sandbox, closed at the end."""
    with Sandbox(extract_task.PAGE_FUNCTION, deadline_s=10.0, memory_bytes=2 << 30) as made:
        monkeypatch.setattr(extract_task, "page_sandbox", lambda *_: made)
        yield


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Payloads that the extract task sends to its sandbox."""
    seen: list[bytes] = []
    submit: Callable[..., Call] = Sandbox.submit

    def counted(self: Sandbox, payload: bytes, *rest: object) -> Call:
        seen.append(payload)
        return submit(self, payload, *rest)

    monkeypatch.setattr(Sandbox, "submit", counted)
    return seen


def test_copies_in_a_shard_are_documents_with_one_sandbox_call(
    calls: list[bytes], tmp_path: Path
) -> None:
    html = page_html(page_text("tha_Thai", 1))
    liar = page_html(page_text("hin_Deva", 2))
    digest = {"WARC-Payload-Digest": "sha1:AAAA"}
    pages = [
        response_record(f"https://x.example.org/{n}", html, ordinal=n + 1, headers=digest)
        for n in range(4)
    ]
    pages.append(response_record("https://y.example.org/", liar, ordinal=9, headers=digest))
    (tmp_path / "a.warc.gz").write_bytes(gzip_members(pages))
    with LocalEngine(workers=0) as engine:
        run_job(job_of(tmp_path / "*.gz", tmp_path / "work"), engine=engine, until="extract")
    store = Store(tmp_path / "work")
    (receipt,) = load_receipts(store, "extract")
    assert (receipt.rows_in, receipt.rows_out) == (5, 5)
    assert receipt.counts["noted"] == {"repeated_page": 3}
    rows = pq.read_table(store.path(receipt.files_of("data")[0].key)).to_pylist()
    assert len({row["id"] for row in rows}) == len({row["url"] for row in rows}) == 5
    assert [row["text"] for row in rows[1:4]] == [rows[0]["text"]] * 3
    assert rows[4]["text"] != rows[0]["text"]
    assert len(calls) == 2


def test_a_page_that_gives_nothing_is_a_document_and_is_counted(tmp_path: Path) -> None:
    menu = "".join(f"<li><a href=/{n}>ປຸ່ມ {n}</a></li>" for n in range(100))
    lost = f"<html><body><nav><ul>{menu}</ul></nav></body></html>"
    empty = "<html><body><img src=a.png></body></html>"
    pages = [
        response_record(f"https://x.example.org/{n}", html, ordinal=n + 1)
        for n, html in enumerate([lost, lost, empty])
    ]
    (tmp_path / "a.warc.gz").write_bytes(gzip_members(pages))
    job = job_of(tmp_path / "*.gz", tmp_path / "work", extract={"extractor": "resiliparse"})
    with LocalEngine(workers=0) as engine:
        run_job(job, engine=engine, until="extract")
    store = Store(tmp_path / "work")
    (receipt,) = load_receipts(store, "extract")
    assert receipt.rows_out == 3
    assert receipt.counts["noted"] == {"extracted_empty": 2, "repeated_page": 1}
    assert status(store)[0].totals.noted == {"extracted_empty": 2, "repeated_page": 1}
