"""How fast documents are decided again from their sidecars, beside datatrove's filters on the text.

    python -m tests.benchmarks.selection [--documents FILE] [--rows 3000000] [--rounds 3] [--quick]

Real documents (:mod:`tests.benchmarks.corpus`, by default the sample's) are measured first.
Their metrics are then drawn with replacement to as many rows as asked, each value changed a little
so that no file is smaller than a real one, and written by the product: shards with the
columns, encodings and row groups of a work folder. One process, one thread, A B A B, medians of CPU
time. datatrove's filters (Gopher repetition, FineWeb quality, Gopher quality) run over a sample
of the same texts with their own tokenisers, as a re-run with other thresholds would; reading the
texts is not counted on their side, and reading the sidecars is on ours.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import numpy as np
import pyarrow as pa

from curate.ask.count import count
from curate.ask.question import Question
from curate.config.builtin import builtin_folder
from curate.config.job import JobConfig
from curate.config.language import LanguageConfigs
from curate.engine.local import LocalEngine
from curate.io.commit import COMPRESSION, FAST_COMPRESSION, Attempt
from curate.io.folders import remove_tree
from curate.io.store import Store
from curate.metrics import METRICS
from curate.metrics.measure import measure
from curate.pipeline.cluster.plan import plan_units, with_units
from curate.pipeline.decide.rebalance import PARTITION_ROWS
from curate.pipeline.decide.select import (
    SELECT_ROWS,
    SelectSettings,
    columns_for,
    labels_of,
    select_shard,
)
from curate.stages.annotate import metrics_schema
from curate.stages.select import Selector
from curate.work.plan import ShardPlan, ensure_plan, load_plan
from curate.work.progress import Silent
from curate.work.runner import Runner, Step
from curate.work.tables import iter_columns
from curate.work.task import ShardTask
from tests.benchmarks import datatrove_side as theirs
from tests.benchmarks.corpus import Document, build, read_documents
from tests.benchmarks.tables import table, versions

SHARD_ROWS = 50_000
CLUSTER_SIZES = (1, 2, 3, 5, 20)
CLUSTER_SHARES = (0.7, 0.15, 0.08, 0.05, 0.02)
SAMPLE = 150
CONFIGS = "language_configs"
NO_WEIGHTS = {"weights": {}, "factors": {}, "limit": 1}


# ---- a work folder ---------------------------------------------------------------------------


def measured(documents: Sequence[Document]) -> pa.Table:
    """Labels and metrics of real documents."""
    labels = [document.label for document in documents]
    configs = LanguageConfigs.load("builtin")
    stopwords = {x: frozenset(configs.for_label(x).stopwords) for x in set(labels)}
    found = measure([document.text for document in documents], labels, stopwords)
    return found.append_column("label", pa.array(labels, pa.string()))


def inflated(real: pa.Table, n: int, random: np.random.Generator) -> pa.Table:
    """``n`` rows like the real ones: zeros, ones and nulls stay, other values move by a tenth."""
    rows = real.take(pa.array(random.integers(0, real.num_rows, n)))
    columns: dict[str, Any] = {"label": rows["label"]}
    for name, metric in METRICS.items():
        column = rows[name].combine_chunks()
        empty = column.is_null().to_numpy(zero_copy_only=False)
        values = column.fill_null(0).to_numpy()
        moved = values * np.exp(random.normal(0, 0.1, n))
        if pa.types.is_integer(metric.dtype):
            moved = np.round(moved)
        else:
            highest = np.inf if metric.highest is None else metric.highest
            moved = np.where((values == 0) | (values == 1), values, np.minimum(moved, highest))
        columns[name] = pa.array(moved.astype(metric.dtype.to_pandas_dtype()), mask=empty)
    return pa.table(columns)


def make_work(store: Store, real: pa.Table, n_rows: int, *, seed: int) -> int:
    """Write sidecars of about ``n_rows`` documents; returns their bytes."""
    random = np.random.default_rng(seed)
    shards = [f"shard-{number:05d}" for number in range(-(-n_rows // SHARD_ROWS))]
    plan = [
        ShardPlan(x, SHARD_ROWS, {"number": k, "rows": SHARD_ROWS}) for k, x in enumerate(shards)
    ]
    for step in ("extract", "identify", "annotate", "cluster"):
        ensure_plan(store, step, {}, lambda: plan)
    size = 0
    for number, shard in enumerate(shards):
        rows = inflated(real, SHARD_ROWS, random)
        ids = pa.array(
            [f"<urn:uuid:{number:08x}-0000-4000-8000-{x:012x}>" for x in range(SHARD_ROWS)]
        )
        sizes = random.choice(CLUSTER_SIZES, SHARD_ROWS, p=CLUSTER_SHARES)
        place = random.integers(0, np.maximum(n_rows // sizes // 4, 1))
        names = {x: n for n, x in enumerate(sorted(set(real["label"].to_pylist())))}
        label = np.array([names[x] for x in rows["label"].to_pylist()], np.uint64)
        keys = (place.astype(np.uint64) * np.uint64(32) + sizes.astype(np.uint64)) * np.uint64(512)
        clusters = {"cluster_id": keys + label, "cluster_size": sizes.astype(np.int64)}
        confidence = np.minimum(random.beta(8, 1, SHARD_ROWS), 1.0)
        language = {"label": rows["label"], "lid_confidence": confidence}
        _sidecar(store, "extract", shard, pa.table({"id": ids}))
        labels = {x["values"]: x["counts"] for x in rows["label"].value_counts().to_pylist()}
        size += _sidecar(store, "identify", shard, pa.table(language), {"labels": labels})
        size += _sidecar(store, "annotate", shard, rows.select(metrics_schema().names))
        _sidecar(store, "cluster", shard, pa.table(clusters))
    return size


def _sidecar(
    store: Store, step: str, shard: str, rows: pa.Table, counts: Mapping[str, Any] | None = None
) -> int:
    with Attempt(store, step=step, shard=shard, fingerprint="benchmark") as attempt:
        compression = FAST_COMPRESSION if step == "annotate" else COMPRESSION
        writer = attempt.writer(rows.schema, compression=compression, gather=True)
        for start in range(0, rows.num_rows, 256):  # as the stages write
            writer.write(rows.slice(start, 256))
        attempt.commit(rows_in=rows.num_rows, rows_out=rows.num_rows, counts=counts)
    return writer.path.stat().st_size


# ---- what is measured ------------------------------------------------------------------------


def decide_only(store: Store, configs: LanguageConfigs) -> int:
    """Read and decide every shard, and write nothing; the number that is kept."""
    kept = 0
    for shard in _shards(store):
        selector = Selector(configs)
        wanted = columns_for(selector.metrics(labels_of(store, shard)), ())
        for batch in iter_columns(store, shard, wanted, batch_rows=SELECT_ROWS, coded=("label",)):
            kept += int((selector.first_broken(batch) == -1).sum())
    return kept


def decide_and_write(store: Store, folder: str) -> None:
    """The task of the select stage, for every shard, its receipt and checksum included."""
    for shard in _shards(store):
        store.path(f"verdict/_commits/{shard}.json").unlink(missing_ok=True)
        due, settings = {"select": "benchmark"}, SelectSettings(folder, {})
        select_shard.function(ShardTask(store, shard, 0, due, settings, {}))


def rebalance(store: Store) -> None:
    """The three steps that choose representatives and weights, in this process."""
    remove_tree(store.move_away("weights"))
    plan = load_plan(store, "extract")
    assert plan is not None
    n = 1 + sum(s.payload["rows"] for s in plan.shards) // PARTITION_ROWS
    groups = [ShardPlan(f"partition-{i:05d}", 0, {"number": i}) for i in range(n)]
    units = plan_units(plan.shards)
    with LocalEngine(workers=0) as engine:
        runner = Runner(store, engine, Silent())
        for name, function, shards, settings in (
            ("rebalance.split", "split_unit", units, {"n_partitions": n}),
            ("rebalance.group", "group_partition", groups, {"regardless": False}),
            ("rebalance.return", "return_unit", units, {}),
            ("rebalance", "gather_shard", with_units(plan.shards, units), NO_WEIGHTS),
        ):
            runner.run(
                [Step(name, {})],
                f"curate.pipeline.decide.rebalance:{function}",
                lambda shards=shards: shards,
                settings=settings,
            )


def ask(store: Store, labels: tuple[str, ...], configs: LanguageConfigs) -> None:
    """Count what other configs would do to some labels."""
    job = JobConfig.model_validate({"name": "x", "input": "x", "work": str(store.root)})
    count(Question(store, job, labels, (configs,), (False,), 10, 0))


def _shards(store: Store) -> Iterator[str]:
    plan = load_plan(store, "extract")
    assert plan is not None
    return (shard.id for shard in plan.shards)


def their_filters(documents: Sequence[Document]) -> Callable[[], None]:
    """datatrove's three filters over the documents, each until one of them drops it."""
    labels = {document.label for document in documents}
    filters = {
        label: [
            theirs.repetition().GopherRepetitionFilter(language=label),
            theirs.fineweb().FineWebQualityFilter(language=label),
            theirs.gopher().GopherQualityFilter(language=label),
        ]
        for label in labels
    }

    def run() -> None:
        for document in documents:
            for filter_ in filters[document.label]:
                try:
                    if theirs.drops(filter_, document.text) is not None:
                        break
                except ZeroDivisionError:  # a text without a word
                    break

    return run


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU time of this process, all its threads, and nothing of the kernel's cache of files."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main(arguments: Sequence[str] | None = None) -> None:
    """The command; see the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.selection")
    parser.add_argument("--documents", type=Path)
    parser.add_argument("--rows", type=int, default=3_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args(arguments)
    documents = read_documents(given.documents) if given.documents else build([], per_label=60)
    n_rows = 100_000 if given.quick else given.rows
    pa.set_cpu_count(1)
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(
            report(Store(folder), documents, n_rows, 1 if given.quick else given.rounds)
        )


def report(store: Store, documents: Sequence[Document], n_rows: int, rounds: int) -> str:
    """Make the work folder, measure, and put the tables together."""
    real = measured(documents)
    n_bytes = make_work(store, real, n_rows, seed=0)
    n_rows = SHARD_ROWS * len(list(_shards(store)))
    configs = LanguageConfigs.load("builtin")
    folder = str(builtin_folder(CONFIGS))
    ours: dict[str, Callable[[], object]] = {
        "decided": lambda: decide_only(store, configs),
        "decided and written": lambda: decide_and_write(store, folder),
        "representatives and weights": lambda: rebalance(store),
        "`whatif` for one label": lambda: ask(store, (_largest(real),), configs),
        "`whatif` for all labels": lambda: ask(
            store, tuple(sorted(set(real["label"].to_pylist()))), configs
        ),
    }
    sample: list[Document] = []
    if theirs.is_installed():
        able = [document for document in documents if theirs.can_tokenize(document.label)]
        sample = Random(0).sample(able, min(SAMPLE, len(able)))
    other = their_filters(sample) if sample else None
    for work in (*ours.values(), other):  # start and compilation are in no number
        if work is not None:
            work()
    times: dict[str, list[float]] = {name: [] for name in ours}
    theirs_times: list[float] = []
    for _ in range(rounds):
        for name, work in ours.items():
            times[name].append(cpu_seconds(work))
        if other is not None:
            theirs_times.append(cpu_seconds(other))
    return _tables(store, n_rows, n_bytes, times, len(sample), theirs_times, real)


def _largest(real: pa.Table) -> str:
    counts = real["label"].value_counts().to_pylist()
    return str(max(counts, key=lambda x: (x["counts"], x["values"]))["values"])


def _tables(
    store: Store,
    n_rows: int,
    n_bytes: int,
    times: Mapping[str, Sequence[float]],
    n_sample: int,
    other: Sequence[float],
    real: pa.Table,
) -> str:
    rate = n_sample / median(other) if other else float("nan")
    rows = []
    for name, found in times.items():
        ours = n_rows / median(found)
        spread = f"{n_rows / max(found):,.0f} to {n_rows / min(found):,.0f}"
        rows.append([name, f"{ours:,.0f}", spread, f"{ours / rate:,.0f}" if other else ""])
    rows.append(["datatrove's three filters, on the text", f"{rate:,.1f}", "", "1"])
    labels = len(set(real["label"].to_pylist()))
    return (
        f"# Deciding again\n\n{versions()}\n\n"
        f"{n_rows:,} rows in {labels} labels and {len(list(_shards(store)))} shards, drawn from "
        f"{real.num_rows:,} real documents; metrics and labels take {n_bytes / n_rows:.0f} bytes a "
        f"document; {n_sample} documents for datatrove.\n\n"
        + table(["", "documents/s of one core", "of the rounds", "times datatrove"], rows)
    )


if __name__ == "__main__":
    main()
