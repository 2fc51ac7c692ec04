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
Bag = tuple[U64, I64]

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
        is_dense = _is_dense(gold or "\n".join(texts))
        known: dict[str, int] = {}
        self._blocks = [_numbers(text, known, is_dense) for text in texts]
        self._wanted = _bag(_numbers(gold, known, is_dense))
        self._neutral = _bag(_numbers(neutral, known, is_dense))

    def __call__(self, keep: npt.NDArray[np.bool_]) -> tuple[float, float]:
        """Precision and recall of the blocks kept, each 0 to 1."""
        parts = [self._blocks[block] for block in np.flatnonzero(keep)]
        found = _bag(np.concatenate(parts) if parts else np.zeros(0, np.uint64))
        return overlap((found, self._wanted, self._neutral))


def bags(found: str, gold: str, neutral: str) -> tuple[Bag, Bag, Bag]:
    """The bags of three texts, by the same tokens."""
    is_dense = _is_dense(gold or found)
    known: dict[str, int] = {}
    one, two, three = (_bag(_numbers(text, known, is_dense)) for text in (found, gold, neutral))
    return one, two, three


def overlap(parts: tuple[Bag, Bag, Bag]) -> tuple[float, float]:
    """Precision and recall of a text: the bags of the text, of the true one, and of what counts
    neither way."""
    (grams, counts), wanted, neutral = parts
    spare = neutral[1] - np.minimum(neutral[1], _lookup(neutral[0], wanted))
    counts = counts - np.minimum(counts, _lookup(grams, (neutral[0][spare > 0], spare[spare > 0])))
    total = int(wanted[1].sum())
    if not total:
        return (0.0 if counts.sum() else 1.0), 1.0
    both = int(np.minimum(counts, _lookup(grams, wanted)).sum())
    return both / max(1, int(counts.sum())), both / total


def _is_dense(text: str) -> bool:
    return len(_DENSE.findall(text)) > 0.3 * max(1, len("".join(text.split())))


def _numbers(text: str, known: dict[str, int], is_dense: bool) -> U64:  # noqa: FBT001 - one of two
    tokens = list("".join(text.split())) if is_dense else _WORD.findall(text)
    return np.array([known.setdefault(t, len(known) + 1) for t in tokens], np.uint64)


def _bag(tokens: U64) -> Bag:
    if not len(tokens):
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    n = max(1, len(tokens) - _N + 1)
    grams = np.zeros(n, np.uint64)
    with np.errstate(over="ignore"):
        for k in range(min(_N, len(tokens))):
            grams = (grams ^ tokens[k : k + n]) * _MIX
    distinct, counts = np.unique(grams, return_counts=True)
    return distinct, counts


def _lookup(grams: U64, bag: Bag) -> I64:
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
