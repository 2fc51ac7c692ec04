"""Measuring: texts in, a row of metrics for each out. Annotates and judges nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.metrics.c4 import C4Count, count_c4
from curate.metrics.line_end import Shown, count_shown, roles, signs
from curate.metrics.lines import Count, count_lines
from curate.metrics.registry import METRICS, SCHEMA
from curate.metrics.repetition import DUP_NGRAM_SIZES, TOP_NGRAM_SIZES, count_ngrams
from curate.metrics.tokens import (
    StopwordTable,
    TokenCount,
    count_tokens,
    fold_set,
    has_letter_or_number,
)
from curate.text import characters
from curate.text.flat import FlatTexts, Texts, flatten
from curate.text.normalize import nfc
from curate.text.split import Kind, TokenBatch, split_texts
from curate.text.words import fold_tokens

Bools = npt.NDArray[np.bool_]
I64 = npt.NDArray[np.int64]
U32 = npt.NDArray[np.uint32]
Row = dict[str, float | None]
Counts = dict[str, I64]


@dataclass(frozen=True, slots=True, eq=False)
class _Tokens:
    """Tokens as the kernels take them, whoever cut them."""

    points: U32
    starts: I64
    ends: I64
    offsets: I64
    is_word: Bools
    is_alpha: Bools
    batch: TokenBatch | None = None


def measure(
    texts: Texts,
    labels: Sequence[str | None],
    stopwords: Mapping[str, AbstractSet[str]],
    tokens: TokenBatch | None = None,
) -> pa.Table:
    """Measure every metric of every text, in time linear in their length.

    Args:
        texts: one text per document, normalised (:func:`curate.text.normalize.normalize_text`);
            None gives a row of nulls.
        labels: one label per document; it decides nothing but the stop words.
        stopwords: the stop words of each label, in any case. A label that is absent or has an
            empty set gives a null ``n_stopwords``: not measured.
        tokens: what the splitter made of the texts, if somebody has it already.

    Returns:
        One row per text and one column per metric, with :data:`~curate.metrics.registry.SCHEMA`.

    Raises:
        ValueError: ``texts``, ``labels`` and ``tokens`` differ in length.
    """
    flat = flatten(texts)
    split = split_texts(flat) if tokens is None else tokens
    if not len(flat) == len(labels) == len(split):
        message = f"{len(flat)} texts, {len(labels)} labels, {len(split)} lists of tokens"
        raise ValueError(message)
    given = _Tokens(
        flat.points, split.starts, split.ends, split.offsets,
        split.is_word(), split.kinds == Kind.WORD, split,
    )  # fmt: skip
    return _table(flat, given, *_sets_of(labels, stopwords))


def measure_tokens(
    text: str,
    tokens: list[str],
    stopwords: AbstractSet[str] = frozenset(),
    *,
    is_word: Sequence[bool] | None = None,
) -> Row:
    """Measure one text that somebody else cut into tokens.

    Args:
        text: the text; not derived from the tokens, because several metrics divide by its length.
        tokens: its tokens, none of them empty.
        stopwords: stop words in any case; none gives a null ``n_stopwords``.
        is_word: which tokens ``n_words`` and ``mean_word_chars`` count; by default those with a
            letter or a number. To compare with another implementation, give its own answer.

    Returns:
        Every metric by name.

    Raises:
        ValueError: ``is_word`` differs in length from ``tokens``.
    """
    if is_word is not None and len(is_word) != len(tokens):
        message = f"is_word has {len(is_word)} entries for {len(tokens)} tokens"
        raise ValueError(message)
    flat = flatten(tokens)
    has_letter, has_either = has_letter_or_number(flat)
    words = has_either if is_word is None else np.array(is_word, np.bool_)
    offsets = np.array([0, len(tokens)], np.int64)
    given = _Tokens(flat.points, flat.offsets[:-1], flat.offsets[1:], offsets, words, has_letter)
    table = _table(flatten([text]), given, [fold_stopwords(stopwords)], np.zeros(1, np.int64))
    row: Row = table.to_pylist()[0]
    return row


def fold_stopwords(words: AbstractSet[str] | tuple[str, ...]) -> frozenset[str]:
    """Stop words in the form in which tokens are compared with them: NFC, case-folded."""
    return fold_set([nfc(word) for word in words])


def _sets_of(
    labels: Sequence[str | None], stopwords: Mapping[str, AbstractSet[str]]
) -> tuple[list[frozenset[str]], I64]:
    """The different sets of stop words, folded, and which of them each text's label has."""
    numbers: dict[str | None, int] = {}
    sets: list[frozenset[str]] = []
    for label in labels:
        if label not in numbers:
            numbers[label] = len(sets)
            sets.append(fold_stopwords(stopwords.get(label, frozenset()) if label else frozenset()))
    return sets, np.array([numbers[label] for label in labels], np.int64)


