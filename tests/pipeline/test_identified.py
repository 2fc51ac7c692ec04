"""Segments and wordlists in a job: columns, thresholds, what is made again, and mistakes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from curate.ask.rerun import load_recorded, tune_again
from curate.config.builtin import builtin_folder
from curate.config.language import LanguageConfigs
from curate.config.sections import TuneConfig
from curate.config.wordlists import Wordlist, WordlistHead, WordlistSource
from curate.errors import ConfigError, JobMismatchError
from curate.pipeline.verify import verify
from tests.looking import decide, document_tables, kept_engine, run, totals
from tests.runs import attempts_of, corpus_of, curate, job_of, write_job
from tests.small_crawl import url_of

SOURCE = WordlistSource(
    reference=("made up",), documents=1, words=9, labels=7, min_affinity=0.85, quantile=0.95
)
SEGMENTS = {"segments": True}


def write_list(folder: Path, label: str, *words: str, names: tuple[str, ...] = ()) -> None:
    folder.mkdir(exist_ok=True)
    head = WordlistHead(label=label, names=names, provenance=SOURCE)
    text = Wordlist(head, dict.fromkeys(words, (3, 3))).to_text()
    (folder / f"{label}.txt").write_text(text, encoding="utf-8")


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    folder = tmp_path / "lists"
    write_list(folder, "deu_Latn", "Brücke")
    write_list(folder, "tha_Thai", "สะพาน", names=("tha",))
    return folder


@pytest.fixture
def configs(tmp_path: Path) -> Path:
    return Path(shutil.copytree(builtin_folder("language_configs"), tmp_path / "configs"))


def add_threshold(configs: Path, name: str, entry: str) -> None:
    path = configs / f"{name}.yaml"
    if not path.exists():
        path.write_text(
            f"label: {name}\nthresholds:\n  - {{metric: lid_confidence, min: 0.3}}\n"
            "provenance: {method: by hand, reference: none}\n"
        )
    text = path.read_text(encoding="utf-8")
    assert "thresholds:\n" in text
    if "metric: lid_confidence" in text:
        head, _, tail = text.partition("metric: lid_confidence")
        line, _, rest = tail.partition("\n")
        text = f"{head}metric: lid_confidence{line}\n  - {entry}\n{rest}"
    else:
        text = text.replace("thresholds:\n", f"thresholds:\n  - {entry}\n", 1)
    path.write_text(text, encoding="utf-8")


def steps_made_again(work: Path, before: dict[tuple[str, str], str]) -> set[str]:
    return {step for (step, shard), x in attempts_of(work).items() if before[step, shard] != x}


def test_nobody_asked_so_the_columns_are_null(baseline: Path) -> None:
    for row in document_tables(baseline):
        assert row["seg_langs"] is row["own_label_char_fraction"] is None
        assert row["own_word_fraction"] is row["url_names_language"] is None


def test_segments_through_the_command_line(
    small_input: Path, baseline: Path, finished: Path, tmp_path: Path
) -> None:
    before = attempts_of(finished)
    job = write_job(tmp_path / "job.yaml", small_input, finished, identify=SEGMENTS)
    refused = curate("run", job)
    assert refused.returncode == 1
    assert "identify.segments: False -> True" in refused.stderr
    assert "--rerun identify" in refused.stderr
    made = curate("run", job, "--rerun", "identify")
    assert made.returncode == 0, made.stderr
    again = steps_made_again(finished, before)
    assert again.isdisjoint({"extract", "sign"})
    assert {"identify", "annotate", "select"} <= again
    rows = list(document_tables(finished))
    assert all(len(r["seg_langs"]) == r["text"].count("\n") + 1 for r in rows)
    thai = [r for r in rows if r["label"] == "tha_Thai"]
    assert [r["own_label_char_fraction"] for r in thai] == [1.0] * len(thai) != []
    numbers = next(r for r in rows if r["url"].endswith("/numbers"))
    assert numbers["own_label_char_fraction"] is None
    files = {k: v for k, v in corpus_of(baseline).items() if k.endswith(".parquet")}
    assert files.items() <= corpus_of(finished).items()
    verify(finished)
    said = curate("explain", finished, url_of("tha_Thai", 0)).stdout
    assert "seg_langs       tha_Thai " in said
    assert "own_label_char_fraction" in said
    assert "own_word_fraction" not in said


def test_a_threshold_of_the_own_label_decides(
    small_input: Path, configs: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    for label in ("hin_Deva", "zxx_Zxxx"):
        add_threshold(configs, label, "{metric: own_label_char_fraction, min: 0.01}")
    job = job_of(small_input, work, identify=SEGMENTS, language_configs=str(configs))
    run(job)
    rows = list(document_tables(work))
    assert {r["drop_reason"] for r in rows if r["label"] == "hin_Deva"} == {None}
    add_threshold(configs, "rus_Cyrl", "{metric: own_label_char_fraction, min: 1.0}")
    lowest = min(r["own_label_char_fraction"] for r in rows if r["label"] == "rus_Cyrl")
    decide(work, configs)
    broken = {
        r["drop_reason"] for r in document_tables(work) if r["own_label_char_fraction"] == lowest
    }
    assert ("own_label_char_fraction" in broken) == (lowest < 1)


def test_wordlists_decide_and_an_address_rescues(
    small_input: Path, configs: Path, lists: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    for label in ("deu_Latn", "tha_Thai"):
        add_threshold(configs, label, "{metric: own_word_fraction, min: 0.9}")
    identify = {"wordlists": str(lists)}
    run(job_of(small_input, work, identify=identify, language_configs=str(configs)))
    rows = list(document_tables(work))
    by_label: dict[str, list[dict[str, object]]] = {}
    for row in rows:
        by_label.setdefault(row["label"], []).append(row)
    german, thai = by_label.pop("deu_Latn"), by_label.pop("tha_Thai")
    for row in german:
        has_word = "Brücke" in str(row["text"])
        assert row["own_word_fraction"] == pytest.approx(0.05, abs=0.05)
        assert (row["own_word_fraction"] != 0) == has_word
        assert (row["url_names_language"], row["drop_reason"]) == (False, "own_word_fraction")
    for row in thai:
        assert (row["url_names_language"], row["drop_reason"]) == (True, None)
    assert {
        (r["own_word_fraction"], r["url_names_language"]) for own in by_label.values() for r in own
    } == {(None, None)}
    assert totals(work)["removed"]["own_word_fraction"] == len(german)
    said = curate("explain", work, url_of("deu_Latn", 0)).stdout
    assert "removed: breaks own_word_fraction" in said
    assert "BROKEN" not in curate("explain", work, url_of("tha_Thai", 0)).stdout


def test_tuning_keeps_the_thresholds_that_no_method_tunes(
    finished: Path, configs: Path, tmp_path: Path
) -> None:
    add_threshold(configs, "eng_Latn", "{metric: own_label_char_fraction, min: 0.6}")
    changes = {"language_configs": str(configs), "tune": TuneConfig(min_documents=20)}
    job = load_recorded(str(finished)).model_copy(update=changes)
    folder, found = tune_again(job, out=str(tmp_path / "tuned"), engine=kept_engine())
    assert [one.label for one in found if one.is_tuned] == ["eng_Latn"]
    tuned = LanguageConfigs.load(folder).files["eng_Latn"]
    kept = tuned.threshold("own_label_char_fraction")
    assert kept is not None
    assert kept.min == 0.6
    assert len(tuned.thresholds) > 5


def test_other_words_are_another_job_but_other_provenance_is_not(
    small_input: Path, lists: Path, tmp_path: Path
) -> None:
    job = job_of(small_input, tmp_path / "work", identify={"wordlists": str(lists)})
    run(job, until="identify")
    path = lists / "deu_Latn.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("made up", "made down"))
    run(job, until="identify")
    path.write_text(path.read_text(encoding="utf-8") + "Hafen\n", encoding="utf-8")
    with pytest.raises(JobMismatchError, match="--rerun identify"):
        run(job, until="identify")


@pytest.mark.parametrize(
    ("name", "entry", "identify", "said"),
    [
        pytest.param(
            "_default",
            "{metric: own_label_char_fraction, min: 0.5}",
            {},
            "`identify.segments: true` in the job",
            id="segments are off",
        ),
        pytest.param(
            "deu_Latn",
            "{metric: own_word_fraction, min: 0.001}",
            {},
            "`identify.wordlists: DIR` in the job",
            id="no wordlists",
        ),
        pytest.param(
            "hin_Deva",
            "{metric: own_word_fraction, min: 0.001}",
            {"wordlists": "LISTS"},
            "a wordlist for hin_Deva",
            id="none for the label",
        ),
        pytest.param(
            "_default",
            "{metric: own_word_fraction, min: 0.001}",
            {"wordlists": "LISTS"},
            "in the file of a label that has a wordlist",
            id="for every label",
        ),
    ],
)
def test_a_threshold_of_what_is_not_measured_is_refused_before_anything_is_written(
    name: str,
    entry: str,
    identify: dict[str, str],
    said: str,
    small_input: Path,
    configs: Path,
    lists: Path,
    tmp_path: Path,
) -> None:
    add_threshold(configs, name, entry)
    identify = {k: v.replace("LISTS", str(lists)) for k, v in identify.items()}
    job = job_of(small_input, tmp_path / "work", identify=identify, language_configs=str(configs))
    with pytest.raises(ConfigError) as caught:
        run(job)
    assert said in caught.value.wanted
    assert f"{name}.yaml" in caught.value.where
    assert not (tmp_path / "work").exists()


def test_select_with_a_threshold_of_what_was_not_measured_leaves_all_as_it_was(
    finished: Path, configs: Path
) -> None:
    add_threshold(configs, "_default", "{metric: own_label_char_fraction, min: 0.5}")
    before = attempts_of(finished), corpus_of(finished)
    with pytest.raises(ConfigError, match="--rerun identify"):
        decide(finished, configs)
    assert (attempts_of(finished), corpus_of(finished)) == before


def _no_folder(lists: Path) -> None:
    shutil.rmtree(lists)


def _no_list(lists: Path) -> None:
    for path in lists.iterdir():
        path.unlink()


def _no_words(lists: Path) -> None:
    (lists / "deu_Latn.txt").write_text("label: deu_Latn\n")


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        pytest.param(_no_folder, "no such folder", id="no folder"),
        pytest.param(_no_list, "a folder without one", id="no list in it"),
        pytest.param(_no_words, "none that is `---`", id="broken list"),
    ],
)
def test_a_folder_of_wordlists_that_cannot_be_used(
    spoil: Callable[[Path], None], found: str, small_input: Path, lists: Path, tmp_path: Path
) -> None:
    spoil(lists)
    job = job_of(small_input, tmp_path / "work", identify={"wordlists": str(lists)})
    with pytest.raises(ConfigError) as caught:
        run(job)
    assert found in caught.value.found
    assert str(lists) in caught.value.where
    assert not (tmp_path / "work").exists()


def test_another_identifier_is_asked_and_its_agreement_decides(
    small_input: Path, finished: Path, configs: Path, tmp_path: Path
) -> None:
    """The same identifier twice agrees with itself, which a threshold of the agreement asks for."""
    add_threshold(configs, "rus_Cyrl", "{metric: identifiers_agree_fraction, min: 0.5}")
    alone = write_job(tmp_path / "alone.yaml", small_input, finished, language_configs=str(configs))
    refused = curate("run", alone)
    assert refused.returncode == 1
    assert "identify.others: [MODEL]" in refused.stderr
    job = write_job(
        tmp_path / "job.yaml",
        small_input,
        finished,
        identify={"others": ["embedded"]},
        language_configs=str(configs),
    )
    made = curate("run", job, "--rerun", "identify")
    assert made.returncode == 0, made.stderr
    rows = [row for row in document_tables(finished) if row["label"] == "rus_Cyrl"]
    for row in rows:
        assert row["identifiers_agree_fraction"] == 1.0
        (other,) = row["other_labels"]
        assert (other["model"], other["label"]) == ("embedded", "rus_Cyrl")
    assert all("identifiers_agree_fraction" not in (row["drop_reason"] or "") for row in rows)
    assert rows
