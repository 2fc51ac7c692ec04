"""A work folder as a store, wherever it is."""

from __future__ import annotations

from pathlib import Path

from curate.io.store import Store


def open_store(root: str | Path) -> Store:
    """The store of a folder, or of an address such as ``s3://bucket/prefix``."""
    if "://" not in str(root):
        return Store(root)
    from curate.io.objects import ObjectStore  # whose client is slow to load

    return ObjectStore(root)
