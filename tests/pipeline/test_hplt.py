"""HPLT's view of a work folder: the same documents by score, verified, killed, and read again."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
from pathlib import Path
from random import Random
from typing import Any

import pyarrow.parquet as pq
import pytest
import xxhash

from curate.ask.decide_again import decide_again
from curate.ask.rerun import load_recorded
from curate.cli import main
from curate.config.builtin import builtin_folder
from curate.config.job import JobConfig
from curate.config.models import ClassifierConfig
from curate.config.sections import UrlsConfig
from curate.errors import ConfigError, InputError
from curate.io.lines.zstd_frames import FrameWriter, iter_lines, read_frames
from curate.pipeline.emit import hplt_plan
from curate.pipeline.emit.views import Form
from curate.pipeline.verify import verify
from curate.stages.hplt import FIELDS
from tests.classify.tiny_models import train_fasttext
from tests.given_scores import give_scores
from tests.hplt_view import NO_THRESHOLDS, OPEN, contents, emit, in_view, job_for, score_of
from tests.looking import document_tables, kept_engine
from tests.pipeline.test_kill import Wishes
from tests.runs import curate, job_of, write_job

# ---- the view ----------------------------------------------------------------------------------


def test_both_views_hold_the_same_documents(both: tuple[JobConfig, Path]) -> None:
    _, work = both
    kept = {}
    for path in (work / "corpus/data").glob("*_????/*/*.parquet"):
        for row in pq.read_table(path, partitioning=None).to_pylist():
            place = f"{row['file_path']}{row['url']}{row['date']}"
            kept[xxhash.xxh128_hexdigest(place.encode())] = row["text"]
    found = {d["id"]: d["text"] for those in in_view(work / "corpus-hplt").values() for d in those}
    assert len(found) > 30
    assert found == kept


def test_files_are_by_label_and_bin_best_first(both: tuple[JobConfig, Path]) -> None:
    job, work = both
    rows = {row["text"]: row for row in document_tables(work)}
    files = in_view(work / "corpus-hplt")
    assert {int(path.split("/")[1].split("_")[0]) for path in files} == {4, 5, 6, 7, 8, 9}
    for path, those in files.items():
        label, name = path.split("/")
        scores = [d["doc_scores"][0] for d in those]
        assert scores == sorted(scores, reverse=True)
        assert {f"{int(score)}_1.jsonl.zst" for score in scores} == {name}
        for document in those:
            row = rows[document["text"]]
            assert document["lang"][0] == row["label"] == label
            assert document["doc_scores"] == [score_of(row)] + [10.0] * 9
            wanted = {"o": "warc_offset", "s": "record_bytes", "rs": "payload_bytes", "u": "url"}
            assert document.get("xml") == row["xml"]
            wanted |= {"c": "content_type", "de": "encoding", "f": "warc_path", "ts": "date"}
            assert {k: document[k] for k in wanted} == {k: row[v] for k, v in wanted.items()}
            assert document["rs"] > len(document["text"])
            assert list(document) == [name for name in FIELDS if name in document]
            assert set(FIELDS) - set(document) <= {"html_lang", "web-register"}
    assert job.emit.view == "fineweb2"
    assert verify(work / "corpus-hplt").rows == sum(map(len, files.values()))
    assert verify(work).files < verify(work / "corpus-hplt").files


def test_lists_and_checksums_lie_beside_the_files(both: tuple[JobConfig, Path]) -> None:
    folder = both[1] / "corpus-hplt"
    files = in_view(folder)
    by_label: dict[str, list[str]] = {}
    for path in files:
        by_label.setdefault(path.split("/")[0], []).append(path)
    for label, paths in by_label.items():
        best_first = sorted(paths, reverse=True)
        assert (folder / f"{label}.map").read_text().split() == best_first
        sums = [line.split("  ") for line in (folder / f"{label}.md5").read_text().splitlines()]
        assert [path for _, path in sums] == best_first
        for md5, path in sums:
            assert md5 == hashlib.md5((folder / path).read_bytes()).hexdigest()
            name = path.split("/")[1].removesuffix(".zst")
            lines = hashlib.md5(b"".join(iter_lines(folder / path))).hexdigest()
            assert (folder / label / f".{name}.md5").read_text() == f"{lines}  {name}\n"
    others = (folder / "multilingual.map").read_text().split()
    assert set(others) == {path for path in files if not path.startswith("eng_")}
    languages = [json.loads(line) for line in (folder / "languages.jsonl").read_text().splitlines()]
    assert [x["name"] for x in languages] == sorted(by_label)
    documents = [d for path, those in files.items() if path.startswith("tha_") for d in those]
    (thai,) = (x for x in languages if x["name"] == "tha_Thai")
    assert thai["documents"] == len(documents)
    assert thai["characters"] == sum(len(d["text"]) for d in documents)
    assert thai["segments"] == sum(len(d["seg_langs"]) for d in documents)
    assert thai["bytes"] == sum((folder / path).stat().st_size for path in by_label["tha_Thai"])


def test_the_rules_of_the_release_leave_out_and_count(copied: tuple[JobConfig, Path]) -> None:
    job, work = copied
    wanted = {row["url"] for row in document_tables(work) if row["removal_reason"] is None}
    before = contents(work / "corpus-hplt")
    settings = ("emit.hplt.min_bin=6", "emit.hplt.chars_above=500", "emit.hplt.base_url=https://x/")
    emit(job, Form("hplt", None, settings))
    folder = work / "corpus-hplt"
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert manifest["rules"]["min_bin"] == 6
    assert set(manifest["left_out"]) == {"score", "n_chars"}
    found = {d["u"]: d for those in in_view(folder).values() for d in those}
    missing = [r for r in document_tables(work) if r["url"] in wanted - found.keys()]
    assert len(missing) == sum(manifest["left_out"].values()) > 3
    assert all(len(r["text"]) <= 500 or score_of(r) < 6 for r in missing)
    assert all(len(d["text"]) > 500 and d["doc_scores"][0] >= 6 for d in found.values())
    assert (folder / "eng_Latn.map").read_text().startswith("https://x/eng_Latn/")
    verify(folder)
    emit(job, Form("hplt"))
    assert contents(folder) == before


def test_a_job_can_have_hplts_view_as_its_own(
    both: tuple[JobConfig, Path], copied: tuple[JobConfig, Path]
) -> None:
    _, before = both
    job, work = copied
    view = job.emit.model_copy(update={"view": "hplt"})
    other = job.model_copy(update={"emit": view})
    assert emit(other, rerun="emit").corpus == work / "corpus"
    assert not (work / "corpus-hplt").exists()
    emit(other, Form("fineweb2"))
    for name, was in (("corpus", "corpus-hplt"), ("corpus-fineweb2", "corpus")):
        found, wanted = contents(work / name), contents(before / was)
        assert {path for path in found | wanted if found.get(path) != wanted.get(path)} == {
            "manifest.json"  # which has the fingerprint of the steps that made it
        }
        verify(work / name)


def test_a_view_goes_where_it_is_asked_for(copied: tuple[JobConfig, Path], tmp_path: Path) -> None:
    job, work = copied
    shutil.rmtree(work / "corpus-hplt")
    out = tmp_path / "elsewhere" / "hplt"
    for _ in range(2):
        result = emit(job, Form("hplt", str(out)))
        assert result.corpus == out
        assert not (work / "corpus-hplt").exists()
    verify(out)
    (out / "README.md").write_text("another card")
    emit(job, Form("hplt", str(out)))
    verify(out)
    assert "another card" not in (out / "README.md").read_text()
    with pytest.raises(InputError, match="a corpus in the view fineweb2"):
        emit(job, Form("fineweb2", str(out)))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="other files"):
        emit(job, Form("hplt", str(tmp_path / "mine")))
    assert (tmp_path / "mine" / "thesis.txt").exists()


def test_labels_dealt_to_partitions_give_the_same_files(
    copied: tuple[JobConfig, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, work = copied
    before = contents(work / "corpus-hplt")
    shutil.rmtree(work / "emit-hplt")
    monkeypatch.setattr(hplt_plan, "DOCUMENTS_A_PARTITION", 10)
    emit(job, Form("hplt", str(tmp_path / "out")))
    assert len(list((work / "emit-hplt/_files/_commits").glob("*"))) > 3
    assert len(list((work / "emit-hplt/_commits").glob("*"))) > 2
    assert contents(tmp_path / "out") == before


def test_registers_are_those_of_the_classifier_of_that_name(
    copied: tuple[JobConfig, Path], tmp_path: Path
) -> None:
    """Sport and food stand for HPLT's 25; of languages it is not for, the field is left out."""
    job, work = copied
    model = str(train_fasttext(tmp_path / "topics.bin"))
    asked = [
        ClassifierConfig(name="register", kind="fasttext", model=model, languages=("tha_Thai",)),
        ClassifierConfig(name="other", kind="fasttext", model=model),
    ]
    emit(job.model_copy(update={"classify": tuple(asked)}), Form("hplt"), rerun="classify")
    found = [d for those in in_view(work / "corpus-hplt").values() for d in those]
    registers = {d["lang"][0]: d.get("web-register") for d in found}
    thai = registers.pop("tha_Thai")
    assert thai is not None
    assert thai.keys() == {"sport", "food"}
    assert set(registers.values()) == {None}
    for d in found:
        if "web-register" in d:
            assert sum(d["web-register"].values()) == pytest.approx(1, abs=0.01)
            assert all(round(x, 3) == x for x in d["web-register"].values())
    verify(work / "corpus-hplt")


