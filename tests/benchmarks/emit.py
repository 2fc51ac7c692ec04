"""Throughput and memory of ``emit`` on texts of a page's length, beside datatrove's writers.

    python -m tests.benchmarks.emit [SOURCE ...] [--gigabytes 1] [--labels 200] [--rounds 1]
        [--datatrove-python DIR/bin/python] [--work DIR] [--out FILE.json]

Texts come from the documents of :mod:`tests.benchmarks.corpus` (SOURCE as there, by default the
sample): pages of their length of lines of one label, drawn at random and their words put in
another order, so that they compress as text does and not as copies. One in ten has contact data
at its end. The rest of the folder is made (:mod:`tests.benchmarks.rehearsal_data`), ``cluster`` to
``rebalance`` run on it, and then ``emit`` (split, plan, write) and the publishing by the product,
everything published (``emit.removed: all``), for each format, with personal data masked and kept.
datatrove's ParquetWriter and JsonlWriter write the same documents, given as objects, by label and
with zstd; its PIIFormatter masks e-mail and IPv4 addresses. One process each; CPU time.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import pyarrow as pa

from curate.io.store import Store
from curate.work.seal import load_receipts
from tests.benchmarks.corpus import MEDIAN_BYTES, SPREAD, Document, build
from tests.benchmarks.pii import CONTACT
from tests.benchmarks.processes import run
from tests.benchmarks.rehearsal import PROGRAM, size_of
from tests.benchmarks.rehearsal_data import Likeness, make_work, write_job
from tests.benchmarks.selection import measured
from tests.benchmarks.tables import table, versions

FORMATS = ("parquet", "jsonl.zst")
POOL_BYTES = 64_000_000
SHARD_BYTES = 100_000_000
"""Text of a shard, about that of 30,000 pages."""

WITH_CONTACT = 10
"""One text in so many has contact data."""

STEPS = ("emit.split", "emit.plan", "emit")

Told = dict[str, Any]


def pool(documents: Sequence[Document], n_bytes: int, seed: int = 1) -> Iterator[str]:
    """Texts of so many bytes in all, as long as pages are."""
    lines: dict[str, list[str]] = {}
    for document in documents:
        lines.setdefault(document.label, []).extend(filter(None, document.text.split("\n")))
    random, labels, made, number = Random(seed), sorted(lines), 0, 0
    while made < n_bytes:
        text = _text(random, lines[random.choice(labels)])
        text += CONTACT if number % WITH_CONTACT == 0 else ""
        yield text
        made += len(text.encode())
        number += 1


def _text(random: Random, lines: Sequence[str]) -> str:
    wanted, parts = random.lognormvariate(0.0, SPREAD) * MEDIAN_BYTES, []
    while wanted > 0:
        words = random.choice(lines).split(" ")
        random.shuffle(words)
        parts.append(" ".join(words))
        wanted -= len(parts[-1].encode())
    return "\n".join(parts)


def prepare(folder: Path, documents: Sequence[Document], n_bytes: int, n_labels: int) -> Told:
    """A work folder with so much text, decided up to ``rebalance``."""
    texts = pa.array(pool(documents, min(POOL_BYTES, n_bytes)), pa.string())
    n = int(n_bytes / (texts.nbytes / len(texts)))
    n_shards = max(1, round(n_bytes / SHARD_BYTES))
    job = write_job(folder, n_shards, {"removed": "all"})
    make_work(job, n, n_labels, Likeness(measured(documents), texts, is_numbered=False))
    run(PROGRAM, {"job": str(job), "until": "rebalance", "workers": 1})
    return {"documents": n, "shards": n_shards, "labels": n_labels}


def ours(folder: Path, n_shards: int, form: str, pii: str) -> Told:
    """Emit and publish; what it took."""
    settings = {"removed": "all", "format": form, "pii": pii}
    job = str(write_job(folder, n_shards, settings))
    asked = {"job": job, "until": "emit", "rerun": "emit", "workers": 1, "publishes": True}
    used = run(PROGRAM, asked)
    steps = used.told["steps"]
    return {
        "cpu": {name: steps[name]["cpu"] for name in STEPS},
        "driver_cpu": used.told["driver_cpu"],
        "publish_cpu": used.told["publish_cpu"],
        "peak_mib": max(steps[name]["peak_mib"] for name in STEPS),
        "driver_mib": used.told["driver_mib"],
        "bytes": size_of(folder / "work/corpus/data"),
    }


def theirs(python: str, folder: Path, form: str, pii: str) -> Told:
    """The same by datatrove."""
    store = Store(folder / "work")
    pairs = zip(load_receipts(store, "extract"), load_receipts(store, "identify"), strict=True)
    shards = [[str(store.path(r.files_of("data")[0].key)) for r in pair] for pair in pairs]
    out = folder / "datatrove"
    shutil.rmtree(out, ignore_errors=True)
    settings = {"shards": shards, "out": str(out), "format": form, "pii": pii}
    used = run((python, "-m", "tests.benchmarks.emit_datatrove"), settings)
    return {**used.told, "bytes": size_of(out)}


def measure(given: argparse.Namespace, folder: Path) -> Told:
    """All rounds of both sides."""
    documents = build(given.source, per_label=60)
    n_bytes = int(given.gigabytes * 1e9)
    found: Told = {"bytes": n_bytes, "versions": versions(), "runs": []}
    found |= prepare(folder, documents, n_bytes, given.labels)
    for _ in range(given.rounds):
        for form in given.formats:
            for pii in ("mask", "keep"):
                one: Told = {"format": form, "pii": pii}
                one["ours"] = ours(folder, found["shards"], form, pii)
                if given.datatrove_python:
                    one["theirs"] = theirs(given.datatrove_python, folder, form, pii)
                sys.stderr.write(f"{json.dumps(one)}\n")
                found["runs"].append(one)
    return found


def rendered(found: Told) -> str:
    """The table; medians over the rounds."""
    rows = []
    n_bytes = found["bytes"]
    for form in sorted({one["format"] for one in found["runs"]}, key=FORMATS.index):
        for pii in ("mask", "keep"):
            some = [r for r in found["runs"] if (r["format"], r["pii"]) == (form, pii)]
            rows.append(_row(f"curate, {form}, `{pii}`", [r["ours"] for r in some], n_bytes))
            other = [r["theirs"] for r in some if "theirs" in r]
            if other:
                rows.append(_row(f"datatrove, {form}, `{pii}`", other, n_bytes))
    head = ("", "split", "plan", "write", "driver, publishing", "CPU s in all", "MB of text/s")
    said = (
        f"{found['versions']}\n\n{n_bytes / 1e9:.1f} GB of text, {found['documents']:,} documents, "
        f"{found['shards']} shards, {found['labels']} labels\n\n"
    )
    return said + table((*head, "largest task MiB", "driver MiB", "bytes a byte of text"), rows)


def _row(name: str, runs: Sequence[Told], n_bytes: int) -> tuple[str, ...]:
    def middle(of: Any) -> float:  # noqa: ANN401 - a function of one run
        return float(median(of(run) for run in runs))

    is_ours = "peak_mib" in runs[0] and isinstance(runs[0]["cpu"], dict)
    if is_ours:
        parts = [middle(lambda r, s=s: r["cpu"][s]) for s in STEPS]
        parts.append(middle(lambda r: r["driver_cpu"] + r["publish_cpu"]))
        driver = f"{middle(lambda r: r['driver_mib']):.0f}"
    else:
        parts, driver = [middle(lambda r: r["cpu"])], ""
    cpu = sum(parts)
    cells = [f"{x:.1f}" for x in parts] if is_ours else ["", "", "", ""]
    return (
        name,
        *cells,
        f"{cpu:.1f}",
        f"{n_bytes / cpu / 1e6:.1f}",
        f"{middle(lambda r: r['peak_mib']):.0f}",
        driver,
        f"{middle(lambda r: r['bytes']) / n_bytes:.3f}",
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """The command; see the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.emit")
    parser.add_argument("source", nargs="*")
    parser.add_argument("--gigabytes", type=float, default=1.0)
    parser.add_argument("--labels", type=int, default=200)
    parser.add_argument("--formats", nargs="*", choices=FORMATS, default=FORMATS)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--datatrove-python", help="an interpreter that has datatrove")
    parser.add_argument("--work", type=Path, help="a folder to be made, else a temporary one")
    parser.add_argument("--out", type=Path, help="what was measured, as JSON")
    given = parser.parse_args(arguments)
    folder = given.work or Path(tempfile.mkdtemp(prefix="emit-"))
    try:
        found = measure(given, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.write(rendered(found))
    if given.out is not None:
        given.out.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
