"""Lines in zstd frames: any reader reads them, and a frame is read without the others."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.errors import StoreError
from curate.io.lines.jsonl_out import count_lines
from curate.io.lines.zstd_frames import (
    Frame,
    FrameWriter,
    iter_lines,
    lines_of,
    read_frames,
    read_span,
    seek_table,
)

LINES = ['{"text":"สวัสดีชาวโลก"}\n', '{"text":"𞤀𞤣𞤤𞤢𞤥"}\n', "{}\n", '{"text":"नमस्ते दुनिया"}\n']


def written(path: Path, lines: list[bytes], *, frame_bytes: int) -> FrameWriter:
    writer = FrameWriter(path, level=3, frame_bytes=frame_bytes)
    for line in lines:
        writer.write_lines(line)
    writer.close()
    return writer


def plain(path: Path) -> bytes:
    """As a reader that knows nothing of frames decompresses the file."""
    with pa.OSFile(str(path)) as file, pa.CompressedInputStream(file, "zstd") as stream:
        data: bytes = stream.read()
    return data


def test_frames_end_before_they_are_too_large(tmp_path: Path) -> None:
    lines = [line.encode() for line in LINES]
    writer = written(tmp_path / "x", lines, frame_bytes=55)
    sizes = [frame.line_bytes for frame in read_frames(tmp_path / "x")]
    assert [len(line) for line in lines] == [48, 32, 3, 49]
    assert sizes == [48, 35, 49]
    assert list(iter_lines(tmp_path / "x")) == lines
    assert plain(tmp_path / "x") == b"".join(lines)
    assert (writer.rows, writer.line_bytes) == (4, sum(sizes))
    assert writer.lines_md5 == hashlib.md5(b"".join(lines)).hexdigest()
    assert writer.md5 == hashlib.md5((tmp_path / "x").read_bytes()).hexdigest()
    assert count_lines(tmp_path / "x") == 4


def test_a_line_that_is_too_long_is_a_frame(tmp_path: Path) -> None:
    lines = [b"a\n", b"b" * 99 + b"\n", b"c\n"]
    written(tmp_path / "x", lines, frame_bytes=10)
    assert [frame.line_bytes for frame in read_frames(tmp_path / "x")] == [2, 100, 2]


def test_one_frame_is_read_without_the_others(tmp_path: Path) -> None:
    writer = FrameWriter(tmp_path / "x", level=1)
    places = [writer.write_frame(line.encode()) for line in LINES]
    writer.close()
    assert read_frames(tmp_path / "x") == places
    offset, n_bytes, line_bytes = places[1]
    packed = read_span(tmp_path / "x", offset, offset + n_bytes)
    assert lines_of(packed, line_bytes, tmp_path / "x").decode() == LINES[1]


def test_the_seek_table_is_that_of_the_format() -> None:
    """Zstandard Seekable Format 0.1.0: entries, then number, descriptor and magic number."""
    table = seek_table([Frame(0, 7, 30), Frame(7, 9, 40)])
    assert table == struct.pack("<IIIIIIIBI", 0x184D2A5E, 25, 7, 30, 9, 40, 2, 0, 0x8F92EAB1)


@given(
    st.lists(st.text(st.characters(exclude_characters="\n"), max_size=60), max_size=30),
    st.integers(1, 200),
)
def test_what_is_written_is_read(texts: list[str], frame_bytes: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        lines = [f"{text}\n".encode("utf-8", "replace") for text in texts]
        written(path, lines, frame_bytes=frame_bytes)
        assert list(iter_lines(path)) == lines
        assert plain(path) == b"".join(lines)
        sizes = [frame.line_bytes for frame in read_frames(path)]
        longest = max(map(len, lines), default=0)
        assert all(size <= max(frame_bytes, longest) for size in sizes)


def test_a_damaged_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "x"
    written(path, [line.encode() for line in LINES], frame_bytes=55)
    data = path.read_bytes()
    for damaged, found in (
        (data[:-1], "no seek table at the end"),
        (data[5:], "a seek table that is not of this file"),
        (b"", "no seek table at the end"),
        (b"\0" + data[1:], "frame"),
    ):
        path.write_bytes(damaged)
        with pytest.raises(StoreError, match=found):
            list(iter_lines(path))
    path.unlink()
    with pytest.raises(StoreError, match="No such file"):
        read_frames(path)
    with pytest.raises(StoreError, match="No such file"):
        read_span(path, 0, 3)
