"""Damaged text is repaired before it is measured, or for FineWeb2's order when it is published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.looking import document_tables, published, run
from tests.runs import job_of
from tests.small_crawl import page_html, page_text, url_of
from tests.warc_files import conversion_record, gzip_members, response_record

LABELS = ("deu_Latn", "hin_Deva", "tha_Thai")


def damaged(label: str) -> str:
    """A page as UTF-8 that was read as Windows-1252, with an entity and the debris of a table."""
    misread = page_text(label, 0).encode().decode("sloppy-windows-1252")
    return misread.replace("\n", "\n| |\n", 1) + "\nx &amp; y"


def whole(label: str) -> str:
    return page_text(label, 0) + "\nx & y"


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same damaged texts as JSON Lines, as WET records and as pages."""
    folder = tmp_path_factory.mktemp("damaged")
    lines = [json.dumps({"id": label, "text": damaged(label)}) for label in LABELS]
    (folder / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    wet = []
    for n, label in enumerate(LABELS):
        wet.append(conversion_record(url_of(label, n), damaged(label), ordinal=100 + n))
    html = page_html(damaged("deu_Latn").replace("&amp;", "&amp;amp;"))
    pages = [response_record(url_of("deu_Latn", 9), html, ordinal=200)]
    (folder / "b.warc.wet.gz").write_bytes(gzip_members(wet))
    (folder / "c.warc.gz").write_bytes(gzip_members(pages))
    return folder


def documents(inputs: Path, work: Path, **changes: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any JSON
    run(job_of(inputs, work, **changes))
    return list(document_tables(work))


def test_text_is_repaired_before_it_is_measured(inputs: Path, tmp_path: Path) -> None:
    rows = documents(inputs, tmp_path / "work")
    texts = [row["text"].strip().removeprefix("Page\n") for row in rows]
    assert texts == [whole(label) for label in (*LABELS, *LABELS, "deu_Latn")]
    assert [row["label"] for row in rows] == [*LABELS, *LABELS, "deu_Latn"]


def test_repair_can_be_left_out(inputs: Path, tmp_path: Path) -> None:
    rows = documents(inputs, tmp_path / "work", extract={"repair": False})
    assert not any("ที่" in row["text"] or "है" in row["text"] for row in rows)


def test_compat_fineweb2_repairs_what_it_publishes(inputs: Path, tmp_path: Path) -> None:
    rows = documents(inputs, tmp_path / "work", compat="fineweb2", emit={"removed": "all"})
    assert not any("ที่" in row["text"] or "है" in row["text"] for row in rows)
    found = [table["text"].to_pylist() for table in published(tmp_path / "work").values()]
    texts = {text.strip().removeprefix("Page\n") for part in found for text in part}
    assert whole("deu_Latn") in texts  # the others have lost their C1 controls when stored
