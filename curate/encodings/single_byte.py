"""Encodings of one byte a character: a table of 256 characters each."""

from __future__ import annotations

import codecs
from functools import cache

from curate.encodings.corrections import SINGLE_BYTE
from curate.encodings.encoding_names import X_USER_DEFINED, Encoding

_UNDEFINED = "\ufffe"  # what codecs.charmap_decode takes for a byte that has no character
_PRIVATE_AREA = 0xF700


def decode_single_byte(payload: bytes, encoding: Encoding) -> str:
    """The characters of bytes; U+FFFD for a byte that has none."""
    return codecs.charmap_decode(payload, "replace", _table(encoding))[0]


@cache
def _table(encoding: Encoding) -> str:
    ascii_half = "".join(map(chr, range(0x80)))
    if encoding == X_USER_DEFINED:
        return ascii_half + "".join(chr(_PRIVATE_AREA + byte) for byte in range(0x80, 0x100))
    corrections = SINGLE_BYTE.get(encoding.name, {})
    half = (corrections.get(byte) or _by_python(byte, encoding) for byte in range(0x80, 0x100))
    return ascii_half + "".join(half)


def _by_python(byte: int, encoding: Encoding) -> str:
    try:
        return bytes([byte]).decode(encoding.codec)
    except UnicodeDecodeError:
        return _UNDEFINED
