"""Steps: planned once, committed shard by shard, sealed when every shard is in.

A step is resumable by itself. Its plan carries the fingerprint of the settings and code that
decide its result; a later run with another fingerprint is refused and told the differing fields.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any

from curate import failpoints
from curate.errors import InputError, JobMismatchError, StoreError
from curate.io import layout
from curate.io.digests import (
    DIGEST,
    digest_of,
    json_with_digest,
    read_json,
    short_digest,
    with_digest,
    without_digest,
)
from curate.io.receipt import Packer, Receipt, unpack
from curate.io.store import Store

Json = Any
_READERS = 32
_PLAN_REMEDY = "make the stage again: curate run JOB --rerun STAGE"
_SEAL_REMEDY = "delete this file; the next run seals the stage again"


@dataclass(frozen=True, slots=True)
class ShardPlan:
    """One shard of a step: its id, the size of its input in bytes, and what its task is told."""

    id: str
    bytes_in: int = 0
    payload: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a step will do; written once with put-if-absent and never recomputed.

    Attributes:
        step: its name.
        fingerprint: of ``fields``.
        fields: everything that decides its result.
        shards: what there is to do.
        has_digest: False for a plan of a version that wrote none, nor receipts with one.
    """

    step: str
    fingerprint: str
    fields: Mapping[str, Json]
    shards: tuple[ShardPlan, ...]
    has_digest: bool = field(default=True, compare=False)

    def to_json(self) -> bytes:
        """Canonical JSON with its digest."""
        body = with_digest(self._body())
        return json.dumps(body, sort_keys=True, ensure_ascii=False, indent=1).encode()

    @property
    def digest(self) -> str:
        """What its seal knows it by."""
        return digest_of(self._body())

    def _body(self) -> dict[str, Json]:
        return {name: x for name, x in asdict(self).items() if name != "has_digest"}

    @staticmethod
    def from_json(data: bytes, *, where: str) -> Plan:
        """Read a plan back.

        Raises:
            StoreError: it is not one, or not as it was written.
        """
        try:
            raw = json.loads(data)
            body = without_digest(raw, where=where, todo=_PLAN_REMEDY)
            body["shards"] = tuple(ShardPlan(**s) for s in body["shards"])
            return Plan(**body, has_digest=DIGEST in raw)
        except (ValueError, TypeError, KeyError) as error:
            raise StoreError(
                where,
                wanted="a plan in JSON",
                found=f"{type(error).__name__}: {error}",
                todo=_PLAN_REMEDY,
            ) from error


@dataclass(frozen=True, slots=True)
class Totals:
    """The sum of a step's receipts; kept in its seal."""

    shards: int = 0
    rows_in: int = 0
    rows_out: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    quarantined: Mapping[str, int] = field(default_factory=dict)
    bytes: int = 0
    seconds: float = 0.0
    noted: Mapping[str, int] = field(default_factory=dict)

    @staticmethod
    def of(receipts: Iterable[Receipt]) -> Totals:
        """Add receipts up."""
        dropped: dict[str, int] = {}
        quarantined: dict[str, int] = {}
        noted: dict[str, int] = {}
        shards = rows_in = rows_out = size = 0
        seconds = 0.0
        for receipt in receipts:
            shards += 1
            rows_in += receipt.rows_in
            rows_out += receipt.rows_out
            seconds += receipt.seconds
            size += sum(f.bytes for f in receipt.files)
            add_counts(dropped, receipt.dropped)
            add_counts(quarantined, receipt.quarantined)
            add_counts(noted, receipt.counts.get("noted", {}))
        return Totals(
            shards=shards,
            rows_in=rows_in,
            rows_out=rows_out,
            dropped=sorted_counts(dropped),
            quarantined=sorted_counts(quarantined),
            bytes=size,
            seconds=round(seconds, 3),
            noted=sorted_counts(noted),
        )


def add_counts(into: dict[str, int], counts: Mapping[str, int]) -> None:
    """Add ``counts`` to ``into``, key by key."""
    for key, n in counts.items():
        into[key] = into.get(key, 0) + n


