"""Take documents down: out of every form in which a work folder was published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.ask.rerun import require_stage
from curate.config.job import JobConfig
from curate.errors import ConfigError, InputError
from curate.io.open_store import open_store
from curate.io.store import Store
from curate.io.texts.lists import read_text
from curate.pipeline.emit.current import current_files
from curate.pipeline.emit.forms import published_forms
from curate.pipeline.emit.view import View
from curate.pipeline.run import RunResult, run_job
from curate.rights.removal import WITHDRAWN
from curate.rights.take_down import (
    NOT_LISTED,
    WITH_CLUSTER,
    Entry,
    EntryKind,
    Scope,
    TakeDown,
    entry_of,
)
from curate.work.plan import load_plan
from curate.work.progress import Progress
from curate.work.seal import sealed
from curate.work.tables import read_columns
from curate.work.take_down import add_entries, take_down_of

_COLUMNS = {
    "extract": ("id", "url", "date", "warc_path"),
    "identify": ("label",),
    "cluster": ("cluster_id",),
    "rebalance": ("removal_reason",),
}


@dataclass(frozen=True, slots=True)
class ViewExtent:
    """The part of a view that a take-down touches.

    Attributes:
        name: of the view.
        documents: rows that go.
        files: files that hold them.
        bytes: of these files, which are written again.
        all_bytes: of all files of the view.
    """

    name: str
    documents: int
    files: int
    bytes: int
    all_bytes: int


@dataclass(frozen=True, slots=True)
class Extent:
    """The effect that a take-down would have.

    Attributes:
        listed: documents that are on the lists, and were not taken down before.
        mates: documents of their clusters that go with them.
        published: of listed ones and mates, those that are published now.
        views: what it touches of each view.
    """

    listed: int
    mates: int
    published: int
    views: tuple[ViewExtent, ...]


def read_entries(
    job: JobConfig, files: Iterable[tuple[EntryKind, str]], scope: Scope | None
) -> list[Entry]:
    """The entries of files with one address, host or id a line.

    Args:
        job: of the work folder.
        files: kind of the entries, and path.
        scope: ``page`` or ``cluster``; None for ``cluster`` where clusters are verified.

    Raises:
        InputError: a file cannot be read, or has no entry.
        ConfigError: clusters shall go that nobody verified.
    """
    if scope == "cluster" and not job.verifies_clusters:
        raise ConfigError(
            "--cluster",
            wanted="clusters whose members were compared",
            found="chains of pairs: `cluster.verify` is off, or the job has `compat`",
            todo="use --page: the documents that are listed go, and no other",
        )
    scope = scope or ("cluster" if job.verifies_clusters else "page")
    entries = []
    for kind, path in files:
        some = [
            entry for line in read_text(path).splitlines() if (entry := entry_of(kind, line, scope))
        ]
        if not some:
            raise InputError(path, wanted=f"one {kind} a line", found="none", todo="correct it")
        entries += some
    return entries


def withdraw(
    job: JobConfig, entries: Iterable[Entry], *, progress: Progress | None = None
) -> list[RunResult]:
    """Take documents down, and publish again what was published without them.

    The list is kept before anything else: killed at any time, the same call goes on, and so does
    the next run of the job.

    Args:
        job: of the work folder.
        entries: what is taken down.
        progress: is told what happens.

    Raises:
        InputError: nothing has been decided.
    """
    store = open_store(job.work)
    require_stage(store, "select", todo="finish the run first: curate run JOB")
    if sealed(store, "rebalance") is not None:
        # refuses a folder of other settings or code before the list is kept
        run_job(job, progress=progress, until="rebalance")
    add_entries(store, entries)
    forms = published_forms(store, job)
    if not forms:
        return [run_job(job, progress=progress, until="rebalance")]
    return [run_job(job, progress=progress, form=form) for _, form in forms]


def is_under_way(job: JobConfig) -> bool:
    """Whether a take-down was interrupted while verdicts were made anew."""
    store = open_store(job.work)
    return bool(take_down_of(store)) and sealed(store, "rebalance") is None


def extent(job: JobConfig, entries: Iterable[Entry]) -> Extent:
    """The effect that a take-down would have, from sidecars and the names in published files.

    Raises:
        InputError: nothing has been decided.
    """
    store = open_store(job.work)
    require_stage(store, "rebalance")
    known = take_down_of(store)
    lists = TakeDown.of([*known.entries, *entries])
    listed, shut = _listed(store, lists)
    mates = published = 0
    forms = {view.name: view for view, _ in published_forms(store, job)}
    gone: dict[str, set[object]] = {name: set() for name in forms}
    labels: set[str] = set()
    for table, scopes in _shards(store, lists):
        for scope, row in zip(scopes.tolist(), table.to_pylist(), strict=True):
            is_mate = scope == NOT_LISTED and row["cluster_id"] in shut
            if scope == NOT_LISTED and not is_mate:
                continue
            reason = row["removal_reason"]
            mates += is_mate and not (reason or "").startswith(WITHDRAWN)
            published += reason is None
            labels.add(row["label"])
            for name, view in forms.items():
                gone[name].add(view.doc_of(row))
    views = tuple(_touched(store, view, labels, gone[name]) for name, view in forms.items())
    return Extent(listed, mates, published, views)


def _listed(store: Store, lists: TakeDown) -> tuple[int, set[int]]:
    """How many documents on the lists are not down yet, and the clusters that go whole."""
    listed, shut = 0, set[int]()
    for table, scopes in _shards(store, lists):
        was = pc.fill_null(pc.equal(table["removal_reason"], WITHDRAWN), False).to_pylist()
        ids = table["cluster_id"].to_pylist()
        for row in np.flatnonzero(scopes > NOT_LISTED).tolist():
            listed += not was[row]
            if ids[row] is not None and scopes[row] == WITH_CLUSTER:
                shut.add(ids[row])
    return listed, shut


def _shards(store: Store, lists: TakeDown) -> Iterator[tuple[pa.Table, npt.NDArray[np.int8]]]:
    plan = load_plan(store, "extract")
    assert plan is not None
    for shard in plan.shards:
        table = read_columns(store, shard.id, _COLUMNS)
        yield table, lists.scopes(table["id"].to_pylist(), table["url"].to_pylist())


def _touched(store: Store, view: View, labels: set[str], gone: set[object]) -> ViewExtent:
    n = files = size = whole = 0
    if sealed(store, view.stage) is None:
        return ViewExtent(view.name, 0, 0, 0, 0)
    for current in current_files(store, view.stage):
        whole += current.entry.bytes
        if current.file["label"] in labels:
            held = sum(doc in gone for doc in view.docs_in(store.path(current.entry.key)))
            n, files, size = n + held, files + (held > 0), size + current.entry.bytes * (held > 0)
    return ViewExtent(view.name, n, files, size, whole)


def in_words(whole: Extent) -> Sequence[str]:
    """The lines that a user reads."""
    lines = [
        f"documents on the list: {whole.listed:,}",
        f"near-copies that go too: {whole.mates:,}",
        f"published of all these: {whole.published:,}",
    ]
    lines += [
        f"view {view.name}: rows {view.documents:,}, files {view.files:,}; "
        f"{view.bytes:,} of {view.all_bytes:,} bytes are written again"
        for view in whole.views
    ]
    return lines
