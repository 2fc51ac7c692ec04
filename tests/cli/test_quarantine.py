"""What did not become a document, listed with its address."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from curate.cli import main
from curate.report.terminal_tables import columns_of
from tests.cli.conftest import Call, Mistake
from tests.runs import write_job
from tests.warc_files import gzip_members, response_record

EVIL = "http://a.example/\x1b[31m\u202eevil"
GOOD = {"text": "The bridge over the river was built of stone. " * 5}


@pytest.fixture(scope="module")
def lossy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A work folder whose inputs lost rows and pages for several reasons."""
    root = tmp_path_factory.mktemp("lossy")
    source, work = root / "in", root / "work"
    source.mkdir()
    lines = [GOOD, *[{"text": None}] * 5, GOOD, {"text": 7}]
    (source / "a.jsonl").write_text("".join(json.dumps(x) + "\n" for x in lines))
    (source / "b.jsonl.gz").write_bytes(gzip.compress(json.dumps(GOOD).encode()) + b"rubbish")
    too_large = response_record(f"{EVIL}/large", "x" * (2 << 20))
    small = response_record(
        "http://a.example/b",
        '<meta charset="utf-8"><p>' + "A page – or a part of it, which tells of a lamp. " * 9,
        ordinal=2,
        content_type="text/html; charset=windows-1251",
        headers={"WARC-Truncated": "length"},
    )
    (source / "c.warc.gz").write_bytes(gzip_members([too_large, small]))
    job = write_job(root / "job.yaml", source, work, extract={"max_page_mb": 1})
    assert main(["run", str(job), "--workers", "1", "--until", "extract"]) == 0
    return work


def test_reasons_are_counted_and_a_few_rows_of_each_shown(lossy: Path, call: Call) -> None:
    code, out, _ = call("quarantine", lossy)
    assert code == 0
    assert "8 of 12 records were set aside" in out
    counts = [line.split() for line in out.splitlines()]
    assert ["no_text", "6", "50.00%"] in counts
    assert out.count("line 2: the text is null") == 1
    assert "line 8:" not in out, "three rows of a reason are shown"
    assert "and 3 no_text: --reason REASON" in out
    assert f"{lossy.parent}/in/b.jsonl.gz" in out.replace("\n", "")
    assert all(columns_of(line) <= 80 for line in out.splitlines())


def test_addresses_of_strangers_cannot_drive_a_terminal(lossy: Path, call: Call) -> None:
    _, out, _ = call("quarantine", lossy, "--reason", "too_large")
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "too_large  http://a.example/" in out
    assert out.count("too_large") == 1


def test_rows_are_picked_by_reason_and_by_the_beginning_of_an_address(
    lossy: Path, call: Call
) -> None:
    _, out, _ = call("quarantine", lossy, "--reason", "no_text")
    assert out.count("  line ") == 6
    _, out, _ = call("quarantine", lossy, "--reason", "no_text", "--limit", 1)
    assert out.count("  line ") == 1
    assert "and 5 no_text" in out
    _, out, _ = call("quarantine", lossy, "--url", "http://a.example/")
    assert out.count("too_large") == 1
    _, out, _ = call("quarantine", lossy, "--url", "http://b.example/")
    assert "nothing of that kind" in out


def test_json_has_every_row_and_column(lossy: Path, call: Call) -> None:
    _, out, _ = call("quarantine", lossy, "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert len(rows) == 8
    assert {row["reason"] for row in rows} == {"no_text", "corrupt", "too_large"}
    offsets = [row["warc_offset"] for row in rows if row["reason"] == "no_text"]
    assert offsets == sorted(offsets)
    assert offsets[0] == len(json.dumps(GOOD)) + 1
    _, out, _ = call("quarantine", lossy, "--json", "--reason", "corrupt")
    (row,) = map(json.loads, out.splitlines())
    assert row["warc_path"].endswith("b.jsonl.gz")


def test_a_reason_without_rows_is_a_mistake(lossy: Path, mistake: Mistake, tmp_path: Path) -> None:
    message = mistake("quarantine", lossy, "--reason", "no_such")
    assert "no_text" in message
    assert "work folder" in mistake("quarantine", tmp_path)


def test_explain_shows_a_page_that_was_set_aside(lossy: Path, call: Call, mistake: Mistake) -> None:
    rows = [json.loads(line) for line in call("quarantine", lossy, "--json")[1].splitlines()]
    (page,) = [row for row in rows if row["reason"] == "too_large"]
    for wanted in (page["url"], page["id"], page["id"].strip("<>")):
        code, out, _ = call("explain", lossy, wanted)
        assert code == 0
        assert "set aside, no document:" in out
        assert "too_large" in out
        assert "c.warc.gz at 0" in out.replace("\n", "")
    code, out, _ = call("explain", lossy, "http://a.example/b")
    assert code == 0
    assert "set aside" not in out
    assert "utf-8, told by meta; the page's declarations disagree" in out
    assert "truncated       some of the page is known to be missing" in out
    assert all(columns_of(line) <= 80 for line in out.splitlines())
    assert call("explain", lossy, "http://me:word@a.example/b")[1] == out
    assert "nothing of it was set aside" in mistake("explain", lossy, "http://a.example/none")
