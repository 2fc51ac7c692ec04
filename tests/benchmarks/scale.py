"""What a crawl takes, computed from what was measured: python -m tests.benchmarks.scale [--write]

    python -m tests.benchmarks.rehearsal ... --out tests/benchmarks/measured/rehearsal.json
    python -m tests.benchmarks.emit ... --out tests/benchmarks/measured/emit.json
    python -m tests.benchmarks.scale --write

Rates come from those two files and from pages of the documentation, where the figures must stand
as they are quoted here. ``--write`` puts all tables into docs/scale.md, between its marks; a test
checks that they are current.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks.emit import rendered as emit_table
from tests.benchmarks.rehearsal import byte_table, driver_table, step_table
from tests.benchmarks.tables import table

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/scale.md"
MEASURED = Path(__file__).parent / "measured"

PAGES = 2.64e9
"""Pages of CC-MAIN-2024-51, as Common Crawl announced that crawl (December 2024)."""

TEXT_BYTES = (22.845e12 + 28.27e12) / (5.019e9 + 9.401e9)
"""Bytes of text of a document after deduplication: FineWeb2's published sizes, kept and removed."""

WARC_FILES = 90_000
LABELS = 2_000
LARGEST_LABEL = 0.45
"""Share of the documents in the label with most, about that of English."""

KEPT = 5.02 / 14.33
"""Share of deduplicated documents that FineWeb2 kept."""

CORES = 1_000
UNIT_ROWS, GROUP_ROWS, REBALANCE_ROWS = 800_000, 1_000_000, 4_000_000
UNIT_CHARACTERS = 256_000_000
FULL_ROWS = {
    "rebalance.split": UNIT_ROWS,
    "rebalance.group": REBALANCE_ROWS,
    "rebalance.return": UNIT_ROWS,
}
"""Step -> documents of a task, where a crawl's tasks are larger than the rehearsal's."""

FILE_BYTES, BLOCK_BYTES = 384e6, 190  # a block as columns, and what sorting it takes
BASE_MIB = 200.0
"""Of a worker that has done nothing yet."""

BYTES_A_CHARACTER = 1.2
FOUND, ARITHMETIC = "measured", "arithmetic"
"""What a row is: a figure that was seen, or one that follows from such by a formula."""


class Rate(NamedTuple):
    """Pages or documents a second of one core, as a page of the documentation has it."""

    what: str
    per_second: float
    figure: str
    page: str


RATES = (
    Rate("reading gzip WARC", 8_960, "8,960", "docs/benchmarks.md"),
    Rate("extraction, `blocks`, crawled pages", 596, "| 596 |", "docs/benchmarks.md"),
    Rate("`identify`, `annotate`, `sign`, documents of 4 kB", 1_023, "1,023", "docs/benchmarks.md"),
    Rate("`pii`, 179 MB/s of text", 179e6 / TEXT_BYTES, "| 179 |", "docs/personal-data-results.md"),
)


@dataclass(frozen=True)
class Crawl:
    """So many snapshots taken in at once.

    Attributes:
        snapshots: each of :data:`PAGES` pages in :data:`WARC_FILES` files.
        clusters: clusters a document, 0 to 1: 1 where there is no duplicate.
    """

    snapshots: int
    clusters: float

    @property
    def documents(self) -> float:
        """Pages that were extracted."""
        return PAGES * self.snapshots

    @property
    def shards(self) -> float:
        """Input files."""
        return float(WARC_FILES * self.snapshots)

    @property
    def published_bytes(self) -> float:
        """Text that is written: what is kept, and what selection removed (the default)."""
        return self.documents * self.clusters * TEXT_BYTES

    @property
    def units(self) -> float:
        """Tasks of `cluster.split`, and of `rebalance.split`."""
        return self.documents / UNIT_ROWS

    @property
    def emit_units(self) -> float:
        """Tasks of `emit.split`."""
        return max(self.published_bytes / BYTES_A_CHARACTER / UNIT_CHARACTERS, 1_000)

    @property
    def blocks(self) -> float:
        """Runs of rows that `emit.plan` puts in order: full ones, and a rest for each label."""
        return self.documents * self.clusters / 1_024 + self.emit_units * LABELS * 2 * 0.6


