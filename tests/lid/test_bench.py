"""`curate lid-bench`: the numbers of CommonLID, worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curate.cli.app import main
from curate.errors import InputError
from curate.lid.bench import read_lines, score_answers


def test_scores_are_worked_out_by_hand() -> None:
    gold = ["fra", "fra", "deu", "deu", "bem"]
    labels = ["fra_Latn", "deu_Latn", "deu_Latn", "deu_Latn", "swh_Latn"]
    scores = score_answers(gold, labels)
    by_code = {one.language: one for one in scores.languages}
    # fra: 1 of 2 found, 1 answer. deu: 2 of 2, 3 answers, one wrong beside 1 right of another.
    assert by_code["fra"].f1 == pytest.approx(2 / 3)
    assert by_code["deu"].f1 == pytest.approx(4 / 5)
    assert by_code["deu"].precision == pytest.approx(2 / 3)
    assert by_code["deu"].recall == 1
    assert by_code["deu"].false_positive_rate == pytest.approx(1 / 2)
    assert by_code["swh"].false_positive_rate == pytest.approx(1 / 4)
    assert by_code["bem"].f1 == by_code["swh"].f1 == by_code["swh"].recall == 0
    assert scores.accuracy == pytest.approx(3 / 5)
    assert scores.macro_f1_gold == pytest.approx((2 / 3 + 4 / 5) / 3)
    assert scores.macro_f1_observed == pytest.approx((2 / 3 + 4 / 5) / 4)
    assert scores.false_positive_rate == pytest.approx(1 / 2 / 3)


def test_a_macrolanguage_is_answered_by_its_members() -> None:
    assert score_answers(["ara", "zho", "msa"], ["arz_Arab", "cmn_Hani", "zsm_Latn"]).accuracy == 1
    told_apart = score_answers(["arb", "arz"], ["arz_Arab", "arz_Arab"])
    assert told_apart.accuracy == 1 / 2
    assert score_answers([], []).accuracy == 0


def test_lines_are_texts_and_codes() -> None:
    lines = ["text\tcode\n", "un\tdeux\tfr\n", "\n", "नमस्ते\thin_Deva\r\n", "x\tzh-Hant\n"]
    found = list(read_lines(lines, where="f"))
    assert found == [("un\tdeux", "fra"), ("नमस्ते", "hin"), ("x", "cmn")]


@pytest.mark.parametrize("line", ["no tab", "text\tno code", "text\t12"])
def test_a_line_that_is_none_has_an_address(line: str) -> None:
    with pytest.raises(InputError) as caught:
        list(read_lines(["a\tfra", line], where="f.tsv"))
    assert caught.value.where == "f.tsv:2"


def test_the_command_prints_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        ("Les enfants jouent dans le jardin pendant que leurs parents lisent un livre.", "fra"),
        ("गाँव का पुस्तकालय हर सुबह खुलता है और बच्चे वहाँ पढ़ने जाते हैं।", "hin"),
        ("The weather in the mountains changes quickly, so carry warm clothes.", "deu"),
    ]
    file, out = tmp_path / "lines.tsv", tmp_path / "scores.json"
    file.write_text("".join(f"{text}\t{code}\n" for text, code in rows), encoding="utf-8")
    assert main(["lid-bench", str(file), "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "accuracy                       0.6667" in shown
    assert "deu" in shown
    assert json.loads(out.read_text())["languages"]["fra"]["f1"] == 1
