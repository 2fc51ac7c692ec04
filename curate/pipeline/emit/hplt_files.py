"""The tasks of HPLT's view: documents to lines by label and score, and published files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.io.commit import Attempt
from curate.io.lines import zstd_frames
from curate.io.lines.jsonl_out import JSONL_ZST, as_json
from curate.io.lines.zstd_frames import FrameWriter
from curate.io.store import Store
from curate.pipeline.cluster.shards import DocumentShard
from curate.pipeline.emit.files import I64, File, write_task
from curate.pipeline.emit.hplt_plan import partition_of
from curate.pipeline.emit.hplt_runs import Line, SortedRuns
from curate.pipeline.extract.kept import Kept, kept_names
from curate.stages.emit import KEEP
from curate.stages.hplt import Rules, documents, line_of, steps_of, why_not
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
    part_of = partial(partition_of, n=task.settings.n_partitions)
    with task.attempt() as attempt:
        writer = attempt.frame_writer(role="data", level=SPLIT_LEVEL)
        runs = SortedRuns(writer, task.planned(DocumentShard).number, part_of)
        rows_in, left_out = _add_lines(task.store, task.shard, task.settings, runs)
        runs.flush()
        blocks = runs.blocks()
        partitions = [part_of(label) for label in blocks["label"].to_pylist()]
        ranges = write_grouped(attempt, blocks, np.array(partitions, np.int64), "blocks")
        attempt.commit(
            rows_in=rows_in,
            rows_out=runs.n_rows,
            dropped=dict(sorted(left_out.items())),
            counts={ranges_name("blocks"): ranges},
        )
    return rows_in


def _add_lines(
    store: Store, shard: str, settings: SplitSettings, runs: SortedRuns
) -> tuple[int, Counter[str]]:
    """Give the lines that are published to ``runs``; rows that were read, why others are not."""
    packed, columns = settings.kept_schema, columns_of(settings)
    own = Kept(store, shard, packed)
    left_out: Counter[str] = Counter()
    rows_in = 0
    for batch in iter_columns(store, shard, columns):
        rows_in += batch.num_rows
        kept = own.named(batch.filter(pc.is_null(batch["removal_reason"])))
        if kept.num_rows < batch.num_rows:
            left_out["removed"] += batch.num_rows - kept.num_rows
        left_out += _add_batch(with_spans(kept, settings), own.schema.names, settings, runs)
    return rows_in, left_out


def _add_batch(
    batch: pa.Table, kept: Sequence[str], settings: SplitSettings, runs: SortedRuns
) -> Counter[str]:
    """Give the lines of one batch to ``runs``; why documents of it have none."""
    left_out: Counter[str] = Counter()
    for line in lines_of(batch, kept, settings):
        if isinstance(line, str):
            left_out[line] += 1
        else:
            runs.add(line)
    return left_out


def with_spans(batch: pa.Table, settings: SplitSettings) -> pa.Table:
    """A batch with the places of personal data, if they are asked for and not there."""
    if settings.pii != KEEP and "pii_spans" not in batch.column_names:
        return add_pii(batch, kinds=settings.pii_kinds)
    return batch


def columns_of(settings: SplitSettings) -> dict[str, Sequence[str]]:
    """Step -> the columns that lines are made of."""
    columns: dict[str, Sequence[str]] = {**WANTED, **settings.more}
    columns["extract"] = (*WANTED["extract"], *kept_names(settings.kept_schema))
    return columns


def lines_of(batch: pa.Table, kept: Sequence[str], settings: SplitSettings) -> Iterator[Line | str]:
    """The line of each document, or the rule that keeps it out of this view."""
    rules = Rules(**settings.rules)
    described = documents(batch, pii=settings.pii, kept=kept)
    for label, document in zip(batch["label"].to_pylist(), described, strict=True):
        reason = why_not(document, rules)
        if reason is not None:
            yield reason
            continue
        steps = steps_of(document["doc_scores"][0], rules.version)
        data = line_of(document, robots=rules.marked == "keep", default=as_json)
        text = document["text"]
        yield Line(label, steps, data, text.count("\n") + 1, len(text))


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

    def open(self, attempt: Attempt, file: File, part: str) -> LineFile:
        return open_file(attempt, file, part, self._settings)


def open_file(attempt: Attempt, file: File, part: str, settings: FilesSettings) -> LineFile:
    """Begin a file of a label and bin."""
    writer = attempt.frame_writer(
        role="corpus", part=part, level=settings.level, frame_bytes=settings.frame_kb << 10
    )
    return LineFile(writer, file)


@dataclass(frozen=True, slots=True)
class LineFile:
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
