"""A byte is found where it is, whatever stands around it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from curate.html.markup.find_byte import PADDING, find_byte
from curate.jit import kernel


@kernel
def found(words: np.ndarray, at: int, n: int, byte: int) -> int:
    return find_byte(words, at, n, byte)


@given(
    st.lists(st.sampled_from(b"<=;\x00\x01\x80\xbc\xbd\xff"), max_size=60).map(bytes),
    st.integers(0, 62),
    st.sampled_from(b"<\x00\xbc\xff"),
)
def test_it_is_where_bytes_find_it(text: bytes, at: int, byte: int) -> None:
    n = len(text)
    words = np.frombuffer(text + bytes(PADDING + -n % 8), np.uint64)
    place = text.find(byte, at)
    assert found(words, at, n, byte) == (n if place < 0 else place)
