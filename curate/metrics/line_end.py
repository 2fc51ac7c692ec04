"""How a line ends: by its last visible sign, and whether that finishes a sentence. Kernels.

What stands behind a full stop does not take it back: quotes and brackets that close, marks of notes
(``[1]``, superscripts, daggers), emoji and other symbols, pilcrows, white space, invisible
characters. FineWeb (arXiv 2406.17557) and datatrove look at the last code point alone; their
arithmetic has columns of its own (``fineweb2_…``, ``datatrove_…``).

Some writers type a sign that their keyboard has for one that it lacks: ``|`` for the danda of the
scripts of India, ``::`` for the Ethiopic full stop, ``:`` for the Armenian one. Unicode has no
``Sentence_Terminal`` for the Greek question mark, which NFC makes a semicolon, the Tibetan shad and
the Hebrew sof pasuq. What these are is told by the letter before them.
"""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from curate.jit import bare_inner, kernel
from curate.text.characters import (
    CLASS_MASK,
    IS_FOLDED,
    IS_LETTER,
    IS_LINE_BREAK,
    IS_NUMBER,
    IS_SPACE,
    IS_TERMINAL,
    CharClass,
    properties,
    tables,
)

I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U16 = npt.NDArray[np.uint16]
U32 = npt.NDArray[np.uint32]

# General categories Pe, Pf and Pi: an opening quote of one language closes in another („…“, »…«).
CLOSING: Final = (
    ")]}༻༽᚜⁆⁾₎⌉⌋〉❩❫❭❯❱❳❵⟆⟧⟩⟫⟭⟯⦄⦆⦈⦊⦌⦎⦐⦒⦔⦖⦘⧙⧛⧽⸣⸥⸧⸩⹖⹘⹚⹜〉》」』】〕〗〙〛〞〟﴾︘︶︸︺︼︾﹀﹂﹄﹈﹚﹜﹞）］｝｠｣"
    "«‘‛“‟‹⸂⸄⸉⸌⸜⸠»’”›⸃⸅⸊⸍⸝⸡\u232a\u2e63"
)
# Straight and typed quotes, primes; Hebrew gershayim and geresh; letters used as apostrophes.
_QUOTES: Final = "\"'＂＇\u05f3\u05f4«»‹›‘’‚‛“”„‟」』〞〟﹂﹄｣"
_ALSO_CLOSING: Final = "`´′″‴‵‶‷\u055a\u02bb\u02bc\u02bd\u02ee"
# Marks of notes and of paragraphs that are punctuation: asterisks, daggers, pilcrows, hashes.
_NOTE_SIGNS: Final = "*＊†‡⸸§¶⁋⸿#＃※⁂⁎⁑_·•‣⁃"
_SUPERSCRIPTS: Final = (
    *(0xB2, 0xB3, 0xB9), *range(0x2070, 0x209D), *range(0x1D2C, 0x1D6B), 0x1D78,
    *range(0x1D9B, 0x1DC0), *range(0x2B0, 0x2B9), *range(0x2E0, 0x2E5),
    *range(0x2460, 0x249C), *range(0x24EA, 0x2500), *range(0x2776, 0x2794),  # circled numbers
)  # fmt: skip
_ELLIPSES: Final = "\u2026\u22ef\ufe19\u1801"
_BARS: Final = "|¦︱｜∣│\u09f7"
_COLONS: Final = ":\u1361\u2236"
# Sof pasuq, kunddaliya, shads.
_OTHER_STOPS: Final = (0x05C3, 0x0DF4, *range(0x0F0D, 0x0F13), 0x0F14)


class Role(IntEnum):
    """The role of a code point at the end of a line."""

    OTHER = 0  # ends the search: no sentence
    LETTER = 1
    INDIC = 2  # letters of scripts whose sentences end with a danda or a sign like it
    ETHIOPIC = 3
    ARMENIAN = 4
    GREEK = 5
    DIGIT = 6
    UNSEEN = 7  # white space and invisible characters
    PASSED = 8  # symbols, emoji, marks, and closing signs that begin no note
    QUOTE = 9  # a closing quotation mark
    BRACKET = 10  # a closing bracket, perhaps of a note or a smiley
    NOTE = 11  # superscripts
    BAR = 12
    COLON = 13
    SEMICOLON = 14
    ELLIPSIS = 15
    STOP = 16  # ends a sentence


