"""The next place of a byte, eight bytes at a time. Kernels.

The test for a zero byte in a word is that of A. Mycroft (comp.arch, 1987); it is exact for the
lowest one.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from curate.html.markup.decorators import inner, whole

U64 = npt.NDArray[np.uint64]

PADDING = 16
"""Zeros that stand behind the bytes of a page, at least."""

_ONES = np.uint64(0x0101010101010101)
_HIGHS = np.uint64(0x8080808080808080)
_ONE, _THREE, _SEVEN, _LAST = np.uint64(1), np.uint64(3), np.uint64(7), np.uint64(56)


@inner
def find_byte(words: U64, at: int, n: int, byte: int) -> int:
    """The first place from ``at`` on where this byte is; n if there is none before.

    Args:
        words: uint64, little-endian: the bytes, of which there are at least n.
        at: from 0 on.
        n: where to stop.
        byte: 0 to 255.
    """
    if at >= n:
        return n
    pattern = np.uint64(byte) * _ONES
    place = np.uint64(at) >> _THREE
    # The bytes before are made other than zero: the one behind a zero may seem to be one.
    word = (words[place] ^ pattern) | ((_ONE << ((np.uint64(at) & _SEVEN) << _THREE)) - _ONE)
    hits = (word - _ONES) & ~word & _HIGHS
    end = np.uint64(n + 7) >> _THREE
    while not hits:
        place += _ONE
        if place >= end:
            return n
        word = words[place] ^ pattern
        hits = (word - _ONES) & ~word & _HIGHS
    below = (((hits & (~hits + _ONE)) - _ONE) & _ONES) * _ONES >> _LAST
    return min(n, whole(place << _THREE) + whole(below) - 1)
