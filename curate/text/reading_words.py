"""The words of texts in their reading form, without making that form where it can be helped.

Most of what :func:`curate.text.reading.shingle_reading` does to a text it does to single characters
whatever stands beside them, and leaves the borders of words where they are. Such texts keep their
tokens, and their words are folded by a table that knows the reading form too. Texts whose form
depends on more (Hebrew points, joiners, cedillas, letters that a dictionary cuts) are read anew.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from curate.jit import kernel
from curate.text.characters import (
    CLASS_MASK,
    IS_DECIMAL,
    IS_FOLDED,
    IS_LETTER,
    IS_NUMBER,
    CharClass,
    Folding,
    tables,
)
from curate.text.flat import I64, U8, U32, FlatTexts
from curate.text.reading import reading_kinds, shingle_reading

U16 = npt.NDArray[np.uint16]

_SIMPLE, _POINT, _OTHER, _KASHMIRI, _MARK, _BASE = 1, 2, 4, 8, 16, 32
_KASHMIRI_LETTERS: Final = (
    *(0x620, 0x655, 0x656, 0x657, 0x65F, 0x672, 0x673, 0x6C4, 0x6CD),
)  # of what reading.py takes for Kashmiri, whose points are vowels

PLAIN, BY_CHARACTER, ANEW = 0, 1, 2
"""How the reading form of a text is had."""


class _Tables:
    """What is known of each code point; made once."""

    def __init__(self) -> None:
        known = tables()
        self.kinds = np.zeros(len(known.properties), np.uint8)
        self.properties = known.properties.copy()
        self.folding = known.folding
        folding = known.folding
        fold_index = folding.fold_index.copy()
        points, offsets = [folding.fold_points], [int(folding.fold_offsets[-1])]
        n = len(folding.fold_offsets) - 1
        for point in np.flatnonzero(reading_kinds()).tolist():
            form = [ord(sign) for sign in shingle_reading(f"a{chr(point)}")[1:]]
            self.kinds[point] = kind = self._kind(point, form)
            if kind & _OTHER:
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
        is_extend = known.properties & CLASS_MASK == CharClass.EXTEND
        self.kinds[is_extend | (known.properties & IS_LETTER > 0)] |= _BASE
        for letter in _KASHMIRI_LETTERS:
            self.kinds[letter] |= _KASHMIRI
        self.folding = folding._replace(
            fold_index=fold_index,
            fold_offsets=np.concatenate((folding.fold_offsets, np.array(offsets[1:], np.int64))),
            fold_points=np.concatenate(points).astype(np.uint32),
        )
        for table in (self.kinds, self.properties, *self.folding):
            table.setflags(write=False)

    def _kind(self, point: int, form: list[int]) -> int:
        """Whether the form of a character depends on it alone and leaves words where they are."""
        seen = self.properties
        kind = seen[point] & CLASS_MASK
        if chr(point) in "\u200c\u200d\u015e\u015f\u0162\u0163" or 0x0591 <= point <= 0x05C7:
            return _OTHER
        if not form:
            # Of several format characters in a row none is part of a word; one mark always is.
            is_arabic = 0x0610 <= point <= 0x08FF
            left_out = _MARK | (_POINT if is_arabic else _SIMPLE)
            return left_out if kind == CharClass.EXTEND else _OTHER
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
    found: list[int] = folding.fold_points[low:high].tolist()
    return found


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    return _Tables()


def reading_fold() -> tuple[U16, Folding]:
    """Properties and foldings of code points whose reading form is folded; read-only."""
    found = _tables()
    return found.properties, found.folding


def ways(texts: FlatTexts) -> U8:
    """uint8[n_texts]: PLAIN, BY_CHARACTER or ANEW; one look at each character."""
    seen = _seen(texts.points, texts.offsets, _tables().kinds)
    is_anew = (seen & _OTHER > 0) | (seen & (_POINT | _KASHMIRI) == _POINT | _KASHMIRI)
    found = np.where(seen & (_SIMPLE | _POINT) > 0, BY_CHARACTER, PLAIN)
    return np.where(is_anew, ANEW, found).astype(np.uint8)


@kernel
def _seen(points: U32, offsets: I64, kinds: U8) -> U8:
    found = np.zeros(len(offsets) - 1, np.uint8)
    for text in range(len(found)):
        seen, before = np.uint8(0), np.uint8(0)
        for at in range(offsets[text], offsets[text + 1]):
            kind = kinds[points[at]]
            if kind & _MARK and not before & _BASE:
                seen |= np.uint8(_OTHER)  # a mark that stands on no letter parts words, or joins
            seen |= kind
            before = kind
        found[text] = seen
    return found
