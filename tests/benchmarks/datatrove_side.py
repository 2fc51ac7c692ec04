"""What is called of datatrove 0.10 (Apache-2.0): its tokens, its numbers, its verdicts.

Its filters answer only "keep" or a reason. The numbers behind the answers come from the functions
that its filters call, put together as its filters put them together; :func:`flips` then checks the
filters themselves, by thresholds a hair below and above a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

Values = dict[str, float]
Filter = Any
U64 = npt.NDArray[np.uint64]

MISSING: Final = "datatrove is not installed: pip install 'curate-corpus[bench]'"

NEVER: Final = 1e9
"""A limit that nothing exceeds. (Zero switches most of datatrove's rules off, but not all.)"""

_FILTERS = "datatrove.pipeline.filters"


def is_installed() -> bool:
    """Whether there is anything to compare with."""
    return find_spec("datatrove") is not None


@lru_cache
def repetition() -> Any:  # noqa: ANN401 - a module without types
    """The module of Gopher's repetition filter."""
    return import_module(f"{_FILTERS}.gopher_repetition_filter")


@lru_cache
def gopher() -> Any:  # noqa: ANN401 - a module without types
    """The module of Gopher's quality filter."""
    return import_module(f"{_FILTERS}.gopher_quality_filter")


@lru_cache
def fineweb() -> Any:  # noqa: ANN401 - a module without types
    """The module of FineWeb's quality filter."""
    return import_module(f"{_FILTERS}.fineweb_quality_filter")


@lru_cache
def c4() -> Any:  # noqa: ANN401 - a module without types
    """The module of C4's filters."""
    return import_module(f"{_FILTERS}.c4_filters")


@lru_cache
def text_utils() -> Any:  # noqa: ANN401 - a module without types
    """Normalisation, and tokens with the cache that its filters share."""
    return import_module("datatrove.utils.text")


@lru_cache
def tokenizer(label: str) -> Any:  # noqa: ANN401 - a class without types
    """The tokeniser that datatrove assigns to a label, ready to use.

    Raises:
        LookupError: there is none for the label, or its package is not installed.
    """
    words = import_module("datatrove.utils.word_tokenizers")
    try:
        found = words.load_word_tokenizer(label)
        if isinstance(found, words.TibetanTokenizer):
            raise LookupError(f"{label}: botok downloads its dictionary at first use")
        found.word_tokenize("a")
    except (ValueError, ImportError, OSError) as error:
        raise LookupError(f"{label}: {error}") from error
    return found


def can_tokenize(label: str) -> bool:
    """Whether :func:`tokenizer` has one for the label."""
    try:
        tokenizer(label)
    except LookupError:
        return False
    return True


def tokens_of(text: str, label: str) -> list[str]:
    """The words of a text as datatrove's filters get them."""
    tokens: list[str] = text_utils().split_into_words(text, label)
    return tokens


def document(text: str) -> Any:  # noqa: ANN401 - a class without types
    """A document of datatrove's."""
    return import_module("datatrove.data").Document(text=text, id="0")


def is_word(tokens: Sequence[str]) -> list[bool]:
    """Which tokens datatrove counts as words: those with anything but punctuation."""
    punctuation = gopher().PUNCTUATION_SET
    return [any(character not in punctuation for character in token) for token in tokens]


def values(text: str, tokens: list[str]) -> Values:
    """Every number that its three filters compare with a threshold, by the name of our metric.

    Args:
        text: not blank.
        tokens: its tokens, at least one of them a word.
    """
    return {**_repetition_values(text, tokens), **_line_values(text, tokens), **_word_values(
        text, tokens
    )}  # fmt: skip


def _repetition_values(text: str, tokens: list[str]) -> Values:
    rules = repetition()
    filter_ = rules.GopherRepetitionFilter()
    paragraphs = filter_.paragraph_exp.split(text.strip())
    lines = filter_._line_splitter.split(text)
    n_paragraphs, paragraph_chars = rules.find_duplicates(paragraphs)
    n_lines, line_chars = rules.find_duplicates(lines)
    found = {
        "dup_paragraph_fraction": n_paragraphs / len(paragraphs),
        "dup_paragraph_char_fraction": paragraph_chars / len(text),
        "dup_line_fraction": n_lines / len(lines),
        "dup_line_char_fraction": line_chars / len(text),
    }
    for n in (2, 3, 4):
        ngrams = rules.get_n_grams(tokens, n)
        top = rules.find_top_duplicate(ngrams) if ngrams else 0
        found[f"top_{n}gram_char_fraction"] = top / len(text)
    for n in (5, 6, 7, 8, 9, 10):
        found[f"dup_{n}gram_char_fraction"] = rules.find_all_duplicate(tokens, n) / len(text)
    return found


def _line_values(text: str, tokens: list[str]) -> Values:
    filter_ = fineweb().FineWebQualityFilter()
    lines = [line for line in text.split("\n") if line.strip() != ""]
    n_ended = sum(1 for line in lines if line.endswith(filter_.stop_chars))
    n_short = sum(1 for line in lines if len(line) <= filter_.short_line_length)
    n_chars = len(text.replace("\n", ""))
    return {
        "fineweb2_terminal_punct_line_fraction": n_ended / len(lines),
        "short_line_fraction": n_short / len(lines),
        "dup_nonblank_line_char_fraction": fineweb().find_duplicates(lines)[1] / n_chars,
        "newlines_per_word": text.count("\n") / len(tokens),
    }


def _word_values(text: str, tokens: list[str]) -> Values:
    words = [token for token, counts in zip(tokens, is_word(tokens), strict=True) if counts]
    lines = text.splitlines()
    bullets = [line.lstrip().startswith(("•", "-")) for line in lines]
    ellipses = [line.rstrip().endswith(("...", "…")) for line in lines]
    n_alpha = sum(any(character.isalpha() for character in token) for token in tokens)
    return {
        "n_words": len(words),
        "mean_word_chars": float(np.mean([len(word) for word in words])),
        "hashes_per_word": text.count("#") / len(tokens),
        "ellipses_per_word": (text.count("...") + text.count("…")) / len(tokens),
        "fineweb2_bullet_line_fraction": sum(bullets) / len(lines),
        "fineweb2_ellipsis_line_fraction": sum(ellipses) / len(lines),
        "alpha_word_fraction": n_alpha / len(tokens),
    }


class Flip(NamedTuple):
    """One metric as one rule of one filter.

    Args:
        metric: our name.
        reason: what the filter says when the rule drops.
        filter: makes the filter with this rule alone, at a threshold, for a language.
        is_minimum: the rule drops what lies below the threshold.
    """

    metric: str
    reason: str
    filter: Callable[[float, str], Filter]
    is_minimum: bool = False


_NO_REPETITION: Final[Mapping[str, object]] = {
    "dup_line_frac": None,
    "dup_para_frac": None,
    "dup_line_char_frac": None,
    "dup_para_char_frac": None,
    "top_n_grams": (),
    "dup_n_grams": (),
}
_NO_FINEWEB: Final[Mapping[str, object]] = {
    "line_punct_thr": -NEVER,
    "short_line_thr": NEVER,
    "char_duplicates_ratio": NEVER,
    "new_line_ratio": NEVER,
}
_NO_GOPHER: Final[Mapping[str, object]] = {
    "min_doc_words": None,
    "max_doc_words": None,
    "min_avg_word_length": None,
    "max_avg_word_length": None,
    "max_symbol_word_ratio": None,
    "max_bullet_lines_ratio": None,
    "max_ellipsis_lines_ratio": None,
    "max_non_alpha_words_ratio": None,
    "min_stop_words": None,
}


def _alone(
    module: Callable[[], Any], name: str, none: Mapping[str, object], rule: str
) -> Callable[[float, str], Filter]:
    """A filter with one rule: ``rule`` is an argument, or ``argument:n`` for n-grams."""
    argument, _, n = rule.partition(":")

    def make(threshold: float, label: str) -> Filter:
        limit = ((int(n), threshold),) if n else threshold
        return getattr(module(), name)(**{**none, argument: limit}, language=label)

    return make


def _of_repetition(rule: str) -> Callable[[float, str], Filter]:
    return _alone(repetition, "GopherRepetitionFilter", _NO_REPETITION, rule)


def _of_fineweb(rule: str) -> Callable[[float, str], Filter]:
    return _alone(fineweb, "FineWebQualityFilter", _NO_FINEWEB, rule)


def _of_gopher(rule: str) -> Callable[[float, str], Filter]:
    return _alone(gopher, "GopherQualityFilter", _NO_GOPHER, rule)


def _flips() -> Iterator[Flip]:
    yield Flip("dup_paragraph_fraction", "dup_para_frac", _of_repetition("dup_para_frac"))
    yield Flip(
        "dup_paragraph_char_fraction", "dup_para_char_frac", _of_repetition("dup_para_char_frac")
    )
    yield Flip("dup_line_fraction", "dup_line_frac", _of_repetition("dup_line_frac"))
    yield Flip("dup_line_char_fraction", "dup_line_char_frac", _of_repetition("dup_line_char_frac"))
    for n in (2, 3, 4):
        yield Flip(
            f"top_{n}gram_char_fraction", f"top_{n}_gram", _of_repetition(f"top_n_grams:{n}")
        )
    for n in (5, 6, 7, 8, 9, 10):
        rule = _of_repetition(f"dup_n_grams:{n}")
        yield Flip(f"dup_{n}gram_char_fraction", f"duplicated_{n}_n_grams", rule)
    yield Flip(
        "fineweb2_terminal_punct_line_fraction",
        "line_punct_ratio",
        _of_fineweb("line_punct_thr"),
        True,
    )
    yield Flip("short_line_fraction", "short_line_ratio", _of_fineweb("short_line_thr"))
    yield Flip(
        "dup_nonblank_line_char_fraction", "char_dup_ratio", _of_fineweb("char_duplicates_ratio")
    )
    yield Flip("newlines_per_word", "list_ratio", _of_fineweb("new_line_ratio"))
    yield Flip("n_words", "gopher_short_doc", _of_gopher("min_doc_words"), True)
    yield Flip("n_words", "gopher_long_doc", _of_gopher("max_doc_words"))
    yield Flip(
        "mean_word_chars", "gopher_below_avg_threshold", _of_gopher("min_avg_word_length"), True
    )
    yield Flip("mean_word_chars", "gopher_above_avg_threshold", _of_gopher("max_avg_word_length"))
    yield Flip("hashes_per_word", "gopher_too_many_hashes", _of_gopher("max_symbol_word_ratio"))
    yield Flip("ellipses_per_word", "gopher_too_many_ellipsis", _of_gopher("max_symbol_word_ratio"))
    yield Flip(
        "fineweb2_bullet_line_fraction",
        "gopher_too_many_bullets",
        _of_gopher("max_bullet_lines_ratio"),
    )
    yield Flip(
        "fineweb2_ellipsis_line_fraction",
        "gopher_too_many_end_ellipsis",
        _of_gopher("max_ellipsis_lines_ratio"),
    )
    yield Flip(
        "alpha_word_fraction",
        "gopher_below_alpha_threshold",
        _of_gopher("max_non_alpha_words_ratio"),
        True,
    )


FLIPS: Final = tuple(_flips())
"""Every rule of its three filters that compares a number of a text with a threshold."""


def measuring_filters(label: str) -> list[Filter]:
    """Its three filters, every rule on, with limits that nothing breaks so that none is skipped."""
    return [
        repetition().GopherRepetitionFilter(
            language=label,
            dup_line_frac=NEVER,
            dup_para_frac=NEVER,
            dup_line_char_frac=NEVER,
            dup_para_char_frac=NEVER,
            top_n_grams=tuple((n, NEVER) for n in (2, 3, 4)),
            dup_n_grams=tuple((n, NEVER) for n in (5, 6, 7, 8, 9, 10)),
        ),
        fineweb().FineWebQualityFilter(
            language=label,
            line_punct_thr=-1,
            short_line_thr=NEVER,
            char_duplicates_ratio=NEVER,
            new_line_ratio=NEVER,
        ),
        gopher().GopherQualityFilter(
            language=label,
            min_doc_words=-1,
            max_doc_words=NEVER,
            min_avg_word_length=-1,
            max_avg_word_length=NEVER,
            min_stop_words=-1,
            max_symbol_word_ratio=NEVER,
            max_bullet_lines_ratio=NEVER,
            max_ellipsis_lines_ratio=NEVER,
            max_non_alpha_words_ratio=-1,
        ),
    ]


def drops(filter_: Filter, text: str) -> str | None:
    """The reason for which a filter drops a text; None if it keeps it."""
    answer = filter_.filter(document(text))
    return answer[1] if isinstance(answer, tuple) else None if answer else ""


_NO_C4: Final[Mapping[str, object]] = {
    "filter_no_terminal_punct": False,
    "min_num_sentences": -1,
    "min_words_per_line": -1,
    "max_word_length": -1,
    "filter_lorem_ipsum": False,
    "filter_javascript": False,
    "filter_curly_bracket": False,
    "filter_policy": False,
}


def _c4_filter(rules: Mapping[str, object]) -> Filter:
    return c4().C4QualityFilter(**{**_NO_C4, **rules})


def c4_line_fraction(text: str, rule: Mapping[str, object], counter: str) -> float:
    """The share of lines that C4's filter removes by one rule alone, from its own counters.

    Args:
        text: not blank.
        rule: arguments that switch the rule on; the others are off.
        counter: the counter of its statistics, such as ``line-filter-javascript``.
    """
    filter_ = _c4_filter(rule)
    filter_.filter(document(text))
    stats = filter_.stats.stats
    return float(stats[counter].total / stats["line-total"].total) if counter in stats else 0.0


def c4_page_drops(text: str) -> dict[str, bool]:
    """Which of C4's rules for whole pages drop a text, each rule alone."""
    found = {
        "lorem_ipsum": drops(_c4_filter({"filter_lorem_ipsum": True}), text),
        "curly_bracket": drops(_c4_filter({"filter_curly_bracket": True}), text),
        "paragraphs": drops(c4().C4ParagraphFilter(), text),
    }
    return {rule: reason is not None for rule, reason in found.items()}


def count_stopwords(tokens: Sequence[str], stopwords: AbstractSet[str]) -> int:
    """How many distinct stop words are among the tokens, as its filter counts: case matters."""
    return len(stopwords.intersection(tokens))
