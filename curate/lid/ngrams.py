"""Kernels that count the n-grams a text shares with each language's list.

They read flat code points (:mod:`curate.text.flat`), so that no object is made for an n-gram.
Windows of four code points slide over the text; each is one 64-bit key, and the table of keys is
open-addressing: about one access of memory a window.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U16 = npt.NDArray[np.uint16]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]

FOREIGN: Final = 1
"""Character id of a code point that no n-gram has; 0 fills up n-grams shorter than a window."""

LAST_IGNORED: Final = 0x7D
"""Characters up to this one never count alone."""

_SPACE: Final = 0x20
_QUOTE, _DOUBLE_QUOTE, _SLASH = 0x27, 0x22, 0x2F
_NO_IDS: Final = 1 << 16
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_SHIFT: Final = np.uint64(64 - 18)
_N_SLOTS: Final = 1 << 18  # three times the n-grams of the packaged table
_16: Final = np.uint64(16)
_32: Final = np.uint64(32)
_48: Final = np.uint64(48)


class Lookup(NamedTuple):
    """The n-gram lists as the kernels read them.

    Args:
        ids: uint16[0x110000], the id of each code point as it is read: white space and the slash
            are the space, the double quote is the single one.
        slot_keys: uint64[n_slots]; 0 is an empty slot.
        slot_ngrams: int32[n_slots], which n-gram.
        single: int32[65536], the n-gram that is this one character, or -1.
        starts: int64[n_ngrams + 1], into ``postings``.
        postings: uint16[n_postings], lists in the order of their labels.
    """

    ids: U16
    slot_keys: U64
    slot_ngrams: I32
    single: I32
    starts: I64
    postings: U16


def lookup_of(keys: U64, starts: I64, postings: U16, character_ids: U16, tag_places: I64) -> Lookup:
    """The lists for the kernels; see :class:`Lookup`.

    Args:
        keys: uint64[n_ngrams], four ids each, first character highest.
        starts: int64[n_ngrams + 1].
        postings: uint16[n_postings], indices of lists in the table's order.
        character_ids: uint16[0x110000].
        tag_places: int64[n_tags], the place of each list in the order of their labels.
    """
    # 0x1C to 0x1F are white space to str.split, as are those that Unicode lists.
    ids = character_ids.copy()
    white = [point for point in range(0x3001) if chr(point).isspace()]
    ids[[*white, _SLASH]] = ids[_SPACE]
    ids[_DOUBLE_QUOTE] = ids[_QUOTE]
    single = np.full(_NO_IDS, -1, np.int32)
    alone = np.flatnonzero(keys & np.uint64((1 << 48) - 1) == 0)
    single[(keys[alone] >> np.uint64(48)).astype(np.int64)] = alone
    slot_keys, slot_ngrams = np.zeros(_N_SLOTS, np.uint64), np.zeros(_N_SLOTS, np.int32)
    _fill(keys, slot_keys, slot_ngrams)
    placed = tag_places[postings].astype(np.uint16)
    return Lookup(
        ids,
        slot_keys,
        slot_ngrams,
        single,
        starts.astype(np.int64),
        placed,
    )


@njit(cache=True, nogil=True)
def _fill(keys: U64, slot_keys: U64, slot_ngrams: I32) -> None:
    for ngram in range(len(keys)):
        slot = np.int64((keys[ngram] * _MIX) >> _SHIFT)
        while slot_keys[slot] != 0:
            slot = (slot + 1) & (_N_SLOTS - 1)
        slot_keys[slot], slot_ngrams[slot] = keys[ngram], ngram


@njit(cache=True, nogil=True)
def _read(lookup: Lookup, points: U32, start: int, end: int, ids: U16, counts: I32) -> int:
    """Write the ids of a text, with one space before, between and behind its words.

    Characters that count alone are counted on the way.

    Returns:
        The number of ids written.
    """
    space = lookup.ids[_SPACE]
    ids[0] = space
    n = 1
    for at in range(start, end):
        point = points[at]
        found = lookup.ids[point]
        if found != space or ids[n - 1] != space:
            ids[n] = found
            n += 1
        if point > LAST_IGNORED:
            ngram = lookup.single[found]
            if ngram >= 0:
                for place in range(lookup.starts[ngram], lookup.starts[ngram + 1]):
                    counts[lookup.postings[place]] += 1
    if ids[n - 1] != space or n == 1:
        ids[n] = space
        n += 1
    return n


@njit(cache=True, nogil=True)
def _count(lookup: Lookup, ids: U16, n_ids: int, counts: I32) -> None:
    """Add the n-grams of the windows to ``counts``; a window is stripped of its outer spaces."""
    space = lookup.ids[_SPACE]
    for at in range(n_ids - 3):
        a, b, c, d = ids[at], ids[at + 1], ids[at + 2], ids[at + 3]
        if a == FOREIGN or b == FOREIGN or c == FOREIGN or d == FOREIGN:
            continue
        key = np.uint64(b) << _32 | np.uint64(c) << _16
        if d != space:
            key |= np.uint64(d)
        key = key << _16 if a == space else key | np.uint64(a) << _48
        slot = np.int64((key * _MIX) >> _SHIFT)
        while lookup.slot_keys[slot] != key and lookup.slot_keys[slot] != 0:
            slot = (slot + 1) & (_N_SLOTS - 1)
        if lookup.slot_keys[slot] == key:
            ngram = lookup.slot_ngrams[slot]
            for place in range(lookup.starts[ngram], lookup.starts[ngram + 1]):
                counts[lookup.postings[place]] += 1


@njit(cache=True, nogil=True)
def count_hits(
    lookup: Lookup, points: U32, offsets: I64, ids: U16, counts: I32, n_ngrams: I64
) -> None:
    """Count the n-grams of each of many texts that are in each list.

    A text too short for a window has no n-grams and is in no list.

    Args:
        lookup: the lists.
        points: uint32[n_points], in lower case.
        offsets: int64[n_texts + 1].
        ids: uint16[at least 2 more than the longest text has points]; room to write in, because
            making arrays here would double the time to compile.
        counts: int32[n_texts, n_tags], zeros; written, lists in the order of their labels.
        n_ngrams: int64[n_texts]; written.
    """
    for text in range(len(n_ngrams)):
        n_ids = _read(lookup, points, offsets[text], offsets[text + 1], ids, counts[text])
        n_ngrams[text] = max(n_ids - 3, 0)
        if n_ids < 4:
            for place in range(counts.shape[1]):
                counts[text, place] = 0
        _count(lookup, ids, n_ids, counts[text])
