"""The names of the package: typed, documented, and loaded only when they are used."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import curate

PACKAGE = Path(curate.__file__).parent
PUBLIC = [name for name in curate.__all__ if name != "__version__"]


def _declared() -> dict[str, str]:
    """Name -> module, of what a type checker is told."""
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    (block,) = [
        node
        for node in tree.body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    return {
        alias.asname or alias.name: str(node.module)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_type_checkers_are_told_of_the_names_that_programs_get() -> None:
    assert sorted(_declared()) == sorted(PUBLIC)
    for name, module in _declared().items():
        value = getattr(curate, name)
        assert value.__module__ == module
    assert set(PUBLIC) <= set(dir(curate))


@pytest.mark.parametrize("name", PUBLIC)
def test_every_name_is_documented_and_typed(name: str) -> None:
    value = getattr(curate, name)
    assert inspect.getdoc(value)
    if inspect.isfunction(value):
        signature = inspect.signature(value)
        assert signature.return_annotation is not inspect.Signature.empty
        assert all(
            p.annotation is not inspect.Parameter.empty for p in signature.parameters.values()
        )


def test_an_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="extrakt"):
        _ = curate.extrakt  # type: ignore[attr-defined]


def _loaded(code: str) -> set[str]:
    """Modules that a program of its own has loaded at its end."""
    told = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(told.stdout.split())


def test_importing_it_loads_nothing_else() -> None:
    without = _loaded("import __future__, typing")
    assert {name for name in _loaded("import curate") - without} == {"curate"}


def test_a_name_loads_no_more_than_it_needs() -> None:
    loaded = _loaded("import curate\ncurate.decode(b'x')")
    assert "curate.api.pages" in loaded
    assert not {"ray", "curate.pipeline.run", "curate.api.work_folder"} & loaded


def test_no_module_of_curate_takes_names_of_the_api() -> None:
    """Floors do not see such an import: the package's own are left out of them."""
    bad = [
        f"{path.relative_to(PACKAGE)}: {alias.name}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "curate" and not node.level
        for alias in node.names
        if alias.name in PUBLIC
    ]
    assert bad == []
