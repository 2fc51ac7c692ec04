"""Counting words in memory that is bounded, by the summary of Misra and Gries.

Where a label has more distinct words than are kept, the rarest go and every count is lowered by
that of the most frequent word that went (Agarwal and others, 2012, "Mergeable Summaries",
section 2). However the documents are sharded and merged, a count is then too low by at most
``n_words / (CAPACITY + 1)`` and never too high: by 0.003 % of the words, where a stop word has
0.8 %. With fewer distinct words the counts are exact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from curate.metrics.stopwords import Uses

CAPACITY: Final = 1 << 15
"""Distinct words of a label that are kept; at most twice as many are held, in some 6 MB."""


LEAST_OF_SOURCE: Final = 1000
"""Words that a file has to have before it counts what it lacks."""


class WordCounts:
    """Occurrences of the words of one label.

    Attributes:
        counts: word -> occurrences, too low by at most ``lost``.
        n_words: occurrences of all words.
        lost: how much too low a count may be, that of an absent word included.
        n_documents: how many there are.
        n_sources: files with at least :data:`LEAST_OF_SOURCE` words.
        sources: word -> of these, files that have it.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.capacity = capacity
        self.counts: Counter[str] = Counter()
        self.n_words = 0
        self.lost = 0
        self.n_documents = 0
        self.n_sources = 0
        self.sources: Counter[str] = Counter()
        self._documents: Counter[str] = Counter()
        self._inner: Counter[str] = Counter()
        self._capitals: Counter[str] = Counter()
        self._dotted: Counter[str] = Counter()
        self._joined: Counter[str] = Counter()

    def add(
        self, uses: Mapping[str, Uses | int], *, n_words: int, n_documents: int = 0, lost: int = 0
    ) -> None:
        """Add the words of other documents.

        Args:
            uses: word -> how it is used there; of a number only occurrences are known.
            n_words: occurrences of all words there, more than the sum if some were left out.
            n_documents: documents there.
            lost: how much too low those counts may be.
        """
        for word, use in uses.items():
            if isinstance(use, int):
                self.counts[word] += use
                continue
            self.counts[word] += use.n
            self._documents[word] += use.documents
            self._inner[word] += use.inner
            self._capitals[word] += use.capitals
            self._dotted[word] += use.dotted
            self._joined[word] += use.joined
        self.n_words += n_words
        self.n_documents += n_documents
        self.lost += lost
        if len(self.counts) > 2 * self.capacity:
            self._shrink()

    def most_common(self, n: int) -> list[tuple[str, int]]:
        """The ``n`` most frequent words, equally frequent ones by code point."""
        return sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))[:n]

    def note_source(self, words: Iterable[str], n_words: int) -> None:
        """Note that a file has these words; one of a few words says nothing by what it lacks."""
        if n_words >= LEAST_OF_SOURCE:
            self.n_sources += 1
            for word in words:  # a mapping's values are not what is counted
                self.sources[word] += 1

    def uses(self, word: str) -> Uses:
        """How a word is used."""
        counts = (
            self.counts,
            self._documents,
            self._inner,
            self._capitals,
            self._dotted,
            self._joined,
        )
        return Uses(*(count[word] for count in counts))

    def is_no_stopword(self, word: str) -> bool:
        """A name, or a word of few documents or of less than half of the files."""
        if self.n_sources > 1 and self.sources[word] < self.n_sources / 2:
            return True
        uses = self.uses(word)
        if uses.is_name or uses.is_initial(word):
            return True
        return self.n_documents > 0 and uses.is_of_few(self.n_documents)

    def _shrink(self) -> None:
        taken = sorted(self.counts.values(), reverse=True)[self.capacity]
        self.counts = Counter({w: n - taken for w, n in self.counts.items() if n > taken})
        for name in ("sources", "_documents", "_inner", "_capitals", "_dotted", "_joined"):
            kept = {w: n for w, n in getattr(self, name).items() if w in self.counts}
            setattr(self, name, Counter(kept))
        self.lost += taken
