"""Time, memory and bytes of clustering by size: python -m tests.benchmarks.cluster

    python -m tests.benchmarks.cluster --sizes 1e5 1e6 1e7 [--datatrove 2e5] [--out FILE.md]

The sidecars are made (see :mod:`tests.benchmarks.cluster_data`); the stage then runs as it does in
a job, with worker processes. Each step has processes of its own, so that the peak memory seen is
that of its largest task. Linux alone: what a process took is read from /proc.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from curate import stage_table
from curate.dedup.components import ClusterParams, cluster
from curate.engine.local import LocalEngine
from curate.engine.protocol import Event
from curate.io.store import Store
from curate.pipeline.cluster import plan as cluster_plan
from curate.pipeline.cluster.counts import label_counts
from curate.pipeline.cluster.run import ClusterRun
from curate.work.configs import config_folder
from curate.work.plan import fingerprint, load_plan
from curate.work.runner import Runner, Step
from curate.work.seal import load_receipts
from tests.benchmarks import cluster_datatrove
from tests.benchmarks.cluster_data import Planted, label_shares, signatures_of, write_sidecars
from tests.benchmarks.tables import table, versions

STEPS = tuple(step for step in stage_table.steps() if step.split(".")[0] == "cluster")
SHARD_ROWS = 50_000
N_LABELS = 200
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class StepCost:
    """What one step took.

    Attributes:
        tasks: how many.
        cpu: seconds, user and system, all workers, their start included.
        wall: seconds.
        peak_mib: greatest resident size of one worker.
    """

    tasks: int
    cpu: float = 0.0
    wall: float = 0.0
    peak_mib: float = 0.0


@dataclass
class Meter:
    """Reads what workers took at the end of each step.

    Attributes:
        engine: has the workers.
        is_apart: end the workers after each step, so that the next one's memory is seen.
        steps: what each step took.
    """

    engine: LocalEngine
    is_apart: bool = True
    steps: dict[str, StepCost] = field(default_factory=dict)
    _started: float = 0.0
    _seen: dict[int, float] = field(default_factory=dict)

    def begin(self, stage: str, *, shards: int, done: int, bytes_in: int) -> None:
        """A step has work to do."""
        assert done == 0
        self.steps[stage] = StepCost(shards)
        self._started = time.monotonic()

    def event(self, stage: str, event: Event) -> None:
        """A task has ended."""
        assert event.kind == "done", event.outcome.failure

    def end(self, stage: str) -> None:
        """All its tasks have ended."""
        cost = self.steps[stage]
        cost.wall = time.monotonic() - self._started
        for worker in self.engine._pool:
            folder = Path(f"/proc/{worker.process.pid}")
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            cpu = (int(fields[11]) + int(fields[12])) / _TICK
            cost.cpu += cpu - self._seen.get(worker.process.pid, 0.0)
            self._seen[worker.process.pid] = cpu
            peak = next(x for x in (folder / "status").read_text().splitlines() if "VmHWM" in x)
            cost.peak_mib = max(cost.peak_mib, int(peak.split()[1]) / 1024)
        if self.is_apart:
            self.engine.close()

    def say(self, text: str) -> None:
        """A line the user should see."""
        sys.stdout.write(f"{text}\n")


@dataclass(frozen=True)
class Measured:
    """One size.

    Attributes:
        n: documents.
        n_labels: labels.
        steps: what each step took.
        bytes_out: step -> bytes written.
        n_clusters: clusters found.
        n_numbered: documents of labels that were cut.
        n_edges: edges that the union read.
        bytes_union: bytes of the files they were read from.
    """

    n: int
    n_labels: int
    steps: dict[str, StepCost]
    bytes_out: dict[str, int]
    n_clusters: int
    n_numbered: int
    n_edges: int
    bytes_union: int

    @property
    def cpu(self) -> float:
        """Seconds of all steps."""
        return sum(cost.cpu for cost in self.steps.values())

    @property
    def wall(self) -> float:
        """Seconds of all steps."""
        return sum(cost.wall for cost in self.steps.values())

    @property
    def peak_mib(self) -> float:
        """Of the largest task."""
        return max(cost.peak_mib for cost in self.steps.values())


@contextmanager
def made(crawl: Planted) -> Iterator[tuple[Store, list]]:  # type: ignore[type-arg]
    """A work folder with the sidecars of a crawl, deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix="cluster-", dir=os.environ.get("TMPDIR")) as name:
        store = Store(Path(name))
        yield store, write_sidecars(store, crawl, max(4, crawl.n // SHARD_ROWS))


def measure(n: int, n_labels: int, workers: int, *, is_apart: bool = True) -> Measured:
    """Make a crawl of ``n`` documents and cluster it."""
    crawl = Planted(n, label_shares(n_labels))
    with made(crawl) as (store, documents), LocalEngine(workers=workers) as engine:
        meter = Meter(engine, is_apart)
        marks: dict[str, str] = {}

        def step(name: str, /, *, reads: Sequence[str] = (), **fields: object) -> Step:
            fields |= {f"after {x}": marks[x] for x in reads}
            marks[name] = fingerprint(fields)
            return Step(name, fields)

        ClusterRun(
            runner=Runner(store, engine, meter),
            documents=documents,
            configs=str(config_folder("builtin")),
            n_bands=14,
            params=ClusterParams(),
            warn_removed_share=1.0,
        ).run(step("cluster.split"), step)
        return _read(n, n_labels, store, meter)


def _read(n: int, n_labels: int, store: Store, meter: Meter) -> Measured:
    receipts = {
        name: load_receipts(store, name) for name in STEPS if load_plan(store, name) is not None
    }
    unions = receipts.get("cluster.union", [])
    pairs = receipts.get("cluster.pairs", [])
    counts = label_counts(store).values()
    assert sum(c.n_documents for c in counts) == n
    return Measured(
        n=n,
        n_labels=n_labels,
        steps=meter.steps,
        bytes_out={k: sum(f.bytes for r in v for f in r.files) for k, v in receipts.items()},
        n_clusters=sum(c.n_clusters for c in counts),
        n_numbered=sum(r.rows_in for r in unions),
        n_edges=sum(r.counts["n_edges"] for r in unions),
        bytes_union=sum(f.bytes for r in pairs for f in r.files),
    )


def size_table(found: Sequence[Measured]) -> str:
    """One line a size."""
    head = ("documents", "labels", "clusters", "tasks", "wall s", "CPU s", "CPU µs a document",
            "largest task MiB", "written B a document")  # fmt: skip
    rows = [
        (
            f"{m.n:,}",
            f"{m.n_labels}",
            f"{m.n_clusters:,}",
            f"{sum(c.tasks for c in m.steps.values())}",
            f"{m.wall:.1f}",
            f"{m.cpu:.1f}",
            f"{m.cpu / m.n * 1e6:.1f}",
            f"{m.peak_mib:.0f}",
            f"{sum(m.bytes_out.values()) / m.n:.0f}",
        )
        for m in found
    ]
    return table(head, rows)


def step_table(found: Measured) -> str:
    """One line a step."""
    head = ("step", "tasks", "wall s", "CPU s", "largest task MiB", "written MB")
    rows = [
        (
            name,
            f"{cost.tasks}",
            f"{cost.wall:.1f}",
            f"{cost.cpu:.1f}",
            f"{cost.peak_mib:.0f}",
            f"{found.bytes_out[name] / 1e6:.1f}",
        )
        for name, cost in found.steps.items()
    ]
    return table(head, rows)


def beside_datatrove(n: int, repeats: int) -> str:
    """Both on the same signatures of one label, one process each; medians."""
    crawl = Planted(n)
    ours = [measure(n, 1, 1, is_apart=False) for _ in range(repeats)]
    rows = [
        _row(
            "curate, all steps of `cluster`, verified",
            n,
            [m.wall for m in ours],
            [m.cpu for m in ours],
            ours[0].n_clusters,
        )
    ]
    seconds, n_clusters = in_memory(crawl, repeats)
    rows.append(_row("its clustering alone, arrays in memory", n, seconds, seconds, n_clusters))
    for lines, name in (
        (cluster_datatrove.LINES_TO_BUFFER, "datatrove, buckets and cluster, 1,000 lines at once"),
        (5, "datatrove, buckets and cluster, as it comes: 5 lines at once"),
    ):
        with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
            found = [
                cluster_datatrove.measure(Path(folder) / str(i), crawl, lines)
                for i in range(repeats)
            ]
        walls, cpus = [t.wall for t in found], [t.cpu for t in found]
        rows.append(_row(name, n, walls, cpus, n - found[0].removed))
    head = ("", "documents", "wall s", "CPU s", "CPU µs a document", "documents left")
    return table(head, rows)


def _row(
    name: str, n: int, walls: Sequence[float], cpus: Sequence[float], left: int
) -> tuple[str, ...]:
    wall, cpu = statistics.median(walls), statistics.median(cpus)
    return (name, f"{n:,}", f"{wall:.2f}", f"{cpu:.2f}", f"{cpu / n * 1e6:.1f}", f"{left:,}")


def in_memory(crawl: Planted, repeats: int) -> tuple[list[float], int]:
    """CPU seconds of :func:`cluster` on keys and signatures in memory, and clusters found."""
    keys, signed = signatures_of(crawl)
    order = np.random.default_rng(1).permutation(crawl.n).astype(np.uint64)
    seconds = []
    for _ in range(repeats + 1):  # the first loads the kernels
        began = time.process_time()
        found = cluster(keys, signed, order)
        seconds.append(time.process_time() - began)
    return seconds[1:], len(np.unique(found.cluster))


def main() -> None:
    """Measure the sizes asked for, and print tables as they are on the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="*", type=float, default=[1e5, 1e6])
    parser.add_argument("--labels", type=int, default=N_LABELS)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--datatrove", type=float, help="documents to compare with datatrove on")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    text = [f"{versions()}; {given.workers} worker(s)"]
    text.append(f"partitions of {cluster_plan.GROUP_ROWS:,} documents, "
                f"{cluster_plan.BAND_RECORDS:,} records")  # fmt: skip
    found = []
    for size in given.sizes:
        found.append(measure(int(size), given.labels, given.workers))
        text += [f"\n{int(size):,} documents", step_table(found[-1])]
        if found[-1].n_numbered:
            text.append(_cut(found[-1]))
        sys.stderr.write("\n".join(text[-3:]))
    if found:
        text += ["", size_table(found)]
    if given.datatrove:
        text += ["", beside_datatrove(int(given.datatrove), given.repeats)]
    sys.stdout.write("\n".join(text) + "\n")
    if given.out is not None:
        given.out.write_text("\n".join(text) + "\n", encoding="utf-8")


def _cut(m: Measured) -> str:
    return (
        f"{m.n_numbered:,} documents of labels that were cut: {4 * m.n_numbered / 1e6:.1f} MB of "
        f"parents; {m.n_edges:,} edges of 8 bytes for the union, "
        f"{m.bytes_union / max(m.n_edges, 1):.1f} bytes an edge on disk"
    )


if __name__ == "__main__":
    main()
