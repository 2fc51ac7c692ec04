"""Composition: what a text's lines and words are made of.

Sources: Gopher (arXiv 2112.11446, table A1) and FineWeb (arXiv 2406.17557).
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final

from curate.text import split
from curate.text.characters import BULLETS, ELLIPSES, terminal_punctuation

SHORT_LINE_CHARS: Final = 30
"""A line of this many code points or fewer is short (FineWeb)."""


def measure_lines(text: str, nonblank_lines: list[str]) -> dict[str, float | None]:
    """The metrics that need lines but no tokens; see the registry for each definition."""
    every = split.all_lines(text)
    n_bullets = sum(line.lstrip().startswith(BULLETS) for line in every)
    n_ellipses = sum(line.rstrip().endswith(ELLIPSES) for line in every)
    terminal = terminal_punctuation()
    n_terminal = sum(line[-1] in terminal for line in nonblank_lines)
    n_short = sum(len(line) <= SHORT_LINE_CHARS for line in nonblank_lines)
    n_lines = len(nonblank_lines)
    return {
        "terminal_punct_line_fraction": n_terminal / n_lines if n_lines else None,
        "short_line_fraction": n_short / n_lines if n_lines else None,
        "bullet_line_fraction": n_bullets / len(every) if every else None,
        "ellipsis_line_fraction": n_ellipses / len(every) if every else None,
    }


def measure_marks(text: str, n_tokens: int) -> dict[str, float | None]:
    """The metrics that divide a count in the text by the number of tokens."""
    if not n_tokens:
        return {"hashes_per_word": None, "ellipses_per_word": None, "newlines_per_word": None}
    return {
        "hashes_per_word": text.count("#") / n_tokens,
        "ellipses_per_word": sum(map(text.count, ELLIPSES)) / n_tokens,
        "newlines_per_word": text.count("\n") / n_tokens,
    }


def count_stopwords(tokens: list[str], stopwords: AbstractSet[str] | None) -> int | None:
    """How many of ``stopwords`` (case-folded) occur among ``tokens``; None if there are none."""
    if not stopwords:
        return None
    return len(stopwords & set(map(str.casefold, tokens)))
