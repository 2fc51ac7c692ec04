"""Receipts of a step, and the seal that says that every shard of it is committed.

A step is committed shard by shard, and sealed when every shard is in; then the next may read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any

from curate import failpoints
from curate.errors import StoreError
from curate.io import layout
from curate.io.digests import (
    json_with_digest,
    read_json,
    short_digest,
)
from curate.io.receipt import Packer, Receipt, unpack
from curate.io.store import Store
from curate.work.plan import Plan, load_plan

Json = Any

_READERS = 32
_SEAL_REMEDY = "delete this file; the next run seals the stage again"


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
    """The receipts one by one; of a sealed step from the one file that its seal names.

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
        for expected, actual in (
            (f"fingerprint {plan.fingerprint}", f"fingerprint {receipt.fingerprint}"),
            (f"step {plan.step}, shard {shard.id}", f"step {receipt.step}, shard {receipt.shard}"),
        ):
            if expected != actual:
                raise StoreError(
                    str(store.path(layout.receipt_key(plan.step, shard.id))),
                    wanted=expected,
                    found=actual,
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
    """The totals of a plan that is at hand, which the seal has to be about.

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
    """The value of a seal under a name; None if it has none of that name or there is no seal."""
    value: str | None = (load_seal(store, step) or {}).get(name)
    return value


def load_seal(store: Store, step: str) -> dict[str, Json] | None:
    """The seal of a step; None while it has none.

    Raises:
        StoreError: it cannot be read, or is not as it was written.
    """
    key = layout.seal_key(step)
    data = store.get(key)
    if data is None:
        return None
    where = str(store.path(key))
    sealed_record = read_json(data, where=where, todo=_SEAL_REMEDY)
    try:
        Totals(**sealed_record["totals"])
        sealed_record["step"], sealed_record["fingerprint"]
    except (TypeError, KeyError) as error:
        raise StoreError(
            where,
            wanted="a seal in JSON",
            found=f"{type(error).__name__}: {error}",
            todo=_SEAL_REMEDY,
        ) from error
    return sealed_record
