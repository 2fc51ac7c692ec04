"""Tables on tuning, each by one command.

    python jobs/language_configs.py --cache CACHE collect     # and then: tune
    python -m tests.benchmarks.tuning stability CACHE/translated --kept CACHE/measured
    python -m tests.benchmarks.tuning stability udhr_paragraphs.json.gz --kept CACHE/udhr \\
        --least 20 --sizes
    python -m tests.benchmarks.tuning beside fineweb2_configs.tar.gz
    python -m tests.benchmarks.tuning shipped [--before FOLDER]
    python -m tests.benchmarks.tuning memory --rows 100000 1000000

Results are in ``docs/tuning-results.md`` and ``docs/shipped-configs.md``.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from curate.config.builtin import builtin_folder
from curate.config.language import LanguageConfigs
from curate.tune.methods import WINNERS
from tests.benchmarks.tables import table, versions
from tests.benchmarks.tuning_beside import agreement, beside, largest, published
from tests.benchmarks.tuning_data import measured
from tests.benchmarks.tuning_memory import measure
from tests.benchmarks.tuning_shipped import CHANGED_HEAD, HEAD, changed, rows
from tests.benchmarks.tuning_stability import SIZES, Spread, stability


def _stability(given: argparse.Namespace) -> str:
    tables = measured(given.source, given.kept, given.workers, ())
    parents = LanguageConfigs.load(given.configs)
    rows = list(
        stability(
            tables,
            parents,
            methods={**WINNERS, "fineweb_quality": given.fineweb_quality},
            sizes=given.sizes,
            draws=given.draws,
            shrinkage=given.shrinkage,
            least=given.least,
            seed=given.seed,
        )
    )
    head = ["bound", "labels", "of all", *(_size(n) for n in (*given.sizes, 0)), "between", "k"]
    by_bound: dict[tuple[str, str], list[Spread]] = {}
    for row in rows:
        by_bound.setdefault((row.metric, row.side), []).append(row)
    lines = []
    for (metric, side), found in by_bound.items():
        last = found[-1]
        cells = [f"{row.plain:.3f} / {row.shrunk:.3f}" for row in found]
        k = sorted(row.constant for row in found)[len(found) // 2]
        lines.append(
            [
                f"`{metric}` {side}",
                str(last.n_labels),
                f"{last.bound:.3f}",
                *cells,
                f"{last.between:.3f}",
                f"{k:.0f}",
            ]
        )
    return table(head, lines)


def _size(n: int) -> str:
    return f"n = {n:,}" if n else "all"


def _beside(given: argparse.Namespace) -> str:
    rows = list(beside(LanguageConfigs.load(given.configs), published(given.archive)))
    n_labels = len({row.label for row in rows})
    first = table(
        ["bound", "labels", "ours", "theirs", "within 25 %", "rank r", "only ours", "only theirs"],
        [
            [
                f"`{a.metric}` {a.side}",
                str(a.n),
                f"{a.ours:.3f}",
                f"{a.theirs:.3f}",
                f"{a.within:.0%}",
                f"{a.correlation:.2f}",
                str(a.only_ours),
                str(a.only_theirs),
            ]
            for a in agreement(rows)
        ],
    )
    second = table(
        ["label", "bound", "ours", "theirs", "reason"],
        [
            [r.label, f"`{r.metric}` {r.side}", f"{r.ours:.3f}", f"{r.theirs:.3f}", r.reason]
            for r in largest(rows, given.largest)
        ],
    )
    return f"{n_labels} labels have a file on both sides.\n\n{first}\n{second}"


def _shipped(given: argparse.Namespace) -> str:
    after = LanguageConfigs.load(given.configs)
    if given.before is None:
        return table(HEAD, list(rows(after)))
    return table(CHANGED_HEAD, list(changed(LanguageConfigs.load(given.before), after)))


def _memory(given: argparse.Namespace) -> str:
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch)
        rows = [
            [
                f"{row.documents:,}",
                f"{row.used.largest_mib:.0f}",
                f"{row.used.tree_mib:.0f}",
                f"{row.used.wall:.0f}",
            ]
            for row in measure(folder, given.rows, workers=given.workers)
        ]
    head = ["documents", "largest process, MiB", "all processes, MiB", "seconds"]
    return table(head, rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command; see the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.tuning")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("stability")
    one.add_argument("source", type=Path)
    one.add_argument("--kept", type=Path, required=True)
    one.add_argument("--configs", type=Path, default=builtin_folder("language_configs"))
    one.add_argument("--fineweb_quality", default="quantile")
    one.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    one.add_argument("--draws", type=int, default=50)
    one.add_argument("--shrinkage", type=float, default=200)
    one.add_argument("--least", type=int, default=500)
    one.add_argument("--seed", type=int, default=1)
    one.set_defaults(run=_stability)
    two = commands.add_parser("beside")
    two.add_argument("archive", type=Path)
    two.add_argument("--configs", type=Path, default=builtin_folder("language_configs"))
    two.add_argument("--largest", type=int, default=30)
    two.set_defaults(run=_beside)
    four = commands.add_parser("shipped")
    four.add_argument("--configs", type=Path, default=builtin_folder("language_configs"))
    four.add_argument("--before", type=Path, help="a folder of configs to tell the changes since")
    four.set_defaults(run=_shipped)
    three = commands.add_parser("memory")
    three.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    three.add_argument("--folder", type=Path)
    three.set_defaults(run=_memory)
    given = parser.parse_args(arguments)
    sys.stdout.write(f"{given.run(given)}\n{versions()}\n")


if __name__ == "__main__":
    main()
