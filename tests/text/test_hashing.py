"""The compiled XXH64 against the xxhash package."""

from __future__ import annotations

import numpy as np
import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.text.hashing import hash_spans


def spans(*pairs: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    both = np.array(pairs, np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


@settings(deadline=None)  # the first call compiles
@given(st.binary(max_size=200), st.integers(0, 2**64 - 1))
def test_it_is_xxh64(data: bytes, seed: int) -> None:
    found = hash_spans(np.frombuffer(data, np.uint8), *spans((0, len(data))), seed=seed)
    assert found.tolist() == [xxhash.xxh64_intdigest(data, seed)]


def test_every_length_around_the_stripes_of_32_bytes() -> None:
    data = bytes(range(256))
    pairs = [(3, 3 + n) for n in range(140)]
    found = hash_spans(np.frombuffer(data, np.uint8), *spans(*pairs))
    assert found.tolist() == [xxhash.xxh64_intdigest(data[a:b]) for a, b in pairs]


@pytest.mark.parametrize(
    "pair",
    [
        pytest.param((-1, 2), id="starts before the buffer"),
        pytest.param((0, 5), id="ends after it"),
        pytest.param((3, 2), id="ends before it starts"),
    ],
)
def test_a_span_outside_the_buffer_is_refused(pair: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="span"):
        hash_spans(np.zeros(4, np.uint8), *spans(pair))


def test_starts_without_ends_are_refused() -> None:
    with pytest.raises(ValueError, match="ends"):
        hash_spans(np.zeros(4, np.uint8), np.zeros(2, np.int64), np.zeros(1, np.int64))
