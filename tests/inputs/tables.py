"""The tables of docs/inputs.md, from what came of reading each row."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.inputs.row import Kind, Row
from tests.inputs.warc_rows import WARC
from tests.runs import ROOT

PAGE = ROOT / "docs" / "inputs.md"
KINDS: tuple[Kind, ...] = (WARC,)
"""In the order of the page. A kind that comes new needs its two marks there."""


def tried(kind: Kind, row: Row, folder: Path) -> tuple[int, str]:
    """How many documents a row gives, and what comes of it."""
    path = folder / "x"
    path.write_bytes(row.make())
    return kind.outcome(path)


def table(kind: Kind) -> str:
    """The table of a kind."""
    lines = ["| input | documents | then |", "|---|--:|---|"]
    with tempfile.TemporaryDirectory() as folder:
        for title, rows in kind.groups:
            lines.append(f"| **{title}** | | |")
            for row in rows:
                n, then = tried(kind, row, Path(folder))
                lines.append(f"| {row.what} | {n} | {then} |")
    return "\n".join(lines)


def written(page: str) -> str:
    """The page with its tables made again."""
    for kind in KINDS:
        begin, end = f"<!-- inputs:{kind.name} -->\n", f"<!-- /inputs:{kind.name} -->"
        before, _, rest = page.partition(begin)
        _, found, after = rest.partition(end)
        assert found, f"docs/inputs.md lacks the marks {begin.strip()} and {end}"
        page = f"{before}{begin}{table(kind)}\n{end}{after}"
    return page
