"""Text that is in no language: laughter, chords, units, part numbers, rows of numbers, syllables.

Two measures that need no list of words and know no language:

- the share of what is seen that stands in words. A word has three letters or more, and more than
  twice as many as digits, or one letter where that may be a word (Han, Hangul, Indic scripts, Thai
  …): ``Dm7``, ``2N3904``, ``Nf3`` and ``kg`` are none, while Arabic chat's ``7aflat`` is. Nor are
  ``kWh``, code in capitals and small letters by turns, and short words that a sign joins to a
  neighbour without a blank (``name,qty``, ``sin(x)``).
- the number of different triples of letters: laughter and syllables have few, however long. Four
  equal letters are enough if nothing else stands beside them; signs that change a letter, as the
  vowels of ``मम्मी`` do, make another one of it.

docs/language-identification.md says what the bounds cost on short texts in many languages.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from curate.jit import decorator, kernel
from curate.text.characters import CLASS_MASK, IS_LETTER, IS_NUMBER, CharClass, properties
from curate.text.flat import Bools, FlatTexts

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U16 = npt.NDArray[np.uint16]
U32 = npt.NDArray[np.uint32]

MAX_CONFIDENCE: Final = 0.2
"""No answer for noise is given with more."""

MIN_WORD_SHARE: Final = 0.35
"""Share of letters, digits and signs that stand in words, below which a text is noise."""

MAX_TRIPLES: Final = 12
"""Different triples of letters, up to which a text of more than twice so many is noise."""

_MIN_LETTERS: Final = 3  # of a word in an alphabet
_MIN_JOINED: Final = 6  # of one that a sign joins to its neighbour
_JOINING: Final = tuple(map(ord, ",;()[]{}=+*|_"))
_MIN_SEEN: Final = 6  # letters, digits and signs of a text that is judged at all
_MIN_TRIPLES: Final = 4
_MAX_BESIDE: Final = 1  # blanks, marks and signs beside one letter that is repeated
_MAX_VARIETY: Final = 0.6  # different ones of all triples, in laughter
_LETTER_BIT: Final = int(IS_LETTER)
_NUMBER_BIT: Final = int(IS_NUMBER)
_CLASS: Final = int(CLASS_MASK)
_EXTEND: Final = int(CharClass.EXTEND)
_SYMBOL: Final = int(CharClass.SYMBOL)
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_SHIFT: Final = np.uint64(58)
_KEY_BITS: Final = np.uint64(21)
_KEY_MASK: Final = np.uint64((1 << 63) - 1)

_FIRST_DENSE: Final = 0x0900  # before it stand alphabets and abjads


def is_noise(texts: FlatTexts) -> Bools:
    """bool[n_texts]: the text is in no language. One without a letter is not judged.

    Args:
        texts: samples (:mod:`curate.lid.identified_text`).
    """
    seen = np.zeros((len(texts), 4), np.int32)
    _look(texts.points, texts.offsets, properties(), seen)
    in_words, visible, triples, different = seen.T
    without_words = (visible >= _MIN_SEEN) & (in_words < MIN_WORD_SHARE * visible)
    few = (triples >= _MIN_TRIPLES) & (different <= MAX_TRIPLES)
    others = np.diff(texts.offsets) - (triples + _MIN_LETTERS - 1)  # than letters
    is_one_letter = (triples > 1) & (different == 1) & (others <= _MAX_BESIDE)
    few &= different < _MAX_VARIETY * triples
    return np.asarray(without_words | few | is_one_letter, np.bool_)


@decorator(cache=True, inline="always")
def _is_dense(point: int) -> bool:
    """True if a word of the letter's script may be one letter."""
    if point < _FIRST_DENSE:
        return False
    is_alphabet = 0x10A0 <= point < 0x1100 or 0x1C80 <= point < 0x2E00
    return not (is_alphabet or 0xA640 <= point < 0xA800 or 0xAB30 <= point < 0xABC0)


@decorator(cache=True, inline="always")
def _is_word(letters: int, fewest: int, digits: int, capitals: int, turns: int) -> bool:
    """True if a word of an alphabet may be one: neither code nor a unit such as ``kWh``.

    Args:
        letters: of the word.
        fewest: letters that it needs.
        digits: among them.
        capitals: of ASCII.
        turns: capitals behind small letters.
    """
    is_unit = letters <= _MIN_LETTERS and (turns > 0 or 1 < capitals < letters)
    return letters >= fewest and letters > 2 * digits and turns < 2 and not is_unit


@decorator(cache=True, inline="always")
def _joins(signs: U32, table: U16) -> bool:
    """True if the first of two signs joins what is before it to a letter or digit."""
    if len(signs) < 2 or signs[0] not in _JOINING:
        return False
    return bool(table[signs[1]] & (_LETTER_BIT | _NUMBER_BIT))


@kernel
def _look(points: U32, offsets: I64, table: U16, seen: I32) -> None:
    """Count, for each text, letters in words, what is seen, triples and different ones.

    Args:
        points: uint32[n_points].
        offsets: int64[n_texts + 1].
        table: properties of code points.
        seen: int32[n_texts, 4], zeros; written.
    """
    for text in range(len(seen)):
        word, digits, needed = 0, 0, _MIN_LETTERS
        capitals, turns, is_small, is_joined = 0, 0, False, False
        n_letters = 0
        key, slots = np.uint64(0), np.uint64(0)
        end = offsets[text + 1]
        for at in range(offsets[text], end + 1):
            point = int(points[at]) if at < end else 0x20
            bits = table[point] if at < end else 0
            if bits & _LETTER_BIT:
                if _is_dense(point):
                    needed = 1
                is_capital = 0x41 <= point <= 0x5A
                turns += is_capital and is_small
                is_small = 0x61 <= point <= 0x7A
                capitals += is_capital
                word += 1
                n_letters += 1
                lower = np.uint64(point | 0x20 if point < 0x80 else point)
                key = ((key << _KEY_BITS) | lower) & _KEY_MASK
                if n_letters >= _MIN_LETTERS:
                    seen[text, 2] += 1
                    slots |= np.uint64(1) << ((key * _MIX) >> _SHIFT)
            elif bits & _NUMBER_BIT:
                digits += 1
            elif bits & _CLASS != _EXTEND:
                joins = word + digits > 0 and _joins(points[at : min(at + 2, end)], table)
                seen[text, 1] += word + digits + (bits & _CLASS == _SYMBOL)
                fewest = _MIN_JOINED if joins or is_joined else needed
                is_word = needed == 1 or _is_word(word, fewest, digits, capitals, turns)
                if word > 0 and is_word:
                    seen[text, 0] += word
                word, digits, needed = 0, 0, _MIN_LETTERS
                capitals, turns, is_small, is_joined = 0, 0, False, joins
        while slots:
            slots &= slots - np.uint64(1)
            seen[text, 3] += 1
