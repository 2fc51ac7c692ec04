"""A job's extractor is the one that runs, and the documents say so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from curate.engine.local import LocalEngine
from curate.engine.sandbox import Call, Sandbox
from curate.errors import CurateError
from curate.io.store import Store
from curate.pipeline.extract import task as extract_task
from curate.pipeline.run import run_job
from curate.work.seal import load_receipts
from tests.runs import job_of
from tests.small_crawl import page_html, page_text
from tests.warc_files import gzip_members, response_record


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[object, ...]]]:
    """What the extract task asks its sandbox for, beside the page."""
    seen: list[tuple[object, ...]] = []
    submit = Sandbox.submit

    def noted(self: Sandbox, *args: Any) -> Call:  # noqa: ANN401 - as the sandbox takes them
        seen.append(args[2:])
        return submit(self, *args)

    with Sandbox(extract_task.PAGE_FUNCTION, deadline_s=10.0, memory_bytes=2 << 30) as made:
        monkeypatch.setattr(extract_task, "page_sandbox", lambda *_: made)
        monkeypatch.setattr(Sandbox, "submit", noted)
        yield seen


@pytest.mark.parametrize(
    ("settings", "wanted", "extraction"),
    [
        ({}, (250, "blocks"), "blocks"),
        (
            {"extract": {"comments": "keep", "second_opinion": "trafilatura"}},
            (250, "blocks", False, {"keep_comments": True, "doubt_below": 0.5}),
            "blocks",
        ),
        ({"extract": {"extractor": "cascade"}}, (250, "cascade"), "article"),
        ({"extract": {"extractor": "resiliparse"}}, (250, "resiliparse"), "main_content"),
        ({"extract": {"extractor": "trafilatura"}}, (250, "trafilatura"), "precision"),
        ({"compat": "fineweb2"}, (0, "fineweb2"), "precision"),
        ({"compat": "fineweb2", "extract": {"extractor": "cascade"}}, (0, "fineweb2"), "precision"),
    ],
    ids=["default", "more", "cascade", "resiliparse", "trafilatura", "compat", "compat wins"],
)
def test_the_job_chooses(
    settings: dict[str, Any],
    wanted: tuple[int, str],
    extraction: str,
    asked: list[tuple[object, ...]],
    tmp_path: Path,
) -> None:
    pages = [
        response_record(f"https://x.example.org/{n}", page_html(page_text(label, n)), ordinal=n + 1)
        for n, label in enumerate(["tha_Thai", "cmn_Hani", "hin_Deva", "arb_Arab"])
    ]
    (tmp_path / "a.warc.gz").write_bytes(gzip_members(pages))
    with LocalEngine(workers=0) as engine:
        run_job(
            job_of(tmp_path / "*.gz", tmp_path / "work", **settings), engine=engine, until="extract"
        )
    store = Store(tmp_path / "work")
    (receipt,) = load_receipts(store, "extract")
    table = pq.read_table(store.path(receipt.files_of("data")[0].key))
    assert set(table["extraction"].to_pylist()) == {extraction}
    assert asked == [wanted] * 4
    assert all(table["text"].to_pylist())


def test_another_extractor_in_the_same_folder_is_refused(
    asked: list[tuple[object, ...]], tmp_path: Path
) -> None:
    page = response_record("https://x.example.org/a", page_html(page_text("rus_Cyrl", 0)))
    (tmp_path / "a.warc.gz").write_bytes(gzip_members([page]))
    with LocalEngine(workers=0) as engine:
        work = tmp_path / "work"
        run_job(job_of(tmp_path / "*.gz", work), engine=engine, until="extract")
        other = job_of(tmp_path / "*.gz", work, extract={"extractor": "trafilatura"})
        with pytest.raises(CurateError, match="extractor"):
            run_job(other, engine=engine, until="extract")
    assert len(asked) == 1
