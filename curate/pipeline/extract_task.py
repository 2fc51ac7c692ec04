"""The task of the extract stage: one input file to one document shard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from typing import Any

import pyarrow as pa

from curate import schema
from curate.engine.sandbox import Outcome, Sandbox
from curate.io.commit import Attempt
from curate.io.store import Store
from curate.io.tables_in import read_documents
from curate.io.unchanged import check_planned, check_unchanged
from curate.io.warc import Damage, Record, Skipped, read_warc
from curate.pipeline.pages_ahead import Item, in_turn
from curate.pipeline.repeated_pages import Asked, RepeatedPages
from curate.stages.extract import Rejected, Unwanted, extract_row, snapshot_of
from curate.text.normalize import normalize_text
from curate.text.repair import repair

ROWS = 256

EMPTY_WITH_CHARS = 250
"""A page that shows a reader so many characters and gave us none was lost by the extractor."""

PAGE_FUNCTION = "curate.html.service:extract_payload"
GATED_FUNCTION = "curate.stages.gate:extract_wanted"

UNWANTED = "unwanted_language"
_SURE = (0.99, 0.95, 0.9)


@lru_cache(maxsize=2)
def page_sandbox(
    deadline_s: float, memory_bytes: int | None, function: str = PAGE_FUNCTION
) -> Sandbox:
    """The sandbox of this worker process; lives as long as the worker."""
    return Sandbox(function, deadline_s=deadline_s, memory_bytes=memory_bytes)


class _Shard:
    """Rows, quarantine and counts of one shard while it is being written."""

    def __init__(self, attempt: Attempt, shard: str) -> None:
        self.attempt = attempt
        self.shard = shard
        self.documents = attempt.writer(schema.DOCUMENTS.schema())
        self.rows: list[dict[str, object]] = []
        self.n_rows = 0
        self.dropped: dict[str, int] = {}
        self.quarantined: dict[str, int] = {}
        self.quarantine: list[dict[str, object]] = []
        self.noted: dict[str, int] = {}

    def keep(self, row: dict[str, object]) -> None:
        self.rows.append(row)
        if len(self.rows) >= ROWS:
            self.flush()

    def keep_table(self, table: pa.Table) -> None:
        self.documents.write(table)
        self.n_rows += table.num_rows

    def flush(self) -> None:
        if self.rows:
            self.keep_table(pa.Table.from_pylist(self.rows, schema.DOCUMENTS.schema()))
            self.rows = []

    def drop(self, reason: str) -> None:
        self.dropped[reason] = self.dropped.get(reason, 0) + 1

    def note(self, what: str, n: int = 1) -> None:
        """Count something that changes no row."""
        if n:
            self.noted[what] = self.noted.get(what, 0) + n

    def set_aside(self, reason: str, detail: str, **where: object) -> None:
        self.quarantined[reason] = self.quarantined.get(reason, 0) + 1
        row: dict[str, object] = {"shard": self.shard, "reason": reason, "detail": detail[:2000]}
        blank = dict.fromkeys(("warc_path", "warc_offset", "n_bytes", "id", "url"))
        self.quarantine.append({**blank, **row, **where})

    def damage(self, damage: Damage) -> None:
        self.set_aside(
            damage.reason,
            damage.detail,
            warc_path=damage.warc_path,
            warc_offset=damage.warc_offset,
            n_bytes=damage.n_bytes,
        )

    def commit(self, bytes_in: int) -> dict[str, Any]:
        self.flush()
        if self.quarantine:
            table = pa.Table.from_pylist(self.quarantine, schema.QUARANTINE.schema())
            self.attempt.write(table, role="quarantine")
        rows_in = self.n_rows + sum(self.dropped.values()) + sum(self.quarantined.values())
        self.attempt.commit(
            rows_in=rows_in,
            rows_out=self.n_rows,
            dropped=self.dropped,
            quarantined=self.quarantined,
            counts={"noted": self.noted},
            bytes_in=bytes_in,
        )
        return {"rows": self.n_rows, "quarantined": sum(self.quarantined.values())}


def extract_shard(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Read one input file and commit its document shard."""
    store, path = Store(payload["work"]), payload["path"]
    begun = check_planned(path, payload["bytes_in"], payload.get("etag"))
    attempt = Attempt(
        store,
        step="extract",
        shard=payload["shard"],
        fingerprint=payload["due"]["extract"],
    )
    with attempt:
        shard = _Shard(attempt, payload["shard"])
        settings = payload["settings"]
        if payload["format"] == "warc":
            _read_pages(shard, path, settings)
        else:
            _read_documents(shard, path, settings, is_hplt=payload["format"] == "hplt")
        check_unchanged(path, begun)
        shard.note("input_grew", int(begun.size > payload["bytes_in"] > 0))
        return shard.commit(payload["bytes_in"])


def _tidy(settings: Mapping[str, Any]) -> Callable[[str], str]:
    """What gives texts their stored form; FineWeb2 repairs them when it publishes them.

    Its filters see soft hyphens, which are also a part of what ftfy repairs.
    """
    if settings["compat"]:
        return partial(normalize_text, soft_hyphens=True)
    return repair if settings["repair"] else normalize_text


