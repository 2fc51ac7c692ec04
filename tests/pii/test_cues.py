"""Words before a number are looked up as a regular expression would find them."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from curate.pii import PHONE_NUMBER, cues, find
from curate.pii.candidate_spans import candidates, tables
from curate.pii.digits import ascii_table
from curate.text.flat import flatten

STRONG, WEAK, VERBS = (
    words.split() for words in (cues._STRONG_WORDS, cues._WEAK_WORDS, cues._VERBS)
)
PHONE = [*STRONG, *WEAK, *VERBS]
OTHER = cues._OTHER_WORDS.split()


def pattern_of(words: list[str]) -> re.Pattern[str]:
    """The same in one expression."""
    spaced = [re.escape(w) for w in words if not cues._UNSPACED.search(w)]
    others = [re.escape(w) for w in words if cues._UNSPACED.search(w)]
    whole = rf"(?<![^\W\d_])(?:{'|'.join(spaced)})(?![^\W\d_])"
    return re.compile(rf"(?:{whole}|{'|'.join(others)}|[{cues._MARKS}])", re.IGNORECASE)


PATTERNS = pattern_of(PHONE), pattern_of(OTHER)


def plainly(before: str) -> tuple[bool, bool]:
    """What :func:`curate.pii.cues.cue_before` says, with expressions."""
    near = before[before.rfind("\n") + 1 :][-cues.REACH :]
    found, is_part = [], False
    for pattern in PATTERNS:
        at = -1
        for match in pattern.finditer(near):
            between = near[match.end() :]
            at = match.start() if len(between) <= 16 and not re.search("[0-9]", between) else -1
            if pattern is PATTERNS[0]:  # of an identifier, such as 10.1016/j.cell.2013.05.039
                is_part = between == "." and near[: match.start()].endswith((".", "@", "_"))
        found.append(at)
    phone, other = found
    return phone >= 0 and phone >= other and not is_part, other > phone


def looked_up(before: str) -> tuple[bool, bool]:
    found = cues.cue_before(before)
    return found.phone, found.other


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
@example("10.1016/j.cell.")
@example(".โทรศัพท์.")
@example("tel" + 16 * ".")  # the farthest a word may be
@example("tel" + 17 * ".")
@example("telefonnummer" + 15 * ".")  # the farthest it may begin
@example("telefonnummer" + 16 * ".")
def test_words_are_found_as_an_expression_finds_them(before: str) -> None:
    assert looked_up(before) == plainly(before)


def cases_of(word: str) -> set[str]:
    return {w for w in (word, word.upper(), word.title()) if len(w) == len(word)}  # ß has two


@pytest.mark.parametrize("word", STRONG)
def test_each_word_says_phone_in_any_case(word: str) -> None:
    for written in cases_of(word):
        assert [s.kind for s in find([f"{written} 12 34 56"])[0]] == [PHONE_NUMBER]


@pytest.mark.parametrize("word", [*WEAK, *VERBS])
def test_each_word_that_says_other_things_too_wants_more(word: str) -> None:
    for written in cases_of(word):
        if word in WEAK:
            assert find([f"{written} 123 1234", f"{written} 12 34 56"]) == [[], []]
        for number in ("0171 2345678", "212 567 3456", "13812345678"):
            assert [s.kind for s in find([f"{written} {number}"])[0]] == [PHONE_NUMBER]
        assert [s.kind for s in find([f"{written}: 234 5678"])[0]] == [PHONE_NUMBER]


@pytest.mark.parametrize("word", ["tel", "дзвоніть", "电话", "โทร", "𞤼𞤫𞤤", "ﬃ", "İstanbul", "ſ"])
def test_case_is_folded_character_for_character(word: str) -> None:
    assert len(cues.folded(word)) == len(word)
    assert cues.folded(cues.folded(word)) == cues.folded(word)


def test_the_pass_over_the_text_lets_every_word_through() -> None:
    for word in PHONE:
        flat = flatten([f"{word} 234567"])
        assert len(candidates(flat.points, flat.offsets, tables(), False)) == 1
    flat = flatten(["a line 234567"])
    assert len(candidates(flat.points, flat.offsets, tables(), False)) == 0


def test_numbers_of_every_script_are_of_one_table() -> None:
    table = ascii_table()
    for zero in "0٠०๐０𞥐":
        assert [chr(table[ord(zero) + i]) for i in range(10)] == list("0123456789")
    assert table[ord("ー")] == ord("ー")
