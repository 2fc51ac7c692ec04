"""Where the shipped Unicode tables come from: the properties, and how a table is made of them.

``python -m curate.text.unicode_source`` writes ``curate/data/unicode/tables.npz`` anew. Classes
come from the ``regex`` package, decompositions and case foldings from the newest Python at hand;
the file says which versions of Unicode these know. Nothing here runs when curate does.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import regex

from curate.text.characters import (
    ALSO_TERMINAL,
    IS_CONSONANT,
    IS_DECIMAL,
    IS_FOLDED,
    IS_JOINER,
    IS_LETTER,
    IS_LINE_BREAK,
    IS_LINKER,
    IS_NUMBER,
    IS_PICTOGRAPH,
    IS_PREPEND,
    IS_SPACE,
    IS_TERMINAL,
    N_CODE_POINTS,
    WORD_DIVIDERS,
    CharClass,
)

CLASSES_VERSION: Final = "18.0.0"
"""The version of Unicode that regex 2026.11.15 knows; its METADATA says so."""

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
    (IS_DECIMAL, r"\p{Nd}"),
    (IS_LINKER, r"\p{InCB=Linker}"),
    (IS_CONSONANT, r"\p{InCB=Consonant}"),
    (IS_PREPEND, r"\p{GCB=Prepend}"),
    (IS_PICTOGRAPH, r"\p{Extended_Pictographic}"),
    (IS_JOINER, r"\p{GCB=ZWJ}"),
    (IS_TERMINAL, r"[\p{Sentence_Terminal}" + ALSO_TERMINAL + "]"),
    # What str.isspace and str.splitlines know; both lists have not changed since Unicode 6.3.
    (IS_SPACE, r"[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"),
    (IS_LINE_BREAK, r"[\n-\r\x1c-\x1e\x85\u2028\u2029]"),
)

_HANGUL_SYLLABLES = range(0xAC00, 0xAC00 + 11172)  # they have no case and are left alone


@lru_cache(maxsize=1)
def _every_code_point() -> str:
    points = np.arange(N_CODE_POINTS, dtype="<u4")
    return points.tobytes().decode("utf-32-le", "surrogatepass")


def _ranges(pattern: str) -> list[tuple[int, int]]:
    """Half-open ranges of the code points that match one-character ``pattern``."""
    runs = regex.compile(f"(?:{pattern})+", regex.V1)
    return [match.span() for match in runs.finditer(_every_code_point())]


def build_properties() -> npt.NDArray[np.uint16]:
    """uint16[0x110000]: the class and the flags of each code point, but for IS_FOLDED."""
    table = np.full(N_CODE_POINTS, CharClass.SYMBOL, dtype=np.uint16)
    for char_class, pattern in _CLASS_PATTERNS:
        for start, end in _ranges(pattern):
            table[start:end] = char_class
    for flag, pattern in _FLAG_PATTERNS:
        for start, end in _ranges(pattern):
            table[start:end] |= flag
    return table


def folded(char: str) -> str:
    """One character case-folded, in NFC."""
    return unicodedata.normalize("NFC", char.casefold())


def _newer_case_pairs() -> dict[int, str]:
    """Upper-case letters that ``regex`` knows and this Python does not -> their lower case."""
    points = [point for start, end in _ranges(r"\p{Lu}") for point in range(start, end)]
    new = [chr(point) for point in points if unicodedata.category(chr(point)) == "Cn"]
    lower = "".join(_every_code_point()[start:end] for start, end in _ranges(r"\p{Ll}"))
    pairs = {}
    for upper in new:
        lower_forms = regex.findall(f"(?iV1){regex.escape(upper)}", lower)
        if len(lower_forms) == 1:
            pairs[ord(upper)] = lower_forms[0]
    return pairs


def build_folds() -> dict[int, str]:
    """Every code point that folding changes -> what it becomes."""
    folds = {}
    for point in range(N_CODE_POINTS):
        if 0xD800 <= point < 0xE000:
            continue
        form = folded(chr(point))
        if form != chr(point):
            folds[point] = form
    return {**_newer_case_pairs(), **folds}


def build_decompositions() -> dict[int, str]:
    """Every code point with a canonical decomposition -> the whole of it."""
    forms = {
        point: unicodedata.normalize("NFD", chr(point))
        for point in range(N_CODE_POINTS)
        if not 0xD800 <= point < 0xE000 and point not in _HANGUL_SYLLABLES
    }
    return {point: form for point, form in forms.items() if form != chr(point)}


def build_compositions(decomposed: Iterable[int]) -> dict[int, int]:
    """Pairs that NFC makes one code point, as ``first << 32 | second`` -> that."""
    pairs = {}
    for point in decomposed:
        parts = unicodedata.decomposition(chr(point)).split()
        if len(parts) == 2 and unicodedata.normalize("NFC", chr(point)) == chr(point):
            first, second = (int(part, 16) for part in parts)
            pairs[first << 32 | second] = point
    return dict(sorted(pairs.items()))


def build_arrays() -> dict[str, npt.NDArray[np.generic]]:
    """The arrays of the file: runs of equal values, and strings one after the other."""
    folds = dict(sorted(build_folds().items()))
    decompositions = build_decompositions()
    compositions = build_compositions(decompositions)
    properties = build_properties()
    properties[list(folds)] |= IS_FOLDED
    orders = np.array([unicodedata.combining(chr(p)) for p in range(N_CODE_POINTS)], np.uint8)
    return {
        "classes_version": np.array(CLASSES_VERSION),
        "folds_version": np.array(unicodedata.unidata_version),
        **_runs("properties", properties),
        **_runs("combining", orders),
        **_strings("fold", folds),
        **_strings("decomposition", decompositions),
        "pairs": np.array(list(compositions), np.uint64),
        "composites": np.array(list(compositions.values()), np.uint32),
    }


def _strings(name: str, forms: dict[int, str]) -> dict[str, npt.NDArray[np.generic]]:
    lengths = [len(form) for form in forms.values()]
    return {
        f"{name}_of": np.array(list(forms), np.uint32),
        f"{name}_offsets": np.concatenate(([0], np.cumsum(lengths))).astype(np.uint16),
        f"{name}_points": np.array([ord(c) for form in forms.values() for c in form], np.uint32),
    }


def _runs(name: str, table: npt.NDArray[np.generic]) -> dict[str, npt.NDArray[np.generic]]:
    begins = np.flatnonzero(np.concatenate(([True], table[1:] != table[:-1])))
    return {f"{name}_begin": begins.astype(np.uint32), f"{name}_value": table[begins]}


if __name__ == "__main__":
    target = Path(__file__).parents[1] / "data" / "unicode" / "tables.npz"
    target.parent.mkdir(exist_ok=True)
    np.savez_compressed(target, **build_arrays())  # type: ignore[arg-type]
