"""The splitter: what a word, a line and a paragraph is, for every language.

The script of each run of characters decides, never the language of the document:

- letters with their marks between spaces or punctuation are words, with the apostrophes, hyphens
  and joiners inside them; letters and digits that touch are one word (``Python3``, ``m²``);
- Han, kana, Thai, Lao, Khmer and Myanmar runs are cut by ICU's dictionaries;
- the tsheg separates Tibetan syllables as a space does;
- in unspaced scripts without a dictionary (Yi, Javanese …) each grapheme cluster is a word;
- a run of punctuation is one token, and so is a run of symbols; an emoji stands alone.

A token never begins or ends inside a grapheme cluster (Unicode Standard Annex #29), except at a
space: a mark that follows one is a token by itself. The splitter assumes nothing about its input;
it gives equal words for equal text only if the text is in NFC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt
from icu4py.breakers import WordBreaker

from curate.text import characters
from curate.text.characters import CharClass

Bools = npt.NDArray[np.bool_]
Classes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int32]


class Kind(IntEnum):
    """What a token is. Stored as ``uint8``."""

    WORD = 0  # has a letter
    NUMBER = 1  # has a number and no letter
    PUNCT = 2  # a run of punctuation
    SYMBOL = 3  # a run of symbols, one emoji, or a mark without a letter


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """The tokens of one text, flat. What lies between two tokens has no ink but word dividers.

    Args:
        text: the text that was split.
        starts: int32[n_tokens], offset of each token's first code point, ascending.
        ends: int32[n_tokens], offset behind its last code point.
        kinds: uint8[n_tokens], a :class:`Kind` each.
    """

    text: str
    starts: Ints
    ends: Ints
    kinds: Classes

    def __len__(self) -> int:
        return len(self.starts)

    def strings(self) -> list[str]:
        """Every token, in order."""
        text = self.text
        pairs = zip(self.starts.tolist(), self.ends.tolist(), strict=True)
        return [text[start:end] for start, end in pairs]

    def words(self) -> list[str]:
        """The tokens that are WORD or NUMBER, in order."""
        is_word = self.is_word()
        pairs = zip(self.starts[is_word].tolist(), self.ends[is_word].tolist(), strict=True)
        return [self.text[start:end] for start, end in pairs]

    def is_word(self) -> Bools:
        """bool[n_tokens]: the token is WORD or NUMBER."""
        return self.kinds <= Kind.NUMBER


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


def split(text: str) -> Tokens:
    """Split ``text`` into tokens, in time linear in its length. Raises on no input.

    >>> split("Python3で書く!").strings()
    ['Python3', 'で', '書く', '!']
    """
    if not text:
        nothing = np.zeros(0, dtype=np.int32)
        return Tokens(text, nothing, nothing, np.zeros(0, dtype=np.uint8))
    points = characters.code_points(text)
    props = characters.properties()[points]
    raw = (props & characters.CLASS_MASK).astype(np.uint8)
    base = _base_of_each(raw)
    classes = _resolve(raw, base)
    is_start = _starts(raw, classes)
    _add_dictionary_starts(is_start, points, classes)
    is_start &= ~_inside_cluster(props, raw, base, classes)
    starts = np.flatnonzero(is_start).astype(np.int32)
    ends = np.append(starts[1:], np.int32(len(text)))
    kinds = _kinds(props, classes, starts)
    is_token = classes[starts] != CharClass.SEPARATOR
    return Tokens(text, starts[is_token], ends[is_token], kinds[is_token])


def _base_of_each(raw: Classes) -> Ints:
    """int32[n]: the nearest offset at or before each that holds no EXTEND; 0 where none does."""
    offsets = np.arange(len(raw), dtype=np.int32)
    offsets[raw == CharClass.EXTEND] = 0
    return np.maximum.accumulate(offsets)


def _resolve(raw: Classes, base: Ints) -> Classes:
    """uint8[n]: classes in which EXTEND, FORMAT and MID_… have become what they are here."""
    is_extend = raw == CharClass.EXTEND
    classes = raw[base]
    is_loose = is_extend & (classes <= CharClass.EXTEND)
    classes[is_loose] = CharClass.SYMBOL
    joins = _NEEDS[raw]
    joins[0] = joins[-1] = 0
    joins[1:-1] &= _JOINS[classes[:-2]] & _JOINS[raw[2:]]
    return np.where(joins > 0, np.uint8(CharClass.LETTER), _ALONE[classes])


def _starts(raw: Classes, classes: Classes) -> Bools:
    """bool[n]: something begins here, dictionaries and clusters aside; separators are runs too."""
    runs = _RUN[classes]
    is_start = np.ones(len(raw), dtype=np.bool_)
    is_start[1:] = runs[1:] != runs[:-1]
    is_start |= (classes == CharClass.SYLLABLE) | (classes == CharClass.PICTOGRAPH)
    is_flag = raw == CharClass.FLAG
    if is_flag.any():
        offsets = np.arange(len(raw), dtype=np.int32)
        begins = is_flag.copy()
        begins[1:] &= ~is_flag[:-1]
        place = offsets - np.maximum.accumulate(np.where(begins, offsets, 0))
        is_start[is_flag] = place[is_flag] % 2 == 0
    return is_start


def _inside_cluster(
    props: npt.NDArray[np.uint16], raw: Classes, base: Ints, classes: Classes
) -> Bools:
    """bool[n]: no grapheme cluster begins at this offset (UAX #29, rules GB9 to GB11)."""
    inside = np.zeros(len(raw), dtype=np.bool_)
    seen = int(np.bitwise_or.reduce(props))
    after_ink = classes[:-1] != CharClass.SEPARATOR
    inside[1:] = (raw[1:] == CharClass.EXTEND) & after_ink
    if seen & characters.IS_PREPEND:
        has_ink = classes[1:] != CharClass.SEPARATOR
        inside[1:] |= ((props[:-1] & characters.IS_PREPEND) > 0) & has_ink
    if seen & characters.IS_JOINER:
        is_pictograph = (props & characters.IS_PICTOGRAPH) > 0
        after_joiner = (props[:-1] & characters.IS_JOINER) > 0
        inside[1:] |= is_pictograph[1:] & after_joiner & is_pictograph[base[:-1]]
    if seen & characters.IS_LINKER:
        is_linker = (props & characters.IS_LINKER) > 0
        n_linkers = np.cumsum(is_linker, dtype=np.int32)
        is_linked = n_linkers[:-1] > (n_linkers - is_linker)[base[:-1]]
        inside[1:] |= is_linked & ((props[1:] & characters.IS_CONSONANT) > 0)
    return inside


def _add_dictionary_starts(
    is_start: Bools, points: npt.NDArray[np.uint32], classes: Classes
) -> None:
    """Mark in ``is_start`` where ICU begins a word in the runs that need a dictionary."""
    offsets = np.flatnonzero(classes == CharClass.DICTIONARY)
    if not len(offsets):
        return
    # One call for all runs, a line each: opening ICU costs more than cutting a short run.
    n_breaks = np.concatenate(([0], np.cumsum(np.diff(offsets) > 1)))
    places = np.arange(len(offsets)) + n_breaks
    lines_of_runs = np.full(places[-1] + 1, ord("\n"), dtype="<u4")
    lines_of_runs[places] = points[offsets]
    origin = np.full(len(lines_of_runs), -1, dtype=np.int64)
    origin[places] = offsets
    found = origin[_icu_starts(lines_of_runs)]
    is_start[found[found >= 0]] = True


def _icu_starts(points: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
    """Code-point offsets at which ICU begins a word. ICU itself counts UTF-16 units."""
    breaker = WordBreaker(points.tobytes().decode("utf-32-le"), "und")
    units = np.fromiter((start for start, _ in breaker.segments()), dtype=np.int64)
    is_astral = points > 0xFFFF
    if not is_astral.any():
        return units
    unit_of_point = np.arange(len(points)) + np.cumsum(is_astral) - is_astral
    return np.searchsorted(unit_of_point, units)


def _kinds(props: npt.NDArray[np.uint16], classes: Classes, starts: Ints) -> Classes:
    """uint8[len(starts)]: the Kind of each run."""
    seen = np.bitwise_or.reduceat(props, starts)
    is_punct = classes[starts] == CharClass.PUNCT
    kinds = np.where(is_punct, np.uint8(Kind.PUNCT), np.uint8(Kind.SYMBOL))
    kinds[(seen & characters.IS_NUMBER) > 0] = Kind.NUMBER
    kinds[(seen & characters.IS_LETTER) > 0] = Kind.WORD
    return kinds


_LINE_BREAKS = re.compile(r"\n+")
_PARAGRAPH_BREAK = re.compile(r"\n{2,}")


def lines(text: str) -> list[str]:
    r"""The lines of ``text`` that are not blank, as they stand: ``"\n"`` ends a line.

    What *line* means wherever nothing else is said; FineWeb's filter uses it.
    """
    return [line for line in text.split("\n") if line.strip()]


def all_lines(text: str) -> list[str]:
    """Every line with the blank ones (``str.splitlines``), as Gopher's quality rules count them."""
    return text.splitlines()


def line_runs(text: str) -> list[str]:
    r"""The pieces between runs of ``"\n"``, as Gopher's repetition rules count them.

    A text that begins or ends with ``"\n"`` has an empty first or last piece.
    """
    return _LINE_BREAKS.split(text)


def paragraphs(text: str) -> list[str]:
    r"""The pieces of the stripped text between runs of two or more ``"\n"``."""
    return _PARAGRAPH_BREAK.split(text.strip())
