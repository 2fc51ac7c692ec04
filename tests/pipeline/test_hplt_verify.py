"""What verify finds in HPLT's view."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from curate.config.job import JobConfig
from curate.errors import VerifyError
from curate.io.commit import file_sha256
from curate.io.lines.zstd_frames import FrameWriter
from curate.pipeline.emit.views import Form
from curate.pipeline.verify import verify
from tests.hplt_view import emit, in_view

Spoil = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def strict(both: tuple[JobConfig, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The view under the release's rules, but for short texts."""
    out = tmp_path_factory.mktemp("strict") / "hplt"
    settings = (
        "emit.hplt.min_bin=5",
        "emit.hplt.chars_above=200",
        "emit.hplt.confidence_above=0.5",
    )
    emit(both[0], Form("hplt", str(out), settings))
    verify(out)
    return out


def rewrite(folder: Path, path: str, documents: list[Any]) -> None:
    """Other documents in a file, and a manifest that agrees."""
    writer = FrameWriter(folder / path, level=3)
    for document in documents:
        line = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
        writer.write_lines(line.encode() + b"\n")
    writer.close()
    manifest = json.loads((folder / "manifest.json").read_bytes())
    (entry,) = (f for f in manifest["files"] if f["path"] == path)
    entry["bytes"] = (folder / path).stat().st_size
    entry["sha256"] = file_sha256(folder / path)
    (folder / "manifest.json").write_text(json.dumps(manifest))


def a_file(folder: Path) -> tuple[str, list[dict[str, Any]]]:
    """The first with two documents of different scores."""
    return next(
        (path, those)
        for path, those in in_view(folder).items()
        if len({d["doc_scores"][0] for d in those}) > 1
    )


BROKEN: dict[str, tuple[Spoil, str]] = {
    "a label too few": (
        lambda d: d["seg_langs"].pop(),
        r"`seg_langs`: wanted \d+ labels.*found \d+",
    ),
    "a line too many": (lambda d: d.update(text=d["text"] + "\n"), "`seg_langs`: wanted"),
    "another label": (
        lambda d: d["lang"].insert(0, "ful_Adlm"),
        "`lang`: wanted [a-z]{3}_.* first",
    ),
    "a probability too few": (lambda d: d["prob"].pop(), "`prob`: wanted one for each"),
    "an unsure label": (lambda d: d["prob"].__setitem__(0, 0.5), "`prob`: wanted more than 0.5"),
    "a short text": (
        lambda d: d.update(text="ก" * 200, seg_langs=["tha_Thai"], pii=[]),
        "`text`: wanted more than 200 characters, found 200",
    ),
    "no cluster": (lambda d: d.update(cluster_size=0), "`cluster_size`: wanted 1 or more, found 0"),
    "a filter": (lambda d: d.update(filter="adult_ut1"), "`filter`: wanted keep, found adult_ut1"),
    "another bin": (
        lambda d: d["doc_scores"].__setitem__(0, 1.0),
        r"`doc_scores`: wanted a score in bin",
    ),
    "a mark too few": (lambda d: d["doc_scores"].pop(), "`doc_scores`: wanted 10 values, found 9"),
    "no hash": (lambda d: d.update(id="<urn:uuid:1>"), "`id`: wanted 32 hex digits"),
    "a span outside": (lambda d: d.update(pii=[[0, 10**6]]), "`pii`: wanted rising spans within"),
    "spans that overlap": (lambda d: d.update(pii=[[0, 5], [4, 8]]), "`pii`: wanted rising spans"),
    "a field too few": (lambda d: d.pop("f"), "`f`: wanted a value, found none"),
    "an unknown field": (lambda d: d.update(score=1), "`score`: wanted a field of HPLT"),
    "another type": (lambda d: d.update(o="4711"), "`o`: wanted a whole number, found '4711'"),
    "another order": (lambda d: d.update(f=d.pop("f")), "`o`: wanted fields in the order"),
    "no scores": (lambda d: d.update(doc_scores=[]), "no document: IndexError"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_verify_names_file_line_and_field(what: str, strict: Path, tmp_path: Path) -> None:
    spoil, wanted = BROKEN[what]
    folder = Path(shutil.copytree(strict, tmp_path / "hplt"))
    path, documents = a_file(folder)
    spoil(documents[1])
    rewrite(folder, path, documents)
    with pytest.raises(VerifyError, match=f"{path} line 2: {wanted}"):
        verify(folder)


def test_verify_finds_a_line_that_is_none_and_a_rising_score(strict: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(strict, tmp_path / "hplt"))
    path, documents = a_file(folder)
    rewrite(folder, path, ["{", *documents[1:]])
    with pytest.raises(VerifyError, match=f"{path} line 1: no document: JSONDecodeError"):
        verify(folder)
    rewrite(folder, path, list(reversed(documents)))
    with pytest.raises(
        VerifyError, match=r"line \d+: `doc_scores`: wanted a score of no more than"
    ):
        verify(folder)


def test_verify_finds_a_side_file_that_was_changed(strict: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(strict, tmp_path / "hplt"))
    with (folder / "eng_Latn.map").open("a") as file:
        file.write("x\n")
    (folder / "tha_Thai.md5").unlink()
    (folder / "more.map").touch()
    with pytest.raises(VerifyError) as caught:
        verify(folder)
    for found in ("eng_Latn.map: another SHA-256", "tha_Thai.md5: missing", "more.map: not in the"):
        assert found in str(caught.value)
    manifest = json.loads((strict / "manifest.json").read_bytes())
    manifest["left_out"]["score"] += 1
    manifest["side_files"].append({"path": "../../passwords", "bytes": 1, "sha256": ""})
    shutil.rmtree(folder)
    shutil.copytree(strict, folder)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(
        VerifyError, match=r"documents published, but \d+ rows in the files and \d"
    ) as caught:
        verify(folder)
    assert "../../passwords: a path that cannot be ours" in str(caught.value)
