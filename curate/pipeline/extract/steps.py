"""The step that makes documents of the input files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from curate.config.job import JobConfig
from curate.errors import InputError
from curate.html.extractors import BLOCKS, extractor_version
from curate.html.extractors import FINEWEB2 as FINEWEB2_EXTRACTOR
from curate.io.texts.documents import TEXTS_VERSION
from curate.pipeline.extract.input_changes import tell_inputs
from curate.pipeline.extract.kept import kept_schema
from curate.pipeline.extract.settings import ExtractSettings
from curate.pipeline.extract.task import extract_shard
from curate.pipeline.job_run import Done, JobRun
from curate.redact import redact_all, reveal
from curate.stages.extract import EXTRACT_VERSION
from curate.stages.gate import gate_version
from curate.stages.kernels import compile_page_kernels
from curate.text.repair import REPAIR_VERSION
from curate.work.plan import ShardPlan
from curate.work.runner import Step
from curate.work.snapshots import extend_inputs, plan_snapshots
from curate.work.task import from_json

Json = Any


def extract(run: JobRun, done: Done) -> Step:
    """Input files to document shards.

    Raises:
        InputError: no file matches, or no file holds a document.
    """
    job = run.job
    settings = {
        **job.extract.model_dump(),
        "columns": job.mapped_columns,
        "keep": list(job.kept_columns),
        "snapshot": job.snapshot or job.name,
        "compat": run.is_compat,
    }
    if run.is_compat:
        settings |= {"extractor": FINEWEB2_EXTRACTOR, "fallback_chars": 0}
    step = Step.of(
        "extract",
        code=f"{EXTRACT_VERSION} {extractor_version(settings['extractor'])}",
        repair_code=REPAIR_VERSION if job.extract.repair else None,
        gate=gate_version() if job.extract.labels else None,
        texts=TEXTS_VERSION,
        input=redact_all(list(job.input)),
        format=job.format,
        **settings,
    )
    extend_inputs(run.store, job)
    (totals,) = run.runner.run(
        [step],
        extract_shard,
        lambda: _planned(run, str(settings["extractor"])),
        settings=from_json(ExtractSettings, settings),
        completed=partial(_with_address, job),
    )
    tell_inputs(run.runner, job)
    if totals.rows_out == 0:
        reasons = {**totals.dropped, **totals.quarantined}
        why = ", ".join(f"{n} {reason}" for reason, n in reasons.items()) or "no record at all"
        raise InputError(
            f"input {', '.join(job.input)}",
            wanted="at least one document",
            found=f"{totals.shards} file(s) with {totals.rows_in} record(s) and none: {why}",
            todo="check that these are WARC, WET, JSONL or Parquet files with pages in them; "
            "with another input, use another work folder or add `--rerun extract`",
        )

    if job.kept_columns:
        kept_schema(run.store, job.kept_columns)  # says now what does not agree
    return step


def _planned(run: JobRun, extractor: str) -> list[ShardPlan]:
    """The shards of the inputs; what reads their pages is compiled before the first one."""
    shards = plan_snapshots(run.job)
    if extractor == BLOCKS and any(shard.payload["format"] == "warc" for shard in shards):
        compile_page_kernels(run.runner.progress.say)
    return shards


def _with_address(job: JobConfig, payload: Mapping[str, Json]) -> Mapping[str, Json]:
    """A task's payload with the address that the job gives, where the plan has it redacted."""
    path = str(payload["path"])
    address = reveal(path, (*job.input, *job.snapshots))
    return payload if address == path else {**payload, "address": address}
