"""The tasks of the emit stage: survivors to their label, and published files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.errors import StoreError
from curate.io import layout, parquet
from curate.io.commit import Attempt, TableWriter
from curate.io.jsonl_out import JSONL_ZST, JsonlWriter
from curate.io.store import Store
from curate.pipeline.emit_plan import BLOCKS, pieces_of
from curate.pipeline.kept import Kept, kept_names, schema_of
from curate.pipeline.step import load_plan
from curate.pipeline.tables import data_file, iter_columns
from curate.stages.emit import (
    KEEP,
    MASK,
    SPANS,
    assign_subset,
    corpus_schema,
    masked,
    published_columns,
    sort_and_repeat,
    text_bytes,
)
from curate.stages.pii import add_pii
from curate.text.repair import repair

WANTED = {
    "extract": ("id", "url", "date", "snapshot", "warc_path", "text"),
    "identify": ("label", "lid_confidence", "top_labels"),
    "cluster": ("cluster_size",),
    "rebalance": ("weight", "removal_reason"),
}
SPLIT_GROUP_ROWS = 1024
SORTED_ROWS = 16 * SPLIT_GROUP_ROWS

RUN_BYTES = 256 << 20
PORTION_BYTES = 64 << 20
"""Of text, in a sorted run and in what is read or written of one at once. They decide where files
end, so they are no setting."""


def split_unit(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write the rows of a unit of shards that are published, sorted by label and subset."""
    store, settings = Store(payload["work"]), payload["settings"]
    (step,) = payload["due"]
    packed = settings.get("kept_schema")
    wanted = {**WANTED, **settings.get("scores", {})}
    wanted["extract"] = (*WANTED["extract"], *kept_names(packed))
    if settings["has_spans"]:
        wanted["pii"] = ("pii_spans",)
    unit, mark = payload["shard"], payload["due"][step]
    rows_in = 0
    with Attempt(store, step=step, shard=unit, fingerprint=mark) as attempt:
        split = _Split(attempt, settings)
        for shard in payload["shards"]:
            own = Kept(store, shard, packed)
            for batch in iter_columns(store, shard, wanted):
                rows_in += batch.num_rows
                split.add(own.named(_published(batch, settings)))
        split.flush()
        attempt.write(split.blocks(), role="blocks", part="-blocks")
        left_out = rows_in - split.n_rows
        attempt.commit(
            rows_in=rows_in,
            rows_out=split.n_rows,
            dropped={"not published": left_out} if left_out else {},
            bytes_in=payload["bytes_in"],
        )
    return {"rows": rows_in}


def _scores(settings: Mapping[str, Any]) -> list[str]:
    """The score columns that are published."""
    return [name for columns in settings.get("scores", {}).values() for name in columns]


def _kept(settings: Mapping[str, Any]) -> pa.Schema:
    """The kept columns of the input, with their types."""
    packed = settings.get("kept_schema")
    return pa.schema([]) if packed is None else schema_of(packed)


def _published(batch: pa.Table, settings: Mapping[str, Any]) -> pa.Table:
    """The rows of a batch that are published, with their subset, and masked."""
    subsets = assign_subset(
        batch, removed=settings["removed"], test_fractions=settings["test_fractions"]
    )
    batch = batch.append_column("subset", pa.array(subsets, pa.string()))
    batch = batch.filter(pc.is_valid(batch["subset"]))
    if settings["repair"]:
        batch = _repaired(batch)
    if settings["pii"] != KEEP and "pii_spans" not in batch.column_names:
        batch = add_pii(batch, kinds=settings["pii_kinds"])
    return masked(batch) if settings["pii"] == MASK else batch


def _repaired(batch: pa.Table) -> pa.Table:
    texts = pa.array([repair(text) for text in batch["text"].to_pylist()], pa.string())
    return batch.set_column(batch.column_names.index("text"), batch.schema.field("text"), texts)


