from __future__ import annotations

from pathlib import Path

import pytest

from curate.config.language import LanguageConfigs
from tests.cli.conftest import Call, Mistake
from tests.pipeline.test_tune_reference import pages, write_jsonl

WIDEST = 80


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    for label in ("eng_Latn", "tha_Thai"):
        write_jsonl(tmp_path / "ref" / f"{label}.jsonl", pages(label, 30))
    return tmp_path / "ref"


def test_references_alone_and_what_is_shown(
    call: Call, reference: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", str(WIDEST))
    code, out, err = call("tune", "--reference", "ref", "--min-documents", 20)
    assert code == 0, err
    header, english, thai = (line.split() for line in out.splitlines()[:3])
    assert header[:4] == ["label", "reference", "own", "weight"]
    assert english[:4] == ["eng_Latn", "30", "0", "0.13"]
    assert thai[0] == "tha_Thai"
    assert max(map(len, out.splitlines()[:3])) <= WIDEST
    assert "2 label(s) tuned: eng_Latn, tha_Thai" in out
    assert (tmp_path / "tuned.work" / "reference").is_dir()
    assert call("config", "check", "tuned")[0] == 0


def test_a_work_folder_with_references_and_settings(
    call: Call, finished: Path, reference: Path, tmp_path: Path
) -> None:
    code, out, err = call(
        *("tune", finished, "--reference", f"tha_Thai={reference}/tha_Thai.jsonl"),
        *("--min-documents", 20, "--shrinkage", 10, "--out", tmp_path / "out"),
        *("--reference-name", "pages of the test", "--set", "tune.methods.repetition=10tail"),
    )
    assert code == 0, err
    assert "eng_Latn" in out
    thai = LanguageConfigs.load(tmp_path / "out").files["tha_Thai"].provenance
    assert thai.reference == "pages of the test"
    assert thai.shrinkage == 10
    assert thai.weight == 0.75
    assert "repetition by 10tail on the reference" in thai.method
    english = LanguageConfigs.load(tmp_path / "out").files["eng_Latn"].provenance
    assert english.reference == "documents of job small"
    assert "repetition by 10tail on own documents" in english.method


def test_what_cleaning_left_out_is_shown(call: Call, tmp_path: Path) -> None:
    texts = [*pages("rus_Cyrl", 30), "Да.", *pages("eng_Latn", 2)]
    path = write_jsonl(tmp_path / "ref" / "rus_Cyrl.jsonl", texts)
    code, out, _ = call("tune", "--reference", path, "--out", tmp_path / "o", "--min-documents", 20)
    assert code == 0
    assert "rus_Cyrl reference: 33 documents, 30 kept (2 other_script, 1 too_short)" in out


def test_labels_with_little_are_told_and_others_can_be_left_out(
    call: Call, reference: Path, tmp_path: Path
) -> None:
    write_jsonl(reference / "ars_Arab.jsonl", pages("arb_Arab", 3))
    write_jsonl(reference / "snd_Arab.jsonl", pages("arb_Arab", 30))  # nothing of it is left
    arguments = ("tune", "--reference", reference, "--out", tmp_path / "o", "--min-documents", 20)
    code, out, _ = call(*arguments)
    assert code == 0
    assert "2 label(s) inherit, with too few documents: ars_Arab, snd_Arab" in out
    assert not (tmp_path / "o" / "ars_Arab.yaml").exists()
    code, out, _ = call(*arguments, "--label", "eng_Latn")
    assert "1 label(s) tuned: eng_Latn" in out
    assert "tha_Thai" not in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param([], "--reference", id="nothing-to-tune-on"),
        pytest.param(["--reference", "none.jsonl"], "at least one file", id="no-such-file"),
        pytest.param(["--reference", "a.jsonl"], "fra_Latn=", id="no-label"),
        pytest.param(["--reference", "a.jsonl", "--label", "fra"], "a label", id="no-such-label"),
        pytest.param(
            ["--reference", "a.jsonl", "--set", "cluster.verify=false"], "`tune`", id="section"
        ),
        pytest.param(
            ["--reference", "a.jsonl", "--set", "tune.methods.repetition=best"],
            "10tail",
            id="method",
        ),
        pytest.param(
            ["--reference", "fra_Latn=a.jsonl", "--configs", "none"],
            "language configs",
            id="configs",
        ),
    ],
)
def test_mistakes(
    arguments: list[str],
    message: str,
    mistake: Mistake,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    write_jsonl(tmp_path / "a.jsonl", ["x"])
    assert message in mistake("tune", *arguments)


def test_options_that_a_work_folder_answers(mistake: Mistake, finished: Path) -> None:
    assert "a command without WORK" in mistake("tune", finished, "--configs", "builtin")
