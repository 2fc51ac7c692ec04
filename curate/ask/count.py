"""Count what other thresholds would decide, from sidecars alone and without writing anything.

The numbers are those that selection and rebalancing would give: documents alone in their cluster
are decided as they are read; members of larger clusters are kept, some forty bytes each, until
their cluster is complete, because which of them represents it rests on all their verdicts.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.ask.changed_sides import Movers
from curate.ask.mixture_count import mixed, positions
from curate.ask.question import N_BLOCKED, Counted, Question
from curate.config.job import JobConfig
from curate.config.language import LID
from curate.dedup.representative import choose, is_in_capitals, n_word_chars
from curate.dedup.weights import weight_of
from curate.io.store import Store
from curate.labels import NO_LANGUAGE
from curate.pipeline.decide.outcomes import add_outcomes, count_outcomes
from curate.pipeline.decide.rebalance import SIZES, sum_sizes
from curate.pipeline.decide.screens import dropping
from curate.pipeline.decide.select import SELECT_ROWS, columns_for, labels_of
from curate.pipeline.decide.weights import weights_by_label
from curate.report.change import Outcomes, Tally
from curate.report.data import DUPLICATE, KEPT
from curate.rights.removal import MIXTURE
from curate.stages.coded import NULL, as_floats, coded
from curate.stages.select import Selector
from curate.work.plan import load_plan
from curate.work.snapshots import ranks
from curate.work.tables import iter_columns, read_columns

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(slots=True)
class _Variant:
    """One variant over some documents: those decided, and verdicts of those that wait."""

    documents: I64
    chars: I64
    words: I64
    passing: I64
    sizes: list[pa.Table] = field(default_factory=list)
    waiting: list[I64] = field(default_factory=list)

    @staticmethod
    def empty(n_labels: int, n_outcomes: int) -> _Variant:
        """Nothing decided yet."""
        documents, chars, words = (np.zeros((n_labels, n_outcomes), np.int64) for _ in range(3))
        return _Variant(documents, chars, words, np.zeros(n_labels, np.int64))


@dataclass(slots=True)
class _Shard:
    """The counts of a shard: see :class:`_Variant`; ``shared`` are members of larger clusters."""

    before: dict[str, dict[str, Tally]]
    movers: Movers
    variants: list[_Variant]
    shared: dict[str, list[npt.NDArray[Any]]]


_MIXED = ("position",)
"""Kept besides where the job has a mixture; then of every document, since what becomes of one is
known only when all are counted."""

_SHARED = (
    "cluster",
    "size",
    "chars",
    "words",
    "label",
    "row",
    "was",
    "passed",
    "stood",
    "capitals",
    "length",
)


def count(question: Question) -> Counted:
    """Count every variant in one pass over the sidecars."""
    plan = load_plan(question.store, "extract")
    assert plan is not None
    shards = [shard.id for shard in plan.shards]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        parts = list(
            pool.map(lambda item: _count_shard(question, *item), enumerate(shards))
        )  # reading and kernels let other threads run
    before: dict[str, dict[str, Tally]] = {}
    movers = Movers(question.n, question.seed)
    for part in parts:
        for label, outcomes in part.before.items():
            into = before.setdefault(label, {})
            for reason, tally in outcomes.items():
                into[reason] = into.get(reason, Tally()) + tally
        movers.merge(part.movers)
    shared = _Shared.of(parts)
    wholes = [
        _finish(question, shards, parts, shared, number, movers if number == 0 else None)
        for number in range(len(question.variants))
    ]
    return Counted(
        before,
        after=tuple(_outcomes(question, whole, repeated) for whole, repeated in wholes),
        passing=tuple(_by_label(question, whole.passing) for whole, _ in wholes),
        words=tuple(_by_label(question, whole.words[:, 0]) for whole, _ in wholes),
        movers=movers,
    )


def _by_label(question: Question, numbers: I64) -> dict[str, int]:
    return dict(zip(question.labels, numbers.tolist(), strict=True))


def _count_shard(question: Question, number: int, shard: str) -> _Shard:
    screens = dropping(question.job)
    selectors = [Selector(configs, screens, question.scores) for configs in question.variants]
    shape = (len(question.labels), len(question.outcomes))
    part = _Shard(
        before={},
        movers=Movers(question.n, question.seed),
        variants=[_Variant.empty(*shape) for _ in selectors],
        shared={name: [] for name in (*_SHARED, *_MIXED)},
    )
    present = sorted(set(question.labels).intersection(labels_of(question.store, shard)))
    if not present:
        return part
    is_mixed = question.job.mixture.is_set
    metrics = dict.fromkeys(m for s in selectors for m in s.metrics(present))
    metrics |= dict.fromkeys([LID] if any(question.lid_differs) else [])
    columns = columns_for(tuple(metrics), screens)
    of_text = ("n_chars", "n_words", "mean_word_chars", "upper_case_fraction")
    columns["annotate"] = tuple(dict.fromkeys((*columns.get("annotate", ()), *of_text)))
    if is_mixed:
        columns["extract"] = ("id",)
    columns["cluster"] = ("cluster_id", "cluster_size")
    columns["select"] = ("drop_reason",)
    columns["rebalance"] = ("is_representative", "weight", "removal_reason")
    texts = ("label", "drop_reason", "removal_reason")
    start = 0
    for batch in iter_columns(question.store, shard, columns, batch_rows=SELECT_ROWS, coded=texts):
        _count_batch(question, selectors, part, number, start, batch)
        start += batch.num_rows
    return part


def _count_batch(
    question: Question,
    selectors: Sequence[Selector],
    part: _Shard,
    number: int,
    start: int,
    batch: pa.Table,
) -> None:
    codes, names = coded(batch["label"])
    places = {label: place for place, label in enumerate(question.labels)}
    label = np.array([places.get(name, NULL) for name in names], np.int64)[codes]
    chosen = label != NULL
    if not chosen.all():
        batch, label = batch.filter(pa.array(chosen)), label[chosen]
    row = start + np.flatnonzero(chosen)
    add_outcomes(
        part.before,
        count_outcomes(batch["label"], batch["removal_reason"], batch["n_chars"], batch["weight"]),
    )
    chars = batch["n_chars"].fill_null(0).to_numpy().astype(np.int64)
    words = batch["n_words"].fill_null(0).to_numpy().astype(np.int64)
    size = batch["cluster_size"].fill_null(0).to_numpy().astype(np.int64)
    was = _outcome_numbers(question, batch["removal_reason"])
    fixed = was >= len(question.outcomes) - N_BLOCKED
    shared = ~fixed if question.job.mixture.is_set else (size > 1) & ~fixed
    if question.job.mixture.is_set:
        part.shared["position"].append(positions(batch["id"]))
    columns = (
        batch["cluster_id"].fill_null(0).to_numpy(),
        size,
        chars,
        words,
        label,
        row,
        was,
        batch["drop_reason"].is_null().to_numpy(),
        batch["is_representative"].to_numpy(),
        is_in_capitals(batch["upper_case_fraction"]),
        n_word_chars(batch["n_words"], batch["mean_word_chars"]),
    )
    for name, values in zip(_SHARED, columns, strict=True):
        part.shared[name].append(values[shared])
    for place, (selector, variant) in enumerate(zip(selectors, part.variants, strict=True)):
        now = selector.first_broken(batch).astype(np.int64) + 1
        variant.passing += np.bincount(label[now == 0], minlength=len(question.labels))
        lid = question.outcomes.index(LID)
        if question.lid_differs[place]:
            compared = _is_compared(question, place, batch, label)
            now = np.where(compared, now, lid)
            alone = compared & ~shared
        else:
            now = np.where(size > 0, now, lid)
            alone = (size == 1) & ~shared
        now, alone = np.where(fixed, was, now), alone & ~fixed
        variant.waiting.append(now[shared])
        _tally(variant, label[~shared], now[~shared], chars[~shared], words[~shared])
        variant.sizes.append(_sizes(question, label[alone], now[alone]))
        if place == 0:
            part.movers.add(number, row[~shared], was[~shared], now[~shared])


def _outcome_numbers(question: Question, reasons: pa.ChunkedArray) -> I64:
    """int64[n]: the number of each removal reason, 0 for null."""
    codes, names = coded(reasons)
    known = question.outcomes
    return np.array([*map(known.index, names), 0], np.int64)[codes]


def _is_compared(question: Question, place: int, batch: pa.Table, label: I64) -> Bools:
    """bool[n]: documents that reach the LID threshold of their label in a variant."""
    configs = question.variants[place]
    lowest = np.array([configs.for_label(x).lid_threshold() for x in question.labels], np.float64)
    speaks = np.array([x != NO_LANGUAGE for x in question.labels])
    reached: Bools = (as_floats(batch[LID]) >= lowest[label]) & speaks[label]
    return reached


def _tally(variant: _Variant, label: I64, now: I64, chars: I64, words: I64) -> None:
    shape = variant.documents.shape
    kind = label * shape[1] + now
    n_kinds = shape[0] * shape[1]
    variant.documents += np.bincount(kind, minlength=n_kinds).reshape(shape)
    for sums, amounts in ((variant.chars, chars), (variant.words, words)):
        # whole numbers below 2**53 are exact as floats
        added = np.bincount(kind, weights=amounts, minlength=n_kinds)
        sums += added.astype(np.int64).reshape(shape)


def _sizes(
    question: Question,
    label: I64,
    now: I64,
    size: I64 | None = None,
    stands: Bools | None = None,
) -> pa.Table:
    """Members and clusters by label and size; by default each is a cluster of its own."""
    size = np.ones(label.size, np.int64) if size is None else size
    stands = np.ones(label.size, bool) if stands is None else stands
    sizes, place = np.unique(size, return_inverse=True)
    key, row = np.unique(label * sizes.size + place, return_inverse=True)
    passes = now == 0
    sums = [
        np.bincount(row, weights=mask, minlength=key.size).astype(np.int64)
        for mask in (np.ones(label.size), ~passes, stands, stands & passes)
    ]
    labels = [question.labels[x] for x in (key // max(sizes.size, 1)).tolist()]
    return pa.table([labels, sizes[key % max(sizes.size, 1)], *sums], schema=SIZES)


@dataclass(frozen=True, slots=True)
class _Shared:
    """Members of clusters of two and more, over all shards; :data:`_SHARED` as arrays."""

    columns: dict[str, npt.NDArray[Any]]
    shard: I64

    @staticmethod
    def of(parts: Sequence[_Shard]) -> _Shared:
        """Put the shards' members together."""
        lengths = [sum(len(x) for x in part.shared["row"]) for part in parts]
        names = (*_SHARED, *_MIXED)
        columns = {name: [x for part in parts for x in part.shared[name]] for name in names}
        return _Shared(
            {k: np.concatenate(v) if v else np.zeros(0, np.int64) for k, v in columns.items()},
            np.repeat(np.arange(len(parts)), lengths),
        )

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        return self.columns[name]

    def ids(self, store: Store, shards: Sequence[str], at: I64) -> pa.Array:
        """Ids of some of them."""
        pieces = []
        for number in np.unique(self.shard[at]).tolist():
            rows = self["row"][at[self.shard[at] == number]]
            table = read_columns(store, shards[number], {"extract": ("id",)})
            pieces.append(table["id"].combine_chunks().take(pa.array(rows)))
        return pa.concat_arrays(pieces)  # `at` rises, and so do the shards


