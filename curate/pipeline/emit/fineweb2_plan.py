"""Which published file takes which rows: planned once, before a file is written.

The split notes its rows in *blocks*: so many rows of one label, subset and pass, and their bytes.
The plan sorts all blocks, divides those of a label and subset evenly into files, and writes which
block goes where as a table. A task reads the part of the table that is about its files, so no
task and no receipt holds the plan of the whole crawl.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.io import parquet
from curate.io.store import Store
from curate.pipeline.emit.files import PlanSettings
from curate.rights.removal import is_published
from curate.work.plan import ShardPlan
from curate.work.seal import iter_receipts
from curate.work.task import ShardTask, shard_task

I64 = npt.NDArray[np.int64]

UNIT_CHARACTERS = 256_000_000
"""Characters of the document shards that one task splits, at most, unless one alone has more. It
holds their text: 0.3 to 0.8 GB, by script."""

MANY_UNITS = 1_000

BLOCKS = pa.schema(
    [
        ("label", pa.string()),
        ("subset", pa.string()),
        ("pass", pa.int32()),
        ("start", pa.int64()),
        ("stop", pa.int64()),
        ("text_bytes", pa.int64()),
    ]
)
"""Rows ``start`` to ``stop`` of a split file, all of one label, subset and pass."""

PIECES = pa.schema(
    [
        ("file", pa.int64()),
        ("shard", pa.int32()),
        ("start", pa.int64()),
        ("stop", pa.int64()),
    ]
)
"""The blocks again, in the order of the files: number of the file, and of the split shard."""

FILES = pa.schema(
    [
        ("label", pa.string()),
        ("subset", pa.string()),
        ("index", pa.int64()),
        ("rows", pa.int64()),
        ("text_bytes", pa.int64()),
        ("first_piece", pa.int64()),
        ("n_pieces", pa.int64()),
    ]
)
"""One row a file, in the order of their numbers."""


def published_characters(store: Store, removed: str, *, repeats: bool) -> list[int]:
    """Characters of each document shard that are published, in plan order.

    Args:
        store: the work folder, decided.
        removed: which removed documents are published; see ``emit.removed``.
        repeats: each document as often as its weight says.
    """
    characters = []
    for receipt in iter_receipts(store, "rebalance"):
        by_reason = dict(receipt.counts["characters"])
        kept = by_reason.pop("", 0)
        if repeats:
            kept = sum(counts[2] for counts in receipt.counts["mixture"].values())
        kept += sum(n for reason, n in by_reason.items() if is_published(reason, removed))
        characters.append(kept)
    return characters


def plan_units(documents: Sequence[ShardPlan], characters: Sequence[int]) -> list[ShardPlan]:
    """Consecutive document shards, up to about a thousandth of what is published.

    Where shards are many, one of them has a few documents of each of many labels, and each such
    run of rows would be planned and read by itself.
    """
    most = min(UNIT_CHARACTERS, sum(characters) // MANY_UNITS)
    units: list[list[ShardPlan]] = []
    filled = 0
    for shard, n in zip(documents, characters, strict=True):
        if not units or filled + n > most:
            units.append([])
            filled = 0
        units[-1].append(shard)
        filled += n
    return [
        ShardPlan(f"unit-{k:05d}", sum(s.bytes_in for s in some), {"shards": [s.id for s in some]})
        for k, some in enumerate(units)
    ]


@shard_task(PlanSettings)
def plan_shard(task: ShardTask[PlanSettings]) -> int:
    """Write the plan: the pieces, and the files they make."""
    blocks, stored = read_blocks(task.store, task.step.replace(".plan", ".split"))
    pieces, files = plan_files(blocks, stored, max_file_bytes=task.settings.max_file_mb << 20)
    with task.attempt() as attempt:
        attempt.write(pieces)
        attempt.write(files, role="files", part="-files")
        n = int(pieces.num_rows)
        attempt.commit(rows_in=n, rows_out=n, counts={"files": files.num_rows})
    return n


def read_blocks(store: Store, step: str = "emit.split") -> tuple[pa.Table, I64]:
    """All blocks of the split with the number of their shard, and int64[n] bytes on disk of each.

    What a block takes on disk is its share of its split file, which is compressed as the published
    files are.
    """
    tables, stored = [], []
    for number, receipt in enumerate(iter_receipts(store, step)):
        (entry,) = receipt.files_of("blocks")
        blocks = parquet.read_table(store.path(entry.key))
        shard = pa.array(np.full(blocks.num_rows, number), pa.int32())
        tables.append(blocks.append_column("shard", shard))
        sizes = blocks["text_bytes"].to_numpy()
        on_disk = sum(f.bytes for f in receipt.files_of("data"))
        stored.append(sizes * (on_disk / max(1, int(sizes.sum()))))
    return pa.concat_tables(tables), np.concatenate(stored).astype(np.int64)


def plan_files(blocks: pa.Table, stored: I64, *, max_file_bytes: int) -> tuple[pa.Table, pa.Table]:
    """Divide the blocks of each label and subset evenly into files.

    A label and subset of b bytes on disk becomes ``ceil(b / max_file_bytes)`` files of about the
    same size, so none but the only one is smaller than half of the largest allowed. Blocks are not
    divided.

    Args:
        blocks: :data:`BLOCKS`, and ``shard``.
        stored: int64[n], bytes of each block on disk.
        max_file_bytes: what a file should not exceed.

    Returns:
        :data:`PIECES` and :data:`FILES`.
    """
    numbered = blocks.append_column("stored", pa.array(stored))
    keys = ("label", "subset", "pass", "shard", "start")
    table = numbered.sort_by([(key, "ascending") for key in keys]).combine_chunks()
    n = table.num_rows
    if n == 0:
        return PIECES.empty_table(), FILES.empty_table()
    labels, subsets = (table[k].dictionary_encode().combine_chunks() for k in ("label", "subset"))
    part = labels.indices.to_numpy().astype(np.int64) * 8 + subsets.indices.to_numpy()
    begins = np.flatnonzero(np.append(True, part[1:] != part[:-1]))
    ends = np.append(begins[1:], n)
    sizes = table["stored"].to_numpy()
    total = np.concatenate([[0], np.cumsum(sizes)])
    index = np.empty(n, np.int64)
    for first, last in zip(begins.tolist(), ends.tolist(), strict=True):
        whole = int(total[last] - total[first])
        n_files = max(1, -(-whole // max_file_bytes))
        middle = total[first:last] - total[first] + sizes[first:last] // 2
        index[first:last] = np.minimum(middle * n_files // max(1, whole), n_files - 1)
    is_new = np.append(True, (part[1:] != part[:-1]) | (index[1:] != index[:-1]))
    return _tables(table, is_new)


def _tables(table: pa.Table, is_new: npt.NDArray[np.bool_]) -> tuple[pa.Table, pa.Table]:
    number = np.cumsum(is_new) - 1
    pieces = pa.table(
        [pa.array(number), *(table[name] for name in PIECES.names[1:])], schema=PIECES
    )
    first = np.flatnonzero(is_new)
    rows = table["stop"].to_numpy() - table["start"].to_numpy()
    names = table.select(["label", "subset"]).take(pa.array(first))
    keys = list(zip(names["label"].to_pylist(), names["subset"].to_pylist(), strict=True))
    index, last = [], None
    for key in keys:  # numbered anew, since a file may have got no block
        index.append(index[-1] + 1 if key == last else 0)
        last = key
    columns = [
        *names.columns,
        pa.array(index, pa.int64()),
        pa.array(np.add.reduceat(rows, first)),
        pa.array(np.add.reduceat(table["text_bytes"].to_numpy(), first)),
        pa.array(first),
        pa.array(np.diff(np.append(first, table.num_rows))),
    ]
    return pieces, pa.table(columns, schema=FILES)
