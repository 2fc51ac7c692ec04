"""Verify a corpus, and the work folder around it if it is still there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curate.errors import CurateError, InputError, VerifyError
from curate.io import layout
from curate.io.open_store import open_store
from curate.io.store import Store
from curate.pipeline.emit.current import finished_rewrites, is_of
from curate.pipeline.verify import corpus as corpus_checks
from curate.pipeline.verify import deep as deep_checks
from curate.pipeline.verify import named, sums
from curate.pipeline.verify.findings import Findings
from curate.pipeline.verify.step_records import check_steps, rests_on
from curate.stage_table import steps
from curate.work.plan import load_plan

MANIFEST = "manifest.json"
_TODO = "restore the files from a good copy, or `curate run JOB --rerun emit`"


@dataclass(frozen=True, slots=True)
class Verified:
    """The counts of a check that found nothing wrong; ``notes`` say what is of no consequence."""

    files: int
    rows: int
    bytes: int
    receipts: int
    documents: int
    notes: tuple[str, ...] = ()


def verify(path: Path, *, deep: bool = False) -> Verified:
    """Check a corpus folder, and the work folder around it if it is still there.

    Args:
        path: a corpus folder, or a work folder that holds one.
        deep: read every Parquet file to its end, and count again what they hold.

    Raises:
        InputError: there is no manifest.
        VerifyError: every difference that was found, up to twenty.
    """
    corpus = path if (path / MANIFEST).is_file() else path / layout.CORPUS
    manifest = _read_manifest(corpus)
    findings = Findings(is_deep=deep)
    try:
        corpus_checks.check_corpus(corpus, manifest, findings)
        if _is_work_folder(corpus.parent):
            _check_work(corpus, manifest, findings)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise _no_manifest(corpus / MANIFEST, error) from error
    findings.problems = list(dict.fromkeys(findings.problems))
    if findings.problems:
        expected = f"what {MANIFEST} and the receipts say"
        raise VerifyError(str(corpus), wanted=expected, found=findings.in_words(), todo=_TODO)
    files = manifest["files"]
    return Verified(
        files=len(files),
        rows=sum(f["rows"] for f in files),
        bytes=sum(f["bytes"] for f in files),
        receipts=findings.receipts,
        documents=manifest["totals"]["documents"],
        notes=tuple(findings.notes),
    )


def _is_work_folder(folder: Path) -> bool:
    """Whether there is a job, or was one: the folder of its first stage is there."""
    return (folder / layout.JOB).is_file() or (folder / layout.plan_key("extract")).is_file()


def _check_work(corpus: Path, manifest: dict[str, Any], findings: Findings) -> None:
    store = open_store(corpus.parent)
    stage = _stage_of(corpus)
    is_current = _is_current(store, stage, manifest)
    needed = set(_upstream(store, stage)) if is_current else set()
    check_steps(store, needed, findings)
    named.check_named(store, needed, findings)
    if is_current:
        sums.check_sums(store, stage, manifest, findings)
        if findings.is_deep and not findings.problems:
            deep_checks.recount(store, stage, manifest, findings)
    else:
        findings.notes.append(
            f"{corpus.name}/ is older than what is decided in the work folder: "
            "it was compared with its own manifest alone"
        )
    named.check_rest(store, corpus.name, findings)


def _stage_of(corpus: Path) -> str:
    """The stage that made the files of a folder: ``corpus-hplt`` is made by ``emit-hplt``."""
    return f"emit{corpus.name.removeprefix(layout.CORPUS)}"


def _is_current(store: Store, stage: str, manifest: dict[str, Any]) -> bool:
    """Whether the work folder still has what a corpus was made from."""
    try:
        return stage in steps() and is_of(store, stage, manifest)
    except CurateError:
        return True  # a damaged plan or seal is told where steps are checked


def _upstream(store: Store, stage: str) -> Iterator[str]:
    """The steps that a step rests on, itself included, as far as plans can be read."""
    waiting, seen = [*finished_rewrites(store, stage), stage], set()
    while waiting:
        step = waiting.pop()
        if step in seen:
            continue
        seen.add(step)
        yield step
        try:
            plan = load_plan(store, step)
        except CurateError:
            continue
        waiting += [] if plan is None else list(rests_on(plan))


def _read_manifest(corpus: Path) -> dict[str, Any]:
    path = corpus / MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(path.read_bytes())
        manifest["files"], manifest["totals"]["documents"]
    except FileNotFoundError:
        raise InputError(
            str(corpus),
            wanted=f"a corpus, which has a {MANIFEST}",
            found="none" if corpus.is_dir() else "no such folder",
            todo="name the corpus folder; if a run was killed, run the same job again first",
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _no_manifest(path, error) from error
    return manifest


def _no_manifest(path: Path, error: Exception) -> VerifyError:
    return VerifyError(
        str(path),
        wanted="the manifest that curate wrote",
        found=f"{type(error).__name__}: {error}",
        todo="restore it, or `curate run JOB --rerun emit`",
    )
