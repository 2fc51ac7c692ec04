"""Leftovers of killed runs in a work folder, and which of them can go.

Readers open what receipts name and list no data, so all of it is invisible; it only takes space.
What another attempt has won can go at any time: whoever wrote it can only find that it came late.
The rest may belong to an attempt that is still at work, so it has to be old, and nothing else in
the folder may be young: a run that holds it writes receipts and data all the time.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from curate.io import layout
from curate.io.folders import remove_tree
from curate.io.store import Entry, Store
from curate.stage_table import steps
from curate.work.collect import is_collected
from curate.work.plan import load_plan, planned_steps, require_work_folder
from curate.work.seal import committed, load_receipt, load_receipts, sealed

LOST = "files of attempts that came late"
UNFINISHED = "files of attempts that never ended"
PUBLISHING = "a corpus that was never published"
SET_ASIDE = "results that were set aside"
TEMPORARY = "temporary files"
KINDS = (LOST, UNFINISHED, PUBLISHING, SET_ASIDE, TEMPORARY)

OLDER_THAN_HOURS = 24.0

_HIDDEN = (
    (re.compile(rf"(?:^|.*/)\.{layout.CORPUS}(?:-[a-z0-9]+)?-[0-9a-f]{{8}}(?=/)"), PUBLISHING),
    (re.compile(r"(?:^|.*?/)\.old-[^/]*-[0-9a-f]{8}(?=/)"), SET_ASIDE),
)
_TEMPORARY = re.compile(r"(?:.*/)?(?:\.[^/]*-[0-9a-f]{12}\.tmp|_probe-[0-9a-f]{12})")
_DATA = re.compile(r"(?P<folder>.*)/data/(?P<name>[^/]*)")


@dataclass(frozen=True, slots=True)
class Leftover:
    """Something that nobody reads.

    Attributes:
        key: a file, or a folder with all that is in it.
        kind: one of :data:`KINDS`.
        files: how many.
        bytes: what deleting it frees; a file with a second name frees nothing.
        modified: when it was last written, in seconds since 1970.
        is_folder: whether ``key`` is a folder.
    """

    key: str
    kind: str
    files: int
    bytes: int
    modified: float
    is_folder: bool = False


@dataclass(frozen=True, slots=True)
class Leftovers:
    """The leftovers of a work folder.

    Attributes:
        removable: what can go.
        young: what nobody reads either, but is too young, or a run may be at work on.
        last_write: when anything in the folder was last written.
        is_quiet: whether that is longer ago than was asked for, so that no run holds the folder.
    """

    removable: tuple[Leftover, ...]
    young: tuple[Leftover, ...]
    last_write: float
    is_quiet: bool


def find_leftovers(
    store: Store, older_than_hours: float = OLDER_THAN_HOURS, now: float | None = None
) -> Leftovers:
    """Look for what no receipt names.

    Args:
        store: a work folder.
        older_than_hours: how long ago a file, and the last write to the folder, have to be.
        now: seconds since 1970; by the clock if None.

    Raises:
        InputError: the folder is no work folder.
        StoreError: a receipt cannot be read.
    """
    require_work_folder(store)
    latest = (time.time() if now is None else now) - 3600 * older_than_hours
    entries = list(store.entries())
    leftovers = [*_folders(entries), *_files(store, entries)]
    last_write = max((e.modified for e in entries if not e.is_folder), default=0.0)
    is_quiet = last_write <= latest
    can_go = [x for x in leftovers if x.kind == LOST or (is_quiet and x.modified <= latest)]
    return Leftovers(
        tuple(can_go), tuple(x for x in leftovers if x not in can_go), last_write, is_quiet
    )


def remove_leftovers(store: Store, leftovers: Iterable[Leftover]) -> int:
    """Delete what was found; the number of files. One that a receipt names by now stays."""
    n = 0
    for leftover in leftovers:
        if leftover.is_folder:
            remove_tree(store.move_away(leftover.key))
        elif leftover.kind == UNFINISHED and leftover.key in _named_by_now(store, leftover.key):
            continue
        else:
            store.delete(leftover.key)
        n += leftover.files
    return n


def _folders(entries: Iterable[Entry]) -> Iterator[Leftover]:
    """Folders out of sight, each with all that is in it."""
    by_folder: dict[tuple[str, str], Leftover] = {}
    for entry in entries:
        for pattern, kind in _HIDDEN:
            match = pattern.match(entry.key)
            if match is None:
                continue
            before = by_folder.get((match[0], kind), Leftover(match[0], kind, 0, 0, 0.0, True))
            by_folder[match[0], kind] = Leftover(
                match[0],
                kind,
                before.files + (not entry.is_folder),
                before.bytes + entry.frees,
                max(before.modified, entry.modified),
                is_folder=True,
            )
            break
    yield from by_folder.values()


def _files(store: Store, entries: Iterable[Entry]) -> Iterator[Leftover]:
    """Files in sight that no receipt names."""
    by_folder = {layout.folder_of(step): step for step in (*steps(), *planned_steps(store))}
    known: dict[str, Mapping[str, set[str]]] = {}
    for entry in entries:
        if entry.is_folder or any(pattern.match(entry.key) for pattern, _ in _HIDDEN):
            continue
        if _TEMPORARY.fullmatch(entry.key):
            yield Leftover(entry.key, TEMPORARY, 1, entry.frees, entry.modified)
            continue
        step, shard = _written_by(entry.key, by_folder)
        if step is None:
            continue
        if step not in known:
            known[step] = _named(store, step)
        named = known[step].get(shard)
        if named is None or entry.key not in named:
            kind = UNFINISHED if named is None else LOST
            yield Leftover(entry.key, kind, 1, entry.frees, entry.modified)


def _written_by(key: str, steps: Mapping[str, str]) -> tuple[str | None, str]:
    """The step and shard of an attempt's file, as its name says; None if it is none."""
    folder, _, name = key.rpartition("/")
    file = layout.attempt_file(name)
    if file is None:
        return None, ""
    if folder == layout.QUARANTINE:
        return "extract", file.shard
    place = _DATA.fullmatch(key)
    return (steps.get(place["folder"]) if place else None), file.shard


def _named(store: Store, step: str) -> dict[str, set[str]]:
    """shard -> the files that its receipt names, of the shards that have one."""
    plan = load_plan(store, step)
    if plan is not None and sealed(store, step) is not None:
        receipts = load_receipts(store, step)
    else:
        receipts = [load_receipt(store, step, shard) for shard in committed(store, step)]
    if is_collected(store, step):
        return {receipt.shard: set() for receipt in receipts}
    return {receipt.shard: {file.key for file in receipt.files} for receipt in receipts}


def _named_by_now(store: Store, key: str) -> set[str]:
    """The files that the receipt of a file's shard names; none if there is no receipt."""
    by_folder = {layout.folder_of(step): step for step in (*steps(), *planned_steps(store))}
    step, shard = _written_by(key, by_folder)
    if step is None or not store.exists(layout.receipt_key(step, shard)):
        return set()
    return {file.key for file in load_receipt(store, step, shard).files}
