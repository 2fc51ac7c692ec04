"""Members decoded in one go give the same items as the member scan alone, whatever the file."""

from __future__ import annotations

import gzip
import io
import random
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest.mock import patch

import pytest
from fastwarc.stream_io import ZstdWriter, zstd_train_dictionary_from_samples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from zlib_ng import zlib_ng

from curate.io.source import Source
from curate.io.warc import Damage, Record, Skipped, formats, read_warc
from curate.io.warc.formats import Gzip
from tests.warc_files import (
    conversion_record,
    gzip_member,
    gzip_members,
    plain,
    response_record,
    warc_record,
    warcinfo_record,
    zstd_frames,
)

Item = Record | Skipped | Damage

RECORDS = [
    warcinfo_record(),
    response_record("http://a.example/th", "<p>มนุษย์ทั้งหลายเกิดมามีอิสระ</p>", ordinal=1),
    response_record("http://a.example/ff", "<p>𞤋𞤲𞥆𞤢𞤥𞤢 𞤢𞤣𞤫𞥅𞤶𞤭</p>", ordinal=2),
    warc_record("request", b"GET / HTTP/1.1\r\n\r\n", url="http://a.example/x", ordinal=3),
    conversion_record("http://a.example/ar", "يولد جميع الناس أحرارًا", ordinal=4),
]


def both_ways(path: Path, content: bytes, *, max_record_bytes: int = 1 << 20) -> list[Item]:
    """The items of a file, after comparing them with those of the member scan alone."""
    path.write_bytes(content)
    items = list(read_warc(str(path), max_record_bytes=max_record_bytes))
    with patch.object(Gzip, "open_whole", lambda self, start: None):
        scanned = list(read_warc(str(path), max_record_bytes=max_record_bytes))
    assert items == scanned
    assert sum(item.n_bytes for item in items) == len(content)
    return items


def test_a_file_cut_at_every_offset(tmp_path: Path) -> None:
    content = gzip_members(RECORDS)
    for cut in range(len(content)):
        items = both_ways(tmp_path / "x", content[:cut])
        lost = [item for item in items if isinstance(item, Damage)]
        assert all(item.reason in ("truncated", "empty") for item in lost)


def test_every_byte_flipped(tmp_path: Path) -> None:
    content = gzip_members(RECORDS)
    for at in range(len(content)):
        for mask in (0x01, 0x20, 0x80, 0xFF):
            flipped = bytearray(content)
            flipped[at] ^= mask
            both_ways(tmp_path / "x", bytes(flipped))


JUNK = b"<html>502 Bad Gateway</html>"
BIG = response_record("http://a.example/big", random.Random(5).randbytes(300_000), ordinal=9)
HUGE = response_record("http://a.example/huge", b"<p>" + bytes(9 << 20), ordinal=9)