def _finish(
    question: Question,
    shards: Sequence[str],
    parts: Sequence[_Shard],
    shared: _Shared,
    number: int,
    movers: Movers | None,
) -> tuple[_Variant, dict[str, int]]:
    """Decide the clusters of a variant, and add it up.

    Returns:
        The sums over all shards, and label -> documents after repetition.
    """
    variants = [part.variants[number] for part in parts]
    now = np.concatenate([np.zeros(0, np.int64), *(x for v in variants for x in v.waiting)])
    lid, duplicate = question.outcomes.index(LID), question.outcomes.index(DUPLICATE)
    is_member = now != lid
    stands = _representatives(question, shards, shared, now == 0, is_member)
    ended = np.where(is_member, np.where(stands, now, duplicate), lid)
    size = np.maximum(shared["size"], 1)
    at = is_member
    members = _sizes(question, shared["label"][at], now[at], size[at], stands[at])
    sizes = sum_sizes(pa.concat_tables([members, *(x for v in variants for x in v.sizes)]))
    if question.job.mixture.is_set:
        repeated = _mix(question, shared, sizes, size, ended)
    else:
        repeated = _repeated(sizes, question.job)
    whole = _Variant(
        documents=np.sum([v.documents for v in variants], axis=0),
        chars=np.sum([v.chars for v in variants], axis=0),
        words=np.sum([v.words for v in variants], axis=0),
        passing=np.sum([v.passing for v in variants], axis=0),
    )
    _tally(whole, shared["label"], ended, shared["chars"], shared["words"])
    if movers is not None:
        for shard in np.unique(shared.shard).tolist():
            at = shared.shard == shard
            movers.add(shard, shared["row"][at], shared["was"][at], ended[at])
    return whole, repeated


