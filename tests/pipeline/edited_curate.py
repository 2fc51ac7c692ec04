"""Curate with a few of its files edited, for processes that a test starts.

The edited files lie in a folder of their own that comes first on the path; all others are those of
this checkout, so that compiled kernels are found where they are.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.runs import ROOT

Insertions = Sequence[tuple[str, str]]
"""(lines that occur once in a file, lines to put before them)."""


def edited_curate(folder: Path, edits: Mapping[str, Insertions]) -> str:
    """The PYTHONPATH under which curate has the edits.

    Args:
        folder: a new one, for the edited files.
        edits: path of a file below the checkout -> what is inserted.
    """
    for name, insertions in edits.items():
        _write(folder / name, _edited(name, insertions))
        for package in list(Path(name).parents)[:-1]:
            _write(folder / package / "__init__.py", _package(package))
    # workers import what lies beside the engine, and pages are made of files beside the package
    shutil.copytree(ROOT / "curate/engine", folder / "curate/engine")
    (folder / "curate/data").symlink_to(ROOT / "curate/data")
    for beside in ("pyproject.toml", "language_configs", "jobs"):
        (folder / beside).symlink_to(ROOT / beside)
    return f"{folder}:{ROOT}"


def _edited(name: str, insertions: Insertions) -> str:
    text = (ROOT / name).read_text(encoding="utf-8")
    for before, added in insertions:
        assert text.count(before) == 1, f"{name} has no longer one place such as {before!r}"
        text = text.replace(before, added + before)
    return text


def _package(package: Path) -> str:
    own = (ROOT / package / "__init__.py").read_text(encoding="utf-8")
    return f"{own}\n__path__.append({str(ROOT / package)!r})\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
