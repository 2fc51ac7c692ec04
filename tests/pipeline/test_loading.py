"""The published corpus loads in the libraries that its documentation shows, in its words."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.runs import ROOT

PAGE = ROOT / "docs" / "corpus.md"
SNIPPETS: list[str] = re.findall(
    r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL
)
LIBRARIES = ("datasets", "polars", "duckdb", "pandas")


def snippet(library: str) -> str:
    (found,) = [text for text in SNIPPETS if re.search(rf"^(from|import) {library}\b", text, re.M)]
    return found


def execute(text: str, corpus: Path, folder: Path) -> str:
    """Run a snippet of the page in a process of its own, without network; what it prints."""
    if not (folder / "curate-demo").exists():
        (folder / "curate-demo").mkdir()
        (folder / "curate-demo" / "corpus").symlink_to(corpus)
    offline = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(folder / "hf"), "HF_DATASETS_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", text],
        cwd=folder,
        env={**os.environ, **offline},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_page_s_snippets_run(library: str, baseline: Path, tmp_path: Path) -> None:
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed; it is part of the extra `test`")
    execute(snippet(library), baseline / "corpus", tmp_path)


def test_all_libraries_see_the_same_documents(baseline: Path, tmp_path: Path) -> None:
    missing = [name for name in LIBRARIES if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed; they are part of the extra `test`")
    text = """
import duckdb, pandas, polars
from datasets import get_dataset_config_names, load_dataset

corpus = "curate-demo/corpus"
for label in sorted({*get_dataset_config_names(corpus)} - {"default"}):
    files = f"{corpus}/data/{label}/train/*.parquet"
    plain = load_dataset(corpus, label, split="train")["text"][:]
    streamed = [r["text"] for r in load_dataset(corpus, label, split="train", streaming=True)]
    found = [
        polars.read_parquet(files)["text"].to_list(),
        [row[0] for row in duckdb.sql(f"SELECT text FROM '{files}'").fetchall()],
        pandas.read_parquet(f"{corpus}/data/{label}/train")["text"].tolist(),
        streamed,
    ]
    assert all(texts == plain for texts in found), label
    print(label, len(plain))
"""
    lines = execute(text, baseline / "corpus", tmp_path).splitlines()
    labels = {path.name for path in (baseline / "corpus" / "data").iterdir()}
    assert {line.split()[0] for line in lines} == labels
