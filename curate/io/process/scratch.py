"""Temporary files of this process, which the next process finds and deletes if this one is killed.

They lie in one folder of ``$TMPDIR``, made with a random name and only for this user, which holds a
file that the process has locked. The system lets go of a lock when its process ends, however that
is: so a folder whose lock can be had belongs to nobody any more. Process ids are not asked, which
come again, and name other processes in other containers.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PREFIX = "curate-tmp-"
_LOCK = "lock"


@dataclass(frozen=True, slots=True)
class _Own:
    """The folder of this process, its lock, and for which process and place it was made."""

    folder: Path
    descriptor: int
    key: tuple[int, str]


_own: _Own | None = None


@atexit.register
def _at_exit() -> None:
    if _own is not None:
        _give_up(_own)


def scratch_folder() -> Path:
    """A new, empty folder within that of this process; to be given back."""
    global _own
    key = (os.getpid(), tempfile.gettempdir())  # a process that was forked makes its own
    if _own is None or _own.key != key or not _own.folder.is_dir():
        clean_scratch()
        _own = _made(key)
    return Path(tempfile.mkdtemp(dir=_own.folder))


def give_back(folder: Path) -> None:
    """Delete a folder of :func:`scratch_folder`, and that of the process if it was the last."""
    global _own
    shutil.rmtree(folder, ignore_errors=True)
    own = _own
    if own is not None and own.folder == folder.parent and _holds_only_lock(own.folder):
        _own = None
        _give_up(own)


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A scratch folder that is given back at the end."""
    folder = scratch_folder()
    try:
        yield folder
    finally:
        give_back(folder)


def clean_scratch() -> int:
    """Delete what processes of this user that are gone left in ``$TMPDIR``; how many did."""
    n = 0
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            n += _take_over(folder)
    return n


def _made(key: tuple[int, str]) -> _Own:
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=key[1]))
    # Locked before anybody can see it under its name: a folder without a lock is left alone.
    descriptor = os.open(folder / f".{_LOCK}", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    (folder / f".{_LOCK}").rename(folder / _LOCK)
    return _Own(folder, descriptor, key)


def _holds_only_lock(folder: Path) -> bool:
    with contextlib.suppress(OSError):
        return [path.name for path in folder.iterdir()] == [_LOCK]
    return False


def _give_up(own: _Own) -> None:
    if own.key[0] == os.getpid() and own.folder.is_dir():  # else of the process we were forked from
        shutil.rmtree(own.folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            os.close(own.descriptor)


def _take_over(folder: Path) -> bool:
    """Delete a folder whose process is gone; False if it is there, or somebody else's."""
    status = folder.lstat()
    if status.st_uid != os.getuid() or folder.is_symlink():
        return False
    descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(descriptor)
    return True
