"""Every index of the Encoding Standard, and what its decoders do with bytes that mean nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.encodings import decoding_steps
from curate.encodings.decoders import decode_bytes
from curate.encodings.double_byte import decode_double_byte
from curate.encodings.encoding_names import LABELS, REPLACEMENT

DIGESTS: dict[str, str] = json.loads((Path(__file__).parent / "digests.json").read_text())
SINGLE_BYTE = sorted(name for name in DIGESTS if not LABELS.get(name, REPLACEMENT).is_multibyte)
STEPS = {
    "big5": decoding_steps.big5,
    "euc-jp": decoding_steps.euc_jp,
    "euc-kr": decoding_steps.euc_kr,
    "gb18030": decoding_steps.gb18030,
    "gbk": decoding_steps.gb18030,
    "shift_jis": decoding_steps.shift_jis,
}


def read(name: str, data: bytes) -> str:
    return decode_bytes(data, LABELS[name])[0]


def pairs(leads: range, *trails: range) -> Iterator[bytes]:
    return (bytes([lead, trail]) for lead in leads for part in trails for trail in part)


def big5() -> Iterator[bytes]:
    return pairs(range(0x81, 0xFF), range(0x40, 0x7F), range(0xA1, 0xFF))


def euc_kr() -> Iterator[bytes]:
    return pairs(range(0x81, 0xFF), range(0x41, 0xFF))


def gb18030() -> Iterator[bytes]:
    return pairs(range(0x81, 0xFF), range(0x40, 0x7F), range(0x80, 0xFF))


def shift_jis() -> Iterator[bytes]:
    trails = (range(0x40, 0x7F), range(0x80, 0xFD))
    yield from pairs(range(0x81, 0xA0), *trails)
    yield from pairs(range(0xE0, 0xFD), *trails)


def euc_jp() -> Iterator[bytes]:
    square = list(pairs(range(0xA1, 0xFF), range(0xA1, 0xFF)))
    yield from square
    yield from (b"\x8f" + pair for pair in square)


@pytest.mark.parametrize("sequences", [big5, euc_jp, euc_kr, gb18030, shift_jis])
def test_every_character_of_two_and_three_bytes_is_the_standards(
    sequences: Callable[[], Iterator[bytes]],
) -> None:
    name = sequences.__name__.replace("euc_", "euc-")
    index = []
    for sequence in sequences():
        text = read(name, sequence)
        is_error = text[0] == "\ufffd" or (sequence[:1] == b"\x88" and len(text) == 2)
        index.append("\ufffd" if is_error else text)  # four of Big5 are two code points: below
    assert all(len(text) == 1 for text in index)
    assert hashlib.sha256("".join(index).encode()).hexdigest() == DIGESTS[name]


def test_every_character_of_four_bytes_is_the_standards() -> None:
    tails = [bytes([third, fourth]) for third in range(0x81, 0xFF) for fourth in range(0x30, 0x3A)]
    found = hashlib.sha256()
    for lead in range(0x81, 0xFF):
        for second in range(0x30, 0x3A):
            text = read("gb18030", b"".join(bytes([lead, second]) + tail for tail in tails))
            assert len(text) == len(tails)
            found.update(text.encode())
    assert found.hexdigest() == DIGESTS["gb18030 four bytes"]


def test_one_byte_of_the_encodings_of_two() -> None:
    every = [bytes([byte]) for byte in range(0x80, 0x100)]
    assert {name: [b for b in every if read(name, b) != "\ufffd"] for name in STEPS} == {
        "big5": [],
        "euc-jp": [],
        "euc-kr": [],
        "gb18030": [b"\x80"],
        "gbk": [b"\x80"],
        "shift_jis": [b"\x80", *(bytes([byte]) for byte in range(0xA1, 0xE0))],
    }
    assert read("gbk", b"\x8025\xa3\xa0") == "\u20ac25\u3000"
    assert read("shift_jis", bytes(range(0xA1, 0xE0))) == "".join(map(chr, range(0xFF61, 0xFFA0)))
    assert read("euc-jp", b"\x8e\xa1\x8e\xdf") == "\uff61\uff9f"


def test_four_codes_of_big5_are_two_code_points() -> None:
    assert read("big5", b"\x88\x62\x88\x64\x88\xa3\x88\xa5") == "Ê̄Ê̌ê̄ê̌"


@pytest.mark.parametrize("name", SINGLE_BYTE)
def test_every_byte_is_the_standards(name: str) -> None:
    text = read(name, bytes(range(0x80, 0x100)))
    assert hashlib.sha256(text.encode()).hexdigest() == DIGESTS[name]
    assert read(name, bytes(range(0x80))) == "".join(map(chr, range(0x80)))


def test_all_single_byte_encodings_have_been_looked_at() -> None:
    named = {encoding.name for encoding in LABELS.values() if not encoding.is_multibyte}
    assert named - {"iso-8859-8-i", "x-user-defined"} == set(SINGLE_BYTE)
    high = bytes(range(0x80, 0x100))
    assert read("iso-8859-8-i", high) == read("iso-8859-8", high)
    assert read("x-user-defined", high) == "".join(map(chr, range(0xF780, 0xF800)))


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        ("shift_jis", b"\x81<b>", "\ufffd<b>"),
        ("shift_jis", b"\xfd\xa0\xff", "\ufffd\ufffd\ufffd"),
        ("euc-jp", b"\xb0<b>\xb0", "\ufffd<b>\ufffd"),
        ("euc-jp", b"\x8f\xb0<b>", "\ufffd<b>"),
        ("euc-jp", b"\x8f\xb0\x8f", "\ufffd"),
        ("euc-jp", b"\x8f\xa2\xb7~", "\uff5e~"),
        ("euc-kr", b"\xb0<b>\xff\x80", "\ufffd<b>\ufffd\ufffd"),
        ("big5", b"\xa4<b>\xa4", "\ufffd<b>\ufffd"),
        ("big5", b"\xa1\xfe\xa2\x41\xa2\x40\xa2\x42\xa3\xe1", "\uff0f\u2215\uff3c\ufe68\u20ac"),
        ("gb18030", b"\x81\x30<b>", "\ufffd0<b>"),
        ("gb18030", b"\x81\x30\x81<b>", "\ufffd0\ufffd<b>"),
        ("gb18030", b"\x81\x30\x81", "\ufffd"),
        ("gb18030", b"\x81\x35\xf4\x37\xa8\xbc", "\ue7c7\u1e3f"),
        ("gb18030", b"\x84\x31\xa5\x30", "\ufffd"),
        ("iso-2022-jp", b"\x1b(I\x43\x5a\x1b(B!", "ﾃﾚ!"),
        ("iso-2022-jp", b"\x1b$B-!$\"\x1b(J\\~\x1b(B\\~", "①あ\xa5\u203e\\~"),
        ("iso-2022-jp", b"\x1b$B$\"\x1b(B\x1b$B$\"", "あ\ufffdあ"),
        ("iso-2022-jp", b"\x1b$B$\n$\x1b(Ba\x1bb\x80", "\ufffd\ufffda\ufffdb\ufffd"),
        ("iso-2022-jp", b"\x1b", "\ufffd"),
        ("utf-16le", b"\x00\xd8a\x00\x00\xdc\x30", "\ufffda\ufffd\ufffd"),
        ("utf-8", b"\xf0\x9f\x98<b>\xed\xa0\x80", "\ufffd<b>\ufffd\ufffd\ufffd"),
    ],
)  # fmt: skip
def test_what_means_nothing_is_replaced_and_swallows_nothing(
    name: str, data: bytes, text: str
) -> None:
    assert decode_bytes(data, LABELS[name]) == (text, text.count("\ufffd"))


def test_the_replacement_encoding_gives_no_text() -> None:
    assert decode_bytes(b"~{UbWy~}", LABELS["hz-gb-2312"]) == ("", 1)
    assert decode_bytes(b"", REPLACEMENT) == ("", 0)


def test_a_page_that_says_u_fffd_in_utf8_has_no_errors() -> None:
    assert decode_bytes("a\ufffdb".encode() + b"\xff", LABELS["utf-8"]) == ("a\ufffdb\ufffd", 1)


LEADS = st.sampled_from(b"\x80\x81\x84\x87\x88\x8e\x8f\xa0\xa1\xa2\xa3\xa8\xad\xc6\xfc\xfd\xfe\xff")
SOUP = st.lists(st.one_of(LEADS, st.integers(0, 255), st.sampled_from(b"09A<~\n")), max_size=40)


@given(st.sampled_from(sorted(STEPS)), SOUP.map(bytes))
def test_the_fast_decoder_is_the_standards_step_by_step(name: str, data: bytes) -> None:
    at, expected = 0, ""
    while at < len(data):
        character, at = STEPS[name](data, at)
        expected += character
    assert decode_double_byte(data, LABELS[name]) == expected


@given(st.sampled_from(sorted(LABELS)), st.binary(max_size=200))
def test_any_bytes_give_text_without_surrogates(label: str, data: bytes) -> None:
    text, n_errors = decode_bytes(data, LABELS[label])
    text.encode()
    assert 0 <= n_errors <= max(1, len(data))
