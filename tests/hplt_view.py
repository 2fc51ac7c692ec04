"""A small crawl in HPLT's view, and what is in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import xxhash

from curate.config.job import JobConfig
from curate.engine.local import LocalEngine
from curate.io.commit import file_sha256
from curate.io.lines.zstd_frames import iter_lines
from curate.pipeline.emit.views import Form
from curate.pipeline.run import RunResult, run_job
from tests.runs import job_of

OPEN = {"min_bin": None, "confidence_above": None, "chars_above": None}
"""No rules of the view: what is selected is published."""


NO_THRESHOLDS = "label: _default\nthresholds: []\nprovenance: {method: none, reference: none}\n"


def score_of(row: dict[str, Any]) -> float:
    """From 4.0 to 9.9, by the text."""
    return float(xxhash.xxh64_intdigest(row["text"].encode()) % 60 + 40) / 10


def emit(job: JobConfig, form: Form | None = None, **options: Any) -> RunResult:  # noqa: ANN401
    with LocalEngine(workers=0) as engine:
        return run_job(job, engine=engine, form=form, **options)


def in_view(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Path -> the documents of each file, in order."""
    files = json.loads((folder / "manifest.json").read_bytes())["files"]
    return {f["path"]: [json.loads(line) for line in iter_lines(folder / f["path"])] for f in files}


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): file_sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def job_for(source: Path, work: Path, **more: Any) -> JobConfig:  # noqa: ANN401
    settings: dict[str, Any] = {
        "wds": {"version": "1.2"},
        "emit": {"hplt": OPEN, "pii": "spans"},
        **more,
    }
    settings["extract"] = {"xml": True}
    return job_of(source, work, **settings)
