"""The work folder as a store of keys: whole writes and the one primitive that commits rest on.

``create`` is put-if-absent: of several writers of one key exactly one succeeds, and a reader sees
the whole value or none. On POSIX that is ``os.link``, which fails if the name exists; for object
stores see :mod:`curate.io.objects`.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from curate.errors import StoreError

_DURABLE: set[str] = set()
"""Folders whose names this process has made durable."""
_KEY = re.compile(r"[A-Za-z0-9_.=-]+(/[A-Za-z0-9_.=-]+)*")


class Entry(NamedTuple):
    """A value of a store, in sight or not, or a folder.

    Attributes:
        key: its key.
        frees: bytes that deleting it frees: none of a folder or of a value with a second name.
        modified: when it was last written, in seconds since 1970; of a folder, what is in it.
        is_folder: whether it is a folder; object stores have none.
    """

    key: str
    frees: int
    modified: float
    is_folder: bool = False


class Store:
    """Keys below one folder; those of an object store are :class:`curate.io.objects.ObjectStore`.

    :func:`curate.io.open_store.open_store` takes the class that an address asks for.

    Args:
        root: the work folder; made on the first write.

    Raises:
        StoreError: from every method, when the file system or the store refuses.
    """

    is_local = True
    root: Path

    def __init__(self, root: str | Path) -> None:
        if "://" in str(root):
            raise ValueError(f"{root} is in an object store: open_store() opens either kind")
        self.root = Path(root).expanduser().absolute()

    def path(self, key: str) -> Path:
        """Where a key lies on disk; refuses keys that would leave the folder."""
        if not _KEY.fullmatch(key) or ".." in key.split("/"):
            raise StoreError(
                f"key {key[:120]!r} in {self.root}",
                wanted="a relative path of plain names",
                found="a name that is not safe as a path",
                todo="this is a defect if no label or shard was edited by hand; please report it",
            )
        return self.root / key

    def make_folder(self, key: str) -> Path:
        """Make the folder ``key`` (with parents) and return its path."""
        path = self.path(key)
        with explained(path, "write"):
            self._make(path)
        return path

    def _make(self, folder: Path) -> None:
        """Make a folder, and make its name durable, and those of its parents in the work folder.

        A receipt could otherwise outlive a loss of power, and the folder of its files not.
        """
        if str(folder) in _DURABLE and folder.is_dir():
            return
        if folder == self.root or self.root not in folder.parents:
            folder.mkdir(parents=True, exist_ok=True)
            if folder == self.root:
                with contextlib.suppress(PermissionError):  # it may be one that we cannot read
                    sync_path(folder.parent)
                _DURABLE.add(str(folder))
            return
        self._make(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_path(folder.parent)
        _DURABLE.add(str(folder))

    def create(self, key: str, data: bytes) -> bool:
        """Put ``data`` at ``key`` if nothing is there. False: another writer was first."""
        path = self.path(key)
        with explained(path, "write"):
            self._make(path.parent)
            temporary = write_temporary(path, data)
            try:
                os.link(temporary, path)
            except FileExistsError:
                return False
            finally:
                temporary.unlink(missing_ok=True)
            sync_path(path.parent)
        return True

    def put(self, key: str, data: bytes, *, is_private: bool = False) -> None:
        """Put ``data`` at ``key``, replacing what is there; visible whole or not at all.

        What is private only the owner may read; in an object store its policies say who may.
        """
        path = self.path(key)
        with explained(path, "write"):
            self._make(path.parent)
            replace_whole(path, data, mode=0o600 if is_private else None)

    def get(self, key: str) -> bytes | None:
        """The value at ``key``, or None if there is none."""
        path = self.path(key)
        with explained(path, "read"):
            try:
                return path.read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                return None

    def exists(self, key: str) -> bool:
        """True if ``key`` has a value."""
        return self.path(key).exists()

    def names(self, key: str) -> list[str]:
        """Names of the finished values directly below the folder ``key``, sorted."""
        path = self.path(key)
        with explained(path, "read"):
            if not path.is_dir():
                return []
            return sorted(p.name for p in path.iterdir() if not p.name.startswith("."))

    def dated(self, key: str) -> dict[str, float]:
        """Name -> when it was written, in seconds since 1970, of what ``names`` lists."""
        path = self.path(key)
        with explained(path, "read"):
            return {name: (path / name).stat().st_mtime for name in self.names(key)}

    def entries(self) -> Iterator[Entry]:
        """Everything there is, what ``names`` hides included, in no order."""
        for folder, _, names in os.walk(self.root):
            here = Path(folder)
            if here != self.root:
                yield _entry(here, here.relative_to(self.root).as_posix(), is_folder=True)
            for name in names:
                with contextlib.suppress(FileNotFoundError):  # a run deletes what it wrote
                    yield _entry(here / name, (here / name).relative_to(self.root).as_posix())

    def delete(self, key: str) -> None:
        """Remove a value; silent if it is not there."""
        path = self.path(key)
        with explained(path, "delete"):
            path.unlink(missing_ok=True)

    def move_away(self, key: str) -> Path | None:
        """Rename the folder ``key`` out of sight in one step, and return where it is now."""
        path = self.path(key)
        if not path.exists():
            return None
        aside = path.with_name(f".old-{path.name}-{secrets.token_hex(4)}")
        with explained(path, "rename"):
            path.rename(aside)
            sync_path(path.parent)  # before anything in it is deleted
        return aside

    def rename(self, key: str, to: str) -> bool:
        """Give a folder its final name in one step; False if there is one of that name."""
        with explained(self.path(to), "write"):
            try:
                self.path(key).rename(self.path(to))
            except OSError as error:
                if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
                    return False
                raise
            sync_path(self.path(to).parent)
        return True

    def copy(self, key: str, to: str) -> None:
        """Give a value a second name, or a copy under it where a file system has no links.

        The name is durable once its folder is synced.
        """
        source, target = self.path(key), self.path(to)
        with explained(target, "write"):
            self._make(target.parent)
            try:
                os.link(source, target)
            except OSError:  # a file system without links between these folders
                shutil.copyfile(source, target)
                sync_path(target)

    def begin_file(self, key: str) -> Path:
        """Where to write the bytes that shall become the value of ``key``."""
        path = self.path(key)
        self.make_folder(key.rpartition("/")[0])
        return path

    def end_file(self, key: str, path: Path) -> None:
        """The file is whole and durable: let it be the value of ``key``."""

    def drop_file(self, key: str, path: Path) -> None:
        """Remove a file that shall not be; silent if it is not there."""
        self.delete(key)

    def sync(self, path: Path) -> None:
        """Make the names in a folder durable."""
        with explained(path, "write"):
            sync_path(path)

    def ability(self) -> str:
        """The abilities that the store has shown, in words."""
        return "put-if-absent works"

    def check_writable(self) -> None:
        """Raise StoreError now, rather than after an hour, if commits cannot work here."""
        key = f"_probe-{secrets.token_hex(6)}"
        try:
            if not self.create(key, b"1") or self.create(key, b"2"):
                raise StoreError(
                    f"work folder {self.root}",
                    wanted="a file system on which os.link fails if the name exists",
                    found="a second writer of one name was not refused",
                    todo="use a local disk, NFSv4, Lustre or another POSIX file system",
                )
        finally:
            with contextlib.suppress(OSError):
                self.path(key).unlink(missing_ok=True)


def _entry(path: Path, key: str, *, is_folder: bool = False) -> Entry:
    status = path.lstat()
    if is_folder:  # moving one away is told by ctime alone
        return Entry(key, 0, max(status.st_mtime, status.st_ctime), is_folder=True)
    return Entry(key, status.st_size if status.st_nlink == 1 else 0, status.st_mtime)


def carry(source: Store, key: str, target: Store, to: str) -> None:
    """Give a value of one store a name in another: a link or a copy, whichever is possible."""
    if source.root == target.root:
        source.copy(key, to)
        return
    path = target.begin_file(to)
    with explained(path, "write"):
        try:
            if not (source.is_local and target.is_local):
                raise OSError(errno.EXDEV, "other stores")
            os.link(source.path(key), path)
        except OSError:
            with source.path(key).open("rb") as data, path.open("wb") as copy:
                shutil.copyfileobj(data, copy, 1 << 20)
            sync_path(path)
    target.end_file(to, path)


@contextlib.contextmanager
def explained(path: Path, action: str) -> Iterator[None]:
    """Raise what the file system refuses within as a StoreError."""
    try:
        yield
    except OSError as error:
        raise explain(error, path, action) from error


def explain(error: OSError, path: Path, action: str) -> StoreError:
    """Say what an OSError on the work folder means and what to do."""
    found = error.strerror or str(error)
    todo = "check the path and its permissions, then run the same command again"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        todo = "free some space, then run the same command again: finished shards are kept"
    elif error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        todo = "choose another work folder (--set work=...) or make this one writable"
    return StoreError(
        str(path), wanted=f"to {action} here", found=f"{found} ({_free(path)})", todo=todo
    )


def _free(path: Path) -> str:
    for folder in (path, *path.parents):
        with contextlib.suppress(OSError):
            info = os.statvfs(folder)
            return f"{info.f_bavail * info.f_frsize / 1e9:.1f} GB free on this file system"
    return "free space not known"


def replace_whole(path: Path, data: bytes, *, mode: int | None = None) -> None:
    """Give a path new bytes, durably; a reader sees those before or these."""
    temporary = write_temporary(path, data, mode=mode)
    try:
        temporary.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync_path(path.parent)


def write_temporary(path: Path, data: bytes, *, mode: int | None = None) -> Path:
    """Write a durable file beside a path, under a hidden name that nobody else uses."""
    temporary = path.with_name(f".{path.name[:80]}-{secrets.token_hex(6)}.tmp")
    try:
        with temporary.open("xb") as file:
            if mode is not None:
                os.fchmod(file.fileno(), mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:  # on a full disk, what was written would go on taking space
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    return temporary


def sync_path(path: Path) -> None:
    """Make the bytes of a file durable, or the names in a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
