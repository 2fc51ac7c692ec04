"""Unpacked tables: made once, the same from the file, made again where it is not whole."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from curate.unpacked import I8, unpacked

TABLE = np.arange(-60, 60, dtype=np.int8).reshape(12, 10)


class _Made:
    def __init__(self, table: I8 = TABLE) -> None:
        self.table = table
        self.times = 0

    def __call__(self) -> I8:
        self.times += 1
        return self.table.copy()


def _file(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def test_it_is_made_once_and_then_read(tmp_path: Path) -> None:
    made = _Made()
    for _ in range(3):
        table = unpacked(tmp_path / "kept", "words", "ab" * 32, TABLE.shape, made)
        assert np.array_equal(table, TABLE)
        # Another layout or a read-only array would have each kernel compiled once more.
        assert (type(table), table.flags.c_contiguous, table.flags.writeable) == (
            *(np.ndarray, True, True),
        )
    assert made.times == 1


def test_what_is_written_to_a_table_reaches_no_other(tmp_path: Path) -> None:
    first = unpacked(tmp_path, "words", "ab" * 32, TABLE.shape, _Made())
    first[:] = 0
    assert np.array_equal(unpacked(tmp_path, "words", "ab" * 32, TABLE.shape, _Made()), TABLE)


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-7] ^= 4
    path.write_bytes(data)


def _flip_head(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[3] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [_cut, _empty, _flip, _flip_head])
def test_a_damaged_file_is_made_again(tmp_path: Path, damage: object) -> None:
    made = _Made()
    unpacked(tmp_path, "words", "ab" * 32, TABLE.shape, made)
    assert callable(damage)
    damage(_file(tmp_path))
    for _ in range(2):
        assert np.array_equal(unpacked(tmp_path, "words", "ab" * 32, TABLE.shape, made), TABLE)
    assert made.times == 2


def test_another_version_takes_the_place_of_the_last(tmp_path: Path) -> None:
    unpacked(tmp_path, "words", "ab" * 32, TABLE.shape, _Made())
    other = unpacked(tmp_path, "words", "cd" * 32, TABLE.shape, _Made(TABLE[::-1]))
    assert np.array_equal(other, TABLE[::-1])
    assert "cdcd" in _file(tmp_path).name


def test_where_nothing_can_be_kept_it_is_in_this_process_alone(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("no folder")
    made = _Made()
    for _ in range(2):
        assert np.array_equal(unpacked(place, "words", "ab" * 32, TABLE.shape, made), TABLE)
    assert made.times == 2
