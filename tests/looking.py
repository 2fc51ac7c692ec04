"""Run a job and look at what is in its work folder."""

from __future__ import annotations

import atexit
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from curate.ask.decide_again import Decision, decide_again, publish_decided
from curate.ask.rerun import load_recorded
from curate.config.job import JobConfig
from curate.engine.local import LocalEngine
from curate.io import layout
from curate.io.receipt import Receipt
from curate.io.store import Store
from curate.pipeline.run import RunResult, run_job
from curate.work import tables
from curate.work.seal import sealed

ADDED = ("identify", "annotate", "sign", "pii", "cluster", "select", "rebalance")
"""Steps whose tables have a row for every document."""


class KeptEngine(LocalEngine):
    """Two workers that outlive a run, so that not every test waits for new ones."""

    def __exit__(self, *exc: object) -> None:
        if exc[0] is not None:
            self.close()


_kept: list[tuple[dict[str, str], KeptEngine]] = []


def kept_engine() -> KeptEngine:
    """The workers of the last run, or new ones where these would have another environment."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"}
    if not _kept or _kept[-1][0] != environment:
        close_kept_engines()
        _kept.append((environment, KeptEngine(workers=2)))
    return _kept[-1][1]


@atexit.register
def close_kept_engines() -> None:
    while _kept:
        _kept.pop()[1].close()


def run(job: JobConfig, **options: Any) -> RunResult:  # noqa: ANN401 - those of run_job
    return run_job(job, engine=kept_engine(), **options)


def decide(work: Path | str, configs: Path | str) -> Decision:
    """Apply other language configs to a work folder."""
    return decide_again(load_recorded(str(work)), str(configs), engine=kept_engine())


def publish(work: Path | str) -> RunResult:
    """Publish what was decided in a work folder."""
    return publish_decided(load_recorded(str(work)), engine=kept_engine())


def receipts(work: Path, step: str) -> list[Receipt]:
    paths = sorted((work / layout.commits_key(step)).glob("*.json"))
    return [Receipt.from_json(p.read_bytes(), where=str(p)) for p in paths]


def published(work: Path, *, subset: str | None = None) -> dict[str, pa.Table]:
    """Path -> table of every published file, or of one subset."""
    manifest = json.loads((work / layout.MANIFEST).read_bytes())
    return {
        entry["path"]: pq.read_table(work / "corpus" / entry["path"], partitioning=None)
        for entry in manifest["files"]
        if subset is None or entry["subset"] == subset
    }


def document_tables(work: Path) -> Iterator[dict[str, Any]]:
    """Every document with all its columns."""
    store = Store(work)
    for receipt in receipts(work, "extract"):
        steps = (step for step in ("extract", *ADDED) if sealed(store, step) is not None)
        wanted = dict.fromkeys(steps)
        yield from tables.read_columns(store, receipt.shard, wanted).to_pylist()


def totals(work: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((work / layout.MANIFEST).read_bytes())["totals"]
    return found
