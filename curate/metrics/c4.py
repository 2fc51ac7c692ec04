"""C4's line rules: what each would remove. Kernels.

Source: C4 (arXiv 1910.10683, section 2.2) in the form of its code (tensorflow/datasets, c4_utils)
and of datatrove 0.10's ``C4QualityFilter``, which adds citations. The rules look for English
phrases and for punctuation of ASCII, whatever the language; ``terminal_punct_line_fraction`` is the
one that knows every script.

C4 keeps a line that ends with "a period, exclamation mark, question mark, or end quotation mark".
Its code and datatrove's look at the last code point, so a curly quote, a bracket or an invisible
mark behind the full stop takes it back. Here the last visible sign counts
(:mod:`curate.metrics.line_end`); datatrove's own arithmetic is counted beside it.

A line is what ``str.splitlines`` cuts, stripped, and after its long words and words are counted
without the citations ``[12]``, ``[edit]`` and ``[citation needed]``.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from curate.jit import bare_inner, kernel
from curate.metrics.line_end import C4_MARK, ELLIPSIS
from curate.metrics.lines import end_of_line, is_space, stripped
from curate.text.characters import CLASS_MASK, IS_DECIMAL, IS_TERMINAL, CharClass

I64 = npt.NDArray[np.int64]
U16 = npt.NDArray[np.uint16]
U32 = npt.NDArray[np.uint32]
U8 = npt.NDArray[np.uint8]

MAX_WORD_CHARS: Final = 1000
"""A line with a longer word than this is removed."""

MIN_LINE_WORDS: Final = 3
"""A line with fewer words than this is removed; words stand between white space."""


class C4Count(IntEnum):
    """Columns of what :func:`count_c4` gives."""

    LINES = 0
    LONG_WORD = 1
    UNTERMINATED = 2
    FEW_WORDS = 3
    JAVASCRIPT = 4
    POLICY = 5
    KEPT = 6
    SENTENCES = 7  # of the lines kept
    LOREM_IPSUM = 8
    CURLY_BRACKET = 9
    CODE_UNTERMINATED = 10  # by the last code point, as C4's code and datatrove
    CODE_KEPT = 11


_LINES, _LONG_WORD, _UNTERMINATED, _FEW_WORDS = 0, 1, 2, 3
_JAVASCRIPT, _POLICY, _KEPT, _SENTENCES, _LOREM_IPSUM, _CURLY_BRACKET = 4, 5, 6, 7, 8, 9
_CODE_UNTERMINATED, _CODE_KEPT = 10, 11
_N_COUNTS: Final = len(C4Count)


def _points(phrase: str) -> tuple[int, ...]:
    return tuple(map(ord, phrase))


def _phrases(*phrases: str) -> npt.NDArray[np.uint32]:
    """Phrases as rows, filled up with zeros."""
    rows = np.zeros((len(phrases), max(map(len, phrases))), np.uint32)
    for row, phrase in zip(rows, phrases, strict=True):
        row[: len(phrase)] = _points(phrase)
    return rows


# The first two are lorem ipsum and JavaScript, the rest policies.
_PHRASES: Final = _phrases(
    "lorem ipsum",
    "javascript",
    "terms of use",
    "privacy policy",
    "cookie policy",
    "uses cookies",
    "use of cookies",
    "use cookies",
)


def _pairs(phrases: U32) -> U8:
    """uint8[64 * 64]: for two letters of 64 to 127, a bit for each phrase that begins with them."""
    second_letters = np.zeros(64 * 64, np.uint8)
    for k, (first, second) in enumerate(phrases[:, :2].tolist()):
        second_letters[(first - 64) * 64 + second - 64] |= 1 << k
    return second_letters


_PAIRS: Final = _pairs(_PHRASES)
_CITATIONS: Final = _phrases("[edit]", "[citation needed]")
_END_MARKS: Final = _points(".?!\"'")
_DOT, _OPEN, _CLOSE, _CURLY, _KELVIN = 46, 91, 93, 123, 0x212A
# What may close a sentence behind its mark: brackets, quotes, apostrophes, the straight quote.
_CLOSERS: Final = tuple(
    int(kind)
    for kind in (CharClass.PUNCT, CharClass.EXTEND, CharClass.MID_WORD, CharClass.MID_HEBREW)
)


@bare_inner
def _count_words(points: U32, low: int, high: int, table: U16) -> tuple[int, int]:
    """Words between white space, and the length of the longest."""
    n_words = longest = length = 0
    for at in range(low, high):
        if is_space(points[at], table):
            length = 0
            continue
        n_words += length == 0
        length += 1
        longest = max(longest, length)
    return n_words, longest


@bare_inner
def _matches(points: U32, at: int, high: int, phrase: U32) -> int:
    """Length of ``phrase`` if it stands at ``at``, else 0."""
    n = 0
    while n < len(phrase) and phrase[n]:
        if at + n >= high or points[at + n] != phrase[n]:
            return 0
        n += 1
    return n


@bare_inner
def _citation(points: U32, at: int, high: int, table: U16, citations: U32) -> int:
    """Length of the citation that begins with the bracket at ``at``; 0 if none does."""
    end = at + 1
    while end < high and table[points[end]] & IS_DECIMAL:
        end += 1
    if end < high and points[end] == _CLOSE:
        return end + 1 - at
    for k in range(len(citations)):
        n = _matches(points, at, high, citations[k])
        if n:
            return n
    return 0


@bare_inner
def _clean(
    points: U32, low: int, high: int, table: U16, citations: U32, plain: U32, lower: U32
) -> tuple[int, bool]:
    """The line without citations into ``plain`` and, as far as ASCII goes, small into ``lower``.

    Returns:
        How many code points these are, and whether one is a curly bracket.
    """
    n, at, has_curly = 0, low, False
    while at < high:
        point = points[at]
        if point == _OPEN:
            skipped = _citation(points, at, high, table, citations)
            if skipped:
                at += skipped
                continue
        plain[n] = point
        has_curly |= point == _CURLY
        if 65 <= point <= 90:
            lower[n] = point + 32
        else:
            lower[n] = 107 if point == _KELVIN else point  # whose small letter is the ASCII k
        n += 1
        at += 1
    return n, has_curly


@bare_inner
def _is_terminated(line: U32, n: int) -> bool:
    if n == 0:
        return False
    if n >= 3 and line[n - 1] == _DOT and line[n - 2] == _DOT and line[n - 3] == _DOT:
        return False
    is_end = False
    for mark in _END_MARKS:
        is_end = is_end or line[n - 1] == mark
    return is_end


@bare_inner
def _find_phrases(
    lower: U32, n: int, phrases: U32, pairs: U8, is_there: npt.NDArray[np.bool_]
) -> None:
    """Which phrases stand somewhere in the line."""
    is_there[:] = False
    for at in range(n - 1):
        first, second = lower[at] - 64, lower[at + 1] - 64
        if not (0 <= first < 64 and 0 <= second < 64):
            continue
        begun = pairs[first * 64 + second]
        if not begun:
            continue
        for k in range(len(phrases)):
            if (begun >> k) & 1 and _matches(lower, at, n, phrases[k]):
                is_there[k] = True


@bare_inner
def _sentences(line: U32, n: int, table: U16) -> int:
    """Runs of sentence-ending characters that end one; at least 1.

    Behind ASCII's full stops, question and exclamation marks there must be white space or the end
    of the line, quotes and brackets aside; those of other scripts end a sentence by themselves.
    """
    n_ends, at = 0, 0
    while at < n:
        if not table[line[at]] & IS_TERMINAL:
            at += 1
            continue
        by_itself = False
        while at < n and table[line[at]] & IS_TERMINAL:
            by_itself = by_itself or line[at] > 0x7F
            at += 1
        after = at
        while after < n and table[line[after]] & CLASS_MASK in _CLOSERS:
            after += 1
        n_ends += by_itself or after == n or is_space(line[after], table)
    return max(n_ends, 1)


@bare_inner
def _count_line(
    points: U32,
    low: int,
    high: int,
    table: U16,
    phrases: U32,
    pairs: U8,
    citations: U32,
    plain: U32,
    lower: U32,
    is_there: npt.NDArray[np.bool_],
    flags: int,
    row: I64,
) -> None:
    n_words, longest = _count_words(points, low, high, table)
    n, has_curly = _clean(points, low, high, table, citations, plain, lower)
    _find_phrases(lower, n, phrases, pairs, is_there)
    has_policy = False
    for phrase in range(2, len(is_there)):
        has_policy = has_policy or is_there[phrase]
    is_removed = longest > MAX_WORD_CHARS or n_words < MIN_LINE_WORDS or is_there[1] or has_policy
    has_mark = _is_terminated(plain, n)
    is_terminated = not flags & ELLIPSIS and (has_mark or flags & C4_MARK != 0)
    row[_LINES] += 1
    row[_LONG_WORD] += longest > MAX_WORD_CHARS
    row[_UNTERMINATED] += not is_terminated
    row[_CODE_UNTERMINATED] += not has_mark
    row[_CODE_KEPT] += has_mark and not is_removed
    row[_FEW_WORDS] += n_words < MIN_LINE_WORDS
    row[_LOREM_IPSUM] += is_there[0]
    row[_JAVASCRIPT] += is_there[1]
    row[_POLICY] += has_policy
    row[_CURLY_BRACKET] += has_curly
    if is_terminated and not is_removed:
        row[_KEPT] += 1
        row[_SENTENCES] += _sentences(plain, n, table)


@kernel
def _count(
    points: U32, offsets: I64, table: U16, ends: U8, phrases: U32, pairs: U8, citations: U32
) -> I64:
    counts = np.zeros((len(offsets) - 1, _N_COUNTS), np.int64)
    longest = 0
    for text in range(len(offsets) - 1):
        longest = max(longest, offsets[text + 1] - offsets[text])
    plain, lower = np.empty(longest, np.uint32), np.empty(longest, np.uint32)
    is_there = np.zeros(len(phrases), np.bool_)
    n_lines = 0
    for text in range(len(offsets) - 1):
        at, high = offsets[text], offsets[text + 1]
        while at < high:
            end, after = end_of_line(points, at, high, table)
            low, last = stripped(points, at, end, table)
            line = (points, low, last, table, phrases, pairs, citations, plain, lower, is_there)
            _count_line(*line, ends[n_lines], counts[text])
            n_lines += 1
            at = after
    return counts


def count_c4(points: U32, offsets: I64, table: U16, ends: U8) -> I64:
    """Count the lines that each rule removes.

    Args:
        points: uint32[n_points].
        offsets: int64[n_texts + 1].
        table: the property table.
        ends: uint8[n_lines], how each line ends, from :func:`curate.metrics.line_end.count_shown`.

    Returns:
        int64[n_texts, len(C4Count)].
    """
    counts: I64 = _count(points, offsets, table, ends, _PHRASES, _PAIRS, _CITATIONS)
    return counts
