"""Deciding again on the command line: whatif, config diff, explain."""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from curate.ask import explain as explaining
from curate.ask.rerun import load_recorded
from curate.cli.explain import show_labels
from curate.config.builtin import builtin_folder
from curate.config.language import Threshold
from curate.io.store import Store
from curate.metrics import METRICS
from curate.report.terminal_tables import columns_of
from curate.work.configs import configs_in_use
from tests.cli.conftest import Call, Mistake
from tests.looking import document_tables
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
    return all(columns_of(line.rstrip()) <= 80 for line in out.splitlines())


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
    assert out == f"all {len(list(configs.rglob('*.yaml')))}: no difference\n"


def test_config_diff_counts_a_new_rule_about_stop_words(
    call: Call, baseline: Path, configs: Path, tmp_path: Path
) -> None:
    bare = Path(shutil.copytree(configs, tmp_path / "bare"))
    (bare / "deu_Latn.yaml").write_text(
        "label: deu_Latn\nprovenance: {method: none, reference: none}\n", encoding="utf-8"
    )
    code, out, _ = call("config", "diff", bare, configs, "--work", baseline)
    assert code == 0
    assert "n_stopwords at least 2, a new rule" in out
    assert "An estimate: the stop words of deu_Latn differ" in " ".join(out.split())
    assert "_default" not in out, "labels of the work folder are shown"


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


# ---- explain -------------------------------------------------------------------------------


def test_explain_shows_the_representative_and_how_similar_it_is(call: Call, baseline: Path) -> None:
    rows = {row["id"]: row for row in document_tables(baseline)}
    duplicate = next(row for row in rows.values() if row["removal_reason"] == "duplicate")
    code, out, err = call("explain", baseline, duplicate["id"])
    assert (code, err) == (0, "")
    (line,) = (x for x in out.splitlines() if x.startswith("representative"))
    other = rows[line.split()[1]]
    assert other["is_representative"]
    assert other["cluster_id"] == duplicate["cluster_id"]
    assert f"cluster_id      {duplicate['cluster_id']:016x}" in out
    similarity = float(out.split("estimated similarity ")[1].split()[0])
    assert 0.7 <= similarity <= 1
    own = call("explain", baseline, other["id"])[1]
    assert "representative  this document" in own
    alone = next(row for row in rows.values() if row["cluster_size"] == 1)
    assert "representative" not in call("explain", baseline, alone["id"])[1]


def test_explain_fits_a_terminal_and_shows_every_metric_once(call: Call, baseline: Path) -> None:
    for row in document_tables(baseline):
        out = call("explain", baseline, row["id"])[1]
        assert fits(out), out
        shown = out.split("verdict ")[0]
        for metric in METRICS:
            assert len(re.findall(rf"\b{metric}\b", shown)) == 1, metric


def test_explain_names_the_runners_up() -> None:
    out = Console(file=io.StringIO(), width=80)
    top = [{"label": "dan_Latn", "confidence": 0.7}, {"label": "nob_Latn", "confidence": 0.2}]
    show_labels(out, {"label": "dan_Latn", "top_labels": top})
    assert isinstance(out.file, io.StringIO)
    assert out.file.getvalue() == "runners-up      nob_Latn 0.2000\n"


def test_the_nearest_bound_is_the_one_with_the_least_margin_in_spreads(baseline: Path) -> None:
    store = Store(baseline)
    configs = configs_in_use(store, load_recorded(str(baseline)))
    english = [row for row in document_tables(baseline) if row["label"] == "eng_Latn"]
    kept = next(row for row in english if row["drop_reason"] is None)
    (found,) = explaining.explain(store, kept["id"], configs)
    assert found.n_neighbours == len(english)
    values = np.array([row["n_stopwords"] for row in english], float)
    low, high = np.quantile(values, (0.05, 0.95))
    minimum = configs.for_label("eng_Latn").threshold("n_stopwords")
    assert minimum is not None
    assert minimum.min is not None
    wanted = (kept["n_stopwords"] - minimum.min) / (high - low)
    assert found.spreads["n_stopwords"] == pytest.approx(wanted)
    assert "hashes_per_word" not in found.spreads, "it does not vary"
    assert found.nearest is not None
    assert found.spreads[found.nearest.metric] == min(found.spreads.values())
    dropped = next(row for row in english if row["drop_reason"])
    (found,) = explaining.explain(store, dropped["id"], configs)
    assert found.nearest is not None
    assert found.nearest.metric == dropped["drop_reason"]
    assert found.spreads.get(found.nearest.metric, -1) < 0
    german = next(row for row in document_tables(baseline) if row["label"] == "deu_Latn")
    (found,) = explaining.explain(store, german["id"], configs)
    assert (found.spreads, found.n_neighbours, found.nearest) == ({}, 0, None), "too few"


def test_explain_shows_the_thresholds_that_decided_even_if_edited_since(
    call: Call, finished: Path, configs: Path
) -> None:
    row = next(r for r in document_tables(finished) if r["label"] == "deu_Latn")
    assert call("select", finished, "--configs", configs)[0] == 0
    shutil.rmtree(configs)
    out = call("explain", finished, row["id"])[1]
    assert re.search(r"^n_chars +\d+ +901 ", out, re.MULTILINE)


@pytest.mark.parametrize(
    ("value", "low", "high", "distance"),
    [
        (5, 3.0, 10.0, 2),
        (9, 3.0, 10.0, 1),
        (2, 3.0, 10.0, -1),
        (12, None, 10.0, -2),
        (None, 3.0, None, None),
        (float("nan"), 3.0, None, None),
    ],
)
def test_margin(
    value: float | None, low: float | None, high: float | None, distance: float | None
) -> None:
    threshold = Threshold(metric="mean_word_chars", min=low, max=high)
    assert explaining.margin(value, threshold) == distance
