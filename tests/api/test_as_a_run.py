"""What the functions give is what a run over the same pages writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import curate
from curate.io.warc import Record, read_warc

ASIDE = {"skipped", "xml"}


@pytest.fixture(scope="module")
def rows(scored: Path) -> pa.Table:
    return curate.open(scored).rows().read_all()


def test_pages_give_the_documents_of_a_run(small_input: Path, rows: pa.Table) -> None:
    documents = {row["id"]: row for row in rows.to_pylist()}
    names = [f.name for f in fields(curate.ExtractedPage) if f.name not in ASIDE]
    seen = set()
    for path in sorted(small_input.iterdir()):
        for item in read_warc(str(path)):
            if not isinstance(item, Record) or item.is_text:
                continue
            page = curate.extract(item.payload, item.http_content_type, url=item.url)
            assert (item.id in documents) == (page.skipped is None)
            if page.skipped is None:
                row = documents[item.id]
                assert page.opt_out == tuple(row["opt_out"])
                for name in set(names) - {"opt_out"}:
                    assert getattr(page, name) == row[name], name
                seen.add(item.id)
    assert seen == set(documents)
    assert len(seen) > 20


def _labels(texts: pa.ChunkedArray, labels: pa.ChunkedArray) -> pa.Table:
    answers = curate.identify(texts)
    return pa.table(
        {
            "label": [one.label for one in answers],
            "lid_confidence": [one.confidence for one in answers],
        }
    )


def _spans(texts: pa.ChunkedArray, labels: pa.ChunkedArray) -> pa.Table:
    spans = [[s._asdict() for s in found] for found in curate.find_pii(texts)]
    return pa.table({"pii_spans": spans})


@pytest.mark.parametrize(
    "function",
    [
        pytest.param(_labels, id="identify"),
        pytest.param(curate.measure, id="measure"),
        pytest.param(lambda texts, labels: curate.minhash(texts), id="minhash"),
        pytest.param(_spans, id="find_pii"),
        pytest.param(curate.score, id="score"),
    ],
)
def test_texts_give_the_columns_of_a_run(
    rows: pa.Table, function: Callable[[Any, Any], pa.Table]
) -> None:
    found = function(rows["text"], rows["label"])
    assert found.num_rows == rows.num_rows
    for name in found.column_names:
        assert found[name].to_pylist() == rows[name].to_pylist(), name


def test_lists_give_what_columns_give(rows: pa.Table) -> None:
    few = rows.slice(3, 5)
    listed = curate.measure(few["text"].to_pylist(), few["label"].to_pylist())
    assert listed.equals(curate.measure(few["text"], few["label"]))
    assert not listed.equals(curate.measure(rows.slice(4, 5)["text"], few["label"]))


def test_a_page_as_text_is_the_page_in_utf_8() -> None:
    html = "<html><title>Grüße</title><body>" + "<p>Ein Satz, der lang genug ist.</p>" * 9
    assert curate.extract(html) == curate.extract(html.encode())
    assert curate.extract(html).title == "Grüße"


def test_structure_comes_only_if_it_is_asked_for() -> None:
    html = "<h1>Head</h1>" + "<p>A sentence that is long enough to be kept as text.</p>" * 9
    assert curate.extract(html).xml is None
    assert "<head" in str(curate.extract(html, with_xml=True).xml)


def test_a_page_that_a_run_skips_says_why() -> None:
    assert curate.extract("<p>x").skipped == "no_main_text"
    broken = curate.extract(b"\xff\xfe" + b"\x00\xdc" * 900)
    assert (broken.text, broken.skipped) == ("", "charset")


def test_texts_are_brought_into_the_form_of_a_run() -> None:
    assert curate.repair("Gru\u0308n \u00c3\u00bcber\r\n\x00") == "Grün über\n"


def test_equal_texts_are_similar_and_others_are_not() -> None:
    text = " ".join(f"word{chr(97 + i)} and more" for i in range(20))
    half = " ".join(text.split()[:40])
    signature = curate.minhash([text])["signature"][0].as_py()
    assert curate.similarity(text, text) == curate.similarity(signature, text) == 1.0
    partly = curate.similarity(text, half)
    assert partly is not None
    assert 0.3 < partly < 0.9
    assert curate.similarity(text, "") is None


def test_words_are_those_that_are_counted() -> None:
    text = "The ship's 2 masts, 東京 and ที่นี่."
    (row,) = curate.measure([text], "eng_Latn").to_pylist()
    assert curate.split(text)[:3] == ["The", "ship's", "2"]
    assert len(curate.split(text)) == row["n_words"]


def test_what_is_masked_is_not_found_again() -> None:
    text = "Write to someone@company.net or call tel. 030 1234567."
    assert [span.kind for span in curate.find_pii([text])[0]] == ["email", "phone_number"]
    masked = curate.mask(text)
    assert "someone@company.net" not in masked
    assert "example" in masked
    assert curate.mask(masked) == masked
    assert curate.mask(text, kinds=["phone_number"]).startswith("Write to someone@company.net")


def test_marks_are_of_the_version_that_is_asked_for(rows: pa.Table) -> None:
    new = curate.score(rows["text"], rows["label"], version="1.3")
    assert max(x for x in new["wds"].to_pylist() if x is not None) <= 1
    assert max(x for x in rows["wds"].to_pylist() if x is not None) > 1
