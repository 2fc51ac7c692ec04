"""How much of a page's true text a choice of blocks holds, and how much else; quickly.

The measure of the article extraction benchmark: bags of 4-grams of words, or of code points where
a third of the text is in a script without spaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

from curate.html.markup.page import Page

U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]

_N: Final = 4
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_WORD: Final = re.compile(r"\w+")
_DENSE: Final = re.compile(
    "[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
    "\U00020000-\U0003ffff]"
)


class Scorer:
    """Precision and recall of choices among the blocks of one page."""

    def __init__(self, page: Page, gold: str, neutral: str = "") -> None:
        """Prepare the bags.

        Args:
            page: its blocks.
            gold: the true text.
            neutral: text that counts neither way.
        """
        texts = [page.block_text(block) for block in range(page.n_blocks)]
        whole = gold or "\n".join(texts)
        is_dense = len(_DENSE.findall(whole)) > 0.3 * max(1, len("".join(whole.split())))
        known: dict[str, int] = {}

        def numbers(text: str) -> U64:
            tokens = list("".join(text.split())) if is_dense else _WORD.findall(text)
            return np.array([known.setdefault(t, len(known) + 1) for t in tokens], np.uint64)

        self._blocks = [numbers(text) for text in texts]
        self._wanted = _bag(numbers(gold))
        spare = _bag(numbers(neutral))
        left = spare[1] - np.minimum(spare[1], _lookup(spare[0], self._wanted))
        self._spare = spare[0][left > 0], left[left > 0]

    def __call__(self, keep: npt.NDArray[np.bool_]) -> tuple[float, float]:
        """Precision and recall of the blocks kept, each 0 to 1."""
        parts = [self._blocks[block] for block in np.flatnonzero(keep)]
        grams, counts = _bag(np.concatenate(parts) if parts else np.zeros(0, np.uint64))
        counts = counts - np.minimum(counts, _lookup(grams, self._spare))
        wanted = int(self._wanted[1].sum())
        if not wanted:
            return (0.0 if counts.sum() else 1.0), 1.0
        both = int(np.minimum(counts, _lookup(grams, self._wanted)).sum())
        return both / max(1, int(counts.sum())), both / wanted


def _bag(tokens: U64) -> tuple[U64, I64]:
    if not len(tokens):
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    n = max(1, len(tokens) - _N + 1)
    grams = np.zeros(n, np.uint64)
    with np.errstate(over="ignore"):
        for k in range(min(_N, len(tokens))):
            grams = (grams ^ tokens[k : k + n]) * _MIX
    distinct, counts = np.unique(grams, return_counts=True)
    return distinct, counts


def _lookup(grams: U64, bag: tuple[U64, I64]) -> I64:
    """How often each is in a bag."""
    if not len(bag[0]) or not len(grams):
        return np.zeros(len(grams), np.int64)
    place = np.minimum(np.searchsorted(bag[0], grams), len(bag[0]) - 1)
    return np.where(bag[0][place] == grams, bag[1][place], 0)


def f1(scores: Iterable[tuple[float, float]]) -> tuple[float, float, float]:
    """F1, precision and recall: means over pages, F1 of these."""
    pairs = np.array(list(scores), np.float64).reshape(-1, 2)
    if not len(pairs):
        return 0.0, 0.0, 0.0
    precision, recall = pairs.mean(0).tolist()
    total = precision + recall
    return (2 * precision * recall / total if total else 0.0), precision, recall
