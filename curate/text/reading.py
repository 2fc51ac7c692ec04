"""The reading form: the text without what changes its look or its spelling but not its words.

Identification and deduplication read it; what is stored keeps its marks. A reader takes ``ﺳﻼﻡ`` and
``سلام``, ``ｆｕｌｌ`` and ``full``, a word with and without soft hyphens, Arabic and Hebrew with
and without points for the same text; models and hashes do not, unless they are given one form.

Marks that a script needs stay: those of Indic scripts, Thai, Khmer or Korean, the points of Yiddish
and Kashmiri, and joiners where they join or part something. So do symbols, punctuation and
whatever separates words: an ordinary text has as many words after as before.

Most texts come back as they are after one look at a table of kinds of characters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import regex

from curate.text.characters import N_CODE_POINTS, code_points
from curate.text.flat import Bools, Texts, flatten
from curate.text.normalize import nfc

READING_VERSION: Final = 1
"""Raised when a form changes; goes into the fingerprint of every step that reads forms."""

U8 = npt.NDArray[np.uint8]

# Kinds of characters, as bits of a table.
_LEFT_OUT: Final = 1
_COMPATIBLE: Final = 2
_JOINER: Final = 4
_ARABIC_POINT: Final = 8
_HEBREW_POINT: Final = 16
_CEDILLA: Final = 32
_GREEK: Final = 64  # a capital with an accent
_FOLDED: Final = 128  # looked at for shingles only
_NOT_FOR_IDENTIFICATION: Final = np.uint8(0xFF ^ _FOLDED)

# Soft hyphen, grapheme joiner, direction marks, word joiner, invisible operators, byte order mark,
# annotation marks, variation selectors and tags; tatweel and its N'Ko sister stretch a word. The
# Mongolian vowel separator, zero width space and marks that have a shape of their own stay.
_INVISIBLE: Final = (
    "\u00ad\u034f\u061c\u0640\u07fa\u180b-\u180d\u180f\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0001\U000e0020-\U000e007f\U000e0100-\U000e01ef"
)

# Letters that NFKC takes for others. Not among them are letters with a compatibility decomposition
# that their languages write: Thai and Lao am, Armenian ech-yiwn, Kazakh high hamza, Hangul jamo.
_FORMS: Final = (
    "\u0132\u0133\u013f\u0140\u0149\u017f\u01c4-\u01cc\u01f1-\u01f3\u1e9a"  # Latin digraphs, long s
    "\u03d0-\u03d2\u03d5\u03d6\u03f0-\u03f2\u03f4\u03f5\u03f9"  # Greek letters as symbols
    "\u2102-\u2134\u213c-\u213f\u2145-\u2149"  # letters as symbols
    "\u2e9f\u2ef3\u2f00-\u2fd5"  # radicals, which come from PDF files in place of Han letters
    "\ufb00-\ufb4f\ufb50-\ufdff\ufe70-\ufefc"  # Latin, Armenian, Hebrew, Arabic forms
    "\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uffdc"  # full and half width
    "\U0001d400-\U0001d7ff\U0001ee00-\U0001eeff"  # mathematical
)

_RADICALS: Final = (0x2E9F, 0x2EF3, *range(0x2F00, 0x2FD6))

_ARABIC_POINTS: Final = (
    "\u0610-\u061a\u064b-\u0652\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    "\u08d3-\u08e1\u08e3-\u08ff"
)
_HEBREW_POINTS: Final = "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
_CEDILLAS: Final = "\u015e\u015f\u0162\u0163"

_LEFT_OUT_RUN: Final = regex.compile(f"[{_INVISIBLE}]+")
_ARABIC_RUN: Final = regex.compile(f"[{_ARABIC_POINTS}]+")
_HEBREW_RUN: Final = regex.compile(f"[{_HEBREW_POINTS}]+")
_HEBREW_ONE: Final = regex.compile(f"[{_HEBREW_POINTS}]")

# Kashmiri writes its vowels with points; no other language has these letters and marks.
_KASHMIRI: Final = regex.compile("[\u0620\u0655-\u0657\u065f\u0672\u0673\u06c4\u06cd]")

# The letters that Yiddish points: alef, yod yod, fey and veys with their own marks, no others. The
# long form of a double yod has its mark behind the second.
_YIDDISH: Final = regex.compile(
    "\u05d0[\u05b7\u05b8]|[\u05d9\u05f2]\u05b7|[\u05d1\u05e4]\u05bf|[\u05d9]\u05b4"
    "|[\u05db\u05e4\u05ea]\u05bc|\u05e9\u05c2"
)
_YIDDISH_SHARE: Final = 0.8
_MIN_YIDDISH: Final = 2

ROMANIAN: Final = "\u0102\u0103\u0162\u0163\u021a\u021b"
TURKIC: Final = "\u011e\u011f\u018f\u0259\u00d6\u00f6\u00dc\u00fc"
_ROMANIAN: Final = regex.compile(f"[{ROMANIAN}]")
_TURKIC: Final = regex.compile(f"[{TURKIC}\u0131]")  # the form for shingles has no dotless i left
_COMMAS: Final = str.maketrans("\u015e\u015f\u0162\u0163", "\u0218\u0219\u021a\u021b")

# Scripts in which a joiner between letters decides how they are written.
_INDIC: Final = (
    r"\p{sc=Deva}\p{sc=Beng}\p{sc=Guru}\p{sc=Gujr}\p{sc=Orya}\p{sc=Taml}\p{sc=Telu}\p{sc=Knda}"
    r"\p{sc=Mlym}\p{sc=Sinh}\p{sc=Khmr}\p{sc=Mymr}\p{sc=Tibt}\p{sc=Java}\p{sc=Bali}\p{sc=Sund}"
    r"\p{sc=Lana}\p{sc=Cham}\p{sc=Mtei}\p{sc=Newa}\p{sc=Cakm}\p{sc=Tirh}\p{sc=Gran}"
)
_CURSIVE: Final = r"\p{sc=Arab}\p{sc=Syrc}\p{sc=Mong}\p{sc=Phag}\p{sc=Mand}\p{sc=Rohg}\p{sc=Adlm}"
# Arabic letters that never join the one behind them (Joining_Type R and U, ArabicShaping.txt).
_NEVER_JOIN: Final = (
    "\u0621-\u0625\u0627\u0629\u062f-\u0632\u0648\u0671-\u0677\u0688-\u0699\u06c0\u06c3-\u06cb"
    "\u06cd\u06cf\u06d2\u06d3\u06d5\u06ee\u06ef\u0759-\u075b\u076b\u076c\u0771\u0773\u0774"
    "\u0778\u0779"
)
INDIC_SIGN: Final = rf"[[\p{{L}}\p{{M}}]&&[{_INDIC}]]"
JOINS: Final = rf"[[\p{{L}}\p{{M}}]&&[{_CURSIVE}]--[{_NEVER_JOIN}]]"
JOINED: Final = rf"[\p{{L}}&&[{_CURSIVE}]--[\u0621\u0674]]"
_RUN_OF_JOINERS: Final = regex.compile("([\u200c\u200d])[\u200c\u200d]+")
_NEEDLESS: Final = regex.compile(
    rf"(?:(?<={INDIC_SIGN})[\u200c\u200d](?={INDIC_SIGN})"
    rf"|(?<={JOINS})\u200c(?={JOINED})"
    rf"|(?<=[\p{{ccc=9}}&&[{_INDIC}]])\u200d"
    r"|(?<=[^\p{L}\p{M}\s])\u200d"  # between emoji
    r")(*SKIP)(*FAIL)|[\u200c\u200d]",
    regex.V1,
)

# Malayalam letters without a vowel, written with a joiner before Unicode 5.1 encoded them.
_CHILLUS: Final = {
    f"{letter}\u0d4d\u200d": chillu
    for letter, chillu in zip("\u0d23\u0d28\u0d30\u0d32\u0d33\u0d15", "ൺൻർൽൾൿ", strict=True)
}
_CHILLU: Final = regex.compile("[\u0d23\u0d28\u0d30\u0d32\u0d33\u0d15]\u0d4d\u200d")

_DOTLESS: Final = str.maketrans("\u0130\u0131", "Ii")


def reading_form(text: str) -> str:
    """The form that identifiers read. Idempotent, linear in ``text``; raises on no str.

    Args:
        text: in NFC; so is the result.
    """
    return _form(text, _NOT_FOR_IDENTIFICATION)


def shingle_reading(text: str) -> str:
    """The form deduplication reads: :func:`reading_form`, less what capitals do not tell apart.

    Greek loses its accents, for capitals are written without, and the Turkish i has its dot or none
    as in other languages: ``ΆΝΘΡΩΠΟΣ``, ``ΑΝΘΡΩΠΟΣ`` and ``άνθρωπος`` become equal when folded.

    Args:
        text: in NFC; so is the result.
    """
    return _form(text, np.uint8(0xFF))


def is_reading(texts: Texts, *, for_shingles: bool = False) -> Bools:
    """bool[n_texts]: True where the form is the text itself; one look at each character.

    False says only that the form has to be asked for.

    Args:
        texts: in NFC.
        for_shingles: the form is that of :func:`shingle_reading`.
    """
    flat = flatten(texts)
    seen = reading_kinds()[flat.points] & (0xFF if for_shingles else _NOT_FOR_IDENTIFICATION)
    at = np.concatenate((np.zeros(1, np.int64), np.cumsum(seen != 0, dtype=np.int64)))
    return np.asarray(at[flat.offsets[1:]] == at[flat.offsets[:-1]], np.bool_)


def is_changed_for_identification() -> Bools:
    """bool[0x110000]: the characters that :func:`reading_form` may change."""
    return np.asarray(reading_kinds() & _NOT_FOR_IDENTIFICATION != 0, np.bool_)


@lru_cache(maxsize=1)
def reading_kinds() -> U8:
    """uint8[0x110000]: bits that say which rule may change a character; 0 for most. Read-only.

    The highest bit is of :func:`shingle_reading` alone.
    """
    table = np.zeros(N_CODE_POINTS, np.uint8)
    for pattern, kind in (
        (_INVISIBLE, _LEFT_OUT),
        (_ARABIC_POINTS, _ARABIC_POINT),
        (_HEBREW_POINTS, _HEBREW_POINT),
        (_CEDILLAS, _CEDILLA),
        ("\u200c\u200d", _JOINER),
        ("\u0130\u0131", _FOLDED),
    ):
        table[list(_points(pattern))] |= kind
    table[list(_forms())] |= _COMPATIBLE
    for point, bare in _greek().items():
        table[point] |= _GREEK if chr(bare).isupper() else _FOLDED
    table.setflags(write=False)
    return table


def _points(ranges: str) -> Iterable[int]:
    """The code points of the inside of a character class that has ranges and nothing else."""
    place = 0
    while place < len(ranges):
        is_range = ranges[place + 1 : place + 2] == "-"
        last = place + 2 if is_range else place
        yield from range(ord(ranges[place]), ord(ranges[last]) + 1)
        place = last + 1


@lru_cache(maxsize=1)
def _forms() -> dict[int, str]:
    """Letters and digits that are forms of others -> these.

    One step of a width's decomposition is enough: that of a half-width Hangul letter is one of the
    letters that Korean writes alone. Forms that have a space in them, such as whole phrases in one
    character, would become several words and stay; points above nothing are left out.
    """
    forms = {}
    for point in _points(_FORMS):
        kind, *parts = unicodedata.decomposition(chr(point)).split() or [""]
        if unicodedata.category(chr(point))[0] not in "LN" and point not in _RADICALS:
            continue
        if kind in ("<wide>", "<narrow>"):
            form = "".join(chr(int(part, 16)) for part in parts)
        elif kind.startswith("<"):
            form = _ARABIC_RUN.sub("", unicodedata.normalize("NFKC", chr(point)).strip())
        else:
            continue
        if " " not in form:
            forms[point] = form
    return forms


@lru_cache(maxsize=1)
def _greek() -> dict[int, int]:
    """Greek letters with accents, breathings, a dieresis or an iota below -> the bare letter."""
    letters = {}
    for point in (*range(0x370, 0x400), *range(0x1F00, 0x2000)):
        bare = ord(unicodedata.normalize("NFD", chr(point))[0])
        if bare != point and chr(bare).isalpha() and 0x370 <= bare < 0x400:
            letters[point] = bare
    return letters


@lru_cache(maxsize=1)
def _greek_capitals() -> dict[int, int]:
    return {point: bare for point, bare in _greek().items() if chr(bare).isupper()}


def _form(text: str, kinds_read: np.uint8) -> str:
    while not text.isascii():
        kinds = int(np.bitwise_or.reduce(reading_kinds()[code_points(text)]) & kinds_read)
        if not kinds:
            break
        read = nfc(_once(text, kinds))
        if read == text:
            break
        text = read
    return text


def _once(text: str, kinds: int) -> str:
    if kinds & _COMPATIBLE:
        text = text.translate(_forms())
    if kinds & _LEFT_OUT:
        text = _LEFT_OUT_RUN.sub("", text)
    for kind, change in _CHANGES:
        if kinds & kind:
            text = change(text)
    return text


def _without_arabic_points(text: str) -> str:
    if _KASHMIRI.search(text):
        return text
    return str(_ARABIC_RUN.sub("", text))


def _without_hebrew_points(text: str) -> str:
    n_yiddish = len(_YIDDISH.findall(text))
    if n_yiddish >= _MIN_YIDDISH and n_yiddish >= _YIDDISH_SHARE * len(_HEBREW_ONE.findall(text)):
        return text
    return str(_HEBREW_RUN.sub("", text))


def _with_commas(text: str) -> str:
    """Romanian with the comma below; Turkish and its relatives do write the cedilla."""
    is_romanian = len(_ROMANIAN.findall(text)) > len(_TURKIC.findall(text))
    return text.translate(_COMMAS) if is_romanian else text


def _with_bare_capitals(text: str) -> str:
    return text.translate(_greek_capitals())


def _folded(text: str) -> str:
    return text.translate(_greek()).translate(_DOTLESS)


def _with_few_joiners(text: str) -> str:
    """Only joiners that join or part something, and the first of several."""
    text = _CHILLU.sub(lambda match: _CHILLUS[match[0]], text)
    return str(_NEEDLESS.sub("", _RUN_OF_JOINERS.sub(r"\1", text)))


_CHANGES: Final[tuple[tuple[int, Callable[[str], str]], ...]] = (
    (_ARABIC_POINT, _without_arabic_points),
    (_HEBREW_POINT, _without_hebrew_points),
    (_JOINER, _with_few_joiners),
    (_CEDILLA, _with_commas),
    (_GREEK, _with_bare_capitals),
    (_FOLDED, _folded),
)
