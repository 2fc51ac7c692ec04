"""docs/notebook.ipynb runs, and prints what it shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.runs import ROOT

read: Any = nbformat.read  # it has no types
NOTEBOOK = ROOT / "docs" / "notebook.ipynb"


def printed(notebook: Any) -> list[str]:  # noqa: ANN401 - nbformat has no types
    """What each cell of code prints on standard output."""
    return [
        "".join(
            output.text
            for output in cell.outputs
            if output.output_type == "stream" and output.name == "stdout"
        )
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


@pytest.mark.filterwarnings("ignore")
def test_it_prints_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    shown, run = read(NOTEBOOK, as_version=4), read(NOTEBOOK, as_version=4)
    NotebookClient(run, timeout=280, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert printed(run) == printed(shown)
    assert all(printed(shown))


def test_it_holds_no_more_than_what_it_prints() -> None:
    """No pictures, counts of a session or warnings, which differ from machine to machine."""
    cells = json.loads(NOTEBOOK.read_bytes())["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    assert outputs
    assert {(output["output_type"], output.get("name")) for output in outputs} == {
        ("stream", "stdout")
    }
