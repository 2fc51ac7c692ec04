"""The yield to be expected of each change between two sets of configs, from sidecars alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from curate.ask.decide_again import labels_in
from curate.ask.whatif import what_if
from curate.config.diff import ConfigChange, RuleChange, diff_config
from curate.config.job import JobConfig
from curate.config.language import LanguageConfigs
from curate.config.override import STOPWORDS, UNKNOWN_UNTIL, Override, override_each
from curate.io.store import Store
from curate.report.change import Outcomes, Tally
from curate.work.configs import configs_in_use

TOGETHER = "all together"

Effect = tuple[str, Mapping[str, Tally]]
"""A change in words, and the outcomes of one label with that change alone."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The effect that a set of changes would have on the published corpus.

    Attributes:
        before: outcomes with the configs before, which need not be those of the verdicts.
        effects: label -> its changes; where there is more than one, all together come last.
        notes: why the numbers are no more than an estimate.
    """

    before: Outcomes
    effects: Mapping[str, Sequence[Effect]]
    notes: tuple[str, ...]


def expected_yields(
    store: Store,
    job: JobConfig,
    before: LanguageConfigs,
    after: LanguageConfigs,
    *,
    labels: Sequence[str] = (),
) -> Expected:
    """Count each change by itself, for the labels of a work folder.

    All of it is one pass over the sidecars: the first change of every label is one variant, the
    second another, and so on.

    Raises:
        InputError: the work folder has not been decided, or has no document of a label.
    """
    concerned_labels = tuple(labels) or tuple(labels_in(store))
    changes = {x: diff_config(before.for_label(x), after.for_label(x)) for x in concerned_labels}
    concerned = {label: change for label, change in changes.items() if change.decides}
    if not concerned:
        return Expected({}, {}, ())
    n_rules = max(len(change.rules) for change in concerned.values())
    alone = [_with_change(before, after, concerned, number) for number in range(n_rules)]
    answer = what_if(store, job, before, [after, before, *alone], labels=tuple(concerned), n=0)
    together, now, *singly = answer.after
    counted = configs_in_use(store, job)
    effects: dict[str, list[Effect]] = {}
    for label, change in concerned.items():
        parts = [
            (_said(rule, label, counted), outcomes[label])
            for rule, outcomes in zip(change.rules, singly, strict=False)
        ]
        if len(change.rules) != 1 or change.words_new or change.words_gone:
            parts.append((TOGETHER, together[label]))
        effects[label] = parts
    return Expected(now, effects, answer.notes)


def _said(rule: RuleChange, label: str, counted: LanguageConfigs) -> str:
    is_unknown = rule.metric == STOPWORDS and not counted.for_label(label).stopwords
    return f"{rule.said} ({UNKNOWN_UNTIL})" if is_unknown else rule.said


def _with_change(
    before: LanguageConfigs,
    after: LanguageConfigs,
    changes: Mapping[str, ConfigChange],
    number: int,
) -> LanguageConfigs:
    """The configs before with one change of each label, the one of that number."""
    chosen = {
        x: change.rules[number] for x, change in changes.items() if number < len(change.rules)
    }
    # a new rule about stop words needs some, whichever change they came with
    words = {label: after.for_label(label).stopwords for label in chosen}
    overrides = {label: _overrides(rule) for label, rule in chosen.items()}
    return override_each(before, overrides, {k: v for k, v in words.items() if v})


def _overrides(rule: RuleChange) -> list[Override]:
    off = [Override(rule.metric, ("min", "max"), None)]
    if rule.after is None:
        return off
    bounds = (("min", rule.after.min), ("max", rule.after.max))
    return off + [Override(rule.metric, (name,), bound) for name, bound in bounds]
