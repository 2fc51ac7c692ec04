"""Character references in text (HTML Standard, 13.2.5.72 to 13.2.5.80). Kernels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from curate.html.markup.attributes import MASK32
from curate.html.markup.decorators import inner, whole
from curate.html.markup.names import FNV_PRIME, FNV_START, LONGEST_REFERENCE, Names, look_up

U8 = npt.NDArray[np.uint8]

SECOND_SHIFT = 21
"""Some names stand for two code points; the second one is shifted by so many bits."""

_HASH, _SEMICOLON, _X, _REPLACEMENT = 0x23, 0x3B, 0x78, 0xFFFD
_TOO_LARGE = 0x110000

# What the numbers 0x80 to 0x9F mean, after windows-1252; 0 where they mean themselves.
_C1 = np.array(
    [
        *(0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160),
        *(0x2039, 0x0152, 0, 0x017D, 0, 0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013),
        *(0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178),
    ],
    np.int64,
)


@inner
def _digit(byte: int, base: int) -> int:
    """The value of a digit; -1 if the byte is none."""
    if 0x30 <= byte <= 0x39:
        return byte - 0x30
    letter = byte | 0x20
    if base == 16 and 0x61 <= letter <= 0x66:
        return letter - 0x61 + 10
    return -1


@inner
def _numeric(src: U8, at: int, stop: int) -> tuple[int, int]:
    """The reference whose number or ``x`` is at ``at``."""
    base = 10
    if at < stop and src[at] | 0x20 == _X:
        base = 16
        at += 1
    first, value = at, 0
    while at < stop:
        digit = _digit(whole(src[at]), base)
        if digit < 0:
            break
        value = min(value * base + digit, _TOO_LARGE)
        at += 1
    if at == first:
        return at, 0
    if at < stop and src[at] == _SEMICOLON:
        at += 1
    if value == 0 or value >= _TOO_LARGE or 0xD800 <= value <= 0xDFFF:
        return at, _REPLACEMENT
    if 0x80 <= value <= 0x9F and _C1[value - 0x80]:
        return at, _C1[value - 0x80]
    return at, value


@inner
def read_reference(src: U8, at: int, stop: int, names: Names) -> tuple[int, int]:
    """The reference that begins with the ``&`` at ``at``.

    Returns:
        Where to go on, and its code point, with a second one shifted by ``SECOND_SHIFT``; 0 if
        it is no reference. Of the names that fit the longest counts.
    """
    at += 1
    if at < stop and src[at] == _HASH:
        return _numeric(src, at + 1, stop)
    name, point, after = FNV_START, 0, at
    stop = min(stop, at + LONGEST_REFERENCE)
    while at < stop:
        byte = whole(src[at])
        is_name = 0x30 <= byte <= 0x39 or 0x61 <= byte | 0x20 <= 0x7A or byte == _SEMICOLON
        if not is_name:
            break
        name = ((name ^ byte) * FNV_PRIME) & MASK32
        at += 1
        value = look_up(name, names.reference_hash, names.reference)
        if value:
            point, after = value, at
        if byte == _SEMICOLON:
            break
    return after, point
