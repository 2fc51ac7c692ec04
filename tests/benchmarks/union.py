"""Rounds, time and memory of uniting one label by ranges: python -m tests.benchmarks.union

    python -m tests.benchmarks.union [--documents 1e7] [--ranges 4] [--files 8]

Edges are made as `cluster.pairs` writes them, of a path in random order, which takes most rounds,
and of a crawl: clusters of Zipf's sizes, a tenth of the documents in one large component. The steps
then run as they do in a job, and beside them one task with a union-find. Linux alone.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import numpy as np

from curate.dedup.forest import U32
from curate.engine.local import LocalEngine
from curate.io import parquet
from curate.io.store import Store
from curate.pipeline.cluster import plan as cluster_plan
from curate.pipeline.cluster.group import UniteSettings, unite, write_edges
from curate.pipeline.cluster.shards import LabelPart
from curate.pipeline.cluster.unite import unite_ranges
from curate.text.hashing import U64
from curate.work.plan import ShardPlan
from curate.work.runner import Runner, Step
from curate.work.seal import load_receipts
from curate.work.task import Nothing, S, ShardFunction, ShardTask, shard_task
from tests.benchmarks.cluster import Meter
from tests.benchmarks.tables import table, versions

LABEL = "eng_Latn"


def path(n: int) -> tuple[U64, U64]:
    """All documents, one behind the other."""
    names = np.random.default_rng(1).permutation(n).astype(np.uint64)
    return names[:-1], names[1:]


def crawl(n: int) -> tuple[U64, U64]:
    """n edges: of a tenth of the documents at random among them, of the others within clusters."""
    random = np.random.default_rng(2)
    names = random.permutation(n).astype(np.uint64)
    large = random.integers(0, n // 10, (2, n // 4))
    sizes = np.minimum(random.zipf(1.8, n), 10_000)
    ends = n // 10 + np.cumsum(sizes)
    ends = ends[ends < n]
    starts = np.concatenate([[n // 10], ends[:-1]])
    at = random.integers(0, len(starts), n - n // 4)
    within = starts[at] + random.integers(0, np.maximum(1, sizes[at]), (2, len(at)))
    left, right = np.concatenate([large, within], axis=1)
    different = left != right
    return names[left[different]], names[right[different]]


GRAPHS = {"a crawl": crawl, "a path": path}


@dataclass(frozen=True, slots=True)
class MadeEdges(LabelPart):
    """Some of the edges of a graph.

    Attributes:
        graph: its name in :data:`GRAPHS`.
        part: which of its parts this is, from 0.
        parts: how many there are.
    """

    graph: str
    part: int
    parts: int


@shard_task(Nothing)
def write_pairs(task: ShardTask[Nothing]) -> int:
    """A file of edges, as a partition of keys writes it."""
    edges = task.planned(MadeEdges)
    left, right = GRAPHS[edges.graph](edges.documents)
    mine = slice(edges.part, None, edges.parts)
    with task.attempt() as attempt:
        counts = write_edges(attempt, left[mine], right[mine], edges)
        n = len(left[mine])
        attempt.commit(rows_in=n, rows_out=n, counts=counts)
    return n


def measure(graph: str, n: int, n_ranges: int, n_files: int) -> tuple[list[str], U32]:
    """A row of the table, and the partition of each document."""
    sizes = {
        "NARROW_DOCUMENTS": n if n_ranges == 1 else 0,
        "RANGE_DOCUMENTS": -(-n // n_ranges),
    }
    with tempfile.TemporaryDirectory() as folder, LocalEngine(workers=1) as engine:
        store, meter = Store(Path(folder)), Meter(engine)
        runner = Runner(store, engine, meter)
        plan = cluster_plan.LabelPlan({}, {LABEL: (0, n_files)}, 0)
        with mock.patch.multiple(cluster_plan, **sizes):
            unions = cluster_plan.union_shards(plan, {LABEL: n})
            parts = cluster_plan.band_shards(plan, {LABEL: n})
        pairs = [
            ShardPlan(s.id, 0, {**s.payload, "graph": graph, "part": i, "parts": n_files})
            for i, s in enumerate(parts)
        ]
        runner.run([Step("cluster.pairs", {})], write_pairs, lambda: pairs, settings=Nothing())

        def run(
            name: str,
            source: str,
            function: ShardFunction[S],
            shards: Sequence[ShardPlan],
            settings: S,
        ) -> None:
            runner.run([Step(name, {"after": source})], function, lambda: shards, settings=settings)

        rows = cluster_plan.GROUP_ROWS
        ranged = unite_ranges(store, "cluster.union", "cluster.pairs", unions, run, group_rows=rows)
        run("cluster.union", "cluster.pairs", unite, unions, UniteSettings(rows, ranged))
        del meter.steps["cluster.pairs"]
        cpu = sum(cost.cpu for cost in meter.steps.values())
        peak = max(cost.peak_mib for cost in meter.steps.values())
        rounds = sum("round" in step for step in meter.steps)
        written = sum(
            f.bytes for step in meter.steps for r in load_receipts(store, step) for f in r.files
        )
        found = []
        for receipt in load_receipts(store, "cluster.union"):
            (entry,) = receipt.files_of("data")
            found.append(parquet.read_table(store.path(entry.key))["partition"].to_numpy())
    title = "one task" if n_ranges == 1 else f"{n_ranges} ranges"
    row = [graph, title, str(rounds), f"{cpu:.1f}", f"{peak:.0f}", f"{written / 1e6:,.0f}"]
    return row, np.concatenate(found)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=float, default=1e7)
    parser.add_argument("--ranges", type=int, default=4)
    parser.add_argument("--files", type=int, default=8)
    options = parser.parse_args()
    n = int(options.documents)
    rows = []
    for graph in GRAPHS:
        alone, wanted = measure(graph, n, 1, options.files)
        row, found = measure(graph, n, options.ranges, options.files)
        assert (found == wanted).all()
        rows += [alone, row]
        sys.stderr.write(f"{alone}\n{row}\n")
    print(versions(), "\n")  # noqa: T201
    head = ["graph", "how", "rounds", "CPU s", "largest task MiB", "written MB"]
    print(table(head, rows))  # noqa: T201


if __name__ == "__main__":
    from tests.benchmarks import union  # workers find a task by the module that it is from

    union.main()
