"""Kernels that count the n-grams a text shares with each language's list.

They read flat code points (:mod:`curate.text.flat`), so that no object is made for an n-gram.
Windows of four code points slide over the text; each is one 64-bit key, and the table of keys is
open-addressing: about one access of memory a window.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.jit import bare_inner, bare_kernel

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U16 = npt.NDArray[np.uint16]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]

NGRAM_CHARS: Final = 4
"""Code points in a window."""

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


def _fill(keys: U64, slot_keys: U64, slot_ngrams: I32) -> None:
    """Put each key into the first free slot from its own on; all that can at once."""
    slots = ((keys * _MIX) >> _SHIFT).astype(np.int64)
    waiting = np.arange(len(keys))
    while len(waiting):
        free = waiting[slot_keys[slots[waiting]] == 0]
        first = free[np.unique(slots[free], return_index=True)[1]]
        slot_keys[slots[first]], slot_ngrams[slots[first]] = keys[first], first
        waiting = np.setdiff1d(waiting, first, assume_unique=True)
        taken = waiting[slot_keys[slots[waiting]] != 0]
        slots[taken] = (slots[taken] + 1) & (_N_SLOTS - 1)


@bare_inner
def _key(a: np.uint64, b: np.uint64, c: np.uint64, d: np.uint64, space: np.uint64) -> np.uint64:
    """The key of a window without its outer spaces."""
    key = b << _32 | c << _16
    if d != space:
        key |= d
    return key << _16 if a == space else key | a << _48


@bare_inner
def _find(slot_keys: U64, slot_ngrams: I32, key: np.uint64) -> int:
    """Which n-gram it is, or -1."""
    slot = np.int64((key * _MIX) >> _SHIFT)
    while slot_keys[slot] != key:
        if slot_keys[slot] == 0:
            return -1
        slot = (slot + 1) & (_N_SLOTS - 1)
    return int(slot_ngrams[slot])


class Seen(NamedTuple):
    """Room for the n-grams of one text.

    An n-gram that comes again is only counted; its lists, of which there may be hundreds, are gone
    through once.

    Args:
        times: int32[n_ngrams of the lists], zeros; zeros again afterwards.
        ngrams: int32[n], which were seen: two for each code point of the longest text.
    """

    times: I32
    ngrams: I32


def room_for(lookup: Lookup, longest: int) -> Seen:
    """Room for texts of so many code points."""
    return Seen(np.zeros(len(lookup.starts), np.int32), np.empty(2 * longest + 2, np.int32))


@bare_inner
def _add(seen: Seen, n: int, ngram: int) -> int:
    """Note an n-gram; how many different ones there are. -1 is in no list."""
    if ngram < 0:
        return n
    if seen.times[ngram] == 0:
        seen.ngrams[n] = ngram
        n += 1
    seen.times[ngram] += 1
    return n


@bare_inner
def _count(lookup: Lookup, seen: Seen, n: int, counts: I32) -> None:
    """Count all that were noted, for every list that has them."""
    for k in range(n):
        ngram = seen.ngrams[k]
        times = seen.times[ngram]
        seen.times[ngram] = 0
        for place in range(lookup.starts[ngram], lookup.starts[ngram + 1]):
            counts[lookup.postings[place]] += times


@bare_kernel
def count_hits(
    lookup: Lookup, seen: Seen, points: U32, offsets: I64, counts: I32, n_ngrams: I64
) -> None:
    """Count the n-grams of each of many texts that are in each list.

    A text is read with one space before, between and behind its words. A window is stripped of its
    outer spaces. A text too short for a window has no n-grams and is in no list.

    It makes no array, and what it calls takes few arguments: either would double the time to
    compile.

    Args:
        lookup: the lists.
        seen: room for the longest text.
        points: uint32[n_points], in lower case.
        offsets: int64[n_texts + 1].
        counts: int32[n_texts, n_tags], zeros; written, lists in the order of their labels.
        n_ngrams: int64[n_texts]; written.
    """
    space = np.uint64(lookup.ids[_SPACE])
    for text in range(len(n_ngrams)):
        a, b, c, d = space, space, space, space
        n_read, n_seen = 1, 0  # the space before the first word
        end = offsets[text + 1]
        for at in range(offsets[text], end + 1):
            point = np.int64(points[at]) if at < end else _SPACE
            number = np.uint64(lookup.ids[point])
            if point > LAST_IGNORED:
                n_seen = _add(seen, n_seen, int(lookup.single[number]))
            if number == space and d == space:
                continue
            a, b, c, d = b, c, d, number
            n_read += 1
            if n_read >= NGRAM_CHARS:
                key = _key(a, b, c, d, space)
                ngram = _find(lookup.slot_keys, lookup.slot_ngrams, key)
                n_seen = _add(seen, n_seen, ngram)
        _count(lookup, seen, n_seen, counts[text])
        n_ngrams[text] = max(n_read - NGRAM_CHARS + 1, 0)
        if n_read < NGRAM_CHARS:
            for place in range(counts.shape[1]):
                counts[text, place] = 0
