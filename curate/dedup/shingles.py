"""Words -> shingles: hashed word n-grams, in datatrove's form.

A shingle is XXH64, seed 0, of the UTF-8 of n consecutive words joined by one space (datatrove
``MinhashDedupSignature.get_shingles``). What a word is, and in which form it is hashed, is decided
in :mod:`curate.text`; nothing here looks at characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

import numpy as np

from curate.dedup.hashing import I64, U64, hash_spans

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


def shingle_documents(documents: Iterable[Sequence[str]], n: int = 5) -> tuple[U64, I64]:
    """Shingle a batch of documents into one flat array.

    Args:
        documents: the words of each document; see :func:`shingle_hashes`.
        n: words per shingle, at least 1.

    Returns:
        ``(shingles, offsets)``: uint64[n_shingles] and int64[n_documents + 1]; document i owns
        ``shingles[offsets[i]:offsets[i + 1]]``.

    Raises:
        ValueError: ``n`` is below 1.
    """
    parts = [shingle_hashes(words, n) for words in documents]
    offsets = np.zeros(len(parts) + 1, np.int64)
    np.cumsum([part.size for part in parts], out=offsets[1:])
    shingles = np.concatenate(parts) if parts else np.empty(0, np.uint64)
    return shingles, offsets