ONE, ALL = Crawl(1, 0.63), Crawl(96, 14.33 / 58.1)


class Measured(NamedTuple):
    """What the two benchmarks wrote."""

    rehearsal: dict[str, Any]
    emit: dict[str, Any]

    @classmethod
    def load(cls) -> Measured:
        """From the files beside this module."""
        names = ("rehearsal", "emit")
        return cls(*(json.loads((MEASURED / f"{name}.json").read_text()) for name in names))

    def stage_us(self, stage: str) -> float:
        """µs of CPU a document of a stage of the rehearsal: its tasks' alone."""
        steps = self.rehearsal["stages"][stage]["steps"].values()
        return float(sum(s["cpu"] for s in steps) / self.rehearsal["documents"] * 1e6)

    def emit_us(self, step: str) -> float:
        """µs of CPU a kB of text of a step of emit, Parquet, personal data masked."""
        runs = [
            r["ours"] for r in self.emit["runs"] if (r["format"], r["pii"]) == ("parquet", "mask")
        ]
        return float(sum(r["cpu"][step] for r in runs) / len(runs) / self.emit["bytes"] * 1e9)

    def stored(self) -> float:
        """Bytes on disk of a byte of published text."""
        runs = [r["ours"] for r in self.emit["runs"] if r["format"] == "parquet"]
        return float(sum(r["bytes"] for r in runs) / len(runs) / self.emit["bytes"])

    def peak(self, step: str) -> float:
        """MiB of the largest task of a step of the rehearsal."""
        (found,) = (
            told["steps"][step]["peak_mib"]
            for told in self.rehearsal["stages"].values()
            if step in told["steps"]
        )
        return float(found)

    def folder(self, name: str) -> float:
        """Bytes a document of a folder of the rehearsal."""
        return float(self.rehearsal["bytes"][name] / self.rehearsal["documents"])


def cpu_rows(found: Measured) -> Iterator[tuple[str, str, float, float, float]]:
    """What, where measured, µs a document or kB, core-hours of one snapshot and of all."""
    for rate in RATES:
        us = 1e6 / rate.per_second
        yield rate.what, f"[{Path(rate.page).stem}]({Path(rate.page).name})", us, *_hours(us)
    for stage in ("cluster", "select", "rebalance", "report"):
        us = found.stage_us(stage)
        yield f"`{stage}`", "the rehearsal", us, *_hours(us)
    for step in ("emit.split", "emit"):
        us = found.emit_us(step)
        hours = (us * c.published_bytes / 1e3 / 3.6e9 for c in (ONE, ALL))
        yield f"`{step}`, a kB of published text", "emit", us, *hours


def _hours(us: float) -> tuple[float, float]:
    return ONE.documents * us / 3.6e9, ALL.documents * us / 3.6e9


def cpu_table(found: Measured) -> str:
    """Core-hours by step."""
    rows = list(cpu_rows(found))
    lines = [
        (what, where, f"{us:,.2f}" if us < 100 else f"{us:,.0f}", _round(one), _round(every))
        for what, where, us, one, every in rows
    ]
    one, every = (sum(row[i] for row in rows) for i in (3, 4))  # type: ignore[misc]
    lines.append(("all", "", "", f"**{_round(one)}**", f"**{_round(every)}**"))
    days = (f"{hours / (0.9 * CORES) / 24:,.1f} days" for hours in (one, every))
    lines.append((f"wall, {CORES:,} cores, busy nine tenths of the time", "", "", *days))
    head = ("", "measured in", "µs a document", "one snapshot, core-hours", "96, core-hours")
    return table(head, lines)


