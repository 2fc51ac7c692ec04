"""Drive the union of labels that are united by ranges of their documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from curate.io import layout
from curate.io.store import Store
from curate.pipeline.cluster_plan import pack_shards, ranges_of
from curate.pipeline.exchange import receipts_of
from curate.pipeline.step import ShardPlan

Json = Any
RunStep = Callable[[str, str, str, Sequence[ShardPlan], Json], None]
"""Runs a step: its name, the step that it reads, its task, its shards, its settings."""


def unite_ranges(
    store: Store, step: str, source: str, unions: Sequence[ShardPlan], run: RunStep
) -> dict[str, Json]:
    """Run every step before the last of a union, as many rounds as it takes.

    Args:
        store: the work folder.
        step: the union, ``cluster.union`` or ``cluster.refine``.
        source: the step that found the edges.
        unions: its shards.
        run: runs a step.

    Returns:
        What the last step is told; nothing if no label is united by ranges.
    """
    ranges = ranges_of(unions)
    if not ranges:
        return {}
    number, is_done = 0, False
    while not is_done:
        name = layout.round_of(step, number)
        is_large = number % 2 == 0
        settings = {"source": source, "files": _files(store, source), "is_large": is_large}
        run(name, source, "cluster_stars:star", ranges, settings)
        changed = sum(receipt.counts["changed"] for receipt in receipts_of(store, name))
        is_done = is_large and changed == 0
        source, number = name, number + 1
    roots, members, pack, answers = (f"{step}.{end}" for end in layout.UNION_ENDS)
    told = {"source": source, "files": _files(store, source)}
    run(roots, source, "cluster_stars:send_roots", ranges, told)
    told = {"source": roots, "files": _files(store, roots)}
    run(members, roots, "cluster_stars:add_members", ranges, told)
    run(pack, members, "cluster_stars:pack_label", pack_shards(ranges), {"source": members})
    run(answers, pack, "cluster_stars:answer_roots", ranges, {**told, "packs": pack})
    files: Mapping[str, int] = _files(store, answers)
    return {"roots": roots, "packs": pack, "answers": answers, "files": files}


def _files(store: Store, step: str) -> dict[str, int]:
    """How many files a task of a step sent to ranges, at most."""
    return {step: max((r.counts.get("files", 0) for r in receipts_of(store, step)), default=0)}
