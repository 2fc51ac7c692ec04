"""Which file of HPLT's view takes which lines: planned once, before a file is written.

The split writes *blocks*: lines of one label and one step of the score, a frame each. The plan
sorts all blocks by label and falling score and cuts each bin into files that hold no more than they
may. Since a score has few steps, that is the whole sort: no file is ever sorted, or held.

A crawl has a block for every few documents, so labels are dealt to partitions, and a task plans the
files of one partition.
"""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.pipeline.cluster.shards import Partition
from curate.pipeline.emit.files import PlanSettings
from curate.stages.hplt import STEPS_A_BIN
from curate.work.exchange import read_grouped
from curate.work.task import ShardTask, shard_task

I64 = npt.NDArray[np.int64]

BLOCKS = pa.schema(
    [
        ("label", pa.string()),
        ("steps", pa.int16()),
        ("shard", pa.int32()),
        ("offset", pa.int64()),
        ("n_bytes", pa.int64()),
        ("line_bytes", pa.int64()),
        ("rows", pa.int32()),
        ("segments", pa.int64()),
        ("n_chars", pa.int64()),
    ]
)
"""A frame of a split file: the label and the score of all its lines, the number of its shard, where
it is, what it holds: documents, lines of their texts, and characters."""

DOCUMENTS_A_PARTITION = 20_000_000
"""Documents that a task plans the files of, about; each is at most one block of 170 bytes."""

PIECES = pa.schema(
    [
        ("file", pa.int64()),
        ("shard", pa.int32()),
        ("offset", pa.int64()),
        ("n_bytes", pa.int64()),
        ("line_bytes", pa.int64()),
    ]
)
"""The blocks again, in the order of the files: number of the file, and of the split shard."""

FILES = pa.schema(
    [
        ("label", pa.string()),
        ("bin", pa.int64()),
        ("index", pa.int64()),
        ("rows", pa.int64()),
        ("text_bytes", pa.int64()),
        ("segments", pa.int64()),
        ("n_chars", pa.int64()),
        ("first_piece", pa.int64()),
        ("n_pieces", pa.int64()),
    ]
)
"""One row a file, in the order of their numbers; ``index`` counts from 1 in a bin, and
``text_bytes`` are those of its lines."""


def n_partitions(documents: int) -> int:
    """Into how many partitions the labels of so many documents are dealt."""
    return 1 + documents // DOCUMENTS_A_PARTITION


def partition_of(label: str, n: int) -> int:
    """The partition of a label; the same in every process."""
    return zlib.crc32(label.encode()) % n


@shard_task(PlanSettings)
def plan_shard(task: ShardTask[PlanSettings]) -> int:
    """Write the plan of one partition: the pieces, and the files they make."""
    split, number = task.step.replace(".plan", ".split"), task.planned(Partition).number
    parts = read_grouped(task.store, split, str(number), "blocks")
    blocks = pa.concat_tables([BLOCKS.empty_table(), *parts])
    pieces, files = plan_files(blocks, max_file_bytes=task.settings.max_file_mb << 20)
    with task.attempt() as attempt:
        attempt.write(pieces)
        attempt.write(files, role="files", part="-files")
        n = int(pieces.num_rows)
        attempt.commit(rows_in=n, rows_out=n, counts={"files": files.num_rows})
    return n


def plan_files(blocks: pa.Table, *, max_file_bytes: int) -> tuple[pa.Table, pa.Table]:
    """Cut the blocks of each label and bin into files, best first.

    A file takes blocks as long as their lines stay within the limit; a single block that is larger,
    which only one long line can be, is a file of its own.

    Args:
        blocks: :data:`BLOCKS`.
        max_file_bytes: of the lines of a file, uncompressed.

    Returns:
        :data:`PIECES` and :data:`FILES`.
    """
    if blocks.num_rows == 0:
        return PIECES.empty_table(), FILES.empty_table()
    labels = blocks["label"].combine_chunks().dictionary_encode()
    rank = np.argsort(np.argsort(np.array(labels.dictionary.to_pylist(), dtype=object)))
    code = rank[labels.indices.to_numpy()]
    steps, shard, offset, size = (
        blocks[name].to_numpy().astype(np.int64)
        for name in ("steps", "shard", "offset", "line_bytes")
    )
    order = np.lexsort((offset, shard, -steps, code))
    bins = steps[order] // STEPS_A_BIN
    part = code[order] * (1 << 16) + bins
    is_first = np.append(True, part[1:] != part[:-1])
    number, index = _cut(is_first, size[order], max_file_bytes)
    table = blocks.take(pa.array(order))
    columns = [pa.array(number), *(table[name] for name in PIECES.names[1:])]
    return pa.table(columns, schema=PIECES), _files(table, bins, number, index)


def _cut(is_first: npt.NDArray[np.bool_], size: I64, limit: int) -> tuple[I64, I64]:
    """int64[n] each: number of the file over all, and in its bin from 1, of every block."""
    n = len(size)
    number, index = np.zeros(n, np.int64), np.zeros(n, np.int64)
    total = np.append(0, np.cumsum(size))
    begins = np.flatnonzero(is_first)
    file = -1
    for first, end in zip(begins.tolist(), np.append(begins[1:], n).tolist(), strict=True):
        start, place = first, 0
        while start < end:
            stop = int(np.searchsorted(total, total[start] + limit, "right")) - 1
            stop = min(max(stop, start + 1), end)
            file, place = file + 1, place + 1
            number[start:stop], index[start:stop] = file, place
            start = stop
    return number, index


def _files(table: pa.Table, bins: I64, number: I64, index: I64) -> pa.Table:
    first = np.flatnonzero(np.append(True, number[1:] != number[:-1]))
    columns = [
        table["label"].take(pa.array(first)),
        pa.array(bins[first]),
        pa.array(index[first]),
        *(
            pa.array(np.add.reduceat(table[name].to_numpy().astype(np.int64), first))
            for name in ("rows", "line_bytes", "segments", "n_chars")
        ),
        pa.array(first),
        pa.array(np.diff(np.append(first, table.num_rows))),
    ]
    return pa.table(columns, schema=FILES)
