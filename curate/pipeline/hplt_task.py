"""The tasks of HPLT's view: documents to lines by label and score, and published files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.errors import StoreError
from curate.io import frames, layout
from curate.io.commit import Attempt
from curate.io.frames import FRAME_BYTES, FrameWriter
from curate.io.jsonl_out import as_json
from curate.io.store import Store
from curate.pipeline.exchange import ranges_name, write_grouped
from curate.pipeline.hplt_plan import BLOCKS, partition_of, pieces_of
from curate.pipeline.kept import Kept, kept_names
from curate.pipeline.step import iter_receipts
from curate.pipeline.tables import iter_columns
from curate.stages.emit import KEEP
from curate.stages.hplt import Rules, documents, in_order, line_of, steps_of, why_not
from curate.stages.pii import add_pii

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


def split_shard(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write the lines of one shard that are published, sorted by label and score, in frames."""
    store, shard, settings = Store(payload["work"]), payload["shard"], payload["settings"]
    (step,) = payload["due"]
    rules = Rules(**settings["rules"])
    rows_in, found, left_out = _lines(store, shard, settings, rules)
    with Attempt(store, step=step, shard=shard, fingerprint=payload["due"][step]) as attempt:
        writer = attempt.frame_writer(role="data", level=SPLIT_LEVEL)
        part_of = partial(partition_of, n=settings["n_partitions"])
        blocks = _write_blocks(writer, found, payload["number"], part_of)
        partitions = [part_of(label) for label in blocks["label"].to_pylist()]
        ranges = write_grouped(attempt, blocks, np.array(partitions, np.int64), "blocks")
        attempt.commit(
            rows_in=rows_in,
            rows_out=len(found),
            dropped=dict(sorted(left_out.items())),
            counts={ranges_name("blocks"): ranges},
            bytes_in=payload["bytes_in"],
        )
    return {"rows": rows_in}


class Line(NamedTuple):
    """One document: its label, the steps of its score, its line, lines and characters of text."""

    label: str
    steps: int
    data: bytes
    segments: int
    n_chars: int


def _lines(
    store: Store, shard: str, settings: Mapping[str, Any], rules: Rules
) -> tuple[int, list[Line], Counter[str]]:
    """Rows that were read, the lines that are published, and why others are not."""
    packed = settings.get("kept_schema")
    wanted = {**WANTED, **{step: tuple(names) for step, names in settings["more"].items()}}
    wanted["extract"] = (*WANTED["extract"], *kept_names(packed))
    own = Kept(store, shard, packed)
    found: list[Line] = []
    left_out: Counter[str] = Counter()
    rows_in = 0
    for batch in iter_columns(store, shard, wanted):
        rows_in += batch.num_rows
        kept = own.named(batch.filter(pc.is_null(batch["removal_reason"])))
        if kept.num_rows < batch.num_rows:
            left_out["removed"] += batch.num_rows - kept.num_rows
        if settings["pii"] != KEEP and "pii_spans" not in kept.column_names:
            kept = add_pii(kept, kinds=settings["pii_kinds"])
        labels = kept["label"].to_pylist()
        found_here = documents(kept, pii=settings["pii"], kept=own.schema.names)
        for label, document in zip(labels, found_here, strict=True):
            reason = why_not(document, rules)
            if reason is not None:
                left_out[reason] += 1
                continue
            steps = steps_of(document["doc_scores"][0], rules.version)
            data = line_of(document, robots=rules.marked == "keep", default=as_json)
            text = document["text"]
            found.append(Line(label, steps, data, text.count("\n") + 1, len(text)))
    return rows_in, found, left_out


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


def write_files(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write the files of one task; small ones together, as the plan has packed them."""
    store, shard = Store(payload["work"]), payload["shard"]
    (step,) = payload["due"]
    try:
        return {"rows": _write_task(store, shard, step, payload)}
    except StoreError:
        if store.exists(layout.receipt_key(step, shard)):
            return {"rows": 0}  # another driver wrote them, published, and deleted the split
        raise


def _write_task(store: Store, shard: str, step: str, payload: Mapping[str, Any]) -> int:
    settings, files = payload["settings"], payload["files"]
    with Attempt(store, step=step, shard=shard, fingerprint=payload["due"][step]) as attempt:
        pieces = _in_order if len(files) == 1 else _together
        described: list[dict[str, Any]] = []
        found = pieces(store, step, payload["plan"], files)
        for number, those in groupby(found, key=itemgetter(0)):
            writer = attempt.frame_writer(
                role="corpus",
                part=f"-{number:05d}",
                level=settings["level"],
                frame_bytes=settings["frame_kb"] << 10,
            )
            for _, lines in those:
                writer.write_lines(lines)
            writer.close()
            described.append(_described(files[number], writer))
        rows = sum(int(file["rows"]) for file in described)
        attempt.commit(
            rows_in=sum(file["rows"] for file in files),
            rows_out=rows,
            counts={"files": described, "form": "jsonl.zst"},
            bytes_in=payload["bytes_in"],
        )
    return rows


def _described(file: Mapping[str, Any], writer: FrameWriter) -> dict[str, Any]:
    names = ("label", "bin", "index", "segments", "n_chars")
    return {
        **{name: file[name] for name in names},
        "rows": writer.rows,
        "line_bytes": writer.line_bytes,
        "md5": writer.md5,
        "lines_md5": writer.lines_md5,
    }


def _in_order(
    store: Store, step: str, plan: str, files: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[int, bytes]]:
    """(0, lines) of one file, block by block."""
    (file,) = files
    paths = _split_paths(store, step)
    pieces = pieces_of(store, step, plan, file["first_piece"], file["n_pieces"])
    for batch in pieces.to_batches(max_chunksize=1 << 14):
        for piece in batch.to_pylist():
            path = store.path(paths[piece["shard"]])
            packed = frames.read_span(path, piece["offset"], piece["offset"] + piece["n_bytes"])
            yield 0, frames.lines_of(packed, piece["line_bytes"], path)


def _together(
    store: Store, step: str, plan: str, files: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[int, bytes]]:
    """(place in ``files``, lines), in the order of each file: all held until all are read.

    The blocks of files that follow each other lie next to each other in every split file, of which
    that part is read once.
    """
    paths = _split_paths(store, step)
    n_pieces = sum(file["n_pieces"] for file in files)
    pieces = pieces_of(store, step, plan, files[0]["first_piece"], n_pieces)
    shard, offset, n_bytes, line_bytes = (
        pieces[name].to_numpy() for name in ("shard", "offset", "n_bytes", "line_bytes")
    )
    place = pieces["file"].to_numpy() - files[0]["file"]
    held: list[bytes] = [b""] * n_pieces
    for number in np.unique(shard).tolist():
        mine = np.flatnonzero(shard == number)
        first = int(offset[mine].min())
        path = store.path(paths[number])
        packed = frames.read_span(path, first, int((offset + n_bytes)[mine].max()))
        for piece in mine.tolist():
            start = int(offset[piece]) - first
            one = packed[start : start + int(n_bytes[piece])]
            held[piece] = frames.lines_of(one, int(line_bytes[piece]), path)
    for piece, lines in enumerate(held):
        yield int(place[piece]), lines


def _split_paths(store: Store, step: str) -> list[str]:
    """Keys of the split's files, by number of their shard."""
    return [receipt.files_of("data")[0].key for receipt in iter_receipts(store, f"{step}.split")]
