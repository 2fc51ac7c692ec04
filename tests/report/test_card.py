"""The dataset card: front matter that the Hub can read, and the same text every time."""

from __future__ import annotations

import yaml

from curate.report.card import render_card
from curate.schema import CORPUS
from tests.report.report_data import DATA, EMPTY


def test_front_matter_names_every_published_part() -> None:
    card = render_card(DATA)
    front = yaml.safe_load(card.split("---\n")[1])
    assert front["pretty_name"] == 'job "<b>"'
    assert front["language"] == ["arb"]
    assert front["configs"] == [
        {
            "config_name": "default",
            "default": True,
            "data_files": [
                {"split": "train", "path": ["data/arb_Arab/train/*.parquet"]},
                {"split": "test", "path": ["data/arb_Arab/test/*.parquet"]},
            ],
        },
        {
            "config_name": "arb_Arab",
            "data_files": [
                {"split": "train", "path": "data/arb_Arab/train/*.parquet"},
                {"split": "test", "path": "data/arb_Arab/test/*.parquet"},
            ],
        },
        {
            "config_name": "tha_Thai_removed",
            "data_files": [{"split": "train", "path": "data/tha_Thai_removed/train/*.parquet"}],
        },
    ]


def test_tables_hold_labels_columns_steps_and_reasons() -> None:
    card = render_card(DATA)
    assert "| arb_Arab | 100 | 95 | 70 | 60 | 80 | 3 | 9,000 | 2 | 0.0 |" in card
    assert "| extract | 120 | 111 | 7 | 2 |" in card
    assert "| `n_words` | 12 |" in card
    assert all(f"| `{c.name}` |" in card for c in CORPUS.columns)


def test_an_empty_corpus_has_a_card() -> None:
    assert yaml.safe_load(render_card(EMPTY).split("---\n")[1])["pretty_name"] == "empty"
