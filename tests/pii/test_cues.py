"""Words before a number are looked up as a regular expression would find them."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from curate.pii import PHONE_NUMBER, cues, find
from curate.pii.digits import ascii_table
from curate.pii.phone import phone_tables

PHONE = cues._PHONE_WORDS.split()
OTHER = cues._OTHER_WORDS.split()


def pattern_of(words: list[str]) -> re.Pattern[str]:
    """The same in one expression."""
    spaced = [re.escape(w) for w in words if not cues._UNSPACED.search(w)]
    others = [re.escape(w) for w in words if cues._UNSPACED.search(w)]
    whole = rf"(?<![^\W\d_])(?:{'|'.join(spaced)})(?![^\W\d_])"
    return re.compile(rf"(?:{whole}|{'|'.join(others)}|[{cues._MARKS}])", re.IGNORECASE)


PATTERNS = pattern_of(PHONE), pattern_of(OTHER)


def plainly(before: str) -> tuple[bool, bool]:
    """What :func:`curate.pii.cues.cues_before` says, with expressions."""
    near = before[before.rfind("\n") + 1 :][-cues.REACH :]
    found = []
    for pattern in PATTERNS:
        at = -1
        for match in pattern.finditer(near):
            between = near[match.end() :]
            at = match.start() if len(between) <= 16 and not re.search("[0-9]", between) else -1
        found.append(at)
    phone, other = found
    return phone >= 0 and phone >= other, other > phone


def compiled(before: str) -> tuple[bool, bool]:
    window = np.array([ord(c) for c in f"{before}12"], np.uint32)
    phone, other = cues.cues_before(window, len(before), phone_tables().cues)
    return bool(phone), bool(other)


WORD = st.sampled_from([*PHONE, *OTHER, *cues._MARKS])
CASED = st.builds(
    lambda word, how: getattr(word, how)(),
    WORD,
    st.sampled_from(["lower", "upper", "title", "swapcase"]),
)
BETWEEN = [" ", ". ", ": ", "\n", "1", "x", "é", "ö", "ि", "号", "\u017f", "_"]
PIECE = CASED | st.sampled_from(BETWEEN)


@settings(deadline=None, max_examples=300)  # the first call compiles
@given(st.lists(PIECE, max_size=6).map("".join))
@example("TE\u017f. Tel\u212a")
@example("isbn or tel.: ")
@example("İletişim TELEFON ")
@example("tel" + 16 * ".")  # the farthest a word may be
@example("tel" + 17 * ".")
@example("telefonnummer" + 15 * ".")  # the farthest it may begin
@example("telefonnummer" + 16 * ".")
def test_words_are_found_as_an_expression_finds_them(before: str) -> None:
    assert compiled(before) == plainly(before)


@pytest.mark.parametrize("word", PHONE)
def test_each_word_says_phone_in_any_case(word: str) -> None:
    for written in {word, word.upper(), word.title()}:
        if len(written) == len(word):  # ß has two capitals
            assert [s.kind for s in find([f"{written} 12 34 56"])[0]] == [PHONE_NUMBER]


def test_numbers_of_every_script_are_of_one_table() -> None:
    table = ascii_table()
    for zero in "0٠०๐０𞥐":
        assert [chr(table[ord(zero) + i]) for i in range(10)] == list("0123456789")
    assert table[ord("ー")] == ord("ー")
