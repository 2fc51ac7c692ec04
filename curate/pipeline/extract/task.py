"""The task of the extract stage: one input file to one document shard."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from sys import getsizeof
from typing import Any

import pyarrow as pa

from curate import schema
from curate.engine.sandbox import Outcome, Sandbox
from curate.io.commit import Attempt, TableWriter
from curate.io.process.limits import limits
from curate.io.texts.documents import DocumentReader, TextInput
from curate.io.texts.kept import KeptColumns
from curate.io.unchanged import check_planned, check_unchanged
from curate.io.warc import Damage, Record, Skipped, read_warc
from curate.pipeline.extract.ahead import Item, in_turn
from curate.pipeline.extract.public_path import public_name, public_path
from curate.pipeline.extract.repeated import PageRequest, RepeatedPages
from curate.pipeline.extract.settings import ExtractSettings, InputShard
from curate.redact import redact, without_userinfo
from curate.stages.extract import NoMainText, Rejected, Unwanted, extract_row, snapshot_of
from curate.text.normalize import normalize_text
from curate.text.repair import repair
from curate.work.task import Done, ShardTask, shard_task

ROWS = 256

EMPTY_WITH_CHARS = 250
"""A page that shows a reader so many characters and gave us none was lost by the extractor."""

PAGE_FUNCTION = "curate.html.service:extract_payload"
GATED_FUNCTION = "curate.stages.gate:extract_wanted"

UNWANTED = "unwanted_language"
NO_MAIN_TEXT = "no_main_text"
_NOTED_PASSES = ("json_ld", "script_state", "second_opinion")

INPUT = "input"
"""In a receipt: size and mark of the input as it was read."""

GIVEN_IDS = "ids"
"""In a receipt the number of ids that the input gave; also the role of the file of their hashes."""

_SURE = (0.99, 0.95, 0.9)


@lru_cache(maxsize=2)
def page_sandbox(
    deadline_s: float, memory_bytes: int | None, function: str = PAGE_FUNCTION
) -> Sandbox:
    """The sandbox of this worker process; lives as long as the worker."""
    return Sandbox(function, deadline_s=deadline_s, memory_bytes=memory_bytes)


class _Shard:
    """Rows, quarantine and counts of one shard while it is being written."""

    def __init__(self, attempt: Attempt, shard: str, path: str) -> None:
        self.attempt = attempt
        self.shard = shard
        self.path = path
        self.documents: TableWriter | None = None
        self.counts: dict[str, Any] = {}
        self.rows: list[dict[str, object]] = []
        self.n_held = 0
        self.n_rows = 0
        self.dropped: dict[str, int] = {}
        self.quarantined: dict[str, int] = {}
        self.quarantine: list[dict[str, object]] = []
        self.noted: dict[str, int] = {}

    def keep(self, row: dict[str, object]) -> None:
        self.rows.append({**row, "warc_path": self.path})
        self.n_held += getsizeof(row["text"]) + getsizeof(row["xml"])
        if len(self.rows) >= ROWS or self.n_held >= limits().batch_bytes:
            self.flush()

    def begin(self, kept: KeptColumns) -> None:
        """Open the file of documents, with these columns behind ours."""
        columns = [*schema.DOCUMENTS.schema(), *kept.fields()]
        self.documents = self.attempt.writer(pa.schema(columns))

    def keep_table(self, table: pa.Table) -> None:
        assert self.documents is not None
        self.documents.write(table)
        self.n_rows += table.num_rows

    def flush(self) -> None:
        if self.rows:
            rows, self.rows, self.n_held = self.rows, [], 0
            self._keep_rows(rows)

    def _keep_rows(self, rows: list[dict[str, object]]) -> None:
        assert self.documents is not None
        table = None
        try:
            table = pa.Table.from_pylist(rows, self.documents.schema)
        except MemoryError:
            if len(rows) < 2:
                raise
        if table is not None:
            self.keep_table(table)
            return
        middle = len(rows) // 2
        self._keep_rows(rows[:middle])
        self._keep_rows(rows[middle:])

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
        self.quarantine.append(_without_secrets({**blank, **row, **where}))

    def damage(self, damage: Damage) -> None:
        self.set_aside(
            damage.reason,
            damage.detail,
            warc_path=damage.warc_path,
            warc_offset=damage.warc_offset,
            n_bytes=damage.n_bytes,
            url=damage.url or None,
        )

    def commit(self) -> Done:
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
            counts={"noted": self.noted, **self.counts},
        )
        return Done(self.n_rows, self.quarantined)


def _without_secrets(row: dict[str, object]) -> dict[str, object]:
    for name, cleaned in (("warc_path", redact), ("url", without_userinfo)):
        value = row[name]
        if isinstance(value, str):
            row[name] = cleaned(value)
    return row


@shard_task(ExtractSettings)
def extract_shard(task: ShardTask[ExtractSettings]) -> Done:
    """Read one input file and commit its document shard."""
    settings, planned = task.settings, task.planned(InputShard)
    path = planned.address or planned.path
    begun = check_planned(path, task.bytes_in, planned.etag)
    with task.attempt() as attempt:
        shard = _Shard(attempt, task.shard, public_path(planned.path, planned.place))
        if planned.format == "warc":
            kept = KeptColumns(planned.path, settings.keep)
            shard.begin(kept)
            _read_pages(shard, path, settings, planned.place, task.moved)
            shard.counts["kept"] = kept.for_receipt()
        else:
            _read_documents(shard, path, settings, planned, task.moved)
        check_unchanged(path, begun)
        shard.counts[INPUT] = begun._asdict()
        shard.note("input_grew", int(begun.size > task.bytes_in > 0))
        return shard.commit()


def _tidy(settings: ExtractSettings) -> Callable[[str], str]:
    """The function that gives texts their stored form; FineWeb2 repairs them at publication.

    Its filters see soft hyphens, which are also a part of what ftfy repairs.
    """
    if settings.compat:
        return partial(normalize_text, soft_hyphens=True)
    return repair if settings.repair else normalize_text


def _read_pages(
    shard: _Shard,
    path: str,
    settings: ExtractSettings,
    place: str,
    moved: Callable[[int, int], None],
) -> None:
    sandbox, arguments = _sandbox_for(settings)
    largest, most = settings.max_page_mb * (1 << 20), settings.max_text_chars
    snapshot = snapshot_of(path, settings.snapshot)
    tidy = _tidy(settings)
    pages = RepeatedPages(lambda payload, header: sandbox.submit(payload, header, *arguments))

    def hand_over(item: Item) -> PageRequest | None:
        if not isinstance(item, Record) or item.is_text or len(item.payload) > largest:
            return None
        return pages(item.payload, item.http_content_type)

    try:
        for item, page in in_turn(read_warc(path, place=place), hand_over):
            moved(1, item.warc_offset)
            if isinstance(item, Skipped):
                _skip(shard, item)
            elif isinstance(item, Damage):
                shard.damage(item)
            elif len(item.payload) > largest:
                _set_page_aside(shard, item, Rejected("too_large", f"{len(item.payload)} bytes"))
            else:
                outcome = page.outcome() if page else None
                shard.note("extracted_empty", int(_was_lost(outcome)))
                row = extract_row(
                    item, snapshot=snapshot, answer=outcome, tidy=tidy, max_chars=most
                )
                _take(shard, item, row)
    finally:
        sandbox.discard()  # if this ends by an error, nobody wants what is still to come
    shard.note("repeated_page", pages.n_repeated)


def _sandbox_for(settings: ExtractSettings) -> tuple[Sandbox, list[Any]]:
    """The sandbox to use, and what its function is given after body and ``Content-Type``."""
    memory, labels = settings.memory_mb, settings.labels
    arguments = [settings.fallback_chars, settings.extractor]
    if labels:
        arguments += [list(labels), settings.gate_confidence]
    wishes = _wishes(settings)
    if settings.xml or wishes:
        arguments.append(settings.xml)
    if wishes:
        arguments.append(wishes)
    sandbox = page_sandbox(
        settings.deadline_seconds,
        None if memory is None else int(memory) << 20,
        GATED_FUNCTION if labels else PAGE_FUNCTION,
    )
    return sandbox, arguments


def _wishes(settings: ExtractSettings) -> dict[str, Any]:
    """The wishes of ``blocks`` beside its defaults."""
    wishes: dict[str, Any] = {}
    if settings.comments == "keep":
        wishes["keep_comments"] = True
    if settings.second_opinion is not None:
        wishes["doubt_below"] = settings.doubt_below
    return wishes


def _was_lost(outcome: Outcome | None) -> bool:
    """True for a page that shows a reader much text and gave none."""
    if outcome is None or outcome.status != "ok" or outcome.value.get("has_no_text"):
        return False
    return bool(outcome.value.get("n_visible_chars", 0) >= EMPTY_WITH_CHARS)


def _take(
    shard: _Shard, page: Record, row: dict[str, object] | Rejected | Unwanted | NoMainText
) -> None:
    for kind in page.repairs:
        shard.note(f"repaired {kind}")
    shard.note("truncated_page", int(page.is_cut))
    if isinstance(row, Rejected):
        _set_page_aside(shard, page, row)
    elif isinstance(row, Unwanted):
        shard.drop(UNWANTED)
        shard.note(_how_sure(row.confidence))
    elif isinstance(row, NoMainText):
        shard.drop(NO_MAIN_TEXT)
    else:
        _note_pass(shard, row)
        shard.keep(row)


def _note_pass(shard: _Shard, row: dict[str, object]) -> None:
    """Count texts that only a page's scripts hold, and those that another extractor gave."""
    if row["extraction"] in _NOTED_PASSES:
        shard.note(f"text_from_{row['extraction']}")


