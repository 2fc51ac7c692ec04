"""Later snapshots in a work folder: what was done stays, and plans grow by the new shards.

A step that works shard by shard keeps its plan, its receipts and its fingerprint: a later snapshot
changes nothing for a shard that is there. Its plan is put again with the new shards behind the old
ones, and its seal goes, so that the run does what is missing and seals again. Steps that bring
shards together are made again from the sidecars; no text is read for it before ``emit``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from curate.config.job import JobConfig
from curate.errors import ConfigError
from curate.io import layout
from curate.io.folders import remove_tree
from curate.io.store import Store
from curate.stage_table import STAGES
from curate.work.inputs import plan_inputs
from curate.work.plan import ShardPlan, load_plan

Json = Any


def plan_snapshots(job: JobConfig, planned: Sequence[ShardPlan] = ()) -> list[ShardPlan]:
    """One shard per input file: those of ``input``, then those of each later snapshot.

    A file that an earlier snapshot has is not taken again.

    Args:
        job: names the files.
        planned: shards of the snapshots that were planned before, in their order.

    Returns:
        The shards of the snapshots after the last that is planned.
    """
    known = {shard.id for shard in planned}
    first = 1 + max((_rank(shard) for shard in planned), default=-1)
    shards: list[ShardPlan] = []
    places = {str(shard.payload["place"]) for shard in planned}
    for rank, patterns in enumerate([job.input, *((p,) for p in job.snapshots)]):
        for shard in plan_inputs(patterns, job.format, places) if rank >= first else ():
            if shard.id not in known:
                known.add(shard.id)
                places.add(str(shard.payload["place"]))
                number = len(planned) + len(shards)
                payload = {**shard.payload, "number": number, "rank": rank}
                shards.append(replace(shard, payload=payload))
    return shards


def _rank(shard: ShardPlan) -> int:
    return int(shard.payload.get("rank", 0))


def ranks(store: Store) -> dict[str, int]:
    """Document shard -> place of its snapshot, 0 for the first."""
    plan = load_plan(store, "extract")
    assert plan is not None
    return {shard.id: _rank(shard) for shard in plan.shards}


def is_growth(before: Json, after: Json) -> bool:
    """True if nothing but more snapshots at the end was added to the setting ``snapshots``."""
    old, new = list(before or ()), list(after or ())
    return len(new) > len(old) and new[: len(old)] == old


def take_in(store: Store, settings: Mapping[str, Json]) -> None:
    """Make room for a later snapshot in a folder that has been begun.

    Args:
        store: the work folder.
        settings: of the job, as plain data.

    Raises:
        ConfigError: with these settings a later snapshot would change what was published.
    """
    cluster = settings["cluster"]
    reason = None
    if settings["tune"] is not None:
        reason = "thresholds are tuned on all documents, so those of the first would change"
    elif settings["compat"] is not None or not (
        cluster["verify"] and cluster["min_representative_similarity"] > 0
    ):
        reason = "chains of pairs are left whole, so new documents can join old clusters"
    if reason is not None:
        raise ConfigError(
            "snapshots",
            wanted="a job whose published documents stay when a snapshot is added",
            found=reason,
            todo="name all snapshots at once and add `--rerun extract`, or use another work folder",
        )
    for stage in STAGES:
        if stage.joins:  # and ``corpus/`` stays until the new one is whole
            remove_tree(store.move_away(stage.folder.split("/")[0]))


def extend_inputs(store: Store, job: JobConfig) -> None:
    """Add the files of snapshots that came after ``extract`` was planned."""
    plan = load_plan(store, "extract") if job.snapshots else None
    if plan is not None:
        extend_plan(store, "extract", [*plan.shards, *plan_snapshots(job, plan.shards)])


def extend_plan(store: Store, step: str, shards: Sequence[ShardPlan]) -> None:
    """Add shards to a step that was planned without them; nothing if it has them or no plan."""
    plan = load_plan(store, step)
    if plan is None:
        return
    planned = {shard.id for shard in plan.shards}
    new = tuple(shard for shard in shards if shard.id not in planned)
    if new:
        store.delete(layout.seal_key(step))  # first: a seal without these shards must not stand
        store.put(layout.plan_key(step), replace(plan, shards=plan.shards + new).to_json())
