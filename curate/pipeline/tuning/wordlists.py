"""Make wordlists from a reference corpus: the frequent words that hardly any other label has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from curate import __version__
from curate.config.wordlists import SUFFIX, Wordlist, WordlistHead, WordlistSource, load_wordlist
from curate.errors import ConfigError, InputError
from curate.io.texts.labelled import find_references, read_labelled
from curate.io.whole import make_folder, write_whole
from curate.labels import NO_LANGUAGE, UNDETERMINED, language_of
from curate.lid.wordlists import affine_words, count_words, total_counts

_BATCH = 256


@dataclass(frozen=True, slots=True)
class MadeList:
    """One label of the reference.

    Attributes:
        label: the label.
        n_documents: that the reference has of it.
        n_words: distinct words in its list; a list without any is not written.
    """

    label: str
    n_documents: int
    n_words: int


def make_wordlists(
    references: Sequence[str], out: Path, *, min_affinity: float, quantile: float
) -> list[MadeList]:
    """Count words by label and write a list for each.

    What people added to a list that is there already is kept: names, top-level domains and words
    without counts. Counts of the whole reference are in memory, about 100 bytes a distinct word and
    label.

    Args:
        references: files and folders; see :func:`curate.io.texts.labelled.find_references`.
        out: the folder to write.
        min_affinity: least share of a word's occurrences that are in the label.
        quantile: of the label's words by count; rarer ones are left out.

    Raises:
        InputError: a reference cannot be read or has no labels, or there are fewer than two.
        ConfigError: a file that is in ``out`` already is no wordlist.
    """
    documents, counts = _count(find_references(references))
    if len(counts) < 2:
        raise InputError(
            f"reference {', '.join(references)}",
            wanted="documents of two labels or more: a word is told by its absence from the others",
            found=f"those of {', '.join(counts) or 'none'}",
            todo="add references for other languages, above all for those that are near",
        )
    totals = total_counts(counts)
    lists = []
    make_folder(out)
    for label in sorted(counts):
        own = counts[label]
        words = affine_words(
            counts, label, min_affinity=min_affinity, quantile=quantile, totals=totals
        )
        lists.append(MadeList(label, documents[label], len(words)))
        source = WordlistSource(
            reference=tuple(references),
            documents=documents[label],
            words=sum(own.values()),
            labels=len(counts),
            min_affinity=min_affinity,
            quantile=quantile,
            curate=__version__,
        )
        _write(
            out / f"{label}{SUFFIX}", label, source, {w: (own[w], totals[w]) for w in sorted(words)}
        )
    return lists


def _count(files: Sequence[str]) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    documents: dict[str, int] = {}
    counts: dict[str, dict[str, int]] = {}
    waiting: dict[str, list[str]] = {}
    for file in files:
        for label, text in read_labelled(file):
            if label == NO_LANGUAGE or language_of(label) == UNDETERMINED:
                continue
            documents[label] = documents.get(label, 0) + 1
            waiting.setdefault(label, []).append(text)
            if len(waiting[label]) >= _BATCH:
                _add(counts, label, waiting.pop(label))
    for label, texts in waiting.items():
        _add(counts, label, texts)
    return documents, counts


def _add(counts: dict[str, dict[str, int]], label: str, texts: list[str]) -> None:
    into = counts.setdefault(label, {})
    for word, n in count_words(texts).items():
        into[word] = into.get(word, 0) + n


def _before(path: Path) -> Wordlist | None:
    """The list that is there, with what people added; None for none, or one without a byte.

    Such a one an older version left on a full disk. What is cut in the middle may have words of
    people's own, so that it is told and not written over.
    """
    data = path.read_bytes() if path.exists() else b""
    if not data:
        return None
    last = data.decode(errors="replace").rpartition("\n")[2]
    if last:
        raise ConfigError(
            str(path),
            wanted="a wordlist, which has a line end after its last word",
            found=f"{last[:40]!r} and no line end",
            todo="end the line if the word is whole; else remove the file and make it again",
        )
    return load_wordlist(path)


def _write(
    path: Path, label: str, source: WordlistSource, words: dict[str, tuple[int, int]]
) -> None:
    before = _before(path)
    added = {} if before is None else {w: None for w, n in before.counts.items() if n is None}
    wordlist = Wordlist(
        WordlistHead(
            label=label,
            names=() if before is None else before.head.names,
            top_level_domains=() if before is None else before.head.top_level_domains,
            provenance=source,
        ),
        {**added, **words},
    )
    if wordlist.counts:
        write_whole(path, wordlist.to_text().encode())
    else:
        path.unlink(missing_ok=True)  # a list without words would drop every document