def test_what_lists_only_mark_is_left_out_or_says_so(
    copied: tuple[JobConfig, Path], tmp_path: Path
) -> None:
    job, work = copied
    (tmp_path / "domains.txt").write_text("tha.example.org\n")
    urls = UrlsConfig(domains=(str(tmp_path / "domains.txt"),), drop=False)
    marking = job.model_copy(update={"urls": urls})
    emit(marking, rerun="screen")
    folder = work / "corpus-hplt"
    emit(marking, Form("hplt"))
    n_thai = json.loads((folder / "manifest.json").read_bytes())["left_out"]["url_filter"]
    assert n_thai > 2
    assert not any(path.startswith("tha_") for path in in_view(folder))
    verify(folder)
    emit(marking, Form("hplt", None, ("emit.hplt.marked=keep",)))
    filters = {(d["lang"][0], d["filter"]) for those in in_view(folder).values() for d in those}
    assert ("tha_Thai", "url_filter") in filters
    assert {label for label, found in filters if found != "keep"} == {"tha_Thai"}
    verify(folder)


def test_without_scores_the_view_is_refused(source: Path, tmp_path: Path) -> None:
    job = job_of(source, tmp_path / "work", emit={"view": "hplt"})
    with pytest.raises(ConfigError, match=r"section `wds`[\s\S]*--rerun score"):
        emit(job)
    assert not (tmp_path / "work").exists()


