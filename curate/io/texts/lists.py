"""Lists that users keep as files: lines of text, plain or compressed with gzip."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from curate.errors import InputError, words_of


def read_lines(path: str) -> Iterator[bytes]:
    """The lines of a file, with their ends.

    Raises:
        InputError: it cannot be opened, or is no whole gzip file though it begins as one.
    """
    try:
        with Path(path).open("rb") as file:
            if file.read(2) != b"\x1f\x8b":
                file.seek(0)
                yield from file
                return
        with gzip.open(path) as file:
            yield from file
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(
            path,
            wanted="a list that can be read: text, or text compressed with gzip",
            found=words_of(error),
            todo="correct the path in the job's `urls`, or make the file again",
        ) from error


def read_text(path: str) -> str:
    """A list as text, which has to be UTF-8.

    Raises:
        InputError: it cannot be read as such.
    """
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            path,
            wanted="a text file, one entry a line",
            found=words_of(error),
            todo="correct the path, or write the file as UTF-8",
        ) from error
