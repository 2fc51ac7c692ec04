"""The tasks of the emit stage: survivors to their label, and published files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.io import parquet
from curate.io.commit import Attempt, TableWriter
from curate.io.lines.jsonl_out import JSONL_ZST, JsonlWriter
from curate.pipeline.emit.files import I64, File, write_task
from curate.pipeline.emit.fineweb2_plan import BLOCKS
from curate.pipeline.extract.kept import Kept, kept_names, schema_of
from curate.schema import CORPUS_PLACE
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
from curate.work.tables import iter_columns
from curate.work.task import ShardTask, shard_task

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


@dataclass(frozen=True, slots=True)
class SplitSettings:
    """Which rows are published, and as what.

    Attributes:
        removed: which removed documents are published; see ``emit.removed``.
        materialise: each document as often as its weight says, in place of a column.
        repair: texts are repaired here, and not at extraction.
        pii: what is done with personal data; see ``emit.pii``.
        pii_kinds: kinds of it, sorted.
        test_fractions: label -> share of documents in the test split.
        has_spans: personal data has been found by a stage before.
        places: rows say where their records are.
        scores: step -> its columns that are published.
        kept_schema: kept columns of the input and their types; None for none.
    """

    removed: str
    materialise: bool
    repair: bool
    pii: str
    pii_kinds: tuple[str, ...]
    test_fractions: Mapping[str, float]
    has_spans: bool
    places: bool = False
    scores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kept_schema: str | None = None


@dataclass(frozen=True, slots=True)
class FilesSettings:
    """How files are written.

    Attributes:
        format: ``parquet`` or ``jsonl.zst``.
        row_group_rows: rows of a row group at most.
        row_group_mb: MiB of text of a row group at most.
        compression: a codec of Parquet.
        materialise: as in :class:`SplitSettings`, as are the others.
    """

    format: str
    row_group_rows: int
    row_group_mb: int
    compression: str
    materialise: bool
    pii: str
    places: bool = False
    scores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kept_schema: str | None = None


@dataclass(frozen=True, slots=True)
class EmitUnit:
    """Consecutive document shards that one task splits.

    Attributes:
        shards: their ids.
    """

    shards: tuple[str, ...]


@shard_task(SplitSettings)
def split_unit(task: ShardTask[SplitSettings]) -> int:
    """Write the rows of a unit of shards that are published, sorted by label and subset."""
    settings, columns = task.settings, columns_of(task.settings)
    rows_in = 0
    with task.attempt() as attempt:
        split = _Split(attempt, settings)
        for shard in task.planned(EmitUnit).shards:
            own = Kept(task.store, shard, settings.kept_schema)
            for batch in iter_columns(task.store, shard, columns):
                rows_in += batch.num_rows
                split.add(own.named(published_rows(batch, settings)))
        split.flush()
        attempt.write(split.blocks(), role="blocks", part="-blocks")
        left_out = rows_in - split.n_rows
        attempt.commit(
            rows_in=rows_in,
            rows_out=split.n_rows,
            dropped={"not published": left_out} if left_out else {},
        )
    return rows_in


def columns_of(settings: SplitSettings) -> dict[str, Sequence[str]]:
    """Step -> the columns that published rows are made of."""
    columns: dict[str, Sequence[str]] = {**WANTED, **settings.scores}
    places = [column.name for column in CORPUS_PLACE] if settings.places else ()
    columns["extract"] = (*WANTED["extract"], *places, *kept_names(settings.kept_schema))
    if settings.has_spans:
        columns["pii"] = ("pii_spans",)
    return columns


def score_columns(scores: Mapping[str, Sequence[str]]) -> list[str]:
    """The score columns that are published."""
    return [name for columns in scores.values() for name in columns]


def kept_columns(packed: str | None) -> pa.Schema:
    """The kept columns of the input, with their types."""
    return pa.schema([]) if packed is None else schema_of(packed)


def published_rows(batch: pa.Table, settings: SplitSettings) -> pa.Table:
    """The rows of a batch that are published, with their subset, and masked."""
    subsets = assign_subset(batch, removed=settings.removed, test_fractions=settings.test_fractions)
    batch = batch.append_column("subset", pa.array(subsets, pa.string()))
    batch = batch.filter(pc.is_valid(batch["subset"]))
    if settings.repair:
        batch = _repaired(batch)
    if settings.pii != KEEP and "pii_spans" not in batch.column_names:
        batch = add_pii(batch, kinds=settings.pii_kinds)
    return masked(batch) if settings.pii == MASK else batch


def published_table(rows: pa.Table, settings: SplitSettings) -> pa.Table:
    """The columns that are published, of rows that are."""
    return published_columns(
        rows,
        place_columns=settings.places,
        spans_column=settings.pii == SPANS,
        scores=score_columns(settings.scores),
        kept=kept_columns(settings.kept_schema),
    )


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

    def __init__(self, attempt: Attempt, settings: SplitSettings) -> None:
        self._attempt = attempt
        self._settings = settings
        self._kept: list[pa.Table] = []
        self._n_bytes = 0
        self._writer: TableWriter | None = None
        self._blocks: list[tuple[str, str, int, int, int, int]] = []
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
            repeat=settings.materialise,
        )
        published = published_table(table, settings)
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


@shard_task(FilesSettings)
def write_files(task: ShardTask[FilesSettings]) -> int:
    """Write the corpus files of one task."""
    return write_task(task, _Writer(task.settings))


class _Writer:
    """FineWeb2's files, of rows."""

    def __init__(self, settings: FilesSettings) -> None:
        self.form = settings.format
        self._settings = settings

    def bounds(self, pieces: pa.Table) -> tuple[I64, I64, I64]:
        start, stop = (pieces[name].to_numpy() for name in ("start", "stop"))
        return start, stop, stop - start

    def read(self, path: Path, start: int, stop: int) -> pa.Table:
        return parquet.read_rows(path, start, stop)

    def cut(self, span: pa.Table, start: int, stop: int, size: int) -> pa.Table:
        assert stop - start == size
        return span.slice(start, size)

    def open(self, attempt: Attempt, file: File, part: str) -> RowGroups:
        return open_file(attempt, file, part, self._settings)


