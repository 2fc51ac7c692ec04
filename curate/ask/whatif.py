"""Changes that other thresholds would make, in documents, characters and drop reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curate.ask.changed_sides import Mover
from curate.ask.count import count
from curate.ask.decide_again import labels_in
from curate.ask.question import Counted, Question
from curate.ask.rerun import require_stage
from curate.config.diff import ConfigChange, diff_config
from curate.config.job import JobConfig
from curate.config.language import LID, LanguageConfigs, Threshold
from curate.config.measured import in_order
from curate.config.override import (
    STOPWORDS,
    UNKNOWN_UNTIL,
    override,
    parse_override,
    uncounted,
    without_unknown,
)
from curate.config.problems import did_you_mean
from curate.errors import ConfigError, InputError
from curate.io.store import Store
from curate.labels import require_label
from curate.pipeline.measure.scored_job import require_measured
from curate.report.change import Outcomes
from curate.work.configs import config_folder, configs_in_use
from curate.work.plan import load_plan
from curate.work.sidecars import scored_metrics
from curate.work.tables import read_row

SAMPLE = 10
TEXT_CHARS = 200


@dataclass(frozen=True, slots=True)
class SideChange:
    """One document that would change sides.

    Attributes:
        columns: its id, URL, label, beginning of its text, and the value that decides.
        was: its removal reason before; empty if it was published.
        now: the same after.
        threshold: the one that decides: what it would break, or broke.
    """

    columns: dict[str, Any]
    was: str
    now: str
    threshold: Threshold | None

    @property
    def reason(self) -> str:
        """The reason on the side where it is removed."""
        return self.now or self.was


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The answer.

    Attributes:
        changes: what differs in the configs, for the labels that were asked for.
        before: outcomes as decided.
        after: outcomes with the other configs; one for each variant.
        n_lost: published documents that would not be.
        n_gained: documents that would be published and are not.
        lost: some of the first.
        gained: some of the second.
        notes: why the numbers are no more than an estimate; empty if they are exact.
    """

    changes: tuple[ConfigChange, ...]
    before: Outcomes
    after: tuple[Outcomes, ...]
    n_lost: int
    n_gained: int
    lost: tuple[SideChange, ...]
    gained: tuple[SideChange, ...]
    notes: tuple[str, ...]


def what_if(
    store: Store,
    job: JobConfig,
    before: LanguageConfigs,
    variants: Sequence[LanguageConfigs],
    *,
    labels: Sequence[str] = (),
    n: int = SAMPLE,
    seed: int = 0,
) -> WhatIf:
    """Decide some labels' documents with other configs, without writing anything.

    Args:
        store: a work folder that has been decided.
        job: its job.
        before: the configs that it was decided with.
        variants: configs to try, each by itself; documents that change sides are those of the
            first.
        labels: the labels to count; none for all.
        n: documents to show.
        seed: of the choice of these.

    Raises:
        InputError: the work folder has no verdicts, or no document of a label.
    """
    require_stage(store, "rebalance")
    chosen = _chosen_labels(store, labels)
    changes = tuple(diff_config(before.for_label(x), variants[0].for_label(x)) for x in chosen)
    unknown = uncounted(configs_in_use(store, job), variants[0], chosen)
    question = _question(store, job, before, variants, labels=chosen, n=n, seed=seed)
    counted = count(question)
    lost, gained = counted.movers.sample()
    show = _Shower(question, before)
    return WhatIf(
        changes=changes,
        before=counted.before,
        after=counted.after,
        n_lost=counted.movers.n_lost,
        n_gained=counted.movers.n_gained,
        lost=tuple(show(mover) for mover in lost),
        gained=tuple(show(mover) for mover in gained),
        notes=(*_notes(changes, unknown), *_notes_on_mixture(store, job, chosen)),
    )


def configs_to_try(
    store: Store,
    job: JobConfig,
    before: LanguageConfigs,
    labels: Sequence[str],
    changes: Sequence[str],
    folder: str | None,
) -> LanguageConfigs:
    """The configs that somebody wants to try.

    Args:
        store: the work folder.
        job: its job.
        before: the configs that it was decided with.
        labels: those that the changes are for; none for all.
        changes: each ``METRIC.BOUND=VALUE``.
        folder: of language configs to try, under the changes; None for those before.

    Raises:
        ConfigError: there is nothing to try, or it is wrong.
    """
    if not changes and folder is None:
        raise ConfigError(
            "curate whatif",
            wanted="something to try: --set METRIC.BOUND=VALUE, or --configs DIR",
            found="neither",
            todo="such as --set mean_word_chars.max=12",
        )
    parsed = [parse_override(text) for text in changes]
    place = config_folder(folder) if folder else Path("--set")
    base = before
    if folder is not None:
        base = LanguageConfigs.load(place.expanduser().absolute())
    known = labels_in(store)
    after = override(base, [x for x in labels or known if x in known], parsed) if parsed else base
    require_measured(job, after, place)
    return after


