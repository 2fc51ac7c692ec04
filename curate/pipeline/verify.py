"""Verify: every byte of a corpus against its manifest, and every sum against the receipts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curate.errors import CurateError, InputError, VerifyError
from curate.io import layout, parquet
from curate.io.commit import file_sha256
from curate.io.jsonl_out import JSONL_ZST, count_lines
from curate.io.store import Store
from curate.labels import is_label
from curate.pipeline.collect import is_collected
from curate.pipeline.publish import published_rows, rows_agree
from curate.pipeline.step import load_plan, load_receipt, planned_steps, sealed
from curate.pipeline.verify_hplt import check_lines
from curate.pipeline.views import HPLT

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Verified:
    """What was checked, when nothing was wrong."""

    files: int
    rows: int
    bytes: int
    receipts: int
    documents: int


def verify(path: Path) -> Verified:
    """Check a corpus folder, and the work folder around it if it is still there.

    Args:
        path: a corpus folder, or a work folder that holds one.

    Raises:
        InputError: there is no manifest.
        VerifyError: every difference that was found, up to twenty.
    """
    corpus = path if (path / MANIFEST).is_file() else path / layout.CORPUS
    manifest = _read_manifest(corpus)
    try:
        problems = [*_check_files(corpus, manifest), *_check_totals(manifest)]
        if manifest.get("view") == HPLT and not problems:
            problems += check_lines(corpus, manifest)
    except (KeyError, TypeError, AttributeError) as error:
        raise _no_manifest(corpus / MANIFEST, error) from error
    n_receipts = 0
    work = corpus.parent
    if (work / layout.JOB).is_file():
        found, n_receipts = _check_receipts(Store(work), manifest)
        problems += found
    if problems:
        more = f"\n    ... and {len(problems) - 20} more" if len(problems) > 20 else ""
        raise VerifyError(
            str(corpus),
            wanted=f"what {MANIFEST} and the receipts say",
            found=f"{len(problems)} difference(s):\n    " + "\n    ".join(problems[:20]) + more,
            todo="restore the files from a good copy, or `curate run JOB --rerun emit`",
        )
    files = manifest["files"]
    return Verified(
        files=len(files),
        rows=sum(f["rows"] for f in files),
        bytes=sum(f["bytes"] for f in files),
        receipts=n_receipts,
        documents=manifest["totals"]["documents"],
    )


def _read_manifest(corpus: Path) -> dict[str, Any]:
    path = corpus / MANIFEST
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
        found["files"], found["totals"]["documents"]
    except FileNotFoundError:
        raise InputError(
            str(corpus),
            wanted=f"a corpus, which has a {MANIFEST}",
            found="none" if corpus.is_dir() else "no such folder",
            todo="name the corpus folder; if a run was killed, run the same job again first",
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _no_manifest(path, error) from error
    return found


def _no_manifest(path: Path, error: Exception) -> VerifyError:
    return VerifyError(
        str(path),
        wanted="the manifest that curate wrote",
        found=f"{type(error).__name__}: {error}",
        todo="restore it, or `curate run JOB --rerun emit`",
    )


def _check_files(corpus: Path, manifest: dict[str, Any]) -> Iterator[str]:
    known = set()
    for entry in manifest["files"]:
        path = corpus / entry["path"]
        known.add(path)
        if not is_label(entry["label"]) or not path.resolve().is_relative_to(corpus.resolve()):
            yield f"{entry['path']}: a path or label that cannot be ours"
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


def _check_receipts(store: Store, manifest: dict[str, Any]) -> tuple[list[str], int]:
    problems: list[str] = []
    n = 0
    for step in planned_steps(store):
        plan = load_plan(store, step)
        if plan is None or sealed(store, step) is None:
            continue
        for shard in plan.shards:
            n += 1
            try:
                receipt = load_receipt(store, step, shard.id)
            except CurateError as error:
                problems.append(f"{step} {shard.id}: {error.found}")
                continue
            for entry in [] if is_collected(store, step) else receipt.files:
                path = store.path(entry.key)
                if not path.is_file():
                    problems.append(f"{entry.key}: missing")
                elif path.stat().st_size != entry.bytes or file_sha256(path) != entry.sha256:
                    problems.append(f"{entry.key}: another SHA-256")
    documents = sealed(store, "extract")
    if documents is not None and documents.rows_out != manifest["totals"]["documents"]:
        problems.append(
            f"the receipts count {documents.rows_out} documents, "
            f"the manifest {manifest['totals']['documents']}"
        )
    return problems, n
