"""The shards of the cluster stage, as the plans of its steps describe them to their tasks.

The functions of :mod:`curate.pipeline.cluster.plan` make these, and each task reads its own back
with :meth:`curate.work.task.ShardTask.planned`. The names of attributes are the keys in plans on
disk: another name makes the work folders of before unreadable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from curate.work.plan import ShardPlan
from curate.work.task import from_json, to_json

UnitShard = tuple[str, int, int]
"""A document shard in its unit: id, number, place of its snapshot."""


@dataclass(frozen=True, slots=True)
class DocumentShard:
    """Documents that one task extracted.

    Attributes:
        number: of the shard, from 0.
        rows: documents.
        rank: place of its snapshot, from 0; None where no snapshots are told apart.
    """

    number: int
    rows: int
    rank: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedShard(DocumentShard):
    """A document shard and the unit that it is in.

    Attributes:
        unit: id of the unit.
    """

    unit: str


@dataclass(frozen=True, slots=True)
class Unit:
    """Consecutive document shards that one task takes.

    Attributes:
        number: of the unit, from 0.
        shards: its document shards, in order.
    """

    number: int
    shards: tuple[UnitShard, ...]


@dataclass(frozen=True, slots=True)
class StartedUnit(Unit):
    """A unit whose documents of banded labels are numbered.

    Attributes:
        starts: label -> number, among the label's documents, of its first document here.
    """

    starts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Partition:
    """A partition whose documents are clustered in one task.

    Attributes:
        number: of the partition, from 0.
    """

    number: int


@dataclass(frozen=True, slots=True)
class Ranges:
    """How the documents of a label are cut into ranges.

    Attributes:
        range: documents of a range; the last of a label has the rest.
        edges: rows about them that a task holds at once.
        first: number of the label's first range among the ranges of all labels.
    """

    range: int
    edges: int
    first: int


@dataclass(frozen=True, slots=True)
class LabelPart:
    """A part of a label: of its keys, or of its documents.

    Attributes:
        label: the label.
        documents: documents of the label that are numbered, in all parts.
        is_wide: their numbers need 64 bits, so that the label is united by ranges.
        ranges: how it is cut then.
        number: of the part among those of all labels.
    """

    label: str
    documents: int
    is_wide: bool
    ranges: Ranges
    number: int


@dataclass(frozen=True, slots=True)
class LabelUnion(LabelPart):
    """A label that one task unites.

    Attributes:
        partitions: shards of ``cluster.pairs`` that found its edges.
        checked: shards of ``cluster.check`` that verified pairs; None before any are.
    """

    partitions: tuple[str, ...]
    checked: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class LabelRange(LabelPart):
    """A range of the documents of a label that is united by ranges.

    Attributes:
        begin: number of its first document.
        end: number after its last.
        pack: shard that packs the label's components.
        leads: shard of the label's first range.
        checked: shards of ``cluster.check`` that verified pairs; None before any are.
    """

    begin: int
    end: int
    pack: str
    leads: str
    checked: tuple[str, ...] | None = None

    @property
    def rows(self) -> int:
        """Documents of the range."""
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class LabelPack:
    """A label whose components are packed after its ranges were united.

    Attributes:
        documents: of the label.
        shards: its ranges, in order.
    """

    documents: int
    shards: tuple[str, ...]


def payload_of(shard: object) -> dict[str, object]:
    """The JSON of one of these dataclasses in a plan; attributes that are None are left out."""
    return {name: value for name, value in to_json(shard).items() if value is not None}


def union_of(shard: ShardPlan) -> LabelUnion | LabelRange:
    """A planned shard of a union: a whole label, or a range of a wide one."""
    if from_json(LabelPart, shard.payload).is_wide:
        return from_json(LabelRange, shard.payload)
    return from_json(LabelUnion, shard.payload)
