"""Hashes of runs of words, and looking them up: compiled, from the words' own hashes.

The hash of a run is a polynomial in the hashes of its words, modulo 2**64, so that the next run
costs one word more and one less however long runs are. Word hashes are XXH64 of folded words: they
are there already where text is annotated or signed.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from curate.jit import bare_kernel, kernel
from curate.text.flat import I64, ZERO, Bools
from curate.text.hashing import U64

I32 = npt.NDArray[np.int32]

_BASE: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xFF51AFD7ED558CCD)
_HALF: Final = np.uint64(33)
NOTHING: Final = np.uint64(0)
"""The hash where no run begins that counts."""


@kernel
def window_hashes(words: U64, is_lettered: Bools, offsets: I64, n: int) -> U64:
    """The hash of every run of ``n`` words of one text, where it begins.

    A run counts if at least half of its words have a letter: in this form of words numbers are all
    the same, and a table of numbers is like any other.

    Args:
        words: uint64[n_words], hashes of the words of many texts.
        is_lettered: bool[n_words], True for words with a letter, False for numbers.
        offsets: int64[n_texts + 1]; text i owns words ``offsets[i]:offsets[i + 1]``.
        n: words of a run, at least 1.

    Returns:
        uint64[n_words], 0 where none begins that counts.
    """
    hashes = np.zeros(words.size, np.uint64)
    power = np.uint64(1)
    for _ in range(n - 1):
        power *= _BASE
    salt = np.uint64(n) * _MIX
    for text in range(offsets.size - 1):
        low, high = offsets[text], offsets[text + 1]
        rolled, n_lettered = np.uint64(0), int(ZERO)
        for at in range(low, high):
            if at - low >= n:
                rolled -= words[at - n] * power
                n_lettered -= is_lettered[at - n]
            rolled = rolled * _BASE + words[at]
            n_lettered += is_lettered[at]
            if at - low + 1 >= n and 2 * n_lettered >= n:
                mixed = (rolled ^ salt) * _MIX
                mixed ^= mixed >> _HALF
                hashes[at - n + 1] = mixed if mixed != NOTHING else np.uint64(1)
    return hashes


@kernel
def make_slots(keys: U64) -> I32:
    """A hash table of different keys: int32[a power of two], the number of a key and one, or 0."""
    size = 4
    while size < 2 * keys.size:
        size *= 2
    slots = np.zeros(size, np.int32)
    mask = np.uint64(size - 1)
    for i in range(keys.size):
        slot = keys[i] & mask
        while slots[slot]:
            slot = (slot + np.uint64(1)) & mask
        slots[slot] = i + 1
    return slots


@bare_kernel
def mark_matches(
    hashes: U64,
    offsets: I64,
    n: int,
    slots: I32,
    keys: U64,
    owner_offsets: I64,
    owners: I32,
    n_matches: I32,
    is_covered: Bools,
) -> None:
    """Look every run up; count the hits of each text and set, and mark the words they cover.

    Args:
        hashes: of :func:`window_hashes`.
        offsets: int64[n_texts + 1], the words of each text.
        n: words of a run.
        slots: of :func:`make_slots`.
        keys: uint64[n_keys], the hashes that evaluation sets have.
        owner_offsets: int64[n_keys + 1], the sets of each key in ``owners``.
        owners: int32[n_owners], numbers of sets.
        n_matches: int32[n_texts, n_sets], added to.
        is_covered: bool[n_words], set.
    """
    mask = np.uint64(slots.size - 1)
    for text in range(offsets.size - 1):
        for at in range(offsets[text], offsets[text + 1]):
            if hashes[at] == NOTHING:
                continue
            slot = hashes[at] & mask
            while slots[slot] and keys[slots[slot] - 1] != hashes[at]:
                slot = (slot + np.uint64(1)) & mask
            key = slots[slot] - 1
            if key < 0:
                continue
            is_covered[at : at + n] = True
            for owner in owners[owner_offsets[key] : owner_offsets[key + 1]]:
                n_matches[text, owner] += 1