def _how_sure(confidence: float) -> str:
    """``unwanted_language>=0.95``: the counts tell how sure the gate was of what it skipped."""
    return next((f"{UNWANTED}>={p}" for p in _SURE if confidence >= p), f"{UNWANTED}<0.9")


def _skip(shard: _Shard, page: Skipped) -> None:
    """Note a skipped page with its place; redirects and pictures were never to be pages."""
    if not page.detail:
        shard.drop(page.reason)
        return
    shard.set_aside(
        page.reason,
        page.detail,
        warc_path=page.warc_path,
        warc_offset=page.warc_offset,
        n_bytes=page.n_bytes,
        id=page.id or None,
        url=page.url or None,
    )


def _set_page_aside(shard: _Shard, page: Record, rejected: Rejected) -> None:
    shard.set_aside(
        rejected.reason,
        rejected.detail,
        warc_path=page.warc_path,
        warc_offset=page.warc_offset,
        n_bytes=len(page.payload),
        id=page.id,
        url=page.url or None,
    )


def _read_documents(
    shard: _Shard,
    path: str,
    settings: ExtractSettings,
    planned: InputShard,
    moved: Callable[[int, int], None],
) -> None:
    default = snapshot_of(path, settings.snapshot)
    reader = DocumentReader(
        path,
        TextInput(
            settings.columns,
            keep=settings.keep,
            is_hplt=planned.format == "hplt",
            place=planned.place,
            memory_mb=settings.memory_mb,
            tidy=_tidy(settings),
            max_chars=settings.max_text_chars,
        ),
    )
    items = reader.tables()
    while (item := next(items, None)) is not None:
        if isinstance(item, Damage):
            shard.damage(item)
            continue
        moved(item.num_rows, 0)
        if shard.documents is None:
            shard.begin(reader.kept)
        xml = settings.xml
        shard.keep_table(_completed(item, default, shard.path, keeps_xml=xml))
        item = None  # what is read next must not stand beside it
    if shard.documents is None:
        shard.begin(reader.kept)
    shard.counts["kept"] = reader.kept.for_receipt()
    for what, n in reader.noted.items():
        shard.note(what, n)
    if len(reader.given_ids):
        shard.counts[GIVEN_IDS] = len(reader.given_ids)
        shard.attempt.write(reader.given_ids.table(), role=GIVEN_IDS, form=GIVEN_IDS)


def _completed(table: pa.Table, snapshot: str, path: str, *, keeps_xml: bool) -> pa.Table:
    """The input's columns in our form: a snapshot and a path in every row."""
    columns = {name: table[name] for name in table.column_names}
    if not keeps_xml:
        columns["xml"] = [None] * table.num_rows
    columns["snapshot"] = [name or snapshot for name in columns["snapshot"].to_pylist()]
    columns["warc_path"] = [
        public_name(name) if name else path for name in columns["warc_path"].to_pylist()
    ]
    kept = list(table.schema)[len(schema.DOCUMENTS.columns) :]
    return pa.table(columns, schema=pa.schema([*schema.DOCUMENTS.schema(), *kept]))
