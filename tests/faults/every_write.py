"""Every write of this process, seen through Python's audit hook: watched, or made to fail.

Arrow opens files in C++, which no hook sees: those are files of attempts alone, under names that
nobody reads before a receipt names them.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from curate.io.layout import attempt_file

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
NAMES = ("os.rename", "os.link", "os.mkdir", "os.symlink")
REMOVALS = ("os.remove", "os.rmdir", "shutil.rmtree")
FULL, KILL = "full", "kill"


class Killed(BaseException):
    """What a process that is no more would not have done after it died."""


class Writes:
    """Counts writes below a folder; from the n-th on none succeeds.

    Args:
        root: the folder.
        how: ``full``: a write finds no space, and what is there can be removed; ``kill``: nothing
            changes any more, neither by a write nor by cleaning up.
        n: number of the first write that fails, from 1; None for none.
    """

    def __init__(self, root: Path, how: str = FULL, n: int | None = None) -> None:
        self.root, self.how, self.n = str(root), how, n
        self.calls = 0
        self.torn: list[str] = []
        self._synced: set[int] = set()
        self._sync = os.fsync

    @contextmanager
    def __call__(self) -> Iterator[Writes]:
        """Watch within. What is there before counts as durable."""
        self._synced |= {p.stat().st_ino for p in Path(self.root).rglob("*") if p.is_file()}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "fsync", self._fsync)
            _watched.append(self)
            try:
                yield self
            finally:
                _watched.remove(self)

    def _fsync(self, handle: int) -> None:
        self._count()
        self._sync(handle)
        self._synced.add(os.fstat(handle).st_ino)

    def hear(self, event: str, args: tuple[Any, ...]) -> None:
        """One event of Python's; raises if the write shall fail."""
        if event in REMOVALS:
            if self._is_below(args[0]) and self._is_over() and self.how == KILL:
                raise Killed
        elif event == "open" and self._is_below(args[0]) and (args[2] or 0) & WRITES:
            self._count()
            name = os.fspath(args[0]).rpartition("/")[2]
            if not name.startswith(".") and attempt_file(name) is None:
                self.torn.append(f"{args[0]} is opened for writing")
        elif event in NAMES and self._is_below(args[0]):
            self._count()
            source = Path(args[0])
            if event in NAMES[:2] and source.is_file() and source.stat().st_ino not in self._synced:
                self.torn.append(f"{source} gets a name before its bytes are durable")

    def _is_below(self, path: object) -> bool:
        return isinstance(path, str | Path) and str(path).startswith(self.root)

    def _is_over(self) -> bool:
        return self.n is not None and self.calls >= self.n

    def _count(self) -> None:
        self.calls += 1
        if self._is_over():
            raise Killed if self.how == KILL else OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


_watched: list[Writes] = []


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if _watched and (event == "open" or event in NAMES or event in REMOVALS):
        for writes in _watched:
            writes.hear(event, args)


sys.addaudithook(_hook)  # for good; without a watcher it does nothing
