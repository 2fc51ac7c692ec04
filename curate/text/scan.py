"""The splitter's kernels: code points -> where tokens begin and end.

Two passes over a flat buffer. The first says of each code point what it is here and whether
something begins with it; between the two, ICU says the same inside the runs that need a
dictionary; the second writes the tokens down.
"""

from __future__ import annotations

from itertools import chain

import numpy as np
import numpy.typing as npt
from icu4py.breakers import WordBreaker

from curate.jit import bare_inner, bare_kernel, kernel
from curate.text.characters import (
    CLASS_MASK,
    IS_CONSONANT,
    IS_JOINER,
    IS_LETTER,
    IS_LINKER,
    IS_NUMBER,
    IS_PICTOGRAPH,
    IS_PREPEND,
    CharClass,
)
from curate.text.flat import ZERO

I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U16 = npt.NDArray[np.uint16]
U32 = npt.NDArray[np.uint32]

# Bit sets: a MID_… character joins what is on both sides when all three sets share a bit.
_ANY, _LETTERS, _DIGITS, _HEBREW = 1, 2, 4, 8
_JOINS = np.zeros(16, dtype=np.uint8)
_JOINS[CharClass.LETTER] = _ANY | _LETTERS
_JOINS[CharClass.HEBREW] = _ANY | _LETTERS | _HEBREW
_JOINS[CharClass.DIGIT] = _ANY | _DIGITS
_NEEDS = np.zeros(16, dtype=np.uint8)
_NEEDS[CharClass.FORMAT] = _ANY
_NEEDS[CharClass.MID_WORD] = _ANY
_NEEDS[CharClass.MID_LETTERS] = _LETTERS
_NEEDS[CharClass.MID_DIGITS] = _DIGITS
_NEEDS[CharClass.MID_HEBREW] = _HEBREW

# What a MID_… character that joins nothing is.
_ALONE = np.arange(16, dtype=np.uint8)
_ALONE[CharClass.FORMAT] = CharClass.SEPARATOR
_ALONE[CharClass.EXTEND] = CharClass.SYMBOL
_ALONE[CharClass.MID_WORD :] = CharClass.PUNCT

# Classes whose neighbours run together into one token share a number here.
_RUN = np.arange(16, dtype=np.uint8)
_RUN[[CharClass.HEBREW, CharClass.DIGIT]] = CharClass.LETTER

# Kernels take plain numbers: numba knows no IntEnum of ours.
_SEPARATOR, _EXTEND = int(CharClass.SEPARATOR), int(CharClass.EXTEND)
_LETTER, _DICTIONARY = int(CharClass.LETTER), int(CharClass.DICTIONARY)
_SYLLABLE, _PICTOGRAPH = int(CharClass.SYLLABLE), int(CharClass.PICTOGRAPH)
_SYMBOL, _PUNCT, _FLAG = int(CharClass.SYMBOL), int(CharClass.PUNCT), int(CharClass.FLAG)

# Of a letter or space that no rule about grapheme clusters is about this leaves the class alone.
_PLAIN = int(CLASS_MASK | IS_PREPEND | IS_LINKER | IS_PICTOGRAPH)
_NOTHING = IS_LINKER  # is never left alone, so it ends what is plain

# A state is the class of a code point here, and whether a token may begin with it.
_CLASS = 0x0F
_BEGINS = 0x10
_INSIDE = 0x20  # of a grapheme cluster: nothing begins here after all

WORD, NUMBER, PUNCT, SYMBOL = 0, 1, 2, 3
"""Kinds of tokens; :class:`curate.text.split.Kind` names them."""

_ICU_POINTS = 1 << 18  # code points that ICU gets at once: bounds its copies, costs nothing


