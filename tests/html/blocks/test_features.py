"""Features: what they count, and that they know no language."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.html.blocks.block_features import BLOCK_NAMES, Features, block_features
from curate.html.blocks.character_counts import (
    T_DIGIT,
    T_ENDS,
    T_LINK,
    T_LINKS,
    T_PROSE,
    T_TERMINAL,
    T_WIDTH,
)
from curate.html.blocks.classes import COMMA, DIGIT, LETTER, SYMBOL, TERMINAL, WIDTH, classes
from curate.html.blocks.groups import count_places, number_keys
from curate.html.markup.read_page import read_page
from curate.html.page_lines import width_of

LATIN = "abcdefghijklmnopqrstuvwxyz"
ALPHABETS = (
    "абвгдежзийклмнопрстуфхцчшщ",
    "αβγδεζηθικλμνξοπρστυφχψωάέ",
    "ابتثجحخدذرزسشصضطظعغفقكلمنه",
    "กขคงจฉชซญฎฏฐณดตถทธนบปผฝพฟภ",
    "कखगघङचछजझञटठडढणतथदधनपफबभमय",
    "".join(map(chr, range(0x1E922, 0x1E922 + 26))),  # Adlam, beyond the basic plane
)
PAGE = (
    "<title>{0} {1}</title><nav class=menu><a href=/>{2}</a> <a href=/>{3}</a></nav>"
    "<main><h1>{0}</h1><p>{4}. {5}, {6}! <a href=/>{7}</a> 12.5 €<p>{8}? {4}."
    "<ul><li>{2}<li>{3}<li>{5}</ul></main><footer>© {1}</footer>"
)


def features_of(html: str) -> Features:
    return block_features(read_page(html))


@pytest.mark.parametrize(
    "text", ["abc", "人人生而自由", "ひらカナ", "자유", "สวัสดี", "𞤀𞤣𞤤", "𠀀𠮷", "བོད་ཡིག"]
)
def test_the_width_is_the_one_of_lines(text: str) -> None:
    assert features_of(f"<p>{text}").counts[0, T_WIDTH] == width_of(text)


def test_classes_of_some_code_points() -> None:
    table = classes()
    for char, kind in {
        "a": LETTER, "۳": DIGIT, "।": TERMINAL, "。": TERMINAL, "؟": TERMINAL, "،": COMMA,
        "、": COMMA, ":": COMMA, "|": SYMBOL, "€": SYMBOL,
    }.items():  # fmt: skip
        assert int(table[ord(char)]) & ~WIDTH == kind, char
    assert table[ord(" ")] == 1


@pytest.mark.parametrize(
    ("text", "terminals", "ends"),
    [
        ("One. Two! Three", 2, 0),
        ("Version 1.5 of a.b", 0, 0),
        ("„Ja.“", 1, 1),
        ("他说：“好。”", 1, 1),
        ("यह है। वह है।", 2, 1),
        ("هل أنت؟", 1, 1),
    ],
)
def test_sentences_are_counted_in_any_script(text: str, terminals: int, ends: int) -> None:
    counts = features_of(f"<p>{text}").counts[0]
    assert counts[T_TERMINAL] == terminals
    assert counts[T_ENDS] == ends


def test_links_and_running_text() -> None:
    counts = features_of("<p>ab <a href=x>cde</a> f <a href=y>g</a></p><p>" + "word " * 20).counts
    assert counts[:, T_LINK].tolist() == [4, 0]
    assert counts[:, T_LINKS].tolist() == [2, 0]
    assert counts[0, T_PROSE] == 0
    assert counts[1, T_PROSE] == counts[1, T_WIDTH]
    assert features_of("<p>12 ٣٤").counts[0, T_DIGIT] == 4


def test_every_column_is_written() -> None:
    words = [LATIN[i : i + 5] for i in range(9)]
    for html in ("<p>a", PAGE.format(*words), "<div>" * 60 + "deep"):
        blocks = features_of(html).blocks
        assert blocks.shape[1] == len(BLOCK_NAMES) == len(set(BLOCK_NAMES))
        assert np.isfinite(blocks).all()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(LATIN, min_size=1, max_size=30), min_size=9, max_size=9),
    st.sampled_from(ALPHABETS),
)
def test_other_letters_change_no_feature(words: list[str], alphabet: str) -> None:
    swap = str.maketrans(LATIN, alphabet)
    before = features_of(PAGE.format(*words))
    after = features_of(PAGE.format(*(word.translate(swap) for word in words)))
    np.testing.assert_array_equal(before.blocks, after.blocks)
    np.testing.assert_array_equal(before.page, after.page)


def test_the_heading_of_the_page_is_the_one_in_its_title() -> None:
    html = "<title>A true story - Site</title><h1>Site of ours</h1><h2>A true story</h2><p>x"
    assert features_of(html).title == 1
    assert features_of("<title>no</title><p>x<h1>head</h1>").title == 1
    assert features_of("<p>x").title == -1


@given(st.lists(st.integers(0, 5), max_size=40))
@settings(deadline=None)
def test_equal_keys_get_equal_numbers(values: list[int]) -> None:
    keys = np.array(values, np.uint64) << np.uint64(40)
    numbers = np.empty(len(keys), np.int32)
    slots, first = np.empty(4 * len(keys) + 16, np.int32), np.empty(len(keys), np.int32)
    n = number_keys(keys, slots, first, numbers)
    order = list(dict.fromkeys(values))
    assert n == len(order)
    assert numbers.tolist() == [order.index(value) for value in values]
    places, counts = np.empty(len(keys), np.int32), np.empty(len(keys), np.int32)
    count_places(numbers, places, counts)
    assert places.tolist() == [values[:i].count(value) for i, value in enumerate(values)]
    assert counts[:n].tolist() == [values.count(value) for value in order]
