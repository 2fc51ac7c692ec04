"""Stop words that are frequent in texts of several kinds.

The most frequent words of one kind of text hold its subjects: *file* and *click* in manuals and
messages of programs, the year, the president and the city in news, *right* in the declaration of
human rights. A word that is frequent in most kinds is a word of the language. Its share is the
median of its shares, the lower one of two; the rest is FineWeb2's way (arXiv 2506.20920, A.7.1).

Names are left out by the rules of ``curate tune`` (:class:`curate.tune.word_counts.WordCounts`):
written with a capital inside sentences, or in few of the documents that would have a word so
frequent.
Where a script has no capitals, a name is one of a few kinds of text. Words in another script than
the label's are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from curate.labels import script_of
from curate.lid.codes import script_code
from curate.metrics.stopwords import DEFAULT_FREQUENCY, choose_stopwords, uses_of
from curate.text.normalize import nfc
from curate.text.scripts import dominant_script
from curate.text.split import split_texts
from curate.tune.word_counts import WordCounts

FREQUENCY: Final = DEFAULT_FREQUENCY / 2
"""A median of shares is smaller than most of them; so lists stay as long as from one corpus."""

AT_LEAST: Final = 16
"""Words in a list. Languages that inflect or agglutinate have few that are frequent: of ordinary
Amharic, "two of eight" dropped most."""

LEAST_WORDS: Final = 1_000
"""Words that a kind of text needs to have a say."""

_BATCH = 256
_SCALE: Final = 1_000_000
_LOOKED_AT: Final = 500


def stopwords_of(
    kinds: Mapping[str, Sequence[Path]], *, workers: int
) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """The stop words of every label, most frequent first, and the kinds of text they are of.

    Args:
        kinds: the folders of each kind of text by its name; in them ``<label>/*.parquet``.
        workers: processes.
    """
    every = [folder for folders in kinds.values() for folder in folders]
    labels = sorted({path.name for folder in every for path in folder.iterdir()})
    with ProcessPoolExecutor(workers) as pool:
        found = pool.map(partial(_of_label, kinds), labels)
        return dict(zip(labels, found, strict=True))


def _of_label(
    kinds: Mapping[str, Sequence[Path]], label: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    counted = {
        name: _count([folder / label for folder in folders]) for name, folders in kinds.items()
    }
    speaking = [name for name, found in counted.items() if found.n_words >= LEAST_WORDS]
    speaking = speaking or [max(counted, key=lambda name: counted[name].n_words)]
    return chosen([counted[name] for name in speaking], label), tuple(speaking)


def chosen(kinds: Sequence[WordCounts], label: str) -> tuple[str, ...]:
    """Stop words by the median of a word's shares in texts of several kinds, in the label's script.

    Args:
        kinds: the words of each kind.
        label: the label, for its script: a page's own words are often English.
    """
    shares = {
        word: round(_SCALE * _lower_median([k.counts[word] / max(k.n_words, 1) for k in kinds]))
        for word in dict.fromkeys(word for kind in kinds for word in kind.counts)
    }
    ranked = sorted(shares, key=lambda word: (-shares[word], word))[:_LOOKED_AT]
    kept = {
        word: shares[word]
        for word in ranked
        if shares[word] and _is_in_script(word, label) and not _is_name(kinds, word)
    }
    frequency = FREQUENCY if len(kinds) > 1 else DEFAULT_FREQUENCY
    return choose_stopwords(
        kept, max(_SCALE, sum(kept.values())), frequency=frequency, at_least=AT_LEAST
    )


def _lower_median(values: Sequence[float]) -> float:
    return sorted(values)[(len(values) - 1) // 2]


def _is_name(kinds: Sequence[WordCounts], word: str) -> bool:
    """An initial in texts of any kind, or a name in texts of most kinds that have the word."""
    having = [kind for kind in kinds if kind.counts[word]]
    if any(kind.uses(word).is_initial(word) for kind in having):
        return True
    return sum(kind.is_no_stopword(word) for kind in having) > len(having) / 2


def _is_in_script(word: str, label: str) -> bool:
    script = script_code(script_of(label))
    parts = {"Jpan": {"Jpan", "Hani", "Hira", "Kana"}, "Hang": {"Hang", "Hani"}}
    return dominant_script(word) in parts.get(script, {script})


def _count(folders: Sequence[Path]) -> WordCounts:
    counts = WordCounts()
    for texts in _texts(folders):
        uses = uses_of(split_texts([nfc(text) for text in texts]))
        n_words = sum(use.n for use in uses.values())
        counts.add(uses, n_words=n_words, n_documents=len(texts))
    return counts


def _texts(folders: Sequence[Path]) -> Iterator[list[str]]:
    for path in sorted(path for folder in folders for path in folder.glob("*.parquet")):
        texts = pq.read_table(path, columns=["text"])["text"].to_pylist()
        for at in range(0, len(texts), _BATCH):
            yield texts[at : at + _BATCH]


def told(kinds: Sequence[str]) -> str:
    """How they were found, for the provenance."""
    return f"stop words by frequency in {' and in '.join(kinds)}, names left out"
