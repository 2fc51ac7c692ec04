"""The site builds without a broken link, and a newcomer has little to read."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.runs import ROOT

FIRST_PAGES = (
    "README.md",
    "docs/quickstart.md",
    "docs/config-in-thirty-minutes.md",
    "docs/report.md",
)
"""What a newcomer reads before anything works on data of their own."""

MOST_WORDS = 5_000
LINKED_FOLDERS = ("docs", "curate", "jobs")


def build(root: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """What MkDocs says of the site of a checkout; any warning ends it."""
    call = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(root / ".mkdocs.yml")]
    environment = {**os.environ, "DISABLE_MKDOCS_2_WARNING": "true"}
    return subprocess.run(
        [*call, "-d", str(out)], capture_output=True, text=True, env=environment, check=False
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the site is made of, to be broken."""
    root = tmp_path / "checkout"
    root.mkdir()
    shutil.copytree(ROOT / "docs", root / "docs")
    for path in ROOT.iterdir():
        if path.is_file() and path.name != ".git":
            shutil.copy(path, root)
        elif path.name in LINKED_FOLDERS and path.name != "docs":
            (root / path.name).symlink_to(path)
    return root


def test_the_site_builds_with_strict_links(tmp_path: Path) -> None:
    done = build(ROOT, tmp_path / "site")
    assert done.returncode == 0, done.stdout + done.stderr
    start = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert 'href="quickstart.html"' in start
    api = (tmp_path / "site" / "api.html").read_text(encoding="utf-8")
    assert 'id="curate.api.texts.minhash"' in api


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("See [a page](nowhere.md).", id="a-page-that-is-missing"),
        pytest.param("See [a part](ray.md#nowhere).", id="a-heading-that-is-missing"),
    ],
)
def test_a_broken_link_ends_the_build(checkout: Path, tmp_path: Path, words: str) -> None:
    page = checkout / "docs" / "ray.md"
    page.write_text(f"{page.read_text(encoding='utf-8')}\n{words}\n", encoding="utf-8")
    done = build(checkout, tmp_path / "site")
    assert done.returncode != 0
    assert "nowhere" in done.stdout + done.stderr


def n_words(text: str) -> int:
    """Words as a reader meets them: no code, no addresses of links; tables count."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    return len(re.sub(r"\]\([^)]*\)", "]", text).split())


def test_a_newcomer_reads_fewer_than_five_thousand_words() -> None:
    counts = {name: n_words((ROOT / name).read_text(encoding="utf-8")) for name in FIRST_PAGES}
    assert sum(counts.values()) < MOST_WORDS, counts


def test_words_are_counted_without_code() -> None:
    assert n_words("One [two](docs/three.md).\n```sh\nfour five\n```\nSix.") == 3
