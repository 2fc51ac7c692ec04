"""The commands that read and write FineWeb2's published configs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from curate.config.language import LanguageConfigs

Call = Callable[..., tuple[int, str, str]]
Mistake = Callable[..., str]

HINDI: dict[str, Any] = {
    "dup_line_frac": 0.3,
    "dup_n_grams": [[5, 0.15], [6, 0.14], [7, 0.13], [8, 0.12], [9, 0.11], [10, 1.0]],
    "language_score": 0.7,
    "line_punct_thr": -1,
    "max_avg_word_length": 11,
    "max_non_alpha_words_ratio": 0.8,
    "min_avg_word_length": 2,
    "new_line_ratio": 0.2,
    "stopwords": ["के", "में", "है", "की", "से", "को", "का", "और", "।"],
    "top_n_grams": [[2, 0.2], [3, 0.18], [4, 0.16]],
}


@pytest.fixture
def published(tmp_path: Path) -> Path:
    folder = tmp_path / "published"
    folder.mkdir()
    (folder / "hin_Deva.yml").write_text(yaml.safe_dump(HINDI))
    (folder / "tha_Thai.yml").write_text(yaml.safe_dump({**HINDI, "stopwords": ["ที่", "การ"]}))
    return folder


def test_what_was_imported_can_be_used(published: Path, call: Call, tmp_path: Path) -> None:
    out = tmp_path / "mine"
    code, said, err = call("config", "import-fineweb2", published, "--out", out)
    assert (code, err) == (0, "")
    assert "left out: stop words without a letter: 1 in 1 label(s)" in said
    assert "files read: 2; configs written: 2" in said
    assert max(map(len, said.splitlines())) <= max(80, len(f"configs: {out}"))
    assert call("config", "check", out)[0] == 0
    shown = call("config", "show", "hin_Deva", "--configs", out)[1]
    assert "mean_word_chars" in shown
    assert "n_words" in shown  # from the default that was written beside it
    config = LanguageConfigs.load(out).for_label("hin_Deva")
    assert "।" not in config.stopwords
    assert "।" in "".join(config.provenance.notes)


def test_all_findings_are_listed_on_request(published: Path, call: Call, tmp_path: Path) -> None:
    arguments = ("config", "import-fineweb2", published, "--out", tmp_path / "mine")
    brief = call(*arguments)[1]
    full = call(*arguments, "--force", "--verbose")[1]
    for kept in ("hin_Deva  dup_n_grams 10  1", "tha_Thai  line_punct_thr  -1"):
        assert kept in full
    assert "tha_Thai  line_punct_thr" not in brief


def test_back_in_their_form_the_values_are_theirs(
    published: Path, call: Call, tmp_path: Path
) -> None:
    call("config", "import-fineweb2", published, "--out", tmp_path / "mine")
    code, said, _ = call("config", "export-fineweb2", tmp_path / "mine", "--out", tmp_path / "back")
    assert code == 0
    assert "labels: 2; configs written: 2" in said
    back = yaml.safe_load((tmp_path / "back" / "hin_Deva.yml").read_text())
    expected = {**HINDI, "stopwords": HINDI["stopwords"][:-1]}
    expected["dup_n_grams"] = [*HINDI["dup_n_grams"][:-1], [10, 999]]
    assert back == expected


def test_the_shipped_configs_can_be_exported(call: Call, tmp_path: Path) -> None:
    code, said, _ = call(
        "config", "export-fineweb2", "builtin", "--label", "ell_Grek", "--out", tmp_path / "x"
    )
    assert code == 0
    assert [path.name for path in (tmp_path / "x").iterdir()] == ["ell_Grek.yml"]
    assert "labels: 1; configs written: 1" in said


def test_bad_files_are_named_and_the_good_ones_written(
    published: Path, call: Call, tmp_path: Path
) -> None:
    (published / "hindi.yml").write_text(yaml.safe_dump(HINDI))
    (published / "arb_Arab.yml").write_text(yaml.safe_dump({**HINDI, "language_score": None}))
    (published / "fra_Latn.yml").write_bytes(b"stopwords: [\xff]")
    code, said, err = call("config", "import-fineweb2", published, "--out", tmp_path / "mine")
    assert code == 1
    assert "files read: 5; configs written: 2" in said
    assert all(name in err for name in ("hindi.yml", "arb_Arab.yml", "fra_Latn.yml"))
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == [
        "_default.yaml",
        "hin_Deva.yaml",
        "tha_Thai.yaml",
    ]


def test_mistakes_are_said_before_anything_is_written(
    published: Path, mistake: Mistake, tmp_path: Path
) -> None:
    out = tmp_path / "mine"
    no_folder = tmp_path / "none"
    assert "no such folder" in mistake("config", "import-fineweb2", no_folder, "--out", out)
    (tmp_path / "empty").mkdir()
    message = mistake("config", "import-fineweb2", tmp_path / "empty", "--out", out)
    assert "without .yml files" in message
    assert "2 file(s) in it" in mistake("config", "import-fineweb2", published, "--out", published)
    message = mistake("config", "export-fineweb2", "builtin", "--label", "xxx_Latn", "--out", out)
    assert "xxx_Latn" in message
    assert not out.exists()
