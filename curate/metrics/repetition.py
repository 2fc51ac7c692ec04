"""Repetition: how much of a text its own earlier n-grams already said. Kernels.

Source: Gopher (arXiv 2112.11446, table A1).

N-grams are compared as strings, as the source does. Most occur once and can be left out of every
table: the n-grams of a text set a bit each, chosen by their hash, in a field that fits the cache;
one whose bit nobody else set has no equal. This is exact. Pruning n-grams by the shorter ones that
they begin with is not, because joined tokens do not show where one ends: the five tokens
``a b c d ef`` and ``a b c de f`` are one 5-gram, and no 4-gram of theirs is the same.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.jit import bare_inner, decorator, inner, kernel
from curate.metrics.seen import (
    Seen,
    look_up,
    mixed,
    next_sum,
    powers,
    room_for,
    slots_for,
    span_hash,
)
from curate.text.flat import ZERO

I64 = npt.NDArray[np.int64]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]

TOP_NGRAM_SIZES: Final = (2, 3, 4)
DUP_NGRAM_SIZES: Final = (5, 6, 7, 8, 9, 10)

N_COUNTS: Final = len(TOP_NGRAM_SIZES) + len(DUP_NGRAM_SIZES) + 1
"""Columns of what :func:`count_ngrams` gives: code points for each size, then steps taken."""

_SPACE: Final = 32
_BITS_PER_NGRAM: Final = 16  # bits of the field for each n-gram: one in seventeen is kept in vain
_64: Final = np.uint64(64)
_63: Final = np.uint64(63)
_6: Final = np.uint64(6)
_BIT: Final = np.uint64(1)


class _Room(NamedTuple):
    """Scratch of one batch, large enough for its longest text."""

    joined: U32
    sums: U64
    starts: I64
    hashes: U64
    once: U64
    twice: U64
    powers: U64
    seen: Seen


@inner
def _make_room(starts: I64, ends: I64, offsets: I64) -> _Room:
    most_tokens = most_points = int(ZERO)
    for text in range(len(offsets) - 1):
        low, high = offsets[text], offsets[text + 1]
        n_points = high - low
        for token in range(low, high):
            n_points += ends[token] - starts[token]
        most_tokens, most_points = max(most_tokens, high - low), max(most_points, n_points)
    n_words = 1
    while n_words * 64 < most_tokens * _BITS_PER_NGRAM:
        n_words *= 2
    return _Room(
        np.empty(most_points, np.uint32),
        np.empty(most_points + 1, np.uint64),
        np.empty(most_tokens + 1, np.int64),
        np.empty(most_tokens, np.uint64),
        np.empty(n_words, np.uint64),
        np.empty(n_words, np.uint64),
        powers(most_points),
        room_for(most_tokens),
    )


@bare_inner
def _join(
    points: U32, starts: I64, ends: I64, low: int, high: int, separators: int, room: _Room
) -> None:
    """Write tokens one after the other, each followed by ``separators`` spaces, with sums."""
    n = 0
    total = np.uint64(0)
    room.sums[0] = total
    for token in range(low, high):
        room.starts[token - low] = n
        for at in range(starts[token], ends[token]):
            room.joined[n] = points[at]
            total = next_sum(total, points[at])
            n += 1
            room.sums[n] = total
        for _ in range(separators):
            room.joined[n] = _SPACE
            total = next_sum(total, _SPACE)
            n += 1
            room.sums[n] = total
    room.starts[high - low] = n


@inner
def _hash_ngrams(n: int, n_ngrams: int, separators: int, room: _Room) -> tuple[np.uint64, int]:
    """Hash each n-gram and set its bit.

    Returns:
        How far to shift a mixed hash to find its bit, and how many bits were set already.
    """
    n_bits, n_words = 64, 1
    while n_bits < n_ngrams * _BITS_PER_NGRAM:
        n_bits, n_words = 2 * n_bits, 2 * n_words
    shift = _64
    while n_bits > 1:
        n_bits, shift = n_bits // 2, shift - _BIT
    room.once[:n_words] = 0
    room.twice[:n_words] = 0
    n_again = 0
    for k in range(n_ngrams):
        value = span_hash(room.sums, room.powers, room.starts[k], room.starts[k + n] - separators)
        room.hashes[k] = value
        place = mixed(value) >> shift
        word, bit = place >> _6, _BIT << (place & _63)
        if room.once[word] & bit:
            room.twice[word] |= bit
            n_again += 1
        room.once[word] |= bit
    return shift, n_again


@decorator(cache=True, inline="always")
def _may_repeat(value: np.uint64, shift: np.uint64, twice: U64) -> bool:
    place = mixed(value) >> shift
    return bool((twice[place >> _6] >> (place & _63)) & _BIT)


@inner
def _top_ngram(n: int, n_tokens: int, room: _Room, stamp: int) -> tuple[int, int]:
    """Length × count of the most frequent n-gram, the first of equals; and the steps taken."""
    n_ngrams = n_tokens - n + 1
    if n_ngrams < 1:
        return 0, 0
    shift, n_again = _hash_ngrams(n, n_ngrams, int(ZERO) + 1, room)
    work = n_ngrams
    best_count, best_start, best_length = 1, -1, room.starts[n] - 1
    if n_again == 0:
        return best_length, work
    n_slots = slots_for(room.seen, 2 * n_again)
    seen = room.seen
    for k in range(n_ngrams):
        value = room.hashes[k]
        if not _may_repeat(value, shift, room.twice):
            continue
        start, end = room.starts[k], room.starts[k + n] - 1
        slot, steps = look_up(seen, n_slots, stamp, value, room.joined, start, end)
        work += steps
        seen.counts[slot] += 1
        count, first = seen.counts[slot], seen.starts[slot]
        if count > 1 and (count > best_count or (count == best_count and first < best_start)):
            best_count, best_start, best_length = count, first, end - start
    return best_length * best_count, work


@inner
def _dup_ngrams(n: int, n_tokens: int, room: _Room, stamp: int) -> tuple[int, int]:
    """Code points of n-grams seen before, stepping over each whole; and the steps taken."""
    n_ngrams = n_tokens - n + 1
    if n_ngrams < 1:
        return 0, 0
    shift, n_again = _hash_ngrams(n, n_ngrams, int(ZERO), room)
    work = n_ngrams
    if n_again == 0:
        return 0, work
    n_slots = slots_for(room.seen, 2 * n_again)
    n_points = k = 0
    while k < n_ngrams:
        value = room.hashes[k]
        if _may_repeat(value, shift, room.twice):
            start, end = room.starts[k], room.starts[k + n]
            slot, steps = look_up(room.seen, n_slots, stamp, value, room.joined, start, end)
            work += steps
            if room.seen.counts[slot]:
                n_points += end - start
                k += n
                continue
            room.seen.counts[slot] = 1
        k += 1
    return n_points, work


@kernel
def count_ngrams(points: U32, starts: I64, ends: I64, offsets: I64) -> I64:
    """Count what the n-grams of many texts repeat.

    Args:
        points: uint32[n_points].
        starts: int64[n_tokens], offsets into ``points``.
        ends: int64[n_tokens].
        offsets: int64[n_texts + 1], the tokens of each text.

    Returns:
        int64[n_texts, N_COUNTS]: for each of TOP_NGRAM_SIZES length × count of the most frequent,
        for each of DUP_NGRAM_SIZES code points in repeated ones, and the steps taken.
    """
    counts = np.zeros((len(offsets) - 1, N_COUNTS), np.int64)
    room = _make_room(starts, ends, offsets)
    stamp = 0
    for text in range(len(offsets) - 1):
        low, high = offsets[text], offsets[text + 1]
        row = counts[text]
        column = 0
        _join(points, starts, ends, low, high, int(ZERO) + 1, room)
        for n in TOP_NGRAM_SIZES:
            stamp += 1
            row[column], work = _top_ngram(n, high - low, room, stamp)
            row[N_COUNTS - 1] += work
            column += 1
        _join(points, starts, ends, low, high, int(ZERO), room)
        for n in DUP_NGRAM_SIZES:
            stamp += 1
            row[column], work = _dup_ngrams(n, high - low, room, stamp)
            row[N_COUNTS - 1] += work
            column += 1
    return counts
