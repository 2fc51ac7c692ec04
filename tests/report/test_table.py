"""Plain text for a terminal of 80 columns that page text cannot drive."""

from __future__ import annotations

import dataclasses

import hypothesis.strategies as st
import pytest
from hypothesis import given

from curate.report.data import Example, LabelYield
from curate.report.terminal_tables import (
    columns_of,
    plain,
    reason_in_words,
    shown_example,
    wrapped,
    yields_table,
)
from tests.report.report_data import DATA, EMPTY, HOSTILE

TABLE = """\
label     documents  identified  deduped  kept  repeated  yield
---------------------------------------------------------------
arb_Arab        100          95       70    60        80    60%
tha_Thai         10          10       10     7         7    70%
fuv_Adlm          1           0        0     0         0     0%
---------------------------------------------------------------
total           111         105       80    67        87    60%"""


def test_the_table() -> None:
    assert yields_table(DATA) == TABLE
    assert "total" in yields_table(EMPTY)


def test_labels_beyond_the_limit_are_summed() -> None:
    lines = yields_table(DATA, limit=1).splitlines()
    assert lines[3].split() == ["2", "more", "11", "10", "10", "7", "7", "64%"]
    assert lines[-1] == TABLE.splitlines()[-1]


def test_a_crawl_fits_eighty_columns() -> None:
    large = LabelYield("rus_Cyrl", {"": 10**10, "duplicate": 3 * 10**10}, n_repeated=10**11)
    lines = yields_table(dataclasses.replace(DATA, yields=(large,))).splitlines()
    assert max(map(len, lines)) <= 80
    assert "10,000.0 M" in lines[2]


@pytest.mark.parametrize(
    ("text", "width"),
    [("abc", 3), ("你好", 4), ("สวัสดี", 4), ("é", 1), ("e\u0301", 1), ("कि", 2), ("𞤀", 1)],
)
def test_columns(text: str, width: int) -> None:
    assert columns_of(text) == width


@given(st.text(alphabet=st.sampled_from("ab 你สี\u0301𞤀\u202e\x1b\n\ud800"), max_size=400))
def test_an_example_never_leaves_its_columns(text: str) -> None:
    shown = shown_example(Example("1", text, "tha_Thai", "", text))
    assert all(columns_of(line) <= 80 for line in shown.splitlines())
    assert len(shown.splitlines()) <= 5
    shown.encode()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("eins zwei drei vier", ["  eins zwei", "  drei vier"]),
        ("a donaudampfschiff b", ["  a donaudam", "  pfschiff b"]),
        ("你好世界再见", ["  你好世界再", "  见"]),
        ("कि" * 7, ["  किकिकिकिकि", "  किकि"]),
        ("สี" * 11, ["  " + "สี" * 10, "  สี"]),
        ("👨‍👩‍👧👨‍👩‍👧", ["  👨‍👩‍👧", "  👨‍👩‍👧"]),
    ],
)
def test_lines_break_between_words_or_else_between_graphemes(text: str, lines: list[str]) -> None:
    assert wrapped(text, 13, 9) == lines


def test_page_text_cannot_drive_the_terminal() -> None:
    shown = plain(HOSTILE)
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "مرحبا" in shown
    assert plain("می‌خواهم") == "می‌خواهم"  # Persian is spelt with a zero-width non-joiner


def test_reasons_in_words() -> None:
    kept, (few, unmeasured) = DATA.kept[0], DATA.dropped
    words = [reason_in_words(e) for e in (kept, few, unmeasured)]
    assert words == ["kept", "n_words 12 < 50", "mean_word_chars could not be measured"]
    above = dataclasses.replace(unmeasured, value=9.5)
    assert reason_in_words(above) == "mean_word_chars 9.5 > 9"
