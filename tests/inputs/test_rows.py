"""Odd inputs of every kind do what their rows say, and docs/inputs.md says so too."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.inputs.row import Kind, Row
from tests.inputs.tables import KINDS, PAGE, tried, written

ROWS = [
    pytest.param(kind, row, id=f"{kind.name}: {row.what}")
    for kind in KINDS
    for _, rows in kind.groups
    for row in rows
]


@pytest.mark.parametrize(("kind", "row"), ROWS)
def test_a_row_does_what_it_says(tmp_path: Path, kind: Kind, row: Row) -> None:
    assert tried(kind, row, tmp_path) == (row.pages, row.then)


def test_the_page_is_what_the_rows_wrote() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert written(page) == page, "run `python -m tests.inputs`"
