"""A crawl's deciding half at size, on a made crawl: python -m tests.benchmarks.rehearsal

    python -m tests.benchmarks.rehearsal [--documents 1e7] [--labels 2000] [--shards 200]
        [--work DIR] [--keep] [--out FILE.json]

Makes a work folder in which all text has been measured (:mod:`tests.benchmarks.rehearsal_data`),
then runs the product from ``cluster`` to the report on it, each stage with a driver of its own and
each step with a worker of its own, so that peaks are those of one step. Prints a line a step.
Texts are short: of ``emit`` and the report the tasks, row ranges, files and the driver are as in a
crawl with so many documents, bytes and throughput are not (:mod:`tests.benchmarks.emit`).
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.processes import run
from tests.benchmarks.rehearsal_data import FRAGMENT_CHARS, PAGE_TEXT_BYTES, write_job
from tests.benchmarks.tables import table, versions

STAGES = ("cluster", "select", "rebalance", "emit", "report")
PROGRAM = (sys.executable, "-m", "tests.benchmarks.rehearsal_stage")

FILE_MB = 512

Told = dict[str, Any]


def rehearse(folder: Path, n_documents: int, n_labels: int, n_shards: int, workers: int) -> Told:
    """Make the crawl and run every stage; what each took."""
    # files as much smaller as texts are, so that there are as many as with texts of a usual length
    smaller = max(1, FILE_MB * FRAGMENT_CHARS // PAGE_TEXT_BYTES)
    job = str(write_job(folder, n_shards, {"max_file_mb": smaller}))
    made = run(PROGRAM, {"job": job, "make": [n_documents, n_labels]})
    sys.stderr.write(f"made in {made.cpu:.0f} s of CPU, {made.largest_mib:.0f} MiB\n")
    found: Told = {"documents": n_documents, "labels": n_labels, "shards": n_shards}
    found["versions"], found["stages"] = versions(), {}
    for stage in STAGES:
        used = run(PROGRAM, {"job": job, "until": stage, "workers": workers})
        told = {"cpu": used.cpu, "wall": used.wall, **used.told}
        found["stages"][stage] = told
        sys.stderr.write(f"{stage}: {used.cpu:.1f} s of CPU {json.dumps(told)}\n")
    found["bytes"] = {path.name: size_of(path) for path in sorted((folder / "work").iterdir())}
    found["files"] = sum(1 for _ in (folder / "work/corpus/data").rglob("*.parquet"))
    return found


def size_of(path: Path) -> int:
    """Bytes of all files below a path."""
    return sum(p.stat().st_size for p in path.rglob("*") if p.is_file())


def step_table(found: Told) -> str:
    """One line a step."""
    head = ("step", "tasks", "CPU s", "µs a document", "wall s", "largest task MiB", "written MB")
    rows = [
        (
            f"`{name}`",
            f"{cost['tasks']:,}",
            f"{cost['cpu']:.1f}",
            f"{cost['cpu'] / found['documents'] * 1e6:.2f}",
            f"{cost['wall']:.1f}",
            f"{cost['peak_mib']:.0f}",
            f"{cost['bytes'] / 1e6:,.1f}",
        )
        for told in found["stages"].values()
        for name, cost in told["steps"].items()
    ]
    return table(head, rows)


def driver_table(found: Told) -> str:
    """One line a stage: what its driver took besides its tasks."""
    head = ("stage", "CPU s in all", "wall s", "driver CPU s", "driver MiB")
    rows = [
        (
            stage,
            f"{told['cpu']:.1f}",
            f"{told['wall']:.1f}",
            f"{told['driver_cpu']:.1f}",
            f"{told['driver_mib']:.0f}",
        )
        for stage, told in found["stages"].items()
    ]
    return table(head, rows)


def byte_table(found: Told) -> str:
    """One line a folder."""
    rows = [
        (f"`{name}`", f"{n / 1e6:,.1f}", f"{n / found['documents']:.1f}")
        for name, n in found["bytes"].items()
    ]
    return table(("folder", "MB", "bytes a document"), rows)


def report(found: Told) -> str:
    """All tables."""
    n, labels, shards = (found[name] for name in ("documents", "labels", "shards"))
    return (
        f"{found['versions']}\n\n{n:,} documents, {labels:,} labels, {shards:,} shards; "
        f"{found['files']:,} published files\n\n"
        + "\n".join([step_table(found), driver_table(found), byte_table(found)])
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """The command; see the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.rehearsal")
    parser.add_argument("--documents", type=float, default=1e7)
    parser.add_argument("--labels", type=int, default=2000)
    parser.add_argument("--shards", type=int, default=200)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--work", type=Path, help="a folder to be made, else a temporary one")
    parser.add_argument("--keep", action="store_true", help="leave the folder as it is")
    parser.add_argument("--out", type=Path, help="what was measured, as JSON")
    given = parser.parse_args(arguments)
    folder = given.work or Path(tempfile.mkdtemp(prefix="rehearsal-"))
    try:
        sizes = (int(given.documents), given.labels, given.shards)
        found = rehearse(folder, *sizes, given.workers)
    finally:
        if not given.keep:
            shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.write(report(found))
    if given.out is not None:
        given.out.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
