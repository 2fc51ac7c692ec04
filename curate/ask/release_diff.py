"""Compare two releases: which documents came, went and changed, by label and reason.

Files that both have with the same SHA-256 are not read. Of the others, labels are compared one
after the other, by the ids of their documents.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import xxhash

from curate.errors import InputError
from curate.io import layout, parquet
from curate.io.digests import DIGEST, json_with_digest
from curate.io.lines.jsonl_out import JSONL_ZST, read_json_lines
from curate.io.object_path import place_of
from curate.io.open_store import open_store
from curate.report.release import ReleaseDiff, release_section, with_section
from curate.stages.emit import REMOVED
from curate.work.plan import load_plan
from curate.work.seal import sealed
from curate.work.tables import read_columns

_MANIFEST: Final = "manifest.json"
_CARD: Final = "README.md"
NEW, UNKNOWN = "new", "unknown"


class _Doc(NamedTuple):
    text: int
    subset: str
    weight: int


@dataclass(frozen=True, slots=True)
class Release:
    """A corpus, or the manifest of one whose files are elsewhere.

    Attributes:
        folder: of the corpus.
        manifest: its manifest.
        has_files: whether its files are there.
    """

    folder: Path
    manifest: Mapping[str, Any]
    has_files: bool

    def files(self, label: str, *, without: frozenset[str]) -> Iterator[Mapping[str, Any]]:
        """The files of a label that the other release has not."""
        for file in self.manifest["files"]:
            if file["label"] == label and file["sha256"] not in without:
                yield file


def read_release(address: str) -> Release:
    """A corpus folder, a work folder that holds one, or a manifest.

    Raises:
        InputError: there is no manifest.
    """
    path = place_of(address)
    for manifest in (path / _MANIFEST, path / layout.CORPUS / _MANIFEST, path):
        if manifest.is_file():
            break
    try:
        body = json.loads(manifest.read_bytes())
        files, _ = body["files"], body["totals"]["removed"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            address,
            wanted=f"a corpus, a work folder with one, or a {_MANIFEST}",
            found=f"{type(error).__name__}: {error}",
            todo="name the folder that `curate run` said was published",
        ) from error
    folder = manifest.parent
    return Release(folder, body, all((folder / file["path"]).is_file() for file in files))


def release_diff(old: Release, new: Release) -> ReleaseDiff:
    """The differences from one release to the next."""
    rows = _rows(old, new)
    counts = [release.manifest["totals"]["removed"] for release in (old, new)]
    reasons = {
        reason: (counts[0].get(reason, 0), counts[1].get(reason, 0))
        for reason in sorted({*counts[0], *counts[1]})
    }
    if not (old.has_files and new.has_files):
        return ReleaseDiff(rows, reasons=reasons, is_counted=False)
    added, removed, changed = (dict[str, dict[str, int]]() for _ in range(3))
    same = frozenset(f["sha256"] for f in old.manifest["files"])
    same &= {f["sha256"] for f in new.manifest["files"]}
    for label in rows:
        before, was_removed = _documents(old, label, same)
        now, is_removed = _documents(new, label, same)
        lost, came = before.keys() - now.keys(), now.keys() - before.keys()
        counted = (
            (added, Counter(_reasons(old, came, was_removed, NEW))),
            (removed, Counter(_reasons(new, lost, is_removed, UNKNOWN))),
            (changed, Counter(_changes(before, now))),
        )
        for by_label, counter in counted:
            if counter:
                by_label[label] = dict(sorted(counter.items()))
    return ReleaseDiff(rows, added, removed, changed, reasons)


def _changes(before: Mapping[str, _Doc], now: Mapping[str, _Doc]) -> Iterator[str]:
    for id_ in before.keys() & now.keys():
        yield from _differs(before[id_], now[id_])


def _rows(old: Release, new: Release) -> dict[str, tuple[int, int]]:
    counts: list[Counter[str]] = []
    for release in (old, new):
        counts.append(Counter())
        for file in release.manifest["files"]:
            if file.get("subset") != REMOVED:
                counts[-1][file["label"]] += file["rows"]
    labels = {file["label"] for release in (old, new) for file in release.manifest["files"]}
    return {label: (counts[0][label], counts[1][label]) for label in sorted(labels)}


def _differs(before: _Doc, now: _Doc) -> Iterator[str]:
    if before != now:
        yield next(name for name in _Doc._fields if getattr(before, name) != getattr(now, name))


def _documents(
    release: Release, label: str, same: frozenset[str]
) -> tuple[dict[str, _Doc], dict[str, str]]:
    """Id -> document of a label, and id -> reason of those that are published as removed."""
    docs: dict[str, _Doc] = {}
    removed: dict[str, str] = {}
    for file in release.files(label, without=same):
        subset = str(file.get("subset", "train"))
        for row in _rows_in(release.folder / file["path"], subset):
            if subset == REMOVED:
                removed[row["id"]] = str(row["filter_reason"])
            else:
                known = docs.get(row["id"])
                text = xxhash.xxh3_64_intdigest(row["text"].encode())
                times = int(row.get("weight") or 1) + (0 if known is None else known.weight)
                docs[row["id"]] = _Doc(text, subset, times)
    return docs, removed


def _rows_in(path: Path, subset: str) -> Iterator[dict[str, Any]]:
    if path.name.endswith(JSONL_ZST):
        yield from map(json.loads, read_json_lines(path))
        return
    with parquet.open_parquet(path) as file:
        names = {"id", "text", "filter_reason" if subset == REMOVED else "weight"}
        columns = [name for name in file.schema_arrow.names if name in names]
    for table in parquet.iter_tables(path, columns, batch_rows=4096):
        yield from table.to_pylist()


def _reasons(
    release: Release, ids: Iterable[str], removed: Mapping[str, str], otherwise: str
) -> list[str]:
    """Why documents are not published in a release, as its files or its work folder say."""
    wanted_ids = set(ids)
    known = {id_: removed[id_] for id_ in wanted_ids & removed.keys()}
    store = open_store(str(release.folder.parent))
    rest = wanted_ids - known.keys()
    if rest and store.exists(layout.JOB) and sealed(store, "rebalance") is not None:
        columns = {"extract": ("id",), "rebalance": ("removal_reason",)}
        plan = load_plan(store, "extract")
        for shard in () if plan is None else plan.shards:
            table = read_columns(store, shard.id, columns)
            pairs = zip(table["id"].to_pylist(), table["removal_reason"].to_pylist(), strict=True)
            known.update((id_, reason) for id_, reason in pairs if id_ in rest and reason)
    return [known.get(id_, otherwise) for id_ in wanted_ids]


def put_in_card(new: Release, diff: ReleaseDiff, *, since: str) -> None:
    """Put the section on the changes into the card of a release, and the card into its manifest."""
    store = open_store(str(new.folder))
    card = (store.get(_CARD) or b"").decode("utf-8")
    text = with_section(card, release_section(diff, since=since)).encode()
    body = {name: value for name, value in new.manifest.items() if name != DIGEST}
    body["card"] = hashlib.sha256(text).hexdigest()
    store.put(_CARD, text)
    store.put(_MANIFEST, json_with_digest(body, indent=1) + b"\n")