def kind_of(subset: str, settings: FilesSettings) -> pa.Schema:
    """The columns of a file of a subset."""
    return corpus_schema(
        subset,
        weight_column=not settings.materialise,
        place_columns=settings.places,
        spans_column=settings.pii == SPANS,
        scores=score_columns(settings.scores),
        kept=kept_columns(settings.kept_schema),
    )


def open_file(attempt: Attempt, file: File, part: str, settings: FilesSettings) -> RowGroups:
    """Begin a file of a label and subset."""
    kind = kind_of(str(file["subset"]), settings)
    writer: TableWriter | JsonlWriter
    if settings.format == JSONL_ZST:
        writer = attempt.jsonl_writer(kind, role="corpus", part=part)
    else:
        compression = settings.compression
        writer = attempt.writer(kind, role="corpus", part=part, compression=compression)
    limits = settings.row_group_rows, settings.row_group_mb << 20
    described = {name: file[name] for name in ("label", "subset", "index")}
    return RowGroups(writer, kind, described, rows=limits[0], text_bytes=limits[1])


class RowGroups:
    """Rows on their way to a file, in tables that become one row group each."""

    def __init__(
        self,
        writer: TableWriter | JsonlWriter,
        kind: pa.Schema,
        described: File,
        *,
        rows: int,
        text_bytes: int,
    ) -> None:
        self._writer = writer
        self._described = described
        self._kind = kind
        self._limits = rows, text_bytes
        self._waiting: list[pa.Table] = []
        self._size = 0, 0

    def add(self, part: pa.Table) -> None:
        """Take rows, in the order of the file; a row group ends before it is too large."""
        table = part.select(self._kind.names)
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

    def finish(self) -> File:
        """Write what waits and close the file; its entry in the receipt."""
        self._flush()
        self._writer.close()
        return {**self._described, "rows": self._writer.rows}

    def _flush(self) -> None:
        joined = pa.concat_tables(self._waiting) if self._waiting else None
        if joined is not None and joined.num_rows:
            self._writer.write(joined.combine_chunks().cast(self._kind))
        self._waiting = []
