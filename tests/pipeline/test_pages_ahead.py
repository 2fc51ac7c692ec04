"""Records keep their order, no more is read ahead than allowed, what nobody wants is given up."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.engine.local import LocalEngine
from curate.engine.sandbox import AHEAD_BYTES, AHEAD_CALLS, Outcome, Sandbox
from curate.errors import CurateError
from curate.io.warc import Record, Skipped, read_warc
from curate.pipeline.extract import task as extract_task
from curate.pipeline.extract.ahead import Item, in_turn
from curate.pipeline.run import run_job
from tests.runs import job_of
from tests.small_crawl import page_html
from tests.warc_files import gzip_members, response_record


def record(n: int, payload: bytes = b"page") -> Record:
    return Record(f"id {n}", "", "", "a.warc", n, "response", payload, None)


def skipped(n: int) -> Skipped:
    return Skipped("not_html", "a.warc", n, "", 1)


class Later:
    """A page whose outcome is its own number, once it is asked for."""

    def __init__(self, n: int) -> None:
        self.n = n

    def outcome(self) -> Outcome:
        return Outcome("ok", self.n)


def hand_over(item: Item) -> Later | None:
    return Later(item.warc_offset) if isinstance(item, Record) else None


@given(st.lists(st.sampled_from(["small", "large", "skipped"]), max_size=80))
def test_every_record_comes_once_in_order_with_its_own_answer(kinds: Sequence[str]) -> None:
    large = bytes(AHEAD_BYTES // 3)
    items: list[Item] = []
    for n, kind in enumerate(kinds):
        page = record(n, large if kind == "large" else b"page")
        items.append(skipped(n) if kind == "skipped" else page)
    found = list(in_turn(items, hand_over))
    assert [item for item, _ in found] == items
    for item, asked in found:
        assert (asked is None) == isinstance(item, Skipped)
        assert asked is None or asked.outcome().value == item.warc_offset


@pytest.mark.parametrize(
    ("payload", "n_ahead"),
    [(b"page", AHEAD_CALLS), (bytes(AHEAD_BYTES // 4), 4), (bytes(AHEAD_BYTES * 2), 0)],
    ids=["small pages", "large pages", "huge pages"],
)
def test_no_more_is_read_ahead_than_allowed(payload: bytes, n_ahead: int) -> None:
    n_read = 0

    def items() -> Iterator[Item]:
        nonlocal n_read
        for n in range(100):
            n_read += 1
            yield record(n, payload)

    for n, _ in enumerate(in_turn(items(), hand_over)):
        assert n_read <= n + 1 + n_ahead


def test_records_without_a_page_do_not_pile_up() -> None:
    source = iter([skipped(n) for n in range(5000)])
    next(in_turn(source, hand_over))
    assert len(list(source)) > 3500


def test_pages_in_flight_are_given_up_when_their_file_cannot_be_read_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next file of this worker does not wait for pages that nobody asks for any more."""
    hang = response_record("https://x.example.org/", page_html("MISDEED hang"))
    (tmp_path / "a.warc.gz").write_bytes(gzip_members([hang]))

    def breaks_off(path: str, place: str) -> Iterator[Item]:
        yield from read_warc(path)
        raise OSError("the connection broke")

    function = "tests.pipeline.page_functions:extract_payload"
    with Sandbox(function, deadline_s=30, memory_bytes=None) as sandbox:
        assert sandbox.call(b"<p>warm", None).status == "ok"
        monkeypatch.setattr(extract_task, "page_sandbox", lambda *_: sandbox)
        monkeypatch.setattr(extract_task, "read_warc", breaks_off)
        start = time.monotonic()
        with LocalEngine(workers=0) as engine, pytest.raises(CurateError, match="connection broke"):
            run_job(job_of(tmp_path / "*.gz", tmp_path / "work"), engine=engine, until="extract")
        assert sandbox.call(b"<p>next", None).status == "ok"
        assert time.monotonic() - start < 25