FILES: dict[str, bytes] = {
    "sound": gzip_members(RECORDS),
    "junk between": gzip_members(RECORDS[:2]) + JUNK + gzip_members(RECORDS[2:]),
    "junk in front": JUNK + gzip_members(RECORDS),
    "junk behind": gzip_members(RECORDS) + bytes(100),
    "an HTML error page": JUNK,
    "a compressed HTML page": gzip.compress(JUNK, mtime=0),
    "one single member": gzip.compress(b"".join(RECORDS * 50), mtime=0),
    "two records a member": gzip.compress(RECORDS[1] + RECORDS[2], mtime=0) * 3,
    "a sound record and rubbish in one member": gzip.compress(RECORDS[1] + JUNK, mtime=0),
    "an empty member": gzip.compress(b"", mtime=0) + gzip_member(RECORDS[1]),
    "only line ends in a member": gzip.compress(b"\r\n\r\n", mtime=0) + gzip_member(RECORDS[1]),
    "a record above the limit": gzip_members([RECORDS[1], HUGE, RECORDS[2]]),
    "larger than the first read": gzip_members([BIG, RECORDS[1]]),
    "a file name in the gzip header": b"\x1f\x8b\x08\x08" + gzip_member(RECORDS[1])[4:10] + b"a\0"
    + gzip_member(RECORDS[1])[10:],
    "reserved flags": b"\x1f\x8b\x08\x20" + gzip_member(RECORDS[1])[4:] + gzip_member(RECORDS[2]),
    "no end of the last record": gzip_member(RECORDS[1][:-2]) + gzip_member(RECORDS[2]),
    "plain": plain(RECORDS),
    "zstd": zstd_frames(RECORDS),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_files_of_every_kind(tmp_path: Path, name: str) -> None:
    both_ways(tmp_path / "x", FILES[name])


def test_zstd_with_a_dictionary(tmp_path: Path) -> None:
    dictionary = zstd_train_dictionary_from_samples(RECORDS * 40, 2000)
    content = io.BytesIO()
    writer = ZstdWriter(content, dictionary=dictionary)
    for record in RECORDS:
        writer.write(record)
        writer.finish()
        writer.flush()
    items = both_ways(tmp_path / "x", content.getvalue())
    assert [item.url for item in items if isinstance(item, Record)] == [
        "http://a.example/th",
        "http://a.example/ff",
        "http://a.example/ar",
    ]


@pytest.mark.parametrize("limit", [10, 50, 200, 400])
def test_limits(tmp_path: Path, limit: int) -> None:
    both_ways(tmp_path / "x", gzip_members(RECORDS), max_record_bytes=limit)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_damage(tmp_path: Path, data: st.DataObject) -> None:
    grouped = data.draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
    records = iter(RECORDS * 3)
    content = bytearray(
        b"".join(gzip.compress(b"".join(next(records) for _ in range(n)), mtime=0) for n in grouped)
    )
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(content) - 1))
        match data.draw(st.sampled_from(["flip", "insert", "delete", "repeat", "cut"])):
            case "flip":
                content[at] ^= data.draw(st.integers(1, 255))
            case "insert":
                content[at:at] = data.draw(st.binary(max_size=40))
            case "delete":
                del content[at : at + data.draw(st.integers(1, 200))]
            case "repeat":
                content[at:at] = content[at : at + 300]
            case _:
                del content[at:]
        if not content:
            content += b"x"
    both_ways(tmp_path / "x", bytes(content))


@pytest.mark.parametrize("first", [1, 100, 1000], ids="first read of {} bytes".format)
def test_members_that_end_at_the_border_of_a_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    monkeypatch.setattr(formats, "_FIRST_IN_BYTES", first)
    monkeypatch.setattr(formats, "_IN_BYTES", 7)
    both_ways(tmp_path / "x", gzip_members(RECORDS))


@pytest.mark.parametrize("less", range(-2, 3))
def test_the_limit_of_what_is_decoded_in_one_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, less: int
) -> None:
    monkeypatch.setattr(formats, "_WHOLE_BYTES", len(RECORDS[1]) - less)
    path = tmp_path / "x"
    both_ways(path, gzip_members(RECORDS))
    with Source(str(path)) as source:
        whole = Gzip(source).open_whole(len(gzip_member(RECORDS[0])))
    assert (whole is not None) == (less <= 0)


def test_sound_members_are_decoded_in_one_go_and_cut_ones_never(tmp_path: Path) -> None:
    member = gzip_member(RECORDS[1])
    path = tmp_path / "x"
    path.write_bytes(member)
    with Source(str(path)) as source:
        whole = Gzip(source).open_whole(0)
    assert whole is not None
    assert whole.take(10_000) == RECORDS[1]
    assert whole.position == len(member)
    for cut in range(len(member)):
        path.write_bytes(member[:cut])
        with Source(str(path)) as source:
            assert Gzip(source).open_whole(0) is None, cut


Inflate = Callable[[bytes], tuple[bytes, int] | None]


