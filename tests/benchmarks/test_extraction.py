"""The extractors keep their quality, and the benchmark runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.benchmarks.extraction import main
from tests.benchmarks.extraction_data import LABELS
from tests.benchmarks.extraction_scores import character_shingles, score, word_shingles

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"
SHARED = pytest.mark.skipif(not DATA.exists(), reason="the shared data is not beside the checkout")

FLOORS = {
    ("articles", "cascade"): 0.955,
    ("articles", "resiliparse"): 0.925,
    ("articles", "trafilatura"): 0.94,
    ("made", "cascade"): 0.985,
    ("made", "resiliparse"): 0.95,
    ("made", "trafilatura"): 0.94,
    ("crawl", "cascade"): 0.79,
}


@pytest.mark.shared
@SHARED
def test_quality_stays_and_scripts_are_equal(tmp_path: Path) -> None:
    out = tmp_path / "results.json"
    rows = main(["--data", str(DATA), "--out", str(out)])
    assert len(json.loads(out.read_text())) == len(rows)
    whole = {(row.corpus, row.extractor): row.f1 for row in rows if not row.group}
    for key, floor in FLOORS.items():
        assert whole[key] >= floor, key
    scripts = {row.group: row.f1 for row in rows if row.corpus == "made" and row.group}
    assert set(scripts) == set(LABELS)
    cascade = [row for row in rows if row.corpus == "made" and row.extractor == "cascade"]
    assert min(row.f1 for row in cascade) >= 0.92


def test_scores_of_texts_that_overlap_by_half() -> None:
    true, found = "a b c d e", "a b c d x"
    got = score([(true, found)], word_shingles)
    assert (got.f1, got.precision, got.recall) == (0.5, 0.5, 0.5)


@pytest.mark.parametrize("text", ["人人生而自由", "สวัสดีครับ", "𞤀𞤣𞤤𞤢𞤥", "مرحبا بك"])
def test_equal_texts_score_one_and_others_nothing(text: str) -> None:
    assert score([(text, text)], character_shingles).f1 == 1.0
    assert score([(text, "other text")], character_shingles).f1 == 0.0
    assert score([(text, "")], character_shingles).f1 == 0.0


def test_white_space_does_not_count_between_characters() -> None:
    assert score([("人人 生而\n自由", "人人生而自由")], character_shingles).f1 == 1.0
