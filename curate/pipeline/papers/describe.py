"""A corpus described for others: the fields of rows, and the papers beside the files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from curate import __version__
from curate.config.job import JobConfig
from curate.io import parquet
from curate.io.lines.jsonl_out import JSONL_ZST
from curate.io.store import Store
from curate.pipeline.emit.fineweb2 import FineWeb2
from curate.pipeline.emit.hplt import Hplt
from curate.pipeline.emit.publish import corpus_files
from curate.pipeline.emit.view import View
from curate.pipeline.extract.kept import kept_schema
from curate.report.card import Published
from curate.report.croissant import FILE, Corpus, render_croissant
from curate.report.data import ReportData
from curate.report.publisher import CITATION, Publisher, citation_file
from curate.stages.emit import REMOVED, corpus_schema
from curate.stages.extract import snapshot_of
from curate.stages.hplt import REGISTER, line_schema
from curate.work.plan import load_plan
from curate.work.seal import sealed
from curate.work.sidecars import scored_columns

DAY = len("2026-12-01")

Entry = Mapping[str, Any]


def publisher_of(job: JobConfig) -> Publisher:
    """Facts that the job gives about whoever publishes."""
    card = job.emit.card
    return Publisher(card.creators, card.contact, card.url, card.version, card.date)


def row_schemas(store: Store, job: JobConfig, view: View) -> dict[str, pa.Schema]:
    """``published`` and ``removed`` -> the fields of a row of a view, as its files have them."""
    if sealed(store, view.stage) is None:
        return {}
    if view.name == Hplt.name:
        return {"published": _line_schema(store, job)}
    if view.name != FineWeb2.name:
        return {}
    schemas: dict[str, pa.Schema] = {}
    for entry in corpus_files(store, view):
        kind = "removed" if entry.get("subset") == REMOVED else "published"
        if kind not in schemas:
            is_lines = str(entry["path"]).endswith(JSONL_ZST)
            schemas[kind] = (
                _row_schema(store, job, str(entry["subset"]))
                if is_lines
                else parquet.read_schema(store.path(str(entry["key"])))
            )
    return schemas


def _kept(store: Store, job: JobConfig) -> Sequence[pa.Field]:
    return list(kept_schema(store, job.kept_columns)) if job.kept_columns else []


def _row_schema(store: Store, job: JobConfig, subset: str) -> pa.Schema:
    scores = [name for columns in scored_columns(store).values() for name in columns]
    return corpus_schema(
        subset,
        weight_column=job.rebalance.repetition == "weight",
        place_columns=not job.is_compat,
        spans_column=job.emit.pii == "spans",
        scores=scores,
        kept=_kept(store, job),
    )


def _line_schema(store: Store, job: JobConfig) -> pa.Schema:
    classes = scored_columns(store).get("classify", ())
    return line_schema(
        [name for name in classes if name.startswith(REGISTER)],
        has_robots=job.emit.hplt.marked == "keep" and job.robots is not None,
        has_rights=job.rights is not None,
        kept=_kept(store, job),
    )


def papers_of(
    store: Store, data: ReportData, how: Published
) -> Callable[[Sequence[Entry]], Mapping[str, bytes]]:
    """Gives the small files beside a corpus, once its files are known."""

    def papers(entries: Sequence[Entry]) -> Mapping[str, bytes]:
        corpus = Corpus(entries, how.schemas, snapshots_of(store), fetched(store, entries))
        return {
            FILE: render_croissant(data, how, corpus),
            CITATION: citation_file(data.job, how.publisher, how.license, __version__),
        }

    return papers


def snapshots_of(store: Store) -> list[str]:
    """Names of the crawls that the shards of documents come from, as far as their paths tell."""
    plan = load_plan(store, "extract")
    assert plan is not None
    settings = plan.fields.get("snapshot") or plan.fields.get("name") or ""
    paths = (str(shard.payload["path"]) for shard in plan.shards)
    return sorted({name for name in (snapshot_of(path, str(settings)) for path in paths) if name})


def fetched(store: Store, entries: Iterable[Entry]) -> tuple[str, str] | None:
    """First and last day on which published pages were fetched, by the footers of Parquet files."""
    days: list[str] = []
    for entry in entries:
        if str(entry["path"]).endswith(".parquet"):
            days += parquet.least_and_greatest(store.path(str(entry["key"])), "date")
    known = sorted(day[:DAY] for day in days if day[:1].isdigit())
    return (known[0], known[-1]) if known else None
