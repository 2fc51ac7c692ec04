"""From summaries of metrics to the config of a label.

The methods are in :mod:`curate.tune.methods`, what keeps their results sensible in
:mod:`curate.tune.guards`. What was really done is in the provenance: the method and the source of
each family of metrics, the documents of each source, their weight beside the parent's bounds, and a
note for every rule that a guard changed.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from curate.config.language import LID, LanguageConfig, Provenance, Threshold
from curate.config.sections import Method, Source
from curate.tune.guards import Bounds, clamped, loosened, shrunk, weight
from curate.tune.methods import (
    ENGLISH,
    ENGLISH_LABEL,
    EXTRAPOLATES,
    WINNERS,
    WINNING_SOURCES,
    English,
    Family,
    Side,
    bound_by,
    lid_threshold,
    ten_tail,
    useful_range,
)
from curate.tune.sketch import Sketch, Summaries

MIN_LID_DOCUMENTS: Final = 100
MIN_STOPWORDS: Final = 8
"""Fewer make "two of them" a hard demand; it is also the length of Gopher's English list."""

_SOURCES: Final[Mapping[Source, str]] = {"reference": "the reference", "own": "own documents"}
_HAVE: Final[Mapping[Source, str]] = {"reference": "the reference has", "own": "own documents are"}


_NO_ENGLISH: Final = ", which needs English to compare with; there was none"


def replacements(config: LanguageConfig) -> list[str]:
    """The notes that say that a method was replaced, or compared with English of another kind."""
    return [
        note
        for note in config.provenance.notes
        if note.endswith(_NO_ENGLISH) or " compares with " in note
    ]


@dataclass(frozen=True, slots=True)
class Corpus:
    """The statistics of one source.

    Attributes:
        name: what it is, for the provenance.
        summaries: of its labels.
        english: the English that the label is compared with, measured with the same metrics; None
            if there is none, and then ``10tail`` takes the place of methods that compare.
    """

    name: str
    summaries: Summaries
    english: Mapping[str, Sketch] | None = None
    english_name: str = ""

    def of(self, label: str) -> Mapping[str, Sketch]:
        """The sketches of one label by metric."""
        return self.summaries.get(label, {})

    def n_documents(self, label: str) -> int:
        """Documents of one label."""
        return count_documents(self.of(label))


@dataclass(frozen=True, slots=True)
class Tail:
    """The side on which a metric of the user's own is bad, and its greatest possible value."""

    side: Side
    highest: float | None = None


@dataclass(frozen=True, slots=True)
class Fitting:
    """How to tune; see :class:`curate.config.sections.TuneConfig`.

    Attributes:
        methods: method by family of metrics.
        sources: source by family of metrics.
        min_documents: a source with fewer of a label is not used for it.
        shrinkage: documents whose statistics weigh as much as the parent's bound.
        curate: version of curate, for the provenance.
        date: today, for the provenance.
        own: metric of the user's own -> its tail, which is cut off.
    """

    curate: str
    date: datetime.date
    own: Mapping[str, Tail] = field(default_factory=dict)
    methods: Mapping[Family, Method] = field(default_factory=lambda: WINNERS)
    sources: Mapping[Family, Source] = field(default_factory=lambda: WINNING_SOURCES)
    min_documents: int = 100
    shrinkage: float = 200


@dataclass(frozen=True, slots=True)
class Stopwords:
    """The stop words of a label, most frequent first, and where they were counted.

    ``left_out`` are words as frequent that are names, or of few documents or files.
    """

    words: tuple[str, ...] = ()
    source: Source = "own"
    left_out: tuple[str, ...] = ()


def english_of(summaries: Summaries, min_documents: int) -> Mapping[str, Sketch] | None:
    """The English documents of a source, if they are enough to compare with."""
    english = summaries.get(ENGLISH_LABEL, {})
    return english if count_documents(english) >= min_documents else None


def count_documents(sketches: Mapping[str, Sketch]) -> int:
    """Documents behind the metrics of a label, those with null metrics included."""
    return max((s.n + s.n_null for m, s in sketches.items() if m != LID), default=0)