def _round(value: float) -> str:
    if value >= 100:
        digits = len(str(int(value))) - 3
        return f"{round(value, -max(digits, 0)):,.0f}"
    return f"{value:.2g}"


def memory_table(found: Measured) -> str:
    """Peaks of tasks: as they were seen, and at a crawl."""
    largest = LARGEST_LABEL * ONE.documents
    gib = 2**30
    by_ranges = "1 GiB, [by ranges](scale-dedup.md#a-label-in-many-tasks)"
    union = (f"{8 * largest / gib:,.1f} GiB", by_ranges)
    plans = [f"{c.blocks * BLOCK_BYTES / gib:,.1f} GiB" for c in (ONE, ALL)]
    seen = max(r["ours"]["peak_mib"] for r in found.emit["runs"])
    shard = min(found.emit["bytes"] / found.emit["shards"], UNIT_CHARACTERS * BYTES_A_CHARACTER)
    held = BASE_MIB + (seen - BASE_MIB) * UNIT_CHARACTERS * BYTES_A_CHARACTER / shard
    same = "the same"
    rows = [
        ("`extract` to `pii`", "542 ([benchmarks](benchmarks.md))", same, same, FOUND),
        ("`cluster.split`", "1,185 ([by size](scale-dedup.md))", same, same, FOUND),
        ("`cluster.group`", "744 (the same page)", same, same, FOUND),
        ("`cluster.union`, the largest label", _union(found), *union, ARITHMETIC),
        ("`select`", f"{found.peak('select'):.0f}", same, same, FOUND),
        *(
            (f"`{step}`", f"{found.peak(step):.0f}", _full(found, step, n), same, ARITHMETIC)
            for step, n in FULL_ROWS.items()
        ),
        ("`rebalance`", f"{found.peak('rebalance'):.0f}", same, same, FOUND),
        ("`emit.split`, `emit`", f"{seen:.0f}", f"{held / 1024:.1f} GiB", same, ARITHMETIC),
        ("`emit.plan`", f"{found.peak('emit.plan'):.0f}", *plans, ARITHMETIC),
        (
            "driver",
            f"{_driver(found):.0f}",
            *(_driver_at(found, c) for c in (ONE, ALL)),
            ARITHMETIC,
        ),
    ]
    head = ("largest task of", "seen, MiB", "one snapshot", "96 at once", "the two are")
    return table(head, rows)


def _full(found: Measured, step: str, n_rows: int) -> str:
    """The peak with so many documents in a task, if all but a bare worker's grows with them."""
    tasks = found.rehearsal["stages"]["rebalance"]["steps"][step]["tasks"]
    seen = found.rehearsal["documents"] / tasks
    mib = BASE_MIB + (found.peak(step) - BASE_MIB) * n_rows / seen
    return f"{mib / 1024:,.1f} GiB"


def _union(found: Measured) -> str:
    steps = found.rehearsal["stages"]["cluster"]["steps"]
    return f"{steps['cluster.union']['peak_mib']:.0f}" if "cluster.union" in steps else ""


def _driver(found: Measured) -> float:
    return float(max(told["driver_mib"] for told in found.rehearsal["stages"].values()))


DRIVER_SHARD_BYTES = 6_000
"""Of a shard: what drivers took more at 1,000 shards than at 200, about."""


def _driver_at(found: Measured, crawl: Crawl) -> str:
    return f"{(_driver(found) * 2**20 + crawl.shards * DRIVER_SHARD_BYTES) / 2**30:,.1f} GiB"


