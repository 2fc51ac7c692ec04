"""The benchmark of WARC readers runs, and its readers see the same pages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.benchmarks.warc import main


def test_one_round(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "figures.json"
    main(["--pages", "1", "--rounds", "1", "--out", str(out)])
    figures = json.loads(out.read_text(encoding="utf-8"))
    (readers,) = figures["files"].values()
    ours = {row["pages"] for name, row in readers.items() if name.startswith("curate")}
    assert ours == {309}
    bodies = [readers[f"curate{kind}, bodies"]["chars_or_bytes"] for kind in ("", "'s member scan")]
    assert bodies[0] == bodies[1]
    assert "| curate, decoded | 309 |" in capsys.readouterr().out
