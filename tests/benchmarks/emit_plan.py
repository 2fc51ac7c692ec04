"""How long the plan of the published files takes, and what files it gives.

    python -m tests.benchmarks.emit_plan [--labels 2000] [--shards 1000] [--seed 1]

Blocks are made up: the bytes of a label fall with its rank as in a crawl (rank to the power of
-1.3), and a shard has blocks of every label that it has a document of, of 3 MB at most, as the
split writes them.
"""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np
import pyarrow as pa

from curate.pipeline.emit.fineweb2_plan import plan_files
from tests.benchmarks.tables import table, versions

SHARD_BYTES = 150_000_000
BLOCK_BYTES = 3_000_000
ROW_BYTES = 3_000
STORED = 0.35
"""Bytes on disk for a byte of text, about what zstd gives."""


def blocks(n_labels: int, n_shards: int, seed: int) -> tuple[pa.Table, np.ndarray]:
    """Blocks of all shards, and what they take on disk."""
    random = np.random.default_rng(seed)
    shares = np.arange(1, n_labels + 1) ** -1.3
    expected = shares / shares.sum() * SHARD_BYTES
    names = np.array([f"label-{i:04d}" for i in range(n_labels)])
    columns: dict[str, list[np.ndarray]] = {k: [] for k in ("label", "start", "stop", "bytes")}
    shard_of = []
    for shard in range(n_shards):
        rows = random.poisson(expected / ROW_BYTES)
        n_blocks = -(-rows * ROW_BYTES // BLOCK_BYTES)
        label = np.repeat(np.arange(n_labels), n_blocks)
        each = np.repeat(rows // np.maximum(n_blocks, 1), n_blocks)
        stop = np.cumsum(each)
        found = {"label": names[label], "start": stop - each, "stop": stop}
        for name, values in (*found.items(), ("bytes", each * ROW_BYTES)):
            columns[name].append(values)
        shard_of.append(np.full(len(label), shard, np.int32))
    label, start, stop, size = (np.concatenate(columns[k]) for k in columns)
    n = len(label)
    made = pa.table(
        {
            "label": pa.array(label, pa.string()),
            "subset": pa.array(["train"] * n, pa.string()),
            "pass": pa.array(np.zeros(n, np.int32)),
            "start": start,
            "stop": stop,
            "text_bytes": size,
            "shard": np.concatenate(shard_of),
        }
    )
    return made, (size * STORED).astype(np.int64)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=int, default=2000)
    parser.add_argument("--shards", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    made, stored = blocks(options.labels, options.shards, options.seed)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.process_time()
    _, files = plan_files(made, stored, max_file_bytes=512 << 20)
    seconds = time.process_time() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    sizes = np.array(files["text_bytes"].to_pylist()) * STORED / (1 << 20)
    labels = files["label"].to_pylist()
    n_of = dict(zip(*np.unique(labels, return_counts=True), strict=True))
    cut = np.array([n_of[x] > 1 for x in labels])
    rows = [
        ["labels, shards", f"{options.labels:,}, {options.shards:,}"],
        ["text", f"{made['text_bytes'].to_numpy().sum() / 1e9:,.0f} GB"],
        ["blocks", f"{made.num_rows:,}"],
        ["files", f"{len(sizes):,}, of which {int(cut.sum()):,} of labels with several"],
        ["size of these", f"{sizes[cut].min():.0f} to {sizes[cut].max():.0f} MiB"],
        ["planning", f"{seconds:.1f} s of CPU, {peak / 1024:,.0f} MiB more than the blocks"],
    ]
    print(versions(), "\n")  # noqa: T201
    print(table(["", ""], rows))  # noqa: T201


if __name__ == "__main__":
    main()
