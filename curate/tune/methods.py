"""The four published ways from statistics to a bound (FineWeb2, arXiv 2506.20920, 4.2 and 4.4).

Every method starts from a threshold that works for English and asks which one does the same for
another language. The pipeline of FineWeb2 was published, the code that computed its thresholds was
not; these are the formulas of the paper.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from curate.config.language import LID, range_of
from curate.config.sections import Method, Source
from curate.tune.sketch import Sketch

Side = Literal["min", "max"]
Family = Literal["repetition", "fineweb_quality", "gopher_quality"]

TAIL: Final = 0.1
"""Share of the reference that ``10tail`` drops on each side that has a bound."""

ENGLISH_LABEL: Final = "eng_Latn"


@dataclass(frozen=True, slots=True)
class English:
    """A threshold that FineWeb (arXiv 2406.17557) uses for English, and the family it is of."""

    metric: str
    side: Side
    value: float
    family: Family


_TOP = {2: 0.20, 3: 0.18, 4: 0.16}
_DUPLICATE = {5: 0.15, 6: 0.14, 7: 0.13, 8: 0.12, 9: 0.11, 10: 0.10}

ENGLISH: Final = (
    English("dup_line_fraction", "max", 0.30, "repetition"),
    *(English(f"top_{n}gram_char_fraction", "max", x, "repetition") for n, x in _TOP.items()),
    *(English(f"dup_{n}gram_char_fraction", "max", x, "repetition") for n, x in _DUPLICATE.items()),
    English("terminal_punct_line_fraction", "min", 0.12, "fineweb_quality"),
    English("newlines_per_word", "max", 0.30, "fineweb_quality"),
    English("mean_word_chars", "min", 3.0, "gopher_quality"),
    English("mean_word_chars", "max", 10.0, "gopher_quality"),
    English("alpha_word_fraction", "min", 0.80, "gopher_quality"),
)
"""The thresholds that are tuned; the others are the same for every language."""

TUNED: Final = frozenset({LID, *(rule.metric for rule in ENGLISH)})
"""Metrics that statistics are needed of."""

WINNERS: Final[Mapping[Family, Method]] = MappingProxyType(
    {"repetition": "mean_std", "fineweb_quality": "10tail", "gopher_quality": "quantile"}
)
"""The methods with the best average rank in FineWeb2's ablation (tables 25 and 26)."""

WINNING_SOURCES: Final[Mapping[Family, Source]] = MappingProxyType(
    {"repetition": "own", "fineweb_quality": "reference", "gopher_quality": "reference"}
)
"""The sources they were computed on: Wikipedia, and for repetition the crawl itself."""


EDGE: Final = 0.01
"""Outermost share of the values in which ``quantile`` does not trust single documents."""


def lid_threshold(confidences: Sketch) -> float:
    """``max(0.3, min(0.9, median - std))`` of a label's confidences (FineWeb2, A.6.2).

    Raises:
        ValueError: there are no values.
    """
    if not confidences.n:
        message = "no confidences to take a threshold from"
        raise ValueError(message)
    return round(max(0.3, min(0.9, confidences.median - confidences.std)), 3)


def ten_tail(own: Sketch, side: Side) -> float:
    """The bound beyond which the worst tenth of the values lies."""
    return own.quantile(1 - TAIL if side == "max" else TAIL)


def quantile(own: Sketch, english: Sketch, bound: float) -> float:
    """The bound that drops the share of the values that ``bound`` drops in English.

    Where that is less than one value in a hundred, it would be an extreme of the sample, stricter
    the smaller the sample is. There the bound is as far from the outermost hundredth as in English,
    in proportion; so English gets its own bound back, whatever its sample.
    """
    share = english.cdf(bound)
    edge = min(max(share, EDGE), 1 - EDGE)
    at_edge = english.quantile(edge)
    if share == edge or not at_edge > 0:
        return own.quantile(share)
    return own.quantile(edge) * bound / at_edge


def mean_std(own: Sketch, english: Sketch, bound: float) -> float:
    """As many standard deviations from the mean as ``bound`` is in English; NaN if those are 0.

    Documents that are all alike, a few without any repetition, do not say how much is too much.
    """
    if not (english.std > 0 and own.std > 0):
        return math.nan
    return own.mean + (bound - english.mean) / english.std * own.std


def median_ratio(own: Sketch, english: Sketch, bound: float) -> float:
    """``bound`` in proportion to the medians; NaN if the English one is 0."""
    return bound * own.median / english.median if english.median > 0 else math.nan


_BY_ENGLISH: Mapping[Method, Callable[[Sketch, Sketch, float], float]] = {
    "quantile": quantile,
    "mean_std": mean_std,
    "median_ratio": median_ratio,
}

EXTRAPOLATES: Final = frozenset({"mean_std", "median_ratio"})
"""Methods whose result may lie where no document is, and says nothing there."""


def bound_by(method: Method, rule: English, own: Sketch, english: Sketch | None) -> float:
    """The bound that a method gives, not rounded and wherever it falls; NaN if it gives none.

    Args:
        method: any; one that compares with English needs ``english``.
        rule: the English threshold it starts from.
        own: the label's values of the metric.
        english: those of English.
    """
    if method == "10tail":
        return ten_tail(own, rule.side)
    assert english is not None, method
    return _BY_ENGLISH[method](own, english, rule.value)


def useful_range(metric: str) -> tuple[float, float | None]:
    """Where a bound can tell documents apart: a fraction of the text beyond 1 is no fraction."""
    lowest, highest = range_of(metric)
    return lowest, 1.0 if metric.endswith("_fraction") else highest
