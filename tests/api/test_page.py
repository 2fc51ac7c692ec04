"""The examples of docs/python.md do what the page says."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from tests.runs import ROOT

PAGE = ROOT / "docs" / "python.md"


def examples(page: Path) -> str:
    """The blocks of a page that show a session, with blank lines in place of all else."""
    text = page.read_text(encoding="utf-8")
    blocks = re.compile(r"^```pycon\n(.*?)^```$", re.DOTALL | re.MULTILINE)
    lines, at = "", 0
    for block in blocks.finditer(text):
        lines += "\n" * (text[at : block.start(1)].count("\n")) + block[1]
        at = block.end(1)
    return lines


def failures(session: str, name: str) -> str:
    """What differs when a session is run; empty if nothing does."""
    test = doctest.DocTestParser().get_doctest(session, {}, name, name, 0)
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    return "".join(said)


def test_the_examples_are_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    session = examples(PAGE)
    assert session.count(">>>") > 30
    if differs := failures(session, PAGE.name):
        pytest.fail(differs, pytrace=False)


def test_a_wrong_example_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Text\n\n```pycon\n>>> 1 + 1\n3\n\n```\n", encoding="utf-8")
    assert "line 4" in failures(examples(page), "page.md")
