"""The report: time and size of pages, time of the sample step, time of a frame while dragging.

    python -m tests.benchmarks.report [--rounds N] [--quick]

Pages are made of synthetic samples with texts of random letters, which compress worse than
language does. The sample step reads a shard of random values. Frames are taken in
a headless Chromium, if there is one: from an edited bound to everything that follows from it being
in the page, for a label with a thousand documents and a rule for every metric that ships with one.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import TypeVar

import numpy as np
import pyarrow as pa

from curate import schema
from curate.config.identified import IDENTIFIED, URL_NAMES
from curate.config.language import LanguageConfigs
from curate.io.commit import Attempt
from curate.io.store import Store
from curate.metrics import METRICS
from curate.pipeline.report import sample as sample_task
from curate.report.data import ConfigInForce, LabelYield, ReportData, SampleSettings
from curate.report.page import render_page
from curate.work.task import ShardTask
from tests.benchmarks.tables import versions
from tests.report.browser import CHROMIUM, chromium
from tests.report.report_data import DATA, sample_table

LETTERS = "abcdefghijklmnopqrstuvwxyz"
LABELS = [f"{a}{b}{c}_Latn" for a, b, c in itertools.product(LETTERS, LETTERS, "abc")]
DRAG = """(async () => {
  const handle = document.querySelector('.handle[data-metric="n_words"][data-bound="min"]');
  const times = [];
  handle.focus();
  for (let i = 0; i < 40; i += 1) {
    const key = i % 20 < 10 ? 'ArrowRight' : 'ArrowLeft';
    const start = performance.now();
    handle.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    times.push(performance.now() - start);
  }
  return times;
})()"""

Answer = TypeVar("Answer")


def main(arguments: Sequence[str] | None = None) -> None:
    """The command; see the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.report")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args(arguments)
    _say(versions())
    for n in (20,) if given.quick else (20, 200, 2000):
        data = many_labels(n)
        seconds, page = timed(lambda data=data: render_page(data), given.rounds)
        megabytes, shown = len(page.encode()) / 1e6, page.count('id="sample-')
        _say(f"page of {n} labels: {megabytes:.1f} MB, {shown} with a sample, {seconds:.1f} s")
    n = 20_000 if given.quick else 400_000
    with tempfile.TemporaryDirectory() as folder:
        task = shard_of(Path(folder), n)
        seconds, _ = timed(lambda: sample_task.sample_shard.function(task), given.rounds)
    _say(f"sample of a shard of {n:,} documents: {n / seconds:,.0f} documents/s")
    if CHROMIUM is not None:
        _say(f"bound moved to page drawn: {frame_milliseconds():.0f} ms")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def timed(act: Callable[[], Answer], rounds: int) -> tuple[float, Answer]:
    """Median seconds, and what came of it."""
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        answer = act()
        found.append(time.perf_counter() - start)
    return median(found), answer


def many_labels(n: int, documents: int = 1000) -> ReportData:
    """A run of labels with samples of random values and random letters."""
    configs = LanguageConfigs.load("builtin")
    chance = np.random.default_rng(0)
    letters = list("कखगघचछजझटठडढतथदधनपफबभमयरल ")
    tables = []
    for seed in range(4):
        table = sample_table("eng_Latn", documents, seed=seed, text="")
        texts = ["".join(chance.choice(letters, 300)) for _ in range(documents)]
        place = table.schema.get_field_index("text")
        tables.append(table.set_column(place, "text", pa.array(texts)))
    return dataclasses.replace(
        DATA,
        yields=tuple(LabelYield(x, {"": 900_000 - i}) for i, x in enumerate(LABELS[:n])),
        configs={x: ConfigInForce.of(configs, x) for x in LABELS[:n]},
        samples={x: tables[i % 4] for i, x in enumerate(LABELS[:n])},
    )


def shard_of(folder: Path, n: int) -> ShardTask[sample_task.Limits]:
    """The task of a shard with every sidecar of random values."""
    store, chance = Store(str(folder)), np.random.default_rng(0)
    labels = chance.choice(LABELS[:50], n)
    floats = {name: chance.uniform(size=n) for name in IDENTIFIED}
    tables = {
        "extract": {"url": ["https://example.org/"] * n, "text": ["नमस्ते दुनिया " * 100] * n},
        "identify": {
            "label": labels,
            "top_labels": pa.array([[]] * n, schema.TOP_LABELS),
            **floats,
            URL_NAMES: pa.nulls(n, pa.bool_()),
        },
        "annotate": {name: chance.uniform(size=n) for name in METRICS},
        "cluster": {"cluster_size": np.ones(n, np.int64)},
        "select": {"drop_reason": pa.nulls(n, pa.string())},
        "rebalance": {
            "is_representative": np.ones(n, bool),
            "weight": np.ones(n, np.int32),
            "removal_reason": pa.nulls(n, pa.string()),
        },
    }
    for step, columns in tables.items():
        with Attempt(store, step=step, shard="one", fingerprint="0") as attempt:
            attempt.write(pa.table(columns))
            attempt.commit(rows_in=n, rows_out=n)
    counts = {x: int(c) for x, c in zip(*np.unique(labels, return_counts=True), strict=True)}
    outcomes = pa.table(
        {"label": list(counts), "outcome": [""] * 50, "n_documents": list(counts.values())}
    )
    settings = sample_task.limits(outcomes, SampleSettings())
    return ShardTask(store, "one", 0, {"report.sample": "0"}, settings, {})


def frame_milliseconds() -> float:
    """Median of moving a bound, in a label with a thousand documents."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index.html"
        path.write_text(render_page(many_labels(1)), encoding="utf-8")
        with chromium(Path(folder) / "profile") as browser:
            browser.size(1300, 900)
            browser.open(path, f"#/label/{LABELS[0]}")
            browser.wait("document.querySelectorAll('.handle').length > 20")
            return median(browser.run(DRAG))


if __name__ == "__main__":
    main()
