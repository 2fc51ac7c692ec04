"""What is published: forms, row groups, masks, mixtures, and what is left in the work folder."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate.io import layout
from curate.io.store import Store
from curate.io.texts.jsonl import Row, read_rows
from curate.pii import find
from curate.pipeline.emit import files as emit_files
from curate.pipeline.emit import fineweb2_files as emit_task
from curate.pipeline.verify import verify
from curate.work.collect import collect, is_collected
from tests.looking import document_tables, published, run, totals
from tests.runs import Told, corpus_of, job_of
from tests.small_crawl import PAGES, page_text, url_of

CONTACTS = {
    "eng_Latn": "Write to jane.roe@hotmail.com or call (212) 567-3456.",
    "arb_Arab": "للتواصل هاتف: ٠١٢٣٤٥٦٧٨٩ أو البريد info@maktaba.com",
    "hin_Deva": "हेल्पलाइन फोन: ९८७६५ ४३२१० पर कॉल करें",
    "tha_Thai": "ติดต่อ โทร.02-123-4567 อีเมลsomchai@thaimail.comครับ",
    "cmn_Hani": "服务器地址是114.114.114.114。邮箱zhangsan@163.com谢谢",
}
"""The last line of every page of the label."""


def rows() -> list[dict[str, str]]:
    return [
        {
            "id": f"{label}-{number}",
            "url": url_of(label, number),
            "text": f"{page_text(label, number)}\n{contact}",
        }
        for label, contact in CONTACTS.items()
        for number in range(PAGES[label])
    ]


@pytest.fixture(scope="module")
def contacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two JSONL files of pages with contacts."""
    folder = tmp_path_factory.mktemp("contacts")
    for number in range(2):
        lines = [json.dumps(row, ensure_ascii=False) for row in rows()[number::2]]
        (folder / f"{number}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def masked(contacts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run over them."""
    work = tmp_path_factory.mktemp("masked") / "work"
    run(job_of(contacts, work))
    return work


def published_rows(work: Path) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for t in published(work).values() for row in t.to_pylist()}


def test_personal_data_is_in_the_sidecar_and_not_in_what_is_published(masked: Path) -> None:
    n = Counter[str]()
    for row in document_tables(masked):
        for span in row["pii_spans"]:
            value = row["text"][span["start"] : span["end"]]
            assert value in CONTACTS[row["label"]]
            n[span["kind"]] += 1
    assert n == {
        "email": sum(PAGES[x] for x in CONTACTS if x != "hin_Deva"),
        "phone_number": sum(PAGES[x] for x in CONTACTS if x != "cmn_Hani"),
        "ip_address": PAGES["cmn_Hani"],
    }
    kept = published_rows(masked)
    assert len(kept) > 20
    assert find([row["text"] for row in kept.values()]) == [[]] * len(kept)
    lines = {row["text"].splitlines()[-1] for row in kept.values() if row["language"] == "hin"}
    assert lines == {"हेल्पलाइन फोन: +१-२०२-५५५-०१६७ पर कॉल करें"}


def test_masking_does_not_depend_on_the_division_of_the_input(masked: Path, tmp_path: Path) -> None:
    lines = [json.dumps(row, ensure_ascii=False) for row in reversed(rows())]
    (tmp_path / "all.jsonl").write_text("\n".join(lines), encoding="utf-8")
    run(job_of(tmp_path / "*.jsonl", tmp_path / "work"))
    one, other = published_rows(masked), published_rows(tmp_path / "work")
    assert {k: row["text"] for k, row in one.items()} == {k: r["text"] for k, r in other.items()}


