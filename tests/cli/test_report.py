"""The command that draws the page, alone and beside another side."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import yaml

from curate.config.builtin import builtin_folder
from curate.io import layout
from tests.report.report_data import run_of

Call = Callable[..., tuple[int, str, str]]
Mistake = Callable[..., str]


def page_of(work: Path, key: str = layout.REPORT_PAGE) -> str:
    return (work / key).read_text(encoding="utf-8")


def stricter(folder: Path) -> Path:
    """The shipped configs, but English needs two hundred words."""
    shutil.copytree(builtin_folder("language_configs"), folder)
    path = folder / "eng_Latn.yaml"
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    kept = [t for t in said["thresholds"] if t["metric"] != "n_words"]
    said["thresholds"] = [*kept, {"metric": "n_words", "min": 200}]
    path.write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    return folder


def test_a_page_says_how_its_sample_was_drawn(call: Call, finished: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.html"
    options = ("--seed", 5, "--sample-documents", 7, "--out", copy)
    code, out, _ = call("report", finished, *options)
    assert code == 0
    assert f"copy    {copy}" in out
    page = page_of(finished)
    assert copy.read_text(encoding="utf-8") == page
    run = run_of(page)
    assert (run["seed"], run["sampleDocuments"]) == (5, 7)
    code, _, _ = call("report", finished)
    assert (code, page_of(finished)) == (0, page), "the folder's job remembers them"


def test_other_configs_are_shown_beside_and_change_nothing(
    call: Call, finished: Path, tmp_path: Path
) -> None:
    before = page_of(finished)
    folder = stricter(tmp_path / "stricter")
    code, out, _ = call("report", finished, "--configs", folder)
    assert code == 0
    assert "compare.html" in out
    assert page_of(finished) == before
    page = page_of(finished, layout.REPORT_COMPARED)
    one, two = run_of(page), run_of(page, 1)
    predicted = {row["label"]: row["outcomes"] for row in two["labels"]}
    code, _, _ = call("select", finished, "--configs", folder, "--publish")
    assert code == 0
    real = {row["label"]: row["outcomes"] for row in run_of(page_of(finished))["labels"]}
    assert predicted == real
    assert real != {row["label"]: row["outcomes"] for row in one["labels"]}
    assert two["title"] == "small, configs stricter"


def test_another_run_is_shown_beside(call: Call, finished: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(finished, tmp_path / "other"))
    code, _, _ = call("select", other, "--publish", "--configs", stricter(tmp_path / "stricter"))
    assert code == 0
    code, _, _ = call("report", finished, "--against", other)
    assert code == 0
    page = page_of(finished, layout.REPORT_COMPARED)
    assert [run_of(page, side)["title"] for side in (0, 1)] == ["small (work)", "small (other)"]
    assert run_of(page)["labels"] != run_of(page, 1)["labels"]


def test_mistakes_are_told(call: Call, mistake: Mistake, finished: Path, tmp_path: Path) -> None:
    code, _, err = call("report", finished, "--against", finished, "--configs", finished)
    assert code == 1
    assert "exclude each other" in err
    assert "_default.yaml" in mistake("report", finished, "--configs", tmp_path)
    assert "job.yaml" in mistake("report", finished, "--against", tmp_path)
    assert "sample_documents" in mistake("report", finished, "--sample-documents", 0)
    code, _, err = call("report", finished, "--out", tmp_path / "none" / "page.html")
    assert code == 1
    assert "a folder that exists" in err
