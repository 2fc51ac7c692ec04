"""One stage of a rehearsal, as ``curate run JOB --until STAGE`` runs it, in a driver of its own.

    python -m tests.benchmarks.rehearsal_stage SETTINGS.json

Settings: ``make`` (documents and labels of a crawl that is made, and nothing else done), or
``until`` (a stage), ``workers``, ``rerun`` (a stage) and ``publishes``. Every step has worker
processes of its own.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from curate.config.job import load_job
from curate.engine.local import LocalEngine
from curate.engine.protocol import Event
from curate.io.store import Store
from curate.pipeline.emit.publish import corpus_files, publish
from curate.pipeline.run import run_job
from curate.work.seal import sealed
from tests.benchmarks.cluster import Meter
from tests.benchmarks.corpus import build
from tests.benchmarks.rehearsal_data import Likeness, make_work, short_texts
from tests.benchmarks.selection import measured


class Told(Meter):
    """A meter that also says which tasks failed, and counts what the user is told."""

    def event(self, stage: str, event: Event) -> None:
        """A task has ended."""
        if event.kind != "done":
            sys.stderr.write(f"{stage}: {event.kind} {event.outcome.failure}\n")

    def say(self, text: str) -> None:
        """A line the user should see."""
        sys.stderr.write(f"{text[:200]}\n")


def run_stage(settings: dict[str, Any]) -> dict[str, Any]:
    """Run to a stage; what its steps and the driver took."""
    job = load_job(Path(settings["job"]))
    began = time.process_time()
    with LocalEngine(workers=settings["workers"]) as engine:
        meter = Told(engine)
        rerun = settings.get("rerun")
        run_job(job, engine=engine, progress=meter, until=settings["until"], rerun=rerun)
    store = Store(job.work)
    decided = time.process_time()
    if settings.get("publishes"):
        rows = sum(file["rows"] for file in corpus_files(store) if file["subset"] != "removed")
        publish(store, totals={"published": rows}, card="")
    steps = {}
    for name, cost in meter.steps.items():
        totals = sealed(store, name)
        assert totals is not None
        steps[name] = {**asdict(cost), "bytes": totals.bytes, "rows": totals.rows_in}
    return {
        "steps": steps,
        "driver_cpu": decided - began,
        "publish_cpu": time.process_time() - decided,
        "driver_mib": peak_mib(),
    }


def peak_mib() -> float:
    """The greatest resident size of this process so far."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return int(next(x for x in lines if "VmHWM" in x).split()[1]) / 1024


def main(path: str) -> None:
    """Do what the settings say, and write what it took."""
    settings: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    told: dict[str, Any] = {}
    if settings.get("make"):
        documents = build([], per_label=60)
        like = Likeness(measured(documents), short_texts(documents), is_numbered=True)
        make_work(Path(settings["job"]), *settings["make"], like)
    else:
        told = run_stage(settings)
    Path(settings["result"]).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
