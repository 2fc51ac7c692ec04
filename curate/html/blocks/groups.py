"""Equal keys get equal numbers: a hash table of one pass."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from curate.html.blocks.jit import kernel

I32 = npt.NDArray[np.int32]
U64 = npt.NDArray[np.uint64]

_MIX = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(32)


def number_keys(keys: U64, numbers: I32) -> int:
    """Number the distinct values of ``keys`` in order of appearance; how many there are.

    Args:
        keys: uint64[n].
        numbers: int32[n], filled.
    """
    size = 1 << max(4, (2 * len(keys) - 1).bit_length())
    slots = np.full(size, -1, np.int32)
    return int(_number(keys, slots, np.empty(len(keys), np.int32), numbers))


@kernel
def _number(keys: U64, slots: I32, first: I32, numbers: I32) -> int:
    """The same, with room: numpy's own functions take long to compile."""
    mask = np.uint64(len(slots) - 1)
    n = 0
    for i in range(len(keys)):
        slot = ((keys[i] * _MIX) >> _SHIFT) & mask
        while slots[slot] >= 0 and keys[first[slots[slot]]] != keys[i]:
            slot = (slot + np.uint64(1)) & mask
        if slots[slot] < 0:
            slots[slot] = n
            first[n] = i
            n += 1
        numbers[i] = slots[slot]
    return n


@kernel
def count_places(numbers: I32, places: I32, found: I32) -> None:
    """How many before each bear its number, and, into zeros, how many bear each number."""
    for i in range(len(numbers)):
        places[i] = found[numbers[i]]
        found[numbers[i]] += 1
