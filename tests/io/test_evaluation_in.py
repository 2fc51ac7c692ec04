"""Texts of evaluation sets, in every form they come in."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate.errors import InputError
from curate.io.evaluation_in import read_texts

ITEMS = [
    {"id": 3, "q": {"stem": "Frage?", "hints": ["a", "ข้อ"]}, "choices": ["हाँ", " ", None]},
    {"id": 4, "q": {"stem": "𞤲𞤢𞤥𞤲𞤣𞤢𞤤", "hints": []}, "choices": ["no"]},
]


@pytest.fixture(params=["jsonl", "gzip", "byte order mark", "parquet"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The same items in each form, under a name that says nothing."""
    lines = "\n".join(json.dumps(item, ensure_ascii=False) for item in ITEMS).encode()
    place = tmp_path / "set"
    if request.param == "parquet":
        pq.write_table(pa.Table.from_pylist(ITEMS), place)
    elif request.param == "gzip":
        place.write_bytes(gzip.compress(lines))
    else:
        place.write_bytes((b"" if request.param == "jsonl" else b"\xef\xbb\xbf") + lines)
    return str(place)


@pytest.mark.parametrize(
    ("fields", "texts"),
    [
        ((), ["Frage?", "a", "ข้อ", "हाँ", "𞤲𞤢𞤥𞤲𞤣𞤢𞤤", "no"]),
        (("q.stem",), ["Frage?", "𞤲𞤢𞤥𞤲𞤣𞤢𞤤"]),
        (("choices", "q.hints"), ["हाँ", "a", "ข้อ", "no"]),
        (("q.stem", "absent", "id"), ["Frage?", "𞤲𞤢𞤥𞤲𞤣𞤢𞤤"]),
        (("q.stem + choices", "absent + id"), ["Frage?\nहाँ", "𞤲𞤢𞤥𞤲𞤣𞤢𞤤\nno"]),
    ],
)
def test_all_texts_of_an_item_or_those_of_some_fields(
    path: str, fields: tuple[str, ...], texts: list[str]
) -> None:
    assert list(read_texts(path, fields)) == texts


def test_fields_reach_through_lists_of_objects(tmp_path: Path) -> None:
    place = tmp_path / "a.jsonl"
    place.write_text('{"qas": [{"q": "one"}, {"q": "two"}, {"a": 3}]}\n', encoding="utf-8")
    assert list(read_texts(str(place), ("qas.q",))) == ["one", "two"]


def test_a_line_of_text_is_an_item_whatever_the_fields(tmp_path: Path) -> None:
    place = tmp_path / "a.txt"
    place.write_text("\ufeffOne {line}.\r\n\nชื่อ\nlast", encoding="utf-8")
    texts = [text.strip() for text in read_texts(str(place), ("q",))]
    assert texts == [
        "One {line}.",
        "ชื่อ",
        "last",
    ]


@pytest.mark.parametrize(
    ("content", "fields", "message"),
    [
        (b'{"q": "a"}\n{"q": \n', (), "JSON Lines"),
        (b'{"q": "a"}\n', ("text",), "the fields text"),
        (b"", (), "at least one text"),
        (b"PAR1 and no more", (), "a Parquet file that can be read"),
        (b"caf\xe9", (), "in UTF-8"),
        (b"\x1f\x8b cut", (), "JSON Lines"),
    ],
)
def test_a_set_that_cannot_be_read_as_a_whole_is_an_error(
    tmp_path: Path, content: bytes, fields: tuple[str, ...], message: str
) -> None:
    place = tmp_path / "a"
    place.write_bytes(content)
    with pytest.raises(InputError, match=message):
        list(read_texts(str(place), fields))
