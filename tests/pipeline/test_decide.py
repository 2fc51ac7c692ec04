"""Other thresholds for a finished run: decided in seconds, published when asked."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from curate.ask.rerun import load_recorded, report_again
from curate.config.builtin import builtin_folder
from curate.config.language import LanguageConfigs
from curate.errors import ConfigError, InputError
from curate.io import layout
from curate.io.store import Store
from curate.pipeline.emit.current import is_current
from curate.pipeline.verify import verify
from curate.report.change import label_table, total
from curate.report.data import KEPT
from curate.work.configs import configs_in_use
from tests.looking import decide, document_tables, kept_engine, publish, run, totals
from tests.runs import SMALLEST, attempts_of, corpus_of, curate, job_of


@pytest.fixture
def configs(tmp_path: Path) -> Path:
    """A copy of the shipped language configs which a test may change."""
    return Path(shutil.copytree(builtin_folder("language_configs"), tmp_path / "configs"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def stricter(configs: Path) -> None:
    edit(configs / "_default.yaml", "n_words, min: 50", "n_words, min: 170")


def steps_made_again(work: Path, before: dict[tuple[str, str], str]) -> set[str]:
    after = attempts_of(work)
    assert after.keys() == before.keys()
    return {step for (step, shard), attempt in after.items() if before[step, shard] != attempt}


def decide_and_publish(work: Path, configs: Path) -> None:
    decide(work, configs)
    publish(work)


def test_changes_verdicts_and_what_follows(
    small_input: Path, finished: Path, configs: Path, tmp_path: Path
) -> None:
    edit(configs / "_default.yaml", "n_words, min: 50", "n_words, min: 170")
    before = attempts_of(finished)
    decide_and_publish(finished, configs)
    assert steps_made_again(finished, before) == set(SMALLEST[SMALLEST.index("select") :])
    assert totals(finished)["removed"]["n_words"] > 5
    run(job_of(small_input, tmp_path / "fresh", language_configs=str(configs)))
    assert corpus_of(finished) == corpus_of(tmp_path / "fresh")
    verify(finished)


def test_with_the_same_configs_changes_nothing(
    baseline: Path, finished: Path, configs: Path
) -> None:
    decide_and_publish(finished, configs)
    assert corpus_of(finished) == corpus_of(baseline)


def test_with_another_lid_threshold_makes_clusters_again(finished: Path, configs: Path) -> None:
    edit(configs / "_default.yaml", "lid_confidence, min: 0.3", "lid_confidence, min: 0.95")
    before = attempts_of(finished)
    decide_and_publish(finished, configs)
    again = set(SMALLEST[SMALLEST.index("cluster.split") :])
    assert steps_made_again(finished, before) == again
    assert totals(finished)["removed"]["lid_confidence"] > 1


def test_with_other_stop_words_makes_metrics_again(
    small_input: Path, finished: Path, configs: Path, tmp_path: Path
) -> None:
    path = configs / "eng_Latn.yaml"
    words = LanguageConfigs.load(configs).for_label("eng_Latn").stopwords
    lines = path.read_text(encoding="utf-8").replace("stopwords:", "stopwords: [zzzz, yyyy]\nold:")
    loose = [x for x in lines.splitlines() if not x.startswith("old:") or "[" not in x]
    path.write_text("\n".join(loose) + "\n", encoding="utf-8")
    assert LanguageConfigs.load(configs).for_label("eng_Latn").stopwords != words
    before = attempts_of(finished)
    decide_and_publish(finished, configs)
    again = {"annotate", *SMALLEST[SMALLEST.index("select") :]}
    assert steps_made_again(finished, before) == again
    assert totals(finished)["removed"]["n_stopwords"] > 5
    run(job_of(small_input, tmp_path / "fresh", language_configs=str(configs)))
    assert corpus_of(finished) == corpus_of(tmp_path / "fresh")


def test_refuses_a_wrong_folder_before_it_changes_anything(finished: Path, configs: Path) -> None:
    before, corpus = attempts_of(finished), corpus_of(finished)
    edit(configs / "_default.yaml", "metric: n_words", "metric: n_wurds")
    with pytest.raises(ConfigError, match="n_wurds"):
        decide_and_publish(finished, configs)
    assert (attempts_of(finished), corpus_of(finished)) == (before, corpus)


def test_needs_a_run_that_came_so_far(small_input: Path, tmp_path: Path, configs: Path) -> None:
    run(job_of(small_input, tmp_path / "work"), until="extract")
    with pytest.raises(InputError, match="finish the run first"):
        decide(tmp_path / "work", configs)


# ---- deciding without publishing -----------------------------------------------------------


def test_the_corpus_and_the_report_stay_until_it_is_published(
    baseline: Path, finished: Path, configs: Path
) -> None:
    page = (finished / layout.REPORT_PAGE).read_bytes()
    stricter(configs)
    assert decide(finished, configs).is_published is False
    assert corpus_of(finished) == corpus_of(baseline)
    assert (finished / layout.REPORT_PAGE).read_bytes() == page
    assert is_current(Store(finished)) is False
    verify(finished)
    assert {step for step, _ in attempts_of(finished)} == set(SMALLEST) - {
        "emit.split",
        "emit.plan",
        "emit",
        "report",
        "report.sample",
    }


def test_the_report_shows_what_is_decided_and_publishes_nothing(
    baseline: Path, finished: Path, configs: Path
) -> None:
    stricter(configs)
    after = decide(finished, configs).after
    again = report_again(load_recorded(str(finished)), engine=kept_engine())
    assert again.data is not None
    assert again.corpus is None
    assert {y.label: y.kept for y in again.data.yields} == {
        label: reasons[KEPT].documents if KEPT in reasons else 0 for label, reasons in after.items()
    }
    assert corpus_of(finished) == corpus_of(baseline)
    assert is_current(Store(finished)) is False


def test_the_numbers_are_those_of_the_verdicts_before_and_now(
    finished: Path, configs: Path
) -> None:
    stricter(configs)
    found = decide(finished, configs)
    published = [r for r in document_tables(finished) if r["removal_reason"] is None]
    assert total(found.after).documents == len(published)
    assert total(found.after).chars == sum(r["n_chars"] for r in published)
    assert total(found.after).repeated == sum(r["weight"] for r in published)
    assert found.before is not None
    stats = json.loads((finished / layout.REPORT_STATS).read_bytes())
    assert total(found.before).documents == stats["totals"]["published"]
    assert total(found.before).chars == sum(x["n_chars"] for x in stats["labels"])
    assert total(found.before).repeated == sum(x["repeated"] for x in stats["labels"])
    assert total(found.before).documents > total(found.after).documents
    assert all(len(line) <= 80 for line in label_table(found.before, found.after).splitlines())


def test_deciding_the_same_again_does_nothing_and_shows_the_same(
    finished: Path, configs: Path
) -> None:
    stricter(configs)
    first, attempts = decide(finished, configs), attempts_of(finished)
    assert decide(finished, configs) == first
    assert attempts_of(finished) == attempts
    publish(finished)
    again = decide(finished, configs)
    assert (again.before, again.is_published) == (again.after, True)


def test_deciding_back_and_publishing_gives_the_corpus_that_was(
    baseline: Path, finished: Path, configs: Path
) -> None:
    same = Path(shutil.copytree(configs, configs.with_name("same")))
    stricter(configs)
    first = decide(finished, configs)
    back = decide(finished, same)
    assert (back.before, back.after) == (first.after, first.before)
    assert is_current(Store(finished)) is False
    publish(finished)
    assert corpus_of(finished) == corpus_of(baseline)
    assert is_current(Store(finished)) is True


def test_the_shipped_configs_are_named_builtin(
    baseline: Path, finished: Path, configs: Path
) -> None:
    stricter(configs)
    decide(finished, configs)
    decide(finished, "builtin")
    assert load_recorded(str(finished)).language_configs == "builtin"
    publish(finished)
    assert corpus_of(finished) == corpus_of(baseline)


def test_a_folder_edited_in_place_is_decided_again(
    small_input: Path, finished: Path, configs: Path, tmp_path: Path
) -> None:
    decide(finished, configs)
    edit(configs / "_default.yaml", "lid_confidence, min: 0.3", "lid_confidence, min: 0.95")
    found = decide(finished, configs)
    assert len(found.made_again) == 1
    assert found.made_again[0].startswith("clusters are made again: LID thresholds differ for ")
    publish(finished)
    run(job_of(small_input, tmp_path / "fresh", language_configs=str(configs)))
    assert corpus_of(finished) == corpus_of(tmp_path / "fresh")


def test_the_configs_in_use_are_those_decided_with_even_if_edited_since(
    finished: Path, configs: Path
) -> None:
    decide(finished, configs)
    stricter(configs)
    in_use = configs_in_use(Store(finished), load_recorded(str(finished)))
    threshold = in_use.for_label("eng_Latn").threshold("n_words")
    assert threshold is not None
    assert threshold.min == 50
    shutil.rmtree(configs)
    in_use = configs_in_use(Store(finished), load_recorded(str(finished)))
    assert in_use.for_label("eng_Latn").threshold("n_words") == threshold


def test_a_run_without_a_corpus_is_told_so(
    small_input: Path, configs: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    run(job_of(small_input, work), until="rebalance")
    assert decide(work, configs).is_published is None
    publish(work)
    verify(work)


def test_emit_needs_a_decision(small_input: Path, tmp_path: Path) -> None:
    run(job_of(small_input, tmp_path / "work"), until="select")
    with pytest.raises(InputError, match="curate select"):
        publish(tmp_path / "work")


@pytest.mark.parametrize("engine", ["local", "ray"])
def test_the_command_line_says_what_changed_and_what_to_do(
    engine: str, finished: Path, configs: Path
) -> None:
    stricter(configs)
    found = curate("select", finished, "--configs", configs, "--engine", engine)
    assert found.returncode == 0, found.stderr
    lines = found.stdout.splitlines()
    assert all(len(line) <= 80 for line in lines if str(finished) not in line)
    assert any(line.startswith("total ") and "%" in line for line in lines)
    assert "The corpus is still the one that was published before" in found.stdout
    status = curate("status", finished).stdout
    assert "older than what is decided: `curate emit`" in status
    assert curate("emit", finished, "--engine", engine).returncode == 0
    assert "older" not in curate("status", finished).stdout
    again = curate("select", finished, "--configs", configs)
    assert "still" not in again.stdout
    verify(finished)


def test_publish_does_both(finished: Path, configs: Path, baseline: Path) -> None:
    stricter(configs)
    found = curate("select", finished, "--configs", configs, "--publish")
    assert found.returncode == 0, found.stderr
    assert "corpus  " in found.stdout
    assert corpus_of(finished) != corpus_of(baseline)
    assert is_current(Store(finished)) is True
