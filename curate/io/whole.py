"""Files outside of a work folder that appear whole: a reader sees the one before or the new one."""

from __future__ import annotations

from pathlib import Path

from curate.io.store import explained, replace_whole


def make_folder(path: Path) -> None:
    """Make a folder with those above it.

    Raises:
        StoreError: the file system refuses.
    """
    with explained(path, "write"):
        path.mkdir(parents=True, exist_ok=True)


def write_whole(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path``, replacing what is there, and make it and its name durable.

    Folders on the way are made. A process that is killed leaves the file as it was, and perhaps a
    temporary one beside it whose name begins with a dot.

    Raises:
        StoreError: the file system refuses.
    """
    with explained(path, "write"):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():  # a terminal, a pipe: nothing to replace
            with path.open("wb") as stream:
                stream.write(data)
            return
        replace_whole(path.resolve(), data)
