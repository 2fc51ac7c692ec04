"""Thresholds changed on the command line: ``mean_word_chars.max=12``, ``n_stopwords=off``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from curate.config.language import (
    LID,
    THRESHOLD_METRICS,
    LanguageConfig,
    LanguageConfigs,
    Threshold,
)
from curate.config.load import build
from curate.config.measured import is_metric
from curate.config.problems import did_you_mean
from curate.errors import ConfigError

OFF: Final = "off"
_BOUNDS: Final = ("min", "max")
_FORM: Final = "METRIC.min=NUMBER, METRIC.max=NUMBER, METRIC.min=off, METRIC.max=off or METRIC=off"


@dataclass(frozen=True, slots=True)
class Override:
    """One bound of one metric, or both, set or taken away.

    Attributes:
        metric: its name.
        bounds: those that are meant: ``min``, ``max`` or both.
        value: the new value; None for none.
    """

    metric: str
    bounds: tuple[str, ...]
    value: float | None


def parse_override(text: str) -> Override:
    """Read one ``--set``.

    Raises:
        ConfigError: it has another form, or there is no such metric.
    """
    key, equals, value = (part.strip() for part in text.partition("="))
    metric, bound = _divided(key)
    if not equals or bound not in ("", *_BOUNDS) or (not bound and value != OFF):
        raise ConfigError(
            f"--set {text}",
            wanted=_FORM,
            found=repr(text),
            todo="such as --set mean_word_chars.max=12",
        )
    if not is_metric(metric):
        raise ConfigError(
            f"--set {text}",
            wanted="the name of a metric",
            found=f"`{metric}`",
            todo=did_you_mean(
                metric, list(THRESHOLD_METRICS), otherwise="`curate metrics` lists the names"
            ),
        )
    return Override(metric, (bound,) if bound else _BOUNDS, _number(text, value))


def _divided(key: str) -> tuple[str, str]:
    """Metric and bound; a classifier's score has a dot in its name: ``register.HI.min``."""
    head, _, last = key.rpartition(".")
    if head and last in _BOUNDS:
        return head, last
    if is_metric(key):
        return key, ""
    metric, _, bound = key.partition(".")
    return metric, bound


def _number(text: str, value: str) -> float | None:
    if value == OFF:
        return None
    try:
        return float(value)
    except ValueError:
        raise ConfigError(
            f"--set {text}",
            wanted="a number, or `off` for no bound",
            found=repr(value),
            todo="such as --set mean_word_chars.max=12",
        ) from None


def override(
    configs: LanguageConfigs, labels: Iterable[str], changes: Sequence[Override]
) -> LanguageConfigs:
    """The configs with the same changes made to some labels.

    Raises:
        ConfigError: a change makes no sense for a label.
    """
    return override_each(configs, dict.fromkeys(labels, changes))


def override_each(
    configs: LanguageConfigs,
    changes: Mapping[str, Sequence[Override]],
    stopwords: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> LanguageConfigs:
    """The configs with each label's changes made.

    Args:
        configs: what is changed.
        changes: label -> its changes.
        stopwords: label -> stop words in place of those it has.

    Raises:
        ConfigError: a change makes no sense for a label.
    """
    files: dict[str, LanguageConfig] = dict(configs.files)
    for label, overrides in changes.items():
        named = {t.metric for x in configs.layers(label) for t in configs.files[x].thresholds}
        config = configs.for_label(label)
        if label in stopwords:
            config = config.model_copy(update={"stopwords": stopwords[label]})
        files[label] = _changed(config, overrides, sorted(named))
    return LanguageConfigs(files)


STOPWORDS: Final = "n_stopwords"
UNKNOWN_UNTIL: Final = "not known until annotate runs"


def without_unknown(configs: LanguageConfigs, labels: Iterable[str]) -> LanguageConfigs:
    """The configs without a rule about stop words for labels whose stop words were not counted.

    Their ``n_stopwords`` is null in every document, so the rule would seem to drop them all.
    """
    ruled = {x for x in labels if configs.for_label(x).threshold(STOPWORDS) is not None}
    off = [Override(STOPWORDS, ("min", "max"), None)]
    return override_each(configs, dict.fromkeys(sorted(ruled), off)) if ruled else configs


def uncounted(before: LanguageConfigs, after: LanguageConfigs, labels: Iterable[str]) -> list[str]:
    """Labels with a rule about stop words after, and without any to count before."""
    return [
        label
        for label in labels
        if after.for_label(label).threshold(STOPWORDS) is not None
        and not before.for_label(label).stopwords
    ]


def _changed(
    config: LanguageConfig, changes: Sequence[Override], named: Sequence[str]
) -> LanguageConfig:
    """A file that says all that holds for a label after the changes.

    Of the metrics that its files name, those without a threshold are to stay without one.
    """
    rules: dict[str, dict[str, float]] = {metric: {} for metric in named}
    for t in config.thresholds:
        rules[t.metric] = {k: v for k, v in (("min", t.min), ("max", t.max)) if v is not None}
    for change in changes:
        rule = rules.setdefault(change.metric, {})
        for bound in change.bounds:
            rule.pop(bound, None)
            if change.value is not None:
                rule[bound] = change.value
    ordered = sorted(rules.items(), key=lambda item: item[0] != LID)
    changed = config.model_copy(
        update={"thresholds": tuple(_threshold(config.label, *item) for item in ordered)}
    )
    if rules.get("n_stopwords") and not config.stopwords:
        raise ConfigError(
            f"--set n_stopwords for {config.label}",
            wanted="a label with stop words",
            found="it has none: every document would be dropped as not measured",
            todo="give the label stop words in a file, and name its folder with --configs",
        )
    return changed


def _threshold(label: str, metric: str, rule: Mapping[str, float]) -> Threshold:
    data = {"metric": metric, **rule} if rule else {"metric": metric, "inherit": False}
    said = " ".join(f"{metric}.{bound}={value:g}" for bound, value in rule.items())
    return build(Threshold, data, {}, f"--set {said} for {label}")
