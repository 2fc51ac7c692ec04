"""HPLT's fields: where each comes from, and which documents are in the view."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from curate import stage_table
from curate.stages.hplt import (
    FIELDS,
    SCORES,
    Rules,
    document_id,
    documents,
    in_order,
    line_of,
    steps_of,
    why_not,
)
from curate.stages.pii import add_pii

TEXT = "ติดต่อ โทร.02-123-4567\n𞤀𞤣𞤤𞤢𞤥 somchai@thaimail.com"
ROW: dict[str, Any] = {
    "id": "<urn:uuid:1>",
    "url": "https://ไทย.example/หน้า",
    "date": "2024-02-21T10:00:00Z",
    "snapshot": "CC-MAIN-2024-10",
    "warc_path": "crawl-data/x.warc.gz",
    "warc_offset": 4711,
    "record_bytes": 723,
    "payload_bytes": 2345,
    "content_type": "text/html; charset=tis-620",
    "html_lang": "th",
    "encoding": "tis-620",
    "xml": "<doc><main><p>โทร</p></main></doc>",
    "text": TEXT,
    "label": "tha_Thai",
    "lid_confidence": 0.987654,
    "top_labels": [
        {"label": "lao_Laoo", "confidence": 0.99},
        {"label": "tha_Thai", "confidence": 0.987654},
        {"label": "khm_Khmr", "confidence": 0.05},
        {"label": "mya_Mymr", "confidence": 0.01},
    ],
    "cluster_size": 3,
    "seg_langs": ["tha_Thai", None],
    **dict.fromkeys(SCORES, 10.0),
    "wds": 8.2,
    "wds_language": 9.9,
    "register.HI": 0.12345,
    "register.NA": None,
}
RULES = Rules(chars_above=None)


def batch(**changes: object) -> pa.Table:
    row = {**ROW, **changes}
    known = {c.name: c.type for table in stage_table.tables() for c in table.columns}
    columns = {
        name: pa.array([value], known.get(name, pa.float32() if "." in name else pa.float64()))
        for name, value in row.items()
    }
    return add_pii(pa.table(columns))


def document(pii: str = "spans", **changes: object) -> dict[str, Any]:
    (found,) = documents(batch(**changes), pii=pii)
    return found


def test_every_field_comes_from_its_column() -> None:
    found = document()
    assert found == {
        "f": "crawl-data/x.warc.gz",
        "o": 4711,
        "s": 723,
        "rs": 2345,
        "u": "https://ไทย.example/หน้า",
        "c": "text/html; charset=tis-620",
        "ts": "2024-02-21T10:00:00Z",
        "de": "tis-620",
        "crawl_id": "CC-MAIN-2024-10",
        "lang": ["tha_Thai", "lao_Laoo", "khm_Khmr"],
        "prob": [0.9877, 0.99, 0.05],
        "text": TEXT,
        "xml": "<doc><main><p>โทร</p></main></doc>",
        "html_lang": ["th"],
        "cluster_size": 3,
        "seg_langs": ["tha_Thai", "unk"],
        "id": xxhash.xxh128_hexdigest(
            "crawl-data/x.warc.gzhttps://ไทย.example/หน้า2024-02-21T10:00:00Z".encode()
        ),
        "filter": "keep",
        "pii": [[11, 22], [29, 49]],
        "doc_scores": [8.2, 9.9, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0],
        "web-register": {"HI": 0.123},
    }
    assert [TEXT[a:b] for a, b in found["pii"]] == ["02-123-4567", "somchai@thaimail.com"]
    assert list(found) == [name for name in FIELDS if name in found]


def test_a_line_is_one_object_in_utf8_in_the_order_of_the_fields() -> None:
    line = line_of(document(), robots=False)
    assert line.endswith(b"}\n")
    assert line.count(b"\n") == 1
    assert "𞤀𞤣𞤤𞤢𞤥".encode() in line
    assert json.loads(line) == document()


def test_what_the_job_has_not_made_is_left_out() -> None:
    bare = documents(
        batch(xml=None, html_lang=None, content_type=None, encoding=None, **{"register.HI": None}),
        pii="keep",
    )[0]
    assert set(FIELDS) - set(bare) == {"xml", "c", "de", "html_lang", "pii", "web-register"}


def test_in_masked_text_the_spans_are_those_of_the_examples() -> None:
    found = document("mask")
    assert "somchai" not in json.dumps(found)
    assert "xml" not in found
    examples = [found["text"][a:b] for a, b in found["pii"]]
    assert examples[0].startswith("+1-202-555-01")
    assert examples[1].endswith(("@example.com", "@example.org"))
    assert found["text"].count("\n") == TEXT.count("\n")


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"url": None}, b"crawl-data/x.warc.gz<urn:uuid:1>"),
        ({"date": None}, b"crawl-data/x.warc.gz<urn:uuid:1>"),
        ({"id": "0" * 31}, b"crawl-data/x.warc.gzhttps://a/2024"),
    ],
    ids=["no address", "no time", "an id that is no hash"],
)
def test_an_id_is_a_hash_of_the_place(changes: dict[str, object], wanted: bytes) -> None:
    row = {**ROW, "url": "https://a/", "date": "2024", **changes}
    assert document_id(row) == xxhash.xxh128_hexdigest(wanted)


def test_a_hash_that_a_document_came_with_stays() -> None:
    own = "00112233445566778899aabbccddeeff"
    assert document_id({**ROW, "id": own}) == own


@pytest.mark.parametrize(
    ("changes", "rules", "wanted"),
    [
        ({}, RULES, None),
        ({}, Rules(), "n_chars"),
        ({"text": "ก" * 500, "seg_langs": ["tha_Thai"]}, Rules(), "n_chars"),
        ({"text": "ก" * 501, "seg_langs": ["tha_Thai"]}, Rules(), None),
        ({"wds": 4.9}, RULES, "score"),
        ({"wds": 5.0}, RULES, None),
        ({"wds": 0.0}, RULES._replace(min_bin=None), None),
        ({"wds": 0.49, "wds_short_segments": 1.0}, RULES._replace(version="1.3"), "score"),
        ({"wds": 0.5, "wds_short_segments": 1.0}, RULES._replace(version="1.3"), None),
        ({"wds": None}, RULES, "no_score"),
        ({"wds_repeated": None}, RULES, "no_score"),
        ({"seg_langs": None}, RULES, "no_score"),
        ({"lid_confidence": 0.50004}, RULES, "lid_confidence"),
        ({"lid_confidence": 0.50005001}, RULES, None),
        ({"lid_confidence": 0.1}, RULES._replace(confidence_above=None), None),
        ({"url_filter": "domain"}, RULES, "url_filter"),
        ({"url_filter": None}, RULES, None),
        ({"url_filter": "domain"}, RULES._replace(marked="keep"), None),
        ({"robots_disallowed": ["CCBot"]}, RULES, "robots_disallowed"),
        ({"robots_disallowed": []}, RULES, None),
        ({"robots_disallowed": ["CCBot"]}, RULES._replace(marked="keep"), None),
    ],
)
def test_which_documents_are_in_the_view(
    changes: dict[str, object], rules: Rules, wanted: str | None
) -> None:
    (row,) = documents(batch(**changes), pii="spans")
    assert why_not(row, rules) == wanted


def test_what_is_marked_says_so_in_hplts_fields() -> None:
    found = document(url_filter="word:x", robots_disallowed=["CCBot"])
    assert (found["filter"], found["robots"]) == ("url_filter", "disallowed")
    assert json.loads(line_of(found, robots=True)) == found
    assert "robots" not in json.loads(line_of(found, robots=False))
    assert document(robots_disallowed=[])["robots"] == "allowed"
    assert "robots" not in document(robots_disallowed=None)


def test_scores_are_in_steps_of_their_version() -> None:
    assert [steps_of(x / 10, "1.2") for x in range(101)] == list(range(101))
    assert [steps_of(x / 100, "1.3") for x in range(101)] == list(range(101))


@given(
    st.lists(st.tuples(st.sampled_from(["tha_Thai", "arb_Arab", "ful_Adlm"]), st.integers(0, 100)))
)
def test_the_order_is_by_part_label_and_falling_score(rows: list[tuple[str, int]]) -> None:
    part = {"tha_Thai": 0, "arb_Arab": 1, "ful_Adlm": 0}
    order = in_order([x for x, _ in rows], [steps for _, steps in rows], part.__getitem__)
    keys = [(part[label], label, -steps) for label, steps in rows]
    assert order.tolist() == sorted(range(len(rows)), key=lambda i: keys[i])
    assert order.dtype == np.int64
