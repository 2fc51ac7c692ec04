"""The tasks of HPLT's view: documents to lines by label and score, and published files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.io.commit import Attempt
from curate.io.lines import zstd_frames
from curate.io.lines.jsonl_out import JSONL_ZST, as_json
from curate.io.lines.zstd_frames import FRAME_BYTES, FrameWriter
from curate.io.store import Store
from curate.pipeline.cluster.shards import DocumentShard
from curate.pipeline.emit.files import I64, File, write_task
from curate.pipeline.emit.hplt_plan import BLOCKS, partition_of
from curate.pipeline.extract.kept import Kept, kept_names
from curate.stages.emit import KEEP
from curate.stages.hplt import Rules, documents, in_order, line_of, steps_of, why_not
from curate.stages.pii import add_pii
from curate.work.exchange import ranges_name, write_grouped
from curate.work.tables import iter_columns
from curate.work.task import ShardTask, shard_task

WANTED: Mapping[str, tuple[str, ...]] = {
    "extract": (
        *("id", "url", "date", "snapshot", "warc_path", "warc_offset", "record_bytes"),
        *("payload_bytes", "content_type", "html_lang", "encoding", "xml", "text"),
    ),
    "identify": ("label", "lid_confidence", "top_labels"),
    "cluster": ("cluster_size",),
    "rebalance": ("removal_reason",),
}
SPLIT_LEVEL = 1
"""Of zstd, for lines that are read once and deleted."""


@dataclass(frozen=True, slots=True)
class SplitSettings:
    """Which documents become lines, and how.

    Attributes:
        rules: fields of :class:`curate.stages.hplt.Rules`.
        more: step -> columns beside those of every job.
        pii: what is done with personal data; see ``emit.pii``.
        pii_kinds: kinds of it, sorted.
        n_partitions: to which labels are dealt.
        kept_schema: kept columns of the input and their types; None for none.
    """

    rules: Mapping[str, Any]
    more: Mapping[str, tuple[str, ...]]
    pii: str
    pii_kinds: tuple[str, ...]
    n_partitions: int
    kept_schema: str | None = None


@dataclass(frozen=True, slots=True)
class FilesSettings:
    """How files are written.

    Attributes:
        level: of zstd.
        frame_kb: KiB of lines of a frame at most.
    """

    level: int
    frame_kb: int


@shard_task(SplitSettings)
def split_shard(task: ShardTask[SplitSettings]) -> int:
    """Write the lines of one shard that are published, sorted by label and score, in frames."""
    rows_in, lines, left_out = _lines(task.store, task.shard, task.settings)
    with task.attempt() as attempt:
        writer = attempt.frame_writer(role="data", level=SPLIT_LEVEL)
        part_of = partial(partition_of, n=task.settings.n_partitions)
        blocks = _write_blocks(writer, lines, task.planned(DocumentShard).number, part_of)
        partitions = [part_of(label) for label in blocks["label"].to_pylist()]
        ranges = write_grouped(attempt, blocks, np.array(partitions, np.int64), "blocks")
        attempt.commit(
            rows_in=rows_in,
            rows_out=len(lines),
            dropped=dict(sorted(left_out.items())),
            counts={ranges_name("blocks"): ranges},
        )
    return rows_in


class Line(NamedTuple):
    """One document: its label, the steps of its score, its line, lines and characters of text."""

    label: str
    steps: int
    data: bytes
    segments: int
    n_chars: int


def _lines(
    store: Store, shard: str, settings: SplitSettings
) -> tuple[int, list[Line], Counter[str]]:
    """Rows that were read, the lines that are published, and why others are not."""
    rules, packed = Rules(**settings.rules), settings.kept_schema
    columns = {**WANTED, **settings.more}
    columns["extract"] = (*WANTED["extract"], *kept_names(packed))
    own = Kept(store, shard, packed)
    lines: list[Line] = []
    left_out: Counter[str] = Counter()
    rows_in = 0
    for batch in iter_columns(store, shard, columns):
        rows_in += batch.num_rows
        kept = own.named(batch.filter(pc.is_null(batch["removal_reason"])))
        if kept.num_rows < batch.num_rows:
            left_out["removed"] += batch.num_rows - kept.num_rows
        if settings.pii != KEEP and "pii_spans" not in kept.column_names:
            kept = add_pii(kept, kinds=settings.pii_kinds)
        labels = kept["label"].to_pylist()
        described = documents(kept, pii=settings.pii, kept=own.schema.names)
        for label, document in zip(labels, described, strict=True):
            reason = why_not(document, rules)
            if reason is not None:
                left_out[reason] += 1
                continue
            steps = steps_of(document["doc_scores"][0], rules.version)
            data = line_of(document, robots=rules.marked == "keep", default=as_json)
            text = document["text"]
            lines.append(Line(label, steps, data, text.count("\n") + 1, len(text)))
    return rows_in, lines, left_out


def _write_blocks(
    writer: FrameWriter, lines: Sequence[Line], shard: int, part_of: Callable[[str], int]
) -> pa.Table:
    """Write the lines by partition, label and score, a frame a block, and say where each is."""
    order = in_order([line.label for line in lines], [line.steps for line in lines], part_of)
    rows = []
    for (label, steps), group in groupby((lines[i] for i in order.tolist()), key=itemgetter(0, 1)):
        for block in _blocks(group):
            frame = writer.write_frame(b"".join(line.data for line in block))
            segments, n_chars = sum(x.segments for x in block), sum(x.n_chars for x in block)
            rows.append((label, steps, shard, *frame, len(block), segments, n_chars))
    columns = zip(*rows, strict=True) if rows else [()] * len(BLOCKS)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, BLOCKS, strict=True)], BLOCKS)


def _blocks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """The lines in order, as many together as a frame holds."""
    block: list[Line] = []
    size = 0
    for line in lines:
        if block and size + len(line.data) > FRAME_BYTES:
            yield block
            block, size = [], 0
        block.append(line)
        size += len(line.data)
    if block:
        yield block


@shard_task(FilesSettings)
def write_files(task: ShardTask[FilesSettings]) -> int:
    """Write the files of one task."""
    return write_task(task, _Writer(task.settings))


class _Span(NamedTuple):
    """Frames of a split file as they lie there."""

    path: Path
    data: bytes


class _Writer:
    """HPLT's files, of lines in frames."""

    form = JSONL_ZST

    def __init__(self, settings: FilesSettings) -> None:
        self._settings = settings

    def bounds(self, pieces: pa.Table) -> tuple[I64, I64, I64]:
        offset, n_bytes, line_bytes = (
            pieces[name].to_numpy() for name in ("offset", "n_bytes", "line_bytes")
        )
        return offset, offset + n_bytes, line_bytes

    def read(self, path: Path, start: int, stop: int) -> _Span:
        return _Span(path, zstd_frames.read_span(path, start, stop))

    def cut(self, span: _Span, start: int, stop: int, size: int) -> bytes:
        return zstd_frames.lines_of(span.data[start:stop], size, span.path)

    def open(self, attempt: Attempt, file: File, part: str) -> _LineFile:
        frame_bytes = self._settings.frame_kb << 10
        writer = attempt.frame_writer(
            role="corpus", part=part, level=self._settings.level, frame_bytes=frame_bytes
        )
        return _LineFile(writer, file)


@dataclass(frozen=True, slots=True)
class _LineFile:
    """A published file, and its row in the plan."""

    writer: FrameWriter
    file: File

    def add(self, part: bytes) -> None:
        self.writer.write_lines(part)

    def finish(self) -> File:
        self.writer.close()
        return {
            **{name: self.file[name] for name in ("label", "bin", "index", "segments", "n_chars")},
            "rows": self.writer.rows,
            "line_bytes": self.writer.line_bytes,
            "md5": self.writer.md5,
            "lines_md5": self.writer.lines_md5,
        }
