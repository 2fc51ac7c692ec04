"""Files of a view, written by tasks: what all views do in the same way.

A view's plan has two tables: *pieces*, which are rows of its split files in the order of the
published files, and *files*, with the place of each file's first piece and how many it has. Both
have their own columns beside these. A task writes one large file as its pieces are read, or small
neighbours together; those lie next to each other in every split file, which is then read once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.errors import StoreError
from curate.io import layout, parquet
from curate.io.commit import Attempt
from curate.io.store import Store
from curate.work.plan import ShardPlan
from curate.work.seal import iter_receipts
from curate.work.tables import data_file
from curate.work.task import S, ShardTask, to_json

I64 = npt.NDArray[np.int64]
File = Mapping[str, Any]
"""A row of a plan's table of files, and ``file``, its number there."""
Span = TypeVar("Span")
Part = TypeVar("Part")
Taken = TypeVar("Taken", contravariant=True)

PACK_BYTES = 64 << 20
"""Files smaller than this share a task, which holds their rows in memory, up to this together."""

PACK_FILES = 256
"""So many share one at most."""

ROW_BYTES = 500
"""Bytes that a row takes in memory besides its text, about."""

ONLY_PLAN = "files"
"""The shard of a plan that is made by one task."""


@dataclass(frozen=True, slots=True)
class FileTask:
    """The file that one task writes.

    Attributes:
        files: rows of the plan's table, in its order.
        plan: the shard of the plan that has them.
    """

    files: tuple[File, ...]
    plan: str = ONLY_PLAN


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """How files are planned.

    Attributes:
        max_file_mb: size of a file at most, in MiB; see the settings of each view.
    """

    max_file_mb: int


class OpenFile(Protocol[Taken]):
    """A published file that is being written."""

    def add(self, part: Taken) -> None:
        """Take rows, in the order of the file."""

    def finish(self) -> File:
        """Close it; the entry of the receipt's counts, with its ``rows``."""


class FileWriter(Protocol[Span, Part]):
    """How a view reads pieces of its split files, and writes its own.

    Attributes:
        form: ending of the published files.
    """

    form: str

    def bounds(self, pieces: pa.Table) -> tuple[I64, I64, I64]:
        """int64[n] each: where every piece begins and ends in its split file, and its size."""

    def read(self, path: Path, start: int, stop: int) -> Span:
        """A span of a split file."""

    def cut(self, span: Span, start: int, stop: int, size: int) -> Part:
        """A piece of a span, by its places in that, and its size."""

    def open(self, attempt: Attempt, file: File, part: str) -> OpenFile[Part]:
        """Begin a file."""


def file_shards(store: Store, stage: str) -> list[ShardPlan]:
    """The tasks that write the files of a stage: a large file each, or small ones together."""
    shards = []
    for receipt in iter_receipts(store, f"{stage}.plan"):
        (entry,) = receipt.files_of("files")
        files = parquet.read_table(store.path(entry.key)).to_pylist()
        name = "part" if receipt.shard == ONLY_PLAN else receipt.shard
        for number, together in enumerate(packed(files)):
            size = sum(file["text_bytes"] for file in together)
            task = FileTask(tuple(together), receipt.shard)
            shards.append(ShardPlan(f"{name}-{number:05d}", size, to_json(task)))
    return shards


def packed(files: Sequence[File]) -> list[list[File]]:
    """The files in their order with their numbers, small neighbours together."""
    tasks: list[list[File]] = []
    size = 0  # in memory: text, and what else a row has
    for number, file in enumerate(files):
        is_full = not tasks or len(tasks[-1]) == PACK_FILES
        held = file["text_bytes"] + ROW_BYTES * file["rows"]
        if is_full or size + held > PACK_BYTES:
            tasks.append([])
            size = 0
        tasks[-1].append({"file": number, **file})
        size += held
    return tasks


def pieces_of(store: Store, stage: str, plan: str, first: int, n: int) -> pa.Table:
    """Some pieces of a plan, in the order of the files."""
    entry = data_file(store, f"{stage}.plan", plan)
    return parquet.read_rows(store.path(entry.key), first, first + n)


def write_task(task: ShardTask[S], writer: FileWriter[Span, Part]) -> int:
    """Write and commit the files of one task, and give their rows."""
    try:
        return _write(task, writer)
    except StoreError:
        if task.store.exists(layout.receipt_key(task.step, task.shard)):
            return 0  # another driver wrote them, published, and deleted the split
        raise


def _write(task: ShardTask[S], writer: FileWriter[Span, Part]) -> int:
    planned = task.planned(FileTask)
    reader = _Pieces(task.store, task.step, planned, writer)
    parts = reader.in_order() if len(planned.files) == 1 else reader.together()
    with task.attempt() as attempt:
        described = []
        for number, those in groupby(parts, key=itemgetter(0)):
            file = writer.open(attempt, planned.files[number], f"-{number:05d}")
            for _, part in those:
                file.add(part)
            described.append(file.finish())  # and closed: a task may have hundreds of files
        rows = sum(int(file["rows"]) for file in described)
        attempt.commit(
            rows_in=sum(file["rows"] for file in planned.files),
            rows_out=rows,
            counts={"files": described, "form": writer.form},
        )
    return rows


@dataclass(frozen=True, slots=True)
class _Pieces(Generic[Span, Part]):
    """Reads the pieces of a task's files."""

    store: Store
    stage: str
    task: FileTask
    writer: FileWriter[Span, Part]

    def _paths(self) -> dict[int, Path]:
        """The split's files by number of their shard; one without rows has none."""
        receipts = iter_receipts(self.store, f"{self.stage}.split")
        return {
            number: self.store.path(entry.key)
            for number, receipt in enumerate(receipts)
            for entry in receipt.files_of("data")
        }

    def _table(self) -> pa.Table:
        files = self.task.files
        n_pieces = sum(file["n_pieces"] for file in files)
        return pieces_of(self.store, self.stage, self.task.plan, files[0]["first_piece"], n_pieces)

    def in_order(self) -> Iterator[tuple[int, Part]]:
        """(0, rows) of one file, piece by piece."""
        paths, pieces = self._paths(), self._table()
        for shard, start, stop, size in zip(
            pieces["shard"].to_numpy(), *self.writer.bounds(pieces), strict=True
        ):
            span = self.writer.read(paths[int(shard)], int(start), int(stop))
            yield 0, self.writer.cut(span, 0, int(stop - start), int(size))

    def together(self) -> Iterator[tuple[int, Part]]:
        """(place in the task's files, rows), in the order of each file: all held until all are
        read."""
        paths, pieces = self._paths(), self._table()
        starts, stops, sizes = self.writer.bounds(pieces)
        shard = pieces["shard"].to_numpy()
        place = pieces["file"].to_numpy() - self.task.files[0]["file"]
        held: dict[int, Part] = {}
        for number in np.unique(shard).tolist():
            mine = np.flatnonzero(shard == number)
            first = int(starts[mine].min())
            span = self.writer.read(paths[number], first, int(stops[mine].max()))
            for piece in mine.tolist():
                start, stop = int(starts[piece]) - first, int(stops[piece]) - first
                held[piece] = self.writer.cut(span, start, stop, int(sizes[piece]))
        for piece in range(len(place)):
            yield int(place[piece]), held[piece]
