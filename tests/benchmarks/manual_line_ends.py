"""What the better metric of line ends changes in manuals: the bounds that ``quantile`` would give.

    python -m tests.benchmarks.manual_line_ends CACHE/documents

The folder is what ``jobs/language_configs.py collect`` writes. Both are measured in the same
texts, so their differences say more than the bounds themselves, which a few texts decide.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from curate.config.builtin import builtin_folder
from curate.config.language import LanguageConfigs
from curate.metrics.measure import measure
from curate.tune.methods import ENGLISH_LABEL
from tests.benchmarks.tables import table

METRICS: Final = ("fineweb2_terminal_punct_line_fraction", "terminal_punct_line_fraction")
ENGLISH_BOUND: Final = 0.12
"""FineWeb's, on which ``quantile`` rests."""

Values = npt.NDArray[np.float64]


def values_of(folder: Path) -> list[Values]:
    """Both metrics of every text of a label."""
    texts = [
        text
        for path in sorted(folder.glob("*.parquet"))
        for text in pq.read_table(path, columns=["text"])["text"].to_pylist()
    ]
    measured = measure(texts, [folder.name] * len(texts), {})
    return [np.array(measured[name].to_pylist(), np.float64) for name in METRICS]


def rows(documents: Path) -> list[list[str]]:
    """A row for each label whose config has a bound of its own."""
    files = LanguageConfigs.load(builtin_folder("language_configs")).files
    shares = [float((v < ENGLISH_BOUND).mean()) for v in values_of(documents / ENGLISH_LABEL)]
    found = []
    for label in sorted(files):
        own = [t.min for t in files[label].thresholds if t.metric == METRICS[1]]
        if not own or own[0] is None or not (documents / label).is_dir():
            continue
        before, after = values_of(documents / label)
        differ = float((np.abs(before - after) > 1e-9).mean())
        bounds = [float(np.quantile(v, q)) for v, q in zip((before, after), shares, strict=True)]
        found.append([
            label, str(len(before)), f"{differ:.1%}", f"{(after - before).mean():+.4f}",
            *(f"{bound:.3f}" for bound in bounds), f"{own[0]:g}",
        ])  # fmt: skip
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """The command; see the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.manual_line_ends")
    parser.add_argument("documents", type=Path)
    given = parser.parse_args(arguments)
    head = ["label", "texts", "texts that differ", "mean", "bound before", "after", "shipped"]
    sys.stdout.write(table(head, rows(given.documents)))


if __name__ == "__main__":
    main()
