"""Publish: give committed corpus files their final names, with a manifest and a card.

Files are linked, not copied, and the folder appears whole, by a rename.
Nothing in it depends on time, machine or order of work, so two runs of one job publish the same
bytes.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from curate import __version__, failpoints
from curate.errors import StoreError
from curate.io import layout
from curate.io.store import Store
from curate.pipeline.collect import collect
from curate.pipeline.configs import remove_tree
from curate.pipeline.step import load_plan, load_receipts, sealed

MANIFEST_FORMAT = 1


def published_path(file: Mapping[str, Any], form: str) -> str:
    """Where a file that a receipt of ``emit`` describes lies below the corpus folder."""
    key = layout.corpus_key(file["label"], file["subset"], file["index"], form)
    return key[len(layout.CORPUS) + 1 :]


def corpus_files(store: Store) -> list[dict[str, Any]]:
    """Manifest entries of all committed corpus files, sorted by path, with their source key."""
    entries = []
    for receipt in load_receipts(store, "emit"):
        described = zip(receipt.counts["files"], receipt.files_of("corpus"), strict=True)
        for file, entry in described:
            entries.append(
                {
                    "path": published_path(file, receipt.counts["form"]),
                    "label": file["label"],
                    "subset": file["subset"],
                    "rows": entry.rows,
                    "bytes": entry.bytes,
                    "sha256": entry.sha256,
                    "key": entry.key,
                }
            )
    return sorted(entries, key=lambda e: str(e["path"]))


def publish(store: Store, *, totals: Mapping[str, Any], card: str) -> dict[str, Any]:
    """Make ``corpus/`` if it does not stand already for these files, and collect what made it.

    Args:
        store: the work folder.
        totals: numbers for the manifest: documents in, and what became of them.
        card: text of the dataset card.
    """
    plan = load_plan(store, "emit")
    assert plan is not None
    entries = corpus_files(store)
    repetition = _repetition(store)
    _check_rows(store, entries, totals, repetition)
    manifest = {
        "format": MANIFEST_FORMAT,
        "curate": __version__,
        "fingerprint": plan.fingerprint,
        "repetition": repetition,
        "totals": totals,
        "files": [{k: v for k, v in e.items() if k != "key"} for e in entries],
    }
    text = (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode()
    if store.get(layout.MANIFEST) == text and store.get(layout.CARD) == card.encode():
        collect(store)
        return manifest
    # Made under a name of its own and renamed when whole: two drivers at the end of the same job
    # do not mix their files, and a reader never sees half a corpus.
    made = f".{layout.CORPUS}-{secrets.token_hex(4)}"
    store.make_folder(made)
    _link_all(store, entries, made)
    store.put(f"{made}/{layout.CARD.split('/')[-1]}", card.encode())
    failpoints.reach("publish.before_manifest")
    store.put(f"{made}/{layout.MANIFEST.split('/')[-1]}", text)
    remove_tree(store.move_away(layout.CORPUS))
    failpoints.reach("publish.before_rename")
    if not store.rename(made, layout.CORPUS):  # another driver was first, with the same files
        remove_tree(store.move_away(made))
    failpoints.reach("publish.before_collect")
    collect(store)
    return manifest


def is_current(store: Store) -> bool | None:
    """True if the corpus that stands is that of the verdicts; None if there is no corpus.

    It is older while a run makes it again, and from a new decision until that is published.
    """
    manifest = store.get(layout.MANIFEST)
    if manifest is None:
        return None
    plan = load_plan(store, "emit")
    return (
        plan is not None
        and sealed(store, "emit") is not None
        and json.loads(manifest).get("fingerprint") == plan.fingerprint
    )


def _repetition(store: Store) -> str:
    plan = load_plan(store, "emit.split")
    assert plan is not None
    return "materialise" if plan.fields["materialise"] else "weight"


def published_rows(files: Iterable[Mapping[str, Any]]) -> int:
    """Rows of all files but those of removed documents."""
    return sum(int(file["rows"]) for file in files if file["subset"] != "removed")


def rows_agree(rows: int, published: int, repetition: str) -> bool:
    """Whether so many rows can be so many documents: one each, or at least one if repeated."""
    return rows == published or (repetition == "materialise" and rows > published)


def _check_rows(
    store: Store, entries: Sequence[Mapping[str, Any]], totals: Mapping[str, Any], repetition: str
) -> None:
    rows = published_rows(entries)
    if not rows_agree(rows, totals["published"], repetition):
        raise StoreError(
            str(store.path(layout.data_folder("emit"))),
            wanted=f"the {totals['published']} documents that are to be published",
            found=f"{rows} rows",
            todo="run with --rerun emit; if it comes again, this is a defect: please report it",
        )


def _link_all(store: Store, entries: Sequence[Mapping[str, Any]], folder: str) -> None:
    for entry in entries:
        store.copy(str(entry["key"]), f"{folder}/{entry['path']}")
