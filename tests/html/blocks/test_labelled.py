"""Labelled pages of a public package: labels find their blocks, and only their own pages."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.extractor_labelled import LABELS, WrongPages, digest, labels_of, read_labelled, written

TEXTS = ["Menu", "The river rose in the night.", "By A. B.", "河水在夜里上涨。", "Menu"]
HTML = "".join(f"<p>{text}</p>" for text in TEXTS).encode()


def archive(path: Path, payload: bytes = HTML, labels: str = "01?10") -> tuple[Path, Path]:
    """A source archive of one page, and the labels of that page."""
    row = {
        "path": "pack-1.0/a.html",
        "sha256": hashlib.sha256(HTML).hexdigest(),
        "site": "a.example",
        "language": "en",
        "kind": "article",
        "has_text": True,
        "blocks": written(TEXTS, labels),
    }
    facts = {"package": "pack 1.0", "licence": "MIT", "pages": [row]}
    (path / "labels.json").write_text(json.dumps(facts))
    with tarfile.open(path / "pack.tar.gz", "w:gz") as tar:
        info = tarfile.TarInfo("pack-1.0/a.html")
        info.size = len(payload)
        tar.addfile(info, io.BytesIO(payload))
    return path / "pack.tar.gz", path / "labels.json"


def test_labels_find_their_blocks(tmp_path: Path) -> None:
    (example,) = read_labelled(*archive(tmp_path))
    assert example.content.tolist() == [0, 1, 0, 1, 0]
    assert example.weight.tolist() == [1, 1, 0, 1, 1]
    assert example.gold == "The river rose in the night.\n河水在夜里上涨。"
    assert example.neutral == "By A. B."
    assert example.is_for_training


def test_another_page_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongPages, match=r"pack==1\.0"):
        read_labelled(*archive(tmp_path, HTML + b"<p>more"))


def test_a_block_that_was_not_labelled_weighs_nothing() -> None:
    labels, letters = labels_of([*TEXTS, "new"], written(TEXTS, "01?10"))
    assert letters == "01?10?"
    assert labels.weight.tolist() == [1, 1, 0, 1, 1, 0]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.text("ab ", max_size=4), st.sampled_from("01?")), max_size=12))
def test_what_is_written_is_read(blocks: list[tuple[str, str]]) -> None:
    texts = [text for text, _ in blocks]
    letters = "".join(label for _, label in blocks)
    assert labels_of(texts, written(texts, letters))[1] == letters


def test_the_file_holds_labels_and_no_text() -> None:
    facts = json.loads(LABELS.read_text())
    pages = facts["pages"]
    assert len({page["sha256"] for page in pages}) == len(pages) > 100
    assert {page["has_text"] for page in pages} == {True, False}
    for page in pages:
        blocks = page["blocks"]
        assert len(blocks) % 7 == 0
        assert set(blocks[6::7]) <= set("01?")
        assert ("1" in blocks[6::7]) == page["has_text"]
    assert len(digest("x")) == 6
