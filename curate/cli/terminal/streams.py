"""Standard output and error that may be closed, full or unread, and change nothing by it.

A message that cannot be written is lost; what the command does goes on, and its exit code tells.
A descriptor that was closed is opened on nothing first: the next file to be opened would get its
number, and libraries that write to standard error would write into it.
"""

from __future__ import annotations

import io
import os
import select
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from typing_extensions import Buffer


class _Raw(io.RawIOBase):
    """A descriptor whose writes never fail.

    Attributes:
        has_lost: something could not be written.
        stops: raise BrokenPipeError where nobody reads on, in place of going on unheard.
    """

    def __init__(self, descriptor: int, *, is_closed: bool) -> None:
        self._descriptor = descriptor
        self._is_closed = is_closed
        self.has_lost = False
        self.stops = False

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return os.isatty(self._descriptor)

    def write(self, data: Buffer, /) -> int:
        while not self._is_closed:
            try:
                return os.write(self._descriptor, data)
            except BlockingIOError:  # a terminal that somebody set so
                select.select([], [self._descriptor], [])
            except OSError as error:
                self.has_lost = True
                if self.stops and isinstance(error, BrokenPipeError):
                    raise
                break
        self.has_lost = True
        return memoryview(data).nbytes


@dataclass(frozen=True, slots=True)
class Streams:
    """The two streams of this process, in the place of Python's own."""

    out: _Raw
    err: _Raw

    @property
    def has_lost(self) -> bool:
        """Whether something that was said did not get out."""
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except OSError:
                self.out.has_lost = True
        return self.out.has_lost or self.err.has_lost

    def stop_when_unread(self) -> None:
        """End the command when nobody reads what it prints: it does nothing else."""
        self.out.stops = True


def guard() -> Streams:
    """Put streams that never fail in the place of this process's own."""
    closed = _open_what_is_closed()
    streams = Streams(_Raw(1, is_closed=1 in closed), _Raw(2, is_closed=2 in closed))
    sys.stdout = _text(streams.out, sys.__stdout__)
    sys.stderr = _text(streams.err, sys.__stderr__, errors="backslashreplace")
    return streams


def _open_what_is_closed() -> set[int]:
    """Open standard descriptors that are closed on nothing; which they were."""
    closed = set()
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            closed.add(number)
            opened = os.open(os.devnull, os.O_RDWR)  # the lowest that is free: this one
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            os.set_inheritable(number, True)
    return closed


def _text(raw: _Raw, before: TextIO | None, errors: str | None = None) -> TextIO:
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=getattr(before, "encoding", None) or "utf-8",
        errors=errors or getattr(before, "errors", None) or "strict",
        line_buffering=raw.isatty() or errors is not None,
    )
