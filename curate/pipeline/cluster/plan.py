"""Which task clusters which documents, planned from the counts of finished steps.

A label that fits one task is sent there whole, small labels share a task. A larger one is first
cut into components by its band keys, and whole components are packed into tasks. Document shards
are taken in units of consecutive ones, so that files and the ranges in them stay few.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from curate.dedup.forest import NARROW_DOCUMENTS
from curate.io.store import Store
from curate.pipeline.cluster.shards import (
    DocumentShard,
    LabelPack,
    LabelPart,
    LabelRange,
    LabelUnion,
    Partition,
    PlacedShard,
    Ranges,
    StartedUnit,
    Unit,
    payload_of,
    union_of,
)
from curate.work.exchange import receipts_of
from curate.work.plan import ShardPlan
from curate.work.task import from_json

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
"""Documents of a unit while there are few in all, so that every core has something to do."""

MANY_UNITS = 1_000


def partition_sizes() -> list[int]:
    """The sizes that plans are made with: another changes no cluster, but which task makes it."""
    sizes = [GROUP_ROWS, BAND_RECORDS, CHECK_RECORDS, UNIT_ROWS, SMALL_UNIT_ROWS, MANY_UNITS]
    return [*sizes, NARROW_DOCUMENTS, RANGE_DOCUMENTS]


@dataclass(frozen=True, slots=True)
class LabelPlan:
    """The partitions that the documents of each label go to.

    Attributes:
        direct: label -> partition, for labels that fit one task.
        banded: label -> first band partition and number of band partitions, for the others.
        n_direct: partitions of the first kind.
    """

    direct: Mapping[str, int]
    banded: Mapping[str, tuple[int, int]]
    n_direct: int


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
    shards = [(shard, from_json(DocumentShard, shard.payload)) for shard in documents]
    most = min(UNIT_ROWS, max(SMALL_UNIT_ROWS, sum(s.rows for _, s in shards) // MANY_UNITS))
    units: list[list[tuple[ShardPlan, DocumentShard]]] = []
    filled = 0
    for shard, described in shards:
        if not units or filled + described.rows > most:
            units.append([])
            filled = 0
        units[-1].append((shard, described))
        filled += described.rows
    return [_unit_shard(number, unit) for number, unit in enumerate(units)]


def _unit_shard(number: int, shards: Sequence[tuple[ShardPlan, DocumentShard]]) -> ShardPlan:
    """One unit of some document shards."""
    unit = Unit(number, tuple((shard.id, s.number, s.rank or 0) for shard, s in shards))
    size = sum(shard.bytes_in for shard, _ in shards)
    return ShardPlan(f"unit-{number:05d}", size, payload_of(unit))


def with_units(documents: Sequence[ShardPlan], units: Sequence[ShardPlan]) -> list[ShardPlan]:
    """Document shards that know the unit that they are in."""
    unit_of = {
        shard: unit.id for unit in units for shard, _, _ in from_json(Unit, unit.payload).shards
    }
    placed = []
    for shard in documents:
        document = from_json(DocumentShard, shard.payload)
        more = PlacedShard(document.number, document.rows, document.rank, unit=unit_of[shard.id])
        placed.append(ShardPlan(shard.id, shard.bytes_in, payload_of(more)))
    return placed


def with_starts(units: Sequence[ShardPlan], starts: Mapping[str, Sequence[int]]) -> list[ShardPlan]:
    """Units that know the number of their first document of each banded label.

    Args:
        units: from :func:`plan_units`.
        starts: label -> those numbers by unit, from :func:`label_starts`.
    """
    started = []
    for place, shard in enumerate(units):
        unit = from_json(Unit, shard.payload)
        firsts = {label: known[place] for label, known in starts.items() if place < len(known)}
        more = StartedUnit(unit.number, unit.shards, firsts)
        started.append(ShardPlan(shard.id, shard.bytes_in, payload_of(more)))
    return started


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
            payload_of(_part(label, totals, first + i)),
        )
        for label, (first, n) in sorted(plan.banded.items())
        for i in range(n)
    ]


def _part(label: str, totals: Mapping[str, int], number: int) -> LabelPart:
    """A part of a label; its documents are cut into ranges if their numbers need 64 bits."""
    n, first = totals.get(label, 0), 0
    for other, m in sorted(totals.items()):
        if other < label and m > NARROW_DOCUMENTS:
            first += -(-m // RANGE_DOCUMENTS)
    ranges = Ranges(RANGE_DOCUMENTS, RANGE_EDGES, first)
    return LabelPart(label, n, n > NARROW_DOCUMENTS, ranges, number)


def union_shards(plan: LabelPlan, totals: Mapping[str, int]) -> list[ShardPlan]:
    """One shard per banded label, or one per range of its documents if it is wide."""
    shards: list[ShardPlan] = []
    for number, (label, (first, n)) in enumerate(sorted(plan.banded.items())):
        name, part = f"label-{number:05d}", _part(label, totals, number)
        if part.is_wide:
            shards += _range_shards(name, part)
            continue
        union = LabelUnion(
            part.label,
            part.documents,
            part.is_wide,
            part.ranges,
            part.number,
            tuple(f"partition-{first + i:05d}" for i in range(n)),
        )
        shards.append(ShardPlan(name, 8 * part.documents, payload_of(union)))
    return shards


def _range_shards(name: str, part: LabelPart) -> list[ShardPlan]:
    """The ranges of one label, which is packed under a name."""
    n, ranges = part.documents, part.ranges
    shards = []
    for i, begin in enumerate(range(0, n, ranges.range)):
        some = LabelRange(
            part.label,
            n,
            part.is_wide,
            ranges,
            ranges.first + i,
            begin=begin,
            end=min(n, begin + ranges.range),
            pack=name,
            leads=f"{name}-range-{0:05d}",
        )
        shards.append(ShardPlan(f"{name}-range-{i:05d}", 16 * some.rows, payload_of(some)))
    return shards


@dataclass(frozen=True, slots=True)
class UnionFiles:
    """The shards of a union that hold the partitions of a label's documents.

    Attributes:
        rows: documents that each has, but for the last.
        shards: their ids, in the order of the documents.
    """

    rows: int
    shards: tuple[str, ...]


def shards_by_label(unions: Sequence[ShardPlan]) -> dict[str, UnionFiles]:
    """label -> the shards of its union."""
    files: dict[str, UnionFiles] = {}
    for shard in unions:
        part = from_json(LabelPart, shard.payload)
        rows = part.ranges.range if part.is_wide else max(part.documents, 1)
        before = files.get(part.label, UnionFiles(rows, ()))
        files[part.label] = replace(before, shards=(*before.shards, shard.id))
    return files


def ranges_of(unions: Sequence[ShardPlan]) -> list[ShardPlan]:
    """The unions that are of a range."""
    return [shard for shard in unions if from_json(LabelPart, shard.payload).is_wide]


def pack_shards(ranges: Sequence[ShardPlan]) -> list[ShardPlan]:
    """One shard per label that is united by ranges."""
    packs: dict[str, LabelPack] = {}
    for shard in ranges:
        part = from_json(LabelRange, shard.payload)
        before = packs.get(part.pack, LabelPack(part.documents, ()))
        packs[part.pack] = replace(before, shards=(*before.shards, shard.id))
    return [ShardPlan(name, 8 * pack.documents, payload_of(pack)) for name, pack in packs.items()]


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
            payload_of(_part(label, totals, first + i)),
        )
        for label, (first, n) in plan.keys.items()
        for i in range(n)
    ]


def refine_shards(unions: Sequence[ShardPlan], plan: LargePlan) -> list[ShardPlan]:
    """The shards of the union, which know where their label's pairs were verified."""
    shards = []
    for shard in unions:
        union = union_of(shard)
        first, n = plan.keys.get(union.label, (0, 0))
        checked = tuple(f"partition-{first + i:05d}" for i in range(n))
        payload = payload_of(replace(union, checked=checked))
        shards.append(ShardPlan(shard.id, shard.bytes_in, payload))
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
    return [
        ShardPlan(f"partition-{i:05d}", 240 * n, payload_of(Partition(i)))
        for i, n in enumerate(rows)
    ]


def first_partitions(store: Store, plan: LabelPlan, source: str) -> dict[str, int]:
    """label -> number of the first partition of its components."""
    firsts: dict[str, int] = {}
    number = plan.n_direct
    for receipt in receipts_of(store, source):
        firsts.setdefault(receipt.counts["label"], number)
        number += len(receipt.counts["partitions"])
    return firsts
