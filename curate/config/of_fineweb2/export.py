"""From a config of ours to FineWeb2's published format, and a finding for all that it cannot say.

The format has ten keys and nothing else: what FineWeb2 applies to every label alike is not in it,
nor any other metric. It has no word for *off*, so an absent rule becomes a value that decides
nothing. The law is ``export(import(x)) == x`` but for what the import listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from curate.config.language import LanguageConfig, Threshold
from curate.config.of_fineweb2.form import (
    COMMON,
    DECIMALS,
    LEAST_STOPWORDS,
    RULES,
    STOPWORD_RULE,
    Finding,
    Kind,
    Published,
    Rule,
    bounds_of,
    rounded,
)
from curate.errors import ConfigError

_FIXED = {threshold.metric: threshold for threshold in (*COMMON, STOPWORD_RULE)}
_STEP = 10**-DECIMALS
_OURS = {
    metric: metric.removeprefix("fineweb2_")
    for metric in (*(rule.metric for rule in RULES), *_FIXED)
    if metric.startswith("fineweb2_")
}
"""FineWeb2's metrics that we have another of beside, which a threshold of ours is about."""


class Exported(NamedTuple):
    """A published file, and what its making found."""

    published: Published
    findings: tuple[Finding, ...]


def export_config(config: LanguageConfig, *, where: str) -> Exported:
    """Convert one config.

    Args:
        config: all that holds for a label, what it inherits included.
        where: its file, for errors.

    Raises:
        ConfigError: it has fewer than two stop words; FineWeb2 would drop every document.
    """
    if len(config.stopwords) < LEAST_STOPWORDS:
        raise ConfigError(
            where,
            wanted=f"at least {LEAST_STOPWORDS} stop words, which FineWeb2 asks of every document",
            found=f"{len(config.stopwords)}: FineWeb2 would drop every document of {config.label}",
            todo="add `stopwords`; `curate tune` finds them in the documents of a finished run",
        )
    values: dict[str, Any] = {"top_n_grams": [], "dup_n_grams": []}
    findings = list(_not_expressed(config))
    for rule in RULES:
        value, kind = _written(rule, _threshold(config, rule.metric))
        name, size = rule.place
        if size is None:
            values[name] = value
        else:
            values[name].append((size, value))
        if kind is not None:
            findings.append(Finding(kind, rule.key, f"{value:g}"))
    values["stopwords"] = [_cased(word) for word in config.stopwords]
    findings += [
        Finding(Kind.CASED, "stopwords", word)
        for word in values["stopwords"]
        if word not in config.stopwords
    ]
    return Exported(Published.model_validate(values), tuple(findings))


def _threshold(config: LanguageConfig, metric: str) -> Threshold | None:
    """The rule on a metric of FineWeb2's, or on ours in its place."""
    own = config.threshold(metric)
    return config.threshold(_OURS[metric]) if own is None and metric in _OURS else own


def _written(rule: Rule, threshold: Threshold | None) -> tuple[float, Kind | None]:
    """The value of a key, and what there is to say of it."""
    bound = None if threshold is None else getattr(threshold, rule.side)
    if bound is None:
        return rule.off, Kind.ABSENT
    value = rounded(rule, bound)
    if value == 0 and (rule.zero_is_off or rule.side == "min"):
        return _STEP, Kind.ABOVE_ZERO
    return value, None if value == bound else Kind.ROUNDED


def _not_expressed(config: LanguageConfig) -> Iterator[Finding]:
    keys = {(_OURS.get(r.metric, r.metric), r.side) for r in RULES}
    keys |= {(r.metric, r.side) for r in RULES}
    fixed_metrics = {*_FIXED, *(_OURS.get(metric, metric) for metric in _FIXED)}
    for threshold in config.thresholds:
        if threshold.metric in fixed_metrics:
            continue
        for side, bound in bounds_of(threshold):
            if (threshold.metric, side) not in keys:
                yield Finding(Kind.NO_KEY, threshold.metric, f"{side} {bound:g}")
    for metric, fixed in _FIXED.items():
        here = _threshold(config, metric)
        if here is None or dict(bounds_of(here)) != dict(bounds_of(fixed)):
            yield Finding(Kind.FIXED, metric, f"{_said(here)} here, {_said(fixed)} there")


def _said(threshold: Threshold | None) -> str:
    if threshold is None:
        return "no rule"
    return ", ".join(f"{side} {bound:g}" for side, bound in bounds_of(threshold))


def _cased(word: str) -> str:
    """Case-folding makes Greek's final sigma a common one, which no text has at a word's end."""
    return f"{word[:-1]}ς" if len(word) > 1 and word.endswith("σ") else word


def to_yaml(published: Published) -> str:
    """A published file: keys sorted, all but ASCII escaped, whole zeros as integers."""
    data = {
        name: [[size, _number(name, value)] for size, value in getattr(published, name)]
        if name in ("top_n_grams", "dup_n_grams")
        else list(published.stopwords)
        if name == "stopwords"
        else _number(name, getattr(published, name))
        for name in Published.model_fields
    }
    text: str = yaml.safe_dump(data)
    return text


_WHOLE_ZERO = ("dup_line_frac", "top_n_grams", "dup_n_grams")


def _number(name: str, value: float) -> float:
    """As published: word lengths, -1, 999 and the 0 of a rule on repetition are integers."""
    is_whole = name.endswith("_avg_word_length") or value in (-1, 999)
    return int(value) if is_whole or (value == 0 and name in _WHOLE_ZERO) else float(value)
