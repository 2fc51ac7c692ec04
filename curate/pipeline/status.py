"""How far a work folder is, from its plans and receipts alone."""

from __future__ import annotations

from dataclasses import dataclass, field

from curate.errors import InputError
from curate.io import layout
from curate.io.store import Store
from curate.pipeline.step import Totals, committed, load_plan, load_receipt, sealed


@dataclass(frozen=True, slots=True)
class StepStatus:
    """One step of a work folder.

    Attributes:
        step: its name.
        n_shards: planned shards.
        n_done: committed shards.
        is_sealed: True if the next step may read it.
        bytes_in: bytes of input planned.
        bytes_done: bytes of input of the committed shards.
        totals: of the committed shards.
        seconds: task time of the committed shards.
        slowest: (shard, seconds), slowest first.
    """

    step: str
    n_shards: int
    n_done: int
    is_sealed: bool
    bytes_in: int
    bytes_done: int
    totals: Totals
    seconds: float
    slowest: tuple[tuple[str, float], ...] = field(default=())


def status(store: Store) -> list[StepStatus]:
    """Every step that has been planned, in order.

    Raises:
        InputError: the folder is no work folder.
    """
    if not store.exists(layout.JOB):
        raise InputError(
            str(store.root),
            wanted="a work folder, which has a job.yaml",
            found="a folder without one" if store.root.is_dir() else "no such folder",
            todo="name the folder that the job's `work` says",
        )
    found = []
    for step in layout.STEPS:
        plan = load_plan(store, step)
        if plan is None:
            continue
        done = committed(store, step)
        receipts = [load_receipt(store, step, s.id) for s in plan.shards if s.id in done]
        slowest = sorted(((r.shard, r.seconds) for r in receipts), key=lambda x: -x[1])[:5]
        found.append(
            StepStatus(
                step=step,
                n_shards=len(plan.shards),
                n_done=len(receipts),
                is_sealed=sealed(store, step) is not None,
                bytes_in=sum(s.bytes_in for s in plan.shards),
                bytes_done=sum(r.bytes_in for r in receipts),
                totals=Totals.of(receipts),
                seconds=sum(r.seconds for r in receipts),
                slowest=tuple(slowest),
            )
        )
    return found
