"""Files that the driver makes for workers, once, and that each of them compares when it reads."""

from __future__ import annotations

from collections.abc import Callable

from curate.errors import StoreError
from curate.io.digests import bytes_with_digest, read_bytes
from curate.io.store import Store


def keep_made(store: Store, key: str, make: Callable[[], bytes]) -> None:
    """Put what workers need at a key, once; what is damaged there is made again."""
    data = store.get(key)
    if data is None:
        store.create(key, bytes_with_digest(make()))
        return
    try:
        read_made(store, key)
    except StoreError:
        store.put(key, bytes_with_digest(make()))


def read_made(store: Store, key: str) -> bytes:
    """The bytes that :func:`keep_made` put there.

    Raises:
        StoreError: it is gone or damaged.
    """
    where = str(store.path(key))
    todo = "delete this file and run the same job again: it is made from what the job names"
    return read_bytes(store.get(key) or b"# digest: none\n", where=where, todo=todo)