_LETTER, _INDIC, _ETHIOPIC, _ARMENIAN, _GREEK, _DIGIT = 1, 2, 3, 4, 5, 6
_UNSEEN, _PASSED, _QUOTE, _BRACKET, _NOTE, _BAR, _COLON, _SEMICOLON = 7, 8, 9, 10, 11, 12, 13, 14
_DOTS, _STOP = 15, 16

_SCRIPTS: Final = (
    (Role.GREEK, ((0x0370, 0x03FF), (0x1F00, 0x1FFF))),
    (Role.ARMENIAN, ((0x0531, 0x0588), (0xFB13, 0xFB17))),
    (
        Role.ETHIOPIC,
        ((0x1200, 0x139F), (0x2D80, 0x2DDF), (0xAB00, 0xAB2F), (0x1E7E0, 0x1E7FF)),
    ),
    # Devanagari to Sinhala, Limbu, Lepcha and Ol Chiki, Syloti Nagri to extended Devanagari,
    # Meetei Mayek, Brahmi to Gunjala Gondi.
    (
        Role.INDIC,
        (
            (0x0900, 0x0DFF), (0x1900, 0x194F), (0x1C00, 0x1C7F), (0xA800, 0xA8FF),
            (0xAAE0, 0xAAFF), (0xABC0, 0xABFF), (0x11000, 0x11DFF),
        ),
    ),
)  # fmt: skip

SENTENCE, ELLIPSIS, VISIBLE, C4_MARK = 1, 2, 4, 8
"""Flags of how a line ends; "..." is the first two. C4_MARK: a stop of ASCII or a closing quote."""

NOTE_CHARS: Final = 40
"""Longest mark of a note, with its brackets: ``[citation needed]`` in any language."""


class Shown(IntEnum):
    """Columns of what :func:`count_shown` gives."""

    SEEN = 0  # lines between "\n" with something to see
    FINISHED = 1  # of these, that end a sentence
    SHOWN_BULLETS = 2  # of lines as str.splitlines cuts
    SHOWN_ELLIPSIS_ENDS = 3
    CAPITALS = 4  # code points
    CASED = 5  # capitals and small letters


@lru_cache(maxsize=1)
def roles() -> U8:
    """uint8[0x110000]: the :class:`Role` of each code point; read-only."""
    table = properties()
    kinds = table & CLASS_MASK
    role_of = np.zeros(len(table), np.uint8)
    for kind in ("SYMBOL", "PICTOGRAPH", "FLAG", "EXTEND"):
        role_of[kinds == CharClass[kind]] = Role.PASSED
    for kind in ("LETTER", "HEBREW", "DICTIONARY", "SYLLABLE"):
        role_of[kinds == CharClass[kind]] = Role.LETTER
    for role, ranges in _SCRIPTS:
        for first, last in ranges:
            part = role_of[first : last + 1]
            part[part == Role.LETTER] = role
    role_of[table & IS_NUMBER > 0] = Role.DIGIT
    unseen = (kinds == CharClass.SEPARATOR) | (kinds == CharClass.FORMAT)
    role_of[unseen | (table & (IS_SPACE | IS_LINE_BREAK) > 0)] = Role.UNSEEN
    for first, last in ((0x34F, 0x34F), (0x200C, 0x200D), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF)):
        role_of[first : last + 1] = Role.UNSEEN
    for signs, role in (
        (CLOSING + _ALSO_CLOSING + _NOTE_SIGNS, Role.PASSED),
        (_QUOTES, Role.QUOTE),
        (")]）］〕】(", Role.BRACKET),
        (map(chr, _SUPERSCRIPTS), Role.NOTE),
        (_BARS, Role.BAR),
        (_COLONS, Role.COLON),
        (";", Role.SEMICOLON),
        (_ELLIPSES, Role.ELLIPSIS),
        (map(chr, _OTHER_STOPS), Role.STOP),
    ):
        role_of[[ord(sign) for sign in signs]] = role
    role_of[table & IS_TERMINAL > 0] = Role.STOP
    role_of.setflags(write=False)
    return role_of


