"""Given datatrove's own tokens, every metric is the number that datatrove's filters compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.metrics.measure import measure_tokens
from curate.text.normalize import shingle_form
from tests.benchmarks import datatrove_side as theirs
from tests.benchmarks.corpus import Document

pytestmark = [pytest.mark.bench, pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(900)]

TOLERANCE = 1e-9
STOPWORDS = frozenset({"de", "la", "en", "и", "в", "和", "的", "ที่", "और", "ya", "na", "του", "và"})

C4_LINES: Sequence[tuple[str, Mapping[str, object], str]] = (
    ("long_word", {"max_word_length": 1000}, "line-filter-too_long_word"),
    ("unterminated", {"filter_no_terminal_punct": True}, "line-filter-no_terminal_punc"),
    ("few_word", {"min_words_per_line": 3}, "line-filter-too_few_words"),
    ("javascript", {"filter_javascript": True}, "line-filter-javascript"),
    ("policy", {"filter_policy": True}, "line-filter-policy"),
)
"""C4's line rules: our metric, what switches the rule on, and its counter."""


def ours(text: str, tokens: list[str]) -> dict[str, float]:
    measured = measure_tokens(text, tokens, STOPWORDS, is_word=theirs.is_word(tokens))
    return {name: value for name, value in measured.items() if value is not None}


def differing(text: str, tokens: list[str]) -> dict[str, tuple[float, float]]:
    """Metric -> (ours, theirs) where they differ."""
    found = ours(text, tokens)
    wanted = theirs.values(text, tokens) | c4_values(text)
    return {
        name: (found[name], value)
        for name, value in wanted.items()
        if abs(found[name] - value) > TOLERANCE
    }


def c4_column(rule: str) -> str:
    """The column with C4's own arithmetic; two rules have another beside it."""
    whose = "datatrove_" if rule in ("unterminated", "kept") else ""
    return f"{whose}c4_{rule}_line_fraction"


def c4_values(text: str) -> dict[str, float]:
    found = {
        c4_column(name): theirs.c4_line_fraction(text, rule, counter)
        for name, rule, counter in C4_LINES
    }
    every = {key: value for _, rule, _ in C4_LINES for key, value in rule.items()}
    found[c4_column("kept")] = theirs.c4_line_fraction(text, every, "line-kept")
    return found


@pytest.fixture(scope="module")
def tokenised(documents: Sequence[Document]) -> list[tuple[Document, list[str]]]:
    """Documents with datatrove's tokens; it divides by zero where there is no word."""
    pairs = [(document, theirs.tokens_of(document.text, document.label)) for document in documents]
    return [(document, tokens) for document, tokens in pairs if any(theirs.is_word(tokens))]


def test_there_is_enough_to_compare(
    tokenised: Sequence[tuple[Document, list[str]]], *, is_large: bool
) -> None:
    if not is_large:
        pytest.skip("../shared is absent: only the embedded sample is compared")
    assert len(tokenised) >= 1000
    assert len({document.label for document, _ in tokenised}) >= 15
    assert len({document.label[4:] for document, _ in tokenised}) >= 10


def test_metrics_are_equal_given_equal_tokens(
    tokenised: Sequence[tuple[Document, list[str]]],
) -> None:
    wrong = {d.id: found for d, tokens in tokenised if (found := differing(d.text, tokens))}
    assert wrong == {}


def test_every_rule_has_something_to_measure(
    tokenised: Sequence[tuple[Document, list[str]]],
) -> None:
    """Equal zeros would prove nothing."""
    n_values: dict[str, set[float]] = {}
    for document, tokens in tokenised:
        for name, value in (
            theirs.values(document.text, tokens) | c4_values(document.text)
        ).items():
            n_values.setdefault(name, set()).add(value)
    # no real line has a word of more than a thousand letters
    few = {name for name, seen in n_values.items() if len(seen) < 3}
    assert few <= {"c4_long_word_line_fraction"}


def test_distinct_stop_words_are_counted_alike_but_for_case(
    tokenised: Sequence[tuple[Document, list[str]]],
) -> None:
    for document, tokens in tokenised:
        folded = [shingle_form(token) for token in tokens]
        wanted = theirs.count_stopwords(folded, STOPWORDS)
        assert ours(document.text, tokens)["n_stopwords"] == wanted, document.id


@pytest.mark.parametrize("rule", theirs.FLIPS, ids=lambda rule: f"{rule.metric}-{rule.reason}")
def test_filters_change_their_verdict_at_our_value(
    rule: theirs.Flip, tokenised: Sequence[tuple[Document, list[str]]]
) -> None:
    """The filters themselves, with a threshold a hair below and above what we measured."""
    verdicts: Counter[tuple[str | None, str | None]] = Counter()
    for document, tokens in tokenised[::3]:
        value = ours(document.text, tokens)[rule.metric]
        hair = 0.5 if rule.metric == "n_words" else max(abs(value), 1.0) * TOLERANCE
        if value <= hair:  # below it lie only thresholds that mean "off"
            continue
        below, above = (
            theirs.drops(rule.filter(value + side, document.label), document.text)
            for side in (-hair, hair)
        )
        verdicts[(above, below) if rule.is_minimum else (below, above)] += 1
    assert verdicts.keys() <= {(rule.reason, None)}
    assert verdicts.total() > 0


def test_c4_drops_pages_with_the_lines_we_count(
    tokenised: Sequence[tuple[Document, list[str]]],
) -> None:
    for document, tokens in tokenised:
        measured = ours(document.text, tokens)
        drops = theirs.c4_page_drops(document.text)
        assert drops["lorem_ipsum"] == (measured["n_lorem_ipsum_lines"] > 0), document.id
        assert drops["curly_bracket"] == (measured["n_curly_bracket_lines"] > 0), document.id
        assert drops["paragraphs"] == (measured["n_long_lines"] < 3), document.id


PIECES = st.one_of(
    st.sampled_from(["a", "b", "A", ".", "...", "…", "•", "-", "#", "{", "!", "。", "؟", "।"]),
    st.sampled_from(["the", "ที่", "कि", "和", "𞤀𞤣", "𐌰", "[12]", "[edit]", "K"]),
    st.sampled_from(["\n", "\n", "\n\n", " ", " ", "\t", "\r", "\x0b", "\u2028", "\x85", "\u3000"]),
    st.sampled_from(["- ", "JavaScript", "use cookies", "Lorem ipsum", "x" * 1001]),
    st.characters(exclude_categories=["Cs"]),
)


@settings(max_examples=400, deadline=None)
@given(pieces=st.lists(PIECES, max_size=60), repeats=st.integers(1, 3))
def test_metrics_are_equal_on_any_text_and_tokens(pieces: list[str], repeats: int) -> None:
    """Tokens need not come from a tokeniser: the arithmetic is to hold for any."""
    text = "".join(pieces * repeats)
    tokens = [token for piece in text.split() for token in (piece[:3], piece[3:]) if token]
    if any(theirs.is_word(tokens)):
        assert differing(text, tokens) == {}
