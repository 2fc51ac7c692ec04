"""The registry: every metric's name, unit, possible values and one definition.

The order is the order in which thresholds are checked: FineWeb2 applies Gopher's repetition rules,
then FineWeb's quality rules, then Gopher's quality rules; C4's, which it leaves out, come last.
The first broken one is the reason.

Sources named in the definitions: *Gopher* is arXiv 2112.11446, table A1; *FineWeb* is
arXiv 2406.17557; *FineWeb2* is arXiv 2506.20920. The arithmetic is that of datatrove 0.10, their
implementation: given the same tokens the values are equal to 1e-9, but for ``n_stopwords``, which
folds case, ``n_c4_sentences``, and the rules that look at one sign of a line. These go by what a
reader sees; the implementation's own numbers stand beside them, in columns that say whose they are
(``fineweb2_…``, ``datatrove_…``). A document without text (None) has null in every column.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import pyarrow as pa

from curate.columns import Metric as Metric

METRICS_VERSION: Final = "3"
"""Changes whenever a value of any metric may differ for some text; part of a stage's fingerprint.

It covers the splitter and the tables of :mod:`curate.text` too.
"""

EXAMPLE_STOPWORDS: Final = frozenset({"और", "के", "में", "है"})
"""The stop words under which the example of ``n_stopwords`` holds."""


_ABSENT = "the document has no text"
_EMPTY = "the text is empty"
_NO_TOKENS = "the text has no tokens"


def _count(name: str, unit: str, doc: str, example: tuple[str, float]) -> Metric:
    return Metric(name, pa.int32(), unit, 0.0, None, doc, _ABSENT, example)


def _fraction(
    name: str, unit: str, doc: str, null_means: str, example: tuple[str, float | None]
) -> Metric:
    return Metric(name, pa.float64(), unit, 0.0, 1.0, doc, null_means, example)


def _per_word(name: str, unit: str, doc: str, example: tuple[str, float]) -> Metric:
    doc += " Divided by all tokens, punctuation included, as the source does."
    return Metric(name, pa.float64(), unit, 0.0, None, doc, _NO_TOKENS, example)


def _top_ngram(n: int, example: tuple[str, float]) -> Metric:
    return Metric(
        name=f"top_{n}gram_char_fraction",
        dtype=pa.float64(),
        unit="characters of the n-gram with its spaces × its count / characters of the text",
        lowest=0.0,
        # Each token lies in at most n occurrences, and an occurrence adds n - 1 spaces of its own.
        highest=2.0 * n - 1.0,
        doc=f"The most frequent run of {n} tokens joined by spaces, the first of equals: its "
        "length times its count, over the length of the text. May exceed 1, because occurrences "
        "overlap and the spaces need not be in the text. 0 if there are fewer tokens. Gopher.",
        null_means=_NO_TOKENS,
        example=example,
    )


def _dup_ngram(n: int, example: tuple[str, float]) -> Metric:
    return _fraction(
        f"dup_{n}gram_char_fraction",
        "characters without spaces in repeated n-grams / characters of the text",
        f"Runs of {n} tokens joined without spaces, from left to right: one seen before counts its "
        f"characters and is stepped over whole ({n} tokens), another is remembered and the next "
        "begins one token on. 0 if there are fewer tokens. Gopher.",
        _NO_TOKENS,
        example,
    )


_TIBETAN_10 = "ཀ་ཁ་ག་ང་ཅ་ཆ་ཇ་ཉ་ཏ་ཐ"

_SIZE = (
    _count("n_chars", "code points", "Length of the text.", ("𞤀𞤣𞤤𞤢𞤥", 5)),
    _count("n_lines", "lines", "Lines that are not blank. FineWeb.", ("สวัสดี\n\nครับ\n", 2)),
)

_REPETITION = (
    _fraction(
        "dup_paragraph_fraction",
        "paragraphs seen before / paragraphs",
        "The stripped text is cut at every run of two or more line breaks; paragraphs equal to an "
        "earlier one, over all. Gopher.",
        _EMPTY,
        ("नमस्ते\n\nनमस्ते\n\nफिर", 1 / 3),
    ),
    _fraction(
        "dup_paragraph_char_fraction",
        "characters / characters of the text",
        "Characters in paragraphs equal to an earlier one, over the length of the unstripped text. "
        "Gopher.",
        _EMPTY,
        ("你好\n\n你好", 2 / 6),
    ),
    _fraction(
        "dup_line_fraction",
        "lines seen before / lines",
        "The unstripped text is cut at every run of line breaks, so a text that begins and ends "
        "with one has two empty lines; lines equal to an earlier one, over all. Gopher.",
        _EMPTY,
        ("مرحبا\nمرحبا\nأهلا\nمرحبا", 2 / 4),
    ),
    _fraction(
        "dup_line_char_fraction",
        "characters / characters of the text",
        "Characters in lines (as in dup_line_fraction) equal to an earlier one, over the length of "
        "the text with its line breaks. Gopher.",
        _EMPTY,
        ("សួស្តី\nសួស្តី", 6 / 13),
    ),
    _top_ngram(2, ("ཀ་ཁ་ཀ་ཁ", 3 * 2 / 7)),
    _top_ngram(3, ("ཀ་ཁ་ག་ཀ་ཁ་ག", 5 * 2 / 11)),
    _top_ngram(4, ("ཀ་ཁ་ག་ང", 7 * 1 / 7)),
    _dup_ngram(5, (f"{_TIBETAN_10[:9]} {_TIBETAN_10[:9]}", 5 / 19)),
    _dup_ngram(6, (f"{_TIBETAN_10[:11]} {_TIBETAN_10[:11]}", 6 / 23)),
    _dup_ngram(7, (f"{_TIBETAN_10[:13]} {_TIBETAN_10[:13]}", 7 / 27)),
    _dup_ngram(8, (f"{_TIBETAN_10[:15]} {_TIBETAN_10[:15]}", 8 / 31)),
    _dup_ngram(9, (f"{_TIBETAN_10[:17]} {_TIBETAN_10[:17]}", 9 / 35)),
    _dup_ngram(10, (f"{_TIBETAN_10} {_TIBETAN_10}", 10 / 39)),
)

_LINES = (
    _fraction(
        "terminal_punct_line_fraction",
        "lines / lines",
        "Lines whose last visible sign ends a sentence in some script, over the lines with "
        "something to see. Behind that sign quotes and brackets that close, marks of notes, emoji, "
        "pilcrows, white space and invisible characters change nothing; '|' is a danda in scripts "
        "of India, '::' an Ethiopic full stop, ':' an Armenian one (curate.metrics.line_end). "
        "After FineWeb.",
        "every line is blank",
        ("“यह एक है।”\nयह दो", 1 / 2),
    ),
    _fraction(
        "fineweb2_terminal_punct_line_fraction",
        "lines / lines",
        "Lines that are not blank and whose last code point ends a sentence in some script "
        "(curate.text.characters.terminal_punctuation), over the lines that are not blank. A line "
        "is not stripped: one that ends with a space or a quote does not count. FineWeb2's "
        "arithmetic (line_punct_ratio), for its configs.",
        "every line is blank",
        ("“यह एक है।”\nयह दो।", 1 / 2),
    ),
    _fraction(
        "short_line_fraction",
        "lines / lines",
        "Lines that are not blank and have 30 characters or fewer, over those that are not blank. "
        "FineWeb.",
        "every line is blank",
        ("我们" * 15 + "\n" + "我们" * 16, 1 / 2),
    ),
    _fraction(
        "dup_nonblank_line_char_fraction",
        "characters / characters of the text without line breaks",
        "Characters in lines equal to an earlier one, blank lines left out, over the length of the "
        "text without its line breaks. FineWeb (char_dup_ratio).",
        "every line is blank",
        ("გამარჯობა\n\nგამარჯობა", 9 / 18),
    ),
    _per_word(
        "newlines_per_word",
        "line breaks / tokens",
        "Line breaks of the text. FineWeb (list_ratio).",
        ("ሰላም\nሰላም", 1 / 2),
    ),
)

_WORDS = (
    _count(
        "n_words",
        "words",
        "Tokens with at least one letter or number; punctuation and symbols are tokens but no "
        "words. Gopher.",
        ("人人生而自由。", 4),
    ),
    Metric(
        name="mean_word_chars",
        dtype=pa.float64(),
        unit="code points per word",
        lowest=1.0,
        highest=None,
        doc="Mean length of the tokens that n_words counts, marks included. Gopher.",
        null_means="the text has no words",
        example=("ที่ และ", 3.0),
    ),
    _per_word(
        "hashes_per_word",
        "'#' / tokens",
        "Count of '#' in the text. Gopher.",
        ("#日本 です", 1 / 3),
    ),
    _per_word(
        "ellipses_per_word",
        "ellipses / tokens",
        "Count of '...' (not overlapping) and of '…' in the text. Gopher.",
        ("да… нет...", 2 / 4),
    ),
    _fraction(
        "bullet_line_fraction",
        "lines / lines",
        "Lines whose first visible sign is '•' or '-', over all lines, blank ones included. After "
        "Gopher.",
        _EMPTY,
        ("• आम\n - केला\nफल\n\n", 2 / 4),
    ),
    _fraction(
        "fineweb2_bullet_line_fraction",
        "lines / lines",
        "Lines that begin with '•' or '-' after white space, over all lines, blank ones included. "
        "A direction mark before the bullet hides it. Gopher's arithmetic, as FineWeb2 applies it.",
        _EMPTY,
        ("\u200f• תות\n• תפוח", 1 / 2),
    ),
    _fraction(
        "ellipsis_line_fraction",
        "lines / lines",
        "Lines whose last visible sign is an ellipsis ('...', '…', '。。。'), over all lines, "
        "blank ones included; what may stand behind a full stop may stand behind it. After Gopher.",
        _EMPTY,
        ("「阅读更多…」\n再见", 1 / 2),
    ),
    _fraction(
        "fineweb2_ellipsis_line_fraction",
        "lines / lines",
        "Lines that end with '...' or '…' before white space, over all lines, blank ones included. "
        "Gopher's arithmetic, as FineWeb2 applies it.",
        _EMPTY,
        ("「阅读更多…」\n再见…", 1 / 2),
    ),
    _fraction(
        "alpha_word_fraction",
        "tokens / tokens",
        "Tokens with at least one letter (general category L), over all tokens, punctuation "
        "included. Gopher.",
        _NO_TOKENS,
        ("١٢ كتاب ، قلم", 2 / 4),
    ),
    Metric(
        name="n_stopwords",
        dtype=pa.int32(),
        unit="distinct stop words",
        lowest=0.0,
        highest=None,
        doc="How many different stop words of the document's label occur among its tokens, case "
        "folded on both sides. Gopher.",
        null_means="the label has no stop words, so that nothing can be measured",
        example=("राम और श्याम घर में और बाहर", 2),
    ),
    _fraction(
        "upper_case_fraction",
        "letters / letters",
        "Capital letters, over the letters of scripts that have capitals. Of the copies of a text "
        "one in ordinary case represents the others.",
        "the text has no letter of a script with capitals",
        ("ΑΒγ ДЖ 字", 4 / 5),
    ),
)

_NO_LINES = "the text has no lines"


def _c4_lines(rule: str, doc: str, example: tuple[str, float]) -> Metric:
    doc += " Over all lines (str.splitlines, stripped), blank ones included. C4."
    return _fraction(f"c4_{rule}_line_fraction", "lines / lines", doc, _NO_LINES, example)


_C4 = (
    _c4_lines(
        "long_word",
        "Lines with a word of more than 1,000 characters; words stand between white space.",
        ("𞤀" * 1001 + "\nक", 1 / 2),
    ),
    _c4_lines(
        "unterminated",
        "Lines that, citations such as [12] and [edit] left out, do not end with one of . ? ! or a "
        "quote, or end with an ellipsis. Marks of ASCII alone, as the source has it, but by the "
        "last visible sign: terminal_punct_line_fraction knows every script.",
        ("“Да.”\nНет...\n是。", 2 / 3),
    ),
    _c4_lines(
        "few_word",
        "Lines with fewer than 3 words; words stand between white space.",
        ("एक दो तीन\nएक दो\n", 1 / 2),
    ),
    _c4_lines(
        "javascript",
        "Lines with 'javascript' in any case.",
        ("Bật JavaScript lên.\nXin chào.", 1 / 2),
    ),
    _c4_lines(
        "policy",
        "Lines with 'terms of use', 'privacy policy', 'cookie policy', 'uses cookies', 'use of "
        "cookies' or 'use cookies' in any case. English, as the source has it.",
        ("ข้อความ\nPrivacy Policy\nข้อความ\nข้อความ", 1 / 4),
    ),
    _c4_lines(
        "kept",
        "Lines that none of the five rules above removes.",
        ("Ég er hér.\nÞú\n", 1 / 2),
    ),
    _fraction(
        "datatrove_c4_unterminated_line_fraction",
        "lines / lines",
        "As c4_unterminated_line_fraction, but by the last code point, which has to be one of "
        ". ? ! \" ', and '...' alone is an ellipsis. The arithmetic of C4's code and of datatrove.",
        _NO_LINES,
        ("“Да.”\nНет...\nДа.", 2 / 3),
    ),
    _fraction(
        "datatrove_c4_kept_line_fraction",
        "lines / lines",
        "As c4_kept_line_fraction, with datatrove_c4_unterminated_line_fraction in its place.",
        _NO_LINES,
        ("“Ég er hér.”\nÉg er hér.\n", 1 / 2),
    ),
    _count(
        "n_c4_sentences",
        "sentences",
        "Sentences in the lines that c4_kept_line_fraction counts, at least one a line: runs of "
        "sentence-ending characters, those of ASCII only before white space, quotes, brackets or "
        "the end of the line. C4 asks for 5. Not datatrove's number, which takes a sentence "
        "splitter for each language.",
        ("Ça va bien. Et 3.5 fois mieux! Non?", 3),
    ),
    _count(
        "n_lorem_ipsum_lines",
        "lines",
        "Lines with 'lorem ipsum' in any case. C4 drops a page that has one.",
        ("你好\nLorem ipsum dolor", 1),
    ),
    _count(
        "n_curly_bracket_lines",
        "lines",
        "Lines with '{'. C4 drops a page that has one.",
        ("مرحبا\nif (a) { b }", 1),
    ),
    _count(
        "n_long_lines",
        "lines",
        "Lines of 200 characters or more, cut at line breaks only. mC4 keeps a page that has 3 "
        "(arXiv 2010.11934, section 3.1).",
        ("字" * 200 + "\n短", 1),
    ),
)

METRICS: Final[Mapping[str, Metric]] = MappingProxyType(
    {metric.name: metric for metric in (*_SIZE, *_REPETITION, *_LINES, *_WORDS, *_C4)}
)
"""Every metric by name, in display order, which is the order in which thresholds are checked."""

SCHEMA: Final = pa.schema([pa.field(metric.name, metric.dtype) for metric in METRICS.values()])
"""The columns of a table of metrics, in order; all of them nullable."""
