"""The mixture table fits a terminal, and says which label could not get what it wants."""

from __future__ import annotations

from dataclasses import replace

from curate.report.card import Published, render_card
from curate.report.data import MixtureLine
from curate.report.mixture import mixture_table
from tests.report.report_data import DATA

LINES = (
    MixtureLine("eng_Latn", 1_234_567_890, 9.87e12, 1.23e12, 1.23e12, 1.23e12),
    MixtureLine("tha_Thai", 1_000, 2_000_000.0, 2_000_000.0, 2e6, 2e6),
    MixtureLine("fuv_Adlm", 3, 900.0, 9_000.0, 50_000.0, 9_000.0),
)


def test_the_table_fits_eighty_columns_and_marks_what_is_short() -> None:
    text = mixture_table(LINES, "characters")
    assert max(map(len, text.splitlines())) <= 80
    (line,) = [x for x in text.splitlines() if x.startswith("fuv_Adlm")]
    assert line.split() == ["fuv_Adlm", "3", "900", "9,000", "10.00", "0.00%", "0.00%", "*"]
    assert text.endswith("41,000 characters are missing")


def test_labels_beyond_the_limit_are_summed() -> None:
    text = mixture_table(LINES, "words", limit=1)
    assert "2 more" in text
    assert text.count("\n") == 7


def test_an_empty_mixture_is_a_table_too() -> None:
    assert mixture_table((), "words").splitlines()[-1].startswith("total")


def test_the_card_holds_the_mixture_and_how_it_was_published() -> None:
    data = replace(DATA, mixture=LINES)
    card = render_card(data, Published("odc-by", "jsonl.zst", "spans"))
    assert '\nlicense: "odc-by"\n' in card
    assert "| fuv_Adlm | 3 | 900 | 9,000 | 0.00% | 0.00% | 18% |" in card
    assert "path: data/arb_Arab/train/*.jsonl.zst" in card
    assert "| `pii_spans` |" in card
    assert "n<1K" in card
