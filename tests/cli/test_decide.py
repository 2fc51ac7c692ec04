"""Deciding again on the command line: whatif, config diff, explain."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from curate.config.builtin import builtin_folder
from tests.cli.conftest import Call, Mistake
from tests.runs import attempts_of, corpus_of


@pytest.fixture
def configs(tmp_path: Path) -> Path:
    """Configs with another minimum of words, and one more rule for German."""
    folder = Path(shutil.copytree(builtin_folder("language_configs"), tmp_path / "configs"))
    default = folder / "_default.yaml"
    text = default.read_text(encoding="utf-8")
    default.write_text(text.replace("n_words, min: 50", "n_words, min: 153"), encoding="utf-8")
    german = folder / "deu_Latn.yaml"
    text = german.read_text(encoding="utf-8")
    rule = "thresholds:\n  - {metric: n_chars, min: 901}\n"
    german.write_text(text.replace("thresholds:\n", rule, 1), encoding="utf-8")
    return folder


def fits(out: str) -> bool:
    return all(len(line) <= 80 for line in out.splitlines())


def test_whatif_of_one_label(call: Call, baseline: Path) -> None:
    before = attempts_of(baseline), corpus_of(baseline)
    arguments = ("whatif", baseline, "--label", "deu_Latn", "--set", "n_words.min=153")
    code, out, err = call(*arguments)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("deu_Latn: n_words at least 153 instead of 50 (stricter)")
    kinds = [line.split()[0] for line in lines if line and line[0] != " "]
    assert kinds[1:6] == ["published", "-" * len(lines[3]), "documents", "characters", "repeated"]
    assert "would no longer be published" in out
    assert "n_words " in out
    assert "allowed from 153 to 100000" in out
    assert fits(out)
    assert call(*arguments)[1] == out, "the sample is seeded"
    assert call(*arguments, "--n", 0)[1].count("allowed") == 0
    assert (attempts_of(baseline), corpus_of(baseline)) == before


def test_whatif_of_a_folder_for_all_labels(call: Call, baseline: Path, configs: Path) -> None:
    code, out, _ = call("whatif", baseline, "--configs", configs)
    assert code == 0
    assert "n_chars at least 901, a new rule" in out
    assert "\ntotal " in out
    assert fits(out)
    same = call("whatif", baseline, "--configs", builtin_folder("language_configs"))[1]
    assert same.startswith("no difference in thresholds or stop words\n")
    assert "change" in same


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "--set METRIC.BOUND=VALUE, or --configs DIR"),
        (["--set", "mean_word_char.max=12"], "did you mean `mean_word_chars`?"),
        (["--set", "n_words.min=many"], "'many'"),
        (["--set", "n_words.min=5", "--label", "deu_Ltn"], "did you mean `deu_Latn`?"),
        (["--set", "n_words.min=5", "--label", "fra_Latn"], "no document of fra_Latn"),
        (["--set", "n_words.min=200000"], "at most its max"),
        (["--set", "own_word_fraction.min=0.1"], "identify.wordlists"),
        (["--configs", "nowhere"], "no such folder"),
    ],
)
def test_mistakes_of_whatif(
    arguments: list[str], said: str, mistake: Mistake, baseline: Path
) -> None:
    assert said in mistake("whatif", baseline, *arguments)


def test_config_diff_says_what_changed_and_what_it_would_do(
    call: Call, baseline: Path, configs: Path
) -> None:
    code, out, _ = call("config", "diff", "builtin", configs)
    assert code == 0
    assert "  n_words at least 153 instead of 50 (stricter)" in out
    assert out.count("n_chars at least 901, a new rule") == 1
    assert fits(out)
    code, out, _ = call("config", "diff", "builtin", configs, "--work", baseline)
    assert code == 0
    rows = [line for line in out.splitlines() if line.startswith("deu_Latn  ")]
    assert len(rows) == 3
    assert "all together" in rows[2]
    assert fits(out)
    code, out, _ = call("config", "diff", "builtin", "builtin")
    assert out == f"all {len(list(configs.rglob('*.yaml')))} files: no difference\n"


def test_config_diff_and_whatif_agree(call: Call, baseline: Path, configs: Path) -> None:
    code, out, _ = call(
        "config", "diff", "builtin", configs, "--work", baseline, "--label", "deu_Latn"
    )
    assert code == 0
    (row,) = (x for x in out.splitlines() if x.startswith("deu_Latn") and "together" in x)
    kept, then = row.split("together")[1].split()[:2]
    tried = call("whatif", baseline, "--configs", configs, "--label", "deu_Latn")[1]
    (line,) = (x for x in tried.splitlines() if x.startswith("documents "))
    assert line.split()[1:3] == [kept, then]


def test_config_diff_of_files(call: Call, configs: Path) -> None:
    code, out, _ = call(
        "config", "diff", builtin_folder("language_configs") / "deu_Latn.yaml", configs
    )
    assert code == 0
    assert out.splitlines()[0] == "deu_Latn:"
    assert "n_chars at least 901, a new rule" in out
    assert "fra_Latn" not in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["builtin", "nowhere"], "nothing of that name"),
        (["built-in", "builtin"], "did you mean `builtin`?"),
        (["builtin", "builtin", "--label", "deu_Ltn"], "did you mean `deu_Latn`?"),
    ],
)
def test_mistakes_of_config_diff(arguments: list[str], said: str, mistake: Mistake) -> None:
    assert said in mistake("config", "diff", *arguments)
