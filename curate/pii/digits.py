"""Numbers of every script as ASCII, character for character, so that offsets stay what they are."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from curate.text.characters import IS_DECIMAL, N_CODE_POINTS, properties

U32 = npt.NDArray[np.uint32]

_SPACES: Final = "\t\u00a0\u2007\u2009\u202f\u3000"
_DASHES: Final = "\u00ad\u2010\u2011\u2012\u2013\u2014\u2212－"
_OTHERS: Final = {
    "＋": "+",
    "（": "(",
    "）": ")",
    "．": ".",
    "／": "/",
    "∕": "/",
    "＠": "@",
    "・": ".",
}


@lru_cache(maxsize=1)
def _to_ascii() -> dict[int, str]:
    """Decimal digits, blanks, dashes and full-width signs."""
    digits = np.flatnonzero(properties() & IS_DECIMAL).tolist()
    table = {point: value for point in digits if (value := _value(chr(point)))}
    table |= dict.fromkeys(map(ord, _SPACES), " ") | dict.fromkeys(map(ord, _DASHES), "-")
    return table | {ord(k): v for k, v in _OTHERS.items()}


@lru_cache(maxsize=1)
def ascii_table() -> U32:
    """uint32[0x110000]: the same as an array."""
    table = np.arange(N_CODE_POINTS, dtype=np.uint32)
    known = _to_ascii()
    table[list(known)] = [ord(character) for character in known.values()]
    return table


def _value(character: str) -> str:
    value = unicodedata.decimal(character, -1)
    return str(value) if value >= 0 else ""


def ascii_numbers(text: str) -> str:
    """The text with numbers and what stands between them in ASCII; of the same length."""
    return text if text.isascii() else text.translate(_to_ascii())


def zero_of(text: str) -> str:
    """The zero of the script that the first digit of a text is written in; ``"0"`` if none is."""
    for character in text:
        value = unicodedata.decimal(character, -1)
        if value >= 0:
            return chr(ord(character) - value)
    return "0"


def in_digits_of(zero: str, text: str) -> str:
    """The text with its ASCII digits written in the script of ``zero``."""
    if zero == "0":
        return text
    return "".join(chr(ord(zero) + int(c)) if c in "0123456789" else c for c in text)