def test_a_setting_of_the_own_view_is_refused(both: tuple[JobConfig, Path]) -> None:
    with pytest.raises(ConfigError, match="--rerun emit"):
        emit(both[0], Form(None, None, ("emit.max_file_mb=1",)))
    with pytest.raises(ConfigError, match="a setting of `emit`"):
        emit(both[0], Form("hplt", None, ("cluster.verify=false",)))


def test_large_bins_are_several_files_of_frames(tmp_path: Path) -> None:
    """Three texts of 0.7 MB of one score do not fit in one file of 1 MiB."""
    chance = Random(7)
    words = ["the", "of", "and", "to", "in", "that", "is", "was", "for", "with", "his", "they"]
    words += ["this", "have", "from", "one", "had", "word", "but", "what", "all", "were", "when"]
    words += ["your", "can", "said", "there", "use", "each", "which", "their", "time", "will"]
    lines = []
    for number in range(4):
        text = "\n".join(" ".join(chance.choices(words, k=9)) + "." for _ in range(16000))
        row = {"id": f"{number}", "u": f"https://x/{number}", "ts": "2024", "f": "x", "text": text}
        lines.append(json.dumps(row))
    (tmp_path / "x.jsonl").write_text("\n".join(lines))
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "_default.yaml").write_text(NO_THRESHOLDS)
    hplt = {**OPEN, "max_file_mb": 1, "frame_kb": 100}
    more = {"emit": {"view": "hplt", "hplt": hplt}, "language_configs": str(tmp_path / "configs")}
    job = job_for(tmp_path / "*.jsonl", tmp_path / "work", **more)
    give_scores(job, lambda row: 9.0 + int(row["id"]) / 10)
    emit(job)
    folder = tmp_path / "work/corpus"
    files = in_view(folder)
    order = [[d["doc_scores"][0] for d in files[path]] for path in sorted(files)]
    assert [score for scores in order for score in scores] == [9.3, 9.2, 9.1, 9.0]
    assert len(order) > 1
    for path in files:
        frames = read_frames(folder / path)
        assert sum(f.line_bytes for f in frames) <= 1 << 20 or len(files[path]) == 1
    verify(folder)


# ---- what is decided anew, and who dies --------------------------------------------------------


