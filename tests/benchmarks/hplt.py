"""How fast HPLT's view is made of documents, and what the plan of its files takes.

    python -m tests.benchmarks.hplt [--megabytes 60] [--labels 2000] [--shards 1000] [--seed 1]

Texts are those of the embedded sample, repeated; all else of a document is made up. Blocks of the
plan are made up too: documents of 3 kB, of labels whose share falls with their rank as in a crawl
(rank to the power of -1.3), and scores from 5.0 to 10.0 as often as each other, which is the most
that there can be to plan.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa

from curate.io.lines.zstd_frames import FrameWriter, iter_lines
from curate.pipeline.emit.hplt_lines import check_lines
from curate.pipeline.emit.hplt_plan import plan_files
from curate.stages.hplt import SCORES, Rules, documents, line_of
from curate.stages.pii import add_pii
from tests.benchmarks.corpus import build
from tests.benchmarks.tables import table, versions

BATCH = 256
DOCUMENTS_A_SHARD = 20_000


def batches(megabytes: int) -> list[pa.Table]:
    """Documents with all columns that the view reads, so many MB of text."""
    texts = [document.text for document in build([], per_label=60)]
    texts *= 1 + megabytes * 1_000_000 // sum(len(text.encode()) for text in texts)
    n = len(texts)
    constant: dict[str, Any] = {
        **{"id": "<urn:uuid:1>", "url": "https://a.example/x", "date": "2024-02-21T10:00:00Z"},
        **{"snapshot": "CC-MAIN-2024-10", "warc_path": "x.warc.gz", "content_type": "text/html"},
        **{"html_lang": "th", "encoding": "utf-8", "label": "tha_Thai", "lid_confidence": 0.9},
        **{"warc_offset": 1, "record_bytes": 2, "payload_bytes": 3, "cluster_size": 1},
        **{"top_labels": [{"label": "tha_Thai", "confidence": 0.9}], **dict.fromkeys(SCORES, 9.0)},
    }
    columns = {name: pa.array([value] * n) for name, value in constant.items()}
    columns |= {"xml": pa.nulls(n, pa.string()), "text": pa.array(texts)}
    columns["seg_langs"] = pa.array([["tha_Thai"] * (text.count("\n") + 1) for text in texts])
    made = add_pii(pa.table(columns))
    return [made.slice(first, BATCH) for first in range(0, n, BATCH)]


def seconds_of(action: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of CPU, and what came of it."""
    begin = time.process_time()
    found = action()
    return time.process_time() - begin, found


def _write(path: Path, lines: list[bytes], level: int) -> int:
    writer = FrameWriter(path, level=level)
    for line in lines:
        writer.write_lines(line)
    writer.close()
    return path.stat().st_size


def _check(folder: Path, name: str) -> int:
    rules = Rules(min_bin=None, chars_above=None)._asdict()
    file = {"path": name, "label": "tha_Thai", "bin": 9, "index": 1}
    return len(list(check_lines(folder, {"rules": rules, "files": [file]})))


def speeds(megabytes: int) -> list[list[str]]:
    """MB of text a second of CPU, and bytes that came of it, for each part of the work."""
    made = batches(megabytes)
    n_bytes = sum(len(text.encode()) for b in made for text in b["text"].to_pylist())
    rows = []

    def add(what: str, action: Callable[[], Any], size: Callable[[Any], int]) -> Any:  # noqa: ANN401
        seconds, found = seconds_of(action)
        rows.append([what, f"{n_bytes / 1e6 / seconds:,.0f}", f"{size(found) / 1e6:,.0f}"])
        return found

    lines = add(
        "documents to lines",
        lambda: [line_of(d, robots=False) for b in made for d in documents(b, pii="spans")],
        lambda found: sum(map(len, found)),
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.zst"
        for level in (1, 3, 10):
            writing = f"lines to frames, zstd level {level}"
            add(writing, lambda level=level: _write(path, lines, level), int)
        add("reading frames", lambda: sum(map(len, iter_lines(path))), int)
        add("checking every line", lambda: _check(path.parent, path.name), lambda _: 0)
    return rows


def blocks(n_labels: int, n_shards: int, seed: int) -> pa.Table:
    """Blocks of all shards."""
    random = np.random.default_rng(seed)
    shares = np.arange(1, n_labels + 1) ** -1.3
    expected = np.repeat(shares / shares.sum() * DOCUMENTS_A_SHARD / 51, 51)
    label_of = np.repeat([f"label-{i:04d}" for i in range(n_labels)], 51)
    steps_of = np.tile(np.arange(100, 49, -1), n_labels)
    parts = []
    for shard in range(n_shards):
        rows = random.poisson(expected)
        some = np.flatnonzero(rows)
        columns = {
            "label": pa.array(label_of[some]).dictionary_encode().cast(pa.string()),
            "steps": pa.array(steps_of[some], pa.int16()),
            "shard": pa.array(np.full(len(some), shard), pa.int32()),
            "offset": pa.array(np.arange(len(some)) * 1000),
            "n_bytes": pa.array(rows[some] * 1000),
            "line_bytes": pa.array(rows[some] * 3500),
            "rows": pa.array(rows[some], pa.int32()),
            "segments": pa.array(rows[some] * 20),
            "n_chars": pa.array(rows[some] * 3000),
        }
        parts.append(pa.table(columns))
    return pa.concat_tables(parts)


def plan(n_labels: int, n_shards: int, seed: int) -> list[list[str]]:
    """What the plan of so many labels and shards takes."""
    made = blocks(n_labels, n_shards, seed)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds, (_, files) = seconds_of(lambda: plan_files(made, max_file_bytes=128 << 30))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return [
        ["labels, shards", f"{n_labels:,}, {n_shards:,}"],
        ["text", f"{made['n_chars'].to_numpy().sum() / 1e9:,.0f} GB"],
        ["blocks", f"{made.num_rows:,}, {made.nbytes / 2**20:,.0f} MiB"],
        ["files", f"{files.num_rows:,}"],
        ["planning", f"{seconds:.1f} s of CPU, {peak / 1024:,.0f} MiB more than the blocks"],
    ]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=60)
    parser.add_argument("--labels", type=int, default=2000)
    parser.add_argument("--shards", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(versions(), "\n")  # noqa: T201
    head = ["step", "MB of text a second", "MB"]
    print(table(head, speeds(options.megabytes)))  # noqa: T201
    print(table(["", ""], plan(options.labels, options.shards, options.seed)))  # noqa: T201


if __name__ == "__main__":
    main()
