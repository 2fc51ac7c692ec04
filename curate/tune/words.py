"""Counting words in memory that is bounded, by the summary of Misra and Gries.

Where a label has more distinct words than are kept, the rarest go and every count is lowered by
that of the most frequent word that went (Agarwal and others, 2012, "Mergeable Summaries",
section 2). However the documents are sharded and merged, a count is then too low by at most
``n_words / (CAPACITY + 1)`` and never too high: by 0.003 % of the words, where a stop word has
0.8 %. With fewer distinct words the counts are exact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

CAPACITY: Final = 1 << 15
"""Distinct words of a label that are kept; at most twice as many are held, in some 6 MB."""


class WordCounts:
    """Occurrences of the words of one label.

    Attributes:
        counts: word -> occurrences, too low by at most ``lost``.
        n_words: occurrences of all words.
        lost: how much too low a count may be, that of an absent word included.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.capacity = capacity
        self.counts: Counter[str] = Counter()
        self.n_words = 0
        self.lost = 0

    def add(self, counts: Mapping[str, int], *, n_words: int, lost: int = 0) -> None:
        """Add the counts of other documents.

        Args:
            counts: word -> occurrences.
            n_words: occurrences of all words there, more than the sum if some were left out.
            lost: how much too low those counts may be.
        """
        self.counts.update(counts)
        self.n_words += n_words
        self.lost += lost
        if len(self.counts) > 2 * self.capacity:
            self._shrink()

    def most_common(self, n: int) -> list[tuple[str, int]]:
        """The ``n`` most frequent words, equally frequent ones by code point."""
        return sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))[:n]

    def _shrink(self) -> None:
        taken = sorted(self.counts.values(), reverse=True)[self.capacity]
        self.counts = Counter({w: n - taken for w, n in self.counts.items() if n > taken})
        self.lost += taken
