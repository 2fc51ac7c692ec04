"""Try the rows of every kind and write docs/inputs.md's tables: ``python -m tests.inputs``."""

from __future__ import annotations

import argparse

from tests.inputs.tables import PAGE, written


def main() -> None:
    """Write the page."""
    argparse.ArgumentParser(prog="python -m tests.inputs", description=__doc__).parse_args()
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
