"""The command that makes wordlists, from every kind of reference, and a job that uses them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate.config.wordlists import load_wordlists
from tests.looking import document_tables
from tests.small_crawl import page_text
from tests.warc_files import warc_record

Call = Callable[..., tuple[int, str, str]]
Mistake = Callable[..., str]

PIDGIN = "how una dey ? we dey market, and una dey house"
ENGLISH = "how are you ? we are at the market, and you are in the house"
HINDI = "घर के लोग घर के पास"


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    """Five kinds of file, five ways to say a label."""
    folder = tmp_path / "reference"
    (folder / "tha_Thai").mkdir(parents=True)
    rows: list[dict[str, object]] = [
        {"label": "pcm_Latn", "text": PIDGIN},
        {"text": "no label"},
        {"label": "pcm_Latn"},
    ]
    rows.append({"lang": ["hin_Deva"], "text": HINDI})
    (folder / "some.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    english = {"text": [ENGLISH] * 2, "language": ["eng"] * 2, "language_script": ["Latn"] * 2}
    pq.write_table(pa.table(english), folder / "data.parquet")
    (folder / "fuv_Adlm.txt").write_text("𞤀𞤣 𞤀𞤣\n𞤀𞤣\n", encoding="utf-8")
    plain = {"Content-Type": "text/plain"}
    text = "ห้องสมุด ห้องสมุด".encode()
    wet = warc_record("conversion", text, url="https://example.org", headers=plain)
    (folder / "tha_Thai" / "one.wet").write_bytes(wet)
    removed = folder / "eng_Latn_removed"
    removed.mkdir()
    (removed / "eng_Latn.txt").write_text(PIDGIN)
    (folder / "README.md").write_text("no document")
    return folder


def test_lists_of_every_kind_of_reference(reference: Path, call: Call, tmp_path: Path) -> None:
    out = tmp_path / "lists"
    code, said, err = call("wordlists", reference, "--out", out, "--quantile", "0")
    assert (code, err) == (0, "")
    assert "7 documents in 5 labels; lists: 5" in said
    lists = load_wordlists(out)
    assert {label: found.counts for label, found in lists.items() if label != "eng_Latn"} == {
        "pcm_Latn": {"dey": (3, 3), "una": (2, 2)},
        "hin_Deva": {"घर": (2, 2), "के": (2, 2), "लोग": (1, 1), "पास": (1, 1)},
        "fuv_Adlm": {"𞤀𞤣": (3, 3)},
        "tha_Thai": {"ห้อง": (2, 2), "สมุด": (2, 2)},
    }
    assert "are" in lists["eng_Latn"].words
    assert "market" not in lists["eng_Latn"].words  # 2 of 3 are fewer than 0.85
    source = lists["fuv_Adlm"].head.provenance
    assert (source.documents, source.words, source.labels, source.quantile) == (2, 3, 5, 0.0)
    assert source.reference == (str(reference),)


def test_made_again_a_list_is_the_same_and_keeps_what_people_added(
    reference: Path, call: Call, tmp_path: Path
) -> None:
    out = tmp_path / "lists"
    call("wordlists", reference, "--out", out)
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    call("wordlists", reference, "--out", out)
    assert {p.name: p.read_bytes() for p in out.iterdir()} == before
    path = out / "pcm_Latn.txt"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("names: []", "names: [naija]") + "wetin\n", encoding="utf-8")
    call("wordlists", reference, "--out", out)
    found = load_wordlists(out)["pcm_Latn"]
    assert found.head.names == ("naija",)
    assert found.counts == {"dey": (3, 3), "wetin": None}


def test_a_label_without_words_of_its_own_gets_no_list(
    reference: Path, call: Call, tmp_path: Path
) -> None:
    (reference / "sco_Latn.txt").write_text("the market\n")
    out = tmp_path / "lists"
    _, said, _ = call("wordlists", reference, "--out", out)
    assert "no list: sco_Latn" in said
    assert not (out / "sco_Latn.txt").exists()


def test_the_corpus_of_a_work_folder_is_a_reference(
    baseline: Path, call: Call, tmp_path: Path
) -> None:
    out = tmp_path / "lists"
    code, said, _ = call("wordlists", baseline, "--out", out)
    assert code == 0, said
    lists = load_wordlists(out)
    assert {"eng_Latn", "rus_Cyrl"} <= lists.keys()
    assert "the" in lists["eng_Latn"].words
    assert lists["eng_Latn"].head.provenance.documents == 18  # without the 7 that were removed


def test_a_job_uses_the_lists_and_the_report_tells_the_contamination(
    job: Path, call: Call, tmp_path: Path
) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    for label in ("deu_Latn", "rus_Cyrl"):
        text = "\n".join(page_text(label, n) for n in range(3))
        (folder / f"{label}.txt").write_text(text, encoding="utf-8")
    out = tmp_path / "lists"
    assert call("wordlists", folder, "--out", out)[0] == 0
    assert call("run", job, "--set", f"identify.wordlists={out}")[0] == 0
    work = job.parent / "work"
    for row in document_tables(work):
        assert (row["own_word_fraction"] is not None) == (row["label"] in ("deu_Latn", "rus_Cyrl"))
    labels = json.loads((work / "report" / "stats.json").read_bytes())["labels"]
    found = {x["label"]: x["contamination_fraction"] for x in labels}
    assert found.pop("deu_Latn") == 0.0
    assert found.pop("rus_Cyrl") == 0.0
    assert set(found.values()) == {None}


def test_a_reference_that_is_not_there(mistake: Mistake, tmp_path: Path) -> None:
    message = mistake("wordlists", tmp_path / "nowhere", "--out", tmp_path / "lists")
    assert "nothing of that name" in message
    assert not (tmp_path / "lists").exists()


def test_a_reference_without_labels(mistake: Mistake, tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text('{"text": "how una dey"}\n')
    message = mistake("wordlists", path, "--out", tmp_path / "lists")
    assert "1 documents with a text and none with a label" in message


def test_a_reference_of_one_label(mistake: Mistake, tmp_path: Path) -> None:
    (tmp_path / "pcm_Latn.txt").write_text(PIDGIN)
    message = mistake("wordlists", tmp_path / "pcm_Latn.txt", "--out", tmp_path / "lists")
    assert "those of pcm_Latn" in message


def test_a_parquet_file_that_is_none(mistake: Mistake, tmp_path: Path) -> None:
    (tmp_path / "pcm_Latn.parquet").write_text(PIDGIN)
    message = mistake("wordlists", tmp_path / "pcm_Latn.parquet", "--out", tmp_path / "lists")
    assert str(tmp_path / "pcm_Latn.parquet") in message
