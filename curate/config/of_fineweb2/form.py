"""FineWeb2's published configs: their ten keys, and what each is as a threshold here.

FineWeb2 (arXiv 2506.20920, 4.4 and A.7) publishes one YAML file for each label and applies it with
datatrove. Some of what a file says does not mean what it seems to:

- ``max_non_alpha_words_ratio`` is the *least* share of words with a letter;
- 0 switches a rule off where datatrove tests the limit before it uses it (``dup_line_frac``, word
  lengths, letters), and is a limit like another where it does not (n-grams);
- -1 below a metric and 999 above it are how FineWeb2 writes *off*;
- a limit on the most frequent n-gram may exceed 1 and still be broken: occurrences overlap;
- stop words are compared in their case, and some are punctuation;
- three rules look at one code point of a line, and are kept apart from ours, which look at what a
  reader sees (``fineweb2_terminal_punct_line_fraction`` and two others).

Limits are allowed values themselves on both sides: datatrove drops what is ``<`` a minimum or
``>`` a maximum, and so do we. Rules that are equal for every label are not in the files but in the
code of the pipeline; they are :data:`COMMON`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import Annotated, Any, Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from curate.config.language import DEFAULT, LID, LanguageConfig, Provenance, Threshold, range_of
from curate.config.load import build
from curate.config.problems import Location, problem

SOURCE: Final = "FineWeb2 (arXiv 2506.20920): huggingface/fineweb-2"
LICENSE: Final = "ODC-By 1.0"
LEAST_STOPWORDS: Final = 2
"""Distinct stop words that every document of FineWeb2 has."""

COMMON: Final = (
    Threshold(metric="dup_nonblank_line_char_fraction", max=0.1),
    Threshold(metric="n_words", min=50, max=100_000),
    Threshold(metric="hashes_per_word", max=0.1),
    Threshold(metric="ellipses_per_word", max=0.1),
    Threshold(metric="fineweb2_bullet_line_fraction", max=0.9),
    Threshold(metric="fineweb2_ellipsis_line_fraction", max=0.3),
)
"""Thresholds that FineWeb2's pipeline asks of every label, next to the stop words."""

STOPWORD_RULE: Final = Threshold(metric="n_stopwords", min=LEAST_STOPWORDS)

DECIMALS: Final = 3
"""Decimals of a published limit; word lengths have none."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One limit of a published file.

    Args:
        key: its key there; of the n-grams with their size, ``top_n_grams 2``.
        metric: what it limits.
        side: whether it is the least or the greatest value that is kept.
        zero_is_off: datatrove does not apply the rule if the limit is 0.
        off: what an export writes for *no rule*.
        whole: a published value is an integer.
    """

    key: str
    metric: str
    side: Literal["min", "max"]
    zero_is_off: bool
    off: float
    whole: bool = False

    @property
    def place(self) -> tuple[str, int | None]:
        """The key of the file, and the size of n-grams below it."""
        name, _, size = self.key.partition(" ")
        return name, int(size) if size else None


RULES: Final = (
    Rule("language_score", LID, "min", zero_is_off=False, off=0.0),
    Rule("dup_line_frac", "dup_line_fraction", "max", zero_is_off=True, off=0),
    *(
        Rule(f"top_n_grams {n}", f"top_{n}gram_char_fraction", "max", zero_is_off=False, off=999)
        for n in (2, 3, 4)
    ),
    *(
        Rule(f"dup_n_grams {n}", f"dup_{n}gram_char_fraction", "max", zero_is_off=False, off=999)
        for n in (5, 6, 7, 8, 9, 10)
    ),
    Rule(
        "line_punct_thr",
        "fineweb2_terminal_punct_line_fraction",
        "min",
        zero_is_off=False,
        off=-1,
    ),
    Rule("new_line_ratio", "newlines_per_word", "max", zero_is_off=False, off=999),
    Rule("min_avg_word_length", "mean_word_chars", "min", zero_is_off=True, off=0, whole=True),
    Rule("max_avg_word_length", "mean_word_chars", "max", zero_is_off=True, off=0, whole=True),
    Rule("max_non_alpha_words_ratio", "alpha_word_fraction", "min", zero_is_off=True, off=0.0),
)
"""Every limit of a published file, in the order in which FineWeb2 applies them."""

Limit = Annotated[float, Field(allow_inf_nan=False)]
Pair = Annotated[tuple[int, Limit], Field(strict=False)]
Pairs = Annotated[tuple[Pair, ...], Field(strict=False)]


