"""All that happens to a page before it is measured: reading, extraction, identification.

    python -m tests.benchmarks.front [--files WARC...] [--data DIR] [--sets DIR]
        [--datatrove-python PYTHON] [--quick]

Prints the tables of :mod:`tests.benchmarks.warc`, :mod:`tests.benchmarks.extraction` and
:mod:`tests.benchmarks.lid`, datatrove beside curate in each. See those for what the options mean.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks import extraction, lid, warc
from tests.benchmarks.tables import versions


def main(arguments: Sequence[str] | None = None) -> None:
    """The command; see the module."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.front")
    parser.add_argument("--files", nargs="*", type=Path, default=[])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--sets", type=Path)
    parser.add_argument("--datatrove-python")
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args(arguments)
    quick = ["--quick"] if given.quick else []
    data = ["--data", str(given.data)] if given.data else []
    sets = ["--sets", str(given.sets)] if given.sets else []
    python = ["--datatrove-python", given.datatrove_python] if given.datatrove_python else []
    short = ["--pages", "300", "--rounds", "1"] if given.quick else []
    _title(f"Reading\n\n{versions()}")
    warc.main([*map(str, given.files), *short])
    _title("Extraction")
    extraction.main([*data, *python, *quick])
    _title("Identification")
    lid.main([*sets, *quick])


def _title(text: str) -> None:
    sys.stdout.write(f"\n# {text}\n\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
