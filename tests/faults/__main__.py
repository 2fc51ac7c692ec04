"""Run every test of a fault and write docs/faults.md: ``python -m tests.faults [-k WORD ...]``.

How each test ended is kept in ``.faults/``. With arguments, which are pytest's, only some run, and
the page has the others as they ended before.
"""

from __future__ import annotations

import argparse
import shutil
import sys

import pytest

from tests.faults.record import ended, page
from tests.runs import ROOT

PAGE = ROOT / "docs" / "faults.md"
RECORD = ROOT / ".faults"


def main(arguments: list[str]) -> int:
    """Run them and write the page; 0 if all passed."""
    about = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    about.add_argument("-k", metavar="WORD", help="only tests of that name; others are pytest's")
    about.parse_known_args(arguments)
    if not arguments:
        shutil.rmtree(RECORD, ignore_errors=True)
    RECORD.mkdir(exist_ok=True)
    options = [
        "-m",
        "fault",
        "--exhaustive",
        "--numprocesses=0",  # tests of memory and of nodes want the machine for themselves
        "-o",
        "timeout=1800",
        f"--faults-record={RECORD}",
        str(ROOT / "tests"),
    ]
    code = int(pytest.main([*options, *arguments]))
    PAGE.write_text(page(ended(RECORD)), encoding="utf-8")
    return code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
