"""Width and kind of each code point, for the extractor; no language.

Two letters of the same width and class are alike here, whatever script they are of: swapping one
for the other changes no feature of a page.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from curate.text.characters import (
    CLASS_MASK,
    IS_LETTER,
    IS_NUMBER,
    IS_SPACE,
    IS_TERMINAL,
    CharClass,
    tables,
)

WIDTH: Final = 0x03
"""Bits of the width, 1 to 3, in letters: see :mod:`curate.html.page_lines`."""
LETTER: Final = 0x04
DIGIT: Final = 0x08
TERMINAL: Final = 0x10
COMMA: Final = 0x20
SYMBOL: Final = 0x40
CLOSING: Final = 0x80

_SYLLABLES: Final = (
    *((0x1100, 0x1160), (0x3000, 0x3400), (0xA000, 0xA4D0), (0xA960, 0xA97D), (0xAC00, 0xD7A4)),
    *((0xFF01, 0xFF61), (0x1B000, 0x1B170)),
)
_IDEOGRAPHS: Final = (
    *((0x2E80, 0x2FE0), (0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00)),
    *((0x16FE0, 0x18D90), (0x20000, 0x3FFFE)),
)
# Terminal_Punctuation that ends no sentence, of the scripts that have one, and the middle dots of
# Japanese lists. Colons are among them.
_COMMAS: Final = (
    ",:;\u037e\u0387\u055d\u060c\u061b\u0703\u0704\u1361\u1363\u1364\u1365\u1366\u1802\u1808\u0f0d"
    "\u104a\u17d6\u3001\u30fb\uff0c\uff1a\uff1b\uff64\ufe50\ufe51"
)
_CLOSING: Final = (
    "\"')]}\u00ab\u00bb\u2018\u2019\u201c\u201d\u203a\u300b\u300d\u300f"
    "\u3011\u3015\u3017\uff09\uff3d\uff5d\uff63\u2026"
)


@lru_cache(maxsize=1)
def classes() -> npt.NDArray[np.uint8]:
    """uint8[0x110000]: width and kind of each code point; white space has only a width."""
    properties = tables().properties
    table = np.ones(len(properties), np.uint8)
    for ranges, width in ((_SYLLABLES, 2), (_IDEOGRAPHS, 3)):
        for low, high in ranges:
            table[low:high] = width
    letter = (properties & IS_LETTER) != 0
    digit = (properties & IS_NUMBER) != 0
    terminal = (properties & IS_TERMINAL) != 0
    space = (properties & IS_SPACE) != 0
    mark = (properties & CLASS_MASK) == int(CharClass.EXTEND)
    table[letter] |= LETTER
    table[digit] |= DIGIT
    table[terminal] |= TERMINAL
    commas = np.array([ord(char) for char in _COMMAS])
    table[commas] |= COMMA
    table[~(letter | digit | terminal | space | mark)] |= SYMBOL
    table[commas] &= np.uint8(0xFF ^ SYMBOL ^ TERMINAL)
    closing = np.array([ord(char) for char in _CLOSING])
    table[closing] = (table[closing] | CLOSING) & np.uint8(0xFF ^ SYMBOL ^ TERMINAL)
    table.setflags(write=False)
    return table
