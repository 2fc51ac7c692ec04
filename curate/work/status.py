"""How far a work folder is, from its plans, receipts and their dates alone."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from curate.io import layout
from curate.io.receipt import Receipt
from curate.io.store import Store
from curate.work.plan import Plan, load_plan, planned_steps, require_work_folder
from curate.work.seal import Totals, committed, iter_receipts, load_receipt, sealed

RECENT = 50
"""Commits that the present rate is taken from, at most."""


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
        n_running: shards without a receipt that an attempt has written files of: the newest attempt
            at each, which is under way, or was the last before the run died.
        n_lost: other attempts that wrote files and have no receipt.
        seconds_left: estimate from bytes and the dates of the last commits; None if it cannot be
            told.
        last_commit: seconds since 1970; None before the first.
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
    n_running: int = 0
    n_lost: int = 0
    seconds_left: float | None = None
    last_commit: float | None = None

    @property
    def rows_per_second(self) -> float:
        """Rows a second of task time: one worker's rate."""
        return self.totals.rows_in / self.seconds if self.seconds else 0.0


def status(store: Store) -> list[StepStatus]:
    """Every step that has been planned, in order.

    Raises:
        InputError: the folder is no work folder.
    """
    require_work_folder(store)
    plans = [load_plan(store, step) for step in planned_steps(store)]
    return [_status_of(store, plan) for plan in plans if plan is not None]


def _status_of(store: Store, plan: Plan) -> StepStatus:
    is_sealed = sealed(store, plan.step) is not None
    if is_sealed:
        receipts = list(iter_receipts(store, plan.step))
    else:
        done = committed(store, plan.step)
        receipts = [load_receipt(store, plan.step, s.id) for s in plan.shards if s.id in done]
    n_running, n_lost = _without_receipt(store, plan.step, receipts)
    dates = {} if is_sealed else store.dated(layout.commits_key(plan.step))
    bytes_in, bytes_done = sum(s.bytes_in for s in plan.shards), sum(r.bytes_in for r in receipts)
    slowest = sorted(((r.shard, r.seconds) for r in receipts), key=lambda x: -x[1])[:5]
    return StepStatus(
        step=plan.step,
        n_shards=len(plan.shards),
        n_done=len(receipts),
        is_sealed=is_sealed,
        bytes_in=bytes_in,
        bytes_done=bytes_done,
        totals=Totals.of(receipts),
        seconds=sum(r.seconds for r in receipts),
        slowest=tuple(slowest),
        n_running=n_running,
        n_lost=n_lost,
        seconds_left=_seconds_left(receipts, dates, bytes_in - bytes_done),
        last_commit=max(dates.values(), default=None),
    )


def _without_receipt(store: Store, step: str, receipts: Iterable[Receipt]) -> tuple[int, int]:
    """Attempts whose files lie there and that no receipt names: running ones, and lost ones.

    A shard that has no receipt has one attempt under way at most, but for a second one beside a
    slow first; the others at it have ended.
    """
    won = {receipt.shard: receipt.attempt for receipt in receipts}
    seen: dict[str, set[str]] = {}
    for name in store.names(layout.data_folder(step)):
        file = layout.attempt_file(name)
        if file is not None and won.get(file.shard) != file.attempt:
            seen.setdefault(file.shard, set()).add(file.attempt)
    n_running = sum(shard not in won for shard in seen)
    return n_running, sum(map(len, seen.values())) - n_running


def _seconds_left(
    receipts: Iterable[Receipt], dates: dict[str, float], bytes_left: int
) -> float | None:
    """From the bytes that the last commits stand for and the time between them and now."""
    recent = sorted((dates.get(f"{r.shard}.json", 0.0), r.bytes_in) for r in receipts)[-RECENT:]
    if len(recent) < 2:
        return None
    passed = max(time.time(), recent[-1][0]) - recent[0][0]
    n_bytes = sum(size for _, size in recent[1:])
    return bytes_left / (n_bytes / passed) if passed > 0 and n_bytes else None


def prometheus(steps: Iterable[StepStatus]) -> str:
    """The status as metrics in Prometheus' text form, for a node exporter's textfile collector."""
    steps = list(steps)
    lines: list[str] = []

    def metric(name: str, kind: str, doc: str, values: Iterable[tuple[str, float]]) -> None:
        shown = [f"curate_{name}{{{labels}}} {value:.15g}" for labels, value in values]
        if shown:
            lines.extend([f"# HELP curate_{name} {doc}", f"# TYPE curate_{name} {kind}", *shown])

    def of(*more: tuple[str, str], step: StepStatus) -> str:
        return ",".join(f'{k}="{_quoted(v)}"' for k, v in (("step", step.step), *more))

    def each(name: str) -> list[tuple[str, float]]:
        return [(of(step=s), float(getattr(s, name))) for s in steps]

    def reasons(name: str) -> list[tuple[str, float]]:
        return [
            (of(("reason", reason), step=s), n)
            for s in steps
            for reason, n in getattr(s.totals, name).items()
        ]

    def total(name: str) -> list[tuple[str, float]]:
        return [(of(step=s), getattr(s.totals, name)) for s in steps]

    metric("shards_planned", "gauge", "Shards of the step.", each("n_shards"))
    metric("shards_committed", "gauge", "Shards that have a receipt.", each("n_done"))
    metric("step_sealed", "gauge", "1 once every shard is committed.", each("is_sealed"))
    metric("bytes_planned", "gauge", "Bytes of input of all shards.", each("bytes_in"))
    metric("bytes_committed", "gauge", "Bytes of input of committed shards.", each("bytes_done"))
    metric("rows_in", "gauge", "Rows that committed shards read.", total("rows_in"))
    metric("rows_out", "gauge", "Rows that committed shards wrote.", total("rows_out"))
    metric("rows_dropped", "gauge", "Rows left out on purpose.", reasons("dropped"))
    metric("rows_quarantined", "gauge", "Rows that could not be processed.", reasons("quarantined"))
    metric("bytes_written", "gauge", "Bytes of the files of committed shards.", total("bytes"))
    metric("task_seconds", "gauge", "Task time of committed shards.", each("seconds"))
    metric("shards_running", "gauge", "Shards with files and no receipt yet.", each("n_running"))
    metric("attempts_lost", "gauge", "Attempts that ended without a receipt.", each("n_lost"))
    metric(
        "seconds_left",
        "gauge",
        "Estimate from the bytes of the last commits.",
        [(of(step=s), s.seconds_left) for s in steps if s.seconds_left is not None],
    )
    metric(
        "last_commit_timestamp_seconds",
        "gauge",
        "When the last shard was committed.",
        [(of(step=s), s.last_commit) for s in steps if s.last_commit is not None],
    )
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