def fit_label(
    label: str,
    corpora: Mapping[Source, Corpus],
    fitting: Fitting,
    *,
    parent: Mapping[str, Threshold],
    stopwords: Stopwords | None = None,
    notes: Sequence[str] = (),
) -> LanguageConfig:
    """The config of one label: what its statistics say, drawn toward its parent; the rest inherits.

    Args:
        label: the label.
        corpora: statistics by source; ``own`` of documents that pass the LID threshold.
        fitting: how to tune.
        parent: metric -> the entry of the nearest parent that names it, one that is off included.
        stopwords: of the label; fewer than 8 are not used.
        notes: further notes for the provenance.
    """
    fit = _Fit(label, corpora, fitting, parent)
    thresholds = fit.lid()
    fit.notes.extend(notes)
    if fit.enough:
        thresholds += [*fit.metrics(), *fit.own_metrics()]
    else:
        n = max((c.n_documents(label) for c in corpora.values()), default=0)
        few = f"{n} documents are fewer than the {fitting.min_documents} it takes to tune metrics"
        fit.notes.append(few)
    words: tuple[str, ...] = ()
    if stopwords is not None and len(stopwords.words) >= MIN_STOPWORDS and fit.enough:
        words = stopwords.words
        thresholds.append(Threshold(metric="n_stopwords", min=2))
        fit.methods["stop words"] = f"by frequency in {_SOURCES[stopwords.source]}"
        if stopwords.left_out:
            some = ", ".join(stopwords.left_out)
            fit.notes.append(f"no stop words, as names or words of few documents: {some}")
    return LanguageConfig(
        label=label,
        stopwords=words,
        thresholds=tuple(thresholds),
        provenance=fit.provenance(),
    )


