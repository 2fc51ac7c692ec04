"""Who clusters what: planned from the counts of finished steps before a task runs.

A label that fits one task is sent there whole, small labels share a task. A larger one is first
cut into components by its band keys, and whole components are packed into tasks. Document shards
are taken in units of consecutive ones, so that files and the ranges in them stay few.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from curate.dedup.forest import NARROW_DOCUMENTS
from curate.io.store import Store
from curate.pipeline.exchange import receipts_of
from curate.pipeline.step import ShardPlan

GROUP_ROWS = 1_000_000
"""Documents that are clustered in one task: about 0.75 GB."""

BAND_RECORDS = 16_000_000
"""Records of 12 bytes whose keys are compared in one task: about 0.7 GB."""

CHECK_RECORDS = 3_000_000
"""Records of about 150 bytes whose candidates are verified in one task: about 0.8 GB."""

RANGE_DOCUMENTS = 2**26
"""Documents of a label that one task unites, where the label has more than NARROW_DOCUMENTS: about
2 GB."""

RANGE_EDGES = 4_000_000
"""Edges of them that it holds at once: about 0.3 GB."""

UNIT_ROWS = 800_000
"""Documents of the shards that one task splits, at most: about 1 GB."""

SMALL_UNIT_ROWS = 50_000
"""The same while there are few documents, so that every core has something to do."""

MANY_UNITS = 1_000


def partition_sizes() -> list[int]:
    """What plans are made with: another size changes no cluster, but who makes it."""
    sizes = [GROUP_ROWS, BAND_RECORDS, CHECK_RECORDS, UNIT_ROWS, SMALL_UNIT_ROWS, MANY_UNITS]
    return [*sizes, NARROW_DOCUMENTS, RANGE_DOCUMENTS]


@dataclass(frozen=True, slots=True)
class LabelPlan:
    """Where the documents of each label go.

    Attributes:
        direct: label -> partition, for labels that fit one task.
        banded: label -> first band partition and number of band partitions, for the others.
        n_direct: partitions of the first kind.
    """

    direct: Mapping[str, int]
    banded: Mapping[str, tuple[int, int]]
    n_direct: int

    def settings(self) -> dict[str, Any]:
        """For the payload of a task."""
        return asdict(self)


def plan_labels(histogram: Mapping[str, int], n_bands: int) -> LabelPlan:
    """Plan from the number of documents of each label."""
    small = {label: n for label, n in histogram.items() if n <= GROUP_ROWS}
    direct = pack_labels(small, GROUP_ROWS)
    banded, first = {}, 0
    for label in sorted(histogram.keys() - small.keys()):
        n = -(-histogram[label] * n_bands // BAND_RECORDS)
        banded[label] = (first, n)
        first += n
    return LabelPlan(direct, banded, 1 + max(direct.values(), default=-1))


def pack_labels(histogram: Mapping[str, int], rows: int) -> dict[str, int]:
    """label -> partition: small ones together up to ``rows`` documents, none split."""
    partitions: dict[str, int] = {}
    filled = number = 0
    for label, n in sorted(histogram.items(), key=lambda item: (-item[1], item[0])):
        if filled and filled + n > rows:
            number, filled = number + 1, 0
        partitions[label] = number
        filled += n
    return partitions


def plan_units(documents: Sequence[ShardPlan]) -> list[ShardPlan]:
    """Consecutive document shards, together up to about a thousandth of all documents."""
    total = sum(shard.payload["rows"] for shard in documents)
    most = min(UNIT_ROWS, max(SMALL_UNIT_ROWS, total // MANY_UNITS))
    units: list[list[ShardPlan]] = []
    filled = 0
    for shard in documents:
        if not units or filled + shard.payload["rows"] > most:
            units.append([])
            filled = 0
        units[-1].append(shard)
        filled += shard.payload["rows"]
    return [
        ShardPlan(
            f"unit-{number:05d}",
            sum(s.bytes_in for s in unit),
            {"number": number, "shards": [_of_unit(shard) for shard in unit]},
        )
        for number, unit in enumerate(units)
    ]


def with_units(documents: Sequence[ShardPlan], units: Sequence[ShardPlan]) -> list[ShardPlan]:
    """Document shards that know the unit that they are in."""
    unit_of = {shard: unit.id for unit in units for shard, _, _ in unit.payload["shards"]}
    return [ShardPlan(s.id, s.bytes_in, {**s.payload, "unit": unit_of[s.id]}) for s in documents]


def _of_unit(shard: ShardPlan) -> list[Any]:
    """Id, number, and place of its snapshot."""
    return [shard.id, shard.payload["number"], shard.payload.get("rank", 0)]


def label_starts(store: Store) -> tuple[dict[str, list[int]], dict[str, int]]:
    """Numbers that the split gave to the documents of banded labels.

    Returns:
        label -> number of the first document in each unit; label -> documents.
    """
    starts: dict[str, list[int]] = {}
    totals: dict[str, int] = {}
    for number, receipt in enumerate(receipts_of(store, "cluster.split")):
        for label, n in receipt.counts["numbered"].items():
            known = starts.setdefault(label, [])
            known += [totals.get(label, 0)] * (number + 1 - len(known))
            totals[label] = totals.get(label, 0) + n
    return starts, totals


def band_shards(plan: LabelPlan, totals: Mapping[str, int]) -> list[ShardPlan]:
    """One shard per band partition."""
    return [
        ShardPlan(
            f"partition-{first + i:05d}",
            12 * totals.get(label, 0) // n,
            {"number": first + i, **_of_label(label, totals)},
        )
        for label, (first, n) in sorted(plan.banded.items())
        for i in range(n)
    ]


def union_shards(plan: LabelPlan, totals: Mapping[str, int]) -> list[ShardPlan]:
    """One shard per banded label, or one per range of its documents if it is wide."""
    shards: list[ShardPlan] = []
    for number, (label, (first, n)) in enumerate(sorted(plan.banded.items())):
        name, told = f"label-{number:05d}", _of_label(label, totals)
        if told["is_wide"]:
            shards += _range_shards(name, told)
            continue
        partitions = [f"partition-{first + i:05d}" for i in range(n)]
        told |= {"number": number, "partitions": partitions}
        shards.append(ShardPlan(name, 8 * told["documents"], told))
    return shards


def _range_shards(name: str, told: Mapping[str, Any]) -> list[ShardPlan]:
    """The ranges of one label."""
    n, size, first = told["documents"], told["ranges"]["range"], told["ranges"]["first"]
    return [
        ShardPlan(
            f"{name}-range-{i:05d}",
            16 * (min(n, begin + size) - begin),
            {
                **told,
                "number": first + i,
                "begin": begin,
                "end": min(n, begin + size),
                "pack": name,
                "leads": f"{name}-range-{0:05d}",
            },
        )
        for i, begin in enumerate(range(0, n, size))
    ]


def shards_by_label(unions: Sequence[ShardPlan]) -> dict[str, dict[str, Any]]:
    """label -> the shards of its union, and how many documents each has but for the last."""
    found: dict[str, dict[str, Any]] = {}
    for shard in unions:
        told = shard.payload
        rows = told["ranges"]["range"] if told["is_wide"] else max(told["documents"], 1)
        found.setdefault(told["label"], {"rows": rows, "shards": []})["shards"].append(shard.id)
    return found


def ranges_of(unions: Sequence[ShardPlan]) -> list[ShardPlan]:
    """Those unions that are of a range."""
    return [shard for shard in unions if shard.payload["is_wide"]]


def pack_shards(ranges: Sequence[ShardPlan]) -> list[ShardPlan]:
    """One shard per label that is united by ranges."""
    shards: dict[str, list[ShardPlan]] = {}
    for shard in ranges:
        shards.setdefault(shard.payload["pack"], []).append(shard)
    return [
        ShardPlan(
            name,
            8 * some[0].payload["documents"],
            {"documents": some[0].payload["documents"], "shards": [s.id for s in some]},
        )
        for name, some in shards.items()
    ]


def _of_label(label: str, totals: Mapping[str, int]) -> dict[str, Any]:
    """The label, its documents, and how they are cut into ranges if their numbers need 64 bits."""
    n, first = totals.get(label, 0), 0
    for other, m in sorted(totals.items()):
        if other < label and m > NARROW_DOCUMENTS:
            first += -(-m // RANGE_DOCUMENTS)
    ranges = {"range": RANGE_DOCUMENTS, "edges": RANGE_EDGES, "first": first}
    is_wide = n > NARROW_DOCUMENTS
    return {"label": label, "documents": n, "is_wide": is_wide, "ranges": ranges}


@dataclass(frozen=True, slots=True)
class LargePlan:
    """Components that are too large for one task.

    Attributes:
        large: label -> partitions that hold one each.
        keys: label -> first partition of their keys, and number of such partitions.
    """

    large: Mapping[str, Sequence[int]]
    keys: Mapping[str, tuple[int, int]]


def plan_large(store: Store, n_bands: int) -> LargePlan:
    """From the sizes that the unions found."""
    large: dict[str, list[int]] = {}
    keys: dict[str, tuple[int, int]] = {}
    first = 0
    for receipt in receipts_of(store, "cluster.union"):
        rows: list[int] = receipt.counts["partitions"]
        numbers = [number for number, n in enumerate(rows) if n > GROUP_ROWS]
        if numbers:
            label = receipt.counts["label"]
            n = -(-sum(rows[number] for number in numbers) * n_bands // CHECK_RECORDS)
            large[label], keys[label] = numbers, (first, n)
            first += n
    return LargePlan(large, keys)


def check_shards(plan: LargePlan, totals: Mapping[str, int]) -> list[ShardPlan]:
    """One shard per partition of keys."""
    return [
        ShardPlan(
            f"partition-{first + i:05d}",
            150 * CHECK_RECORDS,
            {"number": first + i, **_of_label(label, totals)},
        )
        for label, (first, n) in plan.keys.items()
        for i in range(n)
    ]


def refine_shards(unions: Sequence[ShardPlan], plan: LargePlan) -> list[ShardPlan]:
    """The shards of the union, which know where their label's pairs were verified."""
    shards = []
    for union in unions:
        first, n = plan.keys.get(union.payload["label"], (0, 0))
        checked = [f"partition-{first + i:05d}" for i in range(n)]
        shards.append(ShardPlan(union.id, union.bytes_in, {**union.payload, "checked": checked}))
    return shards


def group_shards(
    store: Store, plan: LabelPlan, histogram: Mapping[str, int], source: str
) -> list[ShardPlan]:
    """One shard per partition that is clustered: of small labels, then of components."""
    rows = [0] * plan.n_direct
    for label, number in plan.direct.items():
        rows[number] += histogram[label]
    if plan.banded:
        for receipt in receipts_of(store, source):
            rows += receipt.counts["partitions"]
    return [ShardPlan(f"partition-{i:05d}", 240 * n, {"number": i}) for i, n in enumerate(rows)]


def first_partitions(store: Store, plan: LabelPlan, source: str) -> dict[str, int]:
    """label -> number of the first partition of its components."""
    found: dict[str, int] = {}
    number = plan.n_direct
    for receipt in receipts_of(store, source):
        found.setdefault(receipt.counts["label"], number)
        number += len(receipt.counts["partitions"])
    return found
