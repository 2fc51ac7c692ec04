"""Where personal data could be: one compiled pass over the code points of many texts.

A place is cheap to name and costs microseconds to judge, so the pass is generous where a digit, an
``@`` or a colon stands, and passes over everything else at a nanosecond or two a character.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.jit import bare_inner, kernel
from curate.pii.cues import folded, phone_words
from curate.text.characters import IS_DECIMAL, IS_LETTER, properties

I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U16 = npt.NDArray[np.uint16]
U32 = npt.NDArray[np.uint32]
Bools = npt.NDArray[np.bool_]

AT_SIGN: Final = 1
NUMBERS: Final = 2
COLONS: Final = 3

MIN_DIGITS: Final = 6
"""Fewer digits are no phone number; three dots make four digits worth a look as an address."""

MAX_RUN = 200
"""Characters of a run of digits at most."""

_MAX_GAP = 3

_DIGIT = np.uint8(1)
_HEX = np.uint8(2)
_WORD = np.uint8(4)  # letters and digits
_GLUE = np.uint8(8)  # may stand between the digits of a phone number
_AT = np.uint8(16)
_COLON = np.uint8(32)
_LOCAL = np.uint8(64)  # may stand before an '@' beside letters and digits
_DOT = np.uint8(128)
_LOOK = np.uint8(1 | 16 | 32)  # digit, at, colon

GLUE: Final = (
    " \t\u00a0\u2007\u2009\u202f\u3000()-.\u00ad\u2010\u2011\u2012\u2013\u2014\u2212/~（）－．／∕・"
)
LOCAL: Final = "!#$%&'*+/=?^_`{|}~-."


REACH = 28
"""Characters before a number in which a word speaks for it: that of :mod:`curate.pii.cues`."""

_FEWEST_NATIONAL = 9  # digits of a number from its trunk zero on
_FEWEST_OF_OTHERS = 10  # digits of an IBAN or card that are together
_N_BEGINNINGS = 1 << 16


class Tables(NamedTuple):
    """The tables that places are told by.

    Args:
        kinds: uint8[0x110000], what each code point can be a part of.
        values: uint8[0x110000], of decimal digits; 255 of others.
        folded: uint16[0x110000], hashes of code points without case.
        beginnings: bool[65536], by the hash of three characters, or of two: whether a word for a
            phone may begin with them.
    """

    kinds: U8
    values: U8
    folded: U16
    beginnings: Bools


@lru_cache(maxsize=1)
def tables() -> Tables:
    """Made once a process; some 100 ms."""
    values = np.full(0x110000, 255, np.uint8)
    for point in np.flatnonzero(properties() & IS_DECIMAL).tolist():
        values[point] = unicodedata.decimal(chr(point), 255)
    points = np.arange(0x110000, dtype=np.uint32)
    for point in range(0x20000):  # no script beyond has a word here
        if not 0xD800 <= point < 0xE000:
            points[point] = ord(folded(chr(point)))
    hashes = ((points * np.uint32(40503)) >> np.uint32(3)).astype(np.uint16)
    beginnings = np.zeros(_N_BEGINNINGS, np.bool_)
    for word in phone_words():
        first = [int(hashes[ord(c)]) for c in word[:3]]
        key = 0
        for value in first:
            key = (key * 31 + value) & 0xFFFF
        beginnings[key] = True
    return Tables(_kinds(), values, hashes, beginnings)


def _kinds() -> U8:
    """uint8[0x110000]: what each code point can be a part of."""
    known = properties()
    table = np.zeros(len(known), np.uint8)
    table[(known & IS_DECIMAL) != 0] |= _DIGIT | _WORD
    table[(known & IS_LETTER) != 0] |= _WORD
    for character in "0123456789abcdefABCDEF":
        table[ord(character)] |= _HEX
    for characters, flag in ((GLUE, _GLUE), (LOCAL, _LOCAL), ("@＠", _AT), (":", _COLON)):
        for character in characters:
            table[ord(character)] |= flag
    for character in ".．":
        table[ord(character)] |= _DOT
    return table


@kernel
def candidates(
    points: U32,
    offsets: I64,
    tables: Tables,
    more: bool,  # noqa: FBT001 - numba knows no names of arguments that must be given
) -> I64:
    """Every place worth a look.

    Args:
        points: uint32[n_points], the texts, one after the other.
        offsets: int64[n_texts + 1].
        tables: see :func:`tables`.
        more: whether account and card numbers are looked for too.

    Returns:
        int64[n, 4], by text and place: the text, where in ``points`` the candidate begins and
        ends, and which of ``AT_SIGN``, ``NUMBERS`` and ``COLONS`` it is.
    """
    table = tables.kinds
    rows = np.empty((64, 4), np.int64)
    n_rows = 0  # no slice is assigned to below: numba takes a second more to compile that
    for text in range(offsets.size - 1):
        at, end = offsets[text], offsets[text + 1]
        begin = at
        while at < end:
            at = _next_place(points, at, end, table)
            if at == end:
                break
            kind, stop = _place(points, begin, at, end, table)
            if kind == NUMBERS and not (
                _is_shaped(points, begin, at, stop, tables, more)
                or _has_word(points, begin, at, tables)
            ):
                kind = 0
            if kind:
                if n_rows == len(rows):
                    larger = np.empty((2 * n_rows, 4), np.int64)
                    for row in range(n_rows):
                        for column in range(4):
                            larger[row, column] = rows[row, column]
                    rows = larger
                rows[n_rows, 0] = text
                rows[n_rows, 1] = at
                rows[n_rows, 2] = stop
                rows[n_rows, 3] = kind
                n_rows += 1
            at = stop
    return rows[:n_rows]


@bare_inner
def _next_place(points: U32, at: int, end: int, table: U8) -> int:
    """The next digit, ``@`` or colon. A loop of its own: numba counts references in the other."""
    while at < end and table[points[at]] & _LOOK == 0:
        at += 1
    return at


@bare_inner
def _place(points: U32, begin: int, at: int, end: int, table: U8) -> tuple[int, int]:
    """The kind of candidate that begins here, 0 if none does, and where to look on."""
    flags = table[points[at]]
    if flags & _AT:
        return (AT_SIGN if _is_address(points, begin, at, end, table) else 0), at + 1
    if flags & _COLON:
        last = _end_of_colons(points, at, end, table)
        return (COLONS, last) if last else (0, at + 1)
    stop, n_digits, n_dots = _end_of_numbers(points, at, end, table)
    is_one = n_digits >= MIN_DIGITS or (n_digits >= 4 and n_dots >= 3)
    return (NUMBERS if is_one else 0), stop


@bare_inner
def _is_address(points: U32, begin: int, at: int, end: int, table: U8) -> bool:
    """Something before the ``@`` and a word with a dot soon after it."""
    if at == begin or at + 3 >= end or not table[points[at - 1]] & (_WORD | _LOCAL):
        return False
    if not table[points[at + 1]] & _WORD:
        return False
    for place in range(at + 1, min(end - 1, at + 200)):
        flags = table[points[place]]
        if flags & _DOT:
            return bool(table[points[place + 1]] & _WORD)
        if not flags & _WORD and points[place] != 45:
            return False
    return False


@bare_inner
def _end_of_colons(points: U32, at: int, end: int, table: U8) -> int:
    """Behind hexadecimal digits, colons and dots, if two colons touch or six are there; else 0."""
    n_colons, n_double = 0, 0
    while at < end and (table[points[at]] & (_HEX | _COLON) or points[at] == 46):
        if points[at] == 58:
            n_colons += 1
            n_double += points[at - 1] == 58 and n_colons > 1
        at += 1
    return at if n_double or n_colons >= 6 else 0


@bare_inner
def _end_of_numbers(points: U32, at: int, end: int, table: U8) -> tuple[int, int, int]:
    """Behind the last digit of a run of digits with little between them; digits and dots in it."""
    n_digits, n_dots, gap, last = 0, 0, 0, at
    limit = min(end, at + MAX_RUN)
    while at < limit:
        flags = table[points[at]]
        if flags & _DIGIT:
            n_digits += 1
            gap = 0
            last = at + 1
        elif flags & _GLUE and gap < _MAX_GAP:
            gap += 1
            n_dots += (flags & _DOT) != 0
        else:
            break
        at += 1
    return last, n_digits, n_dots


@bare_inner
def _is_shaped(  # noqa: C901 - one function: each more is a second of compiling
    points: U32,
    begin: int,
    at: int,
    stop: int,
    tables: Tables,
    more: bool,  # noqa: FBT001
) -> bool:
    """Whether a run of digits may have a number in it that needs no word before it."""
    for place in range(max(begin, at - 3), at):
        if points[place] in (40, 43, 0xFF08, 0xFF0B):  # ( +
            return True
    one = two = size = n_digits = n_dots = 0  # sizes of the last groups, and of this one
    trunk = MAX_RUN  # digits before the first group that begins with one zero
    is_zero = has_zeros = False
    for place in range(at, stop + 1):
        value = tables.values[points[place]] if place < stop else np.uint8(255)
        if value < 10:
            size += 1
            n_digits += 1
            if size == 1:
                is_zero = value == 0
            elif size == 2 and is_zero:
                has_zeros = has_zeros or (n_digits == 2 and value == 0)
                if value:
                    trunk = min(trunk, n_digits - 2)
        elif size:
            if one == 3 and 3 <= two <= 4 and size == 4:
                return True
            one, two, size = two, size, 0
        if place < stop and value > 9:
            if points[place] in (40, 0xFF08):
                return True
            n_dots += (tables.kinds[points[place]] & _DOT) != 0
    return bool(
        n_dots >= 3
        or n_digits - trunk >= _FEWEST_NATIONAL
        or (has_zeros and n_digits >= _FEWEST_NATIONAL)
        or (more and n_digits >= _FEWEST_OF_OTHERS)
    )


@bare_inner
def _has_word(points: U32, begin: int, at: int, tables: Tables) -> bool:
    """Whether something like the beginning of a word for a phone is before a number."""
    for place in range(max(begin, at - REACH), at):
        key = np.uint32(0)
        for after in range(place, min(place + 3, at)):
            key = (key * np.uint32(31) + tables.folded[points[after]]) & np.uint32(0xFFFF)
            if tables.beginnings[key]:
                return True
    return False
