"""A disk that has lost power: of a folder, what was synced and nothing else.

The strictest reading of POSIX: the bytes of a file are there as they were when it was last synced,
a name is there if its folder was synced since it was given, and nothing that was not asked for is.
What was not synced may have come through all the same; that it has not is the worst case.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

Names = dict[str, int]


class Disk:
    """What of a folder is durable, learnt from the fsync calls of this process.

    Args:
        root: the folder; that it exists is taken for granted.
        synced: is told after each call.
    """

    def __init__(self, root: Path, synced: Callable[[Disk], None]) -> None:
        self.root = root
        self.synced = synced
        self.n_synced = 0
        self._folders: dict[int, Names] = {}
        self._files: dict[int, bytes] = {}
        self._held: dict[int, int] = {}

    @contextmanager
    def watched(self) -> Iterator[Disk]:
        """Learn within."""
        with pytest.MonkeyPatch.context() as patch:
            real = os.fsync

            def fsync(handle: int) -> None:
                real(handle)
                self._learn(handle)

            patch.setattr(os, "fsync", fsync)
            try:
                yield self
            finally:
                for handle in self._held.values():
                    os.close(handle)
                self._held.clear()

    def _learn(self, handle: int) -> None:
        path = Path(f"/proc/self/fd/{handle}").readlink()
        if path != self.root and self.root not in path.parents:
            return
        found = os.fstat(handle)
        self._hold(path, found.st_ino)
        if stat.S_ISDIR(found.st_mode):
            self._folders[found.st_ino] = names = {}
            for entry in os.scandir(path):
                names[entry.name] = entry.inode()
                self._hold(Path(entry.path), entry.inode())
        else:
            self._files[found.st_ino] = path.read_bytes()
        self.n_synced += 1
        self.synced(self)

    def _hold(self, path: Path, inode: int) -> None:
        """Keep a file open, so that no other gets its number."""
        if inode not in self._held:
            with suppress(FileNotFoundError):
                self._held[inode] = os.open(path, os.O_RDONLY)

    def left(self, *, deleted: bool) -> dict[str, bytes]:
        """Path -> bytes of every file that would be there after a loss of power now.

        Args:
            deleted: whether files that were deleted are gone, though nobody has synced that.
        """
        if not self.root.exists():
            return {}
        return dict(self._below(self.root.stat().st_ino, "", deleted=deleted))

    def _below(self, inode: int, head: str, *, deleted: bool) -> Iterator[tuple[str, bytes]]:
        for name, number in self._folders.get(inode, {}).items():
            if number in self._held and stat.S_ISDIR(os.fstat(self._held[number]).st_mode):
                yield from self._below(number, f"{head}{name}/", deleted=deleted)
            elif not deleted or os.fstat(self._held[number]).st_nlink:
                yield f"{head}{name}", self._files.get(number, b"")
