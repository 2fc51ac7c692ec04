"""Collect what nobody reads any more: the split of a published corpus, files of dead attempts.

Safe by receipts: a file carries its shard and its attempt in its name. Once a receipt says that
another attempt won the shard, nobody reads the file, and the attempt that wrote it, should it still
be at work, can only find that it came late.
"""

from __future__ import annotations

from curate.io import layout
from curate.io.digests import json_with_digest
from curate.io.store import Store
from curate.stage_table import other_views
from curate.work.plan import planned_steps
from curate.work.seal import load_receipt, load_receipts, sealed


def shuffles() -> dict[str, str]:
    """Step -> the step whose published files hold all its rows; its receipts stay, with what they
    counted."""
    return {f"{stage}.split": stage for stage in ("emit", *other_views())}


def collect(store: Store) -> int:
    """Delete what nobody will read, after publication; the number of files deleted."""
    n = 0
    for step, stage in shuffles().items():
        if sealed(store, step) is not None and sealed(store, stage) is not None:
            n += _collect_shuffle(store, step)
    for step in planned_steps(store):
        n += _collect_losers(store, step, layout.data_folder(step))
    return n + _collect_losers(store, "extract", layout.QUARANTINE)


def is_collected(store: Store, step: str) -> bool:
    """Whether the data of a step were deleted on purpose."""
    return store.exists(layout.collected_key(step))


def _collect_shuffle(store: Store, step: str) -> int:
    keys = [f.key for receipt in load_receipts(store, step) for f in receipt.files]
    body = {"why": "published", "files": len(keys)}
    store.create(layout.collected_key(step), json_with_digest(body))
    present = [key for key in keys if store.exists(key)]
    for key in present:
        store.delete(key)
    return len(present)


def _collect_losers(store: Store, step: str, folder: str) -> int:
    """Delete files of attempts at shards that another attempt has won."""
    by_shard: dict[str, dict[str, list[str]]] = {}
    for name in store.names(folder):
        file = layout.attempt_file(name)
        if file is not None:
            attempts = by_shard.setdefault(file.shard, {})
            attempts.setdefault(file.attempt, []).append(f"{folder}/{name}")
    n = 0
    for shard, attempts in by_shard.items():
        if len(attempts) == 1 and not is_collected(store, step):
            continue  # the winner's, or of a shard that nobody has won
        if not store.exists(layout.receipt_key(step, shard)):
            continue
        winner = load_receipt(store, step, shard).attempt
        for key in (k for attempt, keys in attempts.items() if attempt != winner for k in keys):
            store.delete(key)
            n += 1
    return n