class _Fit:
    """One label while it is being fitted."""

    def __init__(
        self,
        label: str,
        corpora: Mapping[Source, Corpus],
        fitting: Fitting,
        parent: Mapping[str, Threshold],
    ) -> None:
        self.label = label
        self.corpora = corpora
        self.fitting = fitting
        self.parent = parent
        self.documents = {s: n for s, c in corpora.items() if (n := c.n_documents(label))}
        self.enough = {s: n for s, n in self.documents.items() if n >= fitting.min_documents}
        self.methods: dict[str, str] = {}
        self.notes: list[str] = []
        self.weights: list[float] = []
        self.unusable: dict[Method, list[str]] = {}

    def lid(self) -> list[Threshold]:
        """The LID threshold; a reference says nothing of it, for its label is given."""
        own = self.corpora.get("own")
        if own is None:
            return []
        confidences = own.of(self.label).get(LID, Sketch())
        if confidences.n < MIN_LID_DOCUMENTS:
            few = f"{confidences.n} confidences are fewer than {MIN_LID_DOCUMENTS}: {LID} inherited"
            self.notes.append(few)
            return []
        return [Threshold(metric=LID, min=lid_threshold(confidences))]

    def metrics(self) -> list[Threshold]:
        """The thresholds that are tuned."""
        thresholds = []
        for metric, rules in groupby(ENGLISH, key=lambda rule: rule.metric):
            threshold = self._threshold(metric, list(rules))
            if threshold is not None:
                thresholds.append(threshold)
        return thresholds

    def own_metrics(self) -> list[Threshold]:
        """The thresholds of metrics of the user's own, which only own documents have."""
        share = weight(self.enough.get("own", 0), self.fitting.shrinkage)
        thresholds = []
        for metric, tail in self.fitting.own.items() if "own" in self.enough else ():
            before = self.parent.get(metric)
            sketch = self.corpora["own"].of(self.label).get(metric, Sketch())
            if not sketch.n or (before is not None and not before.inherit):
                continue
            bounds = _tail_bounds(metric, tail, sketch, before, share)
            threshold = None if bounds is None else self._guarded(metric, bounds, [sketch])
            if threshold is None:
                self.notes.append(f"{metric} inherited: its tail gives no bound")
                continue
            thresholds.append(threshold)
            self.weights.append(share)
            self.methods["own metrics"] = f"by 10tail on {_SOURCES['own']}"
        return thresholds

    def _threshold(self, metric: str, rules: Sequence[English]) -> Threshold | None:
        """The entry of a metric; None to leave the parent's."""
        before = self.parent.get(metric)
        if before is not None and not before.inherit:
            self.notes.append(f"{metric} is off in the parent and stays off")
            return None
        source = self._source(rules[0].family)
        sketch = self.corpora[source].of(self.label).get(metric, Sketch())
        if not sketch.n:
            return None
        by_side = {rule.side: self._bound(rule, source, sketch, before) for rule in rules}
        given = Bounds() if before is None else Bounds(before.min, before.max)
        bounds = Bounds(*(by_side[side][0] if side in by_side else None for side in ("min", "max")))
        inherits = not any(is_own for _, is_own in by_side.values())
        if bounds.is_contradiction:
            self.notes.append(f"min and max of {metric} contradict each other: inherited")
            bounds, inherits = given, True
        samples = self._samples(metric, source)
        if inherits and loosened(given, samples, metric) == given:
            return None
        return self._guarded(metric, bounds, samples)

    def _source(self, family: Family) -> Source:
        """The source that the family is tuned on: the one asked for, if there is enough of it."""
        chosen = self.fitting.sources[family]
        if chosen in self.enough:
            return chosen
        other = next(iter(self.enough))
        if chosen in self.corpora:
            n = self.documents.get(chosen, 0)
            self._note(f"{family} on {_SOURCES[other]}: {_HAVE[chosen]} only {n}")
        return other

    def _bound(
        self, rule: English, source: Source, sketch: Sketch, before: Threshold | None
    ) -> tuple[float | None, bool]:
        """A bound, and whether the label's own statistics have a part in it."""
        method = self._method(rule, source)
        english = self.corpora[source].english
        bound = bound_by(
            method, rule, sketch, None if english is None else english.get(rule.metric)
        )
        parent = None if before is None else getattr(before, rule.side)
        own = clamped(bound, rule.metric, rule.side)
        share = weight(self.enough[source], self.fitting.shrinkage)
        self.weights.append(share)
        if method in EXTRAPOLATES and (own is None or not _is_inside(bound, rule.metric)):
            self.unusable.setdefault(method, []).append(f"{rule.side} of {rule.metric}")
            return parent, False
        drawn = shrunk(own, parent, share, metric=rule.metric, side=rule.side)
        return clamped(drawn, rule.metric, rule.side), True

    def _method(self, rule: English, source: Source) -> Method:
        method = self.fitting.methods[rule.family]
        english = self.corpora[source].english
        theirs = None if english is None else english.get(rule.metric)
        if method != "10tail" and (theirs is None or not theirs.n):
            self._note(f"{rule.family}: 10tail in place of {method}{_NO_ENGLISH}")
            method = "10tail"
        elif method != "10tail" and self.corpora[source].english_name:
            self._note(f"{method} compares with {self.corpora[source].english_name}")
        self.methods[rule.family] = f"by {method} on {_SOURCES[source]}"
        return method

    def _note(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)

    def _samples(self, metric: str, source: Source) -> list[Sketch]:
        """Samples that a rule may remove only so much of: those it was tuned on, the reference."""
        named = [source]
        if source == "own" and "reference" in self.enough:
            named.append("reference")
        return [self.corpora[s].of(self.label).get(metric, Sketch()) for s in named]

    def _guarded(self, metric: str, bounds: Bounds, samples: Sequence[Sketch]) -> Threshold | None:
        kept = loosened(bounds, samples, metric)
        if kept is None:
            why = "it cannot be measured in most documents"
            return Threshold(metric=metric, inherit=False, why=why)
        for side, was, now in (("min", bounds.low, kept.low), ("max", bounds.high, kept.high)):
            if was != now:
                self.notes.append(
                    f"{side} of {metric} loosened from {was:g} to {_shown(now)}: it would remove "
                    "more than three quarters"
                )
        if kept.low is None and kept.high is None:
            return self._off(metric)
        return Threshold(metric=metric, min=kept.low, max=kept.high)

    def _off(self, metric: str) -> Threshold | None:
        if metric not in self.parent:
            return None
        return Threshold(metric=metric, inherit=False, why="the statistics have no tail")

    def provenance(self) -> Provenance:
        """The provenance: what was done, on what."""
        self.notes += [
            f"{method} gives nothing usable, so the parent's are kept: {', '.join(bounds)}"
            for method, bounds in self.unusable.items()
        ]
        order = [*sorted(set(self.methods) - {"stop words"}), "stop words"]
        how = ", ".join(f"{name} {self.methods[name]}" for name in order if name in self.methods)
        names = [self.corpora[s].name for s in self.corpora if s in self.enough or not self.enough]
        return Provenance(
            method=how or "metrics inherited",
            reference="; ".join(names) or "none",
            documents=sum(self.documents.values()),
            sources=dict(sorted(self.documents.items(), reverse=True)),
            weight=round(min(self.weights), 2) if self.weights else None,
            shrinkage=int(self.fitting.shrinkage) if self.weights else None,
            date=self.fitting.date,
            curate=self.fitting.curate,
            notes=tuple(self.notes),
        )


def _tail_bounds(
    metric: str, tail: Tail, sketch: Sketch, before: Threshold | None, share: float
) -> Bounds | None:
    """The parent's bounds with the tail's side drawn toward the label's worst tenth.

    None if no document could break it, or both sides together would keep nothing.
    """
    given = Bounds() if before is None else Bounds(before.min, before.max)
    parent = given.low if tail.side == "min" else given.high
    own = clamped(ten_tail(sketch, tail.side), metric, tail.side)
    drawn = shrunk(own, parent, share, metric=metric, side=tail.side)
    bound = clamped(drawn, metric, tail.side)
    if bound is None or (tail.highest is not None and bound >= tail.highest):
        return None
    bounds = Bounds(bound, given.high) if tail.side == "min" else Bounds(given.low, bound)
    return None if bounds.is_contradiction else bounds


def _is_inside(value: float, metric: str) -> bool:
    """Whether a value lies between the ends of a metric's range: beyond, it means nothing."""
    lowest, highest = useful_range(metric)
    return round(value, 3) > lowest and (highest is None or value < highest)


def _shown(bound: float | None) -> str:
    return "none" if bound is None else f"{bound:g}"