def _read_pages(shard: _Shard, path: str, settings: Mapping[str, Any]) -> None:
    sandbox, arguments = _sandbox_for(settings)
    largest = settings["max_page_mb"] * (1 << 20)
    snapshot = snapshot_of(path, settings["snapshot"])
    tidy = _tidy(settings)
    pages = RepeatedPages(lambda payload, header: sandbox.submit(payload, header, *arguments))

    def hand_over(item: Item) -> Asked | None:
        if not isinstance(item, Record) or item.kind == "conversion" or len(item.payload) > largest:
            return None
        return pages(item.payload, item.http_content_type)

    try:
        for item, asked in in_turn(read_warc(path), hand_over):
            if isinstance(item, Skipped):
                _skip(shard, item)
            elif isinstance(item, Damage):
                shard.damage(item)
            elif len(item.payload) > largest:
                _set_page_aside(shard, item, Rejected("too_large", f"{len(item.payload)} bytes"))
            else:
                outcome = asked.outcome() if asked else None
                shard.note("extracted_empty", int(_was_lost(outcome)))
                _take(shard, item, extract_row(item, snapshot=snapshot, answer=outcome, tidy=tidy))
    finally:
        sandbox.discard()  # if this ends by an error, nobody wants what is still to come
    shard.note("repeated_page", pages.n_repeated)


def _sandbox_for(settings: Mapping[str, Any]) -> tuple[Sandbox, list[Any]]:
    """The sandbox to use, and what its function is given after body and ``Content-Type``."""
    memory, labels = settings["memory_mb"], settings["labels"]
    arguments = [settings["fallback_chars"], settings["extractor"]]
    if labels:
        arguments += [list(labels), settings["gate_confidence"]]
    if settings["xml"]:
        arguments.append(True)
    sandbox = page_sandbox(
        settings["deadline_seconds"],
        None if memory is None else int(memory) << 20,
        GATED_FUNCTION if labels else PAGE_FUNCTION,
    )
    return sandbox, arguments


def _was_lost(outcome: Outcome | None) -> bool:
    """True for a page that shows a reader much text and gave none."""
    if outcome is None or outcome.status != "ok":
        return False
    return bool(outcome.value.get("n_visible_chars", 0) >= EMPTY_WITH_CHARS)


def _take(shard: _Shard, page: Record, row: dict[str, object] | Rejected | Unwanted) -> None:
    if isinstance(row, Rejected):
        _set_page_aside(shard, page, row)
    elif isinstance(row, Unwanted):
        shard.drop(UNWANTED)
        shard.note(_how_sure(row.confidence))
    else:
        shard.keep(row)


def _how_sure(confidence: float) -> str:
    """``unwanted_language>=0.95``: the counts tell how sure the gate was of what it skipped."""
    return next((f"{UNWANTED}>={p}" for p in _SURE if confidence >= p), f"{UNWANTED}<0.9")


def _skip(shard: _Shard, page: Skipped) -> None:
    """A bomb was a page, and is told like one; redirects and pictures never were."""
    if page.reason != "too_large":
        shard.drop(page.reason)
        return
    shard.set_aside(
        page.reason,
        "the record or its decoded body is above the reader's limit",
        warc_path=page.warc_path,
        warc_offset=page.warc_offset,
        n_bytes=page.n_bytes,
        url=page.url,
    )


def _set_page_aside(shard: _Shard, page: Record, rejected: Rejected) -> None:
    shard.set_aside(
        rejected.reason,
        rejected.detail,
        warc_path=page.warc_path,
        warc_offset=page.warc_offset,
        n_bytes=len(page.payload),
        id=page.id,
        url=page.url,
    )


def _read_documents(
    shard: _Shard, path: str, settings: Mapping[str, Any], *, is_hplt: bool
) -> None:
    default, tidy = snapshot_of(path, settings["snapshot"]), _tidy(settings)
    items: Iterator[pa.Table | Damage] = read_documents(path, settings["columns"], is_hplt=is_hplt)
    for item in items:
        if isinstance(item, Damage):
            shard.damage(item)
        else:
            shard.keep_table(_completed(item, default, path, tidy, keeps_xml=settings["xml"]))


def _completed(
    table: pa.Table, snapshot: str, path: str, tidy: Callable[[str], str], *, keeps_xml: bool
) -> pa.Table:
    """The input's columns in our form: tidied text, a snapshot and a path in every row."""
    columns = {name: table[name].to_pylist() for name in schema.DOCUMENTS.names()}
    columns["text"] = [tidy(text) for text in columns["text"]]
    if not keeps_xml:
        columns["xml"] = [None] * table.num_rows
    columns["snapshot"] = [name or snapshot for name in columns["snapshot"]]
    columns["warc_path"] = [name or path for name in columns["warc_path"]]
    return pa.table(columns, schema=schema.DOCUMENTS.schema())
