"""Stop words that are frequent in manuals and in other sentences alike.

The most frequent words of one kind of text hold its subjects: *file* and *click* in manuals, the
year and the president in news. A word that is frequent in two kinds is a word of the language. Its
share is the lesser of the two; the rest is FineWeb2's way (arXiv 2506.20920, A.7.1). Words in
another script than the label's are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from curate.labels import script_of
from curate.lid.codes import script_code
from curate.metrics import choose_stopwords, count_words
from curate.metrics.stopwords import DEFAULT_FREQUENCY
from curate.text.scripts import dominant_script

FREQUENCY: Final = DEFAULT_FREQUENCY / 2
"""The lesser of two shares is smaller than either; so lists stay as long as from one corpus."""

AT_LEAST: Final = 16
"""Words in a list. Languages that inflect or agglutinate have few that are frequent: of ordinary
Amharic, "two of eight" dropped most."""

LEAST_WORDS: Final = 10_000
"""Words that documents need to have a say beside sentences."""

_SCALE: Final = 1_000_000


def stopwords_of(documents: Path, sentences: Path, *, workers: int) -> dict[str, tuple[str, ...]]:
    """The stop words of every label that has texts below either folder, most frequent first."""
    labels = sorted({path.name for folder in (documents, sentences) for path in folder.iterdir()})
    with ProcessPoolExecutor(workers) as pool:
        found = pool.map(partial(_of_label, documents, sentences), labels)
        return dict(zip(labels, found, strict=True))


def _of_label(documents: Path, sentences: Path, label: str) -> tuple[str, ...]:
    one, other = _count(documents / label), _count(sentences / label)
    few = sum(one.values()) < LEAST_WORDS
    return in_one(other or one, label) if few or not other else in_both(one, other, label)


def in_one(counts: Mapping[str, int], label: str) -> tuple[str, ...]:
    """Stop words of one corpus, in the label's script: a page's own words are often English."""
    return choose_stopwords(_in_script(counts, label), sum(counts.values()), at_least=AT_LEAST)


def in_both(one: Mapping[str, int], other: Mapping[str, int], label: str) -> tuple[str, ...]:
    """Stop words by the lesser of a word's shares in two corpora, given as counts."""
    n_one, n_other = sum(one.values()), sum(other.values())
    shares = {
        word: round(_SCALE * min(n / n_one, other[word] / n_other))
        for word, n in _in_script(one, label).items()
        if word in other
    }
    return choose_stopwords(shares, _SCALE, frequency=FREQUENCY, at_least=AT_LEAST)


def _in_script(counts: Mapping[str, int], label: str) -> dict[str, int]:
    script = script_code(script_of(label))
    parts = {"Jpan": {"Jpan", "Hani", "Hira", "Kana"}, "Hang": {"Hang", "Hani"}}
    scripts = parts.get(script, {script})
    return {word: n for word, n in counts.items() if dominant_script(word) in scripts}


def _count(folder: Path) -> Counter[str]:
    counts: Counter[str] = Counter()
    for path in sorted(folder.glob("*.parquet")):
        counts += count_words(pq.read_table(path, columns=["text"])["text"].to_pylist())
    return counts
