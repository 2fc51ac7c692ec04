"""The benchmark of the sandbox runs, and its sums are those of what it was given."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.sandbox import Row, main, show

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"
SHARED = pytest.mark.skipif(not DATA.exists(), reason="the shared data is not beside the checkout")


@pytest.mark.shared
@SHARED
def test_every_way_extracts_every_page(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--data", str(DATA), "--quick", "--rounds", "1", "--extractors", "resiliparse"]
    rows = main(arguments)
    assert [(row.corpus, row.n_pages) for row in rows] == [("crawl", 10), ("articles", 8)]
    assert all(ms > 0 for row in rows for ms in (row.cpu_ms, *row.wall_ms))
    assert capsys.readouterr().out.endswith(show(rows))


def test_percentages_are_of_the_page_without_a_sandbox() -> None:
    row = Row("crawl", "cascade", 2, 56.0, 4.0, (0.0, 0.4, 0.1), (4.0, 5.0, 3.9))
    assert row.percent == (0.0, 10.0, 2.5)
    assert "| 0.400 (10.0 %) | 0.100 (2.5 %) | 4.00 | 5.00 | 3.90 |" in show([row])
