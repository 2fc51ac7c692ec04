"""Stop words from a reference corpus, as FineWeb2 derives them (arXiv 2506.20920, A.7.1).

The most frequent words of a language are its stop words: all whose share of the corpus reaches a
fixed frequency, or the most frequent few where too little reaches it. Only words made of letters
count. FineWeb2's own lists hold ``،``, ``·`` and ``¿``, and a text then meets half of "at least two
stop words" by its punctuation.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final, NamedTuple

import numpy as np
import regex

from curate.metrics.line_end import cases
from curate.text.characters import IS_LETTER, properties
from curate.text.normalize import nfc
from curate.text.split import Kind, TokenBatch, split_texts

DEFAULT_FREQUENCY: Final = 0.008
"""Share of all words that makes a word a stop word.

FineWeb2 does not publish its value. With this one the Universal Declaration of Human Rights has 20
stop words in the median of 189 languages; FineWeb2's lists have 19.
"""

DEFAULT_AT_LEAST: Final = 8
"""How many stop words a language has at least: the length of Gopher's English list."""

_BATCH_TEXTS = 256

_ONE_LETTER = regex.compile(r"\p{L}\p{M}*")
_TWO_LETTERS = regex.compile(r"(?:\p{L}\p{M}*){1,2}")

# Zero width joiners spell Persian, Sinhala and other words; they have no category of their own.
_LETTERS = regex.compile(r"\p{L}[\p{L}\p{M}\u200c\u200d]*")


def count_words(texts: Iterable[str]) -> Counter[str]:
    """Count the words that are letters with their marks, case-folded; add counters to merge.

    Words with a digit, an apostrophe or a hyphen inside are left out whole.
    """
    counts: Counter[str] = Counter()
    for words in _words(texts):
        counts.update(words)
    return of_letters(counts)


class Uses(NamedTuple):
    """How a word is used.

    Attributes:
        n: occurrences.
        documents: that have it.
        inner: occurrences right behind another word of the line, where no sentence begins.
        capitals: of these, that begin with a capital.
        dotted: occurrences right before a full stop.
        joined: of these, with a letter right behind the full stop.
    """

    n: int
    documents: int
    inner: int
    capitals: int
    dotted: int = 0
    joined: int = 0

    @property
    def is_name(self) -> bool:
        """Written with a capital inside sentences, more often than not."""
        return self.inner >= LEAST_INNER and self.capitals > self.inner / 2

    def is_initial(self, word: str) -> bool:
        """One letter with its marks, a full stop behind it more often than not, or the name of one.

        Names of letters are of two letters in some scripts, and so are verbs that end sentences:
        in an abbreviation the next letter follows the full stop at once.
        """
        if self.dotted > self.n / 2 and _ONE_LETTER.fullmatch(word):
            return True
        return self.joined > self.n / 4 and bool(_TWO_LETTERS.fullmatch(word))

    def is_of_few(self, n_documents: int) -> bool:
        """In less than half of the documents that would have it were it spread evenly.

        So are the subjects of single documents; ``1 - exp(-n / documents)`` would have it by chance
        (a Poisson distribution).
        """
        return self.documents < EVEN_SHARE * n_documents * -math.expm1(-self.n / n_documents)


LEAST_INNER: Final = 5
"""Occurrences inside sentences from which on capitals tell something."""

EVEN_SHARE: Final = 0.5


def uses_of(tokens: TokenBatch) -> dict[str, Uses]:
    """How each word of some texts is used that is letters with their marks."""
    is_word = tokens.is_word()
    places = np.flatnonzero(is_word)
    if not places.size:
        return {}
    words = tokens.words()
    hashes, first, number = np.unique(words.hashes(), return_index=True, return_inverse=True)
    text = np.repeat(np.arange(len(tokens)), np.diff(words.offsets))
    pairs = np.unique(number.astype(np.int64) * len(tokens) + text)
    before = np.maximum(places - 1, 0)
    points, gap = tokens.texts.points, tokens.starts[places] - tokens.ends[before]
    inner = (places > 0) & (tokens.kinds[before] == Kind.WORD) & (gap == 1)
    inner &= points[np.maximum(tokens.starts[places] - 1, 0)] == ord(" ")
    capital = inner & (cases()[points[tokens.starts[places]]] == 3)
    behind = np.minimum(tokens.ends[places], len(points) - 1)
    dotted = (points[behind] == ord(".")) & (tokens.ends[places] < tokens.texts.offsets[1:][text])
    after = np.minimum(behind + 1, len(points) - 1)
    joined = dotted & (tokens.ends[places] + 1 < tokens.texts.offsets[1:][text])
    joined &= properties()[points[after]] & IS_LETTER > 0
    size = len(hashes)
    columns = (
        np.bincount(number, minlength=size),
        np.bincount(pairs // len(tokens), minlength=size),
        np.bincount(number[inner], minlength=size),
        np.bincount(number[capital], minlength=size),
        np.bincount(number[dotted], minlength=size),
        np.bincount(number[joined], minlength=size),
    )
    raw, starts, ends = words.buffer.tobytes(), words.starts[first], words.ends[first]
    uses_by_word = {}
    rows = np.stack((starts, ends, *columns), axis=1).tolist()
    for start, end, *uses in rows:
        word = raw[start:end].decode("utf-8", "surrogatepass")
        if _LETTERS.fullmatch(word):
            uses_by_word[word] = Uses(*uses)
    return uses_by_word


def of_letters(counts: Mapping[str, int]) -> Counter[str]:
    """The counts of the words that are letters with their marks."""
    return Counter({word: n for word, n in counts.items() if _LETTERS.fullmatch(word)})


def _words(texts: Iterable[str]) -> Iterator[list[str]]:
    """Folded words, a batch of texts at a time."""
    remaining = iter(texts)
    while batch := [nfc(text) for text in islice(remaining, _BATCH_TEXTS)]:
        yield split_texts(batch).words().strings()


def choose_stopwords(
    counts: Mapping[str, int],
    n_total: int,
    *,
    frequency: float = DEFAULT_FREQUENCY,
    at_least: int = DEFAULT_AT_LEAST,
) -> tuple[str, ...]:
    """The stop words of a language, most frequent first, equally frequent ones by code point.

    Args:
        counts: occurrences of each word, from :func:`count_words`.
        n_total: occurrences of all words that were counted; more than ``sum(counts)`` if rare words
            were dropped from ``counts``.
        frequency: every word with at least this share of ``n_total`` is taken.
        at_least: where fewer reach that, so many are taken in order, as far as there are any. This
            lowers the frequency, as FineWeb2 does, but breaks ties, so that a corpus of ten words
            that occur once each does not make all of them stop words.

    Raises:
        ValueError: ``n_total`` is less than the sum of ``counts``.
    """
    if n_total < sum(counts.values()):
        message = f"n_total is {n_total}, but {sum(counts.values())} words were counted"
        raise ValueError(message)
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    n_frequent = sum(counts[word] >= frequency * n_total for word in ranked)
    return tuple(ranked[: max(n_frequent, at_least)])
