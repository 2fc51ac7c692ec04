"""Equal keys get equal numbers: a hash table of one pass."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from curate.html.markup.decorators import inner, kernel

I32 = npt.NDArray[np.int32]
U64 = npt.NDArray[np.uint64]

_MIX = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(32)


@inner
def n_slots(n_keys: int) -> int:
    """A power of two, at least twice as many as the keys."""
    size = 16
    while size < 2 * n_keys:
        size *= 2
    return size


@kernel
def number_keys(keys: U64, slots: I32, first: I32, numbers: I32) -> int:
    """Number the distinct values of ``keys`` in order of appearance; how many there are.

    Args:
        keys: uint64[n].
        slots: int32[…], at least four for each key and 16, to work in.
        first: int32[n], to work in.
        numbers: int32[n], filled.
    """
    size = n_slots(len(keys))
    for slot in range(size):
        slots[slot] = -1
    mask = np.uint64(size - 1)
    n = 0
    for i in range(len(keys)):
        place = ((keys[i] * _MIX) >> _SHIFT) & mask
        while slots[place] >= 0 and keys[first[slots[place]]] != keys[i]:
            place = (place + np.uint64(1)) & mask
        if slots[place] < 0:
            slots[place] = n
            first[n] = i
            n += 1
        numbers[i] = slots[place]
    return n


@kernel
def count_places(numbers: I32, places: I32, held: I32) -> None:
    """How many before each bear its number, and how many bear each number.

    ``held`` has room for as many as there are.
    """
    for i in range(len(numbers)):
        held[i] = 0
    for i in range(len(numbers)):
        places[i] = held[numbers[i]]
        held[numbers[i]] += 1
