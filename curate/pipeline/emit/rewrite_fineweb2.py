"""Files of FineWeb2's view, written again without some rows and with others."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from curate.io import parquet
from curate.io.commit import Attempt
from curate.io.lines.jsonl_out import JSONL_ZST, read_json_lines
from curate.io.store import Store
from curate.pipeline.emit.changes import Change, changes, places_in, rows_of
from curate.pipeline.emit.current import REPLACED
from curate.pipeline.emit.files import I64, File
from curate.pipeline.emit.fineweb2_files import (
    FilesSettings,
    SplitSettings,
    columns_of,
    kind_of,
    open_file,
    published_rows,
    published_table,
)
from curate.pipeline.emit.view import Doc
from curate.rights.removal import is_published
from curate.stages.emit import TRAIN
from curate.work.task import Done, ShardTask, shard_task

_NAMED: Mapping[str, Sequence[str]] = {"extract": ("id", "url")}
_PASS = 1 << 55
"""A pass over the documents, beside their places."""


@dataclass(frozen=True, slots=True)
class RewriteSettings:
    """How files are written again.

    Attributes:
        before: digest of the lists that the files were made for.
        after: of those that they are made for now.
        split: which rows are published, and as what.
        files: how they are written.
    """

    before: str
    after: str
    split: SplitSettings
    files: FilesSettings


@dataclass(frozen=True, slots=True)
class LabelFiles:
    """The files of a label.

    Attributes:
        label: the label.
        files: each as its receipt describes it, and ``key``, where it lies.
    """

    label: str
    files: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows that come into a subset, and where: int64[n], rising."""

    table: pa.Table
    keys: I64


@shard_task(RewriteSettings)
def rewrite_label(task: ShardTask[RewriteSettings]) -> Done:
    """Write the files of a label again that a take-down touches."""
    settings, planned = task.settings, task.planned(LabelFiles)
    concerned = [
        change
        for change in changes(task.store, settings.before, settings.after)
        if change.label == planned.label
    ]
    removed = settings.split.removed
    gone = {(c.id, c.url) for c in concerned if c.before is None or is_published(c.before, removed)}
    come = [c for c in concerned if c.after is None or is_published(c.after, removed)]
    subsets = _coming(task.store, come, settings)
    places = places_in(task.store, planned.label, _NAMED, _name) if subsets else {}
    replaced: list[str] = []
    described: list[File] = []
    n_in = 0
    with task.attempt() as attempt:
        for subset in sorted({*subsets, *(str(file["subset"]) for file in planned.files)}):
            files = [file for file in planned.files if file["subset"] == subset]
            mended = _Subset(task.store, settings, planned.label, subset, gone, places)
            for file, table in mended.rewritten(files, subsets.get(subset)):
                if "key" in file:
                    replaced.append(str(file["key"]))
                    n_in += int(file["rows"])
                if table.num_rows:
                    described.append(_write(attempt, file, table, settings.files))
        rows = sum(int(file["rows"]) for file in described)
        attempt.commit(
            rows_in=rows,
            rows_out=rows,
            counts={"files": described, "form": settings.files.format, REPLACED: replaced},
        )
    return Done(n_in)


def _name(row: Mapping[str, Any]) -> Doc:
    return row["id"], row["url"]


def _coming(store: Store, come: list[Change], settings: RewriteSettings) -> dict[str, _Rows]:
    """Subset -> the rows that come into it."""
    split = settings.split
    repeats = split.materialise
    parts: dict[str, list[tuple[int, pa.Table]]] = {}
    for those, batch in rows_of(store, come, columns_of(split), split.kept_schema):
        batch = batch.append_column("place", pa.array([c.place for c in those], pa.int64()))
        rows = published_rows(batch, split)
        for number, subset in enumerate(rows["subset"].to_pylist()):
            row = rows.slice(number, 1)
            times = int(row["weight"][0].as_py()) if repeats and subset == TRAIN else 1
            place = int(row["place"][0].as_py())
            published = published_table(row, split)
            some = parts.setdefault(subset, [])
            some += [(k * _PASS + place, published) for k in range(times)]
    return {
        subset: _Rows(
            pa.concat_tables([table for _, table in sorted(some, key=lambda x: x[0])]),
            np.array(sorted(key for key, _ in some), np.int64),
        )
        for subset, some in parts.items()
    }


def _write(attempt: Attempt, file: File, table: pa.Table, settings: FilesSettings) -> File:
    writer = open_file(attempt, file, f"-{file['subset']}-{int(file['index']):05d}", settings)
    writer.add(table)
    return writer.finish()


class _Subset:
    """The files of a label and subset, one after the other."""

    def __init__(
        self,
        store: Store,
        settings: RewriteSettings,
        label: str,
        subset: str,
        gone: set[Doc],
        places: Mapping[Doc, int],
    ) -> None:
        self._store = store
        self._settings = settings
        self._described = {"label": label, "subset": subset}
        self._gone = gone
        self._places = places
        self._seen: Counter[Doc] = Counter()

    def rewritten(
        self, files: Sequence[File], coming: _Rows | None
    ) -> Iterator[tuple[File, pa.Table]]:
        """The files that change, with their new rows; one that is new has no ``key``."""
        ordered = sorted(files, key=lambda file: int(file["index"]))
        if not ordered:
            assert coming is not None
            yield {**self._described, "index": 0}, coming.table
            return
        keys = [self._keys(file) for file in ordered] if coming is not None else []
        firsts = np.array([k[0] if len(k) else 0 for k in keys], np.int64)
        goals = (
            np.maximum(np.searchsorted(firsts, coming.keys, "right") - 1, 0)
            if coming is not None
            else np.zeros(0, np.int64)
        )
        for number, file in enumerate(ordered):
            path = self._path(file)
            stays = np.array([doc not in self._gone for doc in docs_in(path)], np.bool_)
            mine = np.flatnonzero(goals == number)
            if stays.all() and not mine.size:
                continue
            table = _read(path, kind_of(str(file["subset"]), self._settings.files)).filter(
                pa.array(stays)
            )
            if coming is not None and mine.size:
                order = np.concatenate([keys[number][stays], coming.keys[mine]])
                joined = pa.concat_tables(
                    [
                        table,
                        coming.table.take(pa.array(mine))
                        .select(table.column_names)
                        .cast(table.schema),
                    ]
                )
                table = joined.take(pa.array(np.argsort(order, kind="stable")))
            yield file, table

    def _path(self, file: File) -> Path:
        return self._store.path(str(file["key"]))

    def _keys(self, file: File) -> I64:
        """int64[n]: the place of each row; a document that was read before is of a later pass."""
        keys = []
        for doc in docs_in(self._path(file)):
            keys.append(self._seen[doc] * _PASS + self._places.get(doc, 0))
            if self._settings.split.materialise:
                self._seen[doc] += 1
        return np.array(keys, np.int64)


def docs_in(path: Path) -> list[Doc]:
    """Id and address of each row of a file."""
    if path.name.endswith(JSONL_ZST):
        return [(row["id"], row["url"]) for row in map(json.loads, read_json_lines(path))]
    table = parquet.read_table(path, ("id", "url"))
    return list(zip(table["id"].to_pylist(), table["url"].to_pylist(), strict=True))


def _read(path: Path, kind: pa.Schema) -> pa.Table:
    """The rows of a file."""
    if path.name.endswith(JSONL_ZST):
        return pa.Table.from_pylist([json.loads(line) for line in read_json_lines(path)], kind)
    return parquet.read_table(path)
