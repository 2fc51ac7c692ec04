"""WARC and ARC files as crawlers and servers really write them."""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path

from curate.errors import InputError
from curate.io.warc import Record, read_warc
from tests.inputs.row import Kind, Row
from tests.inputs.warc_made import (
    PAGE,
    TEXT,
    arc,
    blocks,
    br,
    chunked,
    compressed,
    deflated,
    framed,
    gz,
    http,
    page,
    resource,
    zstd,
)
from tests.warc_files import gzip_member, plain, response_record, warc_record, zstd_frames

PAYLOADS = (PAGE, TEXT)


def outcome(path: Path) -> tuple[int, str]:
    """Reads a file; documents hold the page, or its beginning where they are marked as cut."""
    said: Counter[str] = Counter()
    n_pages = n_bytes = 0
    try:
        for item in read_warc(str(path)):
            n_bytes += item.n_bytes
            if isinstance(item, Record):
                n_pages += 1
                said[_of_page(item)] += 1
            elif getattr(item, "detail", ""):
                said[f"quarantine: `{item.reason}`"] += 1
            elif item.reason != "no_record":
                said[f"counted: `{item.reason}`"] += 1
    except InputError as error:
        return 0, f"refused: {error.found}"
    assert n_bytes == path.stat().st_size
    return n_pages, "; ".join(said)


def _of_page(item: Record) -> str:
    whole = [text for text in PAYLOADS if _plain(item.payload) == text]
    begun = [text for text in PAYLOADS if item.payload and text.startswith(_plain(item.payload))]
    assert whole or (item.is_cut and begun), item.payload[:200]
    repairs = ", ".join(f"`{kind}`" for kind in item.repairs)
    said = ["read"] + (["`truncated`"] if item.is_cut else [])
    return ", ".join(said) + (f"; repaired: {repairs}" if repairs else "")


def _plain(payload: bytes) -> bytes:
    """Of UTF-16 the text; line ends in front are the page's own."""
    if payload[:2] == b"\xff\xfe":
        return payload.decode("utf-16").encode()
    return payload.lstrip(b"\r\n")


GZIP = {"Content-Encoding": "gzip"}
CHUNKED = {"Transfer-Encoding": "chunked"}
BR = {"Content-Encoding": "br"}
CUT = "read, `truncated`"
WRONG_LENGTH = "read; repaired: `content_length_wrong`"

BODIES = (
    Row("chunks", lambda: page(chunked(PAGE), CHUNKED)),
    Row("chunks; the last one is missing", lambda: page(chunked(PAGE)[:-5], CHUNKED), CUT),
    Row("chunks, cut", lambda: page(chunked(PAGE)[:-40], CHUNKED), CUT),
    Row(
        "chunk sizes of 16 digits, with leading zeros, blanks and extensions",
        lambda: page(chunked(PAGE, b"  %016x  ;name=\"v\""), CHUNKED),
    ),
    Row("chunks behind an empty line", lambda: page(b"\r\n" + chunked(PAGE), CHUNKED)),
    Row("`chunked` in the header of a body without chunks", lambda: page(PAGE, CHUNKED)),
    Row("gzip", lambda: page(gz(PAGE), GZIP)),
    Row("gzip of several members", lambda: page(gz(PAGE[:99]) + gz(PAGE[99:]), GZIP)),
    Row("gzip, cut", lambda: page(gz(PAGE)[:-30], GZIP), CUT),
    Row("gzip with a wrong checksum", lambda: page(gz(PAGE)[:-8] + bytes(8), GZIP), CUT),
    Row("gzip and bytes behind it", lambda: page(gz(PAGE) + b"\0\0junk", GZIP)),
    Row("gzip behind an empty line", lambda: page(b"\r\n" + gz(PAGE), GZIP)),
    Row("gzip twice, named once", lambda: page(gz(gz(PAGE)), GZIP)),
    Row("gzip that no header names", lambda: page(gz(PAGE))),
    Row("gzip and chunks, both as `Transfer-Encoding`", lambda: page(
        chunked(gz(PAGE)), {"Transfer-Encoding": "gzip, chunked"})),
    Row("zlib as `deflate`", lambda: page(deflated(PAGE, 15), {"Content-Encoding": "deflate"})),
    Row("a raw stream as `deflate`", lambda: page(
        deflated(PAGE, -15), {"Content-Encoding": "deflate"})),
    Row("`deflate`, cut", lambda: page(deflated(PAGE, -15)[:-30], {"Content-Encoding": "deflate"}),
        CUT),
    Row("`br`", lambda: page(br(PAGE), BR)),
    Row("`br`, cut", lambda: page(br(PAGE)[:-5], BR), CUT),
    Row("`zstd` of several frames", lambda: page(
        zstd(PAGE[:99]) + zstd(PAGE[99:]), {"Content-Encoding": "zstd"})),
    Row("`br, gzip` in chunks", lambda: page(
        chunked(gz(br(PAGE))), {"Content-Encoding": "br, gzip", **CHUNKED})),
    *(
        Row(f"`{name}` in the header of a decoded body", partial(page,
            PAGE, {"Content-Encoding": name}))
        for name in ("gzip", "deflate", "br", "zstd", "utf-8")
    ),
    Row("the same, of a body that begins with text", lambda: page(TEXT, BR)),
    Row("fewer bytes than the HTTP `Content-Length` says", lambda: page(
        PAGE[:-9], {"Content-Length": str(len(PAGE))}), CUT),
    Row("`WARC-Truncated`", lambda: framed({"WARC-Truncated": "length"}), CUT),
    Row("the first segment of a record", lambda: framed({"WARC-Segment-Number": "1"}), CUT),
    Row("`br` of which nothing can be decoded", lambda: page(bytes(range(256)), BR),
        "quarantine: `content_encoding`", 0),
    Row("`compress`, `sdch`, `xz` and the like", lambda: page(
        b"\x1f\x9d\x90" + bytes(range(99)), {"Content-Encoding": "compress"}),
        "quarantine: `content_encoding`", 0),
    Row("a body that grows beyond 64 MiB", lambda: page(gz(bytes(65 << 20)), GZIP),
        "quarantine: `too_large`", 0),
    Row("UTF-16 behind an empty line", lambda: page(
        b"\r\n" + PAGE.decode().encode("utf-16"))),
)  # fmt: skip

