"""Messages of a run about its inputs: files that came later or changed, and ids that repeat."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np

from curate.config.job import JobConfig
from curate.errors import InputError, StoreError
from curate.io import layout, parquet
from curate.io.digests import json_with_digest, read_json
from curate.io.remote.listing import FileStamp
from curate.io.remote.read import is_remote
from curate.io.store import Store
from curate.io.texts.id_hashes import COLUMN, Hashes, Repeated, count_repeated, hash_of
from curate.io.unchanged import version_of
from curate.pipeline.extract.task import GIVEN_IDS, INPUT
from curate.work.inputs import passed_over, present_files
from curate.work.plan import load_plan
from curate.work.runner import Runner
from curate.work.seal import iter_receipts
from curate.work.tables import iter_columns

MOST_HASHES: Final = 16 << 20
"""Hashes of ids that are held at once: 128 MiB, and as much again to sort them."""


def tell_inputs(runner: Runner, job: JobConfig) -> None:
    """Say what a user may not expect of the inputs of a finished extract."""
    store, say = runner.store, runner.progress.say
    now = present_files((*job.input, *job.snapshots))
    for line in (*_new_files(store, now), *_replaced_files(store, now), *_left_files(job)):
        say(line)
    repeated = repeated_ids(store)
    if repeated.n_ids:
        say(in_words(repeated))


def _new_files(store: Store, now: Iterable[str]) -> Iterable[str]:
    plan = load_plan(store, "extract")
    assert plan is not None
    planned = {str(s.payload["path"]) for s in plan.shards}
    new = [path for path in now if path not in planned]
    if new:
        yield (
            f"{len(new)} input file(s) came after this work folder was planned and are not "
            f"part of it, such as {new[0]}; `--rerun extract` takes them in"
        )


def _replaced_files(store: Store, now: Mapping[str, FileStamp]) -> Iterable[str]:
    """Files that are other ones than those that were read; a web server is not asked again."""
    plan = load_plan(store, "extract")
    assert plan is not None
    paths = {shard.id: str(shard.payload["path"]) for shard in plan.shards}
    replaced = []
    for receipt in iter_receipts(store, "extract"):
        path, read = paths[receipt.shard], receipt.counts.get(INPUT)
        if read is None or path not in now:
            continue
        size, mark = now[path]
        if not is_remote(path):
            try:
                size, mark = version_of(path)
            except InputError:
                continue  # gone: what was read is committed
        is_other = size and read["size"] and size != read["size"]
        if is_other or (mark is not None and read["mark"] not in (None, mark)):
            replaced.append((path, read["size"], size))
    if replaced:
        path, old, new = replaced[0]
        sizes = f"{old:,} bytes then, {new:,} now" if old != new else "written again since"
        yield (
            f"{len(replaced)} input file(s) were replaced or changed after they were read, such as "
            f"{path} ({sizes}); what was read stays; `--rerun extract` reads them again"
        )


def _left_files(job: JobConfig) -> Iterable[str]:
    left = passed_over((*job.input, *job.snapshots))
    if left:
        yield (
            f"{len(left)} file(s) in folders of the input end in no name of an input and were "
            f"passed over, such as {left[0]}"
        )


def in_words(repeated: Repeated) -> str:
    """A line about ids that repeat."""
    example = "" if repeated.example is None else f", such as {repeated.example!r}"
    return (
        f"{repeated.n_ids:,} id(s) that the input gives stand in {repeated.n_documents:,} "
        f"documents{example}: give each document its own, or map another column to `id`"
    )


def repeated_ids(store: Store) -> Repeated:
    """How many of the ids that inputs gave stand more than once, over all of them.

    Counted once, from eight bytes of each id, and kept in the work folder.
    """
    marks = [r.attempt for r in iter_receipts(store, "extract") if GIVEN_IDS in r.counts]
    if not marks:
        return Repeated(0, 0, None)
    mark = f"{hash_of(' '.join(marks)):016x}"
    before: dict[str, Any] = {}
    if (data := store.get(layout.REPEATED_IDS)) is not None:
        with contextlib.suppress(StoreError):  # damaged: it is counted anew
            before = read_json(data, where=layout.REPEATED_IDS, todo="")
    if before.get("of") == mark:
        return Repeated(*before["repeated"])
    repeated = _counted(store)
    body = {"of": mark, "repeated": repeated}
    store.put(layout.REPEATED_IDS, json_with_digest(body))
    return repeated


def _counted(store: Store) -> Repeated:
    receipts = [r for r in iter_receipts(store, "extract") if r.files_of(GIVEN_IDS)]
    files = [(r.shard, r.files_of(GIVEN_IDS)[0].key) for r in receipts]
    n = sum(int(r.counts[GIVEN_IDS]) for r in receipts)

    def parts(low: int, high: int) -> Iterable[Hashes]:
        for _, key in files:
            hashes = _hashes(store, key)
            yield hashes[np.searchsorted(hashes, np.uint64(low)) : _end(hashes, high)].copy()

    repeated = count_repeated(n, parts, most=MOST_HASHES)
    if repeated.example is None:
        return repeated
    return repeated._replace(example=_example(store, files, int(repeated.example)))


def _end(hashes: Hashes, high: int) -> int:
    return len(hashes) if high >> 64 else int(np.searchsorted(hashes, np.uint64(high)))


def _hashes(store: Store, key: str) -> Hashes:
    hashes: Hashes = parquet.read_table(store.path(key), [COLUMN])[COLUMN].to_numpy()
    return hashes


def _example(store: Store, files: Iterable[tuple[str, str]], id_hash: int) -> str | None:
    """The id that has a hash."""
    for shard, key in files:
        hashes = _hashes(store, key)
        at = int(np.searchsorted(hashes, np.uint64(id_hash)))
        if at == len(hashes) or int(hashes[at]) != id_hash:
            continue
        for batch in iter_columns(store, shard, {"extract": ("id",)}):
            for identity in batch["id"].to_pylist():
                if hash_of(identity) == id_hash:
                    return str(identity)
    return None
