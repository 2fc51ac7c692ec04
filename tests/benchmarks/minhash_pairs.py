"""Near-duplicates made from real text, of a known Jaccard similarity of their word 5-grams.

A copy of a passage has runs of words deleted, replaced by words of another passage of its language,
or inserted, until it is as unlike the original as wanted. What is cut is the text, at the words'
first characters, so the splitter sees the edges as it would see them on the web. The similarity is
then computed from the sets of word 5-grams themselves: no hash, no estimate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import NamedTuple

import numpy as np

from curate.dedup.bands import band_keys, compact_signature
from curate.dedup.minhash import DEFAULT_PARAMS, MinHashParams, signatures
from curate.dedup.shingles import shingle_words
from curate.text.hashing import U8, U64
from curate.text.normalize import nfc, shingle_form
from curate.text.reading import shingle_reading
from curate.text.split import split, split_texts

Shingles = frozenset[tuple[str, ...]]

LEAST_WORDS, MOST_WORDS = 120, 400
"""Lengths of a passage, in words."""

ATTEMPTS = 60
_MEAN_RUN = 6.0


class Pair(NamedTuple):
    """Two texts and the similarity of their shingles, 0 to 1."""

    a: str
    b: str
    similarity: float


def shingle_set(text: str, n: int = 5) -> Shingles:
    """The word n-grams of a text in its reading form, as words: what the hashes stand for."""
    words = [shingle_form(word) for word in split(shingle_reading(nfc(text))).words()]
    return frozenset(zip(*(words[i:] for i in range(min(n, len(words)))), strict=False))


def jaccard(a: Shingles, b: Shingles) -> float:
    """Shared shingles over all of either; 0 of two empty sets."""
    n_shared = len(a & b)
    return n_shared / max(len(a) + len(b) - n_shared, 1)


@dataclass(frozen=True)
class Pool:
    """Texts of one language, from which passages are taken.

    Args:
        texts: the texts.
        starts: for each text the offset of the first character of each word, and its length.
    """

    texts: Sequence[str]
    starts: Sequence[Sequence[int]]

    @classmethod
    def of(cls, texts: Sequence[str], least: int = LEAST_WORDS) -> Pool:
        """Those of the texts that have at least ``least`` words."""
        found = [(text, word_starts(text)) for text in map(nfc, texts)]
        long = [(text, starts) for text, starts in found if len(starts) > least]
        if not long:
            raise ValueError(f"wanted a text of {least} words or more")
        return cls([text for text, _ in long], [starts for _, starts in long])

    def passage(self, random: Random, n_words: int) -> str:
        """A run of ``n_words`` words of some text, or a whole text if it is shorter."""
        weights = [len(starts) for starts in self.starts]
        at = random.choices(range(len(self.texts)), weights)[0]
        starts = self.starts[at]
        first = random.randint(0, max(len(starts) - 1 - n_words, 0))
        last = min(first + n_words, len(starts) - 1)
        return self.texts[at][starts[first] : starts[last]]

    def document(self, random: Random) -> str:
        """A passage as long as a short page."""
        return self.passage(random, random.randint(LEAST_WORDS, MOST_WORDS))


def word_starts(text: str) -> list[int]:
    """Offsets at which a text may be cut: where each word begins, and its end."""
    tokens = split(text)
    starts: list[int] = tokens.starts[tokens.is_word()].tolist()
    return [*starts, len(text)]


def edit(random: Random, text: str, pool: Pool) -> str:
    """The text with one run of words deleted, replaced or inserted."""
    starts = word_starts(text)
    n_run = 1 + int(random.expovariate(1 / _MEAN_RUN))
    if random.random() < 0.1:  # now and then a whole paragraph
        n_run = random.randint(1, max(len(starts) // 4, 1))
    kind = random.choice(("delete", "replace", "insert"))
    first = random.randrange(len(starts))
    last = first if kind == "insert" else min(first + n_run, len(starts) - 1)
    new = "" if kind == "delete" else pool.passage(random, n_run)
    return text[: starts[first]] + new + text[starts[last] :]


def near_duplicate(random: Random, text: str, pool: Pool, low: float, high: float) -> Pair:
    """A copy of ``text`` that is as like it as a number drawn from ``low`` to ``high``.

    Raises:
        RuntimeError: none was found; the text is too short for so narrow a range.
    """
    mine = shingle_set(text)
    for _ in range(ATTEMPTS):
        wanted, copy, similarity = random.uniform(low, high), text, 1.0
        while similarity > wanted:
            copy = edit(random, copy, pool)
            similarity = jaccard(mine, shingle_set(copy))
        if low <= similarity <= high:
            return Pair(text, copy, similarity)
    raise RuntimeError(f"no copy of {len(mine)} shingles with similarity {low} to {high}")


def make_pairs(random: Random, pool: Pool, low: float, high: float, n: int) -> list[Pair]:
    """``n`` pairs, each of a passage of its own."""
    pairs: list[Pair] = []
    while len(pairs) < n:
        try:
            pairs.append(near_duplicate(random, pool.document(random), pool, low, high))
        except RuntimeError:
            continue  # this passage repeats itself: take another
    return pairs


def unlike_pairs(random: Random, pool: Pool, below: float, n: int) -> list[Pair]:
    """``n`` pairs of passages that nobody made alike, of a similarity below ``below``."""
    pairs: list[Pair] = []
    while len(pairs) < n:
        a, b = pool.document(random), pool.document(random)
        similarity = jaccard(shingle_set(a), shingle_set(b))
        if similarity < below:
            pairs.append(Pair(a, b, similarity))
    return pairs


def shingle_hashes_of(texts: Sequence[str]) -> list[U64]:
    """The hashed shingles of each text, as the sign stage makes them."""
    read = split_texts([shingle_reading(nfc(text)) for text in texts])
    shingles, offsets = shingle_words(read.words(), 5)
    return [shingles[low:high] for low, high in pairwise(offsets.tolist())]


def sign(shingles: Sequence[U64], params: MinHashParams = DEFAULT_PARAMS) -> tuple[U64, U8]:
    """Band keys and compact signatures: uint64[n, n_bands], uint8[n, n_hashes]."""
    offsets = np.cumsum([0, *(own.size for own in shingles)])
    signed = signatures(np.concatenate(shingles), offsets, params)
    return band_keys(signed, params), compact_signature(signed)
