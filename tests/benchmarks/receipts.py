"""What it costs a group task to learn its row ranges: from every receipt, or from an index.

``python -m tests.benchmarks.receipts [--shards 2000] [--destinations 100] [--rounds 3]``: a split
of so many shards with so many ranges each; medians, and requests of 90,000 shards and 700 tasks.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from curate import stage_table
from curate.io import layout
from curate.io.receipt import FileEntry, Receipt
from curate.io.store import Store
from curate.work.plan import ShardPlan, ensure_plan
from curate.work.ranges import index_of, iter_ranges
from curate.work.seal import iter_receipts, load_receipt, seal

STEP = "cluster.split"


def made(store: Store, n_shards: int, n_destinations: int) -> None:
    """Plan, receipts and seal of a step without data."""
    shards = [ShardPlan(f"shard-{i:010x}") for i in range(n_shards)]
    plan = ensure_plan(store, STEP, {}, lambda: shards)
    folder = store.make_folder(layout.commits_key(STEP))
    ranges = {str(d): [d * 1000, d * 1000 + 1000] for d in range(n_destinations)}
    for number, shard in enumerate(shards):
        entry = FileEntry(layout.data_key(STEP, shard.id, f"{number:012x}"), 9, 9, "0" * 64)
        receipt = Receipt(
            step=STEP,
            shard=shard.id,
            attempt=f"{number:012x}",
            fingerprint=plan.fingerprint,
            rows_in=9,
            rows_out=9,
            files=(entry,),
            counts={"ranges": ranges},
        )
        (folder / f"{shard.id}.json").write_bytes(receipt.to_json())
    seal(store, plan, index_of)


def median_seconds(work: Callable[[], object], rounds: int) -> float:
    """Median of so many runs."""
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def main(arguments: list[str]) -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shards", type=int, default=2_000)
    parser.add_argument("--destinations", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder)
        made(store, options.shards, options.destinations)
        names = [f"shard-{i:010x}" for i in range(options.shards)]
        apart = median_seconds(
            lambda: [load_receipt(store, STEP, name) for name in names], options.rounds
        )
        together = median_seconds(lambda: list(iter_receipts(store, STEP)), options.rounds)
        indexed = median_seconds(lambda: list(iter_ranges(store, STEP, "7")), options.rounds)
        step = Path(folder) / stage_table.steps()[STEP]
        sizes = [
            p.stat().st_size for kind in ("receipts", "ranges") for p in step.glob(f"_{kind}-*")
        ]
    lines = [
        f"{options.shards:,} receipts with {options.destinations} ranges each, "
        f"Python {platform.python_version()}, median of {options.rounds}",
        "",
        "| read | seconds | requests | requests of 700 group tasks over 90,000 shards |",
        "|---|---:|---:|---:|",
        f"| one by one | {apart:.2f} | {options.shards:,} | {700 * 90_000:,} |",
        f"| one file of {sizes[0] / 1e6:.1f} MB | {together:.2f} | 2 | {2 * 700:,} |",
        f"| an index of {sizes[1] / 1e6:.1f} MB | {indexed:.3f} | 4 | {4 * 700:,} |",
        "",
    ]
    sys.stdout.write("\n".join(lines))


if __name__ == "__main__":
    main(sys.argv[1:])