PAGES = (
    *(
        Row(f"`{line}`", partial(http, line.encode(), b"Content-Type: text/html"))
        for line in ("HTTP/1.1 200OK", "HTTP/2 200", "HTTP 200 OK", "ICY 200 OK")
    ),
    Row("an empty line before the status line", lambda: http(
        b"\r\nHTTP/1.1 200 OK", b"Content-Type: text/html")),
    Row("`100 Continue` before the response", lambda: http(
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK", b"Content-Type: text/html")),
    Row("headers of 900 KB", lambda: http(
        b"HTTP/1.1 200 OK", b"A: " + b"b" * 900_000 + b"\r\nContent-Type: text/html")),
    Row("headers above 1 MiB", lambda: http(
        b"HTTP/1.1 200 OK", b"A: " + b"b" * (2 << 20) + b"\r\nContent-Type: text/html"),
        "quarantine: `not_http`", 0),
    *(
        Row(f"`Content-Type: {value}`", partial(page, PAGE, content_type=value))
        for value in (
            "text/html charset=utf-8", "text/html: charset=utf-8", "TEXT/HTML", "html",
            "application/xhtml+xml", "application/vnd.wap.xhtml+xml", "*/*", "unknown/unknown",
            "application/unknown",
        )
    ),
    Row("two `Content-Type`, `text/plain` and `text/html`", lambda: http(
        b"HTTP/1.1 200 OK", b"Content-Type: text/plain\r\nContent-Type: text/html")),
    Row("no `Content-Type`; the body begins with a tag of HTML", lambda: page(
        PAGE, content_type=None)),
    Row("no `Content-Type`; the body begins with text", lambda: page(TEXT, content_type=None),
        "counted: `not_html`", 0),
    Row("`application/xml` whose root is `html`", lambda: page(
        PAGE, content_type="application/xml")),
    Row("`application/xml` with another root", lambda: page(
        b"<?xml version='1.0'?><rss/>", content_type="application/xml"),
        "counted: `not_html`", 0),
    Row("`WARC-Identified-Payload-Type: application/vnd.wap.xhtml+xml`", lambda: framed(
        {"WARC-Identified-Payload-Type": "application/vnd.wap.xhtml+xml"}, "text/plain")),
    Row("`text/plain`, pictures, PDF", lambda: page(PAGE, content_type="text/plain"),
        "counted: `not_html`", 0),
    Row("other than status 200", lambda: http(b"HTTP/1.1 404 OK", b"Content-Type: text/html"),
        "counted: `http_status`", 0),
    Row("`resource` of type `text/html` (warcit, wpull)", lambda: resource("text/html")),
    Row("`conversion` of type `text/html`", lambda: resource("text/html", kind="conversion")),
    Row("`conversion` of type `text/plain` (WET)", lambda: resource(
        "text/plain", TEXT, kind="conversion")),
    Row("`resource` of another type", lambda: resource("image/png"), "counted: `not_html`", 0),
    Row("`request`, `metadata`, `revisit`, `warcinfo`", lambda: resource(
        "text/html", kind="metadata"), "counted: `not_a_response`", 0),
    Row("a page without HTTP headers in a `response`", lambda: resource(
        "application/http", kind="response"), "read; repaired: `no_http_headers`"),
    Row("something else than HTTP in a `response`", lambda: resource(
        "application/http", b"\x16\x03\x01", kind="response"), "quarantine: `not_http`", 0),
    Row("user name and password in the address (they are left out)", lambda: gzip_member(
        response_record("https://me:secret@a.example/", PAGE))),
    Row("a date that no calendar has (it is left out)", lambda: framed(
        {"WARC-Date": "2024-02-31T00:00:00Z"}), "read; repaired: `date_impossible`"),
)  # fmt: skip

TWO = [response_record(f"http://a.example/{i}", PAGE, ordinal=i) for i in (1, 2)]
ONE = TWO[0]
LENGTH = ONE.split(b"Content-Length: ")[1].split(b"\r\n")[0]


def lengths(*values: str) -> bytes:
    """One record with these lengths, alone in its member."""
    lines = b"".join(b"Content-Length: %s\r\n" % value.encode() for value in values)
    return gzip_member(ONE.replace(b"Content-Length: " + LENGTH + b"\r\n", lines))


FRAMING = (
    Row("gzip, a member each", lambda: gzip_member(TWO[0]) + gzip_member(TWO[1]), pages=2),
    Row("zstd, a frame each", lambda: zstd_frames(TWO), pages=2),
    Row("plain", lambda: plain(TWO), pages=2),
    Row("one gzip member for all", lambda: gzip_member(plain(TWO)), pages=2),
    Row("gzip in blocks (bgzip)", lambda: blocks(plain(TWO), gzip_member),
        "read; repaired: `members_joined`", 2),
    Row("a record over several zstd frames", lambda: blocks(plain(TWO), zstd),
        "read; repaired: `members_joined`", 2),
    Row("`Content-Length` twice, equal", lambda: lengths(LENGTH.decode(), LENGTH.decode()),
        "read; repaired: `content_length_repeated`"),
    Row("no `Content-Length`, the record alone in its member", lengths,
        "read; repaired: `content_length_missing`"),
    Row("`Content-Length` too small, the record alone in its member", lambda: lengths("150"),
        WRONG_LENGTH),
    Row("`Content-Length` too large, the record alone in its member", lambda: lengths("9999"),
        "read, `truncated`; repaired: `content_length_wrong`"),
    Row("`Content-Length` wrong in a plain file", lambda: plain(
        [ONE.replace(LENGTH, b"150"), TWO[1]]), "quarantine: `corrupt`; read", 1),
    Row("line ends of LF", lambda: gzip_member(ONE.replace(b"\r\n", b"\n").replace(
        LENGTH, str(int(LENGTH) - 3).encode())), "read; repaired: `line_ends`"),
    Row("line ends of CR CR LF", lambda: gzip_member(ONE.replace(b"\r\n", b"\r\r\n")),
        "read; repaired: `line_ends`, `content_length_wrong`"),
    Row("zeros behind the last member", lambda: gzip_member(ONE) + bytes(512),
        "read; quarantine: `junk`"),
    Row("junk between two members", lambda: gzip_member(ONE) + b"502" + gzip_member(TWO[1]),
        "read; quarantine: `junk`", 2),
    Row("the last member is cut", lambda: gzip_member(ONE) + gzip_member(TWO[1])[:-9],
        "read; quarantine: `truncated`"),
    Row("a flipped byte", lambda: _flipped(gzip_member(ONE)) + gzip_member(TWO[1]),
        "quarantine: `corrupt`; read"),
    Row("ARC 1.0, plain", lambda: arc(1, bytes), "counted: `not_a_response`; read", 2),
    Row("ARC 1.0, gzip", lambda: arc(1, gzip_member), "counted: `not_a_response`; read", 2),
    Row("ARC 1.1 (ten fields), gzip", lambda: arc(2, gzip_member),
        "counted: `not_a_response`; read", 2),
    Row("ARC without or with a wrong length, gzip", lambda: arc(1, gzip_member, length="7"),
        "counted: `not_a_response`; read; read; repaired: `content_length_wrong`", 2),
    Row("lz4, bzip2, xz", lambda: compressed("lz4") + ONE, "refused: one compressed with lz4", 0),
    Row("something else", lambda: b"<!doctype html>" + PAGE, "quarantine: `not_a_warc`", 0),
    Row("an empty file", bytes, "quarantine: `empty`", 0),
    Row("a request for a name (`dns:`)", lambda: gzip_member(
        warc_record("response", b"192.0.2.7", url="dns:a.example")), "counted: `not_http`", 0),
)  # fmt: skip


def _flipped(member: bytes) -> bytes:
    changed = bytearray(member)
    changed[len(member) // 2] ^= 0x55
    return bytes(changed)


WARC = Kind(
    "warc",
    (
        ("HTTP bodies", BODIES),
        ("What is a page", PAGES),
        ("Files and framing", FRAMING),
    ),
    outcome,
)