@bare_inner
def _inside_cluster(
    props: int, before: int, base: int, final: int, final_before: int, linkers: int
) -> bool:
    """No grapheme cluster begins here (UAX #29, rules GB9 to GB11).

    Args:
        props: properties of the code point.
        before: of the one before.
        base: of the nearest before that is no EXTEND.
        final: class of the code point here.
        final_before: of the one before.
        linkers: not 0 if a linker stands between the base and here, or is the base.
    """
    if props & CLASS_MASK == _EXTEND and final_before != _SEPARATOR:
        return True
    if before & IS_PREPEND and final != _SEPARATOR:
        return True
    if props & IS_PICTOGRAPH and before & IS_JOINER and base & IS_PICTOGRAPH:
        return True
    return linkers != 0 and props & IS_CONSONANT != 0


@bare_kernel
def _mark(points: U32, offsets: I64, table: U16, states: U8) -> int:
    """Fill ``states``; the number of code points that a dictionary must cut."""
    n_dictionary = 0
    for text in range(len(offsets) - 1):
        low, high = offsets[text], offsets[text + 1]
        n_dictionary += _mark_one(points, low, high, table, states)
    return n_dictionary


@bare_inner
def _mark_one(points: U32, low: int, high: int, table: U16, states: U8) -> int:
    n_dictionary = n_flags = 0
    before = base = int(ZERO)
    base_class = _EXTEND
    joins_before = 0
    final_before = run_before = int(ZERO) - 1
    linkers = int(ZERO)
    props_next = int(table[points[low]]) if low < high else 0
    at = low - 1
    while at + 1 < high:
        at += 1
        props = props_next
        plain = props & _PLAIN
        if plain in (_LETTER, _SEPARATOR) and not linkers | before & IS_PREPEND:
            # Letters and spaces, as most are: what follows below comes to this for them.
            while plain in (_LETTER, _SEPARATOR):
                states[at] = plain | (_BEGINS if plain != run_before else 0)
                run_before, before = plain, props
                at += 1
                props = int(table[points[at]]) if at < high else _NOTHING
                plain = props & _PLAIN
            props_next, at = props, at - 1
            base, base_class, final_before = before, run_before, run_before
            joins_before, n_flags = int(_JOINS[run_before]), 0
            continue
        props_next = int(table[points[at + 1]]) if at + 1 < high else 0
        raw = props & CLASS_MASK
        if raw == _EXTEND:
            # A mark is what its base is; after a separator or nothing, a symbol.
            ground = base_class if base_class > _EXTEND else _SYMBOL
        else:
            ground = base_class = raw
        final = int(_ALONE[ground])
        if _NEEDS[raw] and low < at < high - 1:
            joins_next = _JOINS[props_next & CLASS_MASK]
            if _NEEDS[raw] & joins_before & joins_next:
                final = _LETTER
        run = int(_RUN[final])
        begins = run != run_before or final in (_SYLLABLE, _PICTOGRAPH)
        n_flags = n_flags + 1 if raw == _FLAG else 0
        if n_flags:
            begins = n_flags & 1 == 1
        state = final | (_BEGINS if begins else 0)
        if at > low and _inside_cluster(props, before, base, final, final_before, linkers):
            state |= _INSIDE
        states[at] = state
        n_dictionary += final == _DICTIONARY
        if raw != _EXTEND or at == low:
            base, linkers = props, int(ZERO)
        linkers |= props & IS_LINKER
        before, final_before, run_before = props, final, run
        joins_before = int(_JOINS[ground])
    return n_dictionary


@bare_kernel
def _gather(
    points: U32, offsets: I64, states: U8, text: int, lines: U32, origin: I64
) -> tuple[int, int]:
    """Copy dictionary runs of texts from ``text`` on, a line each, until ``lines`` is full.

    Returns:
        The number of code points written and the first text that was left.
    """
    n = 0
    n_texts = len(offsets) - 1
    while text < n_texts:
        low, high = offsets[text], offsets[text + 1]
        if n and n + 2 * (high - low) > len(lines):
            break
        inside = False
        for at in range(low, high):
            if states[at] & _CLASS == _DICTIONARY:
                lines[n], origin[n] = points[at], at
                n += 1
                inside = True
            elif inside:
                lines[n], origin[n] = 10, -1
                n += 1
                inside = False
        if inside:
            lines[n], origin[n] = 10, -1
            n += 1
        text += 1
    return n, text


