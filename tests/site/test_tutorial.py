"""The tutorial works in an empty folder, command by command, as it is printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.runs import ROOT

PAGE = ROOT / "docs" / "config-in-thirty-minutes.md"
_BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def steps(text: str) -> list[str]:
    """What a reader types, in order; a Python block is saved under the name said above it."""
    found = []
    for block in _BLOCK.finditer(text):
        kind, code = block.groups()
        if kind == "python":
            name = re.findall(r"Save this as `([\w.]+)`", text[: block.start()])[-1]
            code = f"cat > {name} <<'END-OF-FILE'\n{code}END-OF-FILE\n"
        found.append(code)
    return found


def type_in(folder: Path, code: str) -> str:
    """What the commands print in a folder, with this environment's `curate` and `python`."""
    place = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": f"{place}:{os.environ['PATH']}", "COLUMNS": "80"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", code],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{code}\n{done.stdout}"
    return done.stdout


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The folder after the whole page, and what each of its blocks printed."""
    folder = tmp_path_factory.mktemp("tutorial")
    text = PAGE.read_text(encoding="utf-8")
    return folder, [type_in(folder, code) for code in steps(text)]


def test_every_command_of_the_page_works(printed: tuple[Path, list[str]]) -> None:
    folder, outputs = printed
    assert "29 texts" in "".join(outputs)
    assert "all good" in "".join(outputs)
    assert (folder / "curate-demo" / "corpus" / "manifest.json").exists()


def test_it_says_which_stop_words_are_found(printed: tuple[Path, list[str]]) -> None:
    shown = re.search(r"```text\n(ya, .*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert shown is not None
    found = set(re.findall(r"\w+", shown[1]))
    kept = (printed[0] / "my_configs" / "swh_Latn.yaml").read_text(encoding="utf-8")
    line = re.search(r"^stopwords: \[(.*?)\]", kept, re.DOTALL | re.MULTILINE)
    assert line is not None
    removed = {"haki", "mtu", "kifungu", "uhuru", "watu", "kazi", "nchi", "sheria"}
    assert set(re.findall(r"\w+", line[1])) == found - removed
    assert "weight: 0.11" in kept


def test_the_page_is_published_with_the_users_bounds(printed: tuple[Path, list[str]]) -> None:
    first, last = (out for out in printed[1] if "published with weight" in out)
    before, after = (re.search(r"mean_word_chars.*", out) for out in (first, last))
    assert before is not None
    assert after is not None
    assert before[0] != after[0]