def _mix(
    question: Question, shared: _Shared, sizes: pa.Table, size: I64, ended: I64
) -> dict[str, int]:
    """label -> documents after repetition and mixture; who is left out ends so."""
    at = np.flatnonzero(ended == 0)
    kept = {name: shared[name][at] for name in ("label", "chars", "words", *_MIXED)}
    times = mixed(question.store, question.job, question.labels, sizes, {**kept, "size": size[at]})
    ended[at[times == 0]] = question.outcomes.index(MIXTURE)
    sums = np.bincount(kept["label"], weights=times, minlength=len(question.labels))
    return dict(zip(question.labels, sums.astype(np.int64).tolist(), strict=True))


def _representatives(
    question: Question, shards: Sequence[str], shared: _Shared, passes: Bools, is_member: Bools
) -> Bools:
    """bool[n]: who stands for its cluster. Only clusters with a changed member choose again."""
    several = shared["size"] > 1
    changed = several & ((passes != shared["passed"]) | ~is_member)
    touched = several & np.isin(shared["cluster"], shared["cluster"][changed])
    stands: Bools = is_member & (shared["stood"].astype(bool) | ~several)
    at = np.flatnonzero(touched & is_member)
    if at.size:
        place = ranks(question.store)
        stands[at] = choose(
            shared["cluster"][at],
            passes[at],
            shared["length"][at],
            shared.ids(question.store, shards, at),
            rank=np.array([place[shard] for shard in shards])[shared.shard[at]],
            in_capitals=shared["capitals"][at].astype(bool),
            regardless=question.job.is_compat,
        )
    return stands


def _repeated(sizes: pa.Table, job: JobConfig) -> dict[str, int]:
    """label -> published documents after repetition."""
    weights = weights_by_label(sizes, job)
    published: dict[str, int] = {}
    for row in sizes.to_pylist():
        label = row["label"]
        times = weight_of(row["cluster_size"], weights[label]) if label in weights else 1
        published[label] = published.get(label, 0) + row["n_kept"] * times
    return published


def _outcomes(question: Question, whole: _Variant, repeated: dict[str, int]) -> Outcomes:
    tallies: dict[str, dict[str, Tally]] = {}
    for place, kind in zip(*(x.tolist() for x in np.nonzero(whole.documents)), strict=True):
        label, outcome = question.labels[place], question.outcomes[kind]
        tallies.setdefault(label, {})[outcome] = Tally(
            int(whole.documents[place, kind]),
            int(whole.chars[place, kind]),
            repeated.get(label, 0) if outcome == KEPT else 0,
        )
    return tallies
