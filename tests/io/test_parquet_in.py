"""Parquet as others write it: bytes for text, maps, JSON as text, odd times, large rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate.errors import InputError
from curate.io.damage import Damage
from curate.io.source import Source
from curate.io.texts import parquet_rows
from curate.io.texts.documents import DocumentReader, TextInput
from curate.io.texts.parquet_rows import ParquetRows

TEXTS = ["人人生而自由", "सभी मनुष्यों", "يولد جميع", "𞤀𞤣𞤤𞤢𞤥"]
URLS = [f"http://a.example/{i}" for i in range(4)]


def read(
    path: Path, table: pa.Table | Mapping[str, Any], columns: Mapping[str, str] | None = None
) -> tuple[list[dict[str, Any]], list[Damage], DocumentReader]:
    pq.write_table(table if isinstance(table, pa.Table) else pa.table(table), path)
    reader = DocumentReader(str(path), TextInput(columns or {}))
    rows, damages = [], []
    for item in reader.tables():
        if isinstance(item, Damage):
            damages.append(item)
        else:
            rows += item.to_pylist()
    return rows, damages, reader


@pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary(), pa.string(), pa.large_string()])
def test_a_text_of_bytes_is_utf8(tmp_path: Path, kind: pa.DataType) -> None:
    raw = [text.encode() for text in TEXTS]
    table = {"text": pa.array(raw, pa.binary()).cast(kind), "url": pa.array(URLS).cast(kind)}
    rows, damages, _ = read(tmp_path / "x", table)
    assert [row["text"] for row in rows] == TEXTS
    assert [row["url"] for row in rows] == URLS
    assert not damages


def test_bytes_that_are_no_utf8_are_replaced_in_their_row_alone(tmp_path: Path) -> None:
    rows, damages, _ = read(tmp_path / "x", {"text": [b"\xff\xfe a", TEXTS[0].encode(), None]})
    assert [row["text"] for row in rows] == ["\ufffd\ufffd a", TEXTS[0]]
    assert [damage.reason for damage in damages] == ["no_text"]


METADATA = [{"url": url, "date": "2024-02-21"} for url in URLS]
MAP = pa.map_(pa.string(), pa.string())


@pytest.mark.parametrize("columns", [{}, {"url": "metadata.url"}], ids=["known", "mapped"])
@pytest.mark.parametrize(
    "metadata",
    [
        pa.array([list(m.items()) for m in METADATA], MAP),
        pa.array([json.dumps(m) for m in METADATA]),
        pa.array([json.dumps(m).encode() for m in METADATA]).cast(pa.large_string()),
        pa.array(METADATA),
    ],
    ids=["map", "json", "large json", "struct"],
)
def test_metadata_is_looked_into_however_it_stands(
    tmp_path: Path, metadata: pa.Array, columns: dict[str, str]
) -> None:
    rows, damages, _ = read(tmp_path / "x", {"text": TEXTS, "metadata": metadata}, columns)
    assert [row["url"] for row in rows] == URLS
    assert [row["date"] for row in rows] == ["2024-02-21"] * 4
    assert not damages


def test_a_map_inside_a_struct(tmp_path: Path) -> None:
    kind = pa.struct([("more", MAP)])
    metadata = pa.array([{"more": [("url", url)]} for url in URLS[:3]] + [None], kind)
    rows, _, _ = read(
        tmp_path / "x", {"text": TEXTS, "metadata": metadata}, {"url": "metadata.more.url"}
    )
    assert [row["url"] for row in rows] == [*URLS[:3], None]


def test_a_name_that_no_map_has_is_an_error_if_the_job_names_it(tmp_path: Path) -> None:
    metadata = pa.array([[("u", url)] for url in URLS], MAP)
    with pytest.raises(InputError, match=r"metadata\.url, for url"):
        read(tmp_path / "x", {"text": TEXTS, "metadata": metadata}, {"url": "metadata.url"})


def test_impossible_times_are_null_and_counted(tmp_path: Path) -> None:
    times = pa.array([1_708_509_600_000_000, 1 << 60, None, 0], pa.timestamp("us", "Asia/Tokyo"))
    rows, _, reader = read(tmp_path / "x", {"text": TEXTS, "date": times})
    assert [row["date"] for row in rows] == [
        "2024-02-21T10:00:00Z",
        None,
        None,
        "1970-01-01T00:00:00Z",
    ]
    assert reader.noted == {"impossible_date": 1}
    rows, _, reader = read(
        tmp_path / "x", {"text": TEXTS, "date": ["2024-02-30", "2024-02-29", "", None]}
    )
    assert [row["date"] for row in rows] == [None, "2024-02-29", None, None]
    assert reader.noted == {"impossible_date": 2}


def test_no_password_of_a_page_is_kept(tmp_path: Path) -> None:
    rows, _, _ = read(tmp_path / "x", {"text": ["a"], "url": ["http://me:word@a.example/"]})
    assert rows[0]["url"] == "http://a.example/"


def sizes_of(path: Path, rows: int = 1000) -> Iterator[int]:
    with Source(str(path)) as source, ParquetRows(source) as file:
        for item in file.blocks(["text"], rows):
            assert not isinstance(item, Damage)
            first, block = item
            assert block.num_rows
            assert first >= 0
            yield block.num_rows


def test_blocks_of_large_rows_hold_few_of_them(tmp_path: Path) -> None:
    path = tmp_path / "x"
    large = [f"{i}" + "x" * (1 << 20) for i in range(20)]
    pq.write_table(pa.table({"text": large, "other": [0] * 20}), path, use_dictionary=False)
    sizes = list(sizes_of(path))
    assert sum(sizes) == 20
    assert max(sizes) <= parquet_rows.BLOCK_BYTES >> 20
    pq.write_table(pa.table({"text": [f"{i}" for i in range(3000)]}), path)
    assert list(sizes_of(path)) == [1000, 1000, 1000]
    assert next(sizes_of(path, 2000)) == parquet_rows.BLOCK_ROWS


def test_a_text_above_every_limit_is_set_aside_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_rows, "MAX_LINE_BYTES", 1000)
    rows, damages, _ = read(tmp_path / "x", {"text": ["a", "ก" * 400, "b" * 1000]})
    assert [row["text"] for row in rows] == ["a", "b" * 1000]
    assert [(d.reason, d.warc_offset) for d in damages] == [("too_large", 1)]