def sorted_counts(counts: Mapping[str, int]) -> dict[str, int]:
    """Largest first, ties by name."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def fingerprint(fields: Mapping[str, Json]) -> str:
    """Sixteen hex digits of the canonical JSON of ``fields``."""
    text = json.dumps(fields, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def require_work_folder(store: Store) -> None:
    """Check that a folder belongs to a job.

    Raises:
        InputError: it does not.
    """
    if not store.exists(layout.JOB):
        raise InputError(
            str(store.root),
            wanted="a work folder, which has a job.yaml",
            found="a folder without one" if store.root.is_dir() else "no such folder",
            todo="name the folder that the job's `work` says",
        )


def load_plan(store: Store, step: str) -> Plan | None:
    """The step's plan, if it has been planned."""
    key = layout.plan_key(step)
    data = store.get(key)
    return None if data is None else Plan.from_json(data, where=str(store.path(key)))


def planned_steps(store: Store) -> Iterator[str]:
    """Names of the steps that may have a plan, in order; of rounds only those that have one."""
    for step in layout.STEPS:
        if step in layout.UNIONS:
            yield from _rounds(store, step)
        yield step


def _rounds(store: Store, step: str) -> Iterator[str]:
    number = 0
    while store.exists(layout.plan_key(layout.round_of(step, number))):
        yield layout.round_of(step, number)
        number += 1
    if number:
        yield from (f"{step}.{end}" for end in layout.UNION_ENDS)


def planned_shards(store: Store, step: str) -> Sequence[ShardPlan]:
    """The shards of a step that has been planned."""
    plan = load_plan(store, step)
    assert plan is not None, step
    return plan.shards


def ensure_plan(
    store: Store,
    step: str,
    fields: Mapping[str, Json],
    make_shards: Callable[[], Sequence[ShardPlan]],
) -> Plan:
    """The step's plan: the one on disk if its fingerprint is this one's, else a new one.

    Raises:
        JobMismatchError: the step was planned with other settings or other code.
    """
    wanted = fingerprint(fields)
    plan = load_plan(store, step)
    if plan is None:
        made = Plan(step, wanted, dict(fields), tuple(make_shards()))
        store.create(layout.plan_key(step), made.to_json())
        failpoints.reach(f"{step}.after_plan")
        plan = load_plan(store, step)
        assert plan is not None
    if plan.fingerprint != wanted:
        raise _mismatch(store, step, plan, fields)
    return plan


def _mismatch(store: Store, step: str, plan: Plan, fields: Mapping[str, Json]) -> JobMismatchError:
    from curate.config.job import (
        diff_jobs,  # of workers, which refuse nothing, it is half the start
    )

    changes = diff_jobs(dict(plan.fields), dict(fields))
    stage = step.split(".")[0]
    return JobMismatchError(
        f"stage {stage!r} in work folder {store.root}",
        wanted="the settings and code it was begun with",
        found="; ".join(str(c) for c in changes) or "another fingerprint",
        todo=f"add `--rerun {stage}` to make it and what follows again, or use another work folder",
    )


def committed(store: Store, step: str) -> set[str]:
    """Ids of the shards that have a receipt."""
    names = store.names(layout.commits_key(step))
    return {name.removesuffix(".json") for name in names if name.endswith(".json")}


def load_receipt(store: Store, step: str, shard: str, *, needs_digest: bool = False) -> Receipt:
    """The receipt of one shard.

    Raises:
        StoreError: there is none, it cannot be read, or it is not as it was written.
    """
    key = layout.receipt_key(step, shard)
    data = store.get(key)
    if data is None:
        raise StoreError(
            str(store.path(key)),
            wanted=f"the receipt of shard {shard!r}, step {step!r}",
            found="none",
            todo="run the same job again; it makes what is missing",
        )
    return Receipt.from_json(data, where=str(store.path(key)), needs_digest=needs_digest)


def load_receipts(store: Store, step: str) -> list[Receipt]:
    """Receipts of every shard of a step, in plan order."""
    return list(iter_receipts(store, step))


def iter_receipts(store: Store, step: str) -> Iterator[Receipt]:
    """The same one by one; of a sealed step from the one file that its seal names.

    Raises:
        StoreError: one is missing or cannot be read.
    """
    digest = seal_field(store, step, "receipts")
    if digest is None:
        plan = load_plan(store, step)
        assert plan is not None, step
        yield from _each_receipt(store, plan)
        return
    key = layout.receipts_key(step, digest)
    data = store.get(key)
    if data is None or short_digest(data) != digest:
        raise StoreError(
            str(store.path(key)),
            wanted="the receipts that the stage's seal names",
            found="none" if data is None else "other bytes",
            todo=f"delete {store.path(layout.seal_key(step))}; the next run seals the stage again",
        )
    yield from unpack(data, where=str(store.path(key)))


