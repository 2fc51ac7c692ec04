"""Finds every ``python -m tests.…`` and ``python -m jobs.…`` that the documentation publishes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.runs import ROOT

_COMMAND = re.compile(r"python3? -m ((?:tests|jobs)(?:\.\w+)+)([^`#\n]*)")
_CONTINUED = re.compile(r"[ \t]*\\\n\s*|\n\s+(?=\[?--)")
_FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


@dataclass(frozen=True, slots=True)
class Published:
    """One command, as a page has it.

    Attributes:
        module: what ``python -m`` runs.
        rest: what stands behind it.
        where: the file.
    """

    module: str
    rest: str
    where: str

    @property
    def flags(self) -> tuple[str, ...]:
        """The options that it names."""
        return tuple(sorted(set(_FLAG.findall(self.rest))))

    @property
    def words(self) -> tuple[str, ...]:
        """What stands before its first option; a subcommand is among them."""
        return tuple(re.split(r"\s\[?--", f" {self.rest}")[0].split())


def texts() -> Iterator[tuple[str, str]]:
    """(file, text) of all pages, and of what benchmarks and jobs say of themselves."""
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    for path in sorted(pages):
        yield _name(path), path.read_text(encoding="utf-8")
    for folder in ("tests/benchmarks", "jobs"):
        for path in sorted((ROOT / folder).glob("*.py")):
            said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")), clean=False)
            if said:
                yield _name(path), said


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def published_in(where: str, text: str) -> Iterator[Published]:
    """The commands in a text; one may go on behind a backslash, or in a line of options."""
    for found in _COMMAND.finditer(_CONTINUED.sub(" ", text)):
        yield Published(found[1], found[2], where)


def published() -> list[Published]:
    """Every command of every page."""
    return [one for where, text in texts() for one in published_in(where, text)]