@pytest.mark.parametrize("setting", ["keep", "spans"])
def test_text_can_be_published_as_it_is(setting: str, contacts: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    run(job_of(contacts, work, emit={"pii": setting}))
    assert Store(work).exists(layout.plan_key("pii")) == (setting == "spans")
    for row in published_rows(work).values():
        assert row["text"].endswith(CONTACTS[f"{row['language']}_{row['language_script']}"])
        assert ("pii_spans" in row) == (setting == "spans")
        if setting == "spans":
            (wanted,) = find([row["text"]])
            assert [tuple(span.values()) for span in row["pii_spans"]] == wanted
    verify(work)


def test_kinds_of_personal_data_are_those_that_are_asked_for(tmp_path: Path) -> None:
    row = rows()[0]
    row["text"] += "\nIBAN GB29 NWBK 6016 1331 9268 19, info@debian.org"
    (tmp_path / "a.jsonl").write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    work = tmp_path / "work"
    run(job_of(tmp_path / "*.jsonl", work, emit={"pii_kinds": ["iban"]}), until="pii")
    (found,) = [row["pii_spans"] for row in document_tables(work)]
    assert [span["kind"] for span in found] == ["iban"]


def test_json_lines_hold_the_same_rows(contacts: Path, masked: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    run(job_of(contacts, work, emit={"format": "jsonl.zst"}))
    manifest = json.loads((work / layout.MANIFEST).read_bytes())
    found = {}
    for entry in manifest["files"]:
        assert entry["path"].endswith("/000_00000.jsonl.zst")
        lines = list(read_rows(str(work / "corpus" / entry["path"])))
        assert len(lines) == entry["rows"]
        for line in lines:
            assert isinstance(line, Row)
            found[line.values["id"]] = line.values
    again = {row["id"]: row for t in published(masked).values() for row in t.to_pylist()}
    assert {k: {**row, "weight": 1} for k, row in found.items()} == {
        k: {**row, "weight": 1} for k, row in again.items()
    }
    card = (work / layout.CARD).read_text(encoding="utf-8")
    assert "train/*.jsonl.zst" in card
    verify(work)


def test_small_row_groups_and_files_hold_the_same_rows(
    contacts: Path, masked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emit_files, "PACK_FILES", 2)
    monkeypatch.setattr(emit_task, "SPLIT_GROUP_ROWS", 2)
    work = tmp_path / "work"
    run(job_of(contacts, work, emit={"row_group_rows": 3}))
    assert published_rows(work).keys() == published_rows(masked).keys()
    for path in (work / "corpus/data").rglob("*.parquet"):
        file = pq.ParquetFile(path)
        groups = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
        assert max(groups) <= 3
        assert all(n == 3 for n in groups[:-1])


def test_row_groups_end_at_their_bytes_too(tmp_path: Path) -> None:
    class Kept:
        def __init__(self) -> None:
            self.rows = 0
            self.groups: list[int] = []

        def write(self, table: pa.Table) -> None:
            self.groups.append(table.num_rows)
            self.rows += table.num_rows

        def close(self) -> None:
            pass

    kept = Kept()
    kind = pa.schema([("text", pa.string())])
    groups = emit_task.RowGroups(kept, kind, {}, rows=4, text_bytes=10)  # type: ignore[arg-type]
    sizes = [3, 3, 3, 3, 40, 1, 1, 1, 1, 1]
    for size in sizes:
        groups.add(pa.table({"text": ["x" * size]}))
    assert groups.finish()["rows"] == len(sizes)
    assert kept.groups == [3, 1, 1, 4, 1]


def test_the_split_is_deleted_when_the_corpus_is_published(masked: Path) -> None:
    store = Store(masked)
    assert is_collected(store, "emit.split")
    assert store.names(layout.data_folder("emit.split")) == []
    assert collect(store) == 0
    verify(masked)


def test_a_mixture_is_told_before_anything_is_written(contacts: Path, tmp_path: Path) -> None:
    work, told = tmp_path / "work", Told()
    mixture = {"budget": 4000, "labels": {"tha_Thai": 10**6}}
    job = job_of(contacts, work, mixture=mixture)
    run(job, progress=told, until="rebalance")
    (table,) = [text for text in told.said if text.startswith("mixture:")]
    assert max(map(len, table.splitlines())) <= 80
    assert "* 1 label(s) have not enough documents" in table
    run(job, progress=told)
    assert totals(work)["removed"]["mixture"] > 0
    stats = json.loads((work / layout.REPORT_STATS).read_bytes())["mixture"]
    by_label = {line["label"]: line for line in stats["labels"]}
    assert by_label["tha_Thai"]["after"] == 3 * by_label["tha_Thai"]["before"]  # the limit
    assert by_label["eng_Latn"]["after"] < by_label["eng_Latn"]["before"] / 2
    sums = Counter[str]()
    for row in document_tables(work):
        sums[row["label"]] += row["weight"] * row["n_chars"]
    assert {k: line["after"] for k, line in by_label.items()} == dict(sums)
    assert "## Mixture" in (work / layout.CARD).read_text(encoding="utf-8")
    verify(work)


def test_a_mixture_chooses_the_same_documents_in_every_run(contacts: Path, tmp_path: Path) -> None:
    mixture = {"temperature_alpha": 0.3, "total": 20_000, "unit": "words"}
    for name in ("a", "b"):
        run(job_of(contacts, tmp_path / name, mixture=mixture))
    assert corpus_of(tmp_path / "a") == corpus_of(tmp_path / "b")
