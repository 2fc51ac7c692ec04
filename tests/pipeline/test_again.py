"""Parts of a finished run made again: selection, tuning, report."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from curate.config.builtin import builtin_folder
from curate.config.language import LanguageConfigs
from curate.config.sections import TuneConfig
from curate.errors import ConfigError, InputError
from curate.io import layout
from curate.pipeline.again import load_recorded, report_again, select_again, tune_again
from curate.pipeline.verify import verify
from tests.looking import run, totals
from tests.runs import SMALLEST, Told, attempts_of, corpus_of, job_of


@pytest.fixture
def configs(tmp_path: Path) -> Path:
    """A copy of the shipped language configs which a test may change."""
    return Path(shutil.copytree(builtin_folder("language_configs"), tmp_path / "configs"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def steps_made_again(work: Path, before: dict[tuple[str, str], str]) -> set[str]:
    after = attempts_of(work)
    assert after.keys() == before.keys()
    return {step for (step, shard), attempt in after.items() if before[step, shard] != attempt}


def test_select_again_changes_verdicts_and_what_follows(
    small_input: Path, finished: Path, configs: Path, tmp_path: Path
) -> None:
    edit(configs / "_default.yaml", "n_words, min: 50", "n_words, min: 170")
    before = attempts_of(finished)
    result = select_again(load_recorded(str(finished)), str(configs))
    assert steps_made_again(finished, before) == set(SMALLEST[SMALLEST.index("select") :])
    assert totals(finished)["removed"]["n_words"] > 5
    assert result.data is not None
    run(job_of(small_input, tmp_path / "fresh", language_configs=str(configs)))
    assert corpus_of(finished) == corpus_of(tmp_path / "fresh")
    verify(finished)


def test_select_again_with_the_same_configs_changes_nothing(
    baseline: Path, finished: Path, configs: Path
) -> None:
    select_again(load_recorded(str(finished)), str(configs))
    assert corpus_of(finished) == corpus_of(baseline)


def test_select_again_with_another_lid_threshold_makes_clusters_again(
    finished: Path, configs: Path
) -> None:
    edit(configs / "_default.yaml", "lid_confidence, min: 0.3", "lid_confidence, min: 0.95")
    before = attempts_of(finished)
    select_again(load_recorded(str(finished)), str(configs))
    again = set(SMALLEST[SMALLEST.index("cluster.split") :])
    assert steps_made_again(finished, before) == again
    assert totals(finished)["removed"]["lid_confidence"] > 1


def test_select_again_with_other_stop_words_makes_metrics_again(
    small_input: Path, finished: Path, configs: Path, tmp_path: Path
) -> None:
    path = configs / "eng_Latn.yaml"
    words = LanguageConfigs.load(configs).for_label("eng_Latn").stopwords
    lines = path.read_text(encoding="utf-8").replace("stopwords:", "stopwords: [zzzz, yyyy]\nold:")
    loose = [x for x in lines.splitlines() if not x.startswith("old:") or "[" not in x]
    path.write_text("\n".join(loose) + "\n", encoding="utf-8")
    assert LanguageConfigs.load(configs).for_label("eng_Latn").stopwords != words
    before = attempts_of(finished)
    select_again(load_recorded(str(finished)), str(configs))
    again = {"annotate", *SMALLEST[SMALLEST.index("select") :]}
    assert steps_made_again(finished, before) == again
    assert totals(finished)["removed"]["n_stopwords"] > 5
    run(job_of(small_input, tmp_path / "fresh", language_configs=str(configs)))
    assert corpus_of(finished) == corpus_of(tmp_path / "fresh")


def test_select_again_refuses_a_wrong_folder_before_it_changes_anything(
    finished: Path, configs: Path
) -> None:
    before, corpus = attempts_of(finished), corpus_of(finished)
    edit(configs / "_default.yaml", "metric: n_words", "metric: n_wurds")
    with pytest.raises(ConfigError, match="n_wurds"):
        select_again(load_recorded(str(finished)), str(configs))
    assert (attempts_of(finished), corpus_of(finished)) == (before, corpus)


def test_select_again_needs_a_run_that_came_so_far(
    small_input: Path, tmp_path: Path, configs: Path
) -> None:
    run(job_of(small_input, tmp_path / "work"), until="extract")
    with pytest.raises(InputError, match="finish the run first"):
        select_again(load_recorded(str(tmp_path / "work")), str(configs))


def test_report_again_leaves_the_corpus_alone(baseline: Path, finished: Path) -> None:
    page = (finished / layout.REPORT_PAGE).read_bytes()
    (finished / layout.REPORT_PAGE).unlink()
    before = attempts_of(finished)
    report_again(load_recorded(str(finished)))
    assert (finished / layout.REPORT_PAGE).read_bytes() == page
    assert corpus_of(finished) == corpus_of(baseline)
    assert steps_made_again(finished, before) <= {"report"}


def test_tuned_configs_load_and_a_second_tuning_changes_nothing(finished: Path) -> None:
    job = load_recorded(str(finished))
    job = job.model_copy(update={"tune": TuneConfig(min_documents=20)})
    folder, found = tune_again(job)
    assert [one.label for one in found if one.is_tuned] == ["eng_Latn"]
    loaded = LanguageConfigs.load(folder)
    assert loaded.for_label("eng_Latn").threshold("newlines_per_word") is not None
    assert loaded.files["eng_Latn"].provenance.reference == "documents of job small"
    texts = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.rglob("*.yaml")}
    tune_again(job)
    again = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.rglob("*.yaml")}
    assert {n for n in texts if texts[n][0] != again[n][0]} == set()
    result = select_again(load_recorded(str(finished)), str(folder))
    assert result.data is not None
    verify(finished)


def test_a_job_may_tune_itself_and_resumes(small_input: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    job = job_of(small_input, work, tune={"min_documents": 20, "out": str(tmp_path / "out")})
    run(job)
    corpus, attempts = corpus_of(work), attempts_of(work)
    assert {"stopwords", "tune"} <= {step for step, _ in attempts}
    assert LanguageConfigs.load(tmp_path / "out").files["eng_Latn"].stopwords
    told = Told()
    run(job, progress=told)
    assert told.begun == []
    assert (corpus_of(work), attempts_of(work)) == (corpus, attempts)
    run(job, rerun="tune")
    assert corpus_of(work) == corpus
    verify(work)
