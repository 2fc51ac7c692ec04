"""Packed JSON Lines: members, frames, padding, windows, and what is no JSON Lines at all."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import random
import struct
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.io import packed
from curate.io.damage import BrokenMember, Damage
from curate.io.packed import packing_of, unpacked
from curate.io.source import Source
from curate.io.texts.jsonl import Row, rows_of

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXTS = ["มนุษย์ทั้งหลาย", "सभी मनुष्यों को", "يولد جميع الناس", "人人生而自由", "𞤀𞤣𞤤𞤢𞤥"]
LINES = [json.dumps({"text": text}, ensure_ascii=False).encode() + b"\n" for text in TEXTS]
CONTENT = b"".join(LINES)
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zstd": zstd.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
}
every_packing = pytest.mark.parametrize("packing", PACKERS)


def skippable(content: bytes, kind: int = 0) -> bytes:
    """A zstd frame that holds nothing to decode, as pzstd and seek tables use them."""
    return struct.pack("<II", 0x184D2A50 + kind, len(content)) + content


def read(path: Path, content: bytes, memory_mb: int | None = None) -> list[Row | Damage]:
    path.write_bytes(content)
    with Source(str(path)) as source:
        return list(rows_of(source, memory_mb))


def texts_of(items: list[Row | Damage]) -> list[str]:
    return [item.values["text"] for item in items if isinstance(item, Row)]


def damages_of(items: list[Row | Damage]) -> list[Damage]:
    return [item for item in items if isinstance(item, Damage)]


@every_packing
def test_members_behind_each_other_are_one_file(tmp_path: Path, packing: str) -> None:
    pack = PACKERS[packing]
    middle = len(CONTENT) // 2  # inside a line and a character
    content = pack(CONTENT[:middle]) + pack(b"") + pack(CONTENT[middle:])
    assert packing_of(content) == packing
    items = read(tmp_path / "x", content)
    assert texts_of(items) == TEXTS
    assert not damages_of(items)


@every_packing
@pytest.mark.parametrize("n_zeros", [1, 4, 512, 300_000])
def test_zeros_behind_the_last_member_are_no_damage(
    tmp_path: Path, packing: str, n_zeros: int
) -> None:
    content = PACKERS[packing](CONTENT)
    items = read(tmp_path / "x", content + b"\0" * n_zeros)
    assert texts_of(items) == TEXTS
    assert not damages_of(items)
    again = read(tmp_path / "x", content + b"\0" * n_zeros + content)
    assert texts_of(again) == TEXTS * 2
    assert not damages_of(again)


@every_packing
def test_other_bytes_behind_the_last_member_are_told_and_cut_no_row(
    tmp_path: Path, packing: str
) -> None:
    items = read(tmp_path / "x", PACKERS[packing](CONTENT.rstrip()) + b"rubbish")
    assert texts_of(items) == TEXTS, "the last line has no line end, and is whole"
    (damage,) = damages_of(items)
    assert damage.reason == "corrupt"
    assert "7 bytes behind" in damage.detail


@every_packing
def test_a_cut_file_gives_what_came_and_says_so(tmp_path: Path, packing: str) -> None:
    pack = PACKERS[packing]
    noise = random.Random(5)
    rows = [json.dumps({"text": noise.randbytes(400).hex()}).encode() for _ in range(600)]
    whole = pack(b"\n".join(rows[:300]) + b"\n")
    last = pack(b"\n".join(rows[300:]) + b"\n")
    items = read(tmp_path / "x", whole + last[: len(last) // 2])
    assert len(texts_of(items)) >= 300
    (damage,) = damages_of(items)
    assert damage.reason == "truncated"


@every_packing
def test_broken_bytes_are_damage(tmp_path: Path, packing: str) -> None:
    content = bytearray(PACKERS[packing](CONTENT * 50))
    content[len(content) // 2 :] = bytes(b ^ 0x55 for b in content[len(content) // 2 :])
    items = read(tmp_path / "x", bytes(content))
    assert damages_of(items)
    assert {damage.reason for damage in damages_of(items)} <= {"corrupt", "truncated", "bad_json"}


@pytest.mark.parametrize("kind", [0, 15])
def test_skippable_frames_of_zstd_hold_nothing_wherever_they_stand(
    tmp_path: Path, kind: int
) -> None:
    skip = skippable(b"\x28\xb5\x2f\xfd{}\n", kind)  # what looks like a frame in it is none
    frames = [zstd.compress(line) for line in LINES]
    content = skip + skip + skip.join(frames) + skip
    items = read(tmp_path / "x", content)
    assert texts_of(items) == TEXTS
    assert not damages_of(items)


def test_a_cut_skippable_frame_is_a_cut_file(tmp_path: Path) -> None:
    items = read(tmp_path / "x", zstd.compress(CONTENT) + skippable(b"x" * 100)[:-1])
    assert texts_of(items) == TEXTS
    assert [damage.reason for damage in damages_of(items)] == ["truncated"]


def long_frame(log: int) -> bytes:
    """A frame that asks for a window of 2^log bytes, whatever is in it."""
    options: dict[int, int] = {zstd.CompressionParameter.window_log: log}
    made = zstd.ZstdCompressor(options=options)
    return made.compress(CONTENT) + made.flush()


def test_a_long_window_is_read_if_the_setting_allows_it(tmp_path: Path) -> None:
    content = long_frame(28)
    assert texts_of(read(tmp_path / "x", content, 256)) == TEXTS
    assert texts_of(read(tmp_path / "x", content)) == TEXTS
    (damage,) = read(tmp_path / "x", content, 255)
    assert isinstance(damage, Damage)
    assert damage.reason == "too_large"
    assert "256 MiB" in damage.detail
    assert "extract.memory_mb (255 MiB)" in damage.detail


def test_a_window_that_no_decoder_takes_is_named(tmp_path: Path) -> None:
    head = b"\x28\xb5\x2f\xfd\x00" + bytes([31 << 3]) + b"\x01\x00\x00"
    (damage,) = read(tmp_path / "x", head)
    assert isinstance(damage, Damage)
    assert damage.reason == "too_large"
    assert "2,048 MiB" in damage.detail


def test_a_frame_of_one_segment_needs_what_it_holds() -> None:
    for content in (b"x" * 10, b"y" * 300, b"z" * 70_000):
        head = zstd.compress(content)[:18]
        assert packed._window(head) in (len(content), 0)


def test_a_large_dictionary_of_xz_is_named(tmp_path: Path) -> None:
    content = lzma.compress(CONTENT, preset=9)  # 64 MiB
    (damage,) = read(tmp_path / "x", content, 32)
    assert isinstance(damage, Damage)
    assert damage.reason == "too_large"
    assert "extract.memory_mb (32 MiB)" in damage.detail
    assert texts_of(read(tmp_path / "x", content, 256)) == TEXTS


@every_packing
def test_a_bomb_comes_in_bounded_blocks(tmp_path: Path, packing: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(PACKERS[packing](b"\0" * (20 << 20)))
    with Source(str(path)) as source:
        sizes = [len(block) for block in unpacked(source, packing)]
    assert sum(sizes) == 20 << 20
    assert max(sizes) <= 1 << 20


@given(st.sampled_from(sorted(PACKERS)), st.binary(max_size=300), st.binary(max_size=40))
def test_whatever_the_bytes_the_blocks_are_a_beginning_of_what_was_packed(
    packing: str, content: bytes, behind: bytes
) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(PACKERS[packing](content) + behind)
        file.flush()
        found, reason = b"", "corrupt"
        with Source(file.name) as source:
            try:
                for block in unpacked(source, packing):
                    found += block
            except BrokenMember as broken:
                reason = broken.reason
        assert found.startswith(content)
        assert reason in ("corrupt", "truncated", "too_large")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (json.dumps([{"text": "a"}, {"text": "b"}], indent=2), "jq -c '.[]'"),
        (json.dumps([{"text": "a"}, {"text": "b"}]).replace("}, ", "},\n"), "jq -c '.[]'"),
        (json.dumps({"text": "a", "n": 1}, indent=2), "jq -c ."),
        ("\ufeff" + json.dumps([{"text": "a"}], indent=1), "jq -c '.[]'"),
    ],
    ids=["array", "array of lines", "object", "with a mark"],
)
def test_one_value_over_many_lines_is_one_damage_that_says_what_to_do(
    tmp_path: Path, content: str, said: str
) -> None:
    (damage,) = read(tmp_path / "x", content.encode())
    assert isinstance(damage, Damage)
    assert damage.reason == "bad_json"
    assert said in damage.detail
    assert damage.n_bytes == len(content.encode())


def test_an_array_in_one_line_says_what_to_do_and_a_bad_first_line_loses_no_other(
    tmp_path: Path,
) -> None:
    (damage,) = read(tmp_path / "x", b'[{"text": "a"}]')
    assert isinstance(damage, Damage)
    assert "jq -c '.[]'" in damage.detail
    assert texts_of(read(tmp_path / "x", b'{"text": "cut\n' + CONTENT)) == TEXTS
    assert texts_of(read(tmp_path / "x", b"[1, 2]\n" + CONTENT)) == TEXTS
