"""Characters: what kind each Unicode code point is, and the few sets that metrics test lines with.

Everything here is a table derived from Unicode properties and shipped as data, so a new script
needs no new code and the answer does not depend on the versions of Python and of ``regex``:
:mod:`curate.text.unicode_source` makes the tables, and they say which Unicode they are of. The sets
that FineWeb2 (arXiv 2506.20920) fixes are completed from Unicode and tested against what it lists.
"""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

N_CODE_POINTS: Final = 0x110000

BULLETS: Final = ("•", "-")
"""Beginnings of bullet lines, after white space (Gopher, arXiv 2112.11446, table A1)."""

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
ALSO_TERMINAL: Final = "\u17d6\u17d9\u17da"


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
IS_TERMINAL: Final = 0x800  # ends a sentence: see terminal_punctuation()
IS_SPACE: Final = 0x1000  # white space, as str.strip() knows it
IS_LINE_BREAK: Final = 0x2000  # ends a line, as str.splitlines() knows it
IS_DECIMAL: Final = 0x4000  # general category Nd
IS_FOLDED: Final = 0x8000  # the canonical caseless form is another


class Folding(NamedTuple):
    """How a word is folded, as arrays that a kernel takes in one piece.

    Args:
        combining: uint8[0x110000], Canonical_Combining_Class.
        fold_index: uint16[0x110000], number of the code point's fold where ``IS_FOLDED`` is set.
        fold_offsets: int64[n_folds + 1], where each fold lies in ``fold_points``.
        fold_points: uint32[n], case foldings in NFC, one after the other.
        decomposed: uint32[n_decompositions], ascending; the code points that NFD takes apart.
        decomposition_offsets: int64[n_decompositions + 1].
        decomposition_points: uint32[m], whole decompositions, one after the other.
        pairs: uint64[n_pairs], ascending; ``first << 32 | second`` of what NFC puts together.
        composites: uint32[n_pairs], what each pair becomes.
    """

    combining: npt.NDArray[np.uint8]
    fold_index: npt.NDArray[np.uint16]
    fold_offsets: npt.NDArray[np.int64]
    fold_points: npt.NDArray[np.uint32]
    decomposed: npt.NDArray[np.uint32]
    decomposition_offsets: npt.NDArray[np.int64]
    decomposition_points: npt.NDArray[np.uint32]
    pairs: npt.NDArray[np.uint64]
    composites: npt.NDArray[np.uint32]


class Tables(NamedTuple):
    """The tables that kernels read for every code point; read-only, shared by all.

    Args:
        properties: uint16[0x110000], a :class:`CharClass` in the low four bits and ``IS_…`` flags.
        folding: see there.
        classes_version: version of Unicode that classes and flags are of.
        folds_version: version of Unicode that ``folding`` is of.
    """

    properties: npt.NDArray[np.uint16]
    folding: Folding
    classes_version: str
    folds_version: str


@lru_cache(maxsize=1)
def tables() -> Tables:
    """The Unicode tables that come with curate; loading takes some hundredths of a second."""
    source = files("curate").joinpath("data", "unicode", "tables.npz")
    with source.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        fold_index = np.zeros(N_CODE_POINTS, np.uint16)
        fold_index[arrays["fold_of"]] = np.arange(len(arrays["fold_of"]), dtype=np.uint16)
        folding = Folding(
            combining=_spread(arrays["combining_begin"], arrays["combining_value"]),
            fold_index=fold_index,
            fold_offsets=arrays["fold_offsets"].astype(np.int64),
            fold_points=arrays["fold_points"],
            decomposed=arrays["decomposition_of"],
            decomposition_offsets=arrays["decomposition_offsets"].astype(np.int64),
            decomposition_points=arrays["decomposition_points"],
            pairs=arrays["pairs"],
            composites=arrays["composites"],
        )
        properties = _spread(arrays["properties_begin"], arrays["properties_value"])
        versions = str(arrays["classes_version"]), str(arrays["folds_version"])
    for table in (properties, *folding):
        table.setflags(write=False)
    return Tables(properties, folding, *versions)


def _spread(begins: npt.NDArray[np.uint32], values: npt.NDArray[np.generic]) -> npt.NDArray[Any]:
    ends = np.append(begins[1:], N_CODE_POINTS).astype(np.int64)
    return np.repeat(values, ends - begins)


def properties() -> npt.NDArray[np.uint16]:
    """The property table, ``uint16[0x110000]``, indexed by code point.

    The low four bits are a :class:`CharClass`, the rest the ``IS_…`` flags. Read-only.
    """
    return tables().properties


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
    return frozenset(map(chr, np.flatnonzero(properties() & IS_TERMINAL).tolist()))


def is_punctuation_or_symbol(text: str) -> bool:
    """True if ``text`` is not empty and has neither a letter nor a number in any script.

    ``"。」"``, ``"+"`` and an emoji are; ``"٣"``, ``"कि"`` and ``"$5"`` are not.
    """
    return bool(text) and not _seen(text) & (IS_LETTER | IS_NUMBER)


def has_letter(text: str) -> bool:
    """True if ``text`` has a character of general category L; marks and numbers are none."""
    return bool(_seen(text) & IS_LETTER)


def _seen(text: str) -> int:
    """The flags of all characters together."""
    return int(np.bitwise_or.reduce(properties()[code_points(text)], initial=0))
