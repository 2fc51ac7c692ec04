"""Inputs that are no WARC of responses, and a document's explanation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate import schema
from curate.ask.explain import explain
from curate.config.builtin import builtin_folder
from curate.config.language import LanguageConfigs
from curate.errors import InputError
from curate.io.store import Store
from curate.pipeline.verify import verify
from tests.looking import document_tables, published, run, totals
from tests.runs import job_of
from tests.small_crawl import PAGES, page_text, url_of
from tests.warc_files import conversion_record, gzip_members


def rows_of_documents(baseline: Path) -> dict[str, list[dict[str, Any]]]:
    """Input file -> its documents, as an input of text would give them."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in document_tables(baseline):
        kept = {name: row[name] for name in schema.DOCUMENTS.names()}
        found.setdefault(Path(row["warc_path"]).name.split(".")[0], []).append(kept)
    return found


def test_jsonl_and_parquet_give_the_same_corpus(baseline: Path, tmp_path: Path) -> None:
    for kind in ("jsonl", "parquet"):
        folder = tmp_path / kind
        folder.mkdir()
        for name, rows in rows_of_documents(baseline).items():
            if kind == "parquet":
                table = pa.Table.from_pylist(rows, schema.DOCUMENTS.schema())
                pq.write_table(table, folder / f"{name}.parquet", row_group_size=3)
                continue
            lines = [json.dumps(row, ensure_ascii=False) for row in rows]
            (folder / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
        run(job_of(folder, tmp_path / f"{kind}-work"))
    one, other = (published(tmp_path / f"{kind}-work") for kind in ("jsonl", "parquet"))
    assert one == other
    assert totals(tmp_path / "jsonl-work") == totals(tmp_path / "parquet-work")
    wanted = {i for t in published(baseline).values() for i in t["id"].to_pylist()}
    assert {i for t in one.values() for i in t["id"].to_pylist()} == wanted


def test_columns_may_have_other_names(tmp_path: Path) -> None:
    line = {"who": "x-1", "content": page_text("deu_Latn", 0)}
    (tmp_path / "a.jsonl").write_text(json.dumps(line), encoding="utf-8")
    columns = {"id": "who", "text": "content"}
    run(job_of(tmp_path / "*.jsonl", tmp_path / "work", columns=columns))
    (table,) = published(tmp_path / "work").values()
    assert table["id"].to_pylist() == ["x-1"]
    assert table["dump"].to_pylist() == ["CC-MAIN-2024-10"]


def test_wet_files_are_read(tmp_path: Path) -> None:
    records = [
        conversion_record(url_of(label, n), page_text(label, n), ordinal=100 * i + n)
        for i, label in enumerate(PAGES)
        for n in range(3)
    ]
    (tmp_path / "a.warc.wet.gz").write_bytes(gzip_members(records))
    run(job_of(tmp_path / "*.wet.gz", tmp_path / "work"))
    assert totals(tmp_path / "work")["documents"] == 3 * len(PAGES)
    assert {p.split("/")[1] for p in published(tmp_path / "work", subset="train")} == set(PAGES)


def test_explain_finds_a_document_by_id_and_by_url(baseline: Path) -> None:
    store, loaded = Store(baseline), LanguageConfigs.load(builtin_folder("language_configs"))
    url = url_of("cmn_Hani", 0, 1)
    (by_url,) = explain(store, url, loaded)
    assert by_url.columns["label"] == "cmn_Hani"
    assert by_url.columns["cluster_size"] == 2
    assert by_url.config is not None
    for name in (by_url.columns["id"], by_url.columns["id"].strip("<>")):
        (by_id,) = explain(store, name, loaded)
        assert by_id.columns == by_url.columns
    with pytest.raises(InputError, match="no document has it"):
        explain(store, "https://nowhere.example.org/", loaded)


def test_compat_fineweb2_runs_and_verifies(small_input: Path, tmp_path: Path) -> None:
    run(job_of(small_input, tmp_path / "work", compat="fineweb2"))
    verify(tmp_path / "work")
    assert published(tmp_path / "work", subset="train")


def test_a_wrong_column_is_a_mistake_that_can_be_mended_in_the_same_folder(tmp_path: Path) -> None:
    line = {"content": page_text("hin_Deva", 0)}
    (tmp_path / "a.jsonl").write_text(json.dumps(line), encoding="utf-8")
    with pytest.raises(InputError, match="content") as caught:
        run(job_of(tmp_path / "*.jsonl", tmp_path / "work"))
    assert caught.value.exit_code == 1
    run(job_of(tmp_path / "*.jsonl", tmp_path / "work", columns={"text": "content"}))
    assert totals(tmp_path / "work")["documents"] == 1
