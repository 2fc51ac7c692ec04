"""Publish: give committed corpus files their final names, with a manifest and a card.

Files are linked, not copied, and the folder appears whole, by a rename.
Nothing in it depends on time, machine or order of work, so two runs of one job publish the same
bytes.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from curate import __version__, failpoints
from curate.config.job import JobConfig
from curate.errors import StoreError
from curate.io import layout
from curate.io.digests import json_with_digest
from curate.io.folders import remove_tree
from curate.io.store import Store, carry
from curate.pipeline.emit.current import current_files, replaced_keys, state_of
from curate.pipeline.emit.view import View
from curate.pipeline.emit.views import Target
from curate.work.collect import collect
from curate.work.plan import load_plan

MANIFEST_FORMAT = 1
_MANIFEST = "manifest.json"
_CARD = "README.md"


def corpus_files(store: Store, view: View) -> list[dict[str, Any]]:
    """Manifest entries of all committed corpus files, sorted by path, with their source key."""
    entries = []
    for current in current_files(store, view.stage):
        file, entry = current.file, current.entry
        entries.append(
            {
                "path": view.path_of(file, current.form),
                **{k: v for k, v in view.described(file).items() if k != "rows"},
                "rows": entry.rows,
                "bytes": entry.bytes,
                "sha256": entry.sha256,
                "key": entry.key,
            }
        )
    return sorted(entries, key=lambda e: str(e["path"]))


def publish(
    store: Store,
    *,
    totals: Mapping[str, Any],
    card: str,
    view: View,
    target: Target,
    job: JobConfig,
    papers: Callable[[Sequence[Mapping[str, Any]]], Mapping[str, bytes]] = lambda _: {},
) -> dict[str, Any]:
    """Make the folder of a view if it does not stand already for these files, and collect.

    Args:
        store: the work folder.
        totals: numbers for the manifest: documents in, and what became of them.
        card: text of the dataset card.
        view: what is published.
        target: where.
        job: of the work folder.
        papers: gives more small files beside the corpus, of its files.
    """
    entries = corpus_files(store, view)
    side = {**dict(view.side_files(entries, job)), **papers(entries)}
    manifest = _manifest(store, view, totals, entries, side)
    small = {_CARD: card.encode(), **side}
    manifest["card"] = hashlib.sha256(small[_CARD]).hexdigest()
    text = json_with_digest(manifest, indent=1) + b"\n"
    there = target.store
    if there.get(target.key(_MANIFEST)) == text and there.get(target.key(_CARD)) == small[_CARD]:
        _collect(store, view)
        return manifest
    # Made under a name of its own and renamed when whole: two drivers at the end of the same job
    # do not mix their files, and a reader never sees half a corpus.
    folder = f".{target.folder}-{secrets.token_hex(4)}"
    there.make_folder(folder)
    for entry in entries:
        carry(store, str(entry["key"]), there, f"{folder}/{entry['path']}")
    for inside in sorted({str(entry["path"]).rpartition("/")[0] for entry in entries}):
        # the manifest comes after its files
        there.sync(there.path(f"{folder}/{inside}".rstrip("/")))
    for name, data in small.items():
        there.put(f"{folder}/{name}", data)
    failpoints.reach("publish.before_manifest")
    there.put(f"{folder}/{_MANIFEST}", text)
    remove_tree(there.move_away(target.folder))
    failpoints.reach("publish.before_rename")
    if not there.rename(folder, target.folder):  # another driver was first, with the same files
        remove_tree(there.move_away(folder))
    failpoints.reach("publish.before_collect")
    _collect(store, view)
    return manifest


def _collect(store: Store, view: View) -> None:
    """Delete what nobody reads any more, files that others took the place of among it."""
    collect(store)
    for key in sorted(replaced_keys(store, view.stage)):
        store.delete(key)


def _manifest(
    store: Store,
    view: View,
    totals: Mapping[str, Any],
    entries: Sequence[Mapping[str, Any]],
    side: Mapping[str, bytes],
) -> dict[str, Any]:
    """The manifest, once its rows have been found to be the documents that were kept."""
    plan = load_plan(store, view.stage)
    assert plan is not None
    manifest = {
        "format": MANIFEST_FORMAT,
        "curate": __version__,
        "fingerprint": plan.fingerprint,
    }
    if lists := state_of(store, view.stage):
        manifest["withdrawn"] = lists
    facts = view.facts(store)
    expected = totals["published"] - sum(facts.get("left_out", {}).values())
    repetition = facts.get("repetition", "weight")
    _check_rows(store, view, published_rows(entries), expected, repetition)
    files = [{k: v for k, v in e.items() if k != "key"} for e in entries]
    more = {} if not side else {"side_files": [_described(n, side[n]) for n in sorted(side)]}
    return {**manifest, **facts, "totals": totals, "files": files, **more}


def _described(path: str, data: bytes) -> dict[str, Any]:
    return {"path": path, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def published_rows(files: Iterable[Mapping[str, Any]]) -> int:
    """Rows of all files but those of removed documents."""
    return sum(int(file["rows"]) for file in files if file.get("subset") != "removed")


def rows_agree(rows: int, published: int, repetition: str) -> bool:
    """Whether so many rows can be so many documents: one each, or at least one if repeated."""
    return rows == published or (repetition == "materialise" and rows > published)


def _check_rows(store: Store, view: View, rows: int, expected: int, repetition: str) -> None:
    if not rows_agree(rows, expected, repetition):
        raise StoreError(
            str(store.path(layout.data_folder(view.stage))),
            wanted=f"the {expected} documents that are to be published",
            found=f"{rows} rows",
            todo="run with --rerun emit; if it comes again, this is a defect: please report it",
        )