@lru_cache(maxsize=1)
def cases() -> U8:
    """uint8[0x110000]: 1 for a small letter that has a capital, 3 for a capital, else 0; read-only.

    A capital is what case folding changes to another letter. The Georgian capitals are no more than
    a style, but one of capitals too.
    """
    known = tables()
    case_of = np.zeros(len(known.properties), np.uint8)
    folding = known.folding
    is_capital = known.properties & (IS_FOLDED | IS_LETTER) == IS_FOLDED | IS_LETTER
    for point in np.flatnonzero(is_capital).tolist():
        fold = folding.fold_index[point]
        small = folding.fold_points[folding.fold_offsets[fold] : folding.fold_offsets[fold + 1]]
        if len(small) == 1:  # not ß, ligatures and others that fold to several
            case_of[point] = 3
            case_of[small[0]] = 1
    case_of.setflags(write=False)
    return case_of


_BREAK: Final = 4


@lru_cache(maxsize=1)
def signs() -> U8:
    """uint8[0x110000]: :func:`cases`, and 4 for what ends a line as str.splitlines cuts."""
    sign_of = cases() | np.where(properties() & IS_LINE_BREAK > 0, np.uint8(_BREAK), np.uint8(0))
    sign_of.setflags(write=False)
    return sign_of


_DOT, _COMMA, _HYPHEN, _EN_DASH, _KEYCAP = 0x2E, 0x2C, 0x2D, 0x2013, 0x20E3
_OPENING, _CLOSING, _LESS, _THREE = 0x28, 0x29, 0x3C, 0x33
_MOUTHS: Final = (_OPENING, _CLOSING, _THREE, 0x44, 0x50, 0x70)
"""Signs that end a smiley: brackets, 3, D, P and p."""
_EYES: Final = (0x3A, 0x3B, 0x3D)
_MIN_LAST_WORDS: Final = 3


@bare_inner
def _smiley_start(points: U32, low: int, at: int, role: U8) -> int:
    """Where a smiley or a heart, ``<3``, begins that ends before ``at``; ``at`` if none does."""
    eyes = at - 3 if points[max(at - 2, low)] == _HYPHEN else at - 2
    if eyes <= low or role[points[eyes - 1]] not in (_UNSEEN, _STOP):
        return at
    is_heart = points[eyes] == _LESS and points[at - 1] == _THREE
    return eyes if is_heart or points[eyes] in _EYES else at


@bare_inner
def _is_typed_stop(points: U32, low: int, at: int, role: U8) -> bool:
    """Whether the bar, colon or semicolon before ``at`` ends a sentence of its script.

    A bar may be of a table or menu: where a line has others, its last piece must be of some words.
    """
    sign = role[points[at - 1]]
    n_signs, k = 0, at
    while k > low and (role[points[k - 1]] == sign or role[points[k - 1]] == _UNSEEN):
        k -= 1
        n_signs += role[points[k]] == sign
    script, n_words, is_in_word = 0, 0, False
    while k > low and role[points[k - 1]] != sign:
        k -= 1
        role_here = role[points[k]]
        if not script and _LETTER <= role_here <= _GREEK:
            script = role_here
            if sign != _BAR:
                break
        n_words += role_here != _UNSEEN and not is_in_word
        is_in_word = role_here != _UNSEEN
    if sign == _BAR:
        return script == _INDIC and (k == low or n_words >= _MIN_LAST_WORDS)
    if sign == _SEMICOLON:
        return script == _GREEK
    return script == _ARMENIAN or (script == _ETHIOPIC and n_signs > 1)


@bare_inner
def _closes_sentence(points: U32, low: int, at: int, role: U8) -> bool:
    """Whether what stands in a bracket that closes before ``at`` ends as a sentence does."""
    k = at - 1
    while k > max(low, at - NOTE_CHARS) and role[points[k - 1]] in (_UNSEEN, _QUOTE, _PASSED):
        k -= 1
    sign = role[points[k - 1]] if k > low else _UNSEEN
    if sign in (_BAR, _COLON, _SEMICOLON):
        return _is_typed_stop(points, low, k, role)
    return sign >= _DOTS


@bare_inner
def _mark_start(points: U32, low: int, at: int, role: U8) -> int:
    """Where the mark of a note begins that ends before ``at``; ``at`` if none does.

    In square brackets a mark may say anything but a sentence, in round ones a number or a letter.
    """
    close = points[at - 1]
    is_round = close == _CLOSING or close == 0xFF09
    if close == _OPENING or _closes_sentence(points, low, at, role):
        return at
    opening = close - 2 if close == 0x5D or close == 0xFF3D else close - 1
    n_numbers = n_others = 0
    for k in range(at - 2, max(low, at - (5 if is_round else NOTE_CHARS)) - 1, -1):
        if points[k] == opening:
            is_note = not is_round or n_others == 1 or (n_numbers > 0 and n_others == 0)
            return k if is_note else at
        is_number = role[points[k]] == _DIGIT
        n_numbers += is_number
        n_others += not is_number
    return at


