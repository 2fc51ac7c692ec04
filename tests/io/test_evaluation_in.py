"""Texts of evaluation sets, in every form they come in."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate.errors import InputError
from curate.io.texts.evaluation import Contents, read_texts

ITEMS = [
    {"id": 3, "q": {"stem": "Frage?", "hints": ["a", "ข้อ"]}, "choices": ["हाँ", " ", None]},
    {"id": 4, "q": {"stem": "𞤲𞤢𞤥𞤲𞤣𞤢𞤤", "hints": []}, "choices": ["no"]},
]


FORMS = ["jsonl", "gzip", "byte order mark", "parquet", "array", "escaped", "array.gz", "one line"]


@pytest.fixture(params=FORMS)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The same items in each form, under a name that says nothing."""
    lines = "\n".join(json.dumps(item, ensure_ascii=False) for item in ITEMS).encode()
    place = tmp_path / "set"
    if request.param == "parquet":
        pq.write_table(pa.Table.from_pylist(ITEMS), place)
    elif request.param == "gzip":
        place.write_bytes(gzip.compress(lines))
    elif request.param in ("array", "one line"):
        indent = 2 if request.param == "array" else None
        place.write_text(json.dumps(ITEMS, ensure_ascii=False, indent=indent), encoding="utf-8")
    elif request.param == "escaped":
        place.write_text(json.dumps(ITEMS, indent=1), encoding="ascii")
    elif request.param == "array.gz":
        place.write_bytes(gzip.compress(json.dumps(ITEMS).encode()))
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


# ---- tables --------------------------------------------------------------------------------------

ROWS = [
    ["id", "question", "answer"],
    ["1", 'Er sagte: "Ja, gern"\nund ging.', "ไม่ใช่"],
    ["2", "कौन, कब; कहाँ?", "𞤲𞤢𞤥"],
]


@pytest.mark.parametrize("ending", ["csv", "CSV", "tsv", "tab", "csv.gz", "tsv.zst", "txt", ""])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_tables_have_their_fields_whatever_divides_them(
    tmp_path: Path, ending: str, delimiter: str
) -> None:
    if ending.startswith("t") and delimiter != "\t":
        ending = "csv"
    place = tmp_path / f"set.{ending}"
    plain = tmp_path / "plain"
    with plain.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out, delimiter=delimiter).writerows(ROWS)
    packed = {"gz": gzip.compress, "zst": lambda data: pa.compress(data, "zstd", asbytes=True)}
    data = plain.read_bytes()
    place.write_bytes(packed.get(ending[-3:].lstrip("."), bytes)(data))
    contents = Contents()
    found = list(read_texts(str(place), ("question", "question + answer"), contents))
    assert found == [t for _, q, a in ROWS[1:] for t in (q, f"{q}\n{a}")]
    assert contents == Contents(2, {"question", "answer"}, has_fields=True)


@pytest.mark.parametrize("name", ["set.csv", "set.tsv"])
def test_a_table_without_fields_has_the_texts_of_all_rows_and_columns(
    tmp_path: Path, name: str
) -> None:
    place = tmp_path / name
    divider = "," if name.endswith("csv") else "\t"
    rows = [["7", "ein Satz", "A"], ["8", 'noch "einer', "B"]]
    if divider == ",":
        rows[1][1] = '"noch ""einer"'
    place.write_text("".join(divider.join(row) + "\r\n" for row in rows), encoding="utf-8")
    found = [text.strip() for text in read_texts(str(place))]
    assert found == ["7", "ein Satz", "A", "8", 'noch "einer', "B"]


@pytest.mark.parametrize(
    ("name", "content", "fields", "message"),
    [
        ("a.csv", b"id,question\n1,two\n", ("text",), "one of the names text"),
        ("a.tsv", b"7\tein Satz\tA\n8\tnoch einer\tB\n", ("question",), "ein Satz"),
        ("a.csv", b"a,b\n1,2\n1,2,3\n", (), "row 3 has 3 cells, the first 2"),
        ("a.csv", b'a,b\n1,"2\n3,4\n', (), "as many cells"),
        ("a.csv", b"caf\xe9,b\n", (), "in UTF-8"),
        ("a.json", b"not JSON", (), "a JSON array"),
        ("a.json", b'[{"q": "a"}', (), "a JSON array"),
        ("a.xlsx", b"PK..", (), "ends in .xlsx"),
        ("a.jsonl.bz2", b"BZh9", (), "a whole bzip2 file"),
        ("a.arrow", b"ARROW1", (), "ends in .arrow"),
        ("a.json", b'[{"q": "a"}, {"q": "b"}]', ("question",), "the fields question"),
        ("a.csv.gz", b"\x1f\x8b cut", (), "a whole gzip file"),
    ],
)
def test_a_file_of_another_form_is_refused_by_name(
    tmp_path: Path, name: str, content: bytes, fields: tuple[str, ...], message: str
) -> None:
    place = tmp_path / name
    place.write_bytes(content)
    with pytest.raises(InputError, match=message) as told:
        list(read_texts(str(place), fields))
    assert str(place) in str(told.value)


def test_one_object_over_several_lines_is_one_item(tmp_path: Path) -> None:
    place = tmp_path / "squad.json"
    squad = {"version": "2", "data": [{"paragraphs": [{"q": "one"}, {"q": "two"}]}]}
    place.write_text(json.dumps(squad, indent=2), encoding="utf-8")
    assert list(read_texts(str(place), ("data.paragraphs.q",))) == ["one", "two"]


def test_text_that_begins_with_a_bracket_stays_text(tmp_path: Path) -> None:
    place = tmp_path / "notes.txt"
    place.write_text("[1] A note, of three parts\n\n{2} another\n", encoding="utf-8")
    contents = Contents()
    assert list(read_texts(str(place), (), contents)) == [
        "[1] A note, of three parts",
        "{2} another",
    ]
    assert contents.n_items == 2


CASES = Path(__file__).parents[3] / "shared" / "data" / "cases" / "decontamination"


@pytest.mark.shared
def test_the_forms_of_one_set_have_the_same_questions() -> None:
    if not CASES.is_dir():
        pytest.skip("the sets are not beside this checkout")
    array, escaped = (
        list(read_texts(str(CASES / name), ("question",))) for name in ("arr.json", "arresc.json")
    )
    assert array == escaped
    assert len(array) > 50
    rows = set(read_texts(str(CASES / "t.tsv")))
    assert set(array) <= rows | set(read_texts(str(CASES / "csvf.csv"), ("question",))) | set(array)
    assert all("," not in text for text in read_texts(str(CASES / "csvf.csv"), ("question",)))
