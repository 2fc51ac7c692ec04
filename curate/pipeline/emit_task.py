"""The tasks of the emit stage: survivors to their label, and published files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.io import parquet
from curate.io.commit import Attempt
from curate.io.store import Store
from curate.pipeline.step import load_receipts
from curate.pipeline.tables import data_file, iter_columns
from curate.stages.emit import (
    assign_subset,
    corpus_schema,
    published_columns,
    sort_and_repeat,
    text_bytes,
)
from curate.text.repair import repair

WANTED = {
    "extract": ("id", "url", "date", "snapshot", "warc_path", "text"),
    "identify": ("label", "lid_confidence", "top_labels"),
    "cluster": ("cluster_size",),
    "rebalance": ("weight", "removal_reason"),
}
SPLIT_GROUP_ROWS = 1024


def split_shard(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write the rows of one shard that are published, sorted by label and subset."""
    store, shard, settings = Store(payload["work"]), payload["shard"], payload["settings"]
    kept: list[pa.Table] = []
    rows_in = 0
    for batch in iter_columns(store, shard, WANTED):
        rows_in += batch.num_rows
        subsets = assign_subset(
            batch, removed=settings["removed"], test_fractions=settings["test_fractions"]
        )
        batch = batch.append_column("subset", pa.array(subsets, pa.string()))
        batch = batch.filter(pc.is_valid(batch["subset"]))
        kept.append(_repaired(batch) if settings["repair"] else batch)
    table = pa.concat_tables(kept) if kept else None
    with Attempt(
        store, step="emit.split", shard=shard, fingerprint=payload["due"]["emit.split"]
    ) as attempt:
        runs: list[dict[str, Any]] = []
        rows_out = 0
        if table is not None:
            runs = _write_sorted(attempt, table, repeat=settings["materialise"])
            rows_out = table.num_rows
        left_out = rows_in - rows_out
        attempt.commit(
            rows_in=rows_in,
            rows_out=rows_out,
            dropped={"not published": left_out} if left_out else {},
            counts={"runs": runs},
            bytes_in=payload["bytes_in"],
        )
    return {"rows": rows_in}


def _repaired(batch: pa.Table) -> pa.Table:
    texts = pa.array([repair(text) for text in batch["text"].to_pylist()], pa.string())
    return batch.set_column(batch.column_names.index("text"), batch.schema.field("text"), texts)


def _write_sorted(attempt: Attempt, table: pa.Table, *, repeat: bool) -> list[dict[str, Any]]:
    order, runs = sort_and_repeat(
        table["label"].to_pylist(),
        table["subset"].to_pylist(),
        table["weight"].to_numpy().astype(np.int64),
        repeat=repeat,
    )
    published = published_columns(table).take(pa.array(order))
    writer = attempt.writer(published.schema, row_group_rows=SPLIT_GROUP_ROWS)
    writer.write(published)
    total = np.concatenate([[0], np.cumsum(text_bytes(published))])
    return [
        {
            "label": label,
            "subset": subset,
            "pass": times,
            "start": start,
            "stop": stop,
            "text_bytes": int(total[stop] - total[start]),
        }
        for label, subset, times, start, stop in runs
    ]


def plan_files(store: Store, *, max_file_bytes: int, task_bytes: int) -> list[dict[str, Any]]:
    """Which output file takes which rows: planned from the split's receipts, before writing.

    Files of one label and subset are cut at run borders of about ``max_file_bytes`` of text;
    small files share a task up to ``task_bytes``.

    Returns:
        Tasks, each ``{"bytes": n, "files": [{label, subset, index, pieces}]}`` where a piece is
        (shard, start, stop).
    """
    runs = sorted(
        (
            (run["label"], run["subset"], run["pass"], number, receipt.shard, run)
            for number, receipt in enumerate(load_receipts(store, "emit.split"))
            for run in receipt.counts["runs"]
        ),
        key=lambda r: r[:4],
    )
    files: list[dict[str, Any]] = []
    for label, subset, _, _, shard, run in runs:
        last = files[-1] if files else None
        if last is None or (last["label"], last["subset"]) != (label, subset):
            files.append({"label": label, "subset": subset, "index": 0, "bytes": 0, "pieces": []})
        elif last["bytes"] and last["bytes"] + run["text_bytes"] > max_file_bytes:
            index = last["index"] + 1
            files.append(
                {"label": label, "subset": subset, "index": index, "bytes": 0, "pieces": []}
            )
        files[-1]["bytes"] += run["text_bytes"]
        files[-1]["pieces"].append([shard, run["start"], run["stop"]])
    return _packed(files, task_bytes)


def _packed(files: Sequence[dict[str, Any]], task_bytes: int) -> list[dict[str, Any]]:
    tasks: list[dict[str, Any]] = []
    for file in files:
        if not tasks or tasks[-1]["bytes"] + file["bytes"] > task_bytes:
            tasks.append({"bytes": 0, "files": []})
        tasks[-1]["bytes"] += file["bytes"]
        tasks[-1]["files"].append(file)
    return tasks


def write_files(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write the corpus files of one task."""
    store, shard, settings = Store(payload["work"]), payload["shard"], payload["settings"]
    files: list[dict[str, Any]] = []
    with Attempt(store, step="emit", shard=shard, fingerprint=payload["due"]["emit"]) as attempt:
        for number, file in enumerate(payload["files"]):
            kind = corpus_schema(file["subset"], weight_column=not settings["materialise"])
            writer = attempt.writer(
                kind,
                role="corpus",
                part=f"-{number:05d}",
                compression=settings["compression"],
                row_group_rows=settings["row_group_rows"],
            )
            for piece in _pieces(store, file["pieces"], settings["row_group_rows"]):
                writer.write(piece.select(kind.names).cast(kind))
            files.append({"label": file["label"], "subset": file["subset"]})
            files[-1] |= {"index": file["index"], "rows": writer.rows}
        rows = sum(f["rows"] for f in files)
        attempt.commit(
            rows_in=rows, rows_out=rows, counts={"files": files}, bytes_in=payload["bytes_in"]
        )
    return {"rows": rows}


def _pieces(store: Store, pieces: Sequence[tuple[str, int, int]], rows: int) -> Iterator[pa.Table]:
    """The rows of one file in tables of ``rows`` rows, so that row groups come out full."""
    waiting: list[pa.Table] = []
    n_waiting = 0
    for shard, start, stop in pieces:
        path = store.path(data_file(store, "emit.split", shard).key)
        for first in range(start, stop, SPLIT_GROUP_ROWS):
            waiting.append(parquet.read_rows(path, first, min(stop, first + SPLIT_GROUP_ROWS)))
            n_waiting += waiting[-1].num_rows
            if n_waiting >= rows:
                joined = pa.concat_tables(waiting)
                full = n_waiting // rows * rows
                yield joined.slice(0, full)
                waiting, n_waiting = [joined.slice(full)], n_waiting - full
    if n_waiting:
        yield pa.concat_tables(waiting)
