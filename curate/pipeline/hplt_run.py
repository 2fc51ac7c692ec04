"""HPLT's view of a job: its steps, and what lies beside its files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from curate.config.job import JobConfig
from curate.io.store import Store
from curate.pipeline.screening import screens_of
from curate.pipeline.sidecars import scored_columns
from curate.pipeline.step import load_plan, sealed
from curate.stages.hplt import REGISTER, Rules

CODE: Final = "1"
"""Raised by hand when other lines are written for the same settings."""

ENGLISH: Final = "eng"
LANGUAGES: Final = "languages.jsonl"
REMOVED: Final = "removed"
"""Why a line was not written, of a document that was not selected."""


def split_settings(store: Store, job: JobConfig) -> dict[str, Any]:
    """What decides the lines: rules, columns to read beside those of every job, masks."""
    assert job.wds is not None
    found = job.emit.hplt
    rules = Rules(
        version=job.wds.version,
        min_bin=found.min_bin,
        confidence_above=found.confidence_above,
        chars_above=found.chars_above,
        marked=found.marked,
    )
    scores = scored_columns(store)
    more = {"score": list(scores["score"])}
    if registers := [x for x in scores.get("classify", ()) if x.startswith(REGISTER)]:
        more["classify"] = registers
    screens = screens_of(job)
    names = {"urls": "url_filter", "robots": "robots_disallowed"}
    if screens:
        more["screen"] = [names[kind] for kind in names if kind in screens]
    kinds = sorted(job.emit.pii_kinds)
    return {"rules": rules._asdict(), "more": more, "pii": job.emit.pii, "pii_kinds": kinds}


def left_out(store: Store, stage: str) -> dict[str, int]:
    """Reason -> documents that were selected and are not in this view."""
    totals = sealed(store, f"{stage}.split")
    assert totals is not None
    return {reason: n for reason, n in totals.dropped.items() if reason != REMOVED}


def told(store: Store, stage: str) -> str:
    """What is in this view and what is not, in words."""
    totals = sealed(store, f"{stage}.split")
    assert totals is not None
    missing = left_out(store, stage)
    why = ", ".join(f"{n:,} {reason}" for reason, n in missing.items())
    return f"view hplt: {totals.rows_out:,} documents" + (f"; left out: {why}" if why else "")


def rules_of(store: Store, stage: str) -> dict[str, Any]:
    """The rules that decided what is in this view."""
    plan = load_plan(store, f"{stage}.split")
    assert plan is not None
    return dict(plan.fields["rules"])


def side_files(entries: Sequence[Mapping[str, Any]], base_url: str) -> Iterator[tuple[str, bytes]]:
    """Path and content of each small file beside the corpus files.

    ``<label>.map`` names the files of a label, one a line; ``multilingual.map`` those of all labels
    but English. ``<label>.md5`` is for ``md5sum -c``; ``<label>/.<bin>_<n>.jsonl.md5`` has the MD5
    of the lines themselves. :data:`LANGUAGES` has one object a label, as HPLT's list has.
    """
    by_label: dict[str, list[Mapping[str, Any]]] = {}
    for entry in entries:
        by_label.setdefault(entry["label"], []).append(entry)
    head = f"{base_url.rstrip('/')}/" if base_url else ""
    maps: dict[str, list[str]] = {}
    languages = []
    for label, files in sorted(by_label.items()):
        files = sorted(files, key=lambda e: (-e["bin"], e["index"]))
        maps[label] = [head + str(e["path"]) for e in files]
        languages.append(_language(label, files, maps[label], f"{head}{label}.map"))
        yield f"{label}.map", _text(maps[label])
        yield f"{label}.md5", _text([f"{e['md5']}  {e['path']}" for e in files])
        for e in files:
            name = f"{e['bin']}_{e['index']}.jsonl"
            yield f"{label}/.{name}.md5", _text([f"{e['lines_md5']}  {name}"])
    others = [url for label, urls in maps.items() if label[:3] != ENGLISH for url in urls]
    yield "multilingual.map", _text(others)
    yield LANGUAGES, _text([json.dumps(x, ensure_ascii=False) for x in languages])


def _language(
    label: str, files: Sequence[Mapping[str, Any]], urls: Sequence[str], where: str
) -> dict[str, Any]:
    sums = {
        name: sum(int(e[key]) for e in files)
        for name, key in (
            ("bytes", "bytes"),
            ("documents", "rows"),
            ("segments", "segments"),
            ("characters", "n_chars"),
        )
    }
    return {"files": len(files), **sums, "name": label, "urls": list(urls), "map": where}


def _text(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
