"""datatrove's second and third step of MinHash deduplication on made signatures."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from curate.text.hashing import I64, U64
from tests.benchmarks.cluster_data import N_BANDS, Planted, write_band, write_sorted_bands

LINES_TO_BUFFER = 1_000
"""Records read at once; datatrove's default is 5."""


class Theirs(NamedTuple):
    """What datatrove took, in one process: seconds, and documents it removes."""

    cpu: float
    wall: float
    removed: int


def measure(folder: Path, crawl: Planted, lines: int) -> Theirs:
    """Write the sorted signatures, which is not measured, and find the clusters."""
    write_sorted_bands(folder / "signatures", crawl)
    command = [sys.executable, "-m", "tests.benchmarks.cluster_datatrove", str(folder), str(lines)]
    before, started = os.times(), time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    wall, after = time.monotonic() - started, os.times()
    cpu = (after.children_user - before.children_user) + (
        after.children_system - before.children_system
    )
    sizes = [p.stat().st_size for p in (folder / "removed").glob("*.remove")]
    return Theirs(cpu, wall, sum(sizes) // 4)


def cluster_sorted(folder: Path, lines: int) -> None:
    """The two steps on the sorted files in ``folder/signatures``, all ranks one after the other."""
    from datatrove.pipeline.dedup import (
        MinhashConfig,
        MinhashDedupBuckets,
        MinhashDedupCluster,
    )

    config = MinhashConfig(n_grams=5, num_buckets=N_BANDS, hashes_per_bucket=8)
    for rank in range(N_BANDS):
        MinhashDedupBuckets(
            str(folder / "signatures"),
            str(folder / "pairs"),
            config=config,
            lines_to_buffer=lines,
        ).run(None, rank, N_BANDS)
    MinhashDedupCluster(
        str(folder / "pairs"),
        str(folder / "removed"),
        config=config,
        save_cluster_id=True,
        save_cluster_size=True,
        lines_to_buffer=lines,
    ).run(None, 0, 1)


def clusters_of(folder: Path, values: U64) -> I64:
    """Its clusters of documents with these signatures: int64[n], equal within a cluster.

    Args:
        folder: for its files.
        values: uint64[n, n_bands, rows_per_band], the minimum hashes.
    """
    for band in range(values.shape[1]):
        write_band(folder / "signatures", band, values[:, band])
    cluster_sorted(folder, LINES_TO_BUFFER)
    owner = np.arange(len(values))
    for path in (folder / "removed").glob("*.clusters"):
        found = np.fromfile(path, "<u4").reshape(-1, 2).astype(np.int64)
        first: dict[int, int] = {}
        for document, number in found.tolist():
            owner[document] = first.setdefault(number, document)
    return owner


def main() -> None:
    """Cluster the folder named first, reading so many records at once."""
    cluster_sorted(Path(sys.argv[1]), int(sys.argv[2]))


if __name__ == "__main__":
    main()
