"""pytest hooks: which tests try which fault, and a page made of how they ended.

``@pytest.mark.fault("worker-killed", "local")`` names a row of :mod:`tests.faults.matrix` and where
it is tried; without the place, the test's parameter ``kind`` (an engine) says it.
"""

from __future__ import annotations

import json
import platform
import time
from collections import Counter
from collections.abc import Generator
from importlib import metadata
from pathlib import Path

import pytest

from tests.faults.matrix import MATRIX, PLACES

COMMAND = "python -m tests.faults"
BEYOND = (
    "- a machine that is cut off from the network: in its place a node's raylet stands still.",
    "- a machine that is switched off: in its place all is dropped that no fsync made durable.",
)
"""Faults that need more than one machine, and what is tried instead."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the fault matrix."""
    parser.addoption("--exhaustive", action="store_true", help="tests too long for every run")
    parser.addoption("--faults-record", metavar="FOLDER", help="keep how tests of faults ended")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the exhaustive tests out unless they are asked for; check the marks."""
    left_out = []
    for item in items:
        for row, place in faults_of(item):
            assert row in MATRIX, f"{item.nodeid}: no row {row!r}"
            assert place in PLACES, f"{item.nodeid}: no place {place!r}"
        if item.get_closest_marker("exhaustive") and not config.getoption("--exhaustive"):
            left_out.append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]


def faults_of(item: pytest.Item) -> list[tuple[str, str]]:
    """(row, place) of a test."""
    found = []
    for mark in item.iter_markers("fault"):
        row, *places = mark.args
        if not places:
            callspec = getattr(item, "callspec", None)
            kind = str(callspec.params.get("kind", "local")) if callspec else "local"
            places = [kind if kind in PLACES else "local"]
        found += [(row, place) for place in places]
    return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember on disk how each test of a fault ended."""
    report = yield
    folder = item.config.getoption("--faults-record")
    if folder and (report.when == "call" or report.outcome != "passed"):
        line = {"test": item.nodeid, "outcome": report.outcome, "faults": faults_of(item)}
        with (Path(folder) / f"{time.time_ns()}.json").open("x", encoding="utf-8") as file:
            json.dump(line, file)
    return report


def ended(folder: Path) -> dict[tuple[str, str], Counter[str]]:
    """(row, place) -> outcomes, of the last time that each test ran."""
    last = {}
    for path in sorted(folder.glob("*.json")):
        line = json.loads(path.read_text(encoding="utf-8"))
        last[line["test"]] = line
    found: dict[tuple[str, str], Counter[str]] = {}
    for line in last.values():
        for row, place in line["faults"]:
            found.setdefault((row, place), Counter())[line["outcome"]] += 1
    return found


def page(ended: dict[tuple[str, str], Counter[str]]) -> str:
    """The page, from how many tests of each (row, place) passed, failed or were skipped."""
    lines = [
        f"<!-- Written by the tests themselves. Do not edit: run `{COMMAND}`. -->",
        "",
        "# Faults",
        "",
        "What can go wrong while curate works, what has to happen then, and the tests that tried",
        "it. A number is how many tests passed. Where a run was disturbed, they compare what it",
        "published with a run without faults, byte for byte: nothing lost, nothing twice. Where a",
        "cell is empty, no test ran there when this page was made.",
        "",
        "`local`: worker processes, a work folder on disk. `ray`: Ray tasks, or a Ray cluster of",
        "three nodes on one machine. `s3`: an object store as work folder, over its protocol.",
        "",
        "| fault | then | " + " | ".join(PLACES) + " |",
        "|---|---|" + "---:|" * len(PLACES),
    ]
    untried = []
    for name, fault in MATRIX.items():
        if fault.untried:
            untried.append(f"- {fault.what}: {fault.untried}.")
            continue
        marks = [_mark(ended.get((name, place), Counter())) for place in PLACES]
        lines.append(f"| {fault.what} | {fault.then} | " + " | ".join(marks) + " |")
    versions = ", ".join(f"{n} {metadata.version(n)}" for n in ("ray", "pyarrow", "obstore"))
    lines += ["", "Not tried:", "", *untried, *BEYOND, ""]
    lines += [
        f"Made by `{COMMAND}` with Python {platform.python_version()}, {versions}. What it rests",
        "on is in the [architecture](architecture.md#committing).",
        "",
    ]
    return "\n".join(lines)


def _mark(counts: Counter[str]) -> str:
    if counts["failed"]:
        return f"**{counts['failed']} failed**"
    if counts["passed"]:
        return f"✓ {counts['passed']}"
    return "skipped" if counts["skipped"] else ""
