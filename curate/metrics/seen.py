"""A set of spans of one buffer, for kernels: has this stretch of code points been seen before?

Spans are told apart by a polynomial hash modulo 2**64 that is had from prefix sums for any span in
two multiplications. Equal spans have equal hashes; where hashes are equal the code points decide,
so that a collision costs time and never a wrong number.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.jit import bare_inner, decorator, inner, kernel

I64 = npt.NDArray[np.int64]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]

_BASE: Final = np.uint64(0x9E3779B97F4A7C15)  # odd: no power of it vanishes modulo 2**64
_MIX: Final = np.uint64(0xD6E8FEB86659FD93)
_32: Final = np.uint64(32)
_ONE: Final = np.uint64(1)


class Seen(NamedTuple):
    """Room for a set of spans, an open-addressing table that is emptied by a new ``stamp``.

    Args:
        stamps: int64[n_slots]; a slot is in use if it holds the present stamp.
        hashes: uint64[n_slots].
        starts: int64[n_slots], where the span was first seen.
        lengths: int64[n_slots], in code points.
        counts: int64[n_slots], how often it was seen.
    """

    stamps: I64
    hashes: U64
    starts: I64
    lengths: I64
    counts: I64


@inner
def room_for(n_spans: int) -> Seen:
    """Room for sets of up to ``n_spans`` spans."""
    n_slots = 16
    while n_slots < 2 * n_spans:
        n_slots *= 2
    return Seen(
        np.zeros(n_slots, np.int64),
        np.empty(n_slots, np.uint64),
        np.empty(n_slots, np.int64),
        np.empty(n_slots, np.int64),
        np.empty(n_slots, np.int64),
    )


@kernel
def powers(n: int) -> U64:
    """uint64[n + 1]: powers of the base."""
    powers_of = np.empty(n + 1, np.uint64)
    powers_of[0] = _ONE
    for k in range(n):
        powers_of[k + 1] = powers_of[k] * _BASE
    return powers_of


@decorator(cache=True, inline="always")
def next_sum(before: np.uint64, point: int) -> np.uint64:
    """The prefix sum behind ``point``. NUL must not hash as nothing: hence + 1."""
    return before * _BASE + np.uint64(point) + _ONE


@decorator(cache=True, inline="always")
def span_hash(sums: U64, powers_of: U64, start: int, end: int) -> np.uint64:
    """Hash of a span from the prefix sums before and behind it."""
    hash_of_span: np.uint64 = sums[end] - sums[start] * powers_of[end - start]
    return hash_of_span


@decorator(cache=True, inline="always")
def mixed(value: np.uint64) -> np.uint64:
    """The hash with its high bits brought down: those of a polynomial are the better ones."""
    value = (value ^ (value >> _32)) * _MIX
    return value ^ (value >> _32)


@bare_inner
def slots_for(seen: Seen, n_spans: int) -> int:
    """How many of the slots a set of ``n_spans`` needs: a small one stays in the cache."""
    n_slots = 16
    while n_slots < 2 * n_spans:
        n_slots *= 2
    return min(n_slots, len(seen.stamps))


@bare_inner
def look_up(
    seen: Seen, n_slots: int, stamp: int, value: np.uint64, points: U32, start: int, end: int
) -> tuple[np.int64, int]:
    """The slot of a span, taken for it if it is new: then its count is 0.

    Args:
        seen: the room.
        n_slots: how much of it to use, a power of two.
        stamp: number of this set; every set in the same room has another.
        value: hash of the span.
        points: the buffer.
        start: first code point of the span.
        end: behind its last.

    Returns:
        The slot, and the steps taken: slots and code points looked at.
    """
    mask = n_slots - 1
    slot = np.int64(mixed(value) & np.uint64(mask))
    length = end - start
    work = 1
    while seen.stamps[slot] == stamp:
        if seen.hashes[slot] == value and seen.lengths[slot] == length:
            first = seen.starts[slot]
            same = 0
            while same < length and points[first + same] == points[start + same]:
                same += 1
            work += same
            if same == length:
                return slot, work
        slot = (slot + 1) & mask
        work += 1
    seen.stamps[slot], seen.hashes[slot] = stamp, value
    seen.starts[slot], seen.lengths[slot], seen.counts[slot] = start, length, 0
    return slot, work
