"""Which remote files a job's addresses and patterns mean.

Folders are listed one by one, since fsspec's own ``glob`` leaves out a folder whose listing
failed; a corpus would lack it and nobody would know. What ``**`` stands for on S3 is listed flat:
keys have no folders there, and of ``a//b`` a listing by folders sees nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from curate.errors import InputError
from curate.io.remote.ask import HTTP, etag_of, filesystem_of, patiently, size_of

_N_THREADS = 16
_GLOB = "*?["
_WILD = "*?"


def is_pattern(url: str) -> bool:
    """Whether an address stands for all that a listing gives; HTTP servers list nothing."""
    return not url.startswith(HTTP) and any(c in url for c in _GLOB)


class FileStamp(NamedTuple):
    """A remote file: size in bytes, 0 if the server does not say, and ETag if a listing did."""

    size: int
    etag: str | None = None


def find_remote(urls: Sequence[str]) -> dict[str, dict[str, FileStamp]]:
    """Address or pattern -> the addresses, sizes and ETags of the files that it means.

    Args:
        urls: addresses. Where the protocol can list, ``*``, ``?`` and ``[...]`` match within a
            name and ``**`` across folders; as on disk, none of them a leading dot, and a name that
            is there as it stands, brackets and all, is meant.

    Raises:
        InputError: a file is missing or may not be read, a folder cannot be listed, or a pattern
            matches no file.
    """
    with ThreadPoolExecutor(_N_THREADS) as pool:
        named = [url for url in urls if not is_pattern(url)]
        sizes = zip(named, pool.map(_size, named), strict=True)
        by_pattern = {url: {url: entry} for url, entry in sizes}
        for url in urls:
            if is_pattern(url):
                by_pattern[url] = _Listing(url, pool).files()
    return by_pattern


def _size(url: str) -> FileStamp:
    if url.startswith(HTTP) and "*" in url.partition("?")[0]:
        raise InputError(
            f"input {url!r}",
            wanted="the full address of one file: web servers cannot be listed",
            found="a pattern",
            todo="name every file in `input`, such as from the crawl's own list of paths",
        )
    return FileStamp(size_of(url, *filesystem_of(url)) or 0)


class _Listing:
    """The files that a pattern matches, level by level, several folders at a time."""

    def __init__(self, url: str, pool: ThreadPoolExecutor) -> None:
        self._url = url
        self._pool = pool
        self._filesystem, self._name = filesystem_of(url)
        self._filesystem.invalidate_cache()

    def files(self) -> dict[str, FileStamp]:
        """Address -> what the listing says; never empty."""
        parts = self._name.split("/")
        if parts[-1] == "**":
            parts.append("*")
        fixed = next((i for i, part in enumerate(parts[:-1]) if _is_magic(part)), len(parts) - 1)
        folders = {"/".join(parts[:fixed])}
        deep = parts.index("**") if "**" in parts and _is_flat(self._filesystem) else None
        for part in parts[fixed : len(parts) - 1 if deep is None else deep]:
            folders = self._folders(folders, part)
        if deep is None:
            entries = self._entries(folders, parts[-1])
        else:
            entries = self._all_below(folders, parts[deep:])
        head = self._url.removesuffix(self._name)
        files = {
            head + entry["name"]: FileStamp(entry["size"], etag_of(entry))
            for entry in entries
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

    def _all_below(self, folders: set[str], parts: Sequence[str]) -> Iterator[dict[str, Any]]:
        """The entries anywhere below these folders that match the rest of the pattern."""
        for folder in sorted(folders):
            listed = self._find(folder)
            for name, entry in listed.items():
                rest = name.removeprefix(f"{folder}/") if folder else name
                if matches_below(rest.split("/"), parts):
                    yield entry

    def _folders(self, folders: set[str], part: str) -> set[str]:
        """The folders in these that match one part of the pattern; for ``**`` these and all."""
        names = {e["name"] for e in self._entries(folders, part) if e["type"] == "directory"}
        if part != "**":
            return names
        new = names - folders
        return folders | self._folders(new, part) if new else folders

    def _entries(self, folders: set[str], part: str) -> Iterator[dict[str, Any]]:
        """The entries of these folders that match one part of the pattern."""
        listed = self._pool.map(self._list, sorted(folders))
        for folder, entries in zip(sorted(folders), listed, strict=True):
            # Stores list a file asked for as a folder as itself, and folders have markers.
            inside = {
                base: entry
                for entry in entries
                for parent, _, base in [entry["name"].rpartition("/")]
                if parent == folder and base
            }
            if part in inside and not any(c in part for c in _WILD):
                yield inside[part]
            else:
                yield from (entry for base, entry in inside.items() if _fits(base, part))

    def _find(self, folder: str) -> dict[str, dict[str, Any]]:
        entries: dict[str, dict[str, Any]] = patiently(
            self._url, lambda: self._filesystem.find(folder, detail=True)
        )
        return entries

    def _list(self, folder: str) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = patiently(
            self._url, lambda: self._filesystem.ls(folder, detail=True)
        )
        return entries


def _is_magic(part: str) -> bool:
    return any(c in part for c in _GLOB)


def _is_flat(filesystem: Any) -> bool:  # noqa: ANN401 - fsspec's
    """Whether a store has keys and no folders, and a listing of it that fails says so."""
    protocol = filesystem.protocol
    return "s3" in ((protocol,) if isinstance(protocol, str) else protocol)


def _fits(name: str, part: str) -> bool:
    dotted = name.startswith(".") and not part.startswith(".")
    return not dotted and (name == part or fnmatchcase(name, part))


def matches_below(names: Sequence[str], parts: Sequence[str]) -> bool:
    """Whether a path below a folder matches a pattern; ``**`` stands for any folders, or none.

    Args:
        names: the path, name by name; empty ones stand between two slashes.
        parts: the pattern, name by name.
    """
    ends = {0}  # how many names the parts so far may stand for
    for part in parts:
        if part == "**":
            ends = {n for end in ends for n in _without_dots(names, end)}
        else:
            ends = {n + 1 for n in ends if n < len(names) and names[n] and _fits(names[n], part)}
    return len(names) in ends


def _without_dots(names: Sequence[str], first: int) -> Iterator[int]:
    """The places from ``first`` to which one gets without passing a name with a leading dot."""
    yield first
    for n in range(first, len(names)):
        if names[n].startswith("."):
            return
        yield n + 1
