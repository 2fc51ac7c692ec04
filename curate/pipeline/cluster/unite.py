"""Drive the union of labels that are united by ranges of their documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from curate.io import layout
from curate.io.store import Store
from curate.pipeline.cluster.plan import pack_shards, ranges_of
from curate.pipeline.cluster.stars import (
    AnswerSettings,
    PackSettings,
    RangedUnion,
    Sent,
    StarSettings,
    add_members,
    answer_roots,
    pack_label,
    send_roots,
    star,
)
from curate.work.exchange import receipts_of
from curate.work.plan import ShardPlan
from curate.work.task import S, ShardFunction


class RunStep(Protocol):
    """Runs a step."""

    def __call__(
        self,
        name: str,
        source: str,
        function: ShardFunction[S],
        shards: Sequence[ShardPlan],
        settings: S,
    ) -> None:
        """Run a step.

        Args:
            name: of the step.
            source: the step that it reads.
            function: its task.
            shards: its shards.
            settings: of its tasks.
        """


def unite_ranges(
    store: Store,
    step: str,
    source: str,
    unions: Sequence[ShardPlan],
    run: RunStep,
    *,
    group_rows: int,
) -> RangedUnion | None:
    """Run every step before the last of a union, as many rounds as it takes.

    Args:
        store: the work folder.
        step: the union, ``cluster.union`` or ``cluster.refine``.
        source: the step that found the edges.
        unions: its shards.
        run: runs a step.
        group_rows: documents of a partition that components are packed into.

    Returns:
        The steps that the union reads; None if no label is united by ranges.
    """
    ranges = ranges_of(unions)
    if not ranges:
        return None
    number, is_done = 0, False
    while not is_done:
        name = layout.round_of(step, number)
        is_large = number % 2 == 0
        run(name, source, star, ranges, StarSettings(_sent(store, source), is_large))
        changed = sum(receipt.counts["changed"] for receipt in receipts_of(store, name))
        is_done = is_large and changed == 0
        source, number = name, number + 1
    roots, members, pack, answers = (f"{step}.{end}" for end in layout.UNION_ENDS)
    run(roots, source, send_roots, ranges, _sent(store, source))
    questions = _sent(store, roots)
    run(members, roots, add_members, ranges, questions)
    run(pack, members, pack_label, pack_shards(ranges), PackSettings(members, group_rows))
    run(answers, pack, answer_roots, ranges, AnswerSettings(questions, pack))
    return RangedUnion(roots, pack, _sent(store, answers))


def _sent(store: Store, step: str) -> Sent:
    """A step that has ended, and how many files a task of it sent to ranges, at most."""
    receipts = receipts_of(store, step)
    return Sent(step, max((r.counts.get("files", 0) for r in receipts), default=0))
