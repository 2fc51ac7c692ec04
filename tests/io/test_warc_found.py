"""Faults of framing and recognition that were found by trying, one test for each kind."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from fastwarc.stream_io import ZstdWriter, zstd_train_dictionary_from_samples

from curate.io.robots_in import read_robots
from curate.io.warc import Damage, Record, Skipped, read_warc
from curate.io.warc.dates import known_date
from curate.redact import without_userinfo
from tests.arc_files import arc_record, arc_records, version_block
from tests.warc_files import (
    gzip_member,
    gzip_members,
    response_record,
    warc_record,
)

PAGE = "<html><p>มนุษย์ทั้งหลาย"
XHTML = f"<?xml version='1.0'?><!-- {'x' * 9000} -->{PAGE}".encode()


def read(folder: Path, content: bytes) -> list[Record | Skipped | Damage]:
    path = folder / "x.warc"
    path.write_bytes(content)
    items = list(read_warc(str(path)))
    assert sum(item.n_bytes for item in items) == len(content)
    return items


def n_pages(folder: Path, content: bytes) -> int:
    return sum(isinstance(item, Record) for item in read(folder, content))


def _with_dictionary(word: str) -> bytes:
    """A file of one page, with a dictionary of its own in front."""
    samples = [response_record(f"http://a.example/{word}/{i}", PAGE + word * i) for i in range(300)]
    dictionary = zstd_train_dictionary_from_samples(samples, 4096)
    content = io.BytesIO()
    writer = ZstdWriter(content, dictionary=dictionary, compress_dictionary_frame=False)
    writer.write(samples[7])
    writer.finish()
    writer.flush()
    return content.getvalue()


def test_files_with_other_dictionaries_put_together(tmp_path: Path) -> None:
    assert n_pages(tmp_path, _with_dictionary("маяк") + _with_dictionary("灯台")) == 2


def test_an_arc_record_of_wrong_length_costs_no_other_in_its_member(tmp_path: Path) -> None:
    wrong = arc_record("http://a.example/wrong", b"HTTP/1.1 200 OK\r\n\r\n<p>x", length="9")
    records = [version_block(), wrong, *arc_records()[2:]]
    assert n_pages(tmp_path, gzip_member(b"".join(records))) == 2


def test_an_arc_file_with_warc_records_behind(tmp_path: Path) -> None:
    records = [*arc_records()[:3], response_record("http://a.example/", PAGE)]
    assert n_pages(tmp_path, gzip_member(b"".join(records))) == 2


def test_a_record_of_petabytes_costs_no_other_in_its_member(tmp_path: Path) -> None:
    good = [response_record(f"http://a.example/{i}", PAGE) for i in range(3)]
    headers: dict[str, str | None] = {"Content-Length": "9" * 18}
    huge = response_record("http://a.example/huge", PAGE, headers=headers)
    items = read(tmp_path, gzip_member(b"".join([*good[:2], huge, good[2]])))
    assert sum(isinstance(item, Record) for item in items) == 3
    [lost] = [item for item in items if isinstance(item, Damage)]
    assert (lost.reason, lost.url) == ("too_large", "http://a.example/huge")


def test_headers_without_end_are_left_at_the_next_record(tmp_path: Path) -> None:
    """Each was searched for a mebibyte: three megabytes took hours."""
    items = read(
        tmp_path, b"WARC/1.0\r\nA:b\r\n" * 300 + response_record("http://a.example/", PAGE)
    )
    assert isinstance(items[-1], Record)


@pytest.mark.parametrize("kind", ["resource", "conversion"])
def test_xhtml_without_http_with_a_long_comment_first(tmp_path: Path, kind: str) -> None:
    headers: dict[str, str | None] = {"Content-Type": "application/xml"}
    record = warc_record(kind, XHTML, url="http://a.example/", headers=headers)
    assert n_pages(tmp_path, gzip_members([record])) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": None},
        {"Content-Type": "x/y", "WARC-Identified-Payload-Type": "text/html"},
    ],
)
def test_a_resource_without_a_type_or_with_one_that_was_found_out(
    tmp_path: Path, headers: dict[str, str | None]
) -> None:
    record = warc_record("resource", PAGE.encode(), url="http://a.example/", headers=headers)
    assert n_pages(tmp_path, gzip_members([record])) == 1


def test_an_identified_type_that_says_nothing(tmp_path: Path) -> None:
    headers: dict[str, str | None] = {"WARC-Identified-Payload-Type": "application/octet-stream"}
    assert n_pages(tmp_path, response_record("http://a.example/", PAGE, headers=headers)) == 1


def test_robots_txt_in_a_resource_record(tmp_path: Path) -> None:
    body = b"User-agent: *\nDisallow: /"
    headers: dict[str, str | None] = {"Content-Type": "text/plain"}
    url = "http://a.example/robots.txt"
    path = tmp_path / "r.warc"
    path.write_bytes(warc_record("resource", body, url=url, headers=headers))
    assert [(r.url, r.status, r.body) for r in read_robots(str(path))] == [(url, 200, body)]


def test_a_mail_date_of_another_zone_and_one_in_small_letters() -> None:
    assert known_date("Wed, 21 Feb 2024 10:00:00 +0530") == "2024-02-21T04:30:00Z"
    assert known_date("2024-02-21t10:00:00z") == "2024-02-21t10:00:00z"


@pytest.mark.parametrize(
    ("url", "right"),
    [
        ("http:u:p@h.example/", "http:h.example/"),
        ("HTTPS:/u:p@h.example/", "HTTPS:/h.example/"),
        ("//u:p@h.example/x", "//h.example/x"),
        ("http://u:p a@h.example/", "http://h.example/"),
        ("mailto:a@h.example", "mailto:a@h.example"),
        ("http://h.example/a@b", "http://h.example/a@b"),
    ],
)
def test_user_names_as_browsers_find_them(url: str, right: str) -> None:
    assert without_userinfo(url) == right
