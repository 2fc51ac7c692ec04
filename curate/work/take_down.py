"""The lists of what was taken down, as a work folder keeps them: they grow, and never shrink.

Each call of ``curate withdraw`` adds a numbered file with put-if-absent, so that of two at once
none is lost. What counts is their sum.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from curate.errors import StoreError
from curate.io import layout
from curate.io.digests import json_with_digest, read_json
from curate.io.open_store import open_store
from curate.io.store import Store
from curate.rights.take_down import Entry, TakeDown

_STAGE_TODO = "delete this file, and make the stage again: curate run JOB --rerun rebalance"
_TODO = "restore this file from a copy: without it, what was taken down would be published again"


def take_down_of(store: Store) -> TakeDown:
    """Everything that was taken down in a work folder.

    Raises:
        StoreError: a list is damaged, or one before the last is missing.
    """
    names = store.names(layout.TAKE_DOWN)
    entries: list[Entry] = []
    for number, name in enumerate(names, 1):
        key = f"{layout.TAKE_DOWN}/{name}"
        if name != layout.take_down_name(number):
            raise StoreError(
                str(store.path(layout.TAKE_DOWN)),
                wanted=f"lists without a gap, {layout.take_down_name(number)} among them",
                found=name,
                todo=_TODO,
            )
        body = read_json(
            store.get(key) or b"", where=str(store.path(key)), todo=_TODO, keys=("entries",)
        )
        entries += [Entry(*entry) for entry in body["entries"]]
    return TakeDown.of(entries)


def add_entries(store: Store, entries: Iterable[Entry]) -> TakeDown:
    """Keep a list in the work folder, unless all of it is kept already; all lists together."""
    wanted_entries = TakeDown.of(entries).entries
    while True:
        known = take_down_of(store)
        new = [entry for entry in wanted_entries if entry not in known]
        if not new:
            return known
        key = f"{layout.TAKE_DOWN}/{layout.take_down_name(len(store.names(layout.TAKE_DOWN)) + 1)}"
        store.create(key, json_with_digest({"entries": [list(entry) for entry in new]}, indent=1))


def listed_for(store: Store, stage: str) -> str:
    """The digest of the lists that a stage was made with; empty for none."""
    data = store.get(layout.listed_key(stage))
    if data is None:
        return ""
    body = read_json(
        data, where=str(store.path(layout.listed_key(stage))), todo=_STAGE_TODO, keys=("lists",)
    )
    return str(body["lists"])


def note_listed(store: Store, stage: str, digest: str) -> None:
    """Say with which lists a stage is made, before it is planned; nothing if there is none."""
    if digest:
        store.put(layout.listed_key(stage), json_with_digest({"lists": digest}))


def keep_entries(store: Store, lists: TakeDown) -> None:
    """Put all entries where workers find them, under their digest."""
    body = json_with_digest({"entries": [list(entry) for entry in lists.entries]})
    store.create(layout.entries_key(lists.digest), body)


@lru_cache(maxsize=2)
def entries_of(root: str, digest: str) -> TakeDown:
    """The entries of a digest, read once per worker process."""
    store = open_store(root)
    key = layout.entries_key(digest)
    body = read_json(
        store.get(key) or b"", where=str(store.path(key)), todo=_STAGE_TODO, keys=("entries",)
    )
    return TakeDown.of(Entry(*entry) for entry in body["entries"])
