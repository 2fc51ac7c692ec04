"""Tokens: how many, of which kinds, and how many stop words are among them. Kernels.

Source: Gopher (arXiv 2112.11446, table A1).
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from curate.jit import kernel
from curate.text import characters
from curate.text.flat import FlatTexts
from curate.text.hashing import U64, find_sorted, hash_spans
from curate.text.words import fold_words

I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]


class TokenCount(IntEnum):
    """Columns of what :func:`count_tokens` gives."""

    TOKENS = 0
    WORDS = 1
    WORD_CHARS = 2
    ALPHA = 3


_TOKENS, _WORDS, _WORD_CHARS, _ALPHA = 0, 1, 2, 3
_N_COUNTS: Final = len(TokenCount)


@kernel
def count_tokens(starts: I64, ends: I64, is_word: Bools, is_alpha: Bools, offsets: I64) -> I64:
    """Count tokens, words, their code points and the tokens with a letter.

    Args:
        starts: int64[n_tokens].
        ends: int64[n_tokens].
        is_word: bool[n_tokens].
        is_alpha: bool[n_tokens], the token has a letter.
        offsets: int64[n_texts + 1].

    Returns:
        int64[n_texts, len(TokenCount)].
    """
    counts = np.zeros((len(offsets) - 1, _N_COUNTS), np.int64)
    for text in range(len(offsets) - 1):
        row = counts[text]
        row[_TOKENS] = offsets[text + 1] - offsets[text]
        for token in range(offsets[text], offsets[text + 1]):
            row[_ALPHA] += is_alpha[token]
            if is_word[token]:
                row[_WORDS] += 1
                row[_WORD_CHARS] += ends[token] - starts[token]
    return counts


class StopwordTable:
    """The stop words of several labels as sorted hashes.

    Args:
        sets: the stop words of each label, folded (:func:`curate.text.words.fold_words`).
    """

    def __init__(self, sets: Sequence[AbstractSet[str]]) -> None:
        hashes = [np.sort(_hash(sorted(words))) for words in sets]
        self.hashes = np.concatenate([np.empty(0, np.uint64), *hashes])
        self.offsets = np.zeros(len(sets) + 1, np.int64)
        np.cumsum([len(part) for part in hashes], out=self.offsets[1:])

    def count(self, hashes: U64, offsets: I64, set_of_text: I64) -> I64:
        """How many different stop words of its label each text has.

        Args:
            hashes: uint64[n_words], XXH64 of each folded word.
            offsets: int64[n_texts + 1], the words of each text.
            set_of_text: int64[n_texts], which set to look in.

        Returns:
            int64[n_texts].
        """
        counts = np.zeros(len(offsets) - 1, np.int64)
        last_seen = np.full(len(self.hashes), -1, np.int64)
        _count_stopwords(hashes, offsets, set_of_text, self.hashes, self.offsets, last_seen, counts)
        return counts


def _hash(words: Sequence[str]) -> U64:
    encoded = [word.encode("utf-8", "surrogatepass") for word in words]
    ends = np.cumsum([len(word) for word in encoded], dtype=np.int64)
    starts = ends - np.array([len(word) for word in encoded], np.int64)
    return hash_spans(np.frombuffer(b"".join(encoded), np.uint8), starts, ends)


@kernel
def _count_stopwords(
    hashes: U64,
    offsets: I64,
    set_of_text: I64,
    stopword_hashes: U64,
    stopword_offsets: I64,
    last_seen: I64,
    counts: I64,
) -> None:
    for text in range(len(offsets) - 1):
        low, high = stopword_offsets[set_of_text[text]], stopword_offsets[set_of_text[text] + 1]
        known = stopword_hashes[low:high]
        # A word whose last six bits no stop word has is none: most are turned away here.
        mask = np.uint64(0)
        for value in known:
            mask |= np.uint64(1) << (value & np.uint64(63))
        for word in range(offsets[text], offsets[text + 1]):
            value = hashes[word]
            if not (mask >> (value & np.uint64(63))) & np.uint64(1):
                continue
            place = find_sorted(known, value)
            if place >= 0 and last_seen[low + place] != text:
                last_seen[low + place] = text
                counts[text] += 1


def fold_set(words: AbstractSet[str] | Sequence[str]) -> frozenset[str]:
    """Stop words in the form in which tokens are compared with them."""
    return frozenset(fold_words(sorted(words)))


def has_letter_or_number(flat: FlatTexts) -> tuple[Bools, Bools]:
    """Which tokens have a letter, and which a letter or a number: bool[n_tokens] twice."""
    properties = characters.properties()
    has_letter, has_either = np.zeros(len(flat), np.bool_), np.zeros(len(flat), np.bool_)
    is_text = np.diff(flat.offsets) > 0
    if is_text.any():
        firsts = flat.offsets[:-1][is_text]
        seen = np.bitwise_or.reduceat(properties[flat.points], firsts)
        has_letter[is_text] = seen & characters.IS_LETTER > 0
        has_either[is_text] = seen & (characters.IS_LETTER | characters.IS_NUMBER) > 0
    return has_letter, has_either
