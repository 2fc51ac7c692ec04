"""The words of texts in their reading form, without making that form where it can be helped.

Most of what :func:`curate.text.reading.shingle_reading` does to a text it does to single characters
whatever stands beside them, and leaves the borders of words where they are. Such texts keep their
tokens, and their words are folded by a table that knows the reading form too. So do texts whose
joiners all join something (Persian, Bengali), whose cedillas are Turkish, and whose tatweels
and soft hyphens are inside words. Texts whose form depends on more (Hebrew points, needless
joiners, Romanian cedillas, letters that a dictionary cuts) are read anew.

What is said here of joiners and cedillas is what :mod:`curate.text.reading` says, for the plain
cases; where a neighbour is changed itself, that module is asked.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import regex

from curate.jit import bare_inner, kernel
from curate.text.characters import (
    CLASS_MASK,
    IS_DECIMAL,
    IS_FOLDED,
    IS_LETTER,
    IS_NUMBER,
    IS_SPACE,
    CharClass,
    Folding,
    tables,
)
from curate.text.flat import I64, U8, U32, FlatTexts
from curate.text.reading import (
    INDIC_SIGN,
    JOINED,
    JOINS,
    ROMANIAN,
    TURKIC,
    reading_kinds,
    shingle_reading,
)

U16 = npt.NDArray[np.uint16]

_SIMPLE, _POINT, _OTHER, _KASHMIRI, _MARK, _BASE = 1, 2, 4, 8, 16, 32
_LETTER, _STRETCH, _JOINER, _CEDILLA, _ROMANIAN, _TURKIC = 64, 128, 256, 512, 1024, 2048
_INDIC_SIGN, _JOINS, _IS_JOINED, _SIGN, _WALL = 4096, 8192, 16384, 32768, 65536
_MIDDLE, _ACCENTED, _HEBREW, _EXTEND = 131072, 262144, 524288, 1048576
_ZWNJ, _ZWJ, _MALAYALAM_VIRAMA = 0x200C, 0x200D, 0xD4D
_CHANGED: Final = _SIMPLE | _POINT | _OTHER | _MARK | _STRETCH | _JOINER
_LOOKED_AT: Final = _MARK | _STRETCH | _JOINER | _ACCENTED
_STRETCHES: Final = (0x640, 0x7FA)
_CEDILLAS: Final = (0x15E, 0x15F, 0x162, 0x163)
# Blocks with marks of Thai, Lao, Myanmar, Khmer, Han and kana.
_DICTIONARY_MARKS: Final = (
    *((0xE00, 0xF00), (0x1000, 0x10A0), (0x1780, 0x1800)),
    *((0x3000, 0x3100), (0xA9E0, 0xAA00), (0xAA60, 0xAA80)),
)
# Letters that may become one with the next when nothing is between them.
_HANGUL: Final = ((0x1100, 0x1200), (0xA960, 0xA980), (0xAC00, 0xD800))
# The scripts that have joiners or join their letters, without presentation forms.
_BLOCKS: Final = ((0x300, 0x2000), (0xA800, 0xAC00), (0x10800, 0x12000), (0x1E800, 0x1EE00))
_KASHMIRI_LETTERS: Final = (
    *(0x620, 0x655, 0x656, 0x657, 0x65F, 0x672, 0x673, 0x6C4, 0x6CD),
)  # of what reading.py takes for Kashmiri, whose points are vowels

PLAIN, BY_CHARACTER, ANEW = 0, 1, 2
"""How the reading form of a text is had."""

_OF_INDIC: Final = regex.compile(INDIC_SIGN, regex.V1)
_JOINS_NEXT: Final = regex.compile(JOINS, regex.V1)
_JOINED: Final = regex.compile(JOINED, regex.V1)


class _Tables:
    """The tables of code points; made once."""

    def __init__(self) -> None:
        known = tables()
        self.kinds = np.zeros(len(known.properties), np.uint32)
        self.properties = known.properties.copy()
        self.folding = known.folding
        folding = known.folding
        fold_index = folding.fold_index.copy()
        points, offsets = [folding.fold_points], [int(folding.fold_offsets[-1])]
        n = len(folding.fold_offsets) - 1
        for point in np.flatnonzero(reading_kinds()).tolist():
            form = [ord(sign) for sign in shingle_reading(f"a{chr(point)}")[1:]]
            self.kinds[point] = kind = self._kind(point, form)
            if kind & (_OTHER | _JOINER | _CEDILLA):
                continue
            folded = [x for sign in form for x in _fold(sign, folding)]
            fold_index[point] = n
            self.properties[point] = (self.properties[point] | IS_FOLDED) & ~np.uint16(IS_DECIMAL)
            if len(form) == 1 and known.properties[form[0]] & IS_DECIMAL:
                # a digit stays one, and is folded with the others
                self.properties[point] = known.properties[point]
                fold_index[point] = folding.fold_index[point]
                continue
            points.append(np.array(folded, np.uint32))
            offsets.append(offsets[-1] + len(folded))
            n += 1
        self._mark_neighbours(known.properties)
        self.folding = folding._replace(
            fold_index=fold_index,
            fold_offsets=np.concatenate((folding.fold_offsets, np.array(offsets[1:], np.int64))),
            fold_points=np.concatenate(points).astype(np.uint32),
        )
        for table in (self.kinds, self.properties, *self.folding):
            table.setflags(write=False)

    def _mark_neighbours(self, seen: U16) -> None:
        """Note what decides about the joiners, cedillas and points of the text."""
        kinds, classes = self.kinds, seen & CLASS_MASK
        is_letter = seen & IS_LETTER > 0
        kinds[(classes == CharClass.LETTER) & is_letter] |= _LETTER | _BASE
        kinds[(classes == CharClass.HEBREW) & is_letter] |= _LETTER | _BASE | _HEBREW
        kinds[classes == CharClass.EXTEND] |= _BASE | _EXTEND
        for first, last in _DICTIONARY_MARKS:  # a dictionary cuts otherwise without them
            kinds[first:last] &= ~np.uint32(_BASE)
        for first, last in _HANGUL:
            kinds[first:last] &= ~np.uint32(_LETTER)
        is_sign = seen & (IS_LETTER | IS_NUMBER | IS_SPACE) == 0
        for name in ("SYMBOL", "PICTOGRAPH", "FLAG"):
            kinds[(classes == CharClass[name]) & is_sign] |= _SIGN | _WALL
        kinds[(classes == CharClass.PUNCT) & is_sign] |= _WALL
        for name in ("MID_WORD", "MID_LETTERS", "MID_DIGITS", "MID_HEBREW"):
            kinds[(classes == CharClass[name]) & is_sign] |= _MIDDLE
        kinds[(classes == CharClass.SEPARATOR) & (self.kinds & _STRETCH == 0)] |= _WALL
        for first, last in _BLOCKS:
            block = "".join(map(chr, range(first, last)))
            for pattern, kind in ((_OF_INDIC, _INDIC_SIGN), (_JOINS_NEXT, _JOINS),
                                  (_JOINED, _IS_JOINED)):  # fmt: skip
                kinds[[first + match.start() for match in pattern.finditer(block)]] |= kind
        for letters, kind in (
            (_KASHMIRI_LETTERS, _KASHMIRI),
            (map(ord, ROMANIAN), _ROMANIAN),
            (map(ord, TURKIC), _TURKIC),
        ):
            kinds[list(letters)] |= kind

    def _kind(self, point: int, form: list[int]) -> int:
        """Whether the form of a character depends on it alone and leaves words where they are."""
        seen = self.properties
        kind = seen[point] & CLASS_MASK
        if point in _CEDILLAS:
            return _CEDILLA
        if point in (_ZWNJ, _ZWJ):
            return _JOINER
        if point in _STRETCHES:
            return _STRETCH | _SIMPLE
        if point == 0x130 or 0x370 <= point < 0x400 or 0x1F00 <= point < 0x2000:
            return _ACCENTED | _SIMPLE
        if 0x0591 <= point <= 0x05C7:
            return _OTHER
        if not form:
            is_arabic = 0x0610 <= point <= 0x08FF
            left_out = _MARK | (_POINT if is_arabic else _SIMPLE)
            return left_out if kind == CharClass.EXTEND else _STRETCH | _SIMPLE
        same = kind not in (CharClass.DICTIONARY, CharClass.SYLLABLE) and all(
            seen[sign] & CLASS_MASK == kind for sign in form
        )
        is_word = seen[point] & (IS_LETTER | IS_NUMBER)
        return _SIMPLE if same and is_word else _OTHER


def _fold(point: int, folding: Folding) -> list[int]:
    if not tables().properties[point] & IS_FOLDED:
        return [point]
    fold = folding.fold_index[point]
    low, high = folding.fold_offsets[fold], folding.fold_offsets[fold + 1]
    points: list[int] = folding.fold_points[low:high].tolist()
    return points


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    return _Tables()


def reading_fold() -> tuple[U16, Folding]:
    """Properties and foldings of code points whose reading form is folded; read-only."""
    folding_tables = _tables()
    return folding_tables.properties, folding_tables.folding


def ways(texts: FlatTexts) -> U8:
    """uint8[n_texts]: PLAIN, BY_CHARACTER or ANEW; one look at each character."""
    seen = _seen(texts.points, texts.offsets, _tables().kinds)
    is_anew = (seen & _OTHER > 0) | (seen & (_POINT | _KASHMIRI) == _POINT | _KASHMIRI)
    way_of = np.where(seen & (_SIMPLE | _POINT) > 0, BY_CHARACTER, PLAIN)
    return np.where(is_anew, ANEW, way_of).astype(np.uint8)


@bare_inner
def _joins_nothing(points: U32, low: int, at: int, high: int, kinds: U32) -> bool:
    """Whether the joiner at ``at`` may have to go, or joins letters that change themselves."""
    if at == low or at + 1 == high:
        return True
    before, after = kinds[points[at - 1]], kinds[points[at + 1]]
    if (before | after) & _CHANGED:
        return True
    if points[at] == _ZWJ and (points[at - 1] == _MALAYALAM_VIRAMA or before & _SIGN):
        return not before & _SIGN
    is_kept = before & after & _INDIC_SIGN
    if points[at] == _ZWNJ:
        is_kept |= before & _JOINS and after & _IS_JOINED
    return not is_kept


@bare_inner
def _is_passed(kind: int) -> bool:
    """Whether a character is left out, or a full stop or apostrophe: inside a word between two."""
    return bool(kind & _MIDDLE) or kind & (_STRETCH | _LETTER) == _STRETCH


@bare_inner
def _has_more_marks(points: U32, at: int, high: int, kinds: U32) -> bool:
    """Whether a letter that loses its accent has another, which takes the place of the first."""
    at += 1
    while at < high and kinds[points[at]] & _MARK:
        at += 1
    return at < high and kinds[points[at]] & _EXTEND != 0


@bare_inner
def _stretches_nothing(points: U32, low: int, at: int, high: int, kinds: U32) -> bool:
    """Whether what is left out at ``at`` may be more than a part of the word before it.

    It is a tatweel, or a format character such as a soft hyphen or a direction mark. One of these
    is part of a word between two letters; elsewhere it parts words, as a blank does.
    """
    if not kinds[points[at]] & _LETTER:
        before, after = at - 1, at + 1
        while before >= low and _is_passed(kinds[points[before]]):
            before -= 1
        while after < high and _is_passed(kinds[points[after]]):
            after += 1
        if at + 1 < high and kinds[points[at + 1]] & _EXTEND:
            return True
        if before < low or after == high:
            return False
        if (kinds[points[before]] | kinds[points[after]]) & _WALL:
            return False
        is_alone = before == at - 1 and after == at + 1
        return not (is_alone and kinds[points[before]] & kinds[points[after]] & _LETTER)
    k = at - 1
    while k >= low and kinds[points[k]] & (_STRETCH | _MARK):
        k -= 1
    if k < low or kinds[points[k]] & (_LETTER | _HEBREW) != _LETTER:
        return True
    k = at + 1
    while k < high and kinds[points[k]] & (_STRETCH | _MARK):
        k += 1
    return k < high and kinds[points[k]] & (_EXTEND | _HEBREW) != 0


@bare_inner
def _is_romanian(points: U32, low: int, high: int, kinds: U32) -> bool:
    n_romanian = n_turkic = 0
    for at in range(low, high):
        kind = kinds[points[at]]
        n_romanian += kind & _ROMANIAN != 0
        n_turkic += kind & _TURKIC != 0
    return n_romanian > n_turkic


@bare_inner
def _depends(points: U32, low: int, at: int, high: int, kinds: U32) -> bool:
    """Whether what the character at ``at`` becomes depends on more than itself."""
    kind = kinds[points[at]]
    if kind & _MARK:  # on no letter it parts words, or joins them
        return at == low or not kinds[points[at - 1]] & _BASE
    if kind & _ACCENTED:
        return _has_more_marks(points, at, high, kinds)
    if kind & _STRETCH:
        return _stretches_nothing(points, low, at, high, kinds)
    return bool(kind & _JOINER) and _joins_nothing(points, low, at, high, kinds)


@kernel
def _seen(points: U32, offsets: I64, kinds: U32) -> U32:
    """uint32[n_texts]: kinds of the characters of each text; _OTHER where it has to be read."""
    kinds_of = np.zeros(len(offsets) - 1, np.uint32)
    for text in range(len(kinds_of)):
        low, high = offsets[text], offsets[text + 1]
        seen = np.uint32(0)
        for at in range(low, high):
            kind = kinds[points[at]]
            seen |= kind
            if kind & _LOOKED_AT and _depends(points, low, at, high, kinds):
                seen |= np.uint32(_OTHER)
        if seen & _CEDILLA and (seen & _MARK or _is_romanian(points, low, high, kinds)):
            seen |= np.uint32(_OTHER)
        kinds_of[text] = seen
    return kinds_of
