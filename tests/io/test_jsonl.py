"""JSON Lines: rows, and damage with its line and offset."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pytest

from curate.errors import InputError
from curate.io.damage import Damage
from curate.io.texts import jsonl
from curate.io.texts.jsonl import Row, read_rows

OBJECTS = [
    {"text": "มนุษย์ทั้งหลาย", "n": 1},
    {"text": "सभी मनुष्यों को", "n": 2},
    {"text": "يولد جميع الناس", "n": 3},
    {"text": "人人生而自由", "n": 4},
    {"text": "𞤀𞤣𞤤𞤢𞤥", "n": 5},
]
LINES = [json.dumps(o, ensure_ascii=False).encode() + b"\n" for o in OBJECTS]


def zstd(content: bytes) -> bytes:
    return bytes(pa.Codec("zstd").compress(content, asbytes=True))


def read(tmp_path: Path, content: bytes) -> list[Row | Damage]:
    path = tmp_path / "x.jsonl"
    path.write_bytes(content)
    return list(read_rows(str(path)))


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd], ids=["plain", "gzip", "zstd"])
@pytest.mark.parametrize("n_streams", [1, 2])
def test_rows_with_line_and_offset(tmp_path: Path, pack: type[bytes], n_streams: int) -> None:
    content = b"".join(LINES)
    rows = read(tmp_path, pack(content) * n_streams)
    offset = 0
    for line, (row, expected) in enumerate(zip(rows, OBJECTS * n_streams, strict=True), start=1):
        n_bytes = len(LINES[(line - 1) % 5])
        assert row == Row(line, offset, n_bytes, expected)
        offset += n_bytes


def test_the_last_line_needs_no_line_end_and_empty_lines_are_no_rows(tmp_path: Path) -> None:
    rows = read(tmp_path, b"\xef\xbb\xbf" + LINES[0] + b"\n \r\n" + LINES[1].rstrip())
    assert [row.line for row in rows if isinstance(row, Row)] == [1, 4]


@pytest.mark.parametrize(
    "bad",
    [b'{"text": "x"', b"[1]", b"7", b"null", b'{"text": "\xff"}', b"[" * 100_000, b"<html>"],
    ids=["cut", "list", "number", "null", "no utf-8", "deep", "html"],
)
def test_a_bad_line_is_damage_and_reading_goes_on(tmp_path: Path, bad: bytes) -> None:
    items = read(tmp_path, LINES[0] + bad + b"\n" + LINES[1])
    assert [type(item) for item in items] == [Row, Damage, Row]
    damage = items[1]
    assert isinstance(damage, Damage)
    assert (damage.reason, damage.warc_offset) == ("bad_json", len(LINES[0]))
    assert damage.n_bytes == len(bad) + 1
    assert damage.detail.startswith("line 2: ")
    assert len(damage.detail) <= 200


@pytest.mark.parametrize("pack", [gzip.compress, zstd], ids=["gzip", "zstd"])
def test_a_cut_stream_keeps_the_lines_before(tmp_path: Path, pack: type[bytes]) -> None:
    lines = [b'{"text": "%d"}\n' % (i * i * 7919) for i in range(100_000)]
    content = pack(b"".join(lines))
    items = read(tmp_path, content[: len(content) // 2])
    rows, damage = items[:-1], items[-1]
    assert isinstance(damage, Damage)
    assert damage.reason == "truncated"
    assert damage.detail.startswith(f"line {len(rows) + 1}: ")
    assert len(rows) > 10_000
    assert [row.values["text"] for row in rows if isinstance(row, Row)] == [
        str(i * i * 7919) for i in range(len(rows))
    ]


def test_a_checksum_that_does_not_fit_is_damage(tmp_path: Path) -> None:
    content = bytearray(gzip.compress(b"".join(LINES)))
    content[-8] ^= 1
    assert [i.reason for i in read(tmp_path, bytes(content)) if isinstance(i, Damage)] == [
        "corrupt"
    ]


def test_a_line_above_the_limit_is_counted_and_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonl, "MAX_LINE_BYTES", 1000)
    items = read(tmp_path, gzip.compress(LINES[0] + b"x" * 3_000_000 + b"\n" + LINES[1]))
    assert [type(item) for item in items] == [Row, Damage, Row]
    assert isinstance(items[1], Damage)
    assert (items[1].reason, items[1].n_bytes) == ("too_large", 3_000_001)


def test_an_empty_file_and_a_missing_one(tmp_path: Path) -> None:
    assert [i.reason for i in read(tmp_path, b"") if isinstance(i, Damage)] == ["empty"]
    with pytest.raises(InputError, match="nothing"):
        list(read_rows(str(tmp_path / "nothing")))
