"""The n-grams of evaluation sets, and which texts have them.

What a word is, and in which form words are compared, is the same for every language and the same
as for duplicates: :mod:`curate.text.split` cuts, :mod:`curate.text.words` folds. So case, the
composition of letters, punctuation and white space make no difference, and all numbers are equal.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from curate.contamination.windows import (
    I32,
    NOTHING,
    make_slots,
    mark_matches,
    window_hashes,
)
from curate.text.flat import I64, Bools
from curate.text.hashing import U64
from curate.text.normalize import normalize_text
from curate.text.split import Kind, TokenBatch, split_texts

CONTAMINATION_VERSION: Final = "2"
"""Raised by hand when the same text and sets give other columns."""

_BATCH: Final = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Overlaps:
    """The overlap of some texts with the sets.

    Attributes:
        n_matches: int32[n_texts, n_sets], places in the text where an n-gram of the set begins.
        n_covered: int64[n_texts], words in such an n-gram of any set.
        n_words: int64[n_texts].
    """

    n_matches: I32
    n_covered: I64
    n_words: I64


@dataclass(frozen=True, eq=False)
class _Length:
    """The runs of one number of words: see :func:`curate.contamination.windows.mark_matches`."""

    n: int
    keys: U64
    owner_offsets: I64
    owners: I32

    @cached_property
    def slots(self) -> I32:
        return make_slots(self.keys)


@dataclass(frozen=True, slots=True, eq=False)
class NgramIndex:
    """N-grams of evaluation sets.

    Args:
        sets: names of the sets; their order is that of the columns of what is found.
        lengths: the n-grams, and whole items that are shorter, by their number of words.
    """

    sets: tuple[str, ...]
    lengths: tuple[_Length, ...]

    def find(self, tokens: TokenBatch) -> Overlaps:
        """The overlap of texts with the sets, in time linear in their length."""
        words = tokens.words()
        n_texts = len(tokens)
        n_matches = np.zeros((n_texts, len(self.sets)), np.int32)
        is_covered = np.zeros(len(words.ends), np.bool_)
        lettered = _lettered(tokens)
        for length in self.lengths:
            mark_matches(
                window_hashes(words.hashes(), lettered, words.offsets, length.n),
                words.offsets,
                length.n,
                length.slots,
                length.keys,
                length.owner_offsets,
                length.owners,
                n_matches,
                is_covered,
            )
        before = np.concatenate((np.zeros(1, np.int64), np.cumsum(is_covered, dtype=np.int64)))
        n_covered = np.diff(before[words.offsets])
        return Overlaps(n_matches, n_covered, np.diff(words.offsets))

    def to_bytes(self) -> bytes:
        """For :meth:`from_bytes`; the same sets give the same bytes."""
        file = io.BytesIO()
        head = {"sets": self.sets, "lengths": [x.n for x in self.lengths]}
        np.save(file, np.frombuffer(json.dumps(head, ensure_ascii=False).encode(), np.uint8))
        for x in self.lengths:
            for array in (x.keys, x.owner_offsets, x.owners):
                np.save(file, array)
        return file.getvalue()

    @staticmethod
    def from_bytes(data: bytes) -> NgramIndex:
        """The index whose bytes :meth:`to_bytes` gave."""
        file = io.BytesIO(data)
        head = json.loads(_next_array(file).tobytes())
        lengths = [
            _Length(n, _next_array(file), _next_array(file), _next_array(file))
            for n in head["lengths"]
        ]
        return NgramIndex(tuple(head["sets"]), tuple(lengths))


def _next_array(file: io.BytesIO) -> npt.NDArray[Any]:
    array: npt.NDArray[Any] = np.load(file, allow_pickle=False)
    return array


@dataclass(frozen=True, slots=True)
class Built:
    """An index, and how much of each set is in it.

    Attributes:
        index: the index.
        n_items: set -> texts of it.
        n_short: set -> those that are too short to be looked for.
        n_words: set -> words of all its texts.
    """

    index: NgramIndex
    n_items: Mapping[str, int]
    n_short: Mapping[str, int]
    n_words: Mapping[str, int]


def build(sets: Mapping[str, Iterable[str]], *, n: int = 13, min_words: int = 8) -> Built:
    """Index the texts of evaluation sets.

    A text of fewer than ``n`` words is looked for as a whole. One of fewer than ``min_words`` is
    not looked for: `Yes, it is` is in every page.

    Args:
        sets: name -> texts of its items.
        n: words of an n-gram; 13 is GPT-3's (arXiv 2005.14165, appendix C).
        min_words: fewest words of a text that is looked for, ``n`` at most; 8 is that paper's
            least n.
    """
    min_words = min(min_words, n)
    names = tuple(sorted(sets))
    pairs: dict[int, list[tuple[U64, int]]] = {}
    n_items, n_short, n_words = {}, {}, {}
    for number, name in enumerate(names):
        n_items[name] = n_short[name] = n_words[name] = 0
        texts = map(normalize_text, sets[name])
        while batch := list(islice(texts, _BATCH)):
            n_items[name] += len(batch)
            tokens = split_texts(batch)
            n_words[name] += int(tokens.words().offsets[-1])
            n_short[name] += _add(pairs, tokens, number, n, min_words)
    lengths = (_joined(length, pairs[length]) for length in sorted(pairs))
    return Built(NgramIndex(names, tuple(lengths)), n_items, n_short, n_words)


def _add(
    pairs: dict[int, list[tuple[U64, int]]],
    tokens: TokenBatch,
    number: int,
    n: int,
    min_words: int,
) -> int:
    """Add the runs of some texts of set ``number``; how many texts are too short."""
    words = tokens.words()
    lettered = _lettered(tokens)
    n_words = np.diff(words.offsets)
    for length in sorted({min(int(k), n) for k in n_words if k >= min_words}):
        hashes = window_hashes(words.hashes(), lettered, words.offsets, length)
        if length < n:  # whole texts alone
            hashes = hashes[words.offsets[:-1][n_words == length]]
        pairs.setdefault(length, []).append((np.unique(hashes[hashes != NOTHING]), number))
    return int((n_words < min_words).sum())


def _joined(n: int, pairs: list[tuple[U64, int]]) -> _Length:
    keys = np.concatenate([hashes for hashes, _ in pairs])
    owners = np.concatenate([np.full(len(hashes), number, np.int32) for hashes, number in pairs])
    order = np.lexsort((owners, keys))
    keys, owners = keys[order], owners[order]
    is_new = np.ones(len(keys), np.bool_)
    is_new[1:] = (keys[1:] != keys[:-1]) | (owners[1:] != owners[:-1])
    keys, owners = keys[is_new], owners[is_new]
    different, begins = np.unique(keys, return_index=True)
    offsets = np.append(begins, len(keys)).astype(np.int64)
    return _Length(n, different, offsets, owners)


def _lettered(tokens: TokenBatch) -> Bools:
    """bool[n_words]: the word has a letter."""
    lettered: Bools = (tokens.kinds == Kind.WORD)[tokens.is_word()]
    return lettered
