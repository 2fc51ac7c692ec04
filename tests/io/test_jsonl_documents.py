"""Tables of documents from JSON Lines and Parquet, whatever their columns are called."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate.errors import ConfigError, InputError
from curate.io.damage import Damage
from curate.io.texts.column_names import SCHEMA
from curate.io.texts.documents import read_documents

TEXT = "人人生而自由 𐌰𐌻𐌻𐌰𐌹 ภาษาไทย"
WANTED = {
    "id": "a1",
    "url": "http://a.example/",
    "date": "2024-02-21T10:00:00Z",
    "snapshot": "CC-MAIN-2024-10",
    "warc_path": "x/y.warc.gz",
    "warc_offset": None,
    "record_bytes": None,
    "payload_bytes": None,
    "content_type": None,
    "html_lang": None,
    "encoding": None,
    "encoding_source": None,
    "encoding_conflict": None,
    "extraction": None,
    "extraction_confidence": None,
    "page_kind": None,
    "title": None,
    "published": None,
    "author": None,
    "site_name": None,
    "description": None,
    "license_url": None,
    "canonical_url": None,
    "alternates": None,
    "opt_out": None,
    "usage_signs": None,
    "license": None,
    "license_where": None,
    "license_conflict": None,
    "truncated": None,
    "xml": None,
    "text": TEXT,
}
FINEWEB = {
    "text": TEXT,
    "id": "a1",
    "dump": "CC-MAIN-2024-10",
    "url": "http://a.example/",
    "date": "2024-02-21T10:00:00Z",
    "file_path": "x/y.warc.gz",
    "language": "cmn",
}
DATATROVE = {
    "text": TEXT,
    "id": "a1",
    "metadata": {
        "url": "http://a.example/",
        "date": "2024-02-21T10:00:00Z",
        "dump": "CC-MAIN-2024-10",
        "file_path": "x/y.warc.gz",
    },
}
HPLT = {
    "f": "x/y.warc.gz",
    "o": 4711,
    "s": 321,
    "rs": 1234,
    "c": "text/html",
    "u": "http://a.example/",
    "ts": "2024-02-21T10:00:00Z",
    "de": "utf-8",
    "crawl_id": "CC-MAIN-2024-10",
    "text": TEXT,
    "html_lang": ["zh-CN", "en"],
    "id": "a1",
}
HPLT_WANTED = WANTED | {
    "warc_offset": 4711,
    "record_bytes": 321,
    "payload_bytes": 1234,
    "content_type": "text/html",
    "html_lang": "zh-CN",
    "encoding": "utf-8",
}

Rows = Sequence[Mapping[str, Any]]
Write = Callable[[Path, Rows], None]


def write_jsonl(path: Path, rows: Rows) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def write_parquet(path: Path, rows: Rows) -> None:
    pq.write_table(pa.Table.from_pylist(list(rows)), path, row_group_size=2)


WRITERS = pytest.mark.parametrize("write", [write_jsonl, write_parquet], ids=["jsonl", "parquet"])


def read(
    path: Path, columns: Mapping[str, str] | None = None, batch_rows: int = 1000
) -> tuple[list[dict[str, Any]], list[Damage], list[int]]:
    rows: list[dict[str, Any]] = []
    damages: list[Damage] = []
    sizes: list[int] = []
    for item in read_documents(str(path), columns or {}, batch_rows):
        if isinstance(item, Damage):
            damages.append(item)
        else:
            assert item.schema == SCHEMA
            item.validate(full=True)
            rows += item.to_pylist()
            sizes.append(item.num_rows)
    return rows, damages, sizes


@WRITERS
@pytest.mark.parametrize(
    ("row", "wanted"),
    [(FINEWEB, WANTED), (DATATROVE, WANTED), (HPLT, HPLT_WANTED)],
    ids=["fineweb", "datatrove", "hplt"],
)
def test_known_layouts_need_no_mapping(
    tmp_path: Path,
    write: Write,
    row: Mapping[str, Any],
    wanted: dict[str, Any],
) -> None:
    write(tmp_path / "x", [row])
    assert read(tmp_path / "x") == ([wanted], [], [1])


@WRITERS
def test_a_mapping_reaches_into_objects_and_replaces_the_default(
    tmp_path: Path,
    write: Write,
) -> None:
    write(tmp_path / "x", [{"doc": {"body": {"de": TEXT}}, "text": "no", "url": "no", "u": "yes"}])
    rows, _, _ = read(tmp_path / "x", {"text": "doc.body.de", "url": "u"})
    assert [(row["text"], row["url"]) for row in rows] == [(TEXT, "yes")]


def test_a_key_with_a_dot_in_it_is_found_first(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "x", [{"a.b": TEXT, "a": {"b": "no"}}])
    assert read(tmp_path / "x", {"text": "a.b"})[0][0]["text"] == TEXT


@WRITERS
def test_batches_hold_at_most_so_many_rows_and_keep_the_order(
    tmp_path: Path,
    write: Write,
) -> None:
    write(tmp_path / "x", [{"text": str(i), "id": str(i)} for i in range(7)])
    rows, _, sizes = read(tmp_path / "x", batch_rows=3)
    assert sizes == [3, 3, 1]
    assert [row["id"] for row in rows] == list("0123456")


@WRITERS
def test_rows_without_id_are_named_by_their_place(tmp_path: Path, write: Write) -> None:
    write(tmp_path / "x", [{"text": "a"}, {"text": None}, {"text": "a"}])
    (tmp_path / "elsewhere").mkdir()
    write(tmp_path / "elsewhere" / "x", [{"text": "b"}, {"text": None}, {"text": "b"}])
    ids = [row["id"] for row in read(tmp_path / "x")[0]]
    assert ids == [row["id"] for row in read(tmp_path / "elsewhere" / "x")[0]]
    assert len(set(ids)) == 2
    assert all(identity.startswith("urn:curate:") for identity in ids)


@WRITERS
def test_a_row_without_text_is_damage(tmp_path: Path, write: Write) -> None:
    write(tmp_path / "x", [{"text": "a"}, {"text": None}, {"text": ""}])
    rows, damages, _ = read(tmp_path / "x")
    assert [row["text"] for row in rows] == ["a", ""]
    is_parquet = (tmp_path / "x").read_bytes().startswith(b"PAR1")
    place = "row 1: " if is_parquet else "line 2:"
    assert [(d.reason, d.detail[:7]) for d in damages] == [("no_text", place)]


def test_a_text_that_is_no_string_is_damage(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "x", [{"text": "a"}, {"text": 7}, {"text": ["a"]}, {"n": 1}])
    rows, damages, _ = read(tmp_path / "x")
    assert len(rows) == 1
    assert [d.reason for d in damages] == ["no_text"] * 3


@WRITERS
def test_no_text_column_says_what_there_is_and_what_to_do(
    tmp_path: Path,
    write: Write,
) -> None:
    write(tmp_path / "x", [{"content": "a", "title": "b"}])
    with pytest.raises(InputError) as caught:
        read(tmp_path / "x")
    message = str(caught.value)
    assert str(tmp_path / "x") in message
    assert "content, title" in message
    assert "columns: {text: content}" in message


@WRITERS
def test_a_mapped_column_that_is_not_there_is_an_error(tmp_path: Path, write: Write) -> None:
    write(tmp_path / "x", [{"text": "a"}])
    with pytest.raises(InputError, match=r"metadata\.ur"):
        read(tmp_path / "x", {"url": "metadata.ur"})


def test_a_column_of_ours_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "x", [{"text": "a"}])
    with pytest.raises(ConfigError, match="txet"):
        read(tmp_path / "x", {"txet": "content"})


def test_odd_values_become_strings_numbers_or_null(tmp_path: Path) -> None:
    row = {"text": "a\ud800b", "id": 12, "url": {"x": 1}, "date": 1.5, "o": "99", "html_lang": []}
    write_jsonl(tmp_path / "x", [row, {"text": "a", "o": True, "html_lang": [None], "f": -1}])
    first, second = read(tmp_path / "x")[0]
    assert first["text"] == "a\ufffdb"
    assert (first["id"], first["url"], first["date"]) == ("12", None, "1.5")
    assert (first["warc_offset"], first["html_lang"]) == (99, None)
    assert (second["warc_offset"], second["html_lang"]) == (None, None)


def test_parquet_time_stamps_become_iso_8601(tmp_path: Path) -> None:
    moment = datetime.datetime(2024, 2, 21, 10, tzinfo=datetime.UTC)
    write_parquet(tmp_path / "x", [{"text": "a", "date": moment, "id": 7}])
    (row,) = read(tmp_path / "x")[0]
    assert (row["date"], row["id"]) == ("2024-02-21T10:00:00Z", "7")


def test_a_broken_row_group_costs_its_own_rows_only(tmp_path: Path) -> None:
    path = tmp_path / "x"
    write_parquet(path, [{"text": f"text {i}", "id": str(i)} for i in range(6)])
    group = pq.ParquetFile(path).metadata.row_group(1)
    content = bytearray(path.read_bytes())
    start = group.column(0).dictionary_page_offset or group.column(0).data_page_offset
    content[start : start + 20] = b"\xff" * 20
    path.write_bytes(content)
    rows, damages, _ = read(path)
    assert [row["id"] for row in rows] == ["0", "1", "4", "5"]
    assert [d.reason for d in damages] == ["corrupt"]


def test_bytes_of_a_parquet_text_that_are_no_utf8_are_replaced(tmp_path: Path) -> None:
    raw = pa.array([b"\xe0\xb8\x81\xff ok", "कि".encode(), None], pa.binary()).view(pa.string())
    nested = pa.array([{"url": "http://a.example/"}] * 3)
    pq.write_table(pa.table({"text": raw, "metadata": nested}), tmp_path / "x")
    damage, table = read_documents(str(tmp_path / "x"), {})
    assert isinstance(table, pa.Table)
    assert table["text"].to_pylist() == ["ก\ufffd ok", "कि"]
    assert table["url"].to_pylist() == ["http://a.example/"] * 2
    assert isinstance(damage, Damage)
    assert damage.reason == "no_text"


def test_a_parquet_file_cut_short_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "x"
    write_parquet(path, [{"text": "a"}])
    path.write_bytes(path.read_bytes()[:-10])
    rows, damages, _ = read(path)
    assert rows == []
    assert [(d.reason, d.n_bytes) for d in damages] == [("corrupt", path.stat().st_size)]


@WRITERS
def test_hplts_robots_become_signs_of_opting_out(tmp_path: Path, write: Write) -> None:
    write(tmp_path / "x", [HPLT | {"robots": r} for r in ("allowed", "disallowed", None)])
    rows, _, _ = read(tmp_path / "x")
    assert [row["opt_out"] for row in rows] == [[], ["robots:disallowed"], None]


@WRITERS
def test_a_job_that_says_hplt_gets_records_of_hplt_or_an_error(
    tmp_path: Path, write: Write
) -> None:
    write(tmp_path / "x", [FINEWEB])
    with pytest.raises(InputError, match=r"a column ts, for date"):
        list(read_documents(str(tmp_path / "x"), {}, is_hplt=True))
    write(tmp_path / "y", [HPLT | {"url": "not this one", "s": "17"}])
    (table,) = read_documents(str(tmp_path / "y"), {}, is_hplt=True)
    assert isinstance(table, pa.Table)
    assert table.to_pylist() == [HPLT_WANTED | {"record_bytes": 17}]


def test_short_names_mean_nothing_in_other_records(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "x", [FINEWEB | {"s": 5, "rs": 6, "c": "text/html"}])
    assert read(tmp_path / "x")[0] == [WANTED]