def disk_table(found: Measured) -> str:
    """Bytes by folder."""
    stored = found.stored()
    text = TEXT_BYTES * stored + found.folder("documents")
    rows = [("`documents`", "emit", text, [text * c.documents for c in (ONE, ALL)])]
    for name in ("language", "metrics", "bands", "clusters", "verdict", "weights"):
        each = found.folder(name)
        rows.append((f"`{name}`", "the rehearsal", each, [each * c.documents for c in (ONE, ALL)]))
    corpus = [c.published_bytes * stored for c in (ONE, ALL)]
    rows.append(("`corpus`, linked from `emit`", "emit", TEXT_BYTES * stored, corpus))
    split = ("`emit/_split`, until published", "emit", TEXT_BYTES * stored, corpus)
    lines = [
        (name, where, f"{each:,.0f}", *(f"{n / 1e12:,.2f} TB" for n in sizes))
        for name, where, each, sizes in (*rows, split)
    ]
    totals = [sum(row[3][i] for row in (*rows, split)) for i in (0, 1)]
    lines.append(("all at once", "", "", *(f"**{n / 1e12:,.1f} TB**" for n in totals)))
    head = ("folder", "measured in", "bytes a document", "one snapshot", "96")
    return table(head, lines)


def request_rows() -> Iterator[tuple[str, str, float, float]]:
    """What is asked of the store: formula, one snapshot, all."""

    def row(what: str, formula: str, count: Any) -> tuple[str, str, float, float]:  # noqa: ANN401
        return what, formula, count(ONE), count(ALL)

    yield row("input files", "one a shard", lambda c: c.shards)
    yield row(
        "files of shards: tables and receipts of ten steps",
        "2 · 10 a shard",
        lambda c: 20 * c.shards,
    )
    yield row("reads of a shard's tables", "30 a shard", lambda c: 30 * c.shards)
    yield row(
        "ranges of `cluster`",
        "2 · units · partitions",
        lambda c: 2 * c.units * c.documents / GROUP_ROWS,
    )
    yield row(
        "ranges of `rebalance`",
        "2 · units · partitions",
        lambda c: 2 * c.units * c.documents / REBALANCE_ROWS,
    )
    yield row("ranges of `emit`", "one a block", lambda c: c.blocks)
    yield row(
        "published files",
        "bytes / 384 MB, and a label's least",
        lambda c: c.published_bytes * 0.4 / FILE_BYTES + 2 * LABELS,
    )


def request_table() -> str:
    """Requests and files."""
    rows = [
        (what, how, *(f"{float(f'{n:.3g}'):,.0f}" for n in numbers))
        for what, how, *numbers in request_rows()
    ]
    return table(("requests and files", "arithmetic", "one snapshot", "96 at once"), rows)


def parts(found: Measured) -> dict[str, str]:
    """Mark of the page -> what stands there."""
    sizes = found.rehearsal
    said = (
        f"{sizes['documents']:,} documents, {sizes['labels']:,} labels, "
        f"{sizes['shards']:,} shards, {sizes['files']:,} published files. {sizes['versions']}.\n\n"
    )
    return {
        "steps": said + step_table(sizes),
        "drivers": driver_table(sizes),
        "folders": byte_table(sizes),
        "emit": emit_table(found.emit),
        "cpu": cpu_table(found),
        "memory": memory_table(found),
        "disk": disk_table(found),
        "requests": request_table(),
    }


def filled(page: str, found: Measured) -> str:
    """The page with all its tables."""
    for mark, text in parts(found).items():
        pattern = re.compile(f"(<!-- {mark} -->\n).*?(<!-- /{mark} -->)", re.DOTALL)
        assert pattern.search(page), mark
        page = pattern.sub(lambda m, text=text: f"{m[1]}\n{text}\n{m[2]}", page)
    return page


def main(arguments: Sequence[str] | None = None) -> None:
    """The command; see the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.scale")
    parser.add_argument("--write", action="store_true", help="fill docs/scale.md in")
    given = parser.parse_args(arguments)
    found = Measured.load()
    if given.write:
        PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), found), encoding="utf-8")
    else:
        sys.stdout.write("\n".join(parts(found).values()))


if __name__ == "__main__":
    main()
