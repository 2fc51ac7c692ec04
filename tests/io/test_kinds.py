"""What a file is, by its name or its first bytes; all else is refused by name."""

from __future__ import annotations

import bz2
import gzip
import io
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate.errors import InputError
from curate.io.kinds import kind_of

WARC = b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
ARC = b"filedesc://x.arc 0.0.0.0 20080101000000 text/plain 76\n1 0 X\nURL IP-address\n\n"
LINE = '{"text": "ภาษา"}\n'.encode()


def parquet() -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"text": ["a"]}), sink)
    return sink.getvalue()


@pytest.mark.parametrize("name", ["x", "x.gz", "x.warc.gz.open", "x.warc.gz.1", "X.BIN"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize(
    ("content", "kind"),
    [(WARC, "warc"), (ARC, "warc"), (LINE, "jsonl"), (b"\xef\xbb\xbf\n" + LINE, "jsonl")],
    ids=["warc", "arc", "jsonl", "jsonl with a mark"],
)
def test_a_name_that_says_nothing_lets_the_bytes_speak(
    tmp_path: Path, name: str, pack: Callable[[bytes], bytes], content: bytes, kind: str
) -> None:
    (tmp_path / name).write_bytes(pack(content))
    assert kind_of(str(tmp_path / name), "auto") == kind


def test_parquet_without_a_name_is_known(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(parquet())
    assert kind_of(str(tmp_path / "x"), "auto") == "parquet"


@pytest.mark.parametrize(
    ("name", "todo"),
    [
        ("x.csv", "JSON Lines"),
        ("x.txt", "JSON Lines"),
        ("x.zip", "unpack"),
        ("x.7z", "unpack"),
        ("x.warc.lz4", "zstd"),
        ("x.jsonl.br", "zstd"),
        ("x.arrow", "Parquet"),
        ("x.html", "leave it out"),
    ],
)
def test_other_endings_are_refused_by_name_and_say_what_to_do(
    tmp_path: Path, name: str, todo: str
) -> None:
    (tmp_path / name).write_bytes(WARC)  # its bytes are not asked
    with pytest.raises(InputError) as caught:
        kind_of(str(tmp_path / name), "auto")
    assert name in caught.value.where
    assert ".jsonl" in caught.value.wanted
    assert todo in caught.value.todo
    assert "format" in caught.value.todo
    assert kind_of(str(tmp_path / name), "warc") == "warc"


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", b"\x1f\x8b", bz2.compress(WARC), gzip.compress(b"a,b\n1,2\n", mtime=0)],
    ids=["nothing", "a page", "a cut head", "a packed WARC", "a packed table"],
)
def test_a_name_and_bytes_that_say_nothing_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(InputError, match="none of these"):
        kind_of(str(tmp_path / "x"), "auto")
