"""Characters: what kind each Unicode code point is, and the few sets that metrics test lines with.

Everything here is a table derived from Unicode properties as the ``regex`` package knows them, so a
new script needs no new code and the answer does not depend on the version of Python. The sets that
FineWeb2 (arXiv 2506.20920) fixes are completed from Unicode and tested against what it lists.
"""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import regex

N_CODE_POINTS: Final = 0x110000

BULLETS: Final = ("•", "-")
"""What a bullet line begins with, after white space (Gopher, arXiv 2112.11446, table A1)."""

ELLIPSES: Final = ("...", "…")
"""The two spellings of an ellipsis that Gopher counts."""

WORD_DIVIDERS: Final = frozenset(
    "\u0f0b\u0f0c"  # Tibetan tsheg, breaking and not: the space between syllables
    "\u1361"  # Ethiopic wordspace
    "\U00010100\U00010101"  # Aegean
    "\U0001039f\U000103d0"  # Ugaritic, Old Persian
    "\U0001091f\U0001123a\U00011c43\U00012470"  # Phoenician, Khojki, Bhaiksuki, cuneiform
)
"""Visible marks that do only what a space does. Like a space, they belong to no token."""

# Lines may end with these although Unicode does not call them Sentence_Terminal; FineWeb2 does.
_ALSO_TERMINAL = "\u17d6\u17d9\u17da"


class CharClass(IntEnum):
    """The class of a code point: what the splitter does on meeting it. Fits in four bits."""

    SEPARATOR = 0  # white space, controls, zero width space, word dividers: in no token
    FORMAT = 1  # soft hyphen, direction marks …: invisible; inside a word part of it
    EXTEND = 2  # combining marks, joiners, variation selectors: belong to what is before
    LETTER = 3  # letters of scripts whose words stand between spaces
    HEBREW = 4  # as LETTER; its own class because '"' may stand inside a Hebrew word
    DIGIT = 5  # numbers of every script
    DICTIONARY = 6  # letters of scripts that a dictionary must cut into words
    SYLLABLE = 7  # letters of unspaced scripts without a dictionary: each cluster stands alone
    PUNCT = 8
    SYMBOL = 9  # symbols, private use, unassigned, lone surrogates
    PICTOGRAPH = 10  # emoji: each stands alone
    FLAG = 11  # regional indicators: two make a flag
    MID_WORD = 12  # apostrophes, hyphens: inside a word or number part of it, else PUNCT
    MID_LETTERS = 13  # the same between letters only, such as the Catalan middle dot
    MID_DIGITS = 14  # the same between digits only: decimal points, thousands marks
    MID_HEBREW = 15  # the same between Hebrew letters only: the straight double quote


CLASS_MASK: Final = 0x0F
IS_LETTER: Final = 0x10  # general category L
IS_NUMBER: Final = 0x20  # general category N
IS_LINKER: Final = 0x40  # Indic_Conjunct_Break=Linker
IS_CONSONANT: Final = 0x80  # Indic_Conjunct_Break=Consonant
IS_PREPEND: Final = 0x100  # Grapheme_Cluster_Break=Prepend
IS_PICTOGRAPH: Final = 0x200  # Extended_Pictographic
IS_JOINER: Final = 0x400  # zero width joiner

_DICTIONARY_SCRIPTS = (
    r"\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}"
)
_SYLLABLE_SCRIPTS = (
    r"\p{sc=Yi}\p{sc=Javanese}\p{sc=Balinese}\p{sc=Tai_Tham}\p{sc=Tangut}\p{sc=Nushu}"
    r"\p{sc=Khitan_Small_Script}\p{sc=Egyptian_Hieroglyphs}\p{sc=Anatolian_Hieroglyphs}"
    r"\p{sc=Cuneiform}"
)

