"""Measuring: text in, one row of metrics out. Annotates and judges nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.metrics.composition import count_stopwords, measure_lines, measure_marks
from curate.metrics.registry import METRICS, SCHEMA
from curate.metrics.repetition import measure_repetition
from curate.text import split
from curate.text.characters import has_letter, is_punctuation_or_symbol
from curate.text.normalize import nfc
from curate.text.split import Kind, Tokens

Bools = npt.NDArray[np.bool_]
Row = dict[str, float | None]


def measure(
    texts: Sequence[str | None],
    labels: Sequence[str | None],
    stopwords: Mapping[str, AbstractSet[str]],
    tokens: Sequence[Tokens | None] | None = None,
) -> pa.Table:
    """Measure every metric of every text.

    Args:
        texts: one text per document, normalised (:func:`curate.text.normalize.normalize_text`);
            None gives a row of nulls.
        labels: one label per document; it decides nothing but the stop words.
        stopwords: the stop words of each label, in any case. A label that is absent or has an
            empty set gives a null ``n_stopwords``: not measured.
        tokens: what the splitter made of each text, if somebody has it already; None for a text
            that has none.

    Returns:
        One row per text and one column per metric, with :data:`~curate.metrics.registry.SCHEMA`.

    Raises:
        ValueError: ``texts``, ``labels`` and ``tokens`` differ in length.
    """
    columns: dict[str, list[float | None]] = {name: [] for name in METRICS}
    folded: dict[str | None, AbstractSet[str]] = {}
    given = [None] * len(texts) if tokens is None else tokens
    for text, label, parts in zip(texts, labels, given, strict=True):
        if text is None:
            for values in columns.values():
                values.append(None)
            continue
        if label not in folded:
            folded[label] = fold_stopwords(stopwords.get(label, ()) if label else ())
        found = split.split(text) if parts is None else parts
        row = _measure(
            text, found.strings(), found.is_word(), found.kinds == Kind.WORD, folded[label]
        )
        for name, values in columns.items():
            values.append(row[name])
    arrays = [pa.array(columns[field.name], type=field.type) for field in SCHEMA]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


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
    words = (
        [not is_punctuation_or_symbol(token) for token in tokens] if is_word is None else is_word
    )
    if len(words) != len(tokens):
        message = f"is_word has {len(words)} entries for {len(tokens)} tokens"
        raise ValueError(message)
    letters = [has_letter(token) for token in tokens]
    return _measure(
        text,
        tokens,
        np.array(words, dtype=np.bool_),
        np.array(letters, dtype=np.bool_),
        fold_stopwords(stopwords),
    )


def fold_stopwords(words: AbstractSet[str] | tuple[str, ...]) -> frozenset[str]:
    """Stop words in the form in which tokens are compared with them: NFC, case-folded."""
    return frozenset(nfc(word).casefold() for word in words)


def _measure(
    text: str, tokens: list[str], is_word: Bools, is_alpha: Bools, stopwords: AbstractSet[str]
) -> Row:
    """The one way from a text and its tokens to the metrics."""
    n_tokens, n_words = len(tokens), int(is_word.sum())
    nonblank_lines = split.lines(text)
    lengths = np.fromiter(map(len, tokens), dtype=np.int64, count=n_tokens)
    return {
        "n_chars": len(text),
        "n_lines": len(nonblank_lines),
        "n_words": n_words,
        "mean_word_chars": int(lengths[is_word].sum()) / n_words if n_words else None,
        "alpha_word_fraction": int(is_alpha.sum()) / n_tokens if n_tokens else None,
        "n_stopwords": count_stopwords(tokens, stopwords),
        **measure_marks(text, n_tokens),
        **measure_lines(text, nonblank_lines),
        **measure_repetition(text, tokens, nonblank_lines),
    }
