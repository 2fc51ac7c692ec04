"""Stop words: counted from text, chosen by frequency."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.metrics import choose_stopwords, count_words


def test_counts_words_of_letters_with_their_marks_case_folded() -> None:
    texts = ["The the 3 cats, and a cat's tail…", "और और कि 2024 THE x86 co-op", "می\u200cشود"]
    assert count_words(texts) == Counter(
        {"the": 3, "और": 2, "cats": 1, "and": 1, "a": 1, "tail": 1, "कि": 1, "می\u200cشود": 1}
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("人人生而自由。", {"人": 1, "人生": 1, "而": 1, "自由": 1}),
        ("ที่และที่", {"ที่": 2, "และ": 1}),
        ("ΣΟΦΟΣ σοφός", {"σοφοσ": 1, "σοφόσ": 1}),
        ("𞤀𞤣 𞤢𞤣", {"𞤢𞤣": 2}),
        ("E\u0301 é", {"é": 2}),
        ("،،، ؟ · ¿ ° ۔ 12", {}),
        ("", {}),
    ],
)
def test_counts_words_of_every_script(text: str, words: dict[str, int]) -> None:
    assert count_words([text]) == Counter(words)


@given(st.lists(st.text("aB我ि𞤀 \n.1"), max_size=6))
def test_counts_of_batches_add_up(texts: list[str]) -> None:
    whole = count_words(texts)
    parts = sum((count_words([text]) for text in texts), Counter[str]())
    assert whole == parts


COUNTS = {"और": 60, "के": 20, "में": 10, "है": 6, "का": 2, "की": 1, "घर": 1}


def test_takes_all_words_at_or_above_the_frequency() -> None:
    chosen = choose_stopwords(COUNTS, 100, frequency=0.1, at_least=1)
    assert chosen == ("और", "के", "में")


def test_takes_the_most_frequent_where_too_few_reach_it() -> None:
    chosen = choose_stopwords(COUNTS, 100, frequency=0.1, at_least=5)
    assert chosen == ("और", "के", "में", "है", "का")


def test_breaks_ties_by_code_point() -> None:
    chosen = choose_stopwords(COUNTS, 100, frequency=0.1, at_least=6)
    assert chosen[-1] == "की"
    assert choose_stopwords({"b": 1, "a": 1}, 2, frequency=0.9, at_least=1) == ("a",)


def test_takes_what_there_is() -> None:
    assert len(choose_stopwords(COUNTS, 100, at_least=50)) == 7
    assert choose_stopwords({}, 0) == ()


def test_total_may_count_words_that_were_dropped() -> None:
    assert choose_stopwords(COUNTS, 1000, frequency=0.05, at_least=1) == ("और",)


def test_total_cannot_be_less_than_what_was_counted() -> None:
    with pytest.raises(ValueError, match="n_total is 99, but 100 words were counted"):
        choose_stopwords(COUNTS, 99)


@given(
    st.dictionaries(st.text("abcñ", min_size=1), st.integers(1, 9)),
    st.floats(0.001, 1),
    st.integers(0, 9),
)
def test_no_word_left_out_is_more_frequent_than_one_taken(
    counts: dict[str, int], frequency: float, at_least: int
) -> None:
    n_total = sum(counts.values())
    chosen = choose_stopwords(counts, n_total, frequency=frequency, at_least=at_least)
    left_out = set(counts) - set(chosen)
    assert len(chosen) >= min(at_least, len(counts))
    assert all(counts[word] < frequency * n_total for word in left_out)
    assert max((counts[word] for word in left_out), default=0) <= min(
        (counts[word] for word in chosen), default=9
    )
