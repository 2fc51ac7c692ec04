"""The files of a view as they stand: those that were written first, and what took their place.

A take-down writes the files anew that it touches, in a step of its own for each time; its receipts
say which files these replace.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from curate.io import layout
from curate.io.receipt import FileEntry, Receipt
from curate.io.store import Store
from curate.work.plan import load_plan, rewrites_of
from curate.work.seal import load_receipts, sealed
from curate.work.take_down import listed_for, take_down_of

REPLACED = "replaced"
"""Under which name a receipt counts the keys of the files that its own replace."""


@dataclass(frozen=True, slots=True)
class CurrentFile:
    """A published file.

    Attributes:
        file: as the receipt describes it.
        form: ending of its name.
        entry: its data.
    """

    file: Mapping[str, Any]
    form: str
    entry: FileEntry


def finished_rewrites(store: Store, stage: str) -> list[str]:
    """The steps of take-downs that are sealed, in order."""
    return [step for step in rewrites_of(store, stage) if sealed(store, step) is not None]


def lists_of(store: Store, stage: str, first: str) -> str:
    """The digest of the lists that the files of a view are made for.

    Args:
        store: the work folder.
        stage: of the view.
        first: that of the lists with which its files were written first.
    """
    for step in reversed(finished_rewrites(store, stage)):
        plan = load_plan(store, step)
        assert plan is not None
        return str(plan.fields["lists"])
    return first


def current_files(store: Store, stage: str) -> list[CurrentFile]:
    """The files of a sealed stage that stand, in the order in which they were committed."""
    files = {f.entry.key: f for receipt in load_receipts(store, stage) for f in _of(receipt)}
    for step in finished_rewrites(store, stage):
        for receipt in load_receipts(store, step):
            for key in receipt.counts[REPLACED]:
                files.pop(key, None)
            files |= {f.entry.key: f for f in _of(receipt)}
    return list(files.values())


def replaced_keys(store: Store, stage: str) -> set[str]:
    """Keys of the files that take-downs replaced: they are deleted once others are published."""
    return {
        key
        for step in finished_rewrites(store, stage)
        for receipt in load_receipts(store, step)
        for key in receipt.counts[REPLACED]
    }


def _of(receipt: Receipt) -> Iterator[CurrentFile]:
    described = zip(receipt.counts["files"], receipt.files_of("corpus"), strict=True)
    for file, entry in described:
        yield CurrentFile(file, receipt.counts["form"], entry)


def state_of(store: Store, stage: str) -> str:
    """The digest of the lists that the files of a view are made for."""
    return lists_of(store, stage, listed_for(store, stage))


def is_current(store: Store) -> bool | None:
    """True if the corpus that stands is that of the verdicts; None if there is no corpus.

    It is older while a run makes it again, and from a new decision until that is published.
    """
    manifest = store.get(layout.MANIFEST)
    if manifest is None:
        return None
    return is_of(store, "emit", json.loads(manifest))


def is_of(store: Store, stage: str, manifest: Mapping[str, Any]) -> bool:
    """Whether a manifest is of the files that a view has now, and of all that was taken down."""
    plan = load_plan(store, stage)
    lists = take_down_of(store).digest
    return (
        plan is not None
        and sealed(store, stage) is not None
        and manifest.get("fingerprint") == plan.fingerprint
        and manifest.get("withdrawn", "") == lists == state_of(store, stage)
    )
