"""Stop words from a reference corpus, as FineWeb2 derives them (arXiv 2506.20920, A.7.1).

The most frequent words of a language are its stop words: all whose share of the corpus reaches a
fixed frequency, or the most frequent few where too little reaches it. Only words made of letters
count. FineWeb2's own lists hold ``،``, ``·`` and ``¿``, and a text then meets half of "at least two
stop words" by its punctuation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

import regex

from curate.text.normalize import nfc
from curate.text.split import split_texts

DEFAULT_FREQUENCY: Final = 0.008
"""Share of all words that makes a word a stop word.

FineWeb2 does not publish its value. With this one the Universal Declaration of Human Rights has 20
stop words in the median of 189 languages; FineWeb2's lists have 19.
"""

DEFAULT_AT_LEAST: Final = 8
"""How many stop words a language has at least: the length of Gopher's English list."""

_BATCH_TEXTS = 256

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