def test_another_decision_leaves_the_view_until_it_is_emitted(
    copied: tuple[JobConfig, Path], tmp_path: Path
) -> None:
    job, work = copied
    before = contents(work / "corpus-hplt")
    configs = Path(shutil.copytree(builtin_folder("language_configs"), tmp_path / "configs"))
    thai = configs / "tha_Thai.yaml"
    none = "thresholds:\n  - {metric: n_words, max: 1}"
    thai.write_text(thai.read_text().replace("thresholds:", none, 1))
    decide_again(job, str(configs), engine=kept_engine())
    assert contents(work / "corpus-hplt") == before
    assert not (work / "emit-hplt").exists()
    decided = load_recorded(str(work))
    emit(decided, Form("hplt"))
    found = contents(work / "corpus-hplt")
    gone = {path for path in before if path not in found}
    assert gone
    assert {path[:8] for path in gone} == {"tha_Thai"}
    verify(work / "corpus-hplt")


@pytest.mark.fault("driver-killed", "local")
@pytest.mark.parametrize(
    "points",
    [
        ("emit-hplt.split.after_shard", "publish.before_rename"),
        pytest.param(
            (
                "emit-hplt.split.before_seal",
                "emit-hplt.plan.before_seal",
                "emit-hplt.after_shard",
                "publish.before_manifest",
                "publish.before_collect",
            ),
            marks=pytest.mark.exhaustive,
        ),
    ],
    ids=["some", "all others"],
)
def test_a_view_that_is_killed_goes_on_to_the_same_bytes(
    points: tuple[str, ...], copied: tuple[JobConfig, Path], tmp_path: Path
) -> None:
    _, work = copied
    before = contents(work / "corpus-hplt")
    shutil.rmtree(work / "corpus-hplt")
    shutil.rmtree(work / "emit-hplt")
    wishes = Wishes(tmp_path, *points)
    command = ("emit", work, "--view", "hplt")
    found = [curate(*command, failpoints=wishes()) for _ in range(len(points) + 1)]
    assert [f.returncode for f in found] == [-signal.SIGKILL] * len(points) + [0]
    assert contents(work / "corpus-hplt") == before
    assert not list((work / "emit-hplt/_split/data").glob("*"))
    assert "view hplt: 4" in found[-1].stderr + found[-1].stdout
    assert "corpus-hplt" in found[-1].stdout
    verify(work / "corpus-hplt")
    verify(work)


# ---- input -------------------------------------------------------------------------------------


def test_what_was_published_is_taken_in_again(both: tuple[JobConfig, Path], tmp_path: Path) -> None:
    """The same texts and ids; and a line that is none costs itself alone."""
    view = both[1] / "corpus-hplt"
    wanted = {d["id"]: d for those in in_view(view).values() for d in those}
    (tmp_path / "in").mkdir()
    for path in in_view(view):
        lines = list(iter_lines(view / path))
        writer = FrameWriter(tmp_path / "in" / path.replace("/", "-"), level=3, frame_bytes=1)
        for line in lines:
            writer.write_lines(line)
        if path == "eng_Latn/9_1.jsonl.zst":
            writer.write_lines(b'{"f": "x", "text": \n')
            broken = len(lines) + 1
        writer.close()
    job = job_for(
        tmp_path / "in",
        tmp_path / "work",
        format="hplt",
        emit={"view": "hplt", "hplt": OPEN, "pii": "spans"},
    )
    give_scores(job, score_of)
    emit(job)
    found = {d["id"]: d for those in in_view(tmp_path / "work/corpus").values() for d in those}
    assert found.keys() == wanted.keys()
    same = [name for name in FIELDS if name != "cluster_size"]
    for name, document in found.items():
        assert [document.get(k) for k in same] == [wanted[name].get(k) for k in same]
        assert document["cluster_size"] == 1
    (row,) = _quarantined(tmp_path / "work")
    assert row["warc_path"].endswith("eng_Latn-9_1.jsonl.zst")
    assert row["reason"] == "bad_json"
    assert row["detail"].startswith(f"line {broken}: ")
    assert len(_quarantined(tmp_path / "work")) == 1


def _quarantined(work: Path) -> list[dict[str, Any]]:
    return [
        row
        for path in (work / "quarantine").glob("*.parquet")
        for row in pq.read_table(path).to_pylist()
    ]


def test_the_command_says_what_to_add(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    job = write_job(tmp_path / "job.yaml", source, tmp_path / "work", emit={"view": "hplt"})
    assert main(["run", str(job)]) == 1
    said = capsys.readouterr().err
    assert "a section `wds`" in said
    assert "Traceback" not in said
