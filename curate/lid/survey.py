"""One look at every character of many texts: letters per script, and whether cleaning is due."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.jit import bare_kernel
from curate.text.flat import FlatTexts, flatten
from curate.text.reading import is_changed_for_identification
from curate.text.scripts import script_counts

I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U16 = npt.NDArray[np.uint16]
U32 = npt.NDArray[np.uint32]

REFUSED: Final = 1
"""A character that CLD2 refuses: a control, a lone surrogate, one that is no character."""

ADDRESS: Final = 2
"""The beginning of what may be a web address: ``://`` or ``www.``."""

AT_SIGN: Final = 4
"""A character that every mail address has."""

READING: Final = 8
"""A character that :func:`curate.text.reading.reading_form` may change."""

_UNSEEN: Final = 0xFF
_NO_LETTER: Final = 0
_REFUSED_BIT: Final = 0x100
_READING_BIT: Final = 0x200
_COLON, _SLASH, _DOT, _W, _AT = 0x3A, 0x2F, 0x2E, 0x77, 0x40


class Survey(NamedTuple):
    """The counts of a survey.

    Args:
        counts: int64[n_texts, n_codes], letters per script; columns are :func:`codes`.
        marks: uint8[n_texts], a sum of ``REFUSED``, ``ADDRESS``, ``AT_SIGN`` and ``READING``.
    """

    counts: I64
    marks: U8

    def counts_of(self, index: int) -> dict[str, int]:
        """Letters of each script in a text, as :func:`curate.text.scripts.script_counts`."""
        row = self.counts[index]
        known = codes()
        return {known[i]: int(row[i]) for i in sorted(row.nonzero()[0], key=known.__getitem__)}


class _Scripts:
    """The script of each code point; filled as code points occur, for all 1.1 million are slow."""

    def __init__(self) -> None:
        self.table = np.full(0x110000, _UNSEEN, np.uint16)
        self.codes = [""]
        for point in _refused():
            self.table[point] = _REFUSED_BIT | _NO_LETTER
        self._changed = is_changed_for_identification()

    def learn(self, points: npt.NDArray[np.uint32]) -> None:
        for point in points.tolist():
            (code,) = script_counts(chr(point)) or ("",)
            if code not in self.codes:
                self.codes.append(code)
            self.table[point] = self.codes.index(code) | _READING_BIT * int(self._changed[point])


def _refused() -> list[int]:
    ranges = ((0, 9), (0xB, 0x20), (0x7F, 0xA0), (0xD800, 0xE000), (0xFDD0, 0xFDF0))
    last_two = (plane << 16 | low for plane in range(17) for low in (0xFFFE, 0xFFFF))
    return [*(point for pair in ranges for point in range(*pair)), *last_two]


@lru_cache(maxsize=1)
def _scripts() -> _Scripts:
    return _Scripts()


def codes() -> Sequence[str]:
    """The ISO 15924 codes of the columns of :attr:`Survey.counts`; the first is no script."""
    return _scripts().codes


def survey(texts: Sequence[str] | FlatTexts) -> Survey:
    """Look at every character once.

    Args:
        texts: any.
    """
    flat = flatten(texts)
    scripts = _scripts()
    seen = _look(scripts.table, flat)
    if seen.counts[:, _UNSEEN].any():
        scripts.learn(np.unique(flat.points[scripts.table[flat.points] == _UNSEEN]))
        seen = _look(scripts.table, flat)
    seen.counts[:, _NO_LETTER] = 0
    return seen


def _look(table: U16, flat: FlatTexts) -> Survey:
    seen = Survey(np.zeros((len(flat), 256), np.int64), np.zeros(len(flat), np.uint8))
    _survey(table, flat.points, flat.offsets, seen.counts, seen.marks)
    return seen


@bare_kernel
def _survey(table: U16, points: U32, offsets: I64, counts: I64, marks: U8) -> None:
    for text in range(len(marks)):
        mark = 0
        for at in range(offsets[text], offsets[text + 1]):
            point = points[at]
            kind = table[point]
            counts[text, kind & 0xFF] += 1
            if kind & _READING_BIT:
                mark |= READING
            if kind & _REFUSED_BIT:
                mark |= REFUSED
            elif point == _SLASH and at >= offsets[text] + 2:
                if points[at - 1] == _SLASH and points[at - 2] == _COLON:
                    mark |= ADDRESS
            elif point == _DOT and at >= offsets[text] + 3:
                if points[at - 1] == _W and points[at - 2] == _W and points[at - 3] == _W:
                    mark |= ADDRESS
            elif point == _AT:
                mark |= AT_SIGN
        marks[text] = mark
