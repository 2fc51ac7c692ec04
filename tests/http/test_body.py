"""Bodies: what came is given, however they were coded, cut or broken; and never more than asked."""

from __future__ import annotations

import gzip
import random
import zlib
from collections.abc import Mapping
from contextlib import suppress

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.http import codings
from curate.http.body import BadCodingError, Body, decode_body
from curate.http.response import Response
from tests.inputs.warc_made import br, chunked, deflated, gz, zstd

MOST = 1 << 20
_CHANCE = random.Random(7)
_LETTERS = "abcdefghij กขคงจฉชซ कखगघङचछज ابتثجحخد 一丁七万丈三上下 𐌰𐌱𐌲𐌳𐌴𐌵"
TEXT = "".join(f"<p>{''.join(_CHANCE.choices(_LETTERS, k=60))}</p>\n" for _ in range(1500)).encode()
"""Nothing in it comes twice, so that half of the coded bytes are half of it."""

CODERS = {
    "gzip": gz,
    "x-gzip": gz,
    "deflate": lambda body: deflated(body, -15),
    "br": br,
    "zstd": zstd,
}


def decoded(body: bytes, most: int = MOST, **headers: str) -> Body:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return decoded_as(body, names, most)


def decoded_as(body: bytes, headers: Mapping[str, str], most: int = MOST) -> Body:
    return decode_body(Response(200, {**headers}, memoryview(body)), max_bytes=most)


@pytest.mark.parametrize("coding", CODERS)
def test_a_whole_body(coding: str) -> None:
    assert decoded(CODERS[coding](TEXT), content_encoding=coding) == Body(TEXT)
    assert decoded(CODERS[coding](TEXT), transfer_encoding=coding) == Body(TEXT)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
@settings(max_examples=40, deadline=None)
@given(kept=st.floats(0.3, 0.999))
def test_of_a_body_that_is_cut_comes_nearly_all_that_its_bytes_hold(
    coding: str, kept: float
) -> None:
    coded = CODERS[coding](TEXT)
    found = decoded(coded[: int(len(coded) * kept)], content_encoding=coding)
    assert found.is_cut
    assert TEXT.startswith(found.data)
    assert len(found.data) > len(TEXT) * kept * 0.75


@settings(max_examples=40, deadline=None)
@given(at=st.floats(0.2, 0.9), coding=st.sampled_from(["gzip", "deflate"]))
def test_of_a_body_with_a_flipped_byte_comes_what_is_before_it(at: float, coding: str) -> None:
    coded = bytearray(CODERS[coding](TEXT))
    place = int(len(coded) * at)
    coded[place] ^= 0xFF
    found = decoded(bytes(coded), content_encoding=coding)
    n_same = next(
        (i for i, (a, b) in enumerate(zip(found.data, TEXT, strict=False)) if a != b), None
    )
    n_same = min(len(found.data), len(TEXT)) if n_same is None else n_same
    assert n_same > len(TEXT) * at * 0.75
    assert found.is_cut or coding == "deflate"  # which has no checksum


@settings(max_examples=60, deadline=None)
@given(
    body=st.binary(min_size=1, max_size=400),
    steps=st.lists(st.integers(1, 60), min_size=1, max_size=30),
    zeros=st.integers(0, 40),
    blanks=st.sampled_from([b"", b" ", b"\t"]),
    extension=st.sampled_from([b"", b";a=b", b' ; q="x y"']),
    line_end=st.sampled_from([b"\r\n", b"\n"]),
    cut=st.integers(0, 12),
)
def test_chunks_of_any_form(
    body: bytes,
    steps: list[int],
    zeros: int,
    blanks: bytes,
    extension: bytes,
    line_end: bytes,
    cut: int,
) -> None:
    parts: list[bytes] = []
    at = 0
    while at < len(body):
        step = steps[len(parts) % len(steps)]
        piece = body[at : at + step]
        size = blanks + b"0" * zeros + b"%X" % len(piece) + blanks + extension
        parts.append(size + line_end + piece + line_end)
        at += step
    coded = b"".join(parts) + b"0" + line_end + b"Trailer: x" + line_end * 2
    whole = decoded(coded, transfer_encoding="chunked")
    if not body.lstrip(b"\r\n").startswith(b"\x1f\x8b\x08"):
        assert whole == Body(body)
    n_left = len(b"".join(parts)) - cut
    found = decoded(coded[:n_left], transfer_encoding="chunked")
    if found.is_cut:
        assert body.startswith(found.data) or found.data.startswith(b"\x1f\x8b")


def test_a_page_that_begins_with_a_number_is_not_taken_for_chunks() -> None:
    for page in (b"Add\nthis and that" * 9, b"12\n<p>x</p>" * 99, b"bad\r\nluck" * 1000):
        assert decoded(page, transfer_encoding="chunked") == Body(page)


