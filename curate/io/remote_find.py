"""Which remote files a job's addresses and patterns mean.

Folders are listed one by one, since fsspec's own ``glob`` leaves out a folder whose listing
failed; a corpus would lack it and nobody would know.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from curate.errors import InputError
from curate.io.remote_ask import HTTP, etag_of, filesystem_of, patiently, size_of

_N_THREADS = 16
_GLOB = "*?["


def is_pattern(url: str) -> bool:
    """Whether an address stands for all that a listing gives; HTTP servers list nothing."""
    return not url.startswith(HTTP) and any(c in url for c in _GLOB)


class Found(NamedTuple):
    """A remote file: size in bytes, 0 if the server does not say, and ETag if a listing did."""

    size: int
    etag: str | None = None


def find_remote(urls: Sequence[str]) -> dict[str, Found]:
    """Address -> size and ETag of all files that are meant.

    Args:
        urls: addresses. Where the protocol can list, ``*``, ``?`` and ``[...]`` match within a
            name and ``**`` across folders; as on disk, none of them a leading dot.

    Raises:
        InputError: a file is missing or may not be read, a folder cannot be listed, or a pattern
            matches no file.
    """
    found: dict[str, Found] = {}
    with ThreadPoolExecutor(_N_THREADS) as pool:
        named = [url for url in urls if not is_pattern(url)]
        found.update(zip(named, pool.map(_size, named), strict=True))
        for url in urls:
            if is_pattern(url):
                found.update(_Listing(url, pool).files())
    return found


def _size(url: str) -> Found:
    if url.startswith(HTTP) and "*" in url.partition("?")[0]:
        raise InputError(
            f"input {url!r}",
            wanted="the full address of one file: web servers cannot be listed",
            found="a pattern",
            todo="name every file in `input`, such as from the crawl's own list of paths",
        )
    return Found(size_of(url, *filesystem_of(url)) or 0)


class _Listing:
    """What a pattern matches, found level by level, several folders at a time."""

    def __init__(self, url: str, pool: ThreadPoolExecutor) -> None:
        self._url = url
        self._pool = pool
        self._filesystem, self._name = filesystem_of(url)
        self._filesystem.invalidate_cache()

    def files(self) -> dict[str, Found]:
        """Address -> what the listing says; never empty."""
        *levels, last = self._name.split("/")
        fixed = next((i for i, part in enumerate(levels) if _is_magic(part)), len(levels))
        folders = {"/".join(levels[:fixed])}
        for part in levels[fixed:]:
            folders = self._folders(folders, part)
        if last == "**":
            folders, last = self._folders(folders, last), "*"
        head = self._url.removesuffix(self._name)
        files = {
            head + entry["name"]: Found(entry["size"], etag_of(entry))
            for entry in self._entries(folders, last)
            if entry["type"] == "file"
        }
        if not files:
            raise InputError(
                f"input {self._url!r}",
                wanted="at least one file",
                found="none of that name",
                todo="correct `input` in the job file, or pass --set input=...",
            )
        return files

    def _folders(self, folders: set[str], part: str) -> set[str]:
        """The folders in these that match one part of the pattern; for ``**`` these and all."""
        found = {e["name"] for e in self._entries(folders, part) if e["type"] == "directory"}
        if part != "**":
            return found
        new = found - folders
        return folders | self._folders(new, part) if new else folders

    def _entries(self, folders: set[str], part: str) -> Iterator[dict[str, Any]]:
        """What lies in these folders and matches one part of the pattern."""
        listed = self._pool.map(self._list, sorted(folders))
        for folder, entries in zip(sorted(folders), listed, strict=True):
            for entry in entries:
                parent, _, base = entry["name"].rpartition("/")
                dotted = base.startswith(".") and not part.startswith(".")
                # Stores list a file asked for as a folder as itself, and folders have markers.
                if parent == folder and base and not dotted and fnmatchcase(base, part):
                    yield entry

    def _list(self, folder: str) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = patiently(
            self._url, lambda: self._filesystem.ls(folder, detail=True)
        )
        return entries


def _is_magic(part: str) -> bool:
    return any(c in part for c in _GLOB)
