"""Precision for small languages: words that only one language has, and addresses that name it.

A classifier gives a rare language many documents of larger ones: of FineWeb2's Pidgin documents
hardly any were Pidgin. FineWeb2 (arXiv 2506.20920, appendix A.7.3) keeps a document of such a
language only if it has a word of high affinity to it, or a web address that names it. These are the
three functions of that filter; words come from the one splitter, so that a reference corpus and a
document are cut alike.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote, urlsplit

import regex

from curate.text.split import split

MIN_AFFINITY = 0.85
"""Share of a word's occurrences that must be in the language; FineWeb2's gamma."""

FREQUENT_QUANTILE = 0.95
"""Of the counts of a language's words: rarer words are chance, names and misspellings."""

MIN_CONTAMINATION = 0.1
"""FineWeb2 filters the languages of which more than this fraction of documents has no such word."""

_WORDS = regex.compile(r"[\p{L}\p{M}\p{N}]+")


def count_words(texts: Iterable[str]) -> dict[str, int]:
    """How often each word occurs. Case and marks are kept: NFC is all that is normalised.

    Args:
        texts: the documents of one language in a reference corpus.
    """
    counts: dict[str, int] = {}
    for text in texts:
        for word in split(unicodedata.normalize("NFC", text)).words():
            counts[word] = counts.get(word, 0) + 1
    return counts


def affine_words(
    counts: Mapping[str, Mapping[str, int]],
    label: str,
    *,
    min_affinity: float = MIN_AFFINITY,
    quantile: float = FREQUENT_QUANTILE,
    totals: Mapping[str, int] | None = None,
) -> frozenset[str]:
    """The frequent words of a language that hardly any other language has.

    The affinity of a word is its count in the language over its count in all of them. Languages
    count by the size of their corpora, as in FineWeb2: a word of English is no word of Pidgin.

    Args:
        counts: label -> word -> count, for every language of the reference corpus.
        label: the language.
        min_affinity: 0 to 1.
        quantile: 0 to 1, of the distinct words of the language by their count; those below are
            left out.
        totals: word -> its count in all of ``counts``, from :func:`total_counts`: saves adding them
            up for each of many languages.
    """
    if totals is None:
        totals = total_counts(counts)
    own = counts.get(label, {})
    if not own:
        return frozenset()
    ordered = sorted(own.values())
    enough = ordered[min(math.ceil(quantile * len(ordered)), len(ordered)) - 1] if quantile else 0
    frequent = (word for word, count in own.items() if count >= enough)
    return frozenset(word for word in frequent if own[word] >= min_affinity * totals[word])


def total_counts(counts: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """How often each word occurs in all languages.

    Args:
        counts: label -> word -> count.
    """
    totals: dict[str, int] = {}
    for own in counts.values():
        for word, count in own.items():
            totals[word] = totals.get(word, 0) + count
    return totals


def own_word_fraction(text: str, words: Collection[str]) -> float | None:
    """The share of a text's words that are in the list: 0 to 1; None for a text without a word.

    FineWeb2 keeps a document with any such word, whatever their share.

    Args:
        text: a document.
        words: from :func:`affine_words`.
    """
    counts = count_words([text])
    n = sum(counts.values())
    return sum(count for word, count in counts.items() if word in words) / n if n else None


def contamination_fraction(
    documents: Iterable[Collection[str]], words: Collection[str]
) -> float | None:
    """The fraction of documents without any of the words: 0 to 1; None without a document.

    Args:
        documents: the words of each of a random sample (FineWeb2: 10,000) of documents that an
            identifier gave the language.
        words: from :func:`affine_words`.
    """
    word_set = frozenset(words)
    n = without = 0
    for own in documents:
        n += 1
        without += word_set.isdisjoint(own)
    return without / n if n else None


@dataclass(frozen=True)
class AddressTerms:
    """Terms of a web address that say that its page is in a language.

    Attributes:
        names: of the language and of where it is spoken, in any script: ``naija``, ``Pidgin
            English``. They count as whole words, one after the other or written together.
        top_level_domains: without the dot, ``ng``.
    """

    names: Sequence[str] = ()
    top_level_domains: Collection[str] = frozenset()

    @cached_property
    def _phrases(self) -> frozenset[tuple[str, ...]]:
        return frozenset(tuple(_words(name)) for name in self.names) - {()}

    def name_language(self, url: str) -> bool:
        """True if ``url`` has one of the names or ends its host in one of the domains.

        Percent-encoding is undone. Any str will do; one that is no address is read as a path.
        """
        try:
            host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
        except ValueError:  # "http://[": no host, but perhaps a name
            host = ""
        if host.rstrip(".").rpartition(".")[2] in self.top_level_domains and "." in host:
            return True
        url_words = _words(unquote(url))
        return any(_is_in(phrase, url_words) for phrase in self._phrases)


def is_precise(
    document: Collection[str], words: frozenset[str], url: str | None, terms: AddressTerms
) -> bool:
    """True if a document of a small language is to be kept: by one of its words, or its address.

    Args:
        document: its words.
        words: from :func:`affine_words`.
        url: its address, if it has one.
        terms: of the language.
    """
    return not words.isdisjoint(document) or (url is not None and terms.name_language(url))


def _words(text: str) -> list[str]:
    words: list[str] = _WORDS.findall(unicodedata.normalize("NFC", text).casefold())
    return words


def _is_in(phrase: tuple[str, ...], words: list[str]) -> bool:
    if "".join(phrase) in words:
        return True
    n = len(phrase)
    return any(tuple(words[i : i + n]) == phrase for i in range(len(words) - n + 1))
