"""Bytes and seconds of a take-down beside those of a full emit.

    python -m tests.benchmarks.take_down [--documents 20000] [--input PATTERN] [--work DIR]

Documents are words of the sample in another order, by label, on hosts of a hundred pages each; or
those of ``--input``. The folder is made once and copied. Documents are taken down in two ways: at
random, which touches as many files as there can be, and host by host, as letters ask for it. Bytes
are those of the corpus files and of the sidecars that are written again.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from curate.ask.rerun import load_recorded
from curate.ask.withdraw import withdraw
from curate.config.job import JobConfig
from curate.io.store import Store
from curate.pipeline.emit.current import finished_rewrites
from curate.pipeline.run import run_job
from curate.rights.take_down import Entry
from curate.stage_table import stage_of
from curate.work.seal import load_receipts, sealed
from curate.work.tables import read_columns
from tests.benchmarks.corpus import build

PAGES_OF_A_HOST = 100
TEXT_CHARS = 4000
N_INPUTS = 8
THRESHOLDS = "label: _default\nthresholds: []\nprovenance: {method: none, reference: none}\n"


def rows(n: int) -> Iterator[dict[str, str]]:
    """Documents of many labels, no two alike."""
    pool = build([], per_label=60)
    for number in range(n):
        document = pool[number % len(pool)]
        random = Random(f"take-down {number}")
        words = [
            w
            for _ in range(4)
            for w in random.sample(document.text.split(), k=len(document.text.split()))
        ]
        lines = [" ".join(words[i : i + 12]) for i in range(0, len(words), 12)]
        host = f"{document.label[:3]}{number // len(pool) // PAGES_OF_A_HOST}.example"
        yield {"id": f"d{number}", "url": f"https://{host}/{number}", "text": "\n".join(lines)}


def made(folder: Path, n: int, pattern: str | None) -> JobConfig:
    """A finished work folder."""
    (folder / "configs").mkdir(parents=True)
    (folder / "configs" / "_default.yaml").write_text(THRESHOLDS, encoding="utf-8")
    if pattern is None:
        documents = [json.dumps(row) for row in rows(n)]
        for part in range(N_INPUTS):
            text = "\n".join(documents[part::N_INPUTS])
            (folder / f"documents-{part}.jsonl").write_text(text, encoding="utf-8")
    job = JobConfig.model_validate(
        {
            "input": [pattern or f"{folder}/documents-*.jsonl"],
            "work": f"{folder}/work",
            "language_configs": f"{folder}/configs",
            "emit": {"max_file_mb": 1},
            "engine": {"workers": 2},
        }
    )
    run_job(job)
    return job


def written(store: Store, stage: str) -> int:
    """Bytes of the data of a stage and its inner steps, as its seals say."""
    totals = [sealed(store, step) for step in stage_of(stage).steps()]
    return sum(t.bytes for t in totals if t is not None)


def measured(job: JobConfig, folder: Path, share: float, how: str) -> dict[str, Any]:
    """One take-down of a copy."""
    work = Path(shutil.copytree(job.work, folder / f"{how}-{share}"))
    store, copied = Store(work), load_recorded(str(work))
    columns = {"extract": ("id", "url"), "rebalance": ("removal_reason",)}
    published = [
        (row["id"], row["url"])
        for receipt in load_receipts(store, "extract")
        for row in read_columns(store, receipt.shard, columns).to_pylist()
        if row["removal_reason"] is None
    ]
    n = max(1, round(len(published) * share))
    if how == "host by host":
        published.sort(key=lambda x: x[1].split("/")[2])
    else:
        Random(1).shuffle(published)
    started = time.monotonic()
    withdraw(copied, [Entry("id", id_, "page") for id_, _ in published[:n]])
    seconds = time.monotonic() - started
    receipts = [r for step in finished_rewrites(store, "emit") for r in load_receipts(store, step)]
    result = {
        "documents": n,
        "files": sum(len(r.counts["replaced"]) for r in receipts),
        "corpus": sum(file.bytes for r in receipts for file in r.files),
        "sidecars": written(store, "rebalance"),
        "seconds": seconds,
    }
    shutil.rmtree(work)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--input")
    parser.add_argument("--work")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.work) as name:
        folder = Path(name)
        job = made(folder, options.documents, options.input)
        store = Store(job.work)
        files = sum(len(r.files) for r in load_receipts(store, "emit"))
        whole = sum(f.bytes for r in load_receipts(store, "emit") for f in r.files)
        lines = []
        started = time.monotonic()
        run_job(job, rerun="emit")
        seconds = time.monotonic() - started
        totals = json.loads((Path(job.work) / "corpus/manifest.json").read_bytes())["totals"]
        lines.append(["full emit", totals["published"], files, whole / 1e6, 0.0, seconds])
        for how in ("at random", "host by host"):
            for share in (0.001, 0.01, 0.1):
                one = measured(job, folder, share, how)
                lines.append(
                    [
                        f"{share:.1%} {how}",
                        one["documents"],
                        one["files"],
                        one["corpus"] / 1e6,
                        one["sidecars"] / 1e6,
                        one["seconds"],
                    ]
                )
    for name, documents, files, corpus, sidecars, seconds in lines:
        sys.stdout.write(
            f"| {name} | {documents:,} | {files:,} | {corpus:,.1f} | {sidecars:,.2f} "
            f"| {seconds:,.1f} |\n"
        )


if __name__ == "__main__":
    main()
