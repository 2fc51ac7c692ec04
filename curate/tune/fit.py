"""From summaries of metrics to thresholds, by FineWeb2's methods (arXiv 2506.20920, 4.2 and 4.4).

Every method starts from a threshold that works for English and asks which one does the same for
another language. The pipeline of FineWeb2 was published, the code that computed its thresholds was
not; these are the formulas of the paper, with three guards that the published values lack:

* A bound is rounded and kept only if it can drop a document. One that an order statistic puts at
  the end of the metric's range says that nothing is too much, so the rule is off. One that an
  extrapolation (``mean_std``, ``median_ratio``) puts there says nothing: the parent's rule stays.
* A label with few documents is not tuned: it inherits.
* The method that was really used is in the provenance, per family of metrics.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from curate.config.language import LID, LanguageConfig, Provenance, Threshold, range_of
from curate.tune.sketch import Sketch, Summaries

Side = Literal["min", "max"]
Family = Literal["repetition", "fineweb_quality", "gopher_quality"]
Method = Literal["10tail", "quantile", "mean_std", "median_ratio"]

TAIL: Final = 0.1
"""Share of the reference that ``10tail`` drops on each side that has a bound."""

MIN_LID_DOCUMENTS: Final = 100
MIN_STOPWORDS: Final = 8
"""Fewer make "two of them" a hard demand; it is also the length of Gopher's English list."""

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

WINNERS: Final[Mapping[Family, Method]] = MappingProxyType(
    {"repetition": "mean_std", "fineweb_quality": "10tail", "gopher_quality": "quantile"}
)
"""The methods with the best average rank in FineWeb2's ablation (tables 25 and 26)."""


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
    """The bound that drops the share of the values that ``bound`` drops in English."""
    return own.quantile(english.cdf(bound))


def mean_std(own: Sketch, english: Sketch, bound: float) -> float:
    """As many standard deviations from the mean as ``bound`` is in English; NaN if those are 0."""
    if not english.std > 0:
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
_EXTRAPOLATES: Final = frozenset({"mean_std", "median_ratio"})


def english_reference(summaries: Summaries, min_documents: int) -> Mapping[str, Sketch] | None:
    """The job's own English documents, if they are enough to be a reference."""
    found = summaries.get(ENGLISH_LABEL, {})
    return found if count_documents(found) >= min_documents else None


def count_documents(sketches: Mapping[str, Sketch]) -> int:
    """Documents behind the metrics of a label, those with null metrics included."""
    return max((s.n + s.n_null for m, s in sketches.items() if m != LID), default=0)


def fit_label(
    label: str,
    summaries: Summaries,
    *,
    stopwords: Sequence[str] = (),
    methods: Mapping[Family, Method] = WINNERS,
    english: Mapping[str, Sketch] | None,
    min_documents: int,
    reference: str,
    curate: str,
    date: datetime.date,
) -> LanguageConfig:
    """The config of one label: what its own documents say; the rest is inherited.

    Args:
        label: the label.
        summaries: of every label; of documents that pass the checks before these.
        stopwords: of the label, most frequent first; fewer than 8 are not used.
        methods: method by family of metrics.
        english: the English reference, measured with the same metrics; where it is None, a method
            that compares with English is replaced by ``10tail``, and the provenance says so.
        min_documents: a label with fewer gets a LID threshold at most.
        reference: what the documents are, for the provenance.
        curate: version of curate, for the provenance.
        date: today, for the provenance.
    """
    own = summaries.get(label, {})
    n = count_documents(own)
    thresholds, notes = _lid(own.get(LID, Sketch()))
    used: dict[Family, Method] = {}
    words: Sequence[str] = ()
    if n >= min_documents:
        fitted, said, used = _fit_metrics(own, english, methods)
        thresholds, notes = thresholds + fitted, notes + said
        if len(stopwords) >= MIN_STOPWORDS:
            words = stopwords
            thresholds.append(Threshold(metric="n_stopwords", min=2))
    else:
        notes.append(f"{n} documents are fewer than the {min_documents} it takes to tune metrics")
    how = ", ".join(f"{family} by {method}" for family, method in sorted(used.items()))
    return LanguageConfig(
        label=label,
        stopwords=tuple(words),
        thresholds=tuple(thresholds),
        provenance=Provenance(
            method=how or "metrics inherited",
            reference=reference,
            documents=n,
            date=date,
            curate=curate,
            notes=tuple(notes),
        ),
    )


def _lid(confidences: Sketch) -> tuple[list[Threshold], list[str]]:
    if confidences.n < MIN_LID_DOCUMENTS:
        few = f"{confidences.n} confidences are fewer than {MIN_LID_DOCUMENTS}: {LID} inherited"
        return [], [few]
    bound = lid_threshold(confidences)
    return [Threshold(metric=LID, min=bound)], []


def _fit_metrics(
    own: Mapping[str, Sketch],
    english: Mapping[str, Sketch] | None,
    methods: Mapping[Family, Method],
) -> tuple[list[Threshold], list[str], dict[Family, Method]]:
    bounds: dict[str, dict[Side, float | None]] = {}
    inherited: set[str] = set()
    used: dict[Family, Method] = {}
    notes: list[str] = []
    for rule in ENGLISH:
        sketch = own.get(rule.metric, Sketch())
        if not sketch.n:
            continue
        theirs = None if english is None else english.get(rule.metric)
        method = methods[rule.family]
        if method != "10tail" and (theirs is None or not theirs.n):
            method = "10tail"
        used[rule.family] = method
        value = _bound(rule, method, sketch, theirs)
        if value is None and method in _EXTRAPOLATES:
            # An entry replaces the parent's whole, so the other side is not written either.
            inherited.add(rule.metric)
            notes.append(f"{method} gives no usable {rule.side} of {rule.metric}: inherited")
        bounds.setdefault(rule.metric, {})[rule.side] = value
    for family, method in used.items():
        if method != methods[family]:
            notes.append(f"{family}: {methods[family]} needs an English reference; there was none")
    kept = {metric: b for metric, b in bounds.items() if metric not in inherited}
    return [t for metric, b in kept.items() if (t := _threshold(metric, b))], notes, used


def _bound(rule: English, method: Method, own: Sketch, english: Sketch | None) -> float | None:
    """The bound, rounded to 3 decimals; None for one that could never drop a document."""
    if english is None or method == "10tail":
        value = ten_tail(own, rule.side)
    else:
        value = _BY_ENGLISH[method](own, english, rule.value)
    if math.isnan(value):
        return None
    value = round(value, 3)
    lowest, highest = useful_range(rule.metric)
    decides = value > lowest if rule.side == "min" else highest is None or value < highest
    inside = value >= lowest and (highest is None or value <= highest)
    return value if decides and inside else None


def useful_range(metric: str) -> tuple[float, float | None]:
    """Where a bound can tell documents apart: a fraction of the text beyond 1 is no fraction."""
    lowest, highest = range_of(metric)
    return lowest, 1.0 if metric.endswith("_fraction") else highest


def _threshold(metric: str, bounds: Mapping[Side, float | None]) -> Threshold | None:
    low, high = bounds.get("min"), bounds.get("max")
    if low is None and high is None:
        return Threshold(metric=metric, inherit=False, why="the reference has no tail")
    if low is not None and high is not None and low > high:
        return None
    return Threshold(metric=metric, min=low, max=high)