class _Split:
    """The split file of a unit: sorted runs of its rows, of which each is held at once.

    A unit is one run, but for one of very large texts. Within a label, subset and pass rows stand
    in the order of their runs, and so in that of the documents, whatever the number of runs.

    Args:
        attempt: that writes it.
        settings: of the step.

    Attributes:
        n_rows: that were added.
    """

    def __init__(self, attempt: Attempt, settings: Mapping[str, Any]) -> None:
        self._attempt = attempt
        self._settings = settings
        self._kept: list[pa.Table] = []
        self._n_bytes = 0
        self._writer: TableWriter | None = None
        self._blocks: list[tuple[Any, ...]] = []
        self.n_rows = 0

    def add(self, batch: pa.Table) -> None:
        """Take rows in the order of the documents."""
        self._kept.append(batch)
        self._n_bytes += int(text_bytes(batch).sum())
        self.n_rows += batch.num_rows
        if self._n_bytes >= RUN_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write the run that is held, by label and subset."""
        if not self._kept:
            return
        table = pa.concat_tables(self._kept).combine_chunks()
        self._kept, self._n_bytes = [], 0  # the same text
        settings = self._settings
        order, runs = sort_and_repeat(
            table["label"].to_pylist(),
            table["subset"].to_pylist(),
            table["weight"].to_numpy().astype(np.int64),
            repeat=settings["materialise"],
        )
        published = published_columns(
            table,
            spans_column=settings["pii"] == SPANS,
            scores=_scores(settings),
            kept=_kept(settings),
        )
        if self._writer is None:
            self._writer = self._attempt.writer(published.schema, row_group_rows=SPLIT_GROUP_ROWS)
        written = self._writer.rows
        total = np.concatenate([[0], np.cumsum(text_bytes(published)[order])])
        # a few at a time: else all text is held twice
        for first, stop in _portions(total, 0, len(order), SORTED_ROWS):
            self._writer.write(published.take(pa.array(order[first:stop])))
        for label, subset, times, start, end in runs:
            for first, stop in _portions(total, start, end, SPLIT_GROUP_ROWS):
                size = int(total[stop] - total[first])
                row = (label, subset, times, written + first, written + stop, size)
                self._blocks.append(row)

    def blocks(self) -> pa.Table:
        """Where each label, subset and pass is: :data:`BLOCKS`, by these and then by place."""
        rows = sorted(self._blocks)
        columns = zip(*rows, strict=True) if rows else [()] * len(BLOCKS)
        return pa.table([pa.array(c, f.type) for c, f in zip(columns, BLOCKS, strict=True)], BLOCKS)


def _portions(
    total: npt.NDArray[np.int64], start: int, stop: int, most_rows: int
) -> Iterator[tuple[int, int]]:
    """Rows ``start`` to ``stop`` in parts of so many rows, or of as many as a portion of text is.

    Args:
        total: int64[n + 1], bytes of text before each row.
        start: the first row.
        stop: behind the last one.
        most_rows: of a part.
    """
    while start < stop:
        fits = int(np.searchsorted(total, total[start] + PORTION_BYTES, "right")) - 1
        end = min(max(fits, start + 1), start + most_rows, stop)
        yield start, end
        start = end


def write_files(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write the corpus files of one task.

    A large file is written as its rows are read. The small files of a task are next to each other
    in every split file, so each split file is read once for all of them.
    """
    store, shard = Store(payload["work"]), payload["shard"]
    (stage,) = payload["due"]
    try:
        return {"rows": _write_task(store, stage, shard, payload)}
    except StoreError:
        if store.exists(layout.receipt_key(stage, shard)):
            return {"rows": 0}  # another driver wrote them, published, and deleted the split
        raise


def _write_task(store: Store, stage: str, shard: str, payload: Mapping[str, Any]) -> int:
    settings = payload["settings"]
    with Attempt(store, step=stage, shard=shard, fingerprint=payload["due"][stage]) as attempt:
        files, rows = payload["files"], []
        read = _in_order if len(files) == 1 else _together
        pieces = read(store, stage, files)
        for number, those in groupby(pieces, key=itemgetter(0)):
            writer = _writer(attempt, files[number], settings, number)
            for _, piece in those:
                writer.add(piece)
            rows.append(writer.finish())  # and closed: a task may have hundreds of files
        attempt.commit(
            rows_in=sum(file["rows"] for file in files),
            rows_out=sum(rows),
            counts={
                "files": [
                    {"label": f["label"], "subset": f["subset"], "index": f["index"], "rows": n}
                    for f, n in zip(files, rows, strict=True)
                ],
                "form": settings["format"],
            },
            bytes_in=payload["bytes_in"],
        )
    return sum(rows)


