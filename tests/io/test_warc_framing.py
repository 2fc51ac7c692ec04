"""Records that span members, lie about their length, or come from ARC files."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curate.errors import InputError
from curate.io.warc import Damage, Record, Skipped, read_warc
from tests.arc_files import arc_file, arc_page, arc_record, arc_records, version_block
from tests.inputs.warc_made import blocks, compressed, zstd
from tests.warc_files import (
    conversion_record,
    gzip_member,
    gzip_members,
    plain,
    response_record,
    warc_record,
    warcinfo_record,
)

Item = Record | Skipped | Damage
QUIET = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
RECORDS = [
    warcinfo_record(),
    response_record("http://a.example/th", "<p>มนุษย์ทั้งหลาย " * 30, ordinal=1),
    response_record("http://a.example/ff", "<p>𞤋𞤲𞥆𞤢𞤥𞤢 𞤢𞤣𞤫𞥅𞤶𞤭 " * 30, ordinal=2),
    warc_record("request", b"GET / HTTP/1.1\r\n\r\n", url="http://a.example/x", ordinal=3),
    conversion_record("http://a.example/ar", "يولد جميع الناس أحرارًا", ordinal=4),
    response_record("http://a.example/zh", "<p>人人生而自由", ordinal=5),
]


def read(tmp_path: Path, content: bytes) -> list[Item]:
    path = tmp_path / "x"
    path.write_bytes(content)
    items = list(read_warc(str(path)))
    assert sum(item.n_bytes for item in items) == len(content), items
    return items


def pages(items: list[Item]) -> list[tuple[str, bytes]]:
    return [(item.url, item.payload) for item in items if isinstance(item, Record)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, bytes]]:
    return pages(read(tmp_path_factory.mktemp("whole"), plain(RECORDS)))


@pytest.mark.parametrize("pack", [gzip_member, zstd], ids=["gzip", "zstd"])
@QUIET
@given(n_bytes=st.integers(1, 3000), empty=st.booleans())
def test_blocks_of_any_size_give_what_the_file_does(
    tmp_path: Path,
    whole: list[tuple[str, bytes]],
    pack: Callable[[bytes], bytes],
    n_bytes: int,
    *,
    empty: bool,
) -> None:
    content = blocks(plain(RECORDS), pack, max(n_bytes, 20 if empty else 1))
    items = read(tmp_path, content + (pack(b"") if empty else b""))
    assert pages(items) == whole
    assert not [item for item in items if isinstance(item, Damage)]
    offsets = [item.warc_offset for item in items]
    assert offsets == sorted(offsets)
    assert len({item.id for item in items if isinstance(item, Record)}) == len(whole)


@QUIET
@given(n_bytes=st.integers(100, 1500), cut=st.integers(1, 2000))
def test_a_file_in_blocks_that_is_cut_keeps_the_records_before(
    tmp_path: Path, whole: list[tuple[str, bytes]], n_bytes: int, cut: int
) -> None:
    content = blocks(plain(RECORDS), gzip_member, n_bytes)
    items = read(tmp_path, content[: max(1, len(content) - cut)])
    found = pages(items)
    n_whole = len(found)
    if found and found[-1] != whole[n_whole - 1]:  # cut between two blocks: it says so
        last = [item for item in items if isinstance(item, Record)][-1]
        assert last.is_cut
        assert whole[n_whole - 1][1].startswith(last.payload)
        n_whole -= 1
    assert found[:n_whole] == whole[:n_whole]


def test_a_wrong_length_among_others_in_one_member_costs_one_record(tmp_path: Path) -> None:
    for change in (-40, 40, 5000):
        length = RECORDS[2].split(b"Content-Length: ")[1].split(b"\r\n")[0]
        wrong = RECORDS[2].replace(length, str(int(length) + change).encode(), 1)
        items = read(tmp_path, gzip_member(plain([*RECORDS[:2], wrong, *RECORDS[3:]])))
        assert [url[-2:] for url, _ in pages(items)] == ["th", "ar", "zh"]
        (damage,) = [item for item in items if isinstance(item, Damage)]
        assert (damage.reason, damage.url) == ("corrupt", "http://a.example/ff")


def test_junk_behind_the_last_record_of_a_member_costs_no_record(tmp_path: Path) -> None:
    items = read(tmp_path, gzip.compress(RECORDS[1] + b"<html>502</html>", mtime=0))
    assert [type(item) for item in items] == [Record, Damage]


def test_a_cut_record_has_an_address(tmp_path: Path) -> None:
    member = gzip_member(RECORDS[1].replace(b"//a.example", b"//me:secret@a.example"))
    (item,) = read(tmp_path, member[:-20])
    assert isinstance(item, Damage)
    assert (item.reason, item.url) == ("truncated", "http://a.example/th")


def test_unequal_lengths_count_as_none(tmp_path: Path) -> None:
    record = RECORDS[1].replace(b"Content-Length:", b"Content-Length: 7\r\nContent-Length:")
    (item,) = read(tmp_path, gzip_member(record))
    assert isinstance(item, Record)
    assert item.repairs == ("content_length_missing",)
    assert pages([item]) == pages(read(tmp_path, gzip_member(RECORDS[1])))


@pytest.mark.parametrize("name", ["lz4", "bzip2", "xz"])
def test_other_compression_is_refused_by_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(compressed(name) + bytes(99))
    with pytest.raises(InputError, match=name):
        list(read_warc(str(path)))


PACKS = pytest.mark.parametrize(
    "pack",
    [plain, gzip_members, lambda records: gzip_member(plain(records))],
    ids=["plain", "gzip", "one member"],
)


@PACKS
@pytest.mark.parametrize("version", [1, 2])
def test_arc_files(tmp_path: Path, pack: Callable[[list[bytes]], bytes], version: int) -> None:
    items = read(tmp_path, pack(arc_records(version)))
    assert [getattr(item, "reason", "read") for item in items] == [
        "not_a_response", "not_http", "read", "read", "not_html",
    ]  # fmt: skip
    assert pages(items) == [
        ("http://a.example/th", "<p>มนุษย์ทั้งหลาย".encode()),
        ("http://a.example/with a space", "<p>सभी मनुष्यों 𐌰𐌻𐌻".encode()),
    ]
    records = [item for item in items if isinstance(item, Record)]
    assert {item.date for item in records} == {"2008-05-09T15:46:34Z"}
    assert {item.http_content_type for item in records} == {"text/html; charset=utf-8"}
    assert len({item.id for item in records}) == 2
    assert all(item.id.startswith("urn:curate:") for item in records)


@PACKS
def test_an_arc_file_cut_at_any_byte(tmp_path: Path, pack: Callable[[list[bytes]], bytes]) -> None:
    content = pack(arc_records())
    sound = pages(read(tmp_path, content))
    for cut in range(1, len(content), 3):
        items = read(tmp_path, content[:cut])
        assert pages(items) == sound[: len(pages(items))]


@pytest.mark.parametrize("length", ["", "-", "0", "5", "99999"])
def test_lengths_of_arc_records_alone_in_their_members(tmp_path: Path, length: str) -> None:
    (sound,) = pages(read(tmp_path, gzip_member(arc_page("http://a.example/", "<p>ไทย"))))
    content = arc_page("http://a.example/", "<p>ไทย").partition(b"\n")[2].removesuffix(b"\n")
    wrong = gzip_member(arc_record("http://a.example/", content, length=length))
    items = read(tmp_path, gzip_member(version_block()) + wrong + gzip_member(RECORDS[1]))
    assert pages(items)[0] == sound
    assert len(items) == 3


def test_a_wrong_length_in_a_plain_arc_file_costs_one_record(tmp_path: Path) -> None:
    records = arc_records()
    bad = arc_record("http://me:secret@a.example/bad", b"HTTP/1.1 200 OK\n\nx", length="3")
    items = read(tmp_path, plain([*records[:3], bad, *records[3:]]))
    assert len(pages(items)) == 2
    (damage,) = [item for item in items if isinstance(item, Damage)]
    assert (damage.reason, damage.url) == ("corrupt", "http://a.example/bad")


ODD_LINES = {
    "IPv6": b"http://a.example/ 2001:db8::1 20080509154634 text/html",
    "no address": b"http://a.example/ - 20080509154634 text/html",
    "type with blanks": b"http://a.example/ 192.0.2.7 20080509154634 text/html; charset=x",
    "no type": b"http://a.example/ 192.0.2.7 20080509154634 no-type",
    "a date in the address": b"http://a.example/ 1.2.3.4 2008 192.0.2.7 20080509154634 text/html",
    "twelve digits": b"http://a.example/ 192.0.2.7 200805091546 text/html",
    "tabs": b"http://a.example/\t192.0.2.7\t20080509154634\ttext/html",
}


@pytest.mark.parametrize("line", ODD_LINES.values(), ids=ODD_LINES.keys())
def test_odd_lines(tmp_path: Path, line: bytes) -> None:
    content = b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<p>x"
    record = line + b" %d\n" % len(content) + content + b"\n"
    items = read(tmp_path, version_block() + record + record)
    assert [payload for _, payload in pages(items)] == [b"<p>x"] * 2
    assert items[1].url.startswith("http://a.example/")


def test_a_page_without_http_headers_in_an_arc_file(tmp_path: Path) -> None:
    record = arc_record("http://a.example/", b"<html><p>x")
    (item,) = read(tmp_path, gzip_member(record))
    assert isinstance(item, Record)
    assert (item.payload, item.http_content_type) == (b"<html><p>x", "text/html")
    assert item.repairs == ("no_http_headers",)


def test_a_version_block_alone(tmp_path: Path) -> None:
    assert pages(read(tmp_path, version_block())) == []
    assert pages(read(tmp_path, b"junk\n" + arc_file())) == pages(read(tmp_path, arc_file()))
