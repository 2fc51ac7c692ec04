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

LISTED_PART: Final = 4
"""Labels with less than a fourth of the best label's hits are not listed: they decide nothing."""

_SPACE: Final = 0x20
_QUOTE, _DOUBLE_QUOTE, _SLASH = 0x27, 0x22, 0x2F
_NO_IDS: Final = 1 << 16
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_SHIFT: Final = np.uint64(64 - 18)
_N_SLOTS: Final = 1 << 18  # three times the n-grams of the packaged table
_16: Final = np.uint64(16)
_32: Final = np.uint64(32)
_48: Final = np.uint64(48)
_LAST_TWO: Final = np.uint64(0xFFFF_FFFF)


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
        tag_places: int64[n_tags], the place of each list in that order.
        label_of_place: int64[n_tags], the label of each place, ascending.
    """

    ids: U16
    slot_keys: U64
    slot_ngrams: I32
    single: I32
    starts: I64
    postings: U16
    tag_places: I64
    label_of_place: I64


class LabelHits(NamedTuple):
    """The labels that each text resembles most.

    Args:
        offsets: int64[n_texts + 1], into ``labels`` and ``hits``.
        labels: int64[n], best first, equal ones ascending.
        hits: int64[n], n-grams of the text in the label's best list.
        n_ngrams: int64[n_texts].
    """

    offsets: I64
    labels: I64
    hits: I64
    n_ngrams: I64


def lookup_of(
    keys: U64, starts: I64, postings: U16, character_ids: U16, tag_places: I64, label_of_place: I64
) -> Lookup:
    """The lists for the kernels; see :class:`Lookup`.

    Args:
        keys: uint64[n_ngrams], four ids each, first character highest.
        starts: int64[n_ngrams + 1].
        postings: uint16[n_postings], indices of lists in the table's order.
        character_ids: uint16[0x110000].
        tag_places: int64[n_tags].
        label_of_place: int64[n_tags].
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
        tag_places.astype(np.int64),
        label_of_place.astype(np.int64),
    )


@njit(cache=True, nogil=True)
def _fill(keys: U64, slot_keys: U64, slot_ngrams: I32) -> None:
    for ngram in range(len(keys)):
        slot = np.int64((keys[ngram] * _MIX) >> _SHIFT)
        while slot_keys[slot] != 0:
            slot = (slot + 1) & (_N_SLOTS - 1)
        slot_keys[slot], slot_ngrams[slot] = keys[ngram], ngram


@njit(cache=True, nogil=True)
def _read(lookup: Lookup, points: U32, start: int, end: int, ids: U16, counts: I64) -> int:
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
def _count(lookup: Lookup, ids: U16, n_ids: int, counts: I64) -> None:
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
def tag_hits(lookup: Lookup, points: U32) -> tuple[I64, int]:
    """int64[n_tags] n-grams of one text in each list, and the number of its n-grams.

    A text too short for a window has none of either.
    """
    counts = np.zeros(len(lookup.tag_places), np.int64)
    ids = np.empty(len(points) + 2, np.uint16)
    n_ids = _read(lookup, points, 0, len(points), ids, counts)
    _count(lookup, ids, n_ids, counts)
    if n_ids < 4:
        counts[:] = 0
    return counts[lookup.tag_places], max(n_ids - 3, 0)


@njit(cache=True, nogil=True)
def _best(lookup: Lookup, counts: I64, labels: I64, hits: I64) -> int:
    """Write the labels that a text resembles, best first; their number."""
    most = counts.max()
    if most == 0:
        return 0
    n = 0
    for place in range(len(counts)):
        count = counts[place]
        if count * LISTED_PART < most or count == 0:
            continue
        label = lookup.label_of_place[place]
        if n and labels[n - 1] == label:
            hits[n - 1] = max(hits[n - 1], count)
        else:
            labels[n], hits[n] = label, count
            n += 1
    order = np.argsort(-hits[:n], kind="mergesort")  # stable: equal ones stay in label order
    labels[:n], hits[:n] = labels[:n][order], hits[:n][order]
    return n


@njit(cache=True, nogil=True)
def label_hits(lookup: Lookup, points: U32, offsets: I64) -> LabelHits:
    """The labels that each of many texts resembles most.

    Args:
        lookup: the lists.
        points: uint32[n_points], in lower case.
        offsets: int64[n_texts + 1].
    """
    n_texts, n_tags = len(offsets) - 1, len(lookup.tag_places)
    ids = np.empty((offsets[1:] - offsets[:-1]).max() + 2 if n_texts else 2, np.uint16)
    room = np.empty(n_tags, np.int64)
    room_hits = np.empty(n_tags, np.int64)
    ends, n_ngrams = np.zeros(n_texts + 1, np.int64), np.zeros(n_texts, np.int64)
    labels = np.empty(64 * (n_texts + 1), np.int64)
    hits = np.empty(64 * (n_texts + 1), np.int64)
    for text in range(n_texts):
        counts = np.zeros(n_tags, np.int64)
        n_ids = _read(lookup, points, offsets[text], offsets[text + 1], ids, counts)
        _count(lookup, ids, n_ids, counts)
        n_ngrams[text] = max(n_ids - 3, 0)
        n = 0 if n_ngrams[text] == 0 else _best(lookup, counts, room, room_hits)
        start = ends[text]
        while start + n > len(labels):
            labels = np.concatenate((labels, np.empty_like(labels)))
            hits = np.concatenate((hits, np.empty_like(hits)))
        labels[start : start + n], hits[start : start + n] = room[:n], room_hits[:n]
        ends[text + 1] = start + n
    return LabelHits(ends, labels[: ends[-1]], hits[: ends[-1]], n_ngrams)