@bare_inner
def _line_end(points: U32, low: int, high: int, role: U8) -> int:
    """The flags of the end of a line; see :data:`SENTENCE`."""
    at, flags, is_in_notes, is_asked = high, 0, False, False
    while at > low:
        point = points[at - 1]
        what = role[point]
        if what != _UNSEEN and not flags:
            flags = VISIBLE | (C4_MARK if what == _QUOTE else 0)
        if what == _DOTS:
            return flags | ELLIPSIS
        if what == _STOP:
            is_three = at - low >= 3 and points[at - 2] == point and points[at - 3] == point
            is_dots = is_three and point in (_DOT, 0x3002, 0xFF0E)
            is_c4 = point in (_DOT, 0x3F, 0x21)
            return flags | SENTENCE | (ELLIPSIS if is_dots else 0) | (C4_MARK if is_c4 else 0)
        if what in (_BAR, _COLON, _SEMICOLON) and not is_asked:
            if _is_typed_stop(points, low, at, role):
                return flags | SENTENCE
            is_asked = True  # what they are is asked once, not of each of a run
        start = _smiley_start(points, low, at, role) if point in _MOUTHS else at
        if start == at and what == _BRACKET:
            start = _mark_start(points, low, at, role)
        is_in_notes |= what == _BRACKET and start < at
        if point == _KEYCAP:
            start = max(low, at - 2)  # the digit or sign that it is drawn around, and a selector
            start -= start > low and role[points[start]] == _UNSEEN
        is_note = what == _NOTE or (is_in_notes and point in (_COMMA, _HYPHEN, _EN_DASH))
        is_in_notes |= is_note
        is_passed = is_note or what in (_UNSEEN, _PASSED, _QUOTE, _BAR)
        is_passed |= what == _BRACKET and point != _OPENING
        if start == at and not is_passed and point != 0x1361:
            return flags
        at = min(start, at - 1)
    return flags


@bare_inner
def _is_bullet(points: U32, low: int, high: int, role: U8) -> bool:
    """Whether the first sign of a line is a bullet or a hyphen."""
    while low < high and role[points[low]] == _UNSEEN:
        low += 1
    return low < high and (points[low] == 0x2022 or points[low] == _HYPHEN)


@kernel
def count_shown(points: U32, offsets: I64, sign: U8, role: U8) -> tuple[I64, U8]:
    """Count the lines of many texts by what a reader sees of them.

    A line between "\\n" is mostly one as str.splitlines cuts, too; its end is looked at once.

    Args:
        points: uint32[n_points].
        offsets: int64[n_texts + 1].
        sign: uint8[0x110000], from :func:`signs`.
        role: uint8[0x110000], from :func:`roles`.

    Returns:
        int64[n_texts, len(Shown)], and uint8[n_lines], the flags of the end of each line as
        str.splitlines cuts, of all texts one after the other.
    """
    counts = np.zeros((len(offsets) - 1, 6), np.int64)
    ends = np.empty(len(points) + len(offsets), np.uint8)  # what stays untouched takes no memory
    n_ends = 0
    for text in range(len(offsets) - 1):
        line = piece = offsets[text]  # where a line between "\n" begins, and one of splitlines
        high = offsets[text + 1]
        n_capitals = n_cased = 0
        for at in range(offsets[text], high + 1):
            if at < high:
                kind = sign[points[at]]
                n_cased += kind & 1
                n_capitals += (kind >> 1) & 1
                if not kind & _BREAK:
                    continue
            flags = 0
            is_pair = piece == at and offsets[text] < at < high
            is_pair = is_pair and points[at] == 10 and points[at - 1] == 13
            if piece < high and not is_pair:
                flags = _line_end(points, piece, at, role)
                ends[n_ends] = flags
                n_ends += 1
                counts[text, 2] += _is_bullet(points, piece, at, role)
                counts[text, 3] += flags & ELLIPSIS != 0
            if at == high or points[at] == 10:
                if line != piece:
                    flags = _line_end(points, line, at, role)
                counts[text, 0] += flags & VISIBLE != 0
                counts[text, 1] += flags & SENTENCE != 0
                line = at + 1
            piece = at + 1
        counts[text, 4], counts[text, 5] = n_capitals, n_cased
    return counts, ends[:n_ends]