def _each_receipt(store: Store, plan: Plan) -> Iterator[Receipt]:
    """Receipts of all shards, from a file each; several at a time, since a store answers slowly.

    A receipt that counts labels takes as much as a thousand of them, so they are not collected.
    """
    n = 1 if store.is_local else _READERS
    with ThreadPoolExecutor(n) as pool:
        for first in range(0, len(plan.shards), n):
            some = plan.shards[first : first + n]
            yield from pool.map(
                lambda s: load_receipt(store, plan.step, s.id, needs_digest=plan.has_digest), some
            )


def _of_plan(store: Store, plan: Plan) -> Iterator[Receipt]:
    for shard, receipt in zip(plan.shards, _each_receipt(store, plan), strict=True):
        for wanted, found in (
            (f"fingerprint {plan.fingerprint}", f"fingerprint {receipt.fingerprint}"),
            (f"step {plan.step}, shard {shard.id}", f"step {receipt.step}, shard {receipt.shard}"),
        ):
            if wanted != found:
                raise StoreError(
                    str(store.path(layout.receipt_key(plan.step, shard.id))),
                    wanted=wanted,
                    found=found,
                    todo=f"make the stage again: --rerun {plan.step.split('.')[0]}",
                )
        yield receipt


def seal(
    store: Store, plan: Plan, index: Callable[[Iterable[Receipt]], bytes | None] | None = None
) -> Totals:
    """Check that every shard is committed under this plan, and say so on disk.

    Args:
        store: the work folder.
        plan: of the step.
        index: makes an index of the receipts' row ranges, if they have any.

    Raises:
        StoreError: a receipt is missing, spoilt or of another plan.
    """
    packer = Packer()
    totals = Totals.of(map(packer.add, _of_plan(store, plan)))
    packed = packer.finish()
    failpoints.reach(f"{plan.step}.before_seal")
    store.put(layout.receipts_key(plan.step, short_digest(packed)), packed)
    body: dict[str, Json] = {"step": plan.step, "fingerprint": plan.fingerprint}
    body |= {"plan": plan.digest, "totals": asdict(totals)}
    body["receipts"] = short_digest(packed)
    ranges = None if index is None else index(unpack(packed, where=plan.step))
    if ranges is not None:
        body["ranges"] = short_digest(ranges)
        store.put(layout.ranges_key(plan.step, short_digest(ranges)), ranges)
    store.create(layout.seal_key(plan.step), json_with_digest(body))
    failpoints.reach(f"{plan.step}.after_seal")
    return totals


def sealed(store: Store, step: str) -> Totals | None:
    """Totals of a sealed step, or None while it is not.

    Raises:
        StoreError: the seal cannot be read.
    """
    seal = load_seal(store, step)
    return None if seal is None else Totals(**seal["totals"])


def sealed_plan(store: Store, plan: Plan) -> Totals | None:
    """The same of a plan that is at hand, which the seal has to be about.

    Raises:
        StoreError: the seal cannot be read, or is of another plan.
    """
    seal = load_seal(store, plan.step)
    if seal is None:
        return None
    if seal.get("plan", plan.digest) != plan.digest or seal["fingerprint"] != plan.fingerprint:
        raise StoreError(
            str(store.path(layout.plan_key(plan.step))),
            wanted="the plan that the stage was sealed under",
            found="another one: it was edited, or is of another work folder",
            todo=f"restore it, or make the stage again: --rerun {plan.step.split('.')[0]}",
        )
    return Totals(**seal["totals"])


def seal_field(store: Store, step: str, name: str) -> str | None:
    """What the seal of a step says under a name; None if it says nothing or there is none."""
    found: str | None = (load_seal(store, step) or {}).get(name)
    return found


def load_seal(store: Store, step: str) -> dict[str, Json] | None:
    """What the seal of a step says; None while it has none.

    Raises:
        StoreError: it cannot be read, or is not as it was written.
    """
    key = layout.seal_key(step)
    data = store.get(key)
    if data is None:
        return None
    where = str(store.path(key))
    found = read_json(data, where=where, todo=_SEAL_REMEDY)
    try:
        Totals(**found["totals"])
        found["step"], found["fingerprint"]
    except (TypeError, KeyError) as error:
        raise StoreError(
            where,
            wanted="a seal in JSON",
            found=f"{type(error).__name__}: {error}",
            todo=_SEAL_REMEDY,
        ) from error
    return found
