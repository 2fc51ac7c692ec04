"""Values of the metrics, derived by hand, in several scripts; empty and absent texts; laws."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from curate.metrics import METRICS, SCHEMA
from curate.metrics.measure import measure, measure_tokens
from curate.metrics.repetition import DUP_NGRAM_SIZES, TOP_NGRAM_SIZES
from curate.metrics.seen import next_sum
from curate.text.characters import terminal_punctuation
from curate.text.split import split, split_texts
from tests.metrics.rows import Row, one

HINDI = "घर घर है।\nघर घर है।\n\nहै..."
# tokens: घर घर है । घर घर है । है ...   (10; each word has 2 code points)
# 26 code points: two lines of 9, three line breaks, a line of 5
CHINESE = "你好，世界！\n你好，世界！\n# 再见"
# tokens: 你好 ， 世界 ！ 你好 ， 世界 ！ # 再见   (10)
# 18 code points: lines of 6, 6 and 4, two line breaks
ARABIC = "• كتاب\n- كتاب؟\nقلم…"
# tokens: • كتاب - كتاب ؟ قلم …   (7); 19 code points: lines 6, 7, 4; 2 line breaks
ADLAM = "𞤀𞤢 𞤀𞤢 𞤀𞤢 𞤀𞤢 𞤀𞤢 𞤀𞤢 𞤀𞤢 𞤀𞤢 𞤀𞤢 𞤀𞤢 𞤀𞤢"
# eleven times the same word of 2 code points; 32 code points

GOLDEN = {
    "hindi": (HINDI, {
        "n_chars": 26, "n_lines": 3, "n_words": 7, "mean_word_chars": 2.0,
        "hashes_per_word": 0.0, "ellipses_per_word": 1 / 10, "newlines_per_word": 3 / 10,
        "alpha_word_fraction": 7 / 10,
        "bullet_line_fraction": 0.0, "ellipsis_line_fraction": 1 / 4,
        "terminal_punct_line_fraction": 3 / 3, "short_line_fraction": 1.0,
        "dup_paragraph_fraction": 0.0, "dup_paragraph_char_fraction": 0.0,
        "dup_line_fraction": 1 / 3, "dup_line_char_fraction": 9 / 26,
        "dup_nonblank_line_char_fraction": 9 / 23,
        # घर घर comes twice, as घर है, है । do; the first of equals decides
        "top_2gram_char_fraction": 5 * 2 / 26,
        "top_3gram_char_fraction": 8 * 2 / 26,
        "top_4gram_char_fraction": 10 * 2 / 26,
        "dup_5gram_char_fraction": 0.0, "dup_10gram_char_fraction": 0.0,
    }),
    "chinese": (CHINESE, {
        "n_chars": 18, "n_lines": 3, "n_words": 5, "mean_word_chars": 2.0,
        "hashes_per_word": 1 / 10, "ellipses_per_word": 0.0, "newlines_per_word": 2 / 10,
        "alpha_word_fraction": 5 / 10, "terminal_punct_line_fraction": 2 / 3,
        "dup_line_fraction": 1 / 3, "dup_line_char_fraction": 6 / 18,
        "dup_nonblank_line_char_fraction": 6 / 16,
        "top_2gram_char_fraction": 4 * 2 / 18,
        "top_3gram_char_fraction": 7 * 2 / 18,
        "top_4gram_char_fraction": 9 * 2 / 18,
        "dup_5gram_char_fraction": 0.0,
    }),
    "arabic": (ARABIC, {
        "n_chars": 19, "n_lines": 3, "n_words": 3, "mean_word_chars": 11 / 3,
        "ellipses_per_word": 1 / 7, "bullet_line_fraction": 2 / 3,
        "ellipsis_line_fraction": 1 / 3, "terminal_punct_line_fraction": 1 / 3,
        "alpha_word_fraction": 3 / 7, "top_2gram_char_fraction": 6 * 1 / 19,
        "dup_line_fraction": 0.0,
    }),
    "adlam": (ADLAM, {
        "n_chars": 32, "n_words": 11, "mean_word_chars": 2.0, "alpha_word_fraction": 1.0,
        "top_2gram_char_fraction": 5 * 10 / 32,
        "top_3gram_char_fraction": 8 * 9 / 32,
        "top_4gram_char_fraction": 11 * 8 / 32,
        # seen at 0, hit at 1, stepped to 6, hit at 6, stepped to 11
        "dup_5gram_char_fraction": 20 / 32,
        "dup_6gram_char_fraction": 12 / 32,
        "dup_10gram_char_fraction": 20 / 32,
    }),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), GOLDEN.values(), ids=GOLDEN.keys())
def test_values_derived_by_hand(text: str, expected: Row) -> None:
    row = one(text)
    assert {name: row[name] for name in expected} == pytest.approx(expected, abs=1e-12)


# What Gopher's and FineWeb's filters are tested with: a text, a metric, and the limit it breaks.
TOO_HIGH = [
    ("I am your father.\n" * 4, "dup_line_fraction", 0.3, 3 / 5),
    ("I am your father.\n\n" * 4, "dup_paragraph_fraction", 0.3, 3 / 4),
    ("I am groot.\n\n" + "आ" * 30 + "\n\n" + "आ" * 30, "dup_paragraph_char_fraction", 0.2, 30 / 75),
    ("I am groot.\n" + "อ" * 40 + "\n" + "อ" * 40 + "\n", "dup_line_char_fraction", 0.2, 40 / 94),
    ("I am Frank, I am Frank, I am Frank", "top_2gram_char_fraction", 0.2, 4 * 3 / 34),
    (
        "I am Frank, you are Jhon. I am Frank. I am Frank you are Jhon",
        "top_3gram_char_fraction",
        0.18,
        10 * 3 / 61,
    ),
    # the tokens "I am a solo traveller" join to 17 characters; seen once, then three hits
    ("I am a solo traveller " * 4 + "Gandalf", "dup_5gram_char_fraction", 0.15, 51 / 95),
    ("interconnection " * 20, "mean_word_chars", 10, 15.0),
    ("# comment " * 20, "hashes_per_word", 0.1, 1 / 2),
    ("... comment " * 20, "ellipses_per_word", 0.1, 1 / 2),
    ("…评论 " * 20, "ellipses_per_word", 0.1, 1 / 2),
    ("- a\n• b\n  - c\n", "bullet_line_fraction", 0.9, 1.0),
    ("阅读更多… \n" * 3, "ellipsis_line_fraction", 0.3, 1.0),
    ("a\n" * 50, "dup_nonblank_line_char_fraction", 0.1, 49 / 50),
    ("a\n" * 50, "short_line_fraction", 0.67, 1.0),
    ("क\n" * 50, "newlines_per_word", 0.3, 1.0),
]

TOO_LOW = [
    ("I am too small...", "n_words", 10, 4),
    ("I am " * 20, "mean_word_chars", 3, 1.5),
    ("!!! $$$ ??? ### +++ wörd " * 20, "alpha_word_fraction", 0.8, 1 / 6),
    ("no mark\nnone here\nnor here", "terminal_punct_line_fraction", 0.5, 0.0),
    ("only foreign words", "n_stopwords", 2, 0),
]


@pytest.mark.parametrize(("text", "name", "limit", "expected"), TOO_HIGH)
def test_bad_text_exceeds_the_limit(text: str, name: str, limit: float, expected: float) -> None:
    value = one(text)[name]
    assert value == pytest.approx(expected, abs=1e-12)
    assert value is not None
    assert value > limit


@pytest.mark.parametrize(("text", "name", "limit", "expected"), TOO_LOW)
def test_bad_text_falls_short(text: str, name: str, limit: float, expected: float) -> None:
    value = one(text, frozenset({"the", "of"}))[name]
    assert value == pytest.approx(expected, abs=1e-12)
    assert value is not None
    assert value < limit


def test_good_text_is_within_every_usual_limit() -> None:
    text = (
        "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता प्राप्त है।\n"
        "उन्हें बुद्धि और अन्तरात्मा की देन प्राप्त है और परस्पर भाईचारे के भाव से बर्ताव करना चाहिए।"
    )
    row = one(text, frozenset({"और", "के", "है"}))
    assert row["n_stopwords"] == 3
    assert row["terminal_punct_line_fraction"] == 1.0
    assert row["dup_5gram_char_fraction"] == 0.0
    assert row["alpha_word_fraction"] == 30 / 32


def test_empty_text_measures_its_counts_and_nothing_else() -> None:
    row = one("")
    counts = [name for name in METRICS if name.startswith("n_") and name != "n_stopwords"]
    assert row == dict.fromkeys(METRICS) | dict.fromkeys(counts, 0)


def test_blank_text_has_no_words_to_divide_by() -> None:
    row = one(" \n\n ")
    null = {name for name, value in row.items() if value is None}
    assert null == {
        "mean_word_chars", "alpha_word_fraction", "n_stopwords", "upper_case_fraction",
        "hashes_per_word", "ellipses_per_word", "newlines_per_word",
        "terminal_punct_line_fraction", "fineweb2_terminal_punct_line_fraction",
        "short_line_fraction", "dup_nonblank_line_char_fraction",
        *(f"top_{n}gram_char_fraction" for n in TOP_NGRAM_SIZES),
        *(f"dup_{n}gram_char_fraction" for n in DUP_NGRAM_SIZES),
    }  # fmt: skip
    assert row["n_words"] == 0


def test_punctuation_alone_is_tokens_but_no_words() -> None:
    row = one("。。。 ！")
    assert row["n_words"] == 0
    assert row["mean_word_chars"] is None
    assert row["alpha_word_fraction"] == 0.0


def test_too_few_tokens_for_an_ngram_is_zero_not_null() -> None:
    row = one("สวัสดี")
    assert row["top_2gram_char_fraction"] == 0.0
    assert row["dup_10gram_char_fraction"] == 0.0


def test_absent_text_is_a_row_of_nulls() -> None:
    table = measure(["क", None, ""], ["hin_Deva", None, None], {})
    assert table.schema == SCHEMA
    assert table.to_pylist()[1] == dict.fromkeys(METRICS)
    assert table["n_chars"].to_pylist() == [1, None, 0]


def test_no_documents_give_an_empty_table() -> None:
    table = measure([], [], {})
    assert table.schema == SCHEMA
    assert table.num_rows == 0


def test_stop_words_are_those_of_the_label_whatever_their_case() -> None:
    stopwords = {
        "fra_Latn": frozenset({"LE", "et", "E\u0301te\u0301"}),
        "ell_Grek": frozenset({"της"}),
        "xxx_Latn": frozenset(),
    }
    texts = ["Le ÉTÉ et le chat", "ΤΗΣ", "Le chat", "Le chat", "Le chat"]
    labels = ["fra_Latn", "ell_Grek", "xxx_Latn", "yyy_Latn", None]
    assert measure(texts, labels, stopwords)["n_stopwords"].to_pylist() == [3, 1, None, None, None]


def test_given_tokens_give_the_same_row() -> None:
    texts = [HINDI, CHINESE, "", None]
    labels = ["hin_Deva"] * 4
    assert measure(texts, labels, {}, split_texts(texts)).equals(measure(texts, labels, {}))


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="1 texts, 0 labels, 1 lists of tokens"):
        measure(["a"], [], {})
    with pytest.raises(ValueError, match="1 texts, 1 labels, 2 lists of tokens"):
        measure(["a"], [None], {}, split_texts(["a", "b"]))
    with pytest.raises(ValueError, match="is_word has 1 entries for 2 tokens"):
        measure_tokens("a b", ["a", "b"], is_word=[True])


def test_measure_tokens_takes_the_tokens_as_given() -> None:
    row = measure_tokens("a-b c", ["a", "-", "b", "c"], frozenset({"A"}))
    assert (row["n_words"], row["alpha_word_fraction"], row["n_stopwords"]) == (3, 3 / 4, 1)
    row = measure_tokens("a-b c", ["a", "-", "b", "c"], is_word=[True] * 4)
    assert (row["n_words"], row["n_stopwords"]) == (4, None)


TEXTS = st.text(st.sampled_from("aab我我人न\u0941ि𞤀1 \n\n.。#-…•'\u0301\x00\ud800👍"), max_size=60)
TOKEN_LISTS = st.lists(
    st.sampled_from(["a", "aa", "ab", "b", "我", "。", "𞤀ि", "\x00"]), max_size=40
)


@given(TEXTS)
def test_tokens_of_the_splitter_and_as_strings_measure_alike(text: str) -> None:
    assert measure_tokens(text, split(text).strings(), frozenset()) == one(text)


@given(TEXTS, st.frozensets(st.sampled_from(["a", "我", "न"])))
def test_values_lie_where_the_registry_says(text: str, stopwords: frozenset[str]) -> None:
    for name, value in one(text, stopwords).items():
        metric = METRICS[name]
        if value is not None:
            assert not math.isnan(value)
            assert metric.lowest <= value
            assert metric.highest is None or value <= metric.highest, name


@given(st.lists(st.sampled_from(["a", "b", "ab", "我"]), min_size=1, max_size=60))
def test_any_tokens_of_a_text_keep_to_the_bounds(tokens: list[str]) -> None:
    # Tokens may touch, as in Chinese: then the spaces of the n-gram are not in the text.
    for name, value in measure_tokens("".join(tokens), tokens).items():
        metric = METRICS[name]
        if value is not None and metric.highest is not None:
            assert metric.lowest <= value <= metric.highest, name


@pytest.mark.parametrize("n", TOP_NGRAM_SIZES)
def test_top_ngram_comes_as_near_to_its_bound_as_one_likes(n: int) -> None:
    name = f"top_{n}gram_char_fraction"
    value = measure_tokens("我" * 100_000, ["我"] * 100_000)[name]
    assert value is not None
    assert METRICS[name].highest == 2 * n - 1
    assert 2 * n - 1.001 < value < 2 * n - 1


def naive_top(tokens: list[str], n: int) -> int:
    """Counts every n-gram, one string after another; a dict keeps the first of equals in front."""
    counts: dict[str, int] = {}
    for i in range(len(tokens) - n + 1):
        ngram = " ".join(tokens[i : i + n])
        counts[ngram] = counts.get(ngram, 0) + 1
    best = max(counts, key=counts.__getitem__, default="")
    return len(best) * counts.get(best, 0)


def naive_dup(tokens: list[str], n: int) -> int:
    """Walks over the tokens, remembering every n-gram that is no hit."""
    seen: list[str] = []
    chars = i = 0
    while i + n <= len(tokens):
        ngram = "".join(tokens[i : i + n])
        if ngram in seen:
            chars += len(ngram)
            i += n
        else:
            seen.append(ngram)
            i += 1
    return chars


@given(TOKEN_LISTS)
def test_ngram_metrics_equal_the_naive_ones(tokens: list[str]) -> None:
    text = " ".join(tokens) + "."
    row = measure_tokens(text, tokens)
    for n in TOP_NGRAM_SIZES:
        expected = naive_top(tokens, n) / len(text) if tokens else None
        assert row[f"top_{n}gram_char_fraction"] == expected
    for n in DUP_NGRAM_SIZES:
        expected = naive_dup(tokens, n) / len(text) if tokens else None
        assert row[f"dup_{n}gram_char_fraction"] == expected


def test_ngrams_are_compared_as_strings_not_as_tokens() -> None:
    tokens = ["ab", "c", "d", "e", "f", "a", "bc", "d", "e", "f"]
    assert measure_tokens("x" * 20, tokens)["dup_5gram_char_fraction"] == 6 / 20


LINES = st.text("ab. \n\n\n\r\t\u2028\x0b\x85\x1c\u3000•-…।", max_size=40)


def repeated(pieces: list[str]) -> tuple[int, int]:
    """Pieces equal to an earlier one, and their characters."""
    again = [piece for i, piece in enumerate(pieces) if piece in pieces[:i]]
    return len(again), sum(map(len, again))


@given(LINES)
@example(" \na\n \n ")
def test_line_metrics_equal_the_naive_ones(text: str) -> None:
    row = one_of_lines(text)
    lines = [line for line in text.split("\n") if line.strip()]
    every = text.splitlines()
    pieces, paragraphs = re.split(r"\n+", text), re.split(r"\n{2,}", text.strip())
    terminal = terminal_punctuation()
    counts: dict[str, tuple[int, int]] = {
        "fineweb2_terminal_punct_line_fraction": (
            sum(x[-1] in terminal for x in lines),
            len(lines),
        ),
        "short_line_fraction": (sum(len(x) <= 30 for x in lines), len(lines)),
        "dup_nonblank_line_char_fraction": (
            repeated(lines)[1],
            len(text.replace("\n", "")) if lines else 0,
        ),
        "fineweb2_bullet_line_fraction": (
            sum(x.lstrip().startswith(("•", "-")) for x in every),
            len(every),
        ),
        "fineweb2_ellipsis_line_fraction": (
            sum(x.rstrip().endswith(("...", "…")) for x in every),
            len(every),
        ),
        "dup_line_fraction": (repeated(pieces)[0], len(pieces) if text else 0),
        "dup_line_char_fraction": (repeated(pieces)[1], len(text)),
        "dup_paragraph_fraction": (repeated(paragraphs)[0], len(paragraphs) if text else 0),
        "dup_paragraph_char_fraction": (repeated(paragraphs)[1], len(text)),
        "ellipses_per_word": (text.count("...") + text.count("…"), 1),
    }
    expected = {name: top / bottom if bottom else None for name, (top, bottom) in counts.items()}
    assert {name: row[name] for name in expected} == expected
    assert row["n_lines"] == len(lines)


def thue_morse(n_doublings: int) -> tuple[str, str]:
    """Two strings of a and b, each the other's complement, that polynomial hashes confuse."""
    one, other = "a", "b"
    for _ in range(n_doublings):
        one, other = one + other, other + one
    return one, other


def polynomial_hash(text: str) -> int:
    total = np.uint64(0)
    for char in text:
        total = next_sum(total, ord(char))
    return int(total)


def test_unequal_ngrams_with_equal_hashes_are_no_repetition() -> None:
    one, other = thue_morse(11)
    assert polynomial_hash(one) == polynomial_hash(other)
    tokens = [one, *"xyzw", other, *"xyzw"]
    text = " ".join(tokens)
    row = measure_tokens(text, tokens)
    assert row["top_2gram_char_fraction"] == 2 * 3 / len(text)  # "x y"
    assert row["top_4gram_char_fraction"] == 2 * 7 / len(text)  # "x y z w"
    assert row["dup_5gram_char_fraction"] == 0.0
    row = one_of_lines(f"{one}\n{other}")
    assert (row["dup_line_fraction"], row["dup_paragraph_fraction"]) == (0.0, 0.0)


def one_of_lines(text: str) -> Row:
    return measure_tokens(text, ["x"])