def decided_with(
    store: Store, job: JobConfig, variants: Sequence[LanguageConfigs]
) -> tuple[Counted, tuple[LanguageConfigs, ...], list[str]]:
    """All documents of a work folder decided with other configs.

    Returns:
        The counts; the configs that were really decided with, without rules about what is not
        known; and the labels of such rules in the first.
    """
    before, labels = configs_in_use(store, job), tuple(labels_in(store))
    question = _question(store, job, before, variants, labels=labels)
    return count(question), question.variants, uncounted(before, variants[0], labels)


def _question(
    store: Store,
    job: JobConfig,
    before: LanguageConfigs,
    variants: Sequence[LanguageConfigs],
    *,
    labels: tuple[str, ...],
    n: int = 0,
    seed: int = 0,
) -> Question:
    counted = configs_in_use(store, job)
    known = [without_unknown(x, uncounted(counted, x, labels)) for x in variants]
    return Question(
        store=store,
        job=job,
        labels=labels,
        variants=tuple(known),
        lid_differs=tuple(_lid_differs(before, variant, labels) for variant in known),
        n=n,
        seed=seed,
        scores=in_order(name for configs in (before, *known) for name in configs.scores),
    )


def _chosen_labels(store: Store, labels: Sequence[str]) -> tuple[str, ...]:
    """The labels that are asked for, as they stand in the work folder."""
    known = labels_in(store)
    for label in labels:
        if label not in known:
            guess = did_you_mean(label, list(known), otherwise="")
            if not guess:
                require_label(label, where=f"--label {label}")
            raise InputError(
                f"--label {label}",
                wanted="a label of documents in this work folder",
                found=f"no document of {label} in {store.root}",
                todo=guess or f"name one of its labels, such as {', '.join(list(known)[:5])}",
            )
    return tuple(dict.fromkeys(labels)) or tuple(known)


def _lid_differs(before: LanguageConfigs, after: LanguageConfigs, labels: Sequence[str]) -> bool:
    return any(
        before.for_label(x).lid_threshold() != after.for_label(x).lid_threshold() for x in labels
    )


def _notes(changes: Sequence[ConfigChange], unknown: Sequence[str]) -> list[str]:
    notes = []
    if labels := [c.name for c in changes if any(rule.metric == LID for rule in c.rules)]:
        notes.append(
            f"An estimate: the LID threshold of {_some(labels)} differs. Clusters were taken as "
            "they are, and a document that was not compared as one without duplicates; `curate "
            "select` makes the clusters again."
        )
    if unknown:
        notes.append(
            f"`{STOPWORDS}` of {_some(unknown)} is {UNKNOWN_UNTIL}: there were no stop words to "
            "count. It decides nothing here; `curate select` counts them."
        )
    differing = [c.name for c in changes if c.words_new or c.words_gone]
    if labels := [name for name in differing if name not in unknown]:
        notes.append(
            f"An estimate: the stop words of {_some(labels)} differ. `n_stopwords` was counted "
            "with those before; `curate select` counts them again."
        )
    return notes


def _notes_on_mixture(store: Store, job: JobConfig, chosen: Sequence[str]) -> list[str]:
    is_shared = job.mixture.temperature_alpha is not None and set(chosen) != set(labels_in(store))
    if not is_shared:
        return []
    return [
        "The job's mixture shares an amount among all labels: those that were not asked for would "
        "get another share too, which is not counted here."
    ]


def _some(labels: Sequence[str]) -> str:
    more = f" and {len(labels) - 3} more" if len(labels) > 3 else ""
    return ", ".join(labels[:3]) + more


class _Shower:
    """Reads what is shown of a document."""

    def __init__(self, question: Question, before: LanguageConfigs) -> None:
        self._question = question
        self._before = before
        plan = load_plan(question.store, "extract")
        assert plan is not None
        self._shards = [shard.id for shard in plan.shards]

    def __call__(self, mover: Mover) -> SideChange:
        was, now = (self._question.outcomes[x] for x in (mover.was, mover.now))
        scored = scored_metrics(self._question.store)
        steps = {"extract": ("id", "url", "text"), "identify": None, "annotate": None, **scored}
        columns = read_row(self._question.store, self._shards[mover.shard], mover.row, steps)
        columns["text"] = columns["text"][:TEXT_CHARS]
        configs = self._question.variants[0] if now else self._before
        threshold = configs.for_label(columns["label"]).threshold(now or was)
        return SideChange(columns, was, now, threshold)
