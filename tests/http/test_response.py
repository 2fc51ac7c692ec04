"""Status lines and headers as servers write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.http.headers import header_pairs, parse_headers, pick_headers, spellings
from curate.http.response import MAX_HEADER_BYTES, parse_response

GOOD = (
    b"HTTP/1.1 200 OK",
    b"HTTP/1.1 200OK",
    b"HTTP/1.0 200",
    b"HTTP/2 200",
    b"HTTP/2.0 200 ",
    b"HTTP/3 200 OK",
    b"HTTP 200 OK",
    b"HTTP/1.1\t200\tOK",
    b"HTTP/1.1   200 \xe6\xad\xa3\xe5\xb8\xb8",
    b"http/1.1 200 ok",
    b"ICY 200 OK",
    b"\r\nHTTP/1.1 200 OK",
    b"\n\n\nHTTP/1.1 200 OK",
    b"\xef\xbb\xbfHTTP/1.1 200 OK",
)
BAD = (b"", b"HTTP", b"HTTP/1.1", b"HTTP/1.1 OK", b"HTTP/1.1 2000 OK", b"<html>HTTP/1.1 200 OK",
       b"GET / HTTP/1.1", b"20240221 192.0.2.1", b"ICY", b"XHTTP/x 200")  # fmt: skip


@pytest.mark.parametrize("line", GOOD)
@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r\r\n"])
def test_status_lines(line: bytes, end: bytes) -> None:
    found = parse_response(line + end + b"Content-Type: a/b" + end + end + b"<p>\n\nx")
    assert found is not None
    assert (found.status, found.headers, bytes(found.body)) == (
        200,
        {"content-type": "a/b"},
        b"<p>\n\nx",
    )


@pytest.mark.parametrize("line", BAD)
def test_what_is_no_status_line(line: bytes) -> None:
    assert parse_response(line + b"\r\n\r\n<p>") is None


@pytest.mark.parametrize("first", ["100 Continue", "103 Early Hints", "200 Connection established"])
def test_interim_responses_are_passed_over(first: str) -> None:
    head = f"HTTP/1.1 {first}\r\nA: b\r\n\r\n".encode()
    found = parse_response(head * 3 + b"HTTP/1.1 404 No\r\nContent-Type: a/b\r\n\r\nx")
    assert found is not None
    assert (found.status, bytes(found.body)) == (404, b"x")


def test_a_page_about_http_is_no_interim_response() -> None:
    body = b"HTTP/1.1 200 OK\r\n\r\nis what a server says"
    found = parse_response(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body)
    assert found is not None
    assert bytes(found.body) == body


def test_headers_without_end_or_body() -> None:
    assert parse_response(b"HTTP/1.1 200 OK") is not None
    found = parse_response(b"HTTP/1.1 200 OK\r\nContent-Type: a/b")
    assert found is not None
    assert (found.headers, bytes(found.body)) == ({"content-type": "a/b"}, b"")


@pytest.mark.parametrize("more", [-200, 200])
def test_the_limit_of_headers(more: int) -> None:
    cookie = b"Set-Cookie: " + b"x" * (MAX_HEADER_BYTES + more)
    found = parse_response(b"HTTP/1.1 200 OK\r\n" + cookie + b"\r\nContent-Type: a/b\r\n\r\nx")
    assert (found is None) == (more > 0)
    if found:
        assert found.headers["content-type"] == "a/b"


def test_signs_are_folded_and_repeated_and_apart() -> None:
    head = (
        b"HTTP/1.1 200 OK\r\nX-Robots-Tag: a: noarchive,\r\n\t noai \r\nx-robots-tag:noml\r\n\r\n"
    )
    found = parse_response(head)
    assert found is not None
    assert found.signs == (("X-Robots-Tag", "a: noarchive, noai"), ("x-robots-tag", "noml"))
    assert parse_response(b"HTTP/1.1 200 OK\r\n\r\nX-Robots-Tag: noai").signs == ()  # type: ignore[union-attr]


NAMES = spellings("Content-Type", "X-A")
NAME = st.sampled_from(
    ["Content-Type", "content-type", "CONTENT-TYPE", "X-A", "x-a", "Other", "", " "]
)
LINE = st.one_of(
    st.builds(
        "{}{}:{}{}".format,
        NAME,
        st.sampled_from(["", " "]),
        st.sampled_from(["", " ", "\t"]),
        st.text("ab;=é, ", max_size=6),
    ),
    st.sampled_from([" folded", "\tfolded", "no colon", ""]),
)


@given(st.lists(LINE, max_size=8), st.sampled_from(["\r\n", "\n", "\r\r\n"]))
def test_the_quick_way_gives_what_the_thorough_one_does(lines: list[str], end: str) -> None:
    block = (end + end.join(lines)).encode("latin-1")
    picked = pick_headers(block, NAMES, encoding="latin-1")
    parsed = parse_headers(block, encoding="latin-1")
    for name in ("content-type", "x-a"):
        assert picked.get(name) == parsed.get(name)
    pairs = header_pairs(block, encoding="latin-1")
    assert {name.lower() for name, _ in pairs} == set(parsed)
