"""How much of a true text an extractor found, and how much else.

The measure of scrapinghub's article extraction benchmark: n-grams as a bag, counts of each page
scaled to 1, precision and recall averaged over pages, F1 of the averages.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

N = 4
_WORD = re.compile(r"\w+")

Bag = Counter[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Score:
    """F1, precision and recall, 0-1."""

    f1: float
    precision: float
    recall: float


def word_shingles(text: str) -> Bag:
    """4-grams of words: the benchmark's own; for scripts that put spaces between words."""
    return _shingles(_WORD.findall(text))


def character_shingles(text: str) -> Bag:
    """4-grams of code points, white space aside: for any script."""
    return _shingles("".join(text.split()))


def _shingles(tokens: Sequence[str]) -> Bag:
    n_shingles = max(1, len(tokens) - N + 1)
    return Counter(tuple(tokens[i : i + N]) for i in range(n_shingles))


def score(pairs: Iterable[tuple[str, str]], shingles: Callable[[str], Bag]) -> Score:
    """Score (true text, found text) pairs."""
    precisions, recalls = [], []
    for true, found in pairs:
        wanted, got = shingles(true), shingles(found)
        both = (wanted & got).total()
        if got.total():
            precisions.append(both / got.total())
        if wanted.total():
            recalls.append(both / wanted.total())
    precision, recall = fmean(precisions or [0.0]), fmean(recalls or [0.0])
    total = precision + recall
    return Score(2 * precision * recall / total if total else 0.0, precision, recall)
