"""Words -> shingles: hashed word n-grams, in datatrove's form.

A shingle is XXH64, seed 0, of the UTF-8 of n consecutive words joined by one space (datatrove
``MinhashDedupSignature.get_shingles``). What a word is, and in which form it is hashed, is decided
in :mod:`curate.text`; nothing here looks at characters.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from curate.jit import kernel
from curate.text.hashing import I64, U64, hash_spans
from curate.text.words import FoldedWords

_SPACE = 0x20


def shingle_hashes(words: Sequence[str], n: int = 5) -> U64:
    """Hash every run of ``n`` consecutive words.

    A document of fewer than ``n`` words gets one shingle of all its words, so that identical short
    texts still meet (datatrove never deduplicates them). A word with a lone surrogate is hashed
    by its three-byte form instead of raising.

    Args:
        words: the words of one document, in order, in the form dedup hashes:
            ``["क्या", "हाल", "है"]``.
        n: words per shingle, at least 1.

    Returns:
        uint64[max(1, len(words) - n + 1)], in text order, repeats included; empty without words.

    Raises:
        ValueError: ``n`` is below 1.
    """
    if n < 1:
        raise ValueError(f"a shingle has at least 1 word, not {n}")
    if not words:
        return np.empty(0, np.uint64)
    encoded = " ".join(words).encode("utf-8", "surrogatepass")
    buffer = np.frombuffer(encoded, np.uint8)
    ends = np.flatnonzero(buffer == _SPACE)
    # where a word holds a space, spaces do not tell where words end
    spaces_tell = ends.size == len(words) - 1
    ends = np.append(ends, buffer.size) if spaces_tell else _word_ends(words)
    starts = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1))
    n = min(n, len(words))
    return hash_spans(buffer, starts[: len(words) - n + 1], ends[n - 1 :])


def _word_ends(words: Sequence[str]) -> I64:
    """Byte offset after each word in the joined buffer: int64[len(words)]."""
    n_bytes = [len(word.encode("utf-8", "surrogatepass")) + 1 for word in words]
    return np.fromiter(accumulate(n_bytes), np.int64, len(words)) - 1


def shingle_words(words: FoldedWords, n: int = 5, rows: I64 | None = None) -> tuple[U64, I64]:
    """Shingle many documents at once, each as :func:`shingle_hashes` would.

    Args:
        words: the documents' words, folded.
        n: words per shingle, at least 1.
        rows: int64[n], those to shingle; all of them, in their order, if None.

    Returns:
        ``(shingles, offsets)``: uint64[n_shingles] and int64[n + 1]; document i, or the one at
        ``rows[i]``, owns ``shingles[offsets[i]:offsets[i + 1]]``.

    Raises:
        ValueError: ``n`` is below 1.
    """
    if n < 1:
        raise ValueError(f"a shingle has at least 1 word, not {n}")
    firsts, lasts = words.offsets[:-1], words.offsets[1:]
    if rows is not None:
        firsts, lasts = firsts[rows], lasts[rows]
    n_words = lasts - firsts
    counts = np.where(n_words > 0, np.maximum(n_words - n + 1, 1), 0)
    offsets = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=offsets[1:])
    starts, ends = _spans(firsts, lasts, words.ends, offsets, n)
    return hash_spans(words.buffer, starts, ends), offsets


@kernel
def _spans(firsts: I64, lasts: I64, word_ends: I64, offsets: I64, n: int) -> tuple[I64, I64]:
    """First and last byte of every shingle: int64[n_shingles] twice."""
    starts, ends = np.empty(offsets[-1], np.int64), np.empty(offsets[-1], np.int64)
    for document in range(len(offsets) - 1):
        first, last = firsts[document], lasts[document] - 1
        low = offsets[document]
        for k in range(offsets[document + 1] - low):
            word = first + k
            starts[low + k] = word_ends[word - 1] + 1 if word else 0
            ends[low + k] = word_ends[min(word + n - 1, last)]
    return starts, ends
