"""Texts that were taken down are in no file of the work folder, and a command proves it."""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path

import pyarrow as pa
import pytest

from curate.ask.rerun import load_recorded, report_again
from curate.ask.scrub import scrub
from curate.ask.withdraw import withdraw
from curate.config.job import JobConfig
from curate.engine.local import LocalEngine
from curate.errors import StoreError, VerifyError
from curate.io.store import Store
from curate.pipeline.emit.views import Form
from curate.pipeline.verify import verify
from curate.pipeline.verify.absent import check_absent
from curate.rights.take_down import Entry
from tests.hplt_view import contents, emit
from tests.looking import document_tables
from tests.pipeline.test_kill import Wishes
from tests.runs import attempts_of, corpus_of, curate
from tests.small_crawl import texts

KEPT_COLUMNS = ("id", "url", "label", "n_words", "cluster_id", "removal_reason")


def texts_of(work: Path, label: str) -> list[dict[str, str]]:
    return [row for row in document_tables(work) if row["label"] == label]


def test_no_file_holds_what_was_scrubbed(copied: tuple[JobConfig, Path]) -> None:
    job, work = copied
    rows = texts_of(work, "tha_Thai")
    before = {row["id"]: row for row in document_tables(work)}
    lines = [line for row in rows for line in row["text"].splitlines() if len(line) > 30]
    lines += [row["url"] for row in rows] + [row["id"] for row in rows]
    (work / "orphan.txt").write_text("nothing", encoding="utf-8")
    with pytest.raises(VerifyError, match="documents/"):
        check_absent(Store(work), lines)
    withdraw(job, [Entry("host", "tha.example.org", "cluster")])
    with pytest.raises(VerifyError) as error:
        check_absent(Store(work), lines)
    holding = {line.strip().split("/")[0] for line in str(error.value).splitlines()[3:-1]}
    assert holding == {"documents"}, "what is published and shown has none of it already"
    scrubbed = scrub(job)
    assert scrubbed.documents == len(rows)
    read = check_absent(Store(work), lines)
    assert read.files > 50
    verify(work, deep=True)
    verify(work / "corpus-hplt")
    for row in document_tables(work):
        was = before[row["id"]]
        if row["label"] == "tha_Thai":
            assert (row["text"], row["xml"], row["title"]) == ("", None, None)
            assert row["removal_reason"] == "withdrawn"
            assert [row[x] for x in KEPT_COLUMNS[:5]] == [was[x] for x in KEPT_COLUMNS[:5]]
        else:
            assert row == was
    corpora = [contents(work / x) for x in ("corpus", "corpus-hplt")]
    assert scrub(job).documents == 0
    emit(job)
    emit(job, Form("hplt"))
    assert [contents(work / x) for x in ("corpus", "corpus-hplt")] == corpora


@pytest.mark.parametrize(
    "place", ["corpus/README.md", "_run/x.json", ".old-weights-00/x", "report/index.html", "x.zst"]
)
def test_a_line_is_found_wherever_it_is(copied: tuple[JobConfig, Path], place: str) -> None:
    _, work = copied
    line = 'Er sagte: "Straße & Fluß"'
    assert check_absent(Store(work), [line]).files > 50
    data = json.dumps({"text": line}) if place.endswith(".json") else f"<p>{line}</p>"
    (work / place).parent.mkdir(exist_ok=True)
    packed = data.encode()
    if place.endswith(".zst"):
        packed = pa.Codec("zstd").compress(packed, asbytes=True)
    (work / place).write_bytes(packed)
    with pytest.raises(VerifyError, match=place.split("/")[-1]):
        check_absent(Store(work), [line])


def test_packed_samples_of_the_report_are_read(copied: tuple[JobConfig, Path]) -> None:
    _, work = copied
    shutil.rmtree(work / "documents")
    shutil.rmtree(work / "corpus")
    shutil.rmtree(work / "corpus-hplt")
    for folder in ("emit", "emit-hplt", "report/_sample"):
        shutil.rmtree(work / folder)
    with pytest.raises(VerifyError, match=r"report/index\.html"):
        check_absent(Store(work), _first_lines())


def _first_lines() -> list[str]:
    return [text.splitlines()[0][:40] for _, _, text in texts() if " " in text[:40]]


@pytest.mark.fault("driver-killed", "local")
def test_a_scrub_is_killed_and_goes_on(finished: Path, tmp_path: Path) -> None:
    rows = texts_of(finished, "rus_Cyrl")
    lines = [line for row in rows for line in row["text"].splitlines() if len(line) > 30]
    (tmp_path / "hosts").write_text("rus.example.org\n", encoding="utf-8")
    (tmp_path / "lines").write_text("\n".join(lines), encoding="utf-8")
    points = (
        *("extract.mid_write", "extract.scrub.before_commit", "extract.scrub.after_plan"),
        *("extract.scrub.after_shard", "extract.scrub.after_seal", "extract.before_seal"),
        "extract.after_seal",
    )
    wishes = Wishes(tmp_path, *points)
    for _ in points:
        found = curate(
            *("withdraw", finished, "--hosts", tmp_path / "hosts", "--scrub", "--workers", 1),
            failpoints=wishes(),
        )
        if found.returncode == 0:
            break
        assert found.returncode == -signal.SIGKILL, found.stderr
    assert found.returncode == 0, found.stderr
    assert wishes.fired() == set(points)
    said = curate("verify", finished, "--absent", tmp_path / "lines")
    assert (said.returncode, said.stderr) == (0, "")
    assert "none holds what" in said.stdout
    verify(finished, deep=True)
    assert not (finished / "documents" / "_scrub").exists()
    before = corpus_of(finished), attempts_of(finished)
    report_again(load_recorded(str(finished)), seed=3)
    assert corpus_of(finished) == before[0]


@pytest.mark.fault("disk-full", "local")
def test_a_receipt_that_took_effect_and_failed_still_has_its_file(
    copied: tuple[JobConfig, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder cannot be synced after the rename: nobody knows whether the receipt stands."""
    job, work = copied
    withdraw(job, [Entry("host", "tha.example.org", "cluster")])
    put = Store.put

    def fail(store: Store, key: str, data: bytes, *, is_private: bool = False) -> None:
        put(store, key, data, is_private=is_private)
        if key.startswith("documents/_commits/"):
            raise StoreError(key, wanted="room", found="no space left", todo="make room")

    monkeypatch.setattr("curate.ask.scrub.make_engine", lambda job: LocalEngine(workers=0))
    monkeypatch.setattr(Store, "put", fail)
    scrub(job)  # the task is tried again, and finds that its work is done
    assert all(row["text"] == "" for row in texts_of(work, "tha_Thai"))
    verify(work, deep=True)
