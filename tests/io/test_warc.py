"""Formats, what is kept, what is skipped and why."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from fastwarc.stream_io import (
    ZstdWriter,
    zstd_train_dictionary_from_samples,
)
from fastwarc.warc import ArchiveIterator, WarcRecordType

from curate.errors import InputError
from curate.io.warc import MAX_RECORD_BYTES, Damage, Record, Skipped, read_warc
from tests.warc_files import (
    DATE,
    conversion_record,
    gzip_member,
    gzip_members,
    http_response,
    plain,
    record_id,
    response_record,
    warc_record,
    warcinfo_record,
    zstd_frames,
)

PAGES = {
    "http://a.example/th": "<html><p>มนุษย์ทั้งหลายเกิดมามีอิสระ</p></html>",
    "http://a.example/hi": "<html><p>सभी मनुष्यों को गौरव</p></html>",
    "http://a.example/ar": "<html><p>يولد جميع الناس أحرارًا</p></html>",
    "http://a.example/got": "<html><p>𐌰𐌻𐌻𐌰𐌹 𐌼𐌰𐌽𐌽𐌰</p></html>",
}
RECORDS = [
    response_record(url, html, ordinal=i) for i, (url, html) in enumerate(PAGES.items(), start=1)
]

Items = list[Record | Skipped | Damage]


def read(
    tmp_path: Path,
    content: bytes,
    name: str = "x.warc.gz",
    *,
    max_record_bytes: int = MAX_RECORD_BYTES,
) -> Items:
    path = tmp_path / name
    path.write_bytes(content)
    items = list(read_warc(str(path), max_record_bytes=max_record_bytes))
    assert sum(item.n_bytes for item in items) == len(content)
    return items


def the_record(tmp_path: Path, record: bytes) -> Record:
    (item,) = read(tmp_path, gzip_member(record))
    assert isinstance(item, Record), item
    return item


def the_reason(tmp_path: Path, record: bytes, *, max_record_bytes: int = MAX_RECORD_BYTES) -> str:
    (item,) = read(tmp_path, gzip_member(record), max_record_bytes=max_record_bytes)
    assert isinstance(item, Skipped), item
    return item.reason


@pytest.mark.parametrize("pack", [gzip_members, zstd_frames, plain], ids=["gzip", "zstd", "plain"])
@pytest.mark.parametrize("name", ["x.warc.gz", "x.warc", "x.warc.zst", "noname"])
def test_the_format_is_known_by_content_and_not_by_name(
    tmp_path: Path, pack: Callable[[Sequence[bytes]], bytes], name: str
) -> None:
    items = read(tmp_path, pack([warcinfo_record(), *RECORDS]), name)
    assert isinstance(items[0], Skipped)
    assert items[0].reason == "not_a_response"
    records = [item for item in items if isinstance(item, Record)]
    assert {r.url: r.payload.decode() for r in records} == PAGES
    assert [r.id for r in records] == [record_id(i) for i in (1, 2, 3, 4)]
    assert {r.date for r in records} == {DATE}
    assert {r.kind for r in records} == {"response"}
    assert {r.http_content_type for r in records} == {"text/html; charset=utf-8"}


@pytest.mark.parametrize("pack", [gzip_members, zstd_frames, plain], ids=["gzip", "zstd", "plain"])
def test_records_equal_those_of_fastwarc_with_their_offsets(
    tmp_path: Path, pack: Callable[[Sequence[bytes]], bytes]
) -> None:
    content = pack([warcinfo_record(), *RECORDS])
    theirs = [
        (r.record_id, r.headers["WARC-Target-URI"], r.stream_pos, r.reader.read())
        for r in ArchiveIterator(io.BytesIO(content), record_types=WarcRecordType.response)
    ]
    ours = [
        (r.id, r.url, r.warc_offset, r.payload)
        for r in read(tmp_path, content)
        if isinstance(r, Record)
    ]
    assert ours == theirs


@pytest.mark.parametrize("compressed", [False, True], ids=["raw dictionary", "compressed"])
def test_zstd_with_a_dictionary_frame(tmp_path: Path, *, compressed: bool) -> None:
    samples = [response_record(f"http://a.example/{i}", f"<p>page {i}</p>") for i in range(200)]
    dictionary = zstd_train_dictionary_from_samples(samples, 4096)
    content = io.BytesIO()
    writer = ZstdWriter(content, dictionary=dictionary, compress_dictionary_frame=compressed)
    for record in RECORDS:
        writer.write(record)
        writer.finish()
        writer.flush()
    assert content.getvalue().startswith(b"\x5d\x2a\x4d\x18")
    items = read(tmp_path, content.getvalue())
    assert isinstance(items[0], Skipped)
    assert items[0].reason == "no_record"
    assert [r.payload.decode() for r in items if isinstance(r, Record)] == list(PAGES.values())


def test_a_file_that_is_one_single_gzip_member(tmp_path: Path) -> None:
    many = [response_record(f"http://a.example/{i}", f"<p>{i}</p>" * 999) for i in range(1000)]
    items = read(tmp_path, gzip.compress(b"".join(many), mtime=0))
    assert [item.url for item in items if isinstance(item, Record)] == [
        f"http://a.example/{i}" for i in range(1000)
    ]
    assert {item.warc_offset for item in items} == {0}


def test_wet_records_pass_as_text(tmp_path: Path) -> None:
    record = the_record(tmp_path, conversion_record("http://a.example/", "ภาษาไทย\n"))
    assert record.kind == "conversion"
    assert record.payload.decode() == "ภาษาไทย\n"
    assert record.http_content_type == "text/plain; charset=utf-8"


def test_wget_writes_angle_brackets_around_the_url(tmp_path: Path) -> None:
    assert the_record(tmp_path, response_record("<http://a.example/>", "<p>x")).url == (
        "http://a.example/"
    )


def test_a_record_without_id_is_named_by_its_place(tmp_path: Path) -> None:
    record = response_record("http://a.example/", "<p>x", headers={"WARC-Record-ID": None})
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    ids = [r.id for r in read(tmp_path, gzip_members([record] * 3)) if isinstance(r, Record)]
    again = [r.id for r in read(folder, gzip_members([record] * 3)) if isinstance(r, Record)]
    joined = [r.id for r in read(tmp_path, gzip_member(record * 3)) if isinstance(r, Record)]
    assert len(set(ids)) == len(set(joined)) == 3
    assert ids == again
    assert all(identity.startswith("urn:curate:") for identity in ids)
    assert ids[0] == "urn:curate:89fa7f16b4745943364999b5d5ed937e", "no release makes others"
    path = str(tmp_path / "x.warc.gz")
    placed = [r.id for r in read_warc(path, place="2009/x.warc.gz") if isinstance(r, Record)]
    assert not {*placed} & {*joined}


@pytest.mark.parametrize(
    ("http_type", "identified", "body", "expected"),
    [
        ("text/html", None, "<p>x", None),
        ("TEXT/HTML;charset=x", None, "x", None),
        ("application/xhtml+xml", None, "<html/>", None),
        ("application/pdf", None, "<html>", "not_html"),
        ("text/plain", None, "<html>", "not_html"),
        ("text/plain", "text/html", "x", None),
        ("text/html", "application/pdf", "<html>", "not_html"),
        (None, None, "\n <!DOCTYPE  HTML>\n", None),
        (None, None, "<!-- x --><HTML lang=th>", None),
        (None, None, "<?xml version='1.0'?><html xmlns='x'>", None),
        (None, None, "\ufeff<title>ภาษา</title>", None),
        (None, None, "<?xml version='1.0'?><rss>", "not_html"),
        (None, None, "%PDF-1.4", "not_html"),
        ("html", None, "<p>x", None),
        ("text/html", None, " \n", "empty_body"),
    ],
)
def test_what_counts_as_html(
    tmp_path: Path, http_type: str | None, identified: str | None, body: str, expected: str | None
) -> None:
    headers = {"WARC-Identified-Payload-Type": identified}
    record = response_record("http://a.example/", body, content_type=http_type, headers=headers)
    (item,) = read(tmp_path, gzip_member(record))
    assert getattr(item, "reason", None) == expected


@pytest.mark.parametrize("status", [204, 301, 404, 500])
def test_only_status_200_counts(tmp_path: Path, status: int) -> None:
    record = response_record("http://a.example/", "<p>x", status=status)
    assert the_reason(tmp_path, record) == "http_status"


@pytest.mark.parametrize("kind", ["request", "metadata", "revisit", "resource", "continuation"])
def test_other_kinds_are_skipped(tmp_path: Path, kind: str) -> None:
    assert the_reason(tmp_path, warc_record(kind, b"x")) == "not_a_response"


def test_a_response_that_is_not_http(tmp_path: Path) -> None:
    record = warc_record("response", b"20240221 a.example 192.0.2.1", url="dns:a.example")
    assert the_reason(tmp_path, record) == "not_http"


def chunked(body: bytes, step: int = 7) -> bytes:
    parts = [body[i : i + step] for i in range(0, len(body), step)]
    return b"".join(b"%x;q=1\r\n%s\r\n" % (len(p), p) for p in parts) + b"0\r\n\r\n"


def raw_deflate(body: bytes) -> bytes:
    coder = zlib.compressobj(wbits=-15)
    return coder.compress(body) + coder.flush()


def arrow(codec: str) -> Callable[[bytes], bytes]:
    return lambda body: bytes(pa.Codec(codec).compress(body, asbytes=True))


PAGE = ("<html><p>" + "人人生而自由 𞤀𞤣𞤤𞤢𞤥 " * 40 + "</p>").encode()


@pytest.mark.parametrize("is_stored_coded", [True, False], ids=["coded", "already decoded"])
@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Transfer-Encoding": "chunked"}, chunked),
        ({"Content-Encoding": "gzip"}, gzip.compress),
        ({"Content-Encoding": "x-gzip"}, gzip.compress),
        ({"Content-Encoding": "deflate"}, zlib.compress),
        ({"Content-Encoding": "deflate"}, raw_deflate),
        ({"Content-Encoding": "br"}, arrow("brotli")),
        ({"Content-Encoding": "zstd"}, arrow("zstd")),
        (
            {"Content-Encoding": "br, gzip", "Transfer-Encoding": "chunked"},
            lambda b: chunked(gzip.compress(arrow("brotli")(b))),
        ),
        ({"Content-Encoding": "utf-8"}, bytes),
    ],
)
def test_codings_are_removed_where_the_bytes_have_them(
    tmp_path: Path,
    headers: dict[str, str],
    code: Callable[[bytes], bytes],
    *,
    is_stored_coded: bool,
) -> None:
    body = code(PAGE) if is_stored_coded else PAGE
    record = response_record("http://a.example/", body, http_headers=headers)
    assert the_record(tmp_path, record).payload == PAGE


CUT_SHORT = [
    ({"Content-Encoding": "gzip"}, gzip.compress(PAGE)[:-20]),
    ({"Transfer-Encoding": "chunked"}, chunked(PAGE)[:-20]),
]


@pytest.mark.parametrize("is_told", [False, True], ids=["", "by the crawler, who says so"])
@pytest.mark.parametrize(("headers", "body"), CUT_SHORT, ids=["gzip", "chunked"])
def test_of_a_coding_cut_short_is_kept_what_came(
    tmp_path: Path, headers: dict[str, str], body: bytes, *, is_told: bool
) -> None:
    told: dict[str, str | None] = {"WARC-Truncated": "length"} if is_told else {}
    record = response_record("http://a.example/", body, http_headers=headers, headers=told)
    found = the_record(tmp_path, record)
    assert found.is_cut
    assert 0 < len(found.payload) < len(PAGE)
    assert PAGE.startswith(found.payload)


def test_a_coding_of_which_nothing_came_is_told_with_its_address(tmp_path: Path) -> None:
    body = arrow("brotli")(PAGE)[:6] + bytes(99)
    record = response_record(
        "http://me:secret@a.example/", body, http_headers={"Content-Encoding": "br"}
    )
    (item,) = read(tmp_path, gzip_member(record))
    assert isinstance(item, Skipped)
    assert (item.reason, item.url, item.id) == (
        "content_encoding",
        "http://a.example/",
        record_id(1),
    )
    assert item.detail == "br: nothing of 105 bytes could be decoded"


def test_bombs_stop_at_the_limit(tmp_path: Path) -> None:
    zeros = b"<p>" + bytes(3_000_000)
    inner = response_record(
        "http://a.example/", gzip.compress(zeros), http_headers={"Content-Encoding": "gzip"}
    )
    outer = response_record("http://a.example/", zeros)
    for bomb in (inner, outer):
        assert the_reason(tmp_path, bomb, max_record_bytes=1_000_000) == "too_large"


@pytest.mark.parametrize("pack", [gzip_members, zstd_frames, plain], ids=["gzip", "zstd", "plain"])
def test_what_follows_a_too_large_record_is_read(
    tmp_path: Path, pack: Callable[[Sequence[bytes]], bytes]
) -> None:
    big = response_record("http://a.example/big", bytes(3_000_000))
    items = read(tmp_path, pack([RECORDS[0], big, RECORDS[1]]), max_record_bytes=100_000)
    assert [type(item) for item in items] == [Record, Skipped, Record]


def test_header_lines_folded_repeated_and_without_carriage_return(tmp_path: Path) -> None:
    content = b"HTTP/1.0 200\nContent-Type: text/html;\n charset=big5\nX: 1\nX: 2\n\n<p>x"
    record = warc_record("response", content, url="http://a.example/")
    assert the_record(tmp_path, record).http_content_type == "text/html; charset=big5"


def test_a_missing_file_is_the_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing\.warc"):
        list(read_warc(str(tmp_path / "nothing.warc")))


@pytest.mark.shared
def test_real_pages() -> None:
    path = Path(__file__).parents[2] / ".." / "shared" / "data" / "real_pages_wide.warc.gz"
    if not path.exists():
        pytest.skip("the folder `shared` is not beside the checkout")
    items = list(read_warc(str(path)))
    assert sum(isinstance(item, Record) for item in items) == 100
    assert sum(isinstance(item, Damage) for item in items) == 0
    assert sum(item.n_bytes for item in items) == path.stat().st_size


def test_http_response_helper_round_trips() -> None:
    assert http_response(b"x", content_type=None) == b"HTTP/1.1 200 OK\r\n\r\nx"


def test_headers_that_opt_out_are_kept_apart(tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Robots-Tag: a: noindex\r\n"
    body = b"x-robots-tag:noai\r\nTDM-Reservation: 1\r\n\r\n<p>X-Robots-Tag: none"
    path = tmp_path / "a.warc"
    path.write_bytes(warc_record("response", head + body, url="http://a.example/"))
    (record,) = read_warc(str(path))
    assert isinstance(record, Record)
    assert record.opt_out_headers == (
        ("X-Robots-Tag", "a: noindex"),
        ("x-robots-tag", "noai"),
        ("TDM-Reservation", "1"),
    )