def _icu_starts(points: U32) -> I64:
    """Code-point offsets at which ICU begins a word. ICU itself counts UTF-16 units."""
    breaker = WordBreaker(points.tobytes().decode("utf-32-le"), "und")
    units = np.fromiter(chain.from_iterable(breaker.segments()), dtype=np.int64)[::2]
    is_astral = points > 0xFFFF
    if not is_astral.any():
        return units
    unit_of_point = np.arange(len(points)) + np.cumsum(is_astral) - is_astral
    return np.searchsorted(unit_of_point, units)


def _cut_by_dictionary(points: U32, offsets: I64, states: U8) -> None:
    """Mark in ``states`` where ICU begins a word in the runs that need a dictionary."""
    longest = int(np.diff(offsets).max())
    # A line break after each run: no run is shorter than one, so twice the text is enough.
    size = max(2 * longest + 1, _ICU_POINTS)
    lines, origin = np.empty(size, np.uint32), np.empty(size, np.int64)
    text, n_texts = 0, len(offsets) - 1
    while text < n_texts:
        n, text = _gather(points, offsets, states, text, lines, origin)
        if n:
            starts = origin[_icu_starts(lines[:n])]
            states[starts[starts >= 0]] |= _BEGINS


@bare_kernel
def _count_runs(offsets: I64, states: U8) -> int:
    """How many runs there are, separators among them."""
    n = 0
    for text in range(len(offsets) - 1):
        for at in range(offsets[text], offsets[text + 1]):
            n += states[at] & (_BEGINS | _INSIDE) == _BEGINS
    return n


@bare_inner
def _kind(seen: int, first_class: int) -> int:
    if seen & IS_LETTER:
        return WORD
    if seen & IS_NUMBER:
        return NUMBER
    return PUNCT if first_class == _PUNCT else SYMBOL


@kernel
def _collect(
    points: U32, offsets: I64, table: U16, states: U8, n_runs: int
) -> tuple[I64, I64, U8, I64]:
    starts, ends = np.empty(n_runs, np.int64), np.empty(n_runs, np.int64)
    kinds = np.empty(n_runs, np.uint8)
    token_offsets = np.empty(len(offsets), np.int64)
    token_offsets[0] = 0
    n = 0
    for text in range(len(offsets) - 1):
        low, high = offsets[text], offsets[text + 1]
        start, first_class, seen = low, int(ZERO) + _SEPARATOR, int(ZERO)
        for at in range(low, high):
            if states[at] & (_BEGINS | _INSIDE) == _BEGINS:
                if first_class != _SEPARATOR:
                    starts[n], ends[n], kinds[n] = start, at, _kind(seen, first_class)
                    n += 1
                start, first_class, seen = at, states[at] & _CLASS, int(ZERO)
            if not seen & IS_LETTER:  # which decides what the token is
                seen |= table[points[at]]
        if first_class != _SEPARATOR:
            starts[n], ends[n], kinds[n] = start, high, _kind(int(seen), first_class)
            n += 1
        token_offsets[text + 1] = n
    return starts[:n], ends[:n], kinds[:n], token_offsets


def scan(points: U32, offsets: I64, table: U16) -> tuple[I64, I64, U8, I64]:
    """Split flat texts.

    Args:
        points: uint32[n_points].
        offsets: int64[n_texts + 1].
        table: the property table.

    Returns:
        ``(starts, ends, kinds, token_offsets)``: int64[n_tokens] twice, offsets into ``points``;
        uint8[n_tokens]; int64[n_texts + 1], text i owns ``token_offsets[i]:token_offsets[i + 1]``.
    """
    states = np.empty(len(points), np.uint8)
    if _mark(points, offsets, table, states):
        _cut_by_dictionary(points, offsets, states)
    columns: tuple[I64, I64, U8, I64] = _collect(
        points, offsets, table, states, _count_runs(offsets, states)
    )
    return columns