def inflate(zlib_: object, error: type[Exception]) -> Inflate:
    """(content, how many bytes follow), or None if the member is not sound."""

    def run(data: bytes) -> tuple[bytes, int] | None:
        decoder = zlib_.decompressobj(wbits=31)  # type: ignore[attr-defined]
        try:
            content = decoder.decompress(data)
        except error:
            return None
        return (content, len(decoder.unused_data)) if decoder.eof else None

    return run


def mangled(rng: random.Random, bodies: Sequence[bytes]) -> bytes:
    """A small member with a few bytes changed, most of them in its header and its tables."""
    level = rng.choice((0, 1, 6, 9))
    member = bytearray(gzip.compress(rng.choice(bodies), compresslevel=level, mtime=0))
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(member) if rng.random() < 0.5 else min(len(member), 30))
        member[at] ^= 1 << rng.randrange(8)
    return bytes(member) + b"behind"


def test_zlib_ng_takes_a_damaged_member_for_sound_exactly_where_zlib_does() -> None:
    rng = random.Random(20)
    bodies = [b"", b"a", b"WARC/1.0\r\n", b"abc" * 30, bytes(rng.choices(b"abcdefgh", k=80))]
    plain_zlib, fast = inflate(zlib, zlib.error), inflate(zlib_ng, zlib_ng.error)  # type: ignore[arg-type] # its stub says Exception()
    n_sound = 0
    for _ in range(20_000):
        member = mangled(rng, bodies)
        expected = plain_zlib(member)
        assert fast(member) == expected, member.hex()
        n_sound += expected is not None
    assert n_sound > 500


@pytest.mark.parametrize("seed", range(3))
def test_libdeflate_takes_a_damaged_member_for_sound_only_where_zlib_does(
    tmp_path: Path, seed: int
) -> None:
    """Both ways of decoding in one go, by members of many kinds with a few bits flipped."""
    rng = random.Random(seed)
    bodies = [b"a", b"WARC/1.0\r\n", b"abc" * 30, bytes(rng.choices(b"abcdefgh", k=3000))]
    expected, members = [], []
    for _ in range(3000):
        members.append(mangled(rng, bodies).removesuffix(b"behind"))
        expected.append(inflate(zlib, zlib.error)(members[-1]))
    path = tmp_path / "x"
    path.write_bytes(b"".join(members))
    n_sound, at = 0, 0
    with Source(str(path)) as source:
        form = Gzip(source)
        for member, sound in zip(members, expected, strict=True):
            found = form._in_one_call(at)
            at += len(member)
            if found is not None:
                assert sound is not None
                assert found.take(10_000) == sound[0]
                assert found.position == at - sound[1]
                n_sound += 1
    assert n_sound > 100


@pytest.mark.parametrize("n_bytes", [1, 4, 8, 12, 18, 40])
def test_what_looks_like_the_end_of_a_member_and_is_none(tmp_path: Path, n_bytes: int) -> None:
    """Junk that ends as the member before it did: where it really ended is found all the same."""
    first, second = gzip_member(RECORDS[1]), gzip_member(RECORDS[2])
    items = both_ways(tmp_path / "x", first + first[-n_bytes:] + second)
    assert [type(item) for item in items] == [Record, Damage, Record]
    assert [item.n_bytes for item in items] == [len(first), n_bytes, len(second)]


def test_members_that_begin_differently_and_ones_that_hold_what_others_begin_with(
    tmp_path: Path,
) -> None:
    inner = gzip.compress(b"x", compresslevel=0, mtime=0)
    stored = gzip.compress(
        response_record("http://a.example/gz", inner * 20), compresslevel=0, mtime=7
    )
    named = gzip_member(RECORDS[2])
    named = named[:3] + b"\x08" + named[4:10] + b"name\0" + named[10:]
    items = both_ways(tmp_path / "x", gzip_member(RECORDS[1]) + stored + named + stored)
    assert [item.url[-3:] for item in items if isinstance(item, Record)] == [
        "/th", "/gz", "/ff", "/gz",
    ]  # fmt: skip