def _writer(
    attempt: Attempt, file: Mapping[str, Any], settings: Mapping[str, Any], number: int
) -> RowGroups:
    kind = corpus_schema(
        file["subset"],
        weight_column=not settings["materialise"],
        spans_column=settings["pii"] == SPANS,
        scores=_scores(settings),
        kept=_kept(settings),
    )
    writer: TableWriter | JsonlWriter
    if settings["format"] == JSONL_ZST:
        writer = attempt.jsonl_writer(kind, role="corpus", part=f"-{number:05d}")
    else:
        writer = attempt.writer(
            kind, role="corpus", part=f"-{number:05d}", compression=settings["compression"]
        )
    return RowGroups(
        writer, kind, rows=settings["row_group_rows"], text_bytes=settings["row_group_mb"] << 20
    )


class RowGroups:
    """Rows on their way to a file, in tables that become one row group each."""

    def __init__(
        self, writer: TableWriter | JsonlWriter, kind: pa.Schema, *, rows: int, text_bytes: int
    ) -> None:
        self._writer = writer
        self._kind = kind
        self._limits = rows, text_bytes
        self._waiting: list[pa.Table] = []
        self._size = 0, 0

    def add(self, table: pa.Table) -> None:
        """Take rows, in the order of the file; a row group ends before it is too large."""
        table = table.select(self._kind.names)
        sizes = text_bytes(table)
        start, (rows, size) = 0, self._size
        for row, n_bytes in enumerate(sizes.tolist()):
            if rows and (rows >= self._limits[0] or size + n_bytes > self._limits[1]):
                self._waiting.append(table.slice(start, row - start))
                self._flush()
                start, rows, size = row, 0, 0
            rows, size = rows + 1, size + n_bytes
        self._waiting.append(table.slice(start))
        self._size = rows, size

    def finish(self) -> int:
        """Write what waits and close the file; its number of rows."""
        self._flush()
        self._writer.close()
        return self._writer.rows

    def _flush(self) -> None:
        joined = pa.concat_tables(self._waiting) if self._waiting else None
        if joined is not None and joined.num_rows:
            self._writer.write(joined.combine_chunks().cast(self._kind))
        self._waiting = []


def _split_paths(store: Store, stage: str) -> list[str]:
    """Ids of the split's shards, by number."""
    plan = load_plan(store, f"{stage}.split")
    assert plan is not None
    return [shard.id for shard in plan.shards]


def _in_order(
    store: Store, stage: str, files: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[int, pa.Table]]:
    """(0, rows) of one file, block by block."""
    (file,) = files
    shards = _split_paths(store, stage)
    pieces = pieces_of(store, stage, file["first_piece"], file["n_pieces"])
    for number, those in groupby(pieces.to_pylist(), key=itemgetter("shard")):
        path = store.path(data_file(store, f"{stage}.split", shards[number]).key)
        for piece in those:
            yield 0, parquet.read_rows(path, piece["start"], piece["stop"])


def _together(
    store: Store, stage: str, files: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[int, pa.Table]]:
    """(place in ``files``, rows), in the order of each file: all held until all are read."""
    shards = _split_paths(store, stage)
    n_pieces = sum(file["n_pieces"] for file in files)
    pieces = pieces_of(store, stage, files[0]["first_piece"], n_pieces)
    shard, start, stop = (pieces[name].to_numpy() for name in ("shard", "start", "stop"))
    place = pieces["file"].to_numpy() - files[0]["file"]
    held: list[pa.Table | None] = [None] * n_pieces
    for number in np.unique(shard).tolist():
        mine = np.flatnonzero(shard == number)
        first = int(start[mine].min())
        path = store.path(data_file(store, f"{stage}.split", shards[number]).key)
        rows = parquet.read_rows(path, first, int(stop[mine].max()))
        for piece in mine.tolist():
            held[piece] = rows.slice(int(start[piece]) - first, int(stop[piece] - start[piece]))
    for piece, table in enumerate(held):
        assert table is not None
        yield int(place[piece]), table
