"""One look at many texts: the same counts as one at a time, and what is to be cleaned."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.lid.identified_text import printable
from curate.lid.survey import ADDRESS, AT_SIGN, REFUSED, survey
from curate.text.scripts import script_counts

TEXTS = st.lists(st.text(st.characters(), max_size=80), max_size=8)


@given(TEXTS)
def test_letters_are_counted_as_for_one_text(texts: list[str]) -> None:
    seen = survey(texts)
    assert [seen.counts_of(i) for i in range(len(texts))] == [
        dict(sorted(script_counts(text).items())) for text in texts
    ]


def test_letters_of_each_script_are_counted() -> None:
    texts = ["ab कि", "ภาษา ไทย", "عربي", "中文 ", "𞤀𞤣 𐌰", "12 🙂"]
    seen = survey(texts)
    assert [seen.counts_of(i) for i in range(len(texts))] == [
        {"Deva": 1, "Latn": 2},
        {"Thai": 7},
        {"Arab": 4},
        {"Hani": 2},
        {"Adlm": 2, "Goth": 1},
        {},
    ]


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("plain text, कि ไทย 中文 𞤀", 0),
        ("a\x00b", REFUSED),
        ("a\ud800b", REFUSED),
        ("a\U0001ffffb", REFUSED),
        ("a\tb\nc", 0),
        ("see http://x.y", ADDRESS),
        ("see www.x.y", ADDRESS),
        ("and/or: a//b ww.", 0),
        ("me@x.y", AT_SIGN),
        ("\x1b www.x.y a@b", REFUSED | ADDRESS | AT_SIGN),
    ],
)
def test_marks(text: str, mark: int) -> None:
    assert survey(["://", text, "ww"]).marks.tolist() == [ADDRESS, mark, 0]


def test_what_looks_like_an_address_across_two_texts_is_none() -> None:
    assert survey(["a:/", "/b", "www", ".x"]).marks.tolist() == [0, 0, 0, 0]


@given(TEXTS)
def test_whatever_is_refused_is_marked(texts: list[str]) -> None:
    marks = survey(texts).marks.tolist()
    assert [bool(mark & REFUSED) for mark in marks] == [printable(t) != t for t in texts]