def _table(
    flat: FlatTexts, given: _Tokens, sets: Sequence[AbstractSet[str]], set_of_text: I64
) -> pa.Table:
    """The one way from texts and their tokens to the metrics."""
    counts = _count(flat, given)
    counts["stopwords"] = _count_stopwords(given, sets, set_of_text)
    absent = ~flat.is_valid
    arrays = []
    for metric in METRICS.values():
        top, bottom = _RATIOS[metric.name]
        is_null = absent
        values: npt.NDArray[np.generic] = counts[top]
        if bottom is not None:
            is_null = is_null | (counts[bottom] == 0)
            values = counts[top] / np.maximum(counts[bottom], 1)
        elif top == "stopwords":
            measured = np.array([bool(words) for words in sets], np.bool_)
            is_null = is_null | ~measured[set_of_text]
        arrays.append(pa.array(values, type=metric.dtype, mask=is_null))
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def _count(flat: FlatTexts, given: _Tokens) -> Counts:
    """Everything that is counted, by name: int64[n_texts] each."""
    properties = characters.properties()
    lines = count_lines(flat.points, flat.offsets, properties)
    ngrams = count_ngrams(given.points, given.starts, given.ends, given.offsets)
    tokens = count_tokens(given.starts, given.ends, given.is_word, given.is_alpha, given.offsets)
    shown, ends = count_shown(flat.points, flat.offsets, signs(), roles())
    c4 = count_c4(flat.points, flat.offsets, properties, ends)
    counts = {name.name.lower(): lines[:, name] for name in Count}
    counts |= {name.name.lower(): shown[:, name] for name in Shown}
    counts |= {name.name.lower(): tokens[:, name] for name in TokenCount}
    counts |= {f"c4_{name.name.lower()}": c4[:, name] for name in C4Count}
    sizes = [f"top_{n}" for n in TOP_NGRAM_SIZES] + [f"dup_{n}" for n in DUP_NGRAM_SIZES]
    counts |= {name: ngrams[:, column] for column, name in enumerate(sizes)}
    n_chars = np.diff(flat.offsets)
    counts["chars"] = n_chars
    counts["chars_if_tokens"] = np.where(counts["tokens"] > 0, n_chars, 0)
    counts["chars_of_lines"] = np.where(counts["nonblank"] > 0, n_chars - counts["newlines"], 0)
    return counts


def _count_stopwords(given: _Tokens, sets: Sequence[AbstractSet[str]], set_of_text: I64) -> I64:
    table = StopwordTable(sets)
    # Published lists hold punctuation here and there; only then the other tokens matter too.
    every = sorted(set().union(*sets))
    all_are_words = bool(has_letter_or_number(flatten(every))[1].all())
    if all_are_words and given.batch is not None:
        words = given.batch.words()
    else:
        is_counted = given.is_word if all_are_words else np.ones(len(given.starts), np.bool_)
        words = fold_tokens(given.points, given.starts, given.ends, is_counted, given.offsets)
    return table.count(words.hashes(), words.offsets, set_of_text)


_RATIOS: Final[Mapping[str, tuple[str, str | None]]] = {
    "n_chars": ("chars", None),
    "n_lines": ("nonblank", None),
    "dup_paragraph_fraction": ("dup_paragraphs", "paragraphs"),
    "dup_paragraph_char_fraction": ("dup_paragraph_chars", "chars"),
    "dup_line_fraction": ("dup_pieces", "pieces"),
    "dup_line_char_fraction": ("dup_piece_chars", "chars"),
    **{f"top_{n}gram_char_fraction": (f"top_{n}", "chars_if_tokens") for n in TOP_NGRAM_SIZES},
    **{f"dup_{n}gram_char_fraction": (f"dup_{n}", "chars_if_tokens") for n in DUP_NGRAM_SIZES},
    "terminal_punct_line_fraction": ("finished", "seen"),
    "short_line_fraction": ("short", "nonblank"),
    "dup_nonblank_line_char_fraction": ("dup_nonblank_chars", "chars_of_lines"),
    "newlines_per_word": ("newlines", "tokens"),
    "n_words": ("words", None),
    "mean_word_chars": ("word_chars", "words"),
    "hashes_per_word": ("hashes", "tokens"),
    "ellipses_per_word": ("ellipses", "tokens"),
    "bullet_line_fraction": ("shown_bullets", "all"),
    "ellipsis_line_fraction": ("shown_ellipsis_ends", "all"),
    "alpha_word_fraction": ("alpha", "tokens"),
    "n_stopwords": ("stopwords", None),
    "upper_case_fraction": ("capitals", "cased"),
    "c4_long_word_line_fraction": ("c4_long_word", "c4_lines"),
    "c4_unterminated_line_fraction": ("c4_unterminated", "c4_lines"),
    "c4_few_word_line_fraction": ("c4_few_words", "c4_lines"),
    "c4_javascript_line_fraction": ("c4_javascript", "c4_lines"),
    "c4_policy_line_fraction": ("c4_policy", "c4_lines"),
    "c4_kept_line_fraction": ("c4_kept", "c4_lines"),
    "n_c4_sentences": ("c4_sentences", None),
    "n_lorem_ipsum_lines": ("c4_lorem_ipsum", None),
    "n_curly_bracket_lines": ("c4_curly_bracket", None),
    "n_long_lines": ("long", None),
    "fineweb2_terminal_punct_line_fraction": ("terminal", "nonblank"),
    "fineweb2_bullet_line_fraction": ("bullets", "all"),
    "fineweb2_ellipsis_line_fraction": ("ellipsis_ends", "all"),
    "datatrove_c4_unterminated_line_fraction": ("c4_code_unterminated", "c4_lines"),
    "datatrove_c4_kept_line_fraction": ("c4_code_kept", "c4_lines"),
}
"""Each metric as one count, or as one over another; null where the other is 0."""
