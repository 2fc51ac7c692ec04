"""Attributes of a tag, as the HTML Standard reads them (13.2.5.32 to 13.2.5.40). Kernels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from curate.html.markup.decorators import inner, whole
from curate.html.markup.find_byte import find_byte
from curate.html.markup.names import ATTRIBUTE, FNV_PRIME, FNV_START, Names, look_up

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U64 = npt.NDArray[np.uint64]

WHICH, FROM, TO = 0, 1, 2
"""Columns of an attribute: its number in ``ATTRIBUTES``, and where its value lies in the page."""
N_ATTRIBUTE_COLUMNS = 3

IS_HIDDEN, IS_OPEN, SELF_CLOSING, FOREIGN = 1, 2, 4, 8
"""Bits of a tag: two attributes that need no value, how it ends, and whether it is in ``math``."""

MASK32 = 0xFFFFFFFF
_EQUALS, _GREATER, _SLASH = 0x3D, 0x3E, 0x2F
_QUOTE, _APOSTROPHE = 0x22, 0x27
_HIDDEN, _OPEN = ATTRIBUTE["hidden"], ATTRIBUTE["open"]


@inner
def is_space(byte: int) -> bool:
    """White space between attributes."""
    return byte == 0x20 or (0x09 <= byte <= 0x0D and byte != 0x0B)


@inner
def _value(src: U8, words: U64, at: int, n: int) -> tuple[int, int, int]:
    """Start and end of the value that follows ``=``, and where to go on; beyond n: unfinished."""
    while at < n and is_space(src[at]):
        at += 1
    quote = src[at]
    start = at
    if quote in (_QUOTE, _APOSTROPHE):
        start = at + 1
        at = find_byte(words, start, n, whole(quote))
        return start, at, at + 1
    while at < n and src[at] != _GREATER and not is_space(src[at]):
        at += 1
    return start, at, at


@inner
def _name(src: U8, at: int, n: int) -> tuple[int, int]:
    """Hash of the lower-case name that begins here, and its end."""
    name = FNV_START
    first = at
    while at < n:
        byte = whole(src[at])
        if byte in (_GREATER, _SLASH) or is_space(byte):
            break
        if byte == _EQUALS and at > first:
            break
        if 0x41 <= byte <= 0x5A:
            byte |= 0x20
        name = ((name ^ byte) * FNV_PRIME) & MASK32
        at += 1
    return name, at


@inner
def read_attributes(
    src: U8, words: U64, at: int, n: int, names: Names, attrs: I32, n_attrs: int
) -> tuple[int, int, int]:
    """The attributes from ``at`` to the end of the tag.

    Returns:
        Where to go on (beyond n if the page ends inside the tag), the new number of attributes,
        and the tag's bits. Of two attributes of one name the first counts.
    """
    bits = seen = 0
    while at < n:
        while at < n and (is_space(src[at]) or src[at] == _SLASH):
            at += 1
        if at >= n:
            break
        if src[at] == _GREATER:
            return at + 1, n_attrs, bits | (SELF_CLOSING if src[at - 1] == _SLASH else 0)
        name, at = _name(src, at, n)
        which = look_up(name, names.attribute_hash, names.attribute)
        while at < n and is_space(src[at]):
            at += 1
        is_new = which and not seen >> which & 1
        seen |= 1 << which
        if is_new and which == _HIDDEN:
            bits |= IS_HIDDEN
        if is_new and which == _OPEN:
            bits |= IS_OPEN
        if src[at] == _EQUALS and at < n:
            start, stop, at = _value(src, words, at + 1, n)
            if is_new and n_attrs < len(attrs):
                attrs[n_attrs, WHICH], attrs[n_attrs, FROM] = which, start
                attrs[n_attrs, TO] = stop
                n_attrs += 1
    return n + 1, n_attrs, bits
