"""Small folders of a work folder that are read and written as folders of the file system."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from curate import failpoints
from curate.io.object_path import ObjectPath
from curate.io.process.scratch import scratch
from curate.io.store import Store, explained


@contextlib.contextmanager
def readable(place: Path) -> Iterator[Path]:
    """A folder itself, or a copy on this machine of what is under an address at this moment."""
    if not isinstance(place, ObjectPath):
        yield place
        return
    with scratch() as copy:
        _fetch(place, copy)
        yield copy


@contextlib.contextmanager
def writable(store: Store, key: str) -> Iterator[Path]:
    """A folder below the work folder: in an object store a copy, whose changed files are put there.

    They are put one by one once all is written: what is read there in between may be part old and
    part new, as it may be on disk.
    """
    if store.is_local:
        yield store.make_folder(key)
        return
    with scratch() as folder:
        before = _fetch(store.path(key), folder)
        yield folder
        with explained(folder, "read"):
            now = {
                path.relative_to(folder).as_posix(): path.read_bytes()
                for path in sorted(folder.rglob("*"))
                if path.is_file()
            }
        for name, data in now.items():
            if before.get(name) != data:
                store.put(f"{key}/{name}", data)
                failpoints.reach("folder.mid_write", name)


def _fetch(place: Path, target: Path) -> dict[str, bytes]:
    """Copy what is below an address; name -> bytes."""
    contents = {path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*")}
    for name, data in contents.items():
        copy = target / name
        with explained(copy, "write"):
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(data)
    return contents


def remove_tree(path: Path | None) -> None:
    """Delete a folder that has been moved out of sight."""
    if path is not None:
        shutil.rmtree(path, ignore_errors=True)
