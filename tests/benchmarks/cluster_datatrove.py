"""datatrove's second and third step of MinHash deduplication on made signatures."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.cluster_data import N_BANDS, Planted, write_sorted_bands

LINES_TO_BUFFER = 1_000
"""Records read at once; datatrove's default of 5 is slower."""


class Theirs(NamedTuple):
    """What datatrove took, in one process: seconds, and documents it removes."""

    cpu: float
    wall: float
    removed: int


def measure(folder: Path, crawl: Planted) -> Theirs:
    """Write the sorted signatures, which is not measured, and find the clusters."""
    write_sorted_bands(folder / "signatures", crawl)
    command = [sys.executable, "-m", "tests.benchmarks.cluster_datatrove", str(folder)]
    before, started = os.times(), time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    wall, after = time.monotonic() - started, os.times()
    cpu = (after.children_user - before.children_user) + (
        after.children_system - before.children_system
    )
    sizes = [p.stat().st_size for p in (folder / "removed").glob("*.remove")]
    return Theirs(cpu, wall, sum(sizes) // 4)


def main() -> None:
    """The two steps, all ranks one after the other."""
    from datatrove.pipeline.dedup import (
        MinhashConfig,
        MinhashDedupBuckets,
        MinhashDedupCluster,
    )

    folder = Path(sys.argv[1])
    config = MinhashConfig(n_grams=5, num_buckets=N_BANDS, hashes_per_bucket=8)
    for rank in range(N_BANDS):
        MinhashDedupBuckets(
            str(folder / "signatures"),
            str(folder / "pairs"),
            config=config,
            lines_to_buffer=LINES_TO_BUFFER,
        ).run(None, rank, N_BANDS)
    MinhashDedupCluster(
        str(folder / "pairs"),
        str(folder / "removed"),
        config=config,
        save_cluster_size=True,
        lines_to_buffer=LINES_TO_BUFFER,
    ).run(None, 0, 1)


if __name__ == "__main__":
    main()
