"""Flat texts: code points of Python strings and of Arrow columns, well-formed or not."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.text.flat import FlatTexts, flatten

TEXTS = st.lists(st.one_of(st.none(), st.text(max_size=20)), max_size=8)


def back(flat: FlatTexts) -> list[str | None]:
    pairs = zip(range(len(flat)), flat.is_valid.tolist(), strict=True)
    return [flat.string(index) if valid else None for index, valid in pairs]


@given(TEXTS, st.sampled_from([pa.string(), pa.large_string()]), st.integers(0, 3))
def test_flat_texts_are_the_texts(texts: list[str | None], kind: pa.DataType, first: int) -> None:
    column = pa.array(texts, kind)
    assert back(flatten(texts)) == texts
    assert back(flatten(column)) == texts
    assert back(flatten(column.slice(first))) == texts[first:]
    assert back(flatten(pa.chunked_array([column, column.slice(first)]))) == texts + texts[first:]
    assert flatten(flatten(texts)).offsets[-1] == sum(len(text or "") for text in texts)


@given(st.lists(st.binary(max_size=12), max_size=5))
def test_bytes_that_are_no_utf8_are_replaced_as_python_does(raw: list[bytes]) -> None:
    column = pa.array(raw, pa.binary()).view(pa.string())
    assert back(flatten(column)) == [text.decode("utf-8", "replace") for text in raw]


@pytest.mark.parametrize(
    "raw",
    [
        b"\xed\xa0\x80",  # a surrogate
        b"\xf4\x90\x80\x80",  # beyond the last code point
        b"\xc0\x80",  # overlong
        b"\xe0\x80\x80",
        b"\xf0\x80\x80\x80",
        b"a\xe4\xb8",  # cut
        b"\xff\xfe",
        "𞤀कि".encode()[1:],
    ],
)
def test_ill_formed_sequences_are_found(raw: bytes) -> None:
    column = pa.array([b"ok", raw], pa.binary()).view(pa.string())
    assert back(flatten(column)) == ["ok", raw.decode("utf-8", "replace")]


def test_lone_surrogates_of_a_python_string_pass() -> None:
    assert back(flatten(["a\ud800b", None, ""])) == ["a\ud800b", None, ""]


def test_columns_of_nulls_and_of_nothing() -> None:
    assert back(flatten(pa.nulls(3))) == [None] * 3
    assert back(flatten(pa.nulls(2, pa.string()))) == [None] * 2
    assert back(flatten(pa.chunked_array([], pa.string()))) == []
    assert back(flatten([])) == []


def test_other_columns_are_refused() -> None:
    with pytest.raises(TypeError, match="texts are strings, not int64"):
        flatten(pa.array([1]))
