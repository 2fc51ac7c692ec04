"""Rows of documents: where the encoding comes from, and what fails with it."""

from __future__ import annotations

import pytest

from curate.html.service import extract_payload
from curate.io.warc import Record
from curate.stages.extract import Rejected, extract_row

TEXT = "Все люди рождаются свободными и равными в своем достоинстве и правах. " * 8


class Answered:
    """What a sandbox gives for a page that it has extracted."""

    status = "ok"
    detail = ""

    def __init__(self, page: Record) -> None:
        self.value = extract_payload(page.payload, page.http_content_type)


def record(payload: bytes, content_type: str | None, kind: str = "response") -> Record:
    return Record(
        *("urn:1", "http://a.example/", "2024-02-21T10:00:00Z", "a.warc.gz", 0),
        *(kind, payload, content_type, 1000),
    )


def row(page: Record) -> dict[str, object]:
    answer = Answered(page) if page.kind == "response" else None
    found = extract_row(page, snapshot="s", answer=answer)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("header", "meta", "source", "conflict"),
    [
        ("windows-1251", "windows-1251", "http", False),
        ("iso-8859-1", "windows-1251", "meta", True),
        ("utf-8", "windows-1251", "meta", True),
        (None, "windows-1251", "meta", False),
        (None, None, "detected", False),
    ],
)
def test_a_document_says_what_told_its_encoding(
    header: str | None, meta: str | None, source: str, *, conflict: bool
) -> None:
    tag = f"<meta charset={meta}>" if meta else ""
    html = f"<html><head>{tag}</head><body><article><p>{TEXT}</p></article></body></html>"
    content_type = f"text/html; charset={header}" if header else "text/html"
    found = row(record(html.encode("cp1251"), content_type))
    assert TEXT.strip() in str(found["text"])
    assert (found["encoding"], found["encoding_source"]) == ("windows-1251", source)
    assert found["encoding_conflict"] is conflict


def test_the_text_of_a_conversion_record_is_in_its_declared_charset() -> None:
    text = "Tous les êtres humains naissent libres et égaux, 25 €"
    latin = record(text.encode("cp1252"), "text/plain; charset=iso-8859-1", "conversion")
    found = row(latin)
    assert found["text"] == text
    assert (found["encoding"], found["encoding_source"]) == ("windows-1252", "http")
    utf8 = row(record(text.encode(), "text/plain; charset=utf-8", "conversion"))
    assert (utf8["text"], utf8["encoding"], utf8["encoding_conflict"]) == (text, "utf-8", False)


def test_refused_encodings_are_the_failure_charset() -> None:
    page = record(b"<p>~{UbWy8[?Z5D~}", "text/html; charset=hz-gb-2312")
    found = extract_row(page, snapshot="s", answer=Answered(page))
    assert found == Rejected("charset", "undecodable as replacement")
    wet = record(b"~{UbWy8[?Z5D~}", "text/plain; charset=hz-gb-2312", "conversion")
    assert isinstance(extract_row(wet, snapshot="s", answer=None), Rejected)
