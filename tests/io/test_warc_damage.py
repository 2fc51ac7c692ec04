"""Files that are cut, flipped, mixed with junk, or no WARC at all."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curate.io.warc import Damage, Record, Skipped, read_warc
from tests.warc_files import (
    gzip_member,
    gzip_members,
    plain,
    response_record,
    warc_record,
    warcinfo_record,
    zstd_frames,
)

Pack = Callable[[Sequence[bytes]], bytes]
PACKS = pytest.mark.parametrize(
    "pack", [gzip_members, zstd_frames, plain], ids=["gzip", "zstd", "plain"]
)
CHECKED_PACKS = pytest.mark.parametrize("pack", [gzip_members], ids=["gzip"])

RECORDS = [
    warcinfo_record(),
    response_record("http://a.example/1", "<p>มนุษย์ทั้งหลาย</p>", ordinal=1),
    response_record("http://a.example/2", "<p>सभी मनुष्यों 𐌰𐌻𐌻</p>", ordinal=2),
    warc_record("request", b"GET / HTTP/1.1\r\n\r\n", url="http://a.example/3", ordinal=3),
    response_record("http://a.example/4", "<p>人人生而自由</p>", ordinal=4),
]

Item = Record | Skipped | Damage


def read(tmp_path: Path, content: bytes) -> list[Item]:
    path = tmp_path / "x.warc.gz"
    path.write_bytes(content)
    items = list(read_warc(str(path)))
    assert sum(item.n_bytes for item in items) == len(content), items
    at = 0
    for item in items:
        assert item.warc_offset == at
        at += item.n_bytes
    return items


def damages(items: list[Item]) -> list[tuple[str, int, int]]:
    return [(i.reason, i.warc_offset, i.n_bytes) for i in items if isinstance(i, Damage)]


def offsets(pack: Pack) -> list[int]:
    ends = [0]
    for record in RECORDS:
        ends.append(ends[-1] + len(pack([record])))
    return ends


@PACKS
@pytest.mark.fault("damaged-input", "local")
def test_a_file_cut_at_any_byte_keeps_the_whole_records_before(tmp_path: Path, pack: Pack) -> None:
    whole = read(tmp_path, pack(RECORDS))
    bounds = offsets(pack)
    content = pack(RECORDS)
    assert len(content) == bounds[-1]
    for cut in range(1, len(content)):
        items = read(tmp_path, content[:cut])
        kept = [item for item in items if not isinstance(item, Damage)]
        # A plain record is whole when its content is, whatever is missing of the line ends.
        slack = 4 if pack is plain else 0
        n_whole = sum(end <= cut + slack for end in bounds[1:])
        assert [shape(item) for item in kept] == [shape(item) for item in whole[:n_whole]], cut
        start = bounds[n_whole]
        expected = [] if cut <= start else [("truncated", start, cut - start)]
        assert damages(items) == expected, cut


def shape(item: Item) -> tuple[object, ...]:
    """What must not change when something else in the file does."""
    if isinstance(item, Record):
        return (item.id, item.url, item.warc_offset, item.payload)
    return (item.reason, item.warc_offset)


@CHECKED_PACKS
@pytest.mark.fault("damaged-input", "local")
def test_any_flipped_byte_costs_one_record(tmp_path: Path, pack: Pack) -> None:
    content = pack(RECORDS)
    bounds = offsets(pack)
    whole = [shape(item) for item in read(tmp_path, content)]
    for at in range(bounds[2], bounds[3]):
        flipped = bytearray(content)
        flipped[at] ^= 0x55
        items = read(tmp_path, bytes(flipped))
        lost = damages(items)
        kept = [shape(item) for item in items if not isinstance(item, Damage)]
        if lost:
            assert kept == whole[:2] + whole[3:], at
            assert sum(n_bytes for _, _, n_bytes in lost) == bounds[3] - bounds[2]
        else:
            assert kept == whole, at  # the time stamp and the like of a gzip header


@PACKS
@pytest.mark.fault("damaged-input", "local")
def test_junk_between_members_is_reported_and_nothing_else_lost(tmp_path: Path, pack: Pack) -> None:
    junk = b"<html>502 Bad Gateway</html>"
    content = pack(RECORDS[:2]) + junk + pack(RECORDS[2:]) + bytes(100)
    items = read(tmp_path, content)
    assert damages(items) == [
        ("junk", len(pack(RECORDS[:2])), len(junk)),
        ("junk", len(content) - 100, 100),
    ]
    assert len(items) == len(RECORDS) + 2


@PACKS
def test_junk_in_front(tmp_path: Path, pack: Pack) -> None:
    items = read(tmp_path, b"junk" + pack(RECORDS))
    assert damages(items) == [("junk", 0, 4)]
    assert len(items) == len(RECORDS) + 1


@pytest.mark.fault("damaged-input", "local")
def test_a_member_cut_in_the_middle_of_the_file(tmp_path: Path) -> None:
    first, second, rest = gzip_member(RECORDS[1]), gzip_member(RECORDS[2]), gzip_member(RECORDS[4])
    items = read(tmp_path, first + second[:-30] + rest)
    assert damages(items) == [("corrupt", len(first), len(second) - 30)]
    assert [item.url for item in items if isinstance(item, Record)] == [
        "http://a.example/1",
        "http://a.example/4",
    ]


@pytest.mark.parametrize("change", [-3, 5, 1000], ids=["shorter", "longer", "much longer"])
@PACKS
def test_a_wrong_content_length_is_repaired_where_the_member_ends_the_record(
    tmp_path: Path, pack: Pack, change: int
) -> None:
    length = int(RECORDS[2].split(b"Content-Length: ")[1].split(b"\r\n")[0])
    wrong = RECORDS[2].replace(
        f"Content-Length: {length}".encode(), f"Content-Length: {length + change}".encode()
    )
    items = read(tmp_path, pack([RECORDS[1], wrong, RECORDS[4]]))
    if pack is plain:  # where the record ends is not sure: it costs itself, and no other
        urls = [item.url for item in items if isinstance(item, Record)]
        assert urls == ["http://a.example/1", "http://a.example/4"]
        assert [reason for reason, _, _ in damages(items)] == ["corrupt"]
        assert items[1].url == "http://a.example/2"
        return
    (sound,) = read(tmp_path, pack([RECORDS[2]]))
    found = items[1]
    assert len(items) == 3
    assert isinstance(found, Record)
    assert isinstance(sound, Record)
    assert found.payload == sound.payload
    assert found.repairs == ("content_length_wrong",)
    assert found.is_cut == (change > 0)  # it may be the length that is right


@pytest.mark.parametrize("length", ["", "-1", "1e3", "٣", None])
@PACKS
def test_a_content_length_that_is_no_number(tmp_path: Path, pack: Pack, length: str | None) -> None:
    record = response_record("http://a.example/", "<p>x", headers={"Content-Length": length})
    items = read(tmp_path, pack([record, RECORDS[1]]))
    first = items[0]
    assert isinstance(items[1], Record)
    if pack is plain:
        assert isinstance(first, Damage)
    else:
        assert isinstance(first, Record)
        assert (first.payload, first.repairs) == (b"<p>x", ("content_length_missing",))


@pytest.mark.parametrize("digits", [15, 30, 1000])
def test_a_claimed_length_of_petabytes_costs_neither_time_nor_memory(
    tmp_path: Path, digits: int
) -> None:
    headers: dict[str, str | None] = {"Content-Length": "9" * digits}
    record = response_record("http://a.example/", "<p>x", headers=headers)
    items = read(tmp_path, gzip_members([record, RECORDS[1]]))
    assert [reason for reason, _, _ in damages(items)] == ["too_large"]
    assert isinstance(items[1], Record)


def test_headers_without_end(tmp_path: Path) -> None:
    endless = b"WARC/1.0\r\n" + b"A: b\r\n" * 100_000
    items = read(tmp_path, gzip_members([endless, RECORDS[1]]))
    assert [type(item) for item in items] == [Damage, Record]


HTML = b"<!doctype html><html><body>Please log in</body></html>"


@pytest.mark.parametrize(
    "content",
    [HTML, gzip.compress(HTML, mtime=0), b"\x00" * 50, HTML * 100_000],
    ids=["plain", "compressed", "zeros", "long"],
)
@pytest.mark.fault("damaged-input", "local")
def test_an_html_page_saved_as_warc(tmp_path: Path, content: bytes) -> None:
    assert damages(read(tmp_path, content)) == [("not_a_warc", 0, len(content))]


@pytest.mark.fault("damaged-input", "local")
def test_an_empty_file(tmp_path: Path) -> None:
    assert damages(read(tmp_path, b"")) == [("empty", 0, 0)]


def test_an_empty_member_is_no_damage(tmp_path: Path) -> None:
    items = read(tmp_path, gzip.compress(b"", mtime=0) + gzip_member(RECORDS[1]))
    assert [type(item) for item in items] == [Skipped, Record]


def test_the_end_of_one_single_member_is_missing(tmp_path: Path) -> None:
    many = [response_record(f"http://a.example/{i}", f"<p>{i * i}</p>" * 99) for i in range(99)]
    content = gzip.compress(b"".join(many), mtime=0)
    path = tmp_path / "x"
    path.write_bytes(content[: len(content) * 2 // 3])
    items = list(read_warc(str(path)))
    records = [item for item in items if isinstance(item, Record)]
    assert 20 < len(records) < 99
    assert [r.payload for r in records] == [
        f"<p>{i * i}</p>".encode() * 99 for i in range(len(records))
    ]
    assert [item.reason for item in items if isinstance(item, Damage)] == ["truncated"]
    assert sum(item.n_bytes for item in items) == len(content) * 2 // 3


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
@PACKS
@pytest.mark.fault("damaged-input", "local")
def test_whatever_happens_to_a_file_every_byte_is_accounted_for(
    tmp_path: Path, pack: Pack, data: st.DataObject
) -> None:
    content = bytearray(pack(RECORDS))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content) - 1))
        match data.draw(st.sampled_from(["flip", "insert", "delete", "repeat"])):
            case "flip":
                content[at] ^= data.draw(st.integers(1, 255))
            case "insert":
                content[at:at] = data.draw(st.binary(max_size=40))
            case "delete":
                del content[at : at + data.draw(st.integers(1, 200))]
            case _:
                content[at:at] = content[at : at + 300]
        if not content:
            content += b"x"
    read(tmp_path, bytes(content))


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    content=st.binary(min_size=1, max_size=200),
    start=st.sampled_from(
        [b"", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"WARC/1.0\r\n", b"\x5d\x2a"]
    ),
)
def test_any_bytes_are_read_without_an_exception(
    tmp_path: Path, content: bytes, start: bytes
) -> None:
    read(tmp_path, start + content)
