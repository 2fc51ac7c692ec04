"""Values are called by what they are, and docstrings say what a thing is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NO_NAMES = frozenset({"found", "told", "asked", "wanted", "made"})
PARTS = frozenset({"wanted", "found"})
"""Parts of an error: see :class:`curate.errors.CurateError`."""

NO_BEGINNING = re.compile(r"(What|Who|Those|The same)\b")
STORED = frozenset({("curate/report/data.py", "wanted")})
"""A field of ``stats.json``."""

MODULES = sorted((ROOT / "curate").rglob("*.py"))

Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def says_a_part(scope: Scope) -> bool:
    """Whether a function or class puts the parts of an error together."""
    keywords = {n.arg for n in ast.walk(scope) if isinstance(n, ast.keyword)}
    strings = {n.value for n in ast.walk(scope) if isinstance(n, ast.Constant)}
    is_error = isinstance(scope, ast.ClassDef) and scope.name.endswith("Error")
    return is_error or bool(PARTS & keywords) or strings >= PARTS


def bad_names(tree: ast.AST, allowed: frozenset[str] = frozenset()) -> Iterator[tuple[int, str]]:
    """Line and name of each value that is called by what was done to get it."""
    for node in ast.iter_child_nodes(tree):
        inner = allowed
        if isinstance(node, Scope) and says_a_part(node):
            inner = PARTS
        if isinstance(node, ast.Name) and node.id in NO_NAMES - allowed:
            yield node.lineno, node.id
        if isinstance(node, ast.arg) and node.arg in NO_NAMES - allowed:
            yield node.lineno, node.arg
        yield from bad_names(node, inner)


def docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and text of every docstring, also of those below a name."""
    for node in ast.walk(tree):
        body: object = getattr(node, "body", None)
        entries = body if isinstance(body, list) else []
        for at, entry in enumerate(entries):
            is_first = at == 0 and isinstance(node, ast.Module | Scope)
            if not isinstance(entry, ast.Expr) or not isinstance(entry.value, ast.Constant):
                continue
            is_below = at > 0 and isinstance(entries[at - 1], ast.Assign | ast.AnnAssign)
            if (is_first or is_below) and isinstance(entry.value.value, str):
                yield entry.lineno, entry.value.value


def test_values_are_called_by_what_they_are() -> None:
    bad = []
    for path in MODULES:
        name = path.relative_to(ROOT).as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"))
        bad += [f"{name}:{n} {x}" for n, x in bad_names(tree) if (name, x) not in STORED]
    assert bad == [], "say what it is: rows, labels, paths, a digest"


def test_docstrings_say_what_a_thing_is() -> None:
    bad = []
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        bad += [
            f"{path.relative_to(ROOT)}:{n} {text[:40]}"
            for n, text in docstrings(tree)
            if NO_BEGINNING.match(text)
        ]
    assert bad == [], "begin with the noun"


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    found = 1\n",
        "def f(told): ...\n",
        "def f():\n    return [asked for asked in ()]\n",
        "class C:\n    made: int\n",
        "def f():\n    told = 1\n    raise E(wanted='x', found=told)\n",
    ],
)
def test_such_a_name_is_seen(text: str) -> None:
    assert list(bad_names(ast.parse(text)))


def test_parts_of_an_error_have_their_names() -> None:
    text = "def f(found):\n    raise E(wanted='x', found=found, todo='y')\n"
    assert not list(bad_names(ast.parse(text)))


@pytest.mark.parametrize(
    "text", ['"""What it is."""', 'X = 1\n"""The same of Y."""', 'def f():\n    """Those."""']
)
def test_such_a_docstring_is_seen(text: str) -> None:
    assert any(NO_BEGINNING.match(doc) for _, doc in docstrings(ast.parse(text)))