@pytest.mark.parametrize("coding", CODERS)
def test_bombs_end_at_the_limit(coding: str) -> None:
    bomb = CODERS[coding](bytes(8 << 20))
    with pytest.raises(BadCodingError) as caught:
        decoded(bomb, most=100_000, content_encoding=coding)
    assert caught.value.reason == "too_large"
    assert len(caught.value.data) == 100_000


def test_a_bomb_of_members_that_are_empty_ends_soon() -> None:
    members = gz(b"") * 20_000
    assert decoded(members + gz(b"<p>x"), content_encoding="gzip") == Body(b"<p>x")


def test_a_bomb_of_layers() -> None:
    bomb = TEXT
    for _ in range(30):
        bomb = gz(bomb)
    with pytest.raises(BadCodingError, match="layers"):
        decoded(bomb, content_encoding="gzip, gzip")


@pytest.mark.parametrize(
    "start",
    [
        b"<section>",
        b"<link rel=x>",
        b"<my-app>",
        b"plain words ",
        "ไทย ".encode(),
        b"\n\n\t<p>",
        b"x\x9c",
    ],
)
@pytest.mark.parametrize("coding", [*CODERS, "br, gzip", "gzip, chunked", "identity", "none", ""])
def test_a_coding_that_was_removed_and_left_in_the_header(start: bytes, coding: str) -> None:
    body = start + TEXT[:3000]
    for name in ("content-encoding", "transfer-encoding"):
        assert decoded_as(body, {name: coding}) == Body(body)


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"<\0p\0", b"\0<\0p"])
def test_an_empty_line_in_front_hides_no_encoding(mark: bytes) -> None:
    assert decoded(b"\r\n" + mark + b"x\0").data == mark + b"x\0"


def test_other_line_ends_in_front_are_the_pages_own() -> None:
    for body in (b"\r\n<p>x", b"\n\n", b"\n\0<\0p\0", b"\r\n\r\n\x1f\x8b"):
        assert decoded(body) == Body(body)


@pytest.mark.parametrize(
    ("declared", "is_cut"),
    [("5", False), ("4", False), ("6", True), ("6, 6", True), ("6, 5", False), ("x", False),
     ("-6", False), ("9" * 50, True), ("٦", False), ("", False)],
)  # fmt: skip
def test_fewer_bytes_than_were_promised(declared: str, *, is_cut: bool) -> None:
    assert decoded(b"<p>xy", content_length=declared) == Body(b"<p>xy", is_cut)


def test_zlib_that_ends_without_its_checksum() -> None:
    coded = zlib.compress(TEXT)[:-4]
    assert decoded(coded, content_encoding="deflate") == Body(TEXT, is_cut=True)


def test_gzip_named_deflate_and_the_other_way_round() -> None:
    assert decoded(gz(TEXT), content_encoding="deflate") == Body(TEXT)


def test_arrow_is_asked_for_less_until_it_gives_what_it_has() -> None:
    coded = br(TEXT)[:-1]
    data, is_whole = codings.decompress(memoryview(coded), "brotli", MOST)
    assert not is_whole
    assert len(TEXT) - 1024 < len(data) < len(TEXT)


@settings(max_examples=150, deadline=None)
@given(
    body=st.binary(max_size=300),
    start=st.sampled_from([b"", b"\x1f\x8b\x08\0", b"\x28\xb5\x2f\xfd", b"5\r\n", b"\x78\x9c"]),
    transfer=st.sampled_from(["", "chunked", "gzip, chunked", "br"]),
    content=st.sampled_from(["", "gzip", "deflate", "br", "zstd", "gzip, br", "compress", "xz"]),
)
def test_any_bytes(body: bytes, start: bytes, transfer: str, content: str) -> None:
    with suppress(BadCodingError):
        found = decoded(start + body, 1000, transfer_encoding=transfer, content_encoding=content)
        assert len(found.data) <= 1000
        return
    with pytest.raises(BadCodingError) as caught:
        decoded(start + body, 1000, transfer_encoding=transfer, content_encoding=content)
    assert caught.value.reason in ("transfer_encoding", "content_encoding", "too_large")
    assert caught.value.detail


def test_chunks_then_gzip_then_brotli_each_cut_in_turn() -> None:
    coded = chunked(gzip.compress(bytes(pa.Codec("brotli").compress(TEXT, asbytes=True)), mtime=0))
    headers = {"transfer-encoding": "chunked", "content-encoding": "br, gzip"}
    assert decoded_as(coded, headers) == Body(TEXT)
    found = decoded_as(coded[: len(coded) // 2], headers)
    assert found.is_cut
    assert TEXT.startswith(found.data)
    assert len(found.data) > len(TEXT) // 4