# In order: a later line overrides an earlier one. What no line matches is SYMBOL.
_CLASS_PATTERNS = (
    (CharClass.PUNCT, r"\p{P}"),
    (CharClass.LETTER, r"\p{L}"),
    (CharClass.HEBREW, r"[\p{L}&&\p{sc=Hebrew}]"),
    (CharClass.DIGIT, r"\p{N}"),
    # The signs beside the scripts are letters of kana and Han that several scripts share.
    (CharClass.DICTIONARY, rf"[[\p{{L}}\p{{Nl}}]&&[{_DICTIONARY_SCRIPTS}〆〱-〵〼ーｰ]]"),
    (CharClass.SYLLABLE, rf"[\p{{L}}&&[{_SYLLABLE_SCRIPTS}]]"),
    (CharClass.PICTOGRAPH, r"[\p{Extended_Pictographic}&&[\p{S}\p{Cn}]]"),
    (CharClass.FLAG, r"\p{Regional_Indicator}"),
    (CharClass.FORMAT, r"[\p{Cf}--\p{GCB=Prepend}]"),
    (CharClass.SEPARATOR, r"[\p{White_Space}\p{Cc}\u200b]"),
    (CharClass.SEPARATOR, "[" + "".join(sorted(WORD_DIVIDERS)) + "]"),
    # The dashes (Pd) that are hyphens by name; an en or em dash separates.
    (CharClass.MID_WORD, r"[\-\u058a\u05be\u1400\u1806\u2010\u2011\ufe63\uff0d\U00010ead]"),
    (CharClass.MID_WORD, r"['\u055a\u2018\u2019\uff07]"),
    # Middle dots; Armenian stress and question marks stand inside the word; Hebrew geresh.
    (CharClass.MID_LETTERS, r"[\u00b7\u2027\u055b\u055c\u055e\u055f\u05f3\u05f4]"),
    (CharClass.MID_DIGITS, r"[.,\u066b\u066c\uff0e]"),
    (CharClass.MID_HEBREW, r"[\u0022]"),
    (CharClass.EXTEND, r"[\p{M}\p{GCB=Extend}\p{GCB=ZWJ}\p{GCB=SpacingMark}]"),
)

_FLAG_PATTERNS = (
    (IS_LETTER, r"\p{L}"),
    (IS_NUMBER, r"\p{N}"),
    (IS_LINKER, r"\p{InCB=Linker}"),
    (IS_CONSONANT, r"\p{InCB=Consonant}"),
    (IS_PREPEND, r"\p{GCB=Prepend}"),
    (IS_PICTOGRAPH, r"\p{Extended_Pictographic}"),
    (IS_JOINER, r"\p{GCB=ZWJ}"),
)


@lru_cache(maxsize=1)
def _every_code_point() -> str:
    points = np.arange(N_CODE_POINTS, dtype="<u4")
    return points.tobytes().decode("utf-32-le", "surrogatepass")


def _ranges(pattern: str) -> list[tuple[int, int]]:
    """Half-open ranges of the code points that match one-character ``pattern``."""
    runs = regex.compile(f"(?:{pattern})+", regex.V1)
    return [match.span() for match in runs.finditer(_every_code_point())]


@lru_cache(maxsize=1)
def properties() -> npt.NDArray[np.uint16]:
    """The property table, ``uint16[0x110000]``, indexed by code point.

    The low four bits are a :class:`CharClass`, the rest the ``IS_…`` flags. Built at first use (a
    tenth of a second) and read-only, so that kernels can share it.
    """
    table = np.full(N_CODE_POINTS, CharClass.SYMBOL, dtype=np.uint16)
    for char_class, pattern in _CLASS_PATTERNS:
        for start, end in _ranges(pattern):
            table[start:end] = char_class
    for flag, pattern in _FLAG_PATTERNS:
        for start, end in _ranges(pattern):
            table[start:end] |= flag
    _every_code_point.cache_clear()
    table.setflags(write=False)
    return table


def code_points(text: str) -> npt.NDArray[np.uint32]:
    """The code points of ``text``, ``uint32[len(text)]``; lone surrogates are passed through."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


@lru_cache(maxsize=1)
def terminal_punctuation() -> frozenset[str]:
    """Characters that end a sentence, in every script: Unicode's Sentence_Terminal and three Khmer.

    This holds all 159 that FineWeb and FineWeb2 test a line's last character with, and the
    sixteen that Unicode added or that they left out. It excludes ``…``, quotes, brackets, ``:``,
    ``;`` and ``、``.
    """
    spans = _ranges(r"\p{Sentence_Terminal}")
    found = {chr(point) for start, end in spans for point in range(start, end)}
    return frozenset(found | set(_ALSO_TERMINAL))


def is_punctuation_or_symbol(text: str) -> bool:
    """True if ``text`` is not empty and has neither a letter nor a number in any script.

    ``"。」"``, ``"+"`` and an emoji are; ``"٣"``, ``"कि"`` and ``"$5"`` are not.
    """
    return bool(text) and _LETTER_OR_NUMBER.search(text) is None


def has_letter(text: str) -> bool:
    """True if ``text`` has a character of general category L; marks and numbers are none."""
    return _LETTER.search(text) is not None


_LETTER_OR_NUMBER = regex.compile(r"[\p{L}\p{N}]")
_LETTER = regex.compile(r"\p{L}")
