"""Scripts: which ISO 15924 script a text is written in.

A character's script is the Unicode property ``Script`` (Unicode Standard Annex #24). Only letters
vote (general category L): marks, digits, punctuation and emoji are shared between scripts.

Three codes are not Unicode scripts but names for how a language mixes them. They are used as
GlotLID and FineWeb2 (arXiv 2506.20920) use them: ``Jpan`` is kana, alone or with Han; ``Hang`` is
Hangul, alone or with Han; ``Hani`` is Han without either.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import regex

NO_LETTER = "Zxxx"
"""ISO 15924 for "unwritten": the text has no letter."""

SHARED = "Zyyy"
"""ISO 15924 for "undetermined": only letters that no script owns, such as mathematical bold."""

# Most frequent scripts first: the pattern below tries them in this order.
_SCRIPT_LIST = """
Latn Cyrl Hani Hira Kana Hang Arab Deva Thai Grek Hebr Beng Taml Telu Geor Armn Mymr Khmr Laoo
Gujr Knda Mlym Guru Orya Sinh Ethi Tibt Thaa Syrc Mong Bopo Cans Cher Yiii Tfng Nkoo Olck Vaii
Adlm Mtei Java Bali Sund Bugi Batk Lisu Plrd Rohg Cakm Cham Talu Tale Lana Tavt Lepc Limb Sylo
Saur Rjng Kali Mand Samr Copt Goth Ogam Runr Glag Cprt Linb Lina Xsux Egyp Hluw Phnx Lyci Lydi
Cari Ital Xpeo Ugar Avst Armi Phli Phlp Prti Sarb Narb Orkh Khar Brah Kthi Sora Takr Shrd Khoj
Sind Mahj Gran Modi Tirh Sidd Ahom Wara Newa Bhks Marc Dogr Gong Gonm Soyo Zanb Nand Diak Maka
Medf Sogd Sogo Elym Chrs Ougr Perm Aghb Elba Palm Nbat Hatr Mani Mend Bass Hmng Hmnp Pauc Mroo
Merc Mero Dsrt Shaw Osma Osge Bamu Dupl Hung Tglg Hano Buhd Tagb Phag Mult Nshu Tang Kits Yezi
Toto Vith Cpmn Tnsa Nagm Kawi Wcho Gara Gukh Krai Onao Sunu Todr Tutg
"""
_UNICODE_SCRIPTS = tuple(_SCRIPT_LIST.split())
_CODES = (NO_LETTER, SHARED, *_UNICODE_SCRIPTS)
_UNSEEN = 255

# A script counts as part of a CJK mixture from one character in ten: a Chinese page that decorates
# a shop name with one kana stays Hani, a Japanese headline (about one kana in three) is Jpan.
_MIXTURE_FRACTION = 0.1


@lru_cache(maxsize=1)
def _pattern() -> regex.Pattern[str]:
    branches = "|".join(rf"(\p{{Script={code}}})" for code in _UNICODE_SCRIPTS)
    return regex.compile(rf"(?=\p{{L}})(?:{branches})?")


@lru_cache(maxsize=1)
def _table() -> np.ndarray:
    """uint8[0x110000], the index into ``_CODES`` of each code point; filled as code points occur.

    Asking the regex engine for all 1.1 million code points at once would take seconds; a text has
    at most a few hundred distinct ones.
    """
    return np.full(0x110000, _UNSEEN, dtype=np.uint8)


def _classify(code_point: int) -> int:
    match = _pattern().match(chr(code_point))
    if match is None:
        return 0
    return 1 if match.lastindex is None else match.lastindex + 1


def script_counts(text: str) -> dict[str, int]:
    """Letters of each Unicode script in ``text``, in code points, ordered by code.

    Shared letters are under ``Zyyy``; ``"Привет, мир — Hi"`` gives ``{"Cyrl": 9, "Latn": 2}``.
    Lone surrogates are not letters.
    """
    code_points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    table = _table()
    script_of = table[code_points]
    if (script_of == _UNSEEN).any():
        for code_point in np.unique(code_points[script_of == _UNSEEN]).tolist():
            table[code_point] = _classify(code_point)
        script_of = table[code_points]
    counts = np.bincount(script_of, minlength=len(_CODES))
    return {_CODES[i]: int(counts[i]) for i in np.flatnonzero(counts).tolist() if i > 0}


def merge_cjk(counts: Mapping[str, int]) -> dict[str, int]:
    """Join kana, Hangul, Bopomofo and Han into the one of Jpan, Hang and Hani that they form.

    Args:
        counts: letters per Unicode script, as :func:`script_counts` gives them.

    Returns:
        The same counts with at most one of Jpan, Hang and Hani, and neither Hira, Kana nor Bopo.
    """
    kana = counts.get("Hira", 0) + counts.get("Kana", 0)
    hangul, han = counts.get("Hang", 0), counts.get("Hani", 0) + counts.get("Bopo", 0)
    merged = {
        script: n
        for script, n in counts.items()
        if script not in {"Hira", "Kana", "Hang", "Hani", "Bopo"}
    }
    total = kana + hangul + han
    if total:
        merged[_name_of_mixture(kana, hangul, total)] = total
    return merged


def _name_of_mixture(kana: int, hangul: int, total: int) -> str:
    if max(kana, hangul) < _MIXTURE_FRACTION * total:
        return "Hani"
    return "Jpan" if kana > hangul else "Hang"


def dominant_script(text: str) -> str:
    """The ISO 15924 script that most letters of ``text`` belong to.

    ``"日本の歴史"`` is ``Jpan``, ``"中国的历史"`` ``Hani``, ``"𞤀𞤁𞤂𞤢𞤃"`` ``Adlm``; without a letter
    ``Zxxx``. Of two equally frequent scripts the code that sorts first wins.
    """
    return most_frequent(merge_cjk(script_counts(text)))


def most_frequent(counts: Mapping[str, int]) -> str:
    """The script with the most letters; shared letters only decide if there are no others."""
    owned = {script: n for script, n in counts.items() if script != SHARED}
    if not owned:
        return SHARED if counts else NO_LETTER
    return min(owned, key=lambda script: (-owned[script], script))
