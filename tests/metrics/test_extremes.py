"""Documents that nobody wrote by hand: linear work, and defined values for each."""

from __future__ import annotations

import math

import pytest

from curate.metrics.lines import Count, count_lines
from curate.metrics.repetition import count_ngrams
from curate.text.characters import properties
from curate.text.split import split_texts
from tests.metrics.rows import one

LINEAR = {
    "one word": "x",
    "one character": "我",
    "equal lines": "same line\n",
    "equal tokens": "a ",
    "marks": "\u0301",
    "emoji": "👩\u200d👩",
    "right-to-left override": "\u202eab ",
    "NUL": "\x00a ",
    "surrogates": "\ud800 b",
    "full stops": ". . ... ",
    "thai": "ที่นี่ ",
    "paragraphs": "a\n\nb\n\n",
    "brackets": "[edit [1",
}


@pytest.mark.parametrize("unit", LINEAR.values(), ids=LINEAR.keys())
def test_twice_the_text_is_twice_the_work(unit: str) -> None:
    small, large = (work(unit * n) for n in (2_000, 4_000))
    assert 0 < small < large <= 2.1 * small


def work(text: str) -> int:
    """Steps that the kernels take: code points and table slots looked at."""
    tokens = split_texts([text])
    ngrams = count_ngrams(tokens.texts.points, tokens.starts, tokens.ends, tokens.offsets)
    lines = count_lines(tokens.texts.points, tokens.texts.offsets, properties())
    return int(ngrams[0, -1] + lines[0, Count.WORK])


@pytest.mark.parametrize(
    "text",
    [
        "same line\n" * 1_000_000,
        "a" * 10_000_000,
        "我们" * 100_000,
        "a b " * 100_000,
        "\u0301" * 100_000,
        "👩\u200d👩\u200d👧" * 20_000,
        "\u202eשלום " * 10_000,
        "\x00\ud800\udc00 " * 10_000,
    ],
)
def test_extreme_documents_are_measured(text: str) -> None:
    row = one(text)
    assert row["n_chars"] == len(text)
    assert row["top_2gram_char_fraction"] is not None
    assert all(value is None or math.isfinite(value) for value in row.values())