class Published(BaseModel):
    """One published file, as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    language_score: Limit = Field(description="least confidence of GlotLID v3")
    dup_line_frac: Limit = Field(description="greatest share of duplicate lines; 0 is off")
    top_n_grams: Pairs = Field(description="pairs of a size and the greatest share, such as 2, 0.2")
    dup_n_grams: Pairs = Field(description="pairs of a size and the greatest share, such as 5, 0.1")
    line_punct_thr: Limit = Field(description="least share of lines that end a sentence; -1 is off")
    new_line_ratio: Limit = Field(description="most line breaks per word")
    min_avg_word_length: Limit = Field(description="least mean length of a word; 0 is off")
    max_avg_word_length: Limit = Field(description="greatest mean length of a word; 0 is off")
    max_non_alpha_words_ratio: Limit = Field(description="LEAST share of words with a letter")
    stopwords: Annotated[tuple[str, ...], Field(strict=False)] = Field(
        description="words of which a document has two"
    )

    @field_validator("top_n_grams", "dup_n_grams")
    @classmethod
    def _sizes_ascend(
        cls, pairs: tuple[tuple[int, float], ...], info: ValidationInfo
    ) -> tuple[tuple[int, float], ...]:
        sizes = [size for size, _ in pairs]
        if any(a >= b for a, b in pairwise(sizes)):
            raise problem(
                f"sizes of `{info.field_name}` that rise, each once",
                ", ".join(map(str, sizes)),
                "sort them; of two limits for one size keep the stricter",
            )
        return pairs

    def limits(self) -> Iterator[tuple[Rule, float, Location]]:
        """Every limit that has a metric here, and its place in the file."""
        for rule in RULES:
            name, size = rule.place
            if size is None:
                yield rule, getattr(self, name), (name,)
                continue
            for i, (n, value) in enumerate(getattr(self, name)):
                if n == size:
                    yield rule, value, (name, i)

    def without_metric(self) -> Iterator[tuple[str, float]]:
        """N-grams of sizes that no metric here has: ``top_n_grams 5`` and the limit."""
        known = {rule.key for rule in RULES}
        for name, pairs in (("top_n_grams", self.top_n_grams), ("dup_n_grams", self.dup_n_grams)):
            for size, value in pairs:
                if f"{name} {size}" not in known:
                    yield f"{name} {size}", value


class Kind(Enum):
    """The kind of a finding; the value is its title, and *left out* means from the result."""

    # of an import
    NEVER = "left out: limits that no document can break"
    OFF = "left out: rules switched off by -1, 0 or 999"
    NO_METRIC = "not expressed: n-grams of a size without a metric"
    STOPWORD_RULE = "not expressed: 2 stop words asked for, and fewer than 2 can match"
    NO_LETTER = "left out: stop words without a letter"
    UNMATCHED = "left out: stop words that can never match, as the splitter cuts them"
    INSIDE = "left out: stop words that are not of letters and marks alone"
    SAME = "left out: stop words that are one with another"
    RESPELT = "changed: stop words, case-folded and in NFC"
    CUT = "kept, to no effect: stop words that the splitter cuts into several"
    FEW = "kept, stricter: 2 stop words asked for, and fewer than 8 can match"
    RARE = "kept: limits so wide that hardly a document breaks them"
    FINER = "kept: limits with more decimals than published ones, lost in an export"
    # of an export
    ABSENT = "no rule here: the value that switches it off was written"
    ROUNDED = "changed: limits rounded to the decimals of published ones"
    ABOVE_ZERO = "changed: limits that would round to 0, which is off; written above it"
    NO_KEY = "not expressed: rules for which the format has no key"
    FIXED = "not expressed: FineWeb2 has another value, for every label alike"
    CASED = "changed: stop words with the sigma that ends a word"


class Finding(NamedTuple):
    """One thing that a conversion changed, left out or doubts.

    Args:
        kind: what happened.
        key: the key it happened to, ``stopwords`` or ``top_n_grams 2``; of what has no key, the
            metric.
        value: the limit or word as it stood, or what it became.
    """

    kind: Kind
    key: str
    value: str


def parse(data: Any, positions: Mapping[Location, str], where: str) -> Published:  # noqa: ANN401 - data from YAML
    """A published file from what :func:`curate.config.load.load_yaml` gives.

    Raises:
        ConfigError: a key is missing, unknown or not what it should be.
    """
    return build(Published, data, positions, where)


def rounded(rule: Rule, value: float) -> float:
    """A limit as a published file has it: 3 decimals, or outwards to a whole length."""
    if rule.whole:
        return math.floor(value) if rule.side == "min" else math.ceil(value)
    return round(value, DECIMALS)


def bounds_of(threshold: Threshold) -> Iterator[tuple[Literal["min", "max"], float]]:
    """The bounds that a threshold has."""
    if threshold.min is not None:
        yield "min", threshold.min
    if threshold.max is not None:
        yield "max", threshold.max


def never_breaks(rule: Rule, value: float) -> bool:
    """True if every value of the metric is on the right side of the limit."""
    lowest, highest = range_of(rule.metric)
    if rule.side == "min":
        return value <= lowest
    return highest is not None and value >= highest


def always_breaks(rule: Rule, value: float) -> bool:
    """True if no value of the metric is on the right side of the limit."""
    lowest, highest = range_of(rule.metric)
    if rule.side == "max":
        return value < lowest
    return highest is not None and value > highest


def common_config() -> LanguageConfig:
    """``_default.yaml`` of an import: the rules that FineWeb2 has for every label, and no other.

    At least two stop words are asked for as well, but only a file with stop words can say so.
    """
    return LanguageConfig(
        label=DEFAULT,
        thresholds=COMMON,
        provenance=Provenance(
            method="chosen by FineWeb2, equal for every label; in its code, not in its configs",
            reference=f"{SOURCE}, {LICENSE}; limits of Gopher (arXiv 2112.11446)",
            notes=(
                "each label's file adds the rules that FineWeb2 has for the label, n_stopwords too",
                "a label without a file has no published config: FineWeb2 has no such label, as it "
                "has no English; what stands here is not enough to filter it by",
            ),
        ),
    )


COMMON_COMMENT: Final = """\
What FineWeb2 asks of every label. Its rules for one label are in that label's file.
For a label without a file nothing was published: only these few rules hold, with no LID threshold,
no limits on repetition and no stop words. That is not FineWeb2's choice for it; make a file."""
