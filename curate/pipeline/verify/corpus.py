"""A corpus against its manifest: every file, every digest, every sum."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from curate.errors import CurateError
from curate.io import layout, parquet
from curate.io.commit import file_sha256
from curate.io.digests import without_digest
from curate.io.lines.jsonl_out import JSONL_ZST, count_lines
from curate.labels import is_label
from curate.pipeline.emit.publish import published_rows, rows_agree
from curate.pipeline.emit.view import View
from curate.pipeline.emit.views import view_in
from curate.pipeline.verify.findings import Findings

MANIFEST = "manifest.json"
_CARD = "README.md"


def check_corpus(corpus: Path, manifest: dict[str, Any], findings: Findings) -> None:
    """Compare a folder with its manifest."""
    findings.problems += [*_check_files(corpus, manifest), *_check_totals(manifest)]
    if not findings.problems:
        findings.problems += view_in(manifest).check(corpus, manifest)
    try:
        without_digest(manifest, where=MANIFEST, todo="")
    except CurateError as error:
        findings.problems.append(f"{MANIFEST}: {error.found}")
    card = corpus / _CARD
    if "card" in manifest and not (card.is_file() and file_sha256(card) == manifest["card"]):
        findings.notes.append(f"{_CARD}: missing, or edited since it was written")


def _check_files(corpus: Path, manifest: dict[str, Any]) -> Iterator[str]:
    known = set()
    for entry in manifest["files"]:
        path = corpus / entry["path"]
        known.add(path)
        if not is_label(entry["label"]) or not path.resolve().is_relative_to(corpus.resolve()):
            yield f"{entry['path']}: a path or label that cannot be ours"
        elif not _is_in_its_folder(entry, view_in(manifest)):
            yield f"{entry['path']}: the folder is not that of label {entry['label']}"
        elif not path.is_file():
            yield f"{entry['path']}: missing"
        elif path.stat().st_size != entry["bytes"]:
            yield f"{entry['path']}: {path.stat().st_size} bytes, wanted {entry['bytes']}"
        elif file_sha256(path) != entry["sha256"]:
            yield f"{entry['path']}: another SHA-256"
        elif _count_rows(path) != entry["rows"]:
            yield f"{entry['path']}: another number of rows than {entry['rows']}"
    yield from _check_side_files(corpus, manifest)
    known |= {corpus / entry["path"] for entry in manifest.get("side_files", ())}
    known |= {corpus / MANIFEST, corpus / layout.CARD.rsplit("/", 1)[-1]}
    for path in sorted(corpus.rglob("*")):
        if path.is_file() and path not in known:
            yield f"{path.relative_to(corpus)}: not in the manifest"


def _is_in_its_folder(entry: dict[str, Any], view: type[View]) -> bool:
    folder = view.path_of({"index": 0, **entry}, "parquet").rpartition("/")[0]
    return bool(str(entry["path"]).rpartition("/")[0] == folder)


def _check_side_files(corpus: Path, manifest: dict[str, Any]) -> Iterator[str]:
    for entry in manifest.get("side_files", ()):
        path = corpus / entry["path"]
        if not path.resolve().is_relative_to(corpus.resolve()):
            yield f"{entry['path']}: a path that cannot be ours"
        elif not path.is_file():
            yield f"{entry['path']}: missing"
        elif file_sha256(path) != entry["sha256"]:
            yield f"{entry['path']}: another SHA-256"


def _count_rows(path: Path) -> int:
    return count_lines(path) if path.name.endswith(JSONL_ZST) else parquet.count_rows(path)


def _check_totals(manifest: dict[str, Any]) -> list[str]:
    totals = manifest["totals"]
    problems = []
    rows = published_rows(manifest["files"])
    missing = sum(manifest.get("left_out", {}).values())
    if not rows_agree(rows + missing, totals["published"], manifest.get("repetition", "weight")):
        problems.append(
            f"{totals['published']} documents published, but {rows} rows in the files"
            + (f" and {missing} left out" if missing else "")
        )
    ended = totals["published"] + sum(totals["removed"].values())
    if ended != totals["documents"]:
        problems.append(f"{totals['documents']} documents, but published + removed is {ended}")
    read = totals["documents"] + sum(totals["skipped"].values())
    read += sum(totals["quarantined"].values())
    if read != totals["records"]:
        problems.append(
            f"{totals['records']} records, but documents + skipped + quarantined is {read}"
        )
    return problems
