"""The numbers of the end-to-end benchmark as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from tests.benchmarks.processes import Used
from tests.benchmarks.tables import table, versions

Json = Mapping[str, Any]

DATATROVE = "datatrove"
START = "start"

GROUPS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "reading, addresses, extraction": (
        ("WarcReader", "URLFilter", "Trafilatura"),
        ("extract",),
    ),
    "language, quality, signatures": (
        *(("LanguageFilter", "Gopher", "FineWeb", "MinHash 1"),),
        ("identify+annotate+sign",),
    ),
    "near-duplicates": (("MinHash 2", "MinHash 3"), ("cluster",)),
    "deciding, writing, report": (
        ("Jsonl", "MinHash 4"),
        ("screen", "select", "rebalance", "emit", "report"),
    ),
}
"""Row -> beginnings of the names of datatrove's steps, and of curate's stages."""


def versions_of(theirs: Sequence[Used]) -> str:
    """Packages and machine; datatrove's trafilatura is another than ours."""
    other = f"; datatrove's trafilatura {theirs[0].told['trafilatura']}" if theirs else ""
    return versions() + other


def rendered(results: Json) -> str:
    """All tables with their headings."""
    parts = [
        f"# From WARC to corpus\n\n{results['versions']}; {results['pages']} pages, medians of "
        f"{results['rounds']} rounds; load average at the start {results['load']:.1f}.\n",
        table(*speed(results)),
        table(*stages(results)),
        table(*steps(results)),
        table(*counts(results)),
    ]
    if results["scaled"]:
        parts.append(table(*scaling(results)))
    return "\n".join(parts)


def middle(runs: Sequence[Json], *path: str) -> float:
    """The median over the rounds of one number, 0 where it is absent."""
    found = []
    for run in runs:
        value: Any = run
        for key in path:
            value = value.get(key, 0.0)
        found.append(float(value))
    return median(found)


def start_of(results: Json, name: str) -> float:
    """CPU seconds that a side takes whatever there is to do.

    datatrove's imports, lists, model and tokenisers, as it was told by its own clock; for curate
    all of a run over a few pages, their own work included.
    """
    if name == DATATROVE:
        return middle(results["used"][name], "told", "cpu", START)
    return float(results["few"][name]["cpu"])


def rates(results: Json, name: str) -> tuple[float, float]:
    """Pages per second of CPU: of the whole run, and of what comes after the start."""
    cpu, n = middle(results["used"][name], "cpu"), results["pages"]
    done = 0 if name == DATATROVE else results["few_pages"]
    return n / cpu, (n - done) / (cpu - start_of(results, name))


def speed(results: Json) -> tuple[list[str], list[list[str]]]:
    """A row for each side."""
    head = ["side", "F1", "pages/s", "ratio", "pages/s after start", "ratio", "wall s"]
    head += ["largest process, MiB", "all processes, MiB"]
    rows, base = [], None
    for name, runs in results["used"].items():
        mine = rates(results, name)
        base = mine if name == DATATROVE else base
        f1 = results["f1"].get(results["extractors"][name])
        cells = [name, "" if f1 is None else f"{f1:.3f}"]
        for i in range(2):
            cells += [f"{mine[i]:.1f}", "" if base is None else f"{mine[i] / base[i]:.1f}"]
        cells.append(f"{middle(runs, 'wall'):.1f}")
        cells += [f"{middle(runs, key):.0f}" for key in ("largest_mib", "tree_mib")]
        rows.append(cells)
    return head, rows


def stages(results: Json) -> tuple[list[str], list[list[str]]]:
    """CPU seconds by group of stages, a column for each side; curate's without its start."""
    names = list(results["used"])
    rows = [[START, *(f"{start_of(results, name):.2f}" for name in names)]]
    for group, (theirs, ours) in GROUPS.items():
        cells = [group]
        for name in names:
            wanted = theirs if name == DATATROVE else ours
            cells.append(f"{_sum(results, name, wanted):.2f}")
        rows.append(cells)
    whole = [f"{middle(results['used'][name], 'cpu'):.2f}" for name in names]
    return ["CPU seconds", *names], [*rows, ["all", *whole]]


def _sum(results: Json, name: str, beginnings: tuple[str, ...]) -> float:
    runs = results["used"][name]
    stages = {stage for run in runs for stage in run["told"]["cpu"]}
    total = 0.0
    for stage in stages:
        if stage.startswith(beginnings):
            total += middle(runs, "told", "cpu", stage)
            if name != DATATROVE:
                total -= results["few"][name]["told"]["cpu"].get(stage, 0.0)
    return total


def steps(results: Json) -> tuple[list[str], list[list[str]]]:
    """CPU seconds of datatrove's steps and of the stages of curate's default; start included."""
    rows = []
    for name in [name for name in results["used"] if name in (DATATROVE, results["default"])]:
        runs = results["used"][name]
        for stage in runs[0]["told"]["cpu"]:
            cpu = middle(runs, "told", "cpu", stage)
            share = cpu / middle(runs, "cpu")
            rows.append([name, stage, f"{cpu:.2f}", f"{share:.0%}"])
    return ["side", "step", "CPU s", "share"], rows


def counts(results: Json) -> tuple[list[str], list[list[str]]]:
    """What became of the pages."""
    kinds = ["documents", "identified", "one a cluster", "kept"]
    rows = []
    for name, runs in results["used"].items():
        found = runs[0]["told"]["counts"]
        rows.append([name, *(str(found.get(kind, "")) for kind in kinds)])
    return ["side", *kinds], rows


def scaling(results: Json) -> tuple[list[str], list[list[str]]]:
    """Wall time by engine and cores; efficiency is the speed-up over the number of cores."""
    return (
        ["engine", "cores", "wall s", "pages/s", "CPU s", "speed-up", "efficiency"],
        list(_scaling(results)),
    )


def _scaling(results: Json) -> Iterator[list[str]]:
    for engine, by_cores in results["scaled"].items():
        alone = _working_wall(by_cores[0])
        for cores, runs in enumerate(by_cores, start=1):
            wall = _working_wall(runs)
            gain = alone / wall
            cpu = middle(runs, "cpu")
            rate = results["pages_scaled"] / wall
            numbers = [f"{wall:.1f}", f"{rate:.1f}", f"{cpu:.1f}", f"{gain:.2f}"]
            yield [engine, str(cores), *numbers, f"{gain / cores:.0%}"]


def _working_wall(runs: Sequence[Json]) -> float:
    """Seconds from the first stage to the end: imports and a cluster's start are left out."""
    walls = [run["told"]["wall"] for run in runs]
    return float(median(sum(wall.values()) - wall[START] for wall in walls))
