"""Run every test of a fault and write docs/faults.md: ``python -m tests.faults [-k WORD ...]``."""

from __future__ import annotations

import sys

import pytest

from tests.runs import ROOT

PAGE = ROOT / "docs" / "faults.md"


def main(arguments: list[str]) -> int:
    """Run them; 0 if all passed. With arguments of your own the page is left as it is."""
    wanted = ["-m", "fault", "--exhaustive", str(ROOT / "tests")]
    if not arguments:
        wanted += ["--faults-page", str(PAGE)]
    return int(pytest.main([*wanted, *arguments]))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
