"""Names to numbers inside kernels: tags, attributes and character references by their hashes."""

from __future__ import annotations

from functools import lru_cache
from html.entities import html5
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.html.markup.decorators import inner
from curate.html.markup.tags import NAMES

I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]

ATTRIBUTES: Final = (
    *("?", "class", "id", "style", "role", "itemprop", "aria-hidden", "href", "rel", "lang"),
    *("xml:lang", "content", "property", "name", "type", "hreflang", "datetime", "http-equiv"),
    *("hidden", "open", "typeof"),
)
"""The attributes that are looked at; index 0 stands for all others."""

ATTRIBUTE: Final = {name: number for number, name in enumerate(ATTRIBUTES)}

LONGEST_REFERENCE: Final = max(map(len, html5))
"""Letters of the longest named character reference, its semicolon included."""

FNV_START: Final = 0x811C9DC5
FNV_PRIME: Final = 0x01000193
_MASK: Final = 0xFFFFFFFF

_TAG_SLOTS: Final = 1024
_ATTRIBUTE_SLOTS: Final = 128
_REFERENCE_SLOTS: Final = 8192


class Names(NamedTuple):
    """Hash tables with open addressing: the hash in one array, the value in the other.

    Attributes:
        tag_hash: int64[slots]; 0 where there is none.
        tag: int64[slots].
        attribute_hash: int64[slots].
        attribute: int64[slots].
        reference_hash: int64[slots].
        reference: int64[slots]: a code point, and a second one shifted left by 21.
    """

    tag_hash: I64
    tag: I64
    attribute_hash: I64
    attribute: I64
    reference_hash: I64
    reference: I64


def fnv1a(name: bytes) -> int:
    """32-bit FNV-1a."""
    value = FNV_START
    for byte in name:
        value = ((value ^ byte) * FNV_PRIME) & _MASK
    return value


def _table(values: dict[str, int], n_slots: int) -> tuple[I64, I64]:
    hashes, slots = np.zeros(n_slots, np.int64), np.zeros(n_slots, np.int64)
    for name, value in values.items():
        key = fnv1a(name.encode())
        slot = key & (n_slots - 1)
        while hashes[slot]:
            if hashes[slot] == key:
                raise ValueError(f"two names have one hash, {name} is the second")
            slot = (slot + 1) & (n_slots - 1)
        hashes[slot], slots[slot] = key, value
    return hashes, slots


@lru_cache(maxsize=1)
def names() -> Names:
    """The tables, made once; takes some milliseconds."""
    references = {
        name: ord(text[0]) | (ord(text[1]) << 21 if len(text) > 1 else 0)
        for name, text in html5.items()
    }
    return Names(
        *_table({name: number for number, name in enumerate(NAMES) if number}, _TAG_SLOTS),
        *_table(
            {name: number for number, name in enumerate(ATTRIBUTES) if number}, _ATTRIBUTE_SLOTS
        ),
        *_table(references, _REFERENCE_SLOTS),
    )


@inner
def look_up(key: int, hashes: I64, values: I64) -> int:
    """The value of a hash; 0 if there is none."""
    mask = len(hashes) - 1
    slot = key & mask
    while hashes[slot]:
        if hashes[slot] == key:
            return int(values[slot])
        slot = (slot + 1) & mask
    return 0
