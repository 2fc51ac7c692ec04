"""Character tables: against Unicode and against what FineWeb2 lists."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest

from curate.text import characters
from curate.text.characters import CharClass

# The terminal punctuation of FineWeb's line rule as datatrove 0.10 (Apache-2.0) lists it.
FINEWEB_TERMINAL = (
    "!.?\u0589\u061d\u061e\u061f\u06d4\u0700\u0701\u0702\u07f9\u0837\u0839\u083d\u083e\u0964"
    "\u0965\u104a\u104b\u1362\u1367\u1368\u166e\u1735\u1736\u17d4\u17d5\u17d6\u17d9\u17da"
    "\u1803\u1809\u1944\u1945\u1aa8\u1aa9\u1aaa\u1aab\u1b5a\u1b5b\u1b5e\u1b5f\u1b7d\u1b7e"
    "\u1c3b\u1c3c\u1c7e\u1c7f\u203c\u203d\u2047\u2048\u2049\u2e2e\u2e3c\u2e53\u2e54\u3002"
    "\ua4ff\ua60e\ua60f\ua6f3\ua6f7\ua876\ua877\ua8ce\ua8cf\ua92f\ua9c8\ua9c9\uaa5d\uaa5e"
    "\uaa5f\uaaf0\uaaf1\uabeb\ufe52\ufe56\ufe57\uff01\uff0e\uff1f\uff61\U00010a56\U00010a57"
    "\U00010f55\U00010f56\U00010f57\U00010f58\U00010f59\U00010f86\U00010f87\U00010f88"
    "\U00010f89\U00011047\U00011048\U000110be\U000110bf\U000110c0\U000110c1\U00011141"
    "\U00011142\U00011143\U000111c5\U000111c6\U000111cd\U000111de\U000111df\U00011238"
    "\U00011239\U0001123b\U0001123c\U000112a9\U0001144b\U0001144c\U000115c2\U000115c3"
    "\U000115c9\U000115ca\U000115cb\U000115cc\U000115cd\U000115ce\U000115cf\U000115d0"
    "\U000115d1\U000115d2\U000115d3\U000115d4\U000115d5\U000115d6\U000115d7\U00011641"
    "\U00011642\U0001173c\U0001173d\U0001173e\U00011944\U00011946\U00011a42\U00011a43"
    "\U00011a9b\U00011a9c\U00011c41\U00011c42\U00011ef7\U00011ef8\U00011f43\U00011f44"
    "\U00016a6e\U00016a6f\U00016af5\U00016b37\U00016b38\U00016b44\U00016e98\U0001bc9f"
    "\U0001da88"
)


def test_holds_every_terminal_mark_that_fineweb_lists() -> None:
    assert len(set(FINEWEB_TERMINAL)) == 159
    assert set(FINEWEB_TERMINAL) <= characters.terminal_punctuation()


def test_adds_few_terminal_marks_to_those_of_fineweb() -> None:
    added = characters.terminal_punctuation() - set(FINEWEB_TERMINAL)
    assert added >= set("⳹⳺⳻︒︕︖․")
    assert len(added) < 30


@pytest.mark.parametrize("mark", list(".!?।॥。？！؟۔።။។᠃߹։꓿𑁇"))
def test_ends_a_sentence(mark: str) -> None:
    assert mark in characters.terminal_punctuation()


@pytest.mark.parametrize("mark", list("…:;、,،)]\"”»'’ฯཿ」-a1"))
def test_ends_no_sentence(mark: str) -> None:
    assert mark not in characters.terminal_punctuation()


@pytest.mark.parametrize(
    ("char", "char_class"),
    [
        (" ", CharClass.SEPARATOR),
        ("\x00", CharClass.SEPARATOR),
        ("\u0f0b", CharClass.SEPARATOR),
        ("\u1361", CharClass.SEPARATOR),
        ("\u200b", CharClass.SEPARATOR),
        ("\u00ad", CharClass.FORMAT),
        ("\u200f", CharClass.FORMAT),
        ("\u094d", CharClass.EXTEND),
        ("\u0e33", CharClass.EXTEND),
        ("\u200d", CharClass.EXTEND),
        ("🏽", CharClass.EXTEND),
        ("é", CharClass.LETTER),
        ("한", CharClass.LETTER),
        ("𞤀", CharClass.LETTER),
        ("ʼ", CharClass.LETTER),
        ("א", CharClass.HEBREW),
        ("٣", CharClass.DIGIT),
        ("Ⅷ", CharClass.DIGIT),
        ("世", CharClass.DICTIONARY),
        ("𠮷", CharClass.DICTIONARY),
        ("ー", CharClass.DICTIONARY),
        ("〇", CharClass.DICTIONARY),
        ("ก", CharClass.DICTIONARY),
        ("๑", CharClass.DIGIT),
        ("ꆈ", CharClass.SYLLABLE),
        ("।", CharClass.PUNCT),
        ("፣", CharClass.PUNCT),
        ("—", CharClass.PUNCT),
        ("₿", CharClass.SYMBOL),
        ("\ue000", CharClass.SYMBOL),
        ("\ud800", CharClass.SYMBOL),
        ("\U0010ffff", CharClass.SYMBOL),
        ("👍", CharClass.PICTOGRAPH),
        ("🇫", CharClass.FLAG),
        ("'", CharClass.MID_WORD),
        ("־", CharClass.MID_WORD),
        ("·", CharClass.MID_LETTERS),
        (".", CharClass.MID_DIGITS),
        ('"', CharClass.MID_HEBREW),
    ],
)
def test_class_of(char: str, char_class: CharClass) -> None:
    assert characters.properties()[ord(char)] & characters.CLASS_MASK == char_class


def test_every_combining_mark_extends_what_is_before_it() -> None:
    table = characters.properties() & characters.CLASS_MASK
    marks = [
        point
        for point in range(characters.N_CODE_POINTS)
        if unicodedata.category(chr(point)).startswith("M")
    ]
    assert len(marks) > 2000
    assert (table[marks] == CharClass.EXTEND).all()


def test_letter_flag_is_the_standard_librarys_isalpha() -> None:
    table = characters.properties()
    points = range(0x30000)
    letters = np.array([chr(point).isalpha() for point in points])
    assigned = np.array([unicodedata.category(chr(point)) != "Cn" for point in points])
    flags = (table[: len(letters)] & characters.IS_LETTER) > 0
    assert (flags == letters)[assigned].all()


def test_table_is_shared_and_read_only() -> None:
    table = characters.properties()
    assert table.shape == (0x110000,)
    assert table.dtype == np.uint16
    assert characters.properties() is table
    with pytest.raises(ValueError, match="read-only"):
        table[0] = 1


@pytest.mark.parametrize("text", ["。」", "+", "👍🏽", "...", "\u0301", " ", "\ud800", "€"])
def test_is_punctuation_or_symbol(text: str) -> None:
    assert characters.is_punctuation_or_symbol(text)


@pytest.mark.parametrize("text", ["", "a", "٣", "कि", "$5", "½", "人", "𞤀!"])
def test_is_no_punctuation_or_symbol(text: str) -> None:
    assert not characters.is_punctuation_or_symbol(text)


@pytest.mark.parametrize(
    ("text", "expected"), [("कि", True), ("3a", True), ("٣", False), ("\u0301", False), ("", False)]
)
def test_has_letter(text: str, *, expected: bool) -> None:
    assert characters.has_letter(text) == expected


def test_code_points_pass_lone_surrogates() -> None:
    assert characters.code_points("a\ud800𞤀").tolist() == [0x61, 0xD800, 0x1E900]
