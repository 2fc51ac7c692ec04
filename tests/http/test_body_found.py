"""Faults of bodies, types and signs that were found by trying."""

from __future__ import annotations

import gzip
import zlib

import brotli
import pytest

from curate.html.charset import decode
from curate.http.body import BadCodingError, decode_body
from curate.http.media import looks_like_html, media_type
from curate.http.response import parse_response
from curate.robots.opt_out import opt_out
from curate.robots.rules import ALL_FORBIDDEN, parse

TEXT = "<p>सभी मनुष्यों को 灯台 маяк 𐌰𐌻𐌻</p>".encode() * 4


def body(stored: bytes, header: str) -> bytes:
    response = parse_response(f"HTTP/1.1 200 OK\r\n{header}\r\n\r\n".encode() + stored)
    assert response is not None
    return decode_body(response, max_bytes=1 << 20).data


@pytest.mark.parametrize(
    ("stored", "header"),
    [
        (b"\r\n" + zlib.compress(TEXT)[2:-4], "Content-Encoding: deflate"),
        (b"\r\n" + brotli.compress(TEXT), "Content-Encoding: br"),
        (brotli.compress(TEXT), "Content-Encoding: brotli"),
        (zlib.compress(TEXT), "Content-Encoding: gzip"),
        (gzip.compress(TEXT, mtime=0), "Content-Encoding: application/gzip"),
        (b"%x\r\n%s\r\n0\r\n\r\n" % (len(TEXT), TEXT), "Transfer-Encoding: chunked;q=1"),
    ],
)
def test_codings_that_are_named_or_framed_a_little_wrong(stored: bytes, header: str) -> None:
    assert body(stored, header) == TEXT


def test_bytes_in_another_coding_than_is_named_are_no_text() -> None:
    with pytest.raises(BadCodingError, match="not decoded"):
        body(bytes(range(256)) * 8, "Content-Encoding: zstd")


def test_types_with_something_glued_on() -> None:
    assert media_type("text/html&charset=utf-8") == "text/html"
    assert media_type("text/html-sandboxed") == "text/html-sandboxed"


def test_utf_16_behind_an_empty_line_looks_like_a_page() -> None:
    assert looks_like_html("\r\n<html>".encode("utf-16-le"))


@pytest.mark.parametrize("encoding", ["utf-32-le", "utf-32-be"])
def test_utf_32_with_a_mark(encoding: str) -> None:
    text = "<p>สวัสดี 𐌰𐌻𐌻 नमस्ते"
    found = decode(("\ufeff" + text).encode(encoding), "text/html")
    assert (found.text, found.encoding, found.source) == (
        text,
        encoding.replace("-l", "l").replace("-b", "b"),
        "bom",
    )


@pytest.mark.parametrize("value", ["noai; x", '"noai"', "x\uff0cnoai", "noai\u200b", "noai\0"])
def test_refusals_with_other_marks_between(value: str) -> None:
    assert opt_out([("X-Robots-Tag", value)], b"") == ["noai"]
    page = f"<meta name=robots content='{value}'>".encode()
    assert opt_out([], page) == ["noai"]


def test_a_meta_for_several_names_and_a_reservation_said_twice() -> None:
    page = b"<meta name='robots, googlebot' content=noai>"
    assert opt_out([], page) == ["googlebot:noai", "noai"]
    assert opt_out([("TDM-Reservation", "1, 1")], b"") == ["tdm_reservation"]


def test_robots_txt_with_two_marks() -> None:
    rules = parse(b"\xef\xbb\xbf" * 2 + b"User-agent: *\nDisallow: /", ["CCBot"])
    assert rules == {"CCBot": ALL_FORBIDDEN}
