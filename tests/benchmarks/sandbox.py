"""What the sandbox costs a page: CPU of both processes, and wall time.

    python -m tests.benchmarks.sandbox [--data DIR] [--rounds N] [--extractors NAME...] [--quick]

Three ways take turns over the same pages, round by round: the extractor called in this process;
in a sandbox, one page after the other; in a sandbox with pages handed over ahead, as a job does.
CPU is that of parent and child together, less what the same round took without a sandbox; the
medians over the rounds are shown. Wall time is from the file: records are read and inflated here
while, with pages ahead, the child extracts.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from curate.engine.sandbox import AHEAD_CALLS, Call, Sandbox
from curate.html import service
from curate.html.extractors import CASCADE, RESILIPARSE, TRAFILATURA
from curate.io.warc import Record, read_warc
from tests.benchmarks.extraction_data import load_articles
from tests.benchmarks.tables import table, versions

ROOT = Path(__file__).parents[2]
FALLBACK_CHARS = 250
QUICK_EVERY = 10
WAYS = ("direct", "one by one", "ahead")

Page = tuple[bytes, str | None]
Way = Callable[[Iterable[Page], str], int]


@dataclass(frozen=True, slots=True)
class Taken:
    """What one way took for all pages of a round, in seconds."""

    cpu: float
    wall: float


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the results: times of a page in milliseconds, of the ways in :data:`WAYS`."""

    corpus: str
    extractor: str
    n_pages: int
    kb: float
    cpu_ms: float
    extra_cpu_ms: tuple[float, ...]
    wall_ms: tuple[float, ...]

    @property
    def percent(self) -> tuple[float, ...]:
        """Extra CPU over that of the page without a sandbox."""
        return tuple(100 * extra / self.cpu_ms for extra in self.extra_cpu_ms)


warm_up = service.warm_up


def serve(page: bytes | None, header: str | None = None, extractor: str = "") -> Any:  # noqa: ANN401
    """Runs in the sandbox: extract a page, or tell the CPU seconds of the process."""
    if page is None:
        return time.process_time()
    return service.extract_payload(page, header, FALLBACK_CHARS, extractor)


def direct(pages: Iterable[Page], extractor: str) -> int:
    """In this process."""
    return sum(1 for page in pages if serve(*page, extractor))


def one_by_one(sandbox: Sandbox, pages: Iterable[Page], extractor: str) -> int:
    """Each page is handed over when the last one has been answered."""
    return sum(1 for page in pages if sandbox.call(*page, extractor).value)


def ahead(sandbox: Sandbox, pages: Iterable[Page], extractor: str) -> int:
    """Pages are handed over before the last one has been answered."""
    return sum(1 for call in _in_turn(sandbox, pages, extractor) if call.outcome().value)


def _in_turn(sandbox: Sandbox, pages: Iterable[Page], extractor: str) -> Iterator[Call]:
    calls: deque[Call] = deque()
    for page in pages:
        calls.append(sandbox.submit(*page, extractor))
        if len(calls) > AHEAD_CALLS:
            yield calls.popleft()
    yield from calls


def taken(sandbox: Sandbox, way: Way, pages: Iterable[Page], name: str, n_pages: int) -> Taken:
    """CPU of both processes, and wall time, of one way over all pages."""
    before = sandbox.call(None).value
    cpu, wall = time.process_time(), time.perf_counter()
    found = way(pages, name)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    assert found == n_pages
    return Taken(cpu + sandbox.call(None).value - before, wall)


def compare(
    corpus: str, pages: Sequence[Page], source: Callable[[], Iterable[Page]], name: str, rounds: int
) -> Row:
    """All ways with one extractor.

    Args:
        corpus: its name.
        pages: what to extract.
        source: gives the same pages from where they come from, for the wall time.
        name: of the extractor.
        rounds: how often.
    """
    function = "tests.benchmarks.sandbox:serve"
    with Sandbox(function, deadline_s=600, memory_bytes=4 << 30, calls_per_child=10**9) as sandbox:
        ways: dict[str, Way] = {
            "direct": direct,
            "one by one": partial(one_by_one, sandbox),
            "ahead": partial(ahead, sandbox),
        }
        for way in ways.values():
            way(pages, name)
        cpu: dict[str, list[float]] = {way: [] for way in WAYS}
        wall: dict[str, list[float]] = {way: [] for way in WAYS}
        for n in range(rounds):
            for way in WAYS if n % 2 else WAYS[::-1]:
                found = taken(sandbox, ways[way], pages, name, len(pages))
                cpu[way].append(found.cpu)
                found = taken(sandbox, ways[way], source(), name, len(pages))
                wall[way].append(found.wall)
    per_page = 1000 / len(pages)
    extra = [[a - b for a, b in zip(cpu[w], cpu["direct"], strict=True)] for w in WAYS]
    return Row(
        corpus,
        name,
        len(pages),
        sum(len(page) for page, _ in pages) / len(pages) / 1000,
        per_page * statistics.median(cpu["direct"]),
        tuple(per_page * statistics.median(one) for one in extra),
        tuple(per_page * statistics.median(wall[way]) for way in WAYS),
    )


def show(rows: Sequence[Row]) -> str:
    """The table; percentages are of the page's CPU without a sandbox."""
    head = ["pages", "kB", "extractor", "CPU ms", "+ one by one", "+ ahead"]
    head += [f"wall ms {way}" for way in WAYS]
    lines = []
    for row in rows:
        more = zip(row.extra_cpu_ms[1:], row.percent[1:], strict=True)
        line = [f"{row.n_pages} {row.corpus}", f"{row.kb:.0f}", row.extractor, f"{row.cpu_ms:.2f}"]
        line += [f"{ms:.3f} ({percent:.1f} %)" for ms, percent in more]
        lines.append(line + [f"{ms:.2f}" for ms in row.wall_ms])
    return table(head, lines)


def _crawl(file: Path, every: int) -> Iterator[Page]:
    pages = (item for item in read_warc(str(file)) if isinstance(item, Record))
    for n, record in enumerate(pages):
        if n % every == 0:
            yield record.payload, record.http_content_type


def main(arguments: Sequence[str] | None = None) -> list[Row]:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.sandbox")
    parser.add_argument("--data", type=Path, default=ROOT / ".." / "shared" / "data")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--extractors", nargs="*", default=[TRAFILATURA, CASCADE, RESILIPARSE])
    parser.add_argument("--quick", action="store_true", help="every tenth page")
    given = parser.parse_args(arguments)
    every = QUICK_EVERY if given.quick else 1
    source = partial(_crawl, given.data / "real_pages_wide.warc.gz", every)
    articles = [(case.html.encode(), None) for case in load_articles(given.data)[::every]]
    warm_up()
    gc.collect()
    gc.freeze()  # as in a sandbox's child
    rows = []
    for name in given.extractors:
        rows.append(compare("crawl", list(source()), source, name, given.rounds))
        rows.append(compare("articles", articles, lambda: articles, name, given.rounds))
    sys.stdout.write(f"{versions()}\n\n{show(rows)}")
    return rows


if __name__ == "__main__":
    main()
