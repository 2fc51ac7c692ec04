"""How far tasks are inside their shards, told to the driver by small files that go again.

A shard may take minutes. While somebody watches, its task says now and then how many rows and
bytes it has read, in a file of its own below ``_run/pulse``, whatever the engine. Nothing rests on
these files: one that cannot be written is left out, a killed task's is swept away by the driver.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final, NamedTuple

from curate.errors import CurateError
from curate.io.folders import remove_tree
from curate.io.store import Store

FOLDER: Final = "_run/pulse"

SECONDS: Final = 1.0
"""Between two files of one task, and between two looks of the driver."""

REMOTE_SECONDS: Final = 10.0
"""That time where the work folder is an object store, which asks money for each of them."""


class Moved(NamedTuple):
    """Rows and bytes of input that tasks have read of shards that are not done."""

    rows: int = 0
    bytes_in: int = 0


@dataclass(slots=True)
class Pulse:
    """The place where one task says how far it is.

    Attributes:
        store: the work folder.
        shard: id of the shard.
        seconds: the least time between two files; 0 if nobody watches.
    """

    store: Store
    shard: str
    seconds: float
    _rows: int = 0
    _next: float = float("inf")
    _is_there: bool = False

    def __post_init__(self) -> None:
        if self.seconds:
            self._next = time.monotonic() + self.seconds

    def moved(self, rows: int, bytes_in: int) -> None:
        """So many more rows are read, and so many bytes in all."""
        self._rows += rows
        if time.monotonic() < self._next:
            return
        self._is_there = True
        with suppress(CurateError):
            data = json.dumps(Moved(self._rows, bytes_in)).encode()
            self.store.put(f"{FOLDER}/{self.shard}", data)
        self._next = time.monotonic() + self.seconds

    def end(self) -> None:
        """Take back what was said."""
        if self._is_there:
            with suppress(CurateError):
                self.store.delete(f"{FOLDER}/{self.shard}")


def seconds_of(store: Store) -> float:
    """The time between two files, in seconds, that suits a work folder."""
    return REMOTE_SECONDS if "://" in str(store.root) else SECONDS


def moved_in(store: Store) -> Moved:
    """All that the tasks say that are under way."""
    rows = bytes_in = 0
    for name in store.names(FOLDER):
        with suppress(ValueError, TypeError):
            one = Moved(*json.loads(store.get(f"{FOLDER}/{name}") or b"[0, 0]"))
            rows, bytes_in = rows + one.rows, bytes_in + one.bytes_in
    return Moved(rows, bytes_in)


@contextmanager
def watched(store: Store, seconds: float, tell: Callable[[Moved], None]) -> Iterator[None]:
    """Tell within, every so many seconds, how far tasks are; for 0 seconds never."""
    if not seconds:
        yield
        return
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(seconds):
            with suppress(CurateError):
                tell(moved_in(store))

    thread = threading.Thread(target=look, name="pulse", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        with suppress(CurateError):
            remove_tree(store.move_away(FOLDER))
